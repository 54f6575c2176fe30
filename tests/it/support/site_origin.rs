//! An origin on loopback that serves a directory as many sites are, lets caches keep everything, and counts what it is asked.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use percent_encoding::percent_decode_str;

/// A running origin. It ends with this value.
pub(crate) struct SiteOrigin {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// An answer: status and body.
type Answer = (u16, Vec<u8>);

impl SiteOrigin {
    /// Serves what the directory holds at each moment.
    pub(crate) fn over(directory: &Path) -> SiteOrigin {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let accepting = std::thread::spawn({
            let (directory, asked, over): (Arc<Path>, _, _) = (directory.into(), asked.clone(), over.clone());
            move || {
                for stream in listener.incoming() {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let (directory, asked) = (directory.clone(), asked.clone());
                    std::thread::spawn(move || serve(stream.unwrap(), &directory, &asked));
                }
            }
        });
        SiteOrigin { address, asked, over, accepting: Some(accepting) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often it was asked since the last time this was called.
    pub(crate) fn requests(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

impl Drop for SiteOrigin {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _woken = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ended = accepting.join();
        }
    }
}

/// Answers the requests of a connection, one after the other. Whoever asks may go away at any time.
fn serve(stream: TcpStream, directory: &Path, asked: &AtomicUsize) {
    stream.set_nodelay(true).unwrap();
    let mut write = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(first)) = lines.next() {
        let mut etag = None;
        while let Some(Ok(line)) = lines.next() {
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ")
                && name.eq_ignore_ascii_case("if-none-match")
            {
                etag = Some(value.to_owned());
            }
        }
        asked.fetch_add(1, Ordering::SeqCst);
        let target = first.split(' ').nth(1).unwrap_or("/");
        let path = target.split('?').next().unwrap_or("/");
        let (status, body) = answer(directory, path);
        let ours =
            format!("\"{status}-{:x}\"", body.iter().fold(7u64, |hash, b| hash.wrapping_mul(31) + u64::from(*b)));
        let (status, body) = if etag.as_ref() == Some(&ours) { (304, Vec::new()) } else { (status, body) };
        // A directory of this name holds pages that come in several languages.
        let vary = if path.starts_with("/languages/") { "Vary: Accept-Language\r\n" } else { "" };
        let section = path.split('/').nth(1).unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {status} x\r\nContent-Type: text/html\r\nContent-Length: {}\r\nETag: {ours}\r\nxkey: section-{section}\r\n\
             Cache-Control: public, max-age=0, s-maxage=86400\r\n{vary}\r\n",
            body.len()
        );
        let whole = [head.as_bytes(), if first.starts_with("HEAD") { &[] } else { &body }].concat();
        if write.write_all(&whole).is_err() {
            return;
        }
    }
}

/// What a path is answered with, as by `try_files $uri $uri/index.html $uri.html` of nginx.
fn answer(directory: &Path, path: &str) -> Answer {
    let decoded = percent_decode_str(path.trim_start_matches('/')).collect::<Vec<u8>>();
    let at = |relative: &[u8]| directory.join(OsStr::from_bytes(relative));
    let file = |path: PathBuf| path.is_file().then(|| std::fs::read(path).unwrap());
    if decoded.is_empty() || decoded.ends_with(b"/") {
        return match file(at(&decoded).join("index.html")) {
            Some(body) => (200, body),
            None => (404, b"not here".to_vec()),
        };
    }
    if let Some(body) = file(at(&decoded)) {
        return (200, body);
    }
    let page = file(at(&decoded).join("index.html"));
    match page.or_else(|| file(at(&[&decoded, &b".html"[..]].concat()))) {
        Some(body) => (200, body),
        None => (404, b"not here".to_vec()),
    }
}
