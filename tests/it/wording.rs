//! The words of a run where new users stumbled: the way around a broad purge, pauses, notes that say something, words of other tools.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Child;

use diffpurge::edge::Edge;

use crate::support::{Fault, Repo, Site, Toxic, diffpurge, edge, kill};

/// The stderr of a run up to the line with this text.
#[track_caller]
fn line_with(child: &mut Child, text: &str) -> String {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    lines.find_map(|line| line.ok().filter(|line| line.contains(text))).expect("the run says it")
}

#[test]
fn a_purge_of_an_unknown_base_names_the_way_around_it() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    let way = "note: if its caches hold nothing older, `diffpurge mark set HEAD` says so, and purges nothing";
    for arguments in [&["plan"][..], &["purge", "--dry-run"], &["plan", "--format", "markdown"]] {
        site.run(arguments).run().exits(0).says(way.trim_start_matches("note: "));
    }
    let ran = site.run(&["plan", "--no-mark"]).run().exits(0);
    assert!(!ran.stdout.contains("mark set"), "without a mark there is none to set: {}", ran.stdout);
    let ran = site.run(&["plan", "dir:.", "--no-mark"]).run().exits(0);
    assert!(!ran.stdout.contains("mark set"), "{}", ran.stdout);
    let described = ["plan", "--base-url", "https://w.example/", "--output", "."];
    let ran = diffpurge(described).within(&site.repo).run().exits(0);
    ran.says("`diffpurge mark set HEAD --base-url https://w.example/` says so");
    // The hint does what it says.
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    site.run(&["plan"]).run().exits(0).says("nothing changed");
    let site = Site::of("[site.mark]\nstore = \"file:.git/www.mark\"\n");
    site.deploy(&[("public/index.html", "1")]);
    site.run(&["plan", "dir:public"]).run().exits(0).says("`diffpurge mark set dir:public` says so");
    // Of several sites only the one is meant.
    let second = "[[site]]\nname = \"two\"\nbase_urls = [\"https://two.example.com/\"]\n";
    let site = Site::of(second);
    site.deploy(&[("x.css", "1")]);
    let ran = site.run(&["plan"]).run().exits(0).says("`diffpurge mark set HEAD --site www` says so");
    ran.says("`diffpurge mark set HEAD --site two` says so");
}

#[test]
fn a_long_pause_names_the_server_the_attempt_and_the_time_when_it_ends() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    let toxic = Toxic::before(&site.live.edge, |_, _| Fault::envelope(429, "retry-after: 61\r\n", 971, "slow down"));
    let mut child = diffpurge(["purge", "--yes"]).within(&site.repo).env("CI", "true").through(&toxic).start();
    let line = line_with(&mut child, ": asking ");
    kill("-INT", child.id());
    child.wait().unwrap();
    let host = toxic.api_base().split('/').nth(2).unwrap().to_owned();
    let (before, after) = line.split_once(&format!(": asking {host} again in 61.0 s, at ")).expect(&line);
    assert!(before.ends_with("slow down (code 971)"), "{line}");
    let (time, rest) = after.split_once(" UTC (attempt 2), for 1 operation").expect(&line);
    assert!(time.len() == 8 && time.split(':').all(|part| part.parse::<u8>().is_ok()) && rest.is_empty(), "{line}");
}

#[test]
fn a_note_on_the_mark_is_there_only_where_that_adds_something() {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    let second = site.deploy(&[("x.css", "2")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let third = site.deploy(&[("y.css", "2")]);
    let note = "the plan also holds what changed since the mark";
    // All since the mark has changed since the first as well.
    let ran = site.run(&["plan", &first, &third]).run().exits(0).says("~ y.css");
    assert!(!ran.stdout.contains(note), "{}", ran.stdout);
    let ran = site.run(&["plan", &third, &third]).run().exits(0).says("~ y.css");
    ran.says(note);
    site.run(&["plan", &second, &second]).run().exits(0).says("nothing changed");
}

#[test]
fn what_failed_is_sent_once_more_without_alarm_where_nothing_had_failed() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let second = site.deploy(&[("x.css", "2")]);
    site.run(&["purge", "--out", ".git/report.json"]).run().exits(0);
    let ran = site.run(&["purge", "--plan", ".git/report.json", "--only-failed"]).run().exits(0);
    let notes: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("note: ")).collect();
    assert_eq!(notes, ["  note: all of it was accepted before"], "{}", ran.stdout);
    site.is_purged_up_to(&second);
    // A mark that somebody else has moved elsewhere is told, as ever.
    site.deploy(&[("x.css", "3")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let ran = site.run(&["purge", "--plan", ".git/report.json", "--only-failed"]).run().exits(0);
    ran.says("stays: it is no longer what it was when the plan was made");
}

#[test]
fn a_failure_is_told_once_on_stderr_and_once_in_the_report() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    let toxic = Toxic::before(&site.live.edge, |_, _| Fault::refused());
    let ran = diffpurge(["purge", "--yes"]).within(&site.repo).through(&toxic).run().exits(1);
    let told = |text: &str| text.matches("Authentication error").count();
    assert_eq!((told(&ran.stdout), told(&ran.stderr)), (1, 1), "{ran:?}");
    let ran = diffpurge(["purge", "--yes"]).within(&site.repo).env("GITHUB_ACTIONS", "true").through(&toxic).run();
    let annotations = ran.stderr.lines().filter(|line| line.starts_with("::error")).count();
    assert_eq!((told(&ran.stdout), told(&ran.stderr), annotations), (1, 1, 1), "{ran:?}");
}

#[test]
fn a_word_of_another_tool_leads_to_the_one_that_is_meant() {
    for (typed, tip) in [
        (&["purge", "--all"][..], "`diffpurge purge --everything`"),
        (&["purge", "--purge-everything"], "`diffpurge purge --everything`"),
        (&["purge", "--url", "https://www.example.com/"], "a URL is typed as it is: `diffpurge purge https://"),
        (&["purge", "--url=https://www.example.com/"], "a URL is typed as it is"),
        (&["plan", "--json"], "write `--format json`"),
        (&["purge", "--dryrun"], "or `diffpurge purge --dry-run`"),
        (&["plan", "--zone", "x"], "write `zone_id` in [site.cloudflare]"),
        (&["plan", "--config-file", "x"], "write `--config FILE`"),
        (&["plan", "--debug"], "write `--verbose`, or `-v`"),
        (&["plan", "--since", "x"], "FROM is typed as it is: `diffpurge plan FROM TO`"),
        (&["plan", "--yes"], "`--yes` is an option of `diffpurge purge`"),
        (&["plan", "--retry-for=3"], "`--retry-for` is an option of `diffpurge purge`"),
        (&["explain", "--verify", "x"], "`--verify` is an option of `diffpurge purge`"),
        (&["check", "--plan", "x"], "`--plan` is an option of `diffpurge purge` and `diffpurge verify`"),
        (&["purge-all"], "`diffpurge purge --everything`"),
        (&["status"], "`diffpurge mark show` says what was last purged"),
        (&["diff"], "`diffpurge plan` shows"),
        (&["invalidate"], "`diffpurge purge` purges what a deploy changed"),
        (&["https://www.example.com/"], "a URL is purged by its command: `diffpurge purge URL`"),
    ] {
        let ran = diffpurge(typed.iter().copied()).run().exits(2);
        let tips: Vec<&str> = ran.stderr.lines().filter(|line| line.trim_start().starts_with("tip: ")).collect();
        assert!(tips.len() == 1 && tips[0].contains(tip), "{typed:?}: {}", ran.stderr);
        // The usage would name a few other options.
        assert_eq!(ran.stderr.contains("Usage:"), typed.len() == 1, "{typed:?}: {}", ran.stderr);
    }
    // A slip of a letter is clap's to find, and what it has is there.
    let ran = diffpurge(["plan", "--format-"]).run().exits(2);
    assert!(ran.stderr.contains("similar argument"), "{}", ran.stderr);
    assert!(diffpurge(["plann"]).run().exits(2).stderr.contains("similar subcommand"));
    diffpurge(["plan", "--verbose", "--help"]).run().exits(0);
}

/// A site in which a directory appears, beside a page with a long name, with an entry of `always`.
fn appeared() -> (Repo, Edge) {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nalways = [\"/sitemap.xml\"]\n";
    let long = format!("a/{}.html", "long-name-".repeat(9));
    let repo = Repo::of(&[("purge.toml", config), ("index.html", "1"), (&long, "1")]);
    repo.file(&long, "2").file("new/x.css", "1").commit();
    (repo, edge())
}

#[test]
fn every_url_of_a_verbose_plan_has_its_true_reason() {
    let (repo, _edge) = appeared();
    let ran = diffpurge(["plan", "-v", "HEAD~1", "HEAD"]).within(&repo).run().exits(0);
    let why = |end: &str| {
        let url = format!("https://www.example.com{end}");
        let mut lines = ran.stdout.lines().skip_while(|line| line.split_whitespace().next() != Some(&url));
        let line = lines.next().unwrap_or_else(|| panic!("no {url} in\n{}", ran.stdout));
        let own = line.split_once(&url).unwrap().1.trim().to_owned();
        if own.is_empty() { lines.next().unwrap().trim().to_owned() } else { own }
    };
    assert_eq!(why("/new"), "the directory appeared");
    assert!(why("/new/").ends_with("directory new/ appeared"), "{}", ran.stdout);
    assert_eq!((why("/new/x.css"), why("/sitemap.xml")), ("as it is".to_owned(), "always".to_owned()));
    // Of each block the reasons begin in one column; a long URL stands on a line of its own.
    let long = ran.stdout.lines().filter(|line| line.contains("long-name-long-name-") && line.contains("https://"));
    assert!(long.clone().count() > 1 && long.clone().all(|line| !line.trim_start().contains("  ")), "{}", ran.stdout);
    let explained = diffpurge(["explain", "new/x.css"]).within(&repo).run().exits(0);
    let always = explained.stdout.lines().find(|line| line.contains("/sitemap.xml"));
    assert!(always.is_none_or(|line| line.ends_with("by `always`")), "{}", explained.stdout);
}

#[test]
fn a_broad_purge_in_markdown_holds_its_paths_as_code() {
    let site = Site::of("[site.mark]\nstore = \"file:.git/my_site_*.mark\"\n");
    site.deploy(&[("x.css", "1")]);
    let ran = site.run(&["plan", "--format", "markdown"]).run().exits(0);
    ran.says("> `what was live before is not known (no mark .git/my_site_*.mark yet, and no FROM is given): purging everything");
}

#[test]
fn everything_is_new_beside_nothing_whatever_the_mark_was_purged_with() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1"), ("d/index.html", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let text = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
    site.repo.file("purge.toml", &format!("{text}host = \"nginx\"\n"));
    site.run(&["plan"]).run().exits(0).says("BROAD PURGE").says("`host` has changed from generic to nginx");
    // What was typed is not known to be all, as long as other URLs may be cached from before.
    site.run(&["plan", "HEAD"]).run().exits(0).says("BROAD PURGE");
    let ran = site.run(&["plan", "empty", "HEAD"]).run().exits(0).says("+ x.css");
    assert!(!ran.stdout.contains("BROAD PURGE"), "{}", ran.stdout);
}
