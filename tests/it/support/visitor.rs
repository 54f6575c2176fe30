//! Somebody who visits pages through a cache, over one connection, and looks at what the cache says of them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// Below what any server takes over one connection.
const PER_CONNECTION: usize = 500;

/// A visitor of one host.
pub(crate) struct Visitor {
    host: String,
    address: SocketAddr,
    /// Requests over this connection: nginx closes one after a thousand.
    asked: usize,
    stream: BufReader<TcpStream>,
}

/// What a visitor gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    /// `X-Cache: HIT`.
    pub(crate) is_hit: bool,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// Status and body: what is stale or not.
    pub(crate) fn content(&self) -> (u16, &[u8]) {
        (self.status, &self.body)
    }
}

impl Visitor {
    pub(crate) fn of(host: &str, address: SocketAddr) -> Visitor {
        Visitor { host: host.to_owned(), address, asked: 0, stream: connected(address) }
    }

    /// Asks for a path, exactly as it is written.
    pub(crate) fn get(&mut self, path: &str) -> Seen {
        self.ask("GET", path, "")
    }

    /// Asks with another method, and further header lines.
    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &str) -> Seen {
        if self.asked == PER_CONNECTION {
            (self.asked, self.stream) = (0, connected(self.address));
        }
        self.asked += 1;
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.host);
        self.stream.get_mut().write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status =
            line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{line:?}"));
        let (mut length, mut is_hit, mut chunked) = (0, false, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let header = line.trim_end().to_ascii_lowercase();
            match header.split_once(": ") {
                _ if header.is_empty() => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("transfer-encoding", value)) => chunked = value == "chunked",
                Some(("x-cache", value)) => is_hit = value == "hit",
                _ => {}
            }
        }
        let mut body = Vec::new();
        let mut more = chunked;
        while more {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let size = usize::from_str_radix(line.trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk).unwrap();
            body.extend_from_slice(&chunk[..size]);
            more = size > 0;
        }
        if !chunked {
            body = vec![0; length];
            self.stream.read_exact(&mut body).unwrap();
        }
        Seen { status, is_hit, body }
    }
}

fn connected(address: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    BufReader::new(stream)
}
