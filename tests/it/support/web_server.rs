//! Real web servers from Debian's packages, run unprivileged on loopback over a directory, gone when dropped.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server of one kind, in one setting.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// nginx with this `try_files`, or none.
    Nginx(Option<&'static str>),
    /// Apache with these `Options`.
    Apache(&'static str),
    /// Apache that reads `.htaccess`, with the modules that most installations have.
    ApacheOverrides,
    /// Apache as Debian installs it: six names of index files, and directories without one list their entries.
    DebianApache,
    /// Caddy's `file_server` behind this `try_files`, or alone.
    Caddy(Option<&'static str>),
    /// nginx as a cache in front of an origin, as the README has it; the second is what it does with a purge.
    NginxCache(SocketAddr, Purging),
}

/// What nginx does with a purge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purging {
    /// What the README says.
    Works,
    /// It takes purges at URLs of their own, as in `GET /purge/a.css`.
    AtUrls,
    /// The module's short form, over which Debian's crashes.
    Crashes,
}

impl Kind {
    /// Where the program is, if it is installed.
    pub(crate) fn program(self) -> Option<PathBuf> {
        let name = match self {
            Kind::Nginx(_) | Kind::NginxCache(..) => "nginx",
            Kind::Apache(_) | Kind::ApacheOverrides | Kind::DebianApache => "apache2",
            Kind::Caddy(_) => "caddy",
        };
        ["/usr/sbin", "/usr/bin", "/usr/local/sbin"]
            .iter()
            .map(|dir| Path::new(dir).join(name))
            .find(|path| path.exists())
    }
}

/// A running server.
pub(crate) struct WebServer {
    child: Child,
    address: SocketAddr,
    /// Configuration and scratch files; goes last.
    _scratch: tempfile::TempDir,
}

impl WebServer {
    /// Starts a server over `root`.
    pub(crate) fn start(kind: Kind, root: &Path) -> WebServer {
        let program = kind.program().expect("the server is installed");
        // None of the servers says which port it chose itself; another process may take the one that was free a moment ago.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let scratch = tempfile::TempDir::new().unwrap();
            let mut command = Command::new(&program);
            command.env_clear().env("HOME", scratch.path());
            match kind {
                Kind::Nginx(try_files) => nginx(&mut command, scratch.path(), root, port, try_files),
                Kind::Apache(options) => {
                    let setting = ApacheSetting { options, ..ApacheSetting::default() };
                    apache(&mut command, scratch.path(), root, port, setting);
                }
                Kind::ApacheOverrides => {
                    let modules = &["alias", "rewrite", "headers", "autoindex", "setenvif", "expires"];
                    let options = "Indexes FollowSymLinks";
                    let setting = ApacheSetting { options, overrides: "All", modules, ..ApacheSetting::default() };
                    apache(&mut command, scratch.path(), root, port, setting);
                }
                Kind::DebianApache => {
                    let index_names = "index.html index.cgi index.pl index.php index.xhtml index.htm";
                    let options = "Indexes FollowSymLinks";
                    let modules = &["autoindex"];
                    let setting = ApacheSetting { options, index_names, modules, ..ApacheSetting::default() };
                    apache(&mut command, scratch.path(), root, port, setting);
                }
                Kind::NginxCache(origin, purging) => nginx_cache(&mut command, scratch.path(), origin, port, purging),
                Kind::Caddy(try_files) => caddy(&mut command, scratch.path(), root, port, try_files),
            }
            let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(10) && child.try_wait().unwrap().is_none() {
                if TcpStream::connect(address).is_ok() {
                    return WebServer { child, address, _scratch: scratch };
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            let _ended = child.kill();
            let _reaped = child.wait();
        }
        panic!("{} does not start", program.display());
    }

    /// True when nginx has its module for purges.
    pub(crate) fn nginx_can_purge() -> bool {
        Kind::Nginx(None).program().is_some() && Path::new(PURGE_MODULE).exists()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// As `endpoints` names it.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Asks for a path exactly as it is written: the whole answer but for its date.
    pub(crate) fn answer(&self, path: &str) -> String {
        let answer = String::from_utf8_lossy(&self.exchange(path.as_bytes())).into_owned();
        // The tag of a file is weak for its first seconds.
        answer
            .replace("ETag: W/", "ETag: ")
            .lines()
            .filter(|line| !line.starts_with("Date: "))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn exchange(&self, path: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = b" HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n";
        stream.write_all(&[b"GET ", path, head].concat()).unwrap();
        let mut answer = Vec::new();
        // A server may reset a connection whose request it did not like; what came before counts.
        let _reset = stream.read_to_end(&mut answer);
        answer
    }

    /// Asks for a path exactly as it is written: status, `Location`, body.
    pub(crate) fn get(&self, path: &[u8]) -> (u16, String, Vec<u8>) {
        let answer = self.exchange(path);
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len());
        let text = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let location = text.lines().find_map(|l| l.strip_prefix("Location: ")).unwrap_or_default();
        let location = location.split_once("//").map_or(location, |(_, rest)| &rest[rest.find('/').unwrap_or(0)..]);
        (status, location.to_owned(), answer.get(end + 4..).unwrap_or_default().to_vec())
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // By the process that was started, and no other.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// True when this process may do anything, and its server's workers must be told to stay what they are.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}

fn nginx(command: &mut Command, scratch: &Path, root: &Path, port: u16, try_files: Option<&str>) {
    let (scratch_dir, root) = (scratch.display(), root.display());
    let user = if is_root() { "user root;" } else { "" };
    let try_files = try_files.map_or(String::new(), |t| format!("try_files {t} =404;"));
    let temp: Vec<String> = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|t| format!("{t}_temp_path {scratch_dir}/{t};\n"))
        .collect();
    let temp = temp.concat();
    let config = format!(
        "{user} daemon off; master_process off; pid {scratch_dir}/pid; error_log /dev/null;\nevents {{}}\n\
         http {{ access_log off; default_type text/plain; {temp}\n\
         server {{ listen 127.0.0.1:{port}; root {root}; index index.html; location / {{ {try_files} }} }} }}\n"
    );
    fs::write(scratch.join("nginx.conf"), config).unwrap();
    command.arg("-p").arg(scratch).arg("-e").arg("/dev/null").arg("-c").arg(scratch.join("nginx.conf"));
}

/// Where Debian puts it.
const PURGE_MODULE: &str = "/usr/lib/nginx/modules/ngx_http_cache_purge_module.so";

fn nginx_cache(command: &mut Command, scratch: &Path, origin: SocketAddr, port: u16, purging: Purging) {
    let scratch_dir = scratch.display();
    let user = if is_root() { "user root;" } else { "" };
    fs::create_dir(scratch.join("tmp")).unwrap();
    let temp =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|t| format!("{t}_temp_path {scratch_dir}/tmp/{t};\n"));
    let example = include_str!("../../../examples/nginx.conf").replace("TOKEN", super::TOKEN);
    let example = example.replace("/var/cache/nginx", &format!("{scratch_dir}/cache"));
    let example = example.replace("listen 6082;", &format!("listen 127.0.0.1:{port};"));
    let mut example = example.replace("http://127.0.0.1:8080", &format!("http://{origin}"));
    if purging == Purging::Crashes {
        let rule = "if ($request_method = PURGE) { rewrite ^ /__purge last; }";
        assert!(example.contains(rule), "examples/nginx.conf has another shape");
        example = example
            .replace(rule, "")
            .replace("proxy_cache site;", "proxy_cache site; proxy_cache_purge PURGE from 127.0.0.1;");
    }
    if purging == Purging::AtUrls {
        // As it is set up by hand: the key is the raw request line without the first directory.
        let (before, behind) = example.split_once("    location = /__purge {").unwrap();
        let (_, behind) = behind.split_once("    }\n").unwrap();
        let location =
            "location ~ ^/purge/ { allow 127.0.0.1; deny all; proxy_cache_purge site \"$scheme$host$purged\"; }\n";
        let map = "map $request_uri $purged { ~^/purge(/.*)$ $1; }\n";
        example = format!("{map}{before}{location}{behind}")
            .replace("if ($request_method = PURGE) { rewrite ^ /__purge last; }", "");
    }
    let temp = temp.concat();
    let config = format!(
        "load_module {PURGE_MODULE};\n{user} daemon off; master_process off; pid {scratch_dir}/pid; error_log /dev/null;\n\
         events {{ worker_connections 256; }}\nhttp {{ access_log off; {temp}\n{example}\n}}\n"
    );
    fs::write(scratch.join("nginx.conf"), config).unwrap();
    command.arg("-p").arg(scratch).arg("-e").arg("/dev/null").arg("-c").arg(scratch.join("nginx.conf"));
}

/// What tells Apaches apart.
#[derive(Clone, Copy)]
struct ApacheSetting {
    options: &'static str,
    overrides: &'static str,
    index_names: &'static str,
    /// Modules beyond those that all have.
    modules: &'static [&'static str],
}

impl Default for ApacheSetting {
    fn default() -> Self {
        ApacheSetting { options: "None", overrides: "None", index_names: "index.html", modules: &[] }
    }
}

fn apache(command: &mut Command, scratch: &Path, root: &Path, port: u16, setting: ApacheSetting) {
    let (scratch_dir, root) = (scratch.display(), root.display());
    let ApacheSetting { options, overrides, index_names, modules } = setting;
    let modules: Vec<String> = ["mpm_event", "authz_core", "dir", "mime", "negotiation"]
        .iter()
        .chain(modules)
        .map(|m| format!("LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so\n"))
        .collect();
    let modules = modules.concat();
    let config = format!(
        "ServerRoot {scratch_dir}\nServerName www.example.com\nListen 127.0.0.1:{port}\nPidFile {scratch_dir}/pid\nDefaultRuntimeDir {scratch_dir}\n\
         ErrorLog /dev/null\n{modules}TypesConfig /dev/null\nMutex file:{scratch_dir}\nAddType text/html .html\nAddType text/css .css\nAddType text/plain .txt\nAddType application/xml .xml\nAddLanguage de .de\nAddEncoding x-gzip .gz\nAddType application/pdf .pdf\n\
         DocumentRoot {root}\nDirectoryIndex {index_names}\n<Directory {root}>\nOptions {options}\nAllowOverride {overrides}\nRequire all granted\n</Directory>\n"
    );
    fs::write(scratch.join("apache.conf"), config).unwrap();
    command.arg("-X").arg("-f").arg(scratch.join("apache.conf"));
}

fn caddy(command: &mut Command, scratch: &Path, root: &Path, port: u16, try_files: Option<&str>) {
    let (scratch_dir, root) = (scratch.display(), root.display());
    let try_files = try_files.map_or(String::new(), |t| format!("try_files {t}\n"));
    let config = format!(
        "{{\nadmin off\nauto_https off\nstorage file_system {scratch_dir}/storage\n}}\n\
         :{port} {{\nbind 127.0.0.1\nroot * {root}\n{try_files}file_server\n}}\n"
    );
    fs::write(scratch.join("Caddyfile"), config).unwrap();
    command.env("XDG_CONFIG_HOME", scratch).env("XDG_DATA_HOME", scratch);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(scratch.join("Caddyfile"));
}
