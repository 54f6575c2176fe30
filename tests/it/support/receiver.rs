//! The receiver as it runs on a server: the real binary with a configuration, a store and a secret of its own, spoken to over TCP.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use ring::hmac;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Site, TOKEN, ZONE};

/// The secret of every hook.
pub(crate) const HOOK_SECRET: &str = "a-hook-secret-of-the-tests";

/// How long something is waited for before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The lines of a site, for a configuration.
pub(crate) const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

/// The place of a receiver: its configuration and its store. It outlives the process.
pub(crate) struct Place {
    directory: TempDir,
    environment: Vec<(String, String)>,
}

impl Place {
    /// A place with this configuration, whose API is at an address.
    pub(crate) fn new(config: &str, api_base: &str) -> Place {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("purge.toml"), config).unwrap();
        let environment = [
            ("CLOUDFLARE_BASE_URL", api_base),
            ("CLOUDFLARE_API_TOKEN", TOKEN),
            ("CLOUDFLARE_ZONE_ID", ZONE),
            ("HOOK_SECRET", HOOK_SECRET),
        ];
        let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Place { directory, environment }
    }

    /// A place for a site whose output is in its repository; `lines` come below `[serve]`, and `hook` below its hook.
    pub(crate) fn of(site: &Site, lines: &str, hook: &str) -> Place {
        let repository = site.repo.path().display();
        let hook = format!("repository = \"{repository}\"\n{hook}");
        Place::new(&config(lines, &hook), &site.live.edge.api_base())
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// With another variable; an empty value takes one away.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Place {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The command, not yet started.
    pub(crate) fn command(&self) -> Command {
        self.command_by(&[])
    }

    /// The command behind the words of another one that becomes it. `DIFFPURGE_PROGRAM` may name a program that was built otherwise.
    fn command_by(&self, before: &[&str]) -> Command {
        let program = std::env::var_os("DIFFPURGE_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_diffpurge").into());
        let mut words: Vec<OsString> = before.iter().map(OsString::from).collect();
        words.push(program);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command.args(["serve", "--log", "json"]).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command.env("HOME", "/nonexistent").env("PATH", std::env::var_os("PATH").unwrap());
        command.envs(self.environment.iter().filter(|(_, value)| !value.is_empty()).cloned());
        command
    }

    /// Starts a receiver, and waits until it listens.
    #[track_caller]
    pub(crate) fn start(&self) -> Receiver {
        self.start_with(&[])
    }

    /// Starts one with further arguments.
    #[track_caller]
    pub(crate) fn start_with(&self, arguments: &[&str]) -> Receiver {
        self.start_by(&[], arguments)
    }

    /// Starts one behind the words of another command that becomes it.
    #[track_caller]
    pub(crate) fn start_by(&self, before: &[&str], arguments: &[&str]) -> Receiver {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = self.command_by(before);
        let mut child =
            command.args(arguments).stdout(Stdio::piped()).stderr(log.reopen().unwrap()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("listening at http://") else {
            panic!("it does not start: {}", fs::read_to_string(log.path()).unwrap());
        };
        Receiver { child, address: address.parse().unwrap(), log }
    }
}

/// A configuration of one site and one hook, `/hooks/www`.
pub(crate) fn config(lines: &str, hook: &str) -> String {
    let kind = if hook.contains("kind = ") { "" } else { "kind = \"github\"\n" };
    format!(
        "{SITE}[serve]\nlisten = \"127.0.0.1:0\"\n{lines}[[serve.hook]]\npath = \"/hooks/www\"\nsite = \"www\"\n\
         secret_env = \"HOOK_SECRET\"\n{kind}{hook}"
    )
}

/// A running receiver; it ends with this value.
pub(crate) struct Receiver {
    child: Child,
    address: SocketAddr,
    log: tempfile::NamedTempFile,
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The id of the run that a delivery is for.
    pub(crate) fn run(&self) -> String {
        self.json()["run"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

impl Receiver {
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a request as it stands, and reads the answer to its end.
    #[track_caller]
    pub(crate) fn raw(&self, request: &[u8]) -> Reply {
        raw(self.address, request)
    }

    /// Posts a body with these headers.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        self.raw(format!("{request}\r\n{body}").as_bytes())
    }

    /// Delivers a deployment of a revision as GitHub does; `number` tells deliveries apart.
    #[track_caller]
    pub(crate) fn deployed(&self, sha: &str, number: usize) -> Reply {
        let body = json!({
            "action": "created",
            "deployment_status": { "id": number, "state": "success" },
            "deployment": { "id": number, "sha": sha, "environment": "production" },
        });
        let body = body.to_string();
        let signature = format!("sha256={}", signed(HOOK_SECRET, &body));
        let headers = [("x-hub-signature-256", signature.as_str()), ("x-github-event", "deployment_status")];
        self.post("/hooks/www", &headers, &body)
    }

    /// Asks for a path, perhaps with a secret.
    #[track_caller]
    pub(crate) fn get(&self, path: &str, secret: Option<&str>) -> Reply {
        let secret = secret.map_or(String::new(), |secret| format!("authorization: Bearer {secret}\r\n"));
        self.raw(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{secret}\r\n").as_bytes())
    }

    /// Waits until a run, or the one that it joined, is in a state; gives what is told of it.
    #[track_caller]
    pub(crate) fn awaits(&self, run: &str, state: &str) -> Value {
        let start = Instant::now();
        let mut run = run.to_owned();
        loop {
            let told = self.get(&format!("/runs/{run}"), Some(HOOK_SECRET)).json();
            if let Some(joined) = told["joined"].as_str() {
                joined.clone_into(&mut run);
                continue;
            }
            if told["state"] == state {
                return told;
            }
            assert!(start.elapsed() < PATIENCE, "not {state}: {told:#}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What it has logged; no secret is in it.
    #[track_caller]
    pub(crate) fn log(&self) -> String {
        let mut log = String::new();
        File::open(self.log.path()).unwrap().read_to_string(&mut log).unwrap();
        assert!(!log.contains(HOOK_SECRET) && !log.contains(TOKEN), "a secret is in the log: {log}");
        log
    }

    /// The lines of the log with this message.
    #[track_caller]
    pub(crate) fn logged(&self, message: &str) -> Vec<Value> {
        let lines = self.log();
        let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")));
        lines.filter(|line: &Value| line["message"] == message).collect()
    }

    /// Waits for a line of the log with this message.
    #[track_caller]
    pub(crate) fn awaits_log(&self, message: &str) -> Value {
        let start = Instant::now();
        loop {
            if let Some(line) = self.logged(message).pop() {
                return line;
            }
            assert!(start.elapsed() < PATIENCE, "no {message:?}: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it ends by itself; gives its log too.
    #[track_caller]
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.log())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Sends bytes to an address, and reads the answer to its end.
#[track_caller]
pub(crate) fn raw(address: SocketAddr, request: &[u8]) -> Reply {
    try_raw(address, request).expect("an answer comes")
}

/// Does the same; `None` where nobody listens, or no answer comes.
pub(crate) fn try_raw(address: SocketAddr, request: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // It may be answered before all was sent.
    let _cut = stream.write_all(request);
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    Some(Reply { status, head: head.to_owned(), body: body.to_owned() })
}

/// The HMAC-SHA256 of a body in hex.
pub(crate) fn signed(secret: &str, body: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body.as_bytes());
    diffpurge::display::hex(tag.as_ref())
}
