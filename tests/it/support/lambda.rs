//! The Lambda's binary, driven by a runtime API on loopback that hands out events and takes answers.
//!
//! `GET /2018-06-01/runtime/invocation/next`, `POST …/{id}/response`, `POST …/{id}/error`, as Amazon documents them.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::toxic::read_message;
use super::{TOKEN, ZONE, required};

/// How long an answer is waited for before the test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// The binary, built with its feature once for all tests, beside the program; `None` where that is not asked for. The build takes a
/// minute where nothing of it is there, so plain `cargo test` leaves it out.
pub(crate) fn bootstrap() -> Option<PathBuf> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let all = std::env::var("DIFFPURGE_TESTS").as_deref() == Ok("all");
    required(all, "the Lambda's binary, which DIFFPURGE_TESTS=all builds").then(|| {
        BUILT
            .get_or_init(|| {
                let root = Path::new(env!("CARGO_MANIFEST_DIR"));
                let target = Path::new(env!("CARGO_BIN_EXE_diffpurge"))
                    .ancestors()
                    .nth(2)
                    .expect("it is in a profile's directory");
                let built = Command::new(env!("CARGO"))
                    .args([
                        "build",
                        "--quiet",
                        "--locked",
                        // A Lambda receives no webhooks.
                        "--no-default-features",
                        "--features",
                        "lambda",
                        "--bin",
                        "bootstrap",
                        "--target-dir",
                    ])
                    .arg(target)
                    .current_dir(root)
                    .status();
                assert!(built.expect("cargo runs").success(), "the Lambda's binary cannot be built");
                target.join("debug/bootstrap")
            })
            .clone()
    })
}

/// What the Lambda made of an event: the answer, or what it said was wrong.
pub(crate) type Answer = Result<Value, Value>;

/// A running Lambda; it ends with this value.
pub(crate) struct Lambda {
    child: Child,
    api: RuntimeApi,
    out: File,
    err: File,
    invocations: usize,
}

impl Lambda {
    /// Starts one with a configuration and the API's address; the environment holds nothing else.
    pub(crate) fn start(binary: &Path, config: Option<&Path>, api_base: &str) -> Lambda {
        Lambda::with(binary, config, api_base, &[("CLOUDFLARE_API_TOKEN", TOKEN)])
    }

    /// The same with these variables in place of the token's.
    pub(crate) fn with(binary: &Path, config: Option<&Path>, api_base: &str, variables: &[(&str, &str)]) -> Lambda {
        let api = RuntimeApi::start();
        let [out, err] = [(); 2].map(|()| tempfile::tempfile().unwrap());
        let mut command = Command::new(binary);
        command.env_clear().envs(variables.iter().copied()).env("AWS_LAMBDA_RUNTIME_API", api.address.to_string());
        command.env("CLOUDFLARE_BASE_URL", api_base).env("CLOUDFLARE_ZONE_ID", ZONE);
        if let Some(config) = config {
            command.env("DIFFPURGE_CONFIG", config);
        }
        for (name, value) in [("NAME", "purge"), ("MEMORY_SIZE", "128"), ("VERSION", "$LATEST")] {
            command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
        }
        command.stdin(Stdio::null()).stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
        Lambda { child: command.spawn().expect("the Lambda starts"), api, out, err, invocations: 0 }
    }

    /// Delivers an event and waits for what becomes of it.
    #[track_caller]
    pub(crate) fn invoke(&mut self, event: &Value) -> Answer {
        self.invoke_within(event, Duration::from_secs(60))
    }

    /// The same with so much time until the Lambda would be ended.
    #[track_caller]
    pub(crate) fn invoke_within(&mut self, event: &Value, time: Duration) -> Answer {
        self.invocations += 1;
        self.api.deliver(event, &format!("invocation-{}", self.invocations), time);
        let (id, answer) = self.api.answers.recv_timeout(PATIENCE).expect("an answer comes");
        assert_eq!(id, format!("invocation-{}", self.invocations));
        answer
    }

    /// Ends it; gives its log, one line for each invocation, without the token.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let log = self.log();
        assert_eq!(log.len(), self.invocations, "{log:?}");
        log
    }

    /// Waits until it ends by itself.
    #[track_caller]
    pub(crate) fn ended(mut self) -> (ExitStatus, Vec<Value>) {
        (self.child.wait().unwrap(), self.log())
    }

    #[track_caller]
    fn log(&mut self) -> Vec<Value> {
        let [out, err] = [&mut self.out, &mut self.err].map(|file| {
            let mut text = String::new();
            file.rewind().and_then(|()| file.read_to_string(&mut text)).unwrap();
            assert!(!text.contains(TOKEN), "the token is in the log: {text}");
            text
        });
        assert_eq!(err, "");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The runtime API. Its listener and connections end with this value.
struct RuntimeApi {
    address: SocketAddr,
    /// Whole answers to the question for the next event; gone when all is over.
    events: Arc<Mutex<Option<Sender<String>>>>,
    answers: Receiver<(String, Answer)>,
}

impl RuntimeApi {
    fn start() -> RuntimeApi {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let ((event, next), (answer, answers)) = (channel(), channel());
        let events = Arc::new(Mutex::new(Some(event)));
        let next = Arc::new(Mutex::new(next));
        let open = events.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if open.lock().unwrap().is_none() {
                    return;
                }
                let (next, answer) = (next.clone(), answer.clone());
                // A Lambda that ends takes its connections along.
                thread::spawn(move || stream.and_then(|stream| converse(stream, &next, &answer)));
            }
        });
        RuntimeApi { address, events, answers }
    }

    fn deliver(&self, event: &Value, id: &str, time: Duration) {
        let deadline = (SystemTime::now() + time).duration_since(UNIX_EPOCH).unwrap().as_millis();
        let body = event.to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             lambda-runtime-aws-request-id: {id}\r\nlambda-runtime-deadline-ms: {deadline}\r\n\
             lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-2:123456789012:function:purge\r\n\
             lambda-runtime-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n\r\n{body}",
            body.len()
        );
        self.events.lock().unwrap().as_ref().unwrap().send(answer).unwrap();
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.events.lock().unwrap().take();
        // Wakes the listener, which then ends.
        let _woken = TcpStream::connect(self.address);
    }
}

fn converse(
    mut stream: TcpStream,
    next: &Mutex<Receiver<String>>,
    answers: &Sender<(String, Answer)>,
) -> io::Result<()> {
    while let Some((request, body)) = read_message(&mut stream)? {
        let line = String::from_utf8_lossy(&request);
        let line = line.lines().next().unwrap_or_default();
        let path = line.split(' ').nth(1).unwrap_or_default();
        let Some(path) = path.strip_prefix("/2018-06-01/runtime/invocation/") else {
            return Err(io::Error::other(format!("nobody documents {line}")));
        };
        if path == "next" {
            let Ok(event) = next.lock().unwrap().recv() else { return Ok(()) };
            stream.write_all(event.as_bytes())?;
            continue;
        }
        let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
        let (id, answer) = match path.split_once('/') {
            Some((id, "response")) => (id, Ok(value)),
            Some((id, "error")) => (id, Err(value)),
            _ => return Err(io::Error::other(format!("nobody documents {line}"))),
        };
        // Accepted first: when the test goes on, nothing is under way.
        stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 15\r\n\r\n{\"status\":\"OK\"}")?;
        let _nobody_waits = answers.send((id.to_owned(), answer));
    }
    Ok(())
}
