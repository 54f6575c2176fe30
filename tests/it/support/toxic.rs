//! A TCP front of the edge that makes trouble as it is told: wrong answers, broken connections, silence. Purges and look-ups
//! (every GET) are told apart: trouble is made for one of the two, and the other passes.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use diffpurge::edge::Edge;

/// What becomes of a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// It goes through to the edge.
    Pass,
    /// It gets this answer: status, further header lines, body.
    Answer(u16, &'static str, String),
    /// The connection breaks without an answer.
    Reset,
    /// It goes through to the edge, and this is done before the edge's answer goes back.
    PassThen(Deed),
    /// Nothing comes.
    Hang,
}

/// Something to do once the edge has answered.
#[derive(Clone)]
pub(crate) struct Deed(Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deed")
    }
}

impl Fault {
    /// A request that goes through, with something that is done before its answer goes back.
    pub(crate) fn pass_then(deed: impl Fn() + Send + Sync + 'static) -> Fault {
        Fault::PassThen(Deed(Arc::new(deed)))
    }

    /// An API that refuses whoever asks.
    pub(crate) fn refused() -> Fault {
        Fault::envelope(403, "", 10000, "Authentication error")
    }

    /// An answer in Cloudflare's envelope.
    pub(crate) fn envelope(status: u16, headers: &'static str, code: u32, message: &str) -> Fault {
        let body = format!(
            r#"{{"success":false,"errors":[{{"code":{code},"message":"{message}"}}],"messages":[],"result":null}}"#
        );
        Fault::Answer(status, headers, body)
    }
}

type Script = dyn Fn(usize, &str) -> Fault + Send + Sync;

/// What the script decides on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Purges,
    LookUps,
}

/// A running front; its listener ends with this value.
pub(crate) struct Toxic {
    address: SocketAddr,
    shared: Arc<Shared>,
    hung: Receiver<()>,
}

struct Shared {
    edge: SocketAddr,
    trouble: Trouble,
    script: Box<Script>,
    requests: AtomicUsize,
    held: Mutex<Option<Vec<TcpStream>>>,
    hangs: Mutex<Sender<()>>,
}

impl Toxic {
    /// A front of `edge`; `script` decides by a purge's number (from 0) and its body.
    pub(crate) fn before(edge: &Edge, script: impl Fn(usize, &str) -> Fault + Send + Sync + 'static) -> Toxic {
        Toxic::start(edge, Trouble::Purges, Box::new(script))
    }

    /// The same for look-ups, by number and path.
    pub(crate) fn before_look_ups(edge: &Edge, script: impl Fn(usize, &str) -> Fault + Send + Sync + 'static) -> Toxic {
        Toxic::start(edge, Trouble::LookUps, Box::new(script))
    }

    fn start(edge: &Edge, trouble: Trouble, script: Box<Script>) -> Toxic {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (hangs, hung) = channel();
        let shared = Arc::new(Shared {
            edge: edge.address(),
            trouble,
            script,
            requests: AtomicUsize::new(0),
            held: Mutex::new(Some(Vec::new())),
            hangs: Mutex::new(hangs),
        });
        let accepting = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if accepting.held.lock().unwrap().is_none() {
                    return;
                }
                let shared = accepting.clone();
                // A client that hangs up ends its own thread only.
                thread::spawn(move || stream.and_then(|s| shared.converse(s)));
            }
        });
        Toxic { address, shared, hung }
    }

    pub(crate) fn api_base(&self) -> String {
        format!("http://{}/client/v4", self.address)
    }

    /// How many requests came that the script decided on.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Waits until a request hangs.
    pub(crate) fn wait_for_a_hang(&self) {
        self.hung.recv().unwrap();
    }
}

impl Drop for Toxic {
    fn drop(&mut self) {
        for stream in self.shared.held.lock().unwrap().take().into_iter().flatten() {
            let _gone = stream.shutdown(Shutdown::Both);
        }
        // Wakes the listener, which then ends.
        let _gone = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn decide(&self, request: &[u8], body: &str) -> Fault {
        let path = request.strip_prefix(b"GET ").map(|rest| String::from_utf8_lossy(rest));
        let path = path.as_ref().and_then(|rest| rest.split(' ').next());
        if path.is_some() != (self.trouble == Trouble::LookUps) {
            return Fault::Pass;
        }
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        (self.script)(number, path.unwrap_or(body))
    }

    fn converse(&self, mut stream: TcpStream) -> io::Result<()> {
        while let Some((request, body)) = read_message(&mut stream)? {
            let fault = self.decide(&request, &body);
            match fault {
                Fault::Pass | Fault::PassThen(_) => {
                    let mut edge = TcpStream::connect(self.edge)?;
                    edge.write_all(&request)?;
                    let (answer, _) = read_message(&mut edge)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                    if let Fault::PassThen(Deed(deed)) = fault {
                        deed();
                    }
                    stream.write_all(&answer)?;
                }
                Fault::Answer(status, headers, body) => {
                    let length = body.len();
                    write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n{headers}\r\n{body}")?;
                }
                Fault::Reset => return stream.shutdown(Shutdown::Both),
                Fault::Hang => {
                    if let Some(held) = self.held.lock().unwrap().as_mut() {
                        held.push(stream.try_clone()?);
                    }
                    let _nobody_waits = self.hangs.lock().unwrap().send(());
                    // Until one of the two sides goes.
                    let _gone = stream.read(&mut [0]);
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Reads one HTTP message with `Content-Length`: all its bytes, and its body as text.
pub(super) fn read_message(stream: &mut TcpStream) -> io::Result<Option<(Vec<u8>, String)>> {
    let mut message = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        if let Some(head) = message.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4) {
            let text = String::from_utf8_lossy(&message[..head]).to_ascii_lowercase();
            let length =
                text.lines().find_map(|l| l.strip_prefix("content-length:")).map_or(0, |l| l.trim().parse().unwrap());
            if message.len() >= head + length {
                let body = String::from_utf8_lossy(&message[head..]).into_owned();
                return Ok(Some((message, body)));
            }
        }
        match stream.read(&mut buffer)? {
            0 if message.is_empty() => return Ok(None),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => message.extend_from_slice(&buffer[..n]),
        }
    }
}
