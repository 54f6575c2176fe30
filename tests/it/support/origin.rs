//! A small HTTP server on loopback that serves one page and tells what it is asked for, byte for byte.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a connection may stay silent: a browser opens some in advance that it does not use.
const SILENCE: Duration = Duration::from_secs(10);

/// A running origin. It ends with this value.
pub(crate) struct Origin {
    address: SocketAddr,
    asked: Receiver<String>,
    over: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Origin {
    /// Starts one that answers `/` with this page, and everything else with an empty text.
    pub(crate) fn of(page: &str) -> Origin {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, asked) = channel();
        let over = Arc::new(AtomicBool::new(false));
        let accepting = std::thread::spawn({
            let (page, over): (Arc<str>, _) = (page.into(), over.clone());
            move || {
                for stream in listener.incoming() {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let (page, tell) = (page.clone(), tell.clone());
                    // Each on its own, since one that is opened in advance would hold up the others.
                    std::thread::spawn(move || answer(stream.unwrap(), &page, &tell));
                }
            }
        });
        Origin { address, asked, over, accepting: Some(accepting) }
    }

    /// The page's URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The next request's target, exactly as it was sent; `None` when none comes in time.
    pub(crate) fn next(&self, time: Duration) -> Option<String> {
        self.asked.recv_timeout(time).ok()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _woken = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ended = accepting.join();
        }
    }
}

/// Answers the one request of a connection. A visitor may go away at any time.
fn answer(mut stream: TcpStream, page: &str, tell: &Sender<String>) {
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(n) if n > 0 => head.extend(&buffer[..n]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.split(' ').nth(1).unwrap_or_default();
    let (kind, body) = if target == "/" { ("text/html; charset=utf-8", page) } else { ("text/plain", "") };
    let _told = tell.send(target.to_owned());
    let _gone = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
