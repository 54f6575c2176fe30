//! The mark in a file: a manifest that a CI keeps between runs, also for a site that is not in git at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Fault, Live, Site, Tool, Toxic, diffpurge};

use diffpurge::config::CloudflarePlan;

const FILE: &str = "[site.mark]\nstore = \"file:.git/cache/www.mark\"\n";

/// A site in git whose mark is a file, and whose first revision is purged.
fn marked() -> (Site, String) {
    let site = Site::of(FILE);
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0).says("www: mark set to HEAD (");
    (site, first)
}

/// What is in the directory of the mark, but for the lock.
fn kept(cache: &Path) -> Vec<String> {
    let all = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<String> = all.filter(|name| !name.contains(".lock")).collect();
    all.sort_unstable();
    all
}

fn cache(site: &Site) -> PathBuf {
    site.repo.path().join(".git/cache")
}

/// The revision that the mark is of.
fn revision(site: &Site) -> String {
    let shown = site.run(&["mark", "show", "--format", "json"]).run().exits(0).stdout;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    shown["marks"][0]["revision"].as_str().unwrap_or_default().to_owned()
}

#[track_caller]
fn is_purged_up_to(site: &Site, id: &str) {
    assert_eq!(site.live.stale(), Vec::<String>::new());
    assert_eq!((revision(site), kept(&cache(site))), (id.to_owned(), vec!["www.mark".to_owned()]));
}

#[test]
fn a_file_is_a_mark_as_good_as_a_ref() {
    let (site, first) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    site.fails_to_purge(&["purge"]);
    assert_eq!((revision(&site), kept(&cache(&site)).len()), (first.clone(), 2));
    site.live.expire("/x.css");
    let third = site.deploy(&[("x.css", "1"), ("y.css", "3")]);
    let ran = site.run(&["purge"]).run().exits(0).says("2 URLs in 1 request");
    ran.says("the mark (").says(", not purged completely → HEAD (").says(", in .git/cache/www.mark");
    is_purged_up_to(&site, &third);
    site.run(&["purge"]).run().exits(0).says("nothing changed between the mark");
    // An older one leaves it where it is, and is open; unless it is meant.
    site.repo.git(&["checkout", "--quiet", &second]);
    site.live.serve("/x.css", Some("2"));
    site.live.serve("/y.css", Some("1"));
    let ran = site.run(&["purge"]).run().exits(0);
    ran.says(&format!("is an ancestor of what was last purged, so the mark stays at {}", &third[..10]));
    assert_eq!((revision(&site), kept(&cache(&site)).len()), (third, 2));
    site.run(&["purge", "--rollback"]).run().exits(0).says("the mark is at HEAD");
    is_purged_up_to(&site, &second);
    // Nothing of all that went into the repository.
    assert_eq!(site.repo.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
}

#[test]
fn nothing_is_written_by_a_plan_not_even_a_directory() {
    let site = Site::of(FILE);
    site.deploy(&[("x.css", "1")]);
    for arguments in [&["plan"][..], &["purge", "--dry-run"], &["mark", "show"]] {
        site.run(arguments).run().exits(0).says("no mark");
        assert!(!cache(&site).exists(), "{arguments:?}");
    }
    let second = site.deploy(&[("x.css", "2")]);
    site.run(&["purge"]).run().exits(0).says("the mark is at HEAD");
    is_purged_up_to(&site, &second);
}

#[test]
fn a_damaged_file_is_not_no_mark() {
    let (site, first) = marked();
    let file = site.repo.path().join(".git/cache/www.mark");
    let whole = fs::read_to_string(&file).unwrap();
    let open = site.repo.path().join(".git/cache/www.mark.open-0123456789abcdef");
    site.deploy(&[("x.css", "2")]);
    for damage in ["", &whole[..whole.len() / 2], &whole.replace("x.css", "z.css"), "no manifest\n"] {
        for path in [&file, &open] {
            fs::write(&file, &whole).unwrap();
            fs::write(path, damage).unwrap();
            for arguments in [&["plan"][..], &["purge"], &["purge", &first, "HEAD"], &["mark", "show"]] {
                let ran = site.run(arguments).run();
                // `show` only looks at the head of it.
                let reads_all = arguments[0] != "mark" || damage.is_empty() || damage.starts_with("no");
                if reads_all {
                    let ran = ran.exits(3);
                    assert!(
                        ran.stdout.is_empty() && ran.stderr.lines().filter(|l| l.starts_with("hint: ")).count() == 1,
                        "{ran:?}"
                    );
                }
            }
            fs::remove_file(&open).or_else(|e| if path == &file { Ok(()) } else { Err(e) }).unwrap();
        }
    }
    assert_eq!(site.live.edge.recorded(), []);
    // A directory in its place is no mark that is missing, either.
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    site.run(&["purge"]).run().exits(3).fails_with("cannot read the mark .git/cache/www.mark", "mark clear");
    fs::remove_dir(&file).unwrap();
    fs::write(&file, "no manifest").unwrap();
    fs::write(&open, "no manifest").unwrap();
    site.run(&["mark", "clear"]).run().exits(0).says("www: mark cleared (.git/cache/www.mark)");
    assert_eq!(kept(&cache(&site)), Vec::<String>::new());
    fs::write(&file, "no manifest").unwrap();
    fs::write(&open, "no manifest").unwrap();
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    assert_eq!(kept(&cache(&site)), ["www.mark"]);
}

#[test]
fn a_directory_in_the_place_of_the_file_store_is_an_error_before_anything_is_sent() {
    let (site, _) = marked();
    site.deploy(&[("x.css", "2")]);
    site.repo.remove(".git/cache").file(".git/cache", "a file");
    let ran = site.run(&["purge"]).run();
    assert!(matches!(ran.code, Some(1 | 3)), "{ran:?}");
    assert_eq!(site.live.edge.recorded(), []);
}

/// A site that is built, and not in git.
struct Built {
    place: tempfile::TempDir,
    live: Live,
}

impl Built {
    fn of(mark: &str) -> Built {
        let built = Built { place: tempfile::TempDir::new().unwrap(), live: Live::on(CloudflarePlan::Free) };
        let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n";
        fs::write(built.place.path().join("purge.toml"), format!("{site}[site.mark]\nstore = \"file:{mark}\"\n"))
            .unwrap();
        fs::create_dir(built.place.path().join("public")).unwrap();
        fs::write(built.place.path().join("public/index.html"), "home").unwrap();
        built
    }

    fn build(&self, files: &[(&str, &str)]) {
        for (path, content) in files {
            fs::write(self.place.path().join("public").join(path), content).unwrap();
            self.live.serve(&format!("/{path}"), Some(content));
            self.live.visit(&format!("/{path}"));
        }
    }

    fn run(&self, arguments: &[&str]) -> Tool {
        let empty = self.place.path().join("no-git");
        diffpurge(arguments.iter().copied())
            .within_directory(self.place.path())
            .env("PATH", empty)
            .against(&self.live.edge)
    }
}

#[test]
fn a_site_that_is_not_in_git_needs_nothing_but_a_kept_file() {
    for mark in ["cache/www.mark", "cache/www.mark.gz"] {
        let site = Built::of(mark);
        site.build(&[("x.css", "1"), ("y.css", "1")]);
        let ran = site.run(&["purge", "mark", "dir:public"]).run().exits(0);
        ran.says(&format!(
            "www: BROAD PURGE: what was live before is not known (no mark {mark} yet, and no FROM is given)"
        ));
        site.build(&[("x.css", "2")]);
        let toxic = Toxic::before(&site.live.edge, |_, _| Fault::refused());
        let failing = diffpurge(["purge", "mark", "dir:public"]).within_directory(site.place.path()).through(&toxic);
        failing.run().exits(1);
        site.live.expire("/x.css");
        site.build(&[("x.css", "1"), ("y.css", "2")]);
        let ran = site.run(&["purge", "mark", "dir:public"]).run().exits(0).says("2 URLs in 1 request");
        ran.says("the mark is at dir:public (").says(&format!(", in {mark}"));
        assert_eq!(site.live.stale(), Vec::<String>::new());
        assert_eq!(kept(&site.place.path().join("cache")), [mark.strip_prefix("cache/").unwrap()]);
        site.run(&["purge", "mark", "dir:public"]).run().exits(0).says("nothing changed between the mark");
        let gzip = fs::read(site.place.path().join(mark)).unwrap().starts_with(&[0x1f, 0x8b]);
        assert_eq!(gzip, mark.contains(".gz"));
        site.run(&["mark", "show"]).run().exits(0).says("www: tree ");
    }
}

#[test]
fn a_mark_is_set_to_a_directory_and_its_file_is_a_manifest_like_others() {
    let site = Built::of("www.mark");
    site.build(&[("x.css", "1")]);
    site.run(&["mark", "set", "dir:public"]).run().exits(0).says("www: mark set to dir:public (");
    site.build(&[("x.css", "2")]);
    site.run(&["plan", "manifest:www.mark", "dir:public"]).run().exits(0).says("~ x.css  ");
    site.run(&["plan", "mark", "dir:public"]).run().exits(0).says("~ x.css  ");
    // What a run kept is what a manifest that somebody wrote is.
    site.run(&["manifest", "dir:public", "--out", "www.mark"]).run().exits(0);
    site.run(&["plan", "mark", "dir:public"]).run().exits(0).says("nothing changed");
    site.run(&["mark", "set", "HEAD"]).run().exits(3).fails_with("cannot open the git repository", "-C DIR");
}

#[test]
fn what_a_ref_cannot_hold_is_said_before_a_repository_is_looked_for() {
    let place = tempfile::TempDir::new().unwrap();
    fs::write(
        place.path().join("purge.toml"),
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n",
    )
    .unwrap();
    fs::create_dir(place.path().join("public")).unwrap();
    fs::write(place.path().join("public/x.css"), "1").unwrap();
    let run = |arguments: &[&str]| diffpurge(arguments.iter().copied()).within_directory(place.path()).run();
    for arguments in
        [&["plan", "mark", "dir:public"][..], &["purge", "mark", "dir:public"], &["mark", "set", "dir:public"]]
    {
        let ran = run(arguments).exits(2);
        ran.fails_with(
            "the mark refs/diffpurge/www is a git ref, which holds a revision, and dir:public is none",
            "file:PATH",
        );
    }
    run(&["plan", "empty", "dir:public"]).exits(0).says("www: empty (");
    assert!(!place.path().join(".git").exists());
}

#[test]
fn killed_while_it_writes_a_run_leaves_the_old_mark_whole() {
    let (site, first) = marked();
    site.repo.files((0..500).map(|i| format!("d/{i}.css")), "1");
    let second = site.deploy(&[("x.css", "2")]);
    let (mark, tool) = (cache(&site).join("www.mark"), env!("CARGO_BIN_EXE_diffpurge"));
    let before = fs::read(&mark).unwrap();
    // The system kills who writes more than 4 KiB into a file, in the middle of it.
    let shell = format!("ulimit -f 8; exec {tool} mark set HEAD");
    let killed =
        Command::new("/bin/sh").args(["-c", &shell]).current_dir(site.repo.path()).env_clear().output().unwrap();
    assert_eq!(killed.status.code(), None, "{killed:?}");
    assert_eq!(fs::read(&mark).unwrap(), before);
    let left = kept(&cache(&site));
    assert!(left.len() == 2 && left[0].starts_with(".diffpurge-"), "{left:?}");
    assert_eq!(revision(&site), first);
    site.run(&["purge"]).run().exits(0).says("the mark is at HEAD");
    assert_eq!(revision(&site), second);
}
