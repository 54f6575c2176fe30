//! A real browser, run without a window over one page of a loopback origin, gone when dropped.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What keeps it to the page: no window, no sandbox (which needs rights that containers lack), nothing of its own to ask
/// the network for, and no network to ask.
const SWITCHES: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// What a page has become, and what it did.
pub(crate) struct Looked {
    /// The document, once its script has run.
    pub(crate) dom: String,
    /// The lines of its console.
    pub(crate) console: Vec<String>,
    /// The URLs that it asked the network for.
    pub(crate) requests: Vec<String>,
}

/// A running browser.
pub(crate) struct Browser {
    child: Child,
    /// Its profile; goes last.
    _scratch: tempfile::TempDir,
}

impl Browser {
    /// Where a Chromium is, if one is installed.
    pub(crate) fn program() -> Option<PathBuf> {
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
            .iter()
            .map(|name| Path::new("/usr/bin").join(name))
            .find(|path| path.exists())
    }

    /// Opens a page.
    pub(crate) fn open(url: &str) -> Browser {
        let scratch = tempfile::TempDir::new().unwrap();
        let mut command = Browser::command(&scratch);
        command.arg(url).stdout(Stdio::null()).stderr(Stdio::null());
        Browser { child: command.spawn().unwrap(), _scratch: scratch }
    }

    /// Opens a page, and returns what it has become and done when it is ready.
    pub(crate) fn look(url: &str) -> Looked {
        let scratch = tempfile::TempDir::new().unwrap();
        let log = scratch.path().join("net.json");
        let mut command = Browser::command(&scratch);
        command.arg("--enable-logging=stderr").arg(format!("--log-net-log={}", log.display()));
        let ran = command.args(["--dump-dom", url]).output().unwrap();
        let stderr = String::from_utf8_lossy(&ran.stderr).into_owned();
        let console = stderr.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
        let log: serde_json::Value = serde_json::from_slice(&std::fs::read(log).unwrap()).unwrap();
        let url_of = |event: &serde_json::Value| event["params"]["url"].as_str().map(str::to_owned);
        let requests = log["events"].as_array().unwrap().iter().filter_map(url_of).collect();
        Looked { dom: String::from_utf8(ran.stdout).unwrap(), console, requests }
    }

    /// Takes a picture of a page.
    pub(crate) fn picture(url: &str, size: (u32, u32), file: &Path) {
        let scratch = tempfile::TempDir::new().unwrap();
        let mut command = Browser::command(&scratch);
        command.args(["--hide-scrollbars", "--force-device-scale-factor=1"]);
        command.arg(format!("--window-size={},{}", size.0, size.1)).arg(format!("--screenshot={}", file.display()));
        assert!(command.arg(url).output().unwrap().status.success());
    }

    pub(super) fn command(scratch: &tempfile::TempDir) -> Command {
        let mut command = Command::new(Browser::program().expect("a browser is installed"));
        // Debian's wrappers are shell scripts, which look for their programs.
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        for home in ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"] {
            command.env(home, scratch.path());
        }
        command.arg(format!("--user-data-dir={}", scratch.path().join("profile").display())).args(SWITCHES);
        // A group of its own, so that its many processes can be ended together, and no others.
        command.process_group(0).stdin(Stdio::null());
        command
    }

    /// True when it ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The group bears the id of the process that was started, which is not reaped yet.
        let group = format!("-{}", self.child.id());
        let _gone =
            Command::new("/bin/sh").args(["-c", "kill -s KILL -- \"$0\"", &group]).stderr(Stdio::null()).status();
        let _reaped = self.child.wait();
    }
}
