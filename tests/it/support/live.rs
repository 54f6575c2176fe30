//! A site with its visitors: a repository whose commits go live, a real origin that serves them, a real edge in front of it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use diffpurge::config::CloudflarePlan;
use diffpurge::edge::{Access, Edge, Entry, Handler, Key, Loopback, Settings, response};

use super::{ENVIRONMENT, Repo, TOKEN, Tool, Toxic, ZONE, diffpurge};

const HOST: &str = "www.example.com";

/// What the origin answers, by URL path.
type Pages = Arc<Mutex<BTreeMap<String, String>>>;

/// An origin and the edge in front of it.
pub(crate) struct Live {
    pub(crate) edge: Edge,
    pages: Pages,
    _origin: Loopback,
}

impl Live {
    pub(crate) fn on(plan: CloudflarePlan) -> Live {
        Live::in_zone(plan, ZONE)
    }

    /// The same in a zone of its own.
    pub(crate) fn in_zone(plan: CloudflarePlan, zone: &str) -> Live {
        let pages = Pages::default();
        let handler: Handler = Arc::new({
            let pages = pages.clone();
            move |request| {
                let page = pages.lock().unwrap().get(request.uri().path()).cloned();
                let status = if page.is_some() { 200 } else { 404 };
                let answer = response(status, &[("content-type", "text/css")], page.unwrap_or_default());
                Box::pin(async move { answer })
            }
        });
        let origin = Loopback::start(handler).unwrap();
        let edge = Edge::start(Settings {
            zone: zone.to_owned(),
            environment: ENVIRONMENT.to_owned(),
            zone_name: "example.com".to_owned(),
            token: TOKEN.to_owned(),
            access: Access::default(),
            plan,
            scheme: "https",
            origin: origin.address(),
        });
        Live { edge: edge.unwrap(), pages, _origin: origin }
    }

    /// Puts a page live; `None` takes it away.
    pub(crate) fn serve(&self, path: &str, body: Option<&str>) {
        let mut pages = self.pages.lock().unwrap();
        match body {
            Some(body) => pages.insert(path.to_owned(), body.to_owned()),
            None => pages.remove(path),
        };
    }

    /// What a visitor gets.
    pub(crate) fn visit(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.edge.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// Lets the edge keep what the origin answers now, as when its copy has expired and a visitor comes.
    pub(crate) fn expire(&self, path: &str) {
        let body = self.pages.lock().unwrap().get(path).cloned().unwrap_or_default();
        let entry = Entry { body: body.into(), ..super::entry("") };
        self.edge.keep(Key { url: format!("https://{HOST}{path}"), origin: String::new() }, entry);
    }

    /// The pages that visitors get as they no longer are.
    pub(crate) fn stale(&self) -> Vec<String> {
        let pages = self.pages.lock().unwrap();
        let path = |key: &Key| key.url.strip_prefix(&format!("https://{HOST}")).unwrap().to_owned();
        let kept = self.edge.cached().into_iter().map(|(key, entry)| (path(&key), entry.body));
        kept.filter(|(path, body)| pages.get(path).map_or("", String::as_str).as_bytes() != body).map(|p| p.0).collect()
    }
}

/// A site in a repository, live at every commit.
pub(crate) struct Site {
    pub(crate) repo: Repo,
    pub(crate) live: Live,
}

impl Site {
    /// A site without a commit; `config` comes below its `[[site]]`.
    #[track_caller]
    pub(crate) fn of(config: &str) -> Site {
        Site::within(Repo::new(), config)
    }

    /// The same in a repository that is there.
    #[track_caller]
    pub(crate) fn within(repo: Repo, config: &str) -> Site {
        let head = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\n");
        // The web root answers with a page, and not with a list of what came and went.
        repo.file("purge.toml", &format!("{head}{config}")).file("index.html", "home");
        Site { repo, live: Live::on(CloudflarePlan::Free) }
    }

    /// Writes files, commits them and puts them live; then visitors come by. Gives the commit's id.
    #[track_caller]
    pub(crate) fn deploy(&self, files: &[(&str, &str)]) -> String {
        for (path, content) in files {
            self.repo.file(path, content);
        }
        let id = self.repo.commit();
        for (path, content) in files {
            self.live.serve(&format!("/{path}"), Some(content));
            self.live.visit(&format!("/{path}"));
        }
        id
    }

    /// `diffpurge` with these arguments, against the edge.
    pub(crate) fn run(&self, arguments: &[&str]) -> Tool {
        diffpurge(arguments.iter().copied()).within(&self.repo).against(&self.live.edge)
    }

    /// The same with an API that refuses everything; exits with 1.
    #[track_caller]
    pub(crate) fn fails_to_purge(&self, arguments: &[&str]) -> super::Ran {
        let toxic = Toxic::before(&self.live.edge, |_, _| super::Fault::refused());
        diffpurge(arguments.iter().copied()).within(&self.repo).through(&toxic).run().exits(1)
    }

    /// The commit that the mark is at; empty where there is none.
    pub(crate) fn mark(&self) -> String {
        self.repo.find("refs/diffpurge/www")
    }

    /// The commits that are noted as live, and not purged completely.
    pub(crate) fn open(&self) -> Vec<String> {
        let mut open: Vec<String> = self.repo.find("refs/diffpurge-open/www/").lines().map(str::to_owned).collect();
        open.sort_unstable();
        open
    }

    /// Asserts that visitors get what is live, that the mark is at `id`, and that nothing is open.
    #[track_caller]
    pub(crate) fn is_purged_up_to(&self, id: &str) {
        assert_eq!(self.live.stale(), Vec::<String>::new(), "stale");
        assert_eq!((self.mark().as_str(), self.open()), (id, vec![]), "the mark, and what is open");
    }
}

/// Sends a signal to a process that the test has started.
#[track_caller]
pub(crate) fn kill(signal: &str, pid: u32) {
    assert!(std::process::Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}
