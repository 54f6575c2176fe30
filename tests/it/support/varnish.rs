//! A real Varnish from Debian's packages, run unprivileged on loopback with `examples/varnish.vcl`, gone when dropped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running Varnish.
pub(crate) struct Varnish {
    child: Child,
    address: SocketAddr,
    _scratch: tempfile::TempDir,
}

impl Varnish {
    /// True when it is installed, with the module for tags.
    pub(crate) fn is_installed() -> bool {
        let modules = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
        let xkey = modules.iter().any(|lib| Path::new(lib).join("varnish/vmods/libvmod_xkey.so").exists());
        program().exists() && xkey
    }

    /// Starts one in front of an origin.
    pub(crate) fn before(origin: SocketAddr, token: &str) -> Varnish {
        let scratch = tempfile::TempDir::new().unwrap();
        let example = include_str!("../../../examples/varnish.vcl").replace("TOKEN", token);
        let shown = "backend origin { .host = \"127.0.0.1\"; .port = \"8080\"; }";
        assert!(example.contains(shown), "examples/varnish.vcl has another backend");
        let backend = format!("backend origin {{ .host = \"{}\"; .port = \"{}\"; }}", origin.ip(), origin.port());
        let example = example.replace(shown, &backend);
        let tell = "sub vcl_deliver {\n    if (obj.hits > 0) { set resp.http.X-Cache = \"HIT\"; } else { set resp.http.X-Cache = \"MISS\"; }\n}";
        std::fs::write(scratch.path().join("site.vcl"), format!("{example}\n{tell}\n")).unwrap();
        let working = scratch.path().join("n");
        let mut command = Command::new(program());
        // It runs a C compiler over its configuration.
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", scratch.path());
        command.args(["-F", "-j", "none", "-a", "127.0.0.1:0", "-T", "127.0.0.1:0", "-s", "malloc,64m", "-l", "2m"]);
        command.arg("-n").arg(&working).arg("-f").arg(scratch.path().join("site.vcl"));
        for parameter in
            ["thread_pools=1", "thread_pool_min=20", "thread_pool_max=100", "vsl_space=1M", "ban_lurker_sleep=0.01"]
        {
            command.args(["-p", parameter]);
        }
        let log = std::fs::File::create(scratch.path().join("log")).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none() {
            if let Some(address) = address(&working) {
                return Varnish { child, address, _scratch: scratch };
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ended = child.kill();
        let _reaped = child.wait();
        panic!("Varnish does not start: {}", std::fs::read_to_string(scratch.path().join("log")).unwrap());
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// As `endpoints` names it.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Varnish {
    fn drop(&mut self) {
        // The process that was started; its child ends with it.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn program() -> PathBuf {
    PathBuf::from("/usr/sbin/varnishd")
}

/// Where it listens, once it does: `a0 127.0.0.1 36549`.
fn address(working: &Path) -> Option<SocketAddr> {
    let asked =
        Command::new("/usr/bin/varnishadm").arg("-n").arg(working).arg("debug.listen_address").output().unwrap();
    let text = String::from_utf8_lossy(&asked.stdout).into_owned();
    let mut words = text.lines().find(|line| line.starts_with("a0 "))?.split(' ').skip(1);
    format!("{}:{}", words.next()?, words.next()?).parse().ok()
}
