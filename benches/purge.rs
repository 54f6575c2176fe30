//! How long 10,000 PURGEs to a Varnish on this machine take, as a ratio to `xargs -P8 curl -X PURGE` over the same URLs, in one run.
//!
//! Whole processes in turn (curl, diffpurge, curl, …), median of each and of the ratios pair by pair; before each run all URLs
//! are cached again, and after it none may be. `cargo bench --bench purge` prints the table; it takes a Varnish, curl and xargs.

#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// URLs that are purged.
const URLS: usize = 10_000;

/// Runs of each program.
const PAIRS: usize = 3;

const HOST: &str = "www.example.com";

/// What a purge is, and a way to see whether an answer was cached.
const VCL: &str = "acl us { \"127.0.0.1\"; }
sub vcl_recv { if (req.method == \"PURGE\") { if (client.ip !~ us) { return (synth(405)); } return (purge); } }
sub vcl_deliver { if (obj.hits > 0) { set resp.http.X-Cache = \"HIT\"; } else { set resp.http.X-Cache = \"MISS\"; } }
";

type Done<T> = Result<T, Box<dyn Error>>;

/// A Varnish that ends with this value.
struct Varnish(Child);

impl Drop for Varnish {
    fn drop(&mut self) {
        // By the process that was started, and no other.
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn main() -> Done<()> {
    if !Path::new("/usr/sbin/varnishd").exists() {
        println!("there is no Varnish: `apt-get install varnish`");
        return Ok(());
    }
    let place = tempfile::TempDir::new()?;
    let (_varnish, cache) = varnish(place.path(), origin()?)?;
    let paths: Vec<String> = (0..URLS).map(|n| format!("/d{:02}/page-{n:05}.css", n / 100)).collect();
    let urls: Vec<String> = paths.iter().map(|path| format!("http://{cache}{path}\n")).collect();
    std::fs::write(place.path().join("urls"), urls.concat())?;
    let changed: Vec<&str> = paths.iter().map(|path| &path[1..]).collect();
    std::fs::write(place.path().join("paths"), changed.join("\n"))?;
    let site = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\n[site.threshold]\nurls = {URLS}\n[site.http_purge]\nendpoints = [\"http://{cache}\"]\n"
    );
    std::fs::write(place.path().join("purge.toml"), site)?;
    println!("{URLS} PURGEs, medians of {PAIRS} runs in turn\n");
    println!("| URLs of each curl | xargs -P8 curl | diffpurge | ratio (curl ÷ diffpurge) |\n|---|---|---|---|");
    for each in [URLS / 8, 100, 1] {
        let (mut curl_ms, mut our_ms, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..PAIRS {
            let curl = timed(place.path(), cache, &paths, &mut curl(place.path(), each))?;
            let ours = timed(place.path(), cache, &paths, &mut diffpurge(place.path()))?;
            curl_ms.push(curl);
            our_ms.push(ours);
            ratios.push(curl / ours);
        }
        let (curl, ours, ratio) = (median(curl_ms), median(our_ms), median(ratios));
        println!("| {each} | {curl:.0} ms | {ours:.0} ms | {ratio:.1} |");
    }
    Ok(())
}

/// `xargs` with eight `curl`s at once. With an eighth of the URLs each it is curl at its best: eight processes in all, and as many
/// connections.
fn curl(directory: &Path, each: usize) -> Command {
    let mut command = Command::new("sh");
    let line = format!("xargs -P8 -n{each} curl -s -X PURGE -H 'Host: {HOST}' < urls > /dev/null");
    command.arg("-c").arg(line).current_dir(directory);
    command
}

fn diffpurge(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diffpurge"));
    command.args(["purge", "--paths", "paths", "--quiet"]).env_clear().current_dir(directory);
    command
}

/// Milliseconds of a whole process that empties a full cache.
fn timed(directory: &Path, cache: SocketAddr, paths: &[String], command: &mut Command) -> Done<f64> {
    visit(cache, paths)?;
    if visit(cache, paths)? != paths.len() {
        return Err("not all of it is cached".into());
    }
    let start = Instant::now();
    let output = command.output()?;
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    if !output.status.success() {
        return Err(
            format!("{command:?} in {}: {}", directory.display(), String::from_utf8_lossy(&output.stdout)).into()
        );
    }
    match visit(cache, paths)? {
        0 => Ok(milliseconds),
        left => Err(format!("{command:?} has left {left} cached").into()),
    }
}

/// Asks for all of them over one connection; how many were cached.
fn visit(cache: SocketAddr, paths: &[String]) -> Done<usize> {
    let stream = TcpStream::connect(cache)?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let (mut hits, mut line) = (0, String::new());
    for path in paths {
        stream.get_mut().write_all(format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n").as_bytes())?;
        let mut length = 0;
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            match line.trim_end().to_ascii_lowercase().split_once(": ") {
                Some(("content-length", value)) => length = value.parse()?,
                Some(("x-cache", "hit")) => hits += 1,
                _ if line == "\r\n" => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
    }
    Ok(hits)
}

/// An origin that answers everything alike.
fn origin() -> Done<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    Ok(address)
}

fn answer(stream: TcpStream) {
    const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nCache-Control: s-maxage=3600\r\n\r\nx";
    let Ok(mut out) = stream.try_clone() else { return };
    let ends = BufReader::new(stream).lines().map_while(Result::ok).filter(String::is_empty);
    // Who has gone away wants no more answers.
    let _gone = ends.map(|_| out.write_all(PAGE.as_bytes())).find(Result::is_err);
}

fn varnish(place: &Path, origin: SocketAddr) -> Done<(Varnish, SocketAddr)> {
    let backend = format!("backend o {{ .host = \"{}\"; .port = \"{}\"; }}", origin.ip(), origin.port());
    std::fs::write(place.join("site.vcl"), format!("vcl 4.1;\n{backend}\n{VCL}"))?;
    let working = place.join("n");
    let mut command = Command::new("/usr/sbin/varnishd");
    command.args(["-F", "-j", "none", "-a", "127.0.0.1:0", "-T", "127.0.0.1:0", "-s", "malloc,64m", "-l", "2m"]);
    command.arg("-n").arg(&working).arg("-f").arg(place.join("site.vcl"));
    let varnish = Varnish(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        let asked = Command::new("/usr/bin/varnishadm").arg("-n").arg(&working).arg("debug.listen_address").output()?;
        let text = String::from_utf8_lossy(&asked.stdout).into_owned();
        if let [_, ip, port] = text.lines().next().unwrap_or_default().split(' ').collect::<Vec<_>>()[..] {
            return Ok((varnish, format!("{ip}:{port}").parse()?));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err("Varnish does not start".into())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
