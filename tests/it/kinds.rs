//! Every kind of purge meets every fault: what was accepted is known, what was not is named.

use diffpurge::edge::Edge;

use crate::support::{Fault, Repo, Toxic, diffpurge, edge, entry, kept, stale, warm};

/// A kind of purge: what makes a site ask for nothing else, three things it asks for, and whether these are one request's
/// items.
struct Kind {
    name: &'static str,
    config: &'static str,
    items: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        name: "URLs with headers",
        config: "spellings = \"canonical\"\n[[site.rule]]\nmatch = [\"f.woff2\"]\norigins = [\"https://a.example\", \"https://bad.example\"]\n",
        items: &["f.woff2\"", "https://a.example", "https://bad.example"],
    },
    Kind {
        name: "prefixes",
        config: "[[site.rule]]\nmatch = [\"**\"]\nscope = \"none\"\nprefixes = [\"www.example.com/a/\", \"www.example.com/bad/\", \"www.example.com/c/\"]\n",
        items: &["www.example.com/a/", "www.example.com/bad/", "www.example.com/c/"],
    },
    Kind {
        name: "tags",
        config: "[[site.rule]]\nmatch = [\"**\"]\nscope = \"none\"\ntags = [\"a\", \"bad\", \"c\"]\n",
        items: &["\"a\"", "\"bad\"", "\"c\""],
    },
    Kind {
        name: "hosts",
        config: "[[site.rule]]\nmatch = [\"**\"]\nscope = \"none\"\nhosts = [\"a.example.com\", \"bad.example.com\", \"c.example.com\"]\n",
        items: &["a.example.com", "bad.example.com", "c.example.com"],
    },
    Kind {
        name: "everything",
        config: "[[site.rule]]\nmatch = [\"**\"]\nscope = \"everything\"\n",
        items: &["purge_everything"],
    },
    Kind {
        name: "invalidation",
        config: "[site.cloudflare]\nmode = \"invalidate\"\n[[site.rule]]\nmatch = [\"**\"]\nscope = \"none\"\ntags = [\"a\", \"bad\", \"c\"]\n",
        items: &["\"a\"", "\"bad\"", "\"c\""],
    },
];

/// A site in which a file changed that makes it ask for this kind.
fn site(kind: &Kind) -> Repo {
    let head = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let repo = Repo::of(&[("purge.toml", &format!("{head}{}", kind.config)), ("index.html", "1"), ("f.woff2", "1")]);
    repo.file("f.woff2", "2").commit();
    repo
}

/// An edge with one entry that each kind is meant for.
fn warmed() -> Edge {
    let edge = edge();
    warm(&edge, &["https://www.example.com/f.woff2", "https://www.example.com/a/x", "https://a.example.com/x"]);
    let key = |url: &str| diffpurge::edge::Key { url: url.to_owned(), origin: String::new() };
    edge.keep(key("https://www.example.com/tagged"), entry("a"));
    edge
}

#[test]
fn every_kind_is_asked_again_after_a_fault_that_passes() {
    for kind in KINDS {
        for fault in [
            Fault::envelope(429, "retry-after: 0\r\n", 1134, "rate limit reached"),
            Fault::Answer(500, "", "oops".to_owned()),
            Fault::Reset,
        ] {
            let (repo, edge) = (site(kind), warmed());
            let first = fault.clone();
            let toxic = Toxic::before(&edge, move |n, _| if n == 0 { first.clone() } else { Fault::Pass });
            diffpurge(["purge", "HEAD~1"]).within(&repo).through(&toxic).run().exits(0).says("accepted");
            assert_eq!(toxic.requests(), 2, "{}: {fault:?}", kind.name);
            assert!(kept(&edge).len() < 4 || !stale(&edge).is_empty(), "{}: nothing went", kind.name);
        }
    }
}

#[test]
fn no_kind_takes_a_success_that_is_none_for_one() {
    for kind in KINDS {
        let (repo, edge) = (site(kind), warmed());
        let toxic = Toxic::before(&edge, |_, _| Fault::envelope(200, "", 1000, "not today"));
        let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).through(&toxic).run().exits(1);
        ran.says("NOT purged").says("not today");
        assert_eq!((kept(&edge).len(), stale(&edge).len()), (4, 0), "{}", kind.name);
    }
}

#[test]
fn of_every_kind_one_bad_item_stands_alone_and_the_others_go() {
    for kind in KINDS {
        let (repo, edge) = (site(kind), warmed());
        let bad = |_: usize, body: &str| {
            if body.contains("bad") || body.contains("purge_everything") {
                Fault::envelope(400, "", 1000, "an invalid item")
            } else {
                Fault::Pass
            }
        };
        let toxic = Toxic::before(&edge, bad);
        let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).through(&toxic).run().exits(1);
        let (good, all) = (kind.items.len() - 1, kind.items.len());
        let ran = ran.says(&format!("NOT purged: 1 of {all} operation"));
        if good > 0 {
            let ran = ran.says(&format!("accepted: {good} operations"));
            assert!(ran.stdout.contains("bad"), "{}: {}", kind.name, ran.stdout);
            let sent: String = edge.recorded().into_iter().map(|r| r.body).collect();
            for item in kind.items.iter().filter(|item| !item.contains("bad")) {
                assert!(sent.contains(item), "{}: {item} was not sent: {sent}", kind.name);
            }
        }
    }
}

#[test]
fn silence_ends_no_kind_but_by_the_users_time() {
    for kind in KINDS {
        let (repo, edge) = (site(kind), warmed());
        let toxic = Toxic::before(&edge, |_, _| Fault::Hang);
        let child = diffpurge(["purge", "HEAD~1"]).within(&repo).through(&toxic).start();
        toxic.wait_for_a_hang();
        // The user loses patience.
        let pid = child.id().to_string();
        let killed = std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(killed.success());
        let ran = crate::support::Ran::of(child).exits(1);
        ran.says("unanswered: interrupted before the answer came");
    }
}
