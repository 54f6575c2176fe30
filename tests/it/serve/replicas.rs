//! Several receivers on one Postgres: nothing is lost, nothing is purged twice at once, whichever of them is killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::page::{PAGE_SECRET, Person, lines};
use crate::support::{
    Fault, HOOK_SECRET, Place, Postgres, Receiver, Repo, Site, Toxic, config, git, kept, signed, warm,
};

/// A bare remote that takes the marks of all replicas, and follows a site's repository.
fn remote(site: &Site) -> Repo {
    let remote = Repo::with(&["--bare"]);
    site.repo.git(&["remote", "add", "shared", &remote.url()]);
    remote
}

fn configuration(postgres: &Postgres, repository: &str) -> String {
    let lines = format!("store = \"{}\"\n", postgres.url());
    config(&lines, &format!("repository = \"{repository}\"\n")).replacen(
        "[serve]",
        "[site.mark]\npush = \"origin\"\n[serve]",
        1,
    )
}

#[test]
fn one_of_three_replicas_purges_and_another_goes_on_when_it_is_killed() {
    let Some(postgres) = Postgres::start() else { return };
    let site = Site::of("");
    let remote = remote(&site);
    let toxic = Toxic::before(&site.live.edge, |number, _| if number == 0 { Fault::Hang } else { Fault::Pass });
    let text = configuration(&postgres, &remote.url());
    let places: Vec<Place> = (0..3).map(|_| Place::new(&text, &toxic.api_base())).collect();
    let mut receivers: Vec<Option<Receiver>> = places.iter().map(|place| Some(place.start())).collect();
    let first = site.deploy(&[("a.css", "1")]);
    site.repo.git(&["push", "--quiet", "shared", "HEAD:refs/heads/main"]);
    let run = receivers[0].as_ref().unwrap().deployed(&first, 1).run();
    toxic.wait_for_a_hang();
    // The one that purges is killed; its lease runs out, and another goes on.
    let owner = postgres.ask("SELECT count(*) FROM runs WHERE state = 'running'");
    assert_eq!(owner, "1");
    let asks = |one: &Receiver| has_connection_to(one.pid(), &toxic.api_base());
    let purging = receivers.iter().position(|one| one.as_ref().is_some_and(asks));
    receivers[purging.expect("one of them asks the API")].take().unwrap().kill();
    let left = receivers.iter().flatten().next().unwrap();
    left.awaits(&run, "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    // A delivery that is known to one is known to all.
    for receiver in receivers.iter().flatten() {
        assert_eq!(receiver.deployed(&first, 1).status, 200);
    }
    let second = site.deploy(&[("a.css", "2")]);
    site.repo.git(&["push", "--quiet", "shared", "HEAD:refs/heads/main"]);
    let last = receivers.iter().flatten().next_back().unwrap();
    last.awaits(&last.deployed(&second, 2).run(), "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    let marked = git(remote.path()).args(["rev-parse", "refs/diffpurge/www^{commit}"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&marked.stdout).trim(), second, "the mark is where all see it");
}

/// True when a process has a connection to an address on this machine.
fn has_connection_to(pid: u32, api_base: &str) -> bool {
    let port: u16 = api_base.rsplit_once(':').unwrap().1.split('/').next().unwrap().parse().unwrap();
    let wanted = format!(":{port:04X}");
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let inodes: Vec<&str> = table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields[2].ends_with(&wanted))
        .map(|fields| fields[9])
        .collect();
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let mut links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    links.any(|link| inodes.iter().any(|inode| link.to_string_lossy() == format!("socket:[{inode}]")))
}

#[test]
fn the_page_of_each_replica_shows_what_all_do_and_takes_its_sessions() {
    let Some(postgres) = Postgres::start() else { return };
    let site = Site::of("");
    let remote = remote(&site);
    let text = configuration(&postgres, &remote.url()).replacen(
        "[[serve.hook]]",
        &format!("{}[[serve.hook]]", lines(true)),
        1,
    );
    let place = || Place::new(&text, &site.live.edge.api_base()).env("PAGE_SECRET", PAGE_SECRET);
    let places = [place(), place()];
    let receivers: Vec<Receiver> = places.iter().map(Place::start).collect();
    let first = site.deploy(&[("a.css", "1")]);
    site.repo.git(&["push", "--quiet", "shared", "HEAD:refs/heads/main"]);
    receivers[0].awaits(&receivers[0].deployed(&first, 1).run(), "done");
    site.live.visit("/a.css");
    site.deploy(&[("a.css", "2")]);
    site.repo.git(&["push", "--quiet", "shared", "HEAD:refs/heads/main"]);
    let one = Person::logs_in(&receivers[0]);
    let other = one.at(&receivers[1]);
    assert_eq!(one.post("/sites/www/plan").status, 303);
    let plan = other.awaits("/sites/www/plan.html", "Plan for www");
    assert!(plan.body.contains("To be purged: 1 URL in 1 request"), "{plan:?}");
    assert_eq!(other.post("/sites/www/purge").status, 303);
    let page = one.awaits("/", "<td data-of=\"Asked for by\">this page</td>");
    assert!(page.body.contains("unknown here, since it is at a remote"), "{page:?}");
    for person in [&one, &other] {
        let page = person.awaits("/", "Nothing waits, and nothing runs.");
        assert_eq!(page.body.matches(">purged<").count(), 2, "{page:?}");
        let report = page.body.split("href=\"/runs/").nth(1).unwrap().split('"').next().unwrap();
        assert!(person.get(&format!("/runs/{report}")).body.contains("Purge of www"), "{report}");
    }
    assert_eq!(site.live.stale(), Vec::<String>::new());
    assert_eq!(postgres.ask("SELECT hook FROM runs ORDER BY created"), "/hooks/www\npage");
}

#[test]
fn deliveries_to_all_replicas_are_all_purged_and_never_two_at_once() {
    let Some(postgres) = Postgres::start() else { return };
    let edge = crate::support::edge();
    let urls: Vec<String> = (0..60).map(|i| format!("https://www.example.com/{i}.css")).collect();
    warm(&edge, &urls.iter().map(String::as_str).collect::<Vec<_>>());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (under_way, highest) = (now.clone(), most.clone());
    let toxic = Toxic::before(&edge, move |_, _| {
        highest.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let under_way = under_way.clone();
        Fault::pass_then(move || {
            under_way.fetch_sub(1, Ordering::SeqCst);
        })
    });
    let hook = "kind = \"hmac\"\nheader = \"X-Sig\"\nchanges = \"event\"\npaths = \"/changed\"\nid = \"/id\"\n";
    let text = config(&format!("store = \"{}\"\n", postgres.url()), hook);
    let places: Vec<Place> = (0..3).map(|_| Place::new(&text, &toxic.api_base())).collect();
    let receivers: Vec<Receiver> = places.iter().map(Place::start).collect();
    let runs: Vec<String> = std::thread::scope(|scope| {
        let receivers = &receivers;
        let deliver = move |number: usize| {
            let receiver = &receivers[number % 3];
            let body = format!(r#"{{"id":{number},"changed":["{number}.css"]}}"#);
            let reply = receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, &body))], &body);
            assert_eq!(reply.status, 202, "{reply:?}");
            reply.run()
        };
        let threads: Vec<_> = (0..60).map(|number| scope.spawn(move || deliver(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for run in &runs {
        receivers[0].awaits(run, "done");
    }
    assert_eq!(kept(&edge), Vec::<String>::new());
    assert_eq!(most.load(Ordering::SeqCst), 1, "purges of one site at once");
    assert_eq!(postgres.ask("SELECT count(*) FROM deliveries"), "60");
}
