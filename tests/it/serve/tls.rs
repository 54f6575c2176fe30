//! Postgres over TLS: a receiver that asks for it gets it, and does not start where the server is not the one that it should be.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{HOOK_SECRET, Place, Postgres, Ran, config, required, signed};

/// A certificate authority of openssl's, in a directory that goes away.
struct Authority(TempDir);

impl Authority {
    fn new() -> Option<Authority> {
        let runs = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
        required(runs, "the program `openssl`: `apt-get install openssl`").then_some(())?;
        let authority = Authority(TempDir::new().unwrap());
        authority.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "30",
            "-subj",
            "/CN=the authority of a test",
        ]);
        Some(authority)
    }

    fn openssl(&self, arguments: &[&str]) {
        let ran = Command::new("openssl").args(arguments).current_dir(self.0.path()).output().unwrap();
        assert!(ran.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }

    /// A certificate for a name between two times, and its key.
    fn certifies(&self, name: &str, (from, until): (&str, &str)) -> (Vec<u8>, Vec<u8>) {
        let write = |file: &str, text: &str| std::fs::write(self.0.path().join(file), text).unwrap();
        let settings = "[ca]\ndefault_ca = ours\n[ours]\ndatabase = index\nnew_certs_dir = .\nserial = serial\n\
                        default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n";
        let extensions =
            format!("subjectAltName = {name}\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth\n");
        write("ca.cnf", settings);
        write("extensions", &extensions);
        write("index", "");
        write("serial", "01\n");
        self.openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "server.key",
            "-out",
            "server.csr",
            "-subj",
            "/CN=a server of a test",
        ]);
        self.openssl(&[
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-cert",
            "ca.pem",
            "-keyfile",
            "ca.key",
            "-in",
            "server.csr",
            "-out",
            "server.pem",
            "-extfile",
            "extensions",
            "-startdate",
            from,
            "-enddate",
            until,
        ]);
        let read = |name: &str| std::fs::read(self.0.path().join(name)).unwrap();
        (read("server.pem"), read("server.key"))
    }

    fn path(&self) -> String {
        self.0.path().join("ca.pem").display().to_string()
    }
}

/// Times between which every test runs.
const ALWAYS: (&str, &str) = ("20200101000000Z", "20991231235959Z");

const HOOK: &str = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\n";

/// A receiver whose store is this server, asked for in this manner.
fn place(postgres: &Postgres, query: &str) -> Place {
    Place::new(&config(&format!("store = \"{}?{query}\"\n", postgres.url()), HOOK), "http://127.0.0.1:9/client/v4")
}

#[track_caller]
fn is_refused(postgres: &Postgres, query: &str, why: &str) {
    let place = place(postgres, query);
    let child = place.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    Ran::of(child).exits(2).fails_with(why, "`store` in [serve] says where it is");
}

#[test]
fn a_receiver_talks_tls_with_a_postgres_that_its_authority_knows_by_name() {
    let (Some(authority), Some(other)) = (Authority::new(), Authority::new()) else { return };
    let (certificate, key) = authority.certifies("IP:127.0.0.1", ALWAYS);
    let Some(postgres) = Postgres::with_tls(&certificate, &key) else { return };
    let full = format!("sslmode=verify-full&sslrootcert={}", authority.path());
    let place_of_it = place(&postgres, &full);
    let receiver = place_of_it.start();
    assert_eq!(receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, "x"))], "x").status, 202);
    let asked =
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'diffpurge'";
    assert_eq!(postgres.ask(asked), "t");
    assert_eq!(postgres.ask("SELECT count(*) FROM deliveries"), "1");
    drop(receiver);
    // Another authority, the system's own ones, and no TLS at all, which this server does not take.
    is_refused(&postgres, &format!("sslmode=verify-full&sslrootcert={}", other.path()), "certificate");
    is_refused(&postgres, "sslmode=verify-full", "certificate");
    is_refused(&postgres, &format!("sslmode=verify-ca&sslrootcert={}", other.path()), "certificate");
    is_refused(&postgres, "sslmode=disable", "no encryption");
    is_refused(&postgres, "sslmode=verify-full&sslrootcert=/nonexistent.pem", "the store cannot be used");
}

#[test]
fn a_postgres_of_another_name_or_of_another_time_is_refused() {
    let Some(authority) = Authority::new() else { return };
    let full = format!("sslmode=verify-full&sslrootcert={}", authority.path());
    let (certificate, key) = authority.certifies("DNS:db.example.com,IP:127.0.0.2", ALWAYS);
    let Some(elsewhere) = Postgres::with_tls(&certificate, &key) else { return };
    is_refused(&elsewhere, &full, "certificate");
    // Whoever asks for the authority alone gets that.
    drop(place(&elsewhere, &full.replace("verify-full", "verify-ca")).start());
    let over = ("20200101000000Z", "20200201000000Z");
    let (certificate, key) = authority.certifies("IP:127.0.0.1", over);
    let Some(old) = Postgres::with_tls(&certificate, &key) else { return };
    is_refused(&old, &full, "certificate");
}

#[test]
fn a_postgres_without_tls_is_refused_by_a_receiver_that_asks_for_it() {
    let Some(authority) = Authority::new() else { return };
    let Some(postgres) = Postgres::start() else { return };
    is_refused(&postgres, &format!("sslmode=verify-full&sslrootcert={}", authority.path()), "TLS");
    is_refused(&postgres, "sslmode=require", "TLS");
}
