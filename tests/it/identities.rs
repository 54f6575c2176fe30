//! Whose a mark is: one site's name with two destinations or base URLs has two marks, and what was read otherwise before is
//! compared as it was read.

use std::fs;

use diffpurge::config::CloudflarePlan;
use serde_json::Value;

use crate::support::{Fault, Hosted, Live, Ran, Site, Toxic, ZONE, diffpurge};

/// The zone beside that of every other test.
const OTHER_ZONE: &str = "0123456789abcdef0123456789abcdef";

const FILE: &str = "[site.mark]\nstore = \"file:.git/www.mark\"\n";

/// One site's files, live in two zones.
struct Two {
    site: Site,
    other: Live,
}

impl Two {
    #[track_caller]
    fn of(config: &str) -> Two {
        Two { site: Site::of(config), other: Live::in_zone(CloudflarePlan::Free, OTHER_ZONE) }
    }

    #[track_caller]
    fn deploy(&self, files: &[(&str, &str)]) -> String {
        for (path, content) in files {
            // Whoever came before has left the old page behind.
            let path = format!("/{path}");
            self.site.live.visit(&path);
            self.other.visit(&path);
            self.other.serve(&path, Some(content));
        }
        self.site.deploy(files)
    }

    /// `diffpurge` in the usual zone, and in the other one.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> [Ran; 2] {
        let one = self.site.run(arguments).run().exits(0);
        let other = diffpurge(arguments.iter().copied()).within(&self.site.repo).against(&self.other.edge);
        [one, other.env("CLOUDFLARE_ZONE_ID", OTHER_ZONE).run().exits(0)]
    }

    #[track_caller]
    fn is_fresh(&self) {
        assert_eq!((self.site.live.stale(), self.other.stale()), (vec![], vec![]));
    }
}

#[test]
fn one_configuration_that_is_used_for_two_zones_has_a_mark_for_each() {
    for config in ["", FILE] {
        let two = Two::of(config);
        two.deploy(&[("x.css", "1"), ("y.css", "1")]);
        let [one, other] = two.run(&["purge"]);
        one.says("what was live before is not known (no mark ");
        // Even the first run in the other zone knows that nothing is known of it.
        other
            .says(&format!(" is in zone {ZONE}, and this site is in zone {OTHER_ZONE}), and no FROM is given)"))
            .says("1 host in 1 request");
        two.deploy(&[("x.css", "2")]);
        for ran in two.run(&["purge"]) {
            ran.says("~ x.css  ").says("1 URL in 1 request").says("the mark is at HEAD");
        }
        two.is_fresh();
        for ran in two.run(&["plan"]) {
            ran.says("nothing changed between the mark (");
        }
        for (ran, zone) in two.run(&["mark", "show", "--format", "json"]).into_iter().zip([ZONE, OTHER_ZONE]) {
            let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
            assert_eq!(shown["marks"][0]["caches"][0]["zone"], zone, "{shown}");
        }
        // Each is cleared by itself.
        two.site.run(&["mark", "clear"]).run().exits(0);
        let [one, other] = two.run(&["plan"]);
        one.says("what was live before is not known");
        other.says("nothing changed between the mark (");
    }
}

#[test]
fn a_slip_in_a_base_url_or_a_zone_is_asked_about_with_what_differs() {
    for config in ["", FILE] {
        let two = Two::of(config);
        two.deploy(&[("x.css", "1")]);
        two.site.run(&["purge"]).run().exits(0);
        let other = |arguments: &[&str]| {
            let tool = diffpurge(arguments.iter().copied()).within(&two.site.repo).against(&two.other.edge);
            tool.env("CLOUDFLARE_ZONE_ID", OTHER_ZONE).run()
        };
        let said =
            format!("the last purge of www was in zone {ZONE}; this one is in zone {OTHER_ZONE}: is that meant?");
        other(&["plan"]).exits(0).says(&format!("note: {said}"));
        other(&["check"]).says(&format!("  warn  mark         {said}"));
        let text = fs::read_to_string(two.site.repo.path().join("purge.toml")).unwrap();
        two.site.repo.file("purge.toml", &text.replace("www.example.com", "www.exmaple.com"));
        let urls = "was for https://www.example.com/; this one is for https://www.exmaple.com/: is that meant?";
        two.site.run(&["plan"]).run().exits(0).says(&format!("note: the last purge of www {urls}"));
        let both = format!(
            "was for https://www.example.com/ in zone {ZONE}; this one is for https://www.exmaple.com/ in zone {OTHER_ZONE}: is"
        );
        other(&["plan"]).exits(0).says(&both);
    }
}

#[test]
fn what_one_zone_has_not_purged_is_no_business_of_the_other() {
    for config in ["", FILE] {
        let two = Two::of(config);
        two.deploy(&[("x.css", "1")]);
        two.run(&["purge"]);
        two.deploy(&[("x.css", "2")]);
        two.site.fails_to_purge(&["purge"]);
        two.site.live.expire("/x.css");
        // It was never live in the other zone.
        two.other.serve("/x.css", Some("1"));
        let third = two.deploy(&[("x.css", "1")]);
        let [one, other] = two.run(&["purge"]);
        one.says("not purged completely → HEAD").says("~ x.css  ");
        other.says("nothing changed between the mark (");
        assert_eq!(two.site.live.stale(), Vec::<String>::new());
        if config.is_empty() {
            assert_eq!((two.site.mark(), two.site.open()), (third, vec![]));
        }
    }
}

#[test]
fn two_configurations_with_one_name_have_two_marks() {
    let two = Two::of("");
    let config = fs::read_to_string(two.site.repo.path().join("purge.toml")).unwrap();
    let in_zone = |zone: &str, base: &str| {
        let zone = format!("{config}[site.cloudflare]\nzone_id = \"{zone}\"\n");
        zone.replace("https://www.example.com/", base)
    };
    let usual = "https://www.example.com/";
    two.site.repo.file(".git/prod.toml", &in_zone(ZONE, usual));
    two.site.repo.file(".git/staging.toml", &in_zone(OTHER_ZONE, usual));
    two.site.repo.file(".git/docs.toml", &in_zone(ZONE, "https://www.example.com/docs/"));
    let run = |config: &str, arguments: &[&str]| {
        let live = if config == "staging" { &two.other } else { &two.site.live };
        let config = format!(".git/{config}.toml");
        diffpurge([arguments, &["--config", &config]].concat()).within(&two.site.repo).against(&live.edge).run()
    };
    two.deploy(&[("x.css", "1"), ("docs/x.css", "1")]);
    for config in ["prod", "staging", "docs"] {
        run(config, &["purge"]).exits(0).says("what was live before is not known");
    }
    two.deploy(&[("x.css", "2")]);
    for config in ["staging", "prod", "docs"] {
        run(config, &["purge"]).exits(0).says("~ x.css  ");
        run(config, &["purge"]).exits(0).says("nothing changed between the mark (");
    }
    two.is_fresh();
}

#[test]
fn two_runs_for_one_host_with_two_base_urls_have_two_marks() {
    let site = Site::of("");
    site.deploy(&[("docs/x.css", "1"), ("blog/x.css", "1")]);
    site.repo.remove("purge.toml").commit();
    let run = |part: &str, arguments: &[&str]| {
        let base = format!("https://www.example.com/{part}/");
        site.run(&[arguments, &["--base-url", &base, "--output", part]].concat()).run().exits(0)
    };
    run("docs", &["purge"]).says("what was live before is not known");
    run("blog", &["purge"])
        .says("what was live before is not known")
        .says("/, and this site is for https://www.example.com/");
    for path in ["/docs/x.css", "/blog/x.css"] {
        site.live.visit(path);
    }
    site.deploy(&[("docs/x.css", "2"), ("blog/x.css", "2")]);
    run("docs", &["purge", "-v"]).says("https://www.example.com/docs/x.css");
    assert_eq!(site.live.stale(), ["/blog/x.css"]);
    run("blog", &["purge", "-v"]).says("https://www.example.com/blog/x.css");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    for part in ["docs", "blog"] {
        run(part, &["purge"]).says("nothing changed between the mark (");
    }
}

#[test]
fn an_output_that_moves_is_compared_with_what_it_was() {
    for mark in ["", "[site.mark]\npush = \"origin\"\n"] {
        let hosted = Hosted::on_disk(&format!("output = \"public\"\n{mark}"));
        let site = &hosted.site;
        let serve = |path: &str, content: &str| {
            site.live.serve(path, Some(content));
            site.live.visit(path);
        };
        let push = || site.repo.git(&["push", "--quiet", "--force", "origin", "HEAD:main"]);
        site.repo.file("public/index.html", "home").file("dist/index.html", "home");
        site.repo.file("public/x.css", "1").file("public/y.css", "1").file("dist/x.css", "2").file("dist/y.css", "1");
        let first = site.repo.commit();
        push();
        serve("/x.css", "1");
        serve("/y.css", "1");
        site.run(&["purge"]).run().exits(0);
        // The very same revision, served from another directory.
        site.live.visit("/x.css");
        site.live.visit("/y.css");
        site.live.serve("/x.css", Some("2"));
        let config = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
        site.repo.file("purge.toml", &config.replace("public", "dist"));
        let toxic = Toxic::before(&site.live.edge, |_, _| Fault::refused());
        diffpurge(["purge"]).within(&site.repo).through(&toxic).run().exits(1);
        let shown = site.run(&["mark", "show", "--format", "json"]).run().exits(0).stdout;
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap()["marks"][0]["output"], "public");
        let ran = site.run(&["purge"]).run().exits(0).says("~ x.css  ").says("1 URL in 1 request");
        ran.says(&format!("the mark ({})", &first[..10])).says("the mark is at HEAD");
        assert_eq!(site.live.stale(), Vec::<String>::new());
        site.run(&["purge"]).run().exits(0).says("nothing changed between the mark (");
        // And with a deploy in which the old directory is gone.
        site.repo.file("purge.toml", &config.replace("public", "build"));
        site.repo.git(&["mv", "dist", "build"]);
        site.repo.file("build/y.css", "3");
        site.repo.commit();
        push();
        site.live.visit("/y.css");
        site.live.serve("/y.css", Some("3"));
        site.run(&["purge"]).run().exits(0).says("~ y.css  ").says("1 URL in 1 request");
        assert_eq!(site.live.stale(), Vec::<String>::new());
    }
}

#[test]
fn a_clone_that_does_not_last_finds_the_mark_with_what_it_says() {
    let hosted = Hosted::on_disk("output = \"public\"\n[site.mark]\npush = \"origin\"\n");
    let site = &hosted.site;
    site.repo.file("public/index.html", "home").file("dist/index.html", "home");
    site.repo.file("public/x.css", "1").file("dist/x.css", "1");
    hosted.deploy(&[]);
    site.live.serve("/x.css", Some("1"));
    site.live.visit("/x.css");
    hosted.run(&hosted.shallow(), &["purge"]).run().exits(0);
    site.live.visit("/x.css");
    let config = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
    site.repo.file("purge.toml", &config.replace("public", "dist")).file("dist/x.css", "2").remove("public");
    hosted.deploy(&[]);
    site.live.serve("/x.css", Some("2"));
    hosted.run(&hosted.shallow(), &["purge"]).run().exits(0).says("~ x.css  ").says("1 URL in 1 request");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn what_maps_files_to_other_urls_than_before_purges_the_sites_hosts_once() {
    let more = "the rules, `forms` or `index_names` have changed, of which it holds no more than a digest";
    for (before, after, told) in [
        ("host = \"nginx\"\n", "", "`host` has changed from nginx to generic"),
        ("", "host = \"github-pages\"\n", "`host` has changed from generic to github-pages"),
        ("forms = [\"exact\"]\n", "", more),
        ("spellings = \"canonical\"\n", "", "`spellings` has changed from canonical to all"),
        ("symlinks = \"ignore\"\n", "", "`symlinks` has changed from ignore to follow"),
        ("ignore = [\"x.css\"]\n", "", "a glob of `ignore` is gone"),
        ("[[site.rule]]\nmatch = [\"x.css\"]\nscope = \"none\"\n", "", more),
        ("", "[[site.rule]]\nmatch = [\"x.css\"]\nqueries = [\"v=1\"]\n", "rule 1 is new"),
    ] {
        let site = Site::of(before);
        let config = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
        site.deploy(&[("x.css", "1"), ("d/index.html", "1")]);
        site.run(&["purge"]).run().exits(0);
        for path in ["/x.css", "/d"] {
            site.live.visit(path);
        }
        // Of this no one is told, since it is ignored, or it has a URL that is not listed.
        site.deploy(&[("x.css", "2"), ("d/index.html", "2")]);
        site.live.serve("/d", Some("2"));
        site.run(&["purge"]).run().exits(0);
        let head = config.strip_suffix(before).unwrap();
        site.repo.file("purge.toml", &format!("{head}{after}"));
        let ran = site.run(&["purge"]).run().exits(0).says("1 host in 1 request");
        let ran = ran.says(&format!(" {told}, and which URLs that bears on cannot be told"));
        ran.says("note: if its caches hold nothing older, `diffpurge mark set HEAD` says so, and purges nothing");
        assert_eq!(site.live.stale(), Vec::<String>::new());
        site.run(&["purge"]).run().exits(0).says("nothing changed between the mark (");
    }
}

#[test]
fn a_mark_of_an_earlier_version_is_taken_over_by_one_zone_and_never_by_two() {
    for config in ["", FILE] {
        let two = Two::of(config);
        let first = two.deploy(&[("x.css", "1")]);
        if config.is_empty() {
            two.site.repo.git(&["update-ref", "refs/diffpurge/www", &first]);
            two.site.repo.git(&["update-ref", &format!("refs/diffpurge-open/www/{first}"), &first]);
        } else {
            two.site.run(&["manifest", "HEAD", "--out", ".git/www.mark"]).run().exits(0);
        }
        for ran in two.run(&["plan"]) {
            ran.says("does not say for which destination, base URLs and `output` it is").says("nothing changed");
        }
        // Nothing is to be purged, and yet it is known whose it is from now on.
        let [one, other] = two.run(&["purge"]);
        one.says("it is taken for this site's").says("nothing changed between the mark (");
        other.says("what was live before is not known").says("1 host in 1 request");
        for ran in two.run(&["purge"]) {
            let ran = ran.says("nothing changed between the mark (");
            assert!(!ran.stdout.contains("taken"), "{}", ran.stdout);
        }
    }
}

#[test]
fn one_more_glob_of_ignore_takes_urls_away_and_adds_none() {
    let site = Site::of("ignore = [\"a/**\"]\n");
    site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    site.run(&["purge"]).run().exits(0);
    let config = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
    site.repo.file("purge.toml", &config.replace("\"a/**\"", "\"y.css\", \"a/**\""));
    site.live.visit("/x.css");
    site.deploy(&[("x.css", "2")]);
    site.run(&["purge"]).run().exits(0).says("~ x.css  ");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn without_a_zone_the_one_mark_that_can_be_meant_is_read() {
    for config in ["", FILE] {
        without_a_zone(config);
    }
}

#[track_caller]
fn without_a_zone(config: &str) {
    let two = Two::of(config);
    two.deploy(&[("x.css", "1")]);
    let nowhere = |arguments: &[&str]| diffpurge(arguments.iter().copied()).within(&two.site.repo).run();
    nowhere(&["mark", "set", "HEAD"]).exits(0);
    nowhere(&["plan"]).exits(0).says("nothing changed between the mark (");
    let [one, other] = two.run(&["purge"]);
    one.says("does not say for which zone it is: it is taken for this site's").says("nothing changed");
    other.says("what was live before is not known");
    // Of two none is guessed.
    let shown = nowhere(&["mark", "show"]).exits(0);
    for zone in [ZONE, OTHER_ZONE] {
        assert_eq!(shown.stdout.matches(zone).count(), 1, "{}", shown.stdout);
    }
    assert_eq!(shown.stdout.matches("www: ").count(), 2, "{}", shown.stdout);
    for arguments in [&["plan"][..], &["purge"], &["mark", "set", "HEAD"]] {
        let ran = nowhere(arguments).exits(2);
        ran.fails_with("no zone id is known, and 2 marks could be the site's", "CLOUDFLARE_ZONE_ID");
    }
    diffpurge(["mark", "clear"])
        .within(&two.site.repo)
        .against(&two.other.edge)
        .env("CLOUDFLARE_ZONE_ID", OTHER_ZONE)
        .run()
        .exits(0);
    nowhere(&["plan"]).exits(0).says("nothing changed between the mark (");
    let shown = nowhere(&["mark", "show"]).exits(0);
    shown.says(ZONE);
}

#[test]
fn a_mark_that_points_to_another_ref_is_an_error_and_can_be_taken_away() {
    for name in ["refs/diffpurge/www", "refs/diffpurge-open/www/x"] {
        let site = Site::of("");
        site.deploy(&[("x.css", "1")]);
        site.repo.git(&["symbolic-ref", name, "refs/heads/main"]);
        for arguments in [&["plan"][..], &["purge"], &["mark", "show"]] {
            let ran = site.run(arguments).run().exits(3);
            assert!(ran.stderr.contains("it is a symbolic ref to refs/heads/main"), "{}", ran.stderr);
            ran.fails_with("cannot read the mark refs/diffpurge/www", "`diffpurge mark clear` takes it away");
        }
        assert_eq!(site.live.edge.recorded(), []);
        site.run(&["mark", "clear"]).run().exits(0);
        assert!(!site.repo.find("refs/heads/main").is_empty(), "what it points to stays");
        site.run(&["purge"]).run().exits(0).says("what was live before is not known");
    }
    let hosted = Hosted::on_disk("[site.mark]\npush = \"origin\"\n");
    hosted.deploy(&[("x.css", "1")]);
    hosted.bare.git(&["symbolic-ref", "refs/diffpurge/www", "refs/heads/main"]);
    let ran = hosted.run(&hosted.shallow(), &["purge"]).run().exits(3);
    assert!(ran.stderr.contains("refs/diffpurge/www is a symbolic ref to refs/heads/main"), "{}", ran.stderr);
}

#[test]
fn marks_whose_names_begin_alike_do_not_know_of_each_other() {
    let second = "[[site]]\nname = \"www.open-eu\"\nbase_urls = [\"https://www.example.com/eu/\"]\noutput = \"eu\"\n";
    let file = |name: &str| format!("[site.mark]\nstore = \"file:.git/marks/{name}\"\n");
    for [one, other] in [[String::new(), String::new()], [file("www"), file("www.open-eu")]] {
        let site = Site::of(&format!("{one}{second}{other}"));
        site.deploy(&[("x.css", "1"), ("eu/x.css", "1")]);
        site.run(&["purge"]).run().exits(0);
        site.deploy(&[("eu/x.css", "2")]);
        site.fails_to_purge(&["purge", "--site", "www.open-eu"]);
        site.deploy(&[("x.css", "2"), ("eu/x.css", "1")]);
        // The one that is purged completely closes nothing of the other.
        site.run(&["purge", "--site", "www"]).run().exits(0);
        let ran = site.run(&["purge", "-v", "--site", "www.open-eu"]).run().exits(0);
        ran.says("not purged completely → HEAD").says("/eu/x.css");
        for name in ["www", "www.open-eu"] {
            site.run(&["plan", "--site", name]).run().exits(0).says("nothing changed between the mark (");
        }
    }
}
