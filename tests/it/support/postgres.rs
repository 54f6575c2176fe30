//! A real Postgres on a socket and a port of its own, from Debian's package; it ends with the test.
//!
//! Its programs refuse to run as root, so they run as the user `postgres` there.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::required;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server.
pub(crate) struct Postgres {
    child: Child,
    port: u16,
    programs: PathBuf,
    _directory: TempDir,
}

/// The newest version that is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let programs = versions.map(|entry| entry.unwrap().path().join("bin")).filter(|bin| bin.join("initdb").exists());
    programs.max()
}

/// A command as a user who is not root.
fn unprivileged(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

impl Postgres {
    /// Starts an empty server; `None` where none is installed.
    pub(crate) fn start() -> Option<Postgres> {
        Postgres::prepared(|_| ())
    }

    /// Starts one that talks TLS, and nothing else over TCP, with a certificate and its key in PEM.
    pub(crate) fn with_tls(certificate: &[u8], key: &[u8]) -> Option<Postgres> {
        Postgres::prepared(|data| {
            let file = |name: &str, content: &[u8]| {
                // Written through a file of the server's own user: no other may own the key.
                let made =
                    unprivileged(Path::new("install")).args(["-m", "600", "/dev/null"]).arg(data.join(name)).status();
                assert!(made.unwrap().success(), "{name}");
                std::fs::write(data.join(name), content).unwrap();
            };
            file("server.crt", certificate);
            file("server.key", key);
            file("pg_hba.conf", b"local all all trust\nhostssl all all 127.0.0.1/32 trust\n");
            let settings = std::fs::read_to_string(data.join("postgresql.conf")).unwrap();
            std::fs::write(data.join("postgresql.conf"), format!("{settings}\nssl = on\n")).unwrap();
        })
    }

    /// Starts one whose directory was prepared.
    fn prepared(prepare: impl FnOnce(&Path)) -> Option<Postgres> {
        let programs = programs();
        required(programs.is_some(), "postgresql").then_some(())?;
        let programs = programs.unwrap();
        let directory = TempDir::new().unwrap();
        // The other user has to get in.
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let data = directory.path().join("data");
        let made = unprivileged(&programs.join("initdb"))
            .args(["--auth=trust", "--username=diffpurge", "--no-sync", "--encoding=UTF8", "--locale=C", "--pgdata"])
            .arg(&data)
            .current_dir(directory.path())
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success(), "initdb");
        prepare(&data);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = unprivileged(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k"])
            .arg(directory.path())
            .current_dir(directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Postgres { child, port, programs, _directory: directory };
        let start = Instant::now();
        while !server.is_ready() {
            assert!(start.elapsed() < PATIENCE, "Postgres does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    fn is_ready(&self) -> bool {
        let asked = Command::new(self.programs.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .status();
        asked.unwrap().success()
    }

    /// Its address, for `store`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://diffpurge@127.0.0.1:{}/postgres", self.port)
    }

    /// What a question is answered with, in lines.
    #[track_caller]
    pub(crate) fn ask(&self, sql: &str) -> String {
        let asked =
            Command::new(self.programs.join("psql")).args(["-XAtq", "-c", sql]).arg(self.url()).output().unwrap();
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
        String::from_utf8(asked.stdout).unwrap().trim_end().to_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At once: nothing of it is needed any more. `setpriv` has become the server, so it is this very process.
        let _ended = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status();
        let _reaped = self.child.wait();
    }
}
