//! A site whose repository is hosted: a bare remote on disk, or behind git's own HTTP server on loopback, and clones that do
//! not last.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use diffpurge::edge::{Handler, Loopback, Request, Response, response};

use super::{Repo, Site, Tool, diffpurge, git};

/// The password of the HTTP remote; nothing that is printed may hold it.
pub(crate) const PASSWORD: &str = "pw-1n-Th3-Url";

/// `u:` and the password, as browsers send it.
const BASIC: &str = "Basic dTpwdy0xbi1UaDMtVXJs";

/// A hosted site.
pub(crate) struct Hosted {
    /// Where its author works.
    pub(crate) site: Site,
    /// The remote.
    pub(crate) bare: Repo,
    server: Option<Loopback>,
}

impl Hosted {
    /// On a disk. `config` comes below the first `[[site]]`, and has to say where marks are.
    #[track_caller]
    pub(crate) fn on_disk(config: &str) -> Hosted {
        let bare = Repo::with(&["--bare"]);
        bare.git(&["config", "http.receivepack", "true"]);
        bare.git(&["config", "uploadpack.allowFilter", "true"]);
        let site = Site::of(config);
        site.repo.git(&["remote", "add", "origin", &bare.url()]);
        Hosted { site, bare, server: None }
    }

    /// Behind `git http-backend`, which asks for a password.
    #[track_caller]
    pub(crate) fn over_http(config: &str) -> Hosted {
        let mut hosted = Hosted::on_disk(config);
        let root = hosted.bare.path().to_owned();
        let handler: Handler = Arc::new(move |request| {
            let answer = backend(&root, &request);
            Box::pin(async move { answer })
        });
        hosted.server = Some(Loopback::start(handler).unwrap());
        hosted
    }

    /// Where clones come from.
    pub(crate) fn url(&self) -> String {
        let http = |server: &Loopback| format!("http://u:{PASSWORD}@{}/site.git", server.address());
        self.server.as_ref().map_or_else(|| self.bare.url(), http)
    }

    /// Puts a commit with these files live, and pushes it, by force.
    #[track_caller]
    pub(crate) fn deploy(&self, files: &[(&str, &str)]) -> String {
        let id = self.site.deploy(files);
        self.site.repo.git(&["push", "--quiet", "--force", "origin", "HEAD:main"]);
        id
    }

    /// A fresh clone, as a CI makes it.
    #[track_caller]
    pub(crate) fn shallow(&self) -> Repo {
        Repo::clone_of(&self.url(), &["--depth=1"])
    }

    /// `diffpurge` in a clone, against the site's edge.
    pub(crate) fn run(&self, clone: &Repo, arguments: &[&str]) -> Tool {
        diffpurge(arguments.iter().copied()).within(clone).against(&self.site.live.edge)
    }

    /// The commit that the remote's mark is at.
    pub(crate) fn mark(&self) -> String {
        self.bare.find("refs/diffpurge/www")
    }

    /// What is open at the remote.
    pub(crate) fn open(&self) -> Vec<String> {
        let mut open: Vec<String> = self.bare.find("refs/diffpurge-open/www/").lines().map(str::to_owned).collect();
        open.sort_unstable();
        open
    }

    /// Asserts that visitors get what is live, that the remote's mark is at `id`, and that nothing is open there.
    #[track_caller]
    pub(crate) fn is_purged_up_to(&self, id: &str) {
        assert_eq!(self.site.live.stale(), Vec::<String>::new(), "stale");
        assert_eq!((self.mark().as_str(), self.open()), (id, vec![]), "the mark, and what is open");
    }

    /// Lets the remote refuse what is pushed to it, with this message.
    pub(crate) fn refuses_pushes(&self, message: &str) {
        executable(&self.bare.path().join("hooks/pre-receive"), &format!("echo '{message}' >&2; exit 1"));
    }

    pub(crate) fn takes_pushes(&self) {
        fs::remove_file(self.bare.path().join("hooks/pre-receive")).unwrap();
    }

    /// Drops from the remote whatever no ref leads to.
    pub(crate) fn collects_garbage(&self) {
        self.bare.git(&["reflog", "expire", "--expire=now", "--all"]);
        self.bare.git(&["gc", "--quiet", "--prune=now"]);
    }
}

/// Writes a shell script.
pub(crate) fn executable(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A directory for the `PATH` with a git in it that writes down what it was asked for; gives the file, too.
pub(crate) fn recording_git() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::TempDir::new().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let real = std::env::split_paths(&path).map(|place| place.join("git")).find(|git| git.exists()).unwrap();
    let calls = directory.path().join("calls");
    fs::write(&calls, "").unwrap();
    let script = format!("echo \"$@\" >> {}\nexec {} \"$@\"", calls.display(), real.display());
    executable(&directory.path().join("git"), &script);
    (directory, calls)
}

/// Answers as `git http-backend` does, by CGI.
fn backend(root: &Path, request: &Request) -> Response {
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if header("authorization") != BASIC {
        return response(401, &[("www-authenticate", "Basic realm=\"git\"")], "who are you?");
    }
    let mut command: Command = git(root);
    command.arg("http-backend").env("GIT_PROJECT_ROOT", root).env("GIT_HTTP_EXPORT_ALL", "1").env("REMOTE_USER", "u");
    command.env("REQUEST_METHOD", request.method().as_str()).env("CONTENT_TYPE", header("content-type"));
    command.env("PATH_INFO", request.uri().path().strip_prefix("/site.git").unwrap_or("/"));
    command.env("QUERY_STRING", request.uri().query().unwrap_or_default());
    command.env("HTTP_CONTENT_ENCODING", header("content-encoding")).env("GIT_PROTOCOL", header("git-protocol"));
    command.env("CONTENT_LENGTH", request.body().len().to_string());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // It may answer without having read all.
    let _read = child.stdin.take().unwrap().write_all(request.body());
    let mut answer = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
    child.wait().unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let headers: Vec<(&str, &str)> = head.lines().filter_map(|line| line.split_once(": ")).collect();
    let status = headers.iter().find(|(name, _)| *name == "Status").map_or(200, |(_, v)| v[..3].parse().unwrap());
    response(status, &headers, answer[end + 4..].to_vec())
}
