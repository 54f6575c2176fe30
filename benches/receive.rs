//! How many signed deliveries a second a receiver accepts and keeps, as a ratio to a server of the same stack that keeps nothing.
//!
//! The echo is hyper on tokio: it reads the body and answers 202. Echo and receiver in turn (echo, receiver, echo, …), each in a process
//! of its own, with the same client: keep-alive connections, and signed bodies of 1 KB that differ. Medians of the rounds, and of the
//! ratios pair by pair. `cargo bench --bench receive` prints the table; the row of Postgres takes Debian's package.

#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

use std::convert::Infallible;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ring::hmac;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[path = "shared/median.rs"]
mod median;

use median::median;

/// Keep-alive connections of the client.
const CONNECTIONS: usize = 32;

/// Bytes of a body.
const BODY: usize = 1024;

/// Measurements of each server.
const ROUNDS: usize = 5;

/// How long one takes, after a warm-up of a tenth of it.
const LASTS: Duration = Duration::from_secs(4);

const SECRET: &str = "a-secret-of-the-benchmark";

type Done<T> = Result<T, Box<dyn Error>>;

/// A process that ends with this value.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // By the process that was started, and no other.
        let _ended = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let _reaped = self.0.wait();
    }
}

fn main() -> Done<()> {
    if std::env::args().any(|argument| argument == "echo") {
        return echo();
    }
    let cores = std::thread::available_parallelism()?;
    println!("Signed deliveries of {BODY} bytes over {CONNECTIONS} connections, {cores} cores for both sides\n");
    println!(
        "| store | kept a second | half within | 99 % within | echo: a second | ratio |\n|---|---|---|---|---|---|"
    );
    row("SQLite", "sqlite:bench.db")?;
    let Some(programs) = postgres_programs() else {
        println!("\nthere is no Postgres: `apt-get install postgresql`");
        return Ok(());
    };
    let directory = TempDir::new()?;
    let (_server, url) = postgres(&programs, directory.path())?;
    row("Postgres", &url)
}

/// Measures echo and receiver in turn, and prints their row.
fn row(name: &str, store: &str) -> Done<()> {
    let place = TempDir::new()?;
    let (_receiver, address) = receiver(place.path(), store)?;
    let (_echo, echoing) = listening(Command::new(std::env::current_exe()?).arg("echo"))?;
    let (mut kept, mut half, mut most, mut echoed, mut ratios) = (vec![], vec![], vec![], vec![], vec![]);
    for round in 0..ROUNDS {
        let echo = measured(echoing, round)?;
        let ours = measured(address, round)?;
        ratios.push(ours.a_second / echo.a_second);
        echoed.push(echo.a_second);
        kept.push(ours.a_second);
        half.push(ours.half);
        most.push(ours.most);
    }
    let [kept, half, most, echoed, ratio] = [kept, half, most, echoed, ratios].map(median);
    println!("| {name} | {kept:.0} | {half:.1} ms | {most:.1} ms | {echoed:.0} | {ratio:.2} |");
    Ok(())
}

/// What was measured of a server.
struct Measured {
    a_second: f64,
    half: f64,
    most: f64,
}

/// Delivers over all connections at once, each as quickly as it is answered.
fn measured(address: SocketAddr, round: usize) -> Done<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let begin = Instant::now() + LASTS / 10;
    let delivering = (0..CONNECTIONS).map(|number| delivered(address, (round, number), begin));
    let times = runtime.block_on(futures_util::future::try_join_all(delivering))?;
    let mut times: Vec<f64> = times.into_iter().flatten().collect();
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or(f64::NAN);
    let count = f64::from(u32::try_from(times.len())?);
    Ok(Measured { a_second: count / LASTS.as_secs_f64(), half: at(50), most: at(99) })
}

/// Delivers over one connection; gives the milliseconds of each delivery that began after the warm-up.
async fn delivered(address: SocketAddr, (round, number): (usize, usize), begin: Instant) -> std::io::Result<Vec<f64>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let (mut answer, mut times, mut count) = (vec![0; 4096], Vec::new(), 0_u64);
    loop {
        let start = Instant::now();
        if start > begin + LASTS {
            return Ok(times);
        }
        let mut body = format!(r#"{{"id":"{round}-{number}-{count}-{address}","more":""#);
        body.push_str(&"x".repeat(BODY - body.len() - 2));
        body.push_str("\"}");
        let signature = diffpurge::display::hex(hmac::sign(&key, body.as_bytes()).as_ref());
        let head =
            format!("POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: {signature}\r\ncontent-length: {BODY}\r\n\r\n");
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await?;
        let read = stream.read(&mut answer).await?;
        if !answer[..read].starts_with(b"HTTP/1.1 202 ") {
            return Err(std::io::Error::other(format!("no 202: {}", answer[..read].escape_ascii())));
        }
        if start >= begin {
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        count += 1;
    }
}

/// A receiver with this store. Nobody listens at port 9: its purges fail, and wait.
fn receiver(place: &Path, store: &str) -> Done<(Process, SocketAddr)> {
    let config = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[serve]\nlisten = \"127.0.0.1:0\"\nstore = \"{store}\"\n\
         [[serve.hook]]\npath = \"/hooks/www\"\nkind = \"hmac\"\nsite = \"www\"\nsecret_env = \"HOOK_SECRET\"\nheader = \"X-Sig\"\n\
         id = \"/id\"\nreaction = \"site\"\nrate = 1000000\n"
    );
    std::fs::write(place.join("purge.toml"), config)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_diffpurge"));
    command.args(["serve", "--log", "json"]).current_dir(place).stderr(Stdio::null()).env("HOOK_SECRET", SECRET);
    command.env("CLOUDFLARE_BASE_URL", "http://127.0.0.1:9/client/v4").env("CLOUDFLARE_API_TOKEN", "none");
    command.env("CLOUDFLARE_ZONE_ID", "023e105f4ecef8ad9ca31a8372d0c353").env_remove("PORT");
    listening(&mut command)
}

/// Starts a server that says in its first line where it listens.
fn listening(command: &mut Command) -> Done<(Process, SocketAddr)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let process = Process(child);
    let address = line.trim().strip_prefix("listening at http://").ok_or("it does not start")?.parse()?;
    Ok((process, address))
}

/// The echo: the same libraries and as many threads, and nothing is kept.
fn echo() -> Done<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("listening at http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                // The other side hangs up when it has measured enough.
                let _over = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answered)).await;
            });
        }
    })
}

async fn answered(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let read = request.into_body().collect().await;
    let mut answer = Response::new(Full::new(Bytes::from_static(b"{\"run\":\"0123456789abcdef0123456789abcdef\"}\n")));
    *answer.status_mut() = if read.is_ok() { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST };
    Ok(answer)
}

/// The programs of the newest Postgres that is installed.
fn postgres_programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).filter(|bin| bin.join("initdb").exists()).max()
}

/// A command as a user who is not root, since Postgres refuses to be.
fn unprivileged(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

/// A Postgres with the settings that it comes with: each commit is on the disk before it counts.
fn postgres(programs: &Path, directory: &Path) -> Done<(Process, String)> {
    // The other user has to get in.
    Command::new("chmod").arg("777").arg(directory).status()?;
    let data = directory.join("data");
    let mut made = unprivileged(&programs.join("initdb"));
    made.args(["--auth=trust", "--username=diffpurge", "--encoding=UTF8", "--locale=C", "--pgdata"]).arg(&data);
    if !made.current_dir(directory).stdout(Stdio::null()).status()?.success() {
        return Err("initdb".into());
    }
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port().to_string();
    let mut server = unprivileged(&programs.join("postgres"));
    server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port, "-k"]).arg(directory).current_dir(directory);
    let server = Process(server.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let start = Instant::now();
    while !Command::new(programs.join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port]).status()?.success() {
        if start.elapsed() > Duration::from_secs(60) {
            return Err("Postgres does not start".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok((server, format!("postgres://diffpurge@127.0.0.1:{port}/postgres")))
}
