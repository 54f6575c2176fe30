//! `--cache`: what did not change is not read again, and whatever did is seen, however it hides.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use diffpurge::snapshot::{Hash, Hashed, Source};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{Ran, Repo, Tool, diffpurge, required};

/// A directory of three files and a link, and room for a cache beside it.
struct Place(TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(TempDir::new().unwrap());
        fs::create_dir_all(place.at("public/blog")).unwrap();
        for name in ["a.css", "b.css", "blog/index.html"] {
            fs::write(place.at("public").join(name), "one").unwrap();
        }
        symlink("blog", place.at("public/latest")).unwrap();
        place.lets_a_tick_pass();
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Returns when the file system's clock has moved on: a file of the same tick is not remembered.
    fn lets_a_tick_pass(&self) {
        let time = || {
            let probe = self.at("probe");
            fs::write(&probe, "").unwrap();
            let metadata = fs::metadata(&probe).unwrap();
            fs::remove_file(probe).unwrap();
            (metadata.ctime(), metadata.ctime_nsec())
        };
        let before = time();
        while time() <= before {}
    }

    fn manifest(&self, arguments: &[&str]) -> Tool {
        diffpurge([&["manifest", "dir:public", "-v"], arguments].concat()).within_directory(self.0.path())
    }

    fn cached(&self, arguments: &[&str]) -> Tool {
        self.manifest(&[&["--cache", "cache"], arguments].concat())
    }

    /// Runs with the cache and without; gives what the former says, and the two manifests are the same.
    #[track_caller]
    fn run(&self) -> Ran {
        let ran = self.cached(&[]).run().exits(0);
        assert_eq!(ran.stdout, self.whole(), "the cache changes the result");
        ran
    }

    /// The manifest, made without a cache.
    fn whole(&self) -> String {
        diffpurge(["manifest", "dir:public"]).within_directory(self.0.path()).run().exits(0).stdout
    }

    /// Asserts how many files are read, and that there is nothing else to say.
    #[track_caller]
    fn reads(&self, of_all: &str) {
        assert_eq!(self.run().stderr, format!("dir:public: {of_all} read\n"));
    }
}

/// Gives a file the modification time that another has, as `touch -r` does.
fn set_time_as(path: &Path, other: &fs::Metadata) {
    fs::File::options().write(true).open(path).unwrap().set_modified(other.modified().unwrap()).unwrap();
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let place = Place::new();
    place.reads("3 of 3 files");
    place.reads("0 of 3 files");
    fs::write(place.at("public/new.css"), "one").unwrap();
    fs::remove_file(place.at("public/b.css")).unwrap();
    place.lets_a_tick_pass();
    place.reads("1 of 3 files");
    place.reads("0 of 3 files");
    let left: BTreeSet<_> = fs::read_dir(place.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["cache", "public"].map(Into::into).into(), "nothing is left beside them");
}

#[test]
fn a_file_of_the_same_size_and_time_is_seen_to_have_changed() {
    let place = Place::new();
    place.run();
    let before = fs::metadata(place.at("public/a.css")).unwrap();
    fs::write(place.at("public/a.css"), "two").unwrap();
    set_time_as(&place.at("public/a.css"), &before);
    place.lets_a_tick_pass();
    place.reads("1 of 3 files");
    place.reads("0 of 3 files");
}

#[test]
fn an_older_file_of_the_same_size_and_time_in_its_place_is_seen() {
    let place = Place::new();
    fs::write(place.at("older"), "two").unwrap();
    set_time_as(&place.at("older"), &fs::metadata(place.at("public/a.css")).unwrap());
    place.lets_a_tick_pass();
    place.run();
    fs::rename(place.at("older"), place.at("public/a.css")).unwrap();
    place.lets_a_tick_pass();
    place.reads("1 of 3 files");
    place.reads("0 of 3 files");
}

#[test]
fn a_mode_a_link_and_a_kind_are_seen_to_have_changed() {
    let place = Place::new();
    place.run();
    fs::set_permissions(place.at("public/a.css"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(place.run().stdout.contains("\n100755 "));
    fs::remove_file(place.at("public/latest")).unwrap();
    symlink("a.css", place.at("public/latest")).unwrap();
    assert!(place.run().stdout.contains("latest\ta.css\n"));
    fs::remove_file(place.at("public/a.css")).unwrap();
    symlink("b.css", place.at("public/a.css")).unwrap();
    assert!(place.run().stdout.contains(" a.css\tb.css\n"));
    fs::remove_file(place.at("public/a.css")).unwrap();
    fs::create_dir(place.at("public/a.css")).unwrap();
    fs::write(place.at("public/a.css/x"), "one").unwrap();
    assert!(place.run().stdout.contains(" a.css/x\n"));
}

#[test]
fn a_file_changed_right_after_it_was_hashed_is_seen() {
    let place = Place::new();
    let (root, cache) = (format!("dir:{}", place.at("public").display()), place.at("cache"));
    let id = |cache| Source::open_cached(&root, None, None, cache).unwrap().id();
    // As fast as it goes: where the clock is coarse, many of these fall into the tick of the one before.
    for round in 0..100 {
        fs::write(place.at("public/a.css"), format!("{:03}", round % 2)).unwrap();
        assert_eq!(id(Some(&*cache)), id(None), "round {round}");
    }
}

#[test]
fn a_file_whose_time_the_clock_has_not_passed_is_read_again() {
    let place = Place::new();
    let future = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    fs::File::options().write(true).open(place.at("public/a.css")).unwrap().set_modified(future).unwrap();
    place.lets_a_tick_pass();
    place.reads("3 of 3 files");
    place.reads("1 of 3 files");
    place.reads("1 of 3 files");
}

#[test]
fn on_another_file_system_than_the_cache_all_but_the_newest_files_are_known() {
    let place = Place::new();
    let memory = Path::new("/dev/shm");
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    if !required(device(memory).is_some_and(|other| Some(other) != device(place.0.path())), "a second file system") {
        return;
    }
    let elsewhere = Place(TempDir::new_in(memory).unwrap());
    for name in ["a.css", "b.css"] {
        fs::create_dir_all(elsewhere.at("public")).unwrap();
        fs::write(elsewhere.at("public").join(name), "one").unwrap();
        elsewhere.lets_a_tick_pass();
    }
    let cache = place.at("cache");
    let read = || {
        let ran = elsewhere.manifest(&["--cache", cache.to_str().unwrap()]).run();
        assert_eq!(ran.stdout, elsewhere.whole());
        ran.exits(0).stderr
    };
    assert_eq!(read(), "dir:public: 2 of 2 files read\n");
    assert_eq!(read(), "dir:public: 1 of 2 files read\n");
    fs::write(elsewhere.at("public/a.css"), "two").unwrap();
    assert_eq!(read(), "dir:public: 2 of 2 files read\n");
    assert_eq!(read(), "dir:public: 1 of 2 files read\n");
}

#[test]
fn another_directorys_cache_is_not_trusted() {
    let place = Place::new();
    place.run();
    // The very same files under another name.
    fs::create_dir(place.at("other")).unwrap();
    fs::hard_link(place.at("public/a.css"), place.at("other/a.css")).unwrap();
    let run = || {
        let ran = diffpurge(["manifest", "dir:other", "--cache", "cache", "-v"]).within_directory(place.0.path()).run();
        ran.exits(0).stderr
    };
    let public = fs::canonicalize(place.at("public")).unwrap();
    assert_eq!(
        run(),
        format!("note: the cache cache is of another directory, {}\ndir:other: 1 of 1 file read\n", public.display())
    );
    place.lets_a_tick_pass();
    run();
    assert_eq!(run(), "dir:other: 0 of 1 file read\n");
    // One directory has many names.
    let again = format!("dir:{}", place.at("public/../other/.").display());
    let ran = diffpurge(["manifest", &again, "--cache", "cache", "-v"]).within_directory(place.0.path()).run();
    assert!(ran.stderr.ends_with(": 0 of 1 file read\n"), "{}", ran.stderr);
}

#[test]
fn another_hashs_cache_is_not_trusted() {
    let place = Place::new();
    place.run();
    let ran = place.cached(&["--hash", "sha256"]).run().exits(0);
    assert_eq!(ran.stderr, "note: the cache cache is of sha1 ids, not sha256\ndir:public: 3 of 3 files read\n");
    let whole = diffpurge(["manifest", "dir:public", "--hash", "sha256"]).within_directory(place.0.path()).run();
    assert_eq!(ran.stdout, whole.stdout);
    assert_eq!(place.cached(&["--hash", "sha256"]).run().exits(0).stdout, whole.stdout);
}

#[test]
fn a_damaged_cache_is_said_to_be_and_is_mended() {
    let place = Place::new();
    place.run();
    let cache = place.at("cache");
    let whole = fs::read(&cache).unwrap();
    let mut edited = whole.clone();
    edited[whole.len() / 2] ^= 1;
    let later = [b"diffpurge cache 2".as_slice(), &whole[17..]].concat();
    for (content, what) in [
        (&edited[..], "is damaged"),
        (&whole[..whole.len() / 2], "is damaged"),
        (b"", "is damaged"),
        (&later, "is of version 2, not 1"),
    ] {
        fs::write(&cache, content).unwrap();
        let said = format!("note: the cache cache {what}\ndir:public: 3 of 3 files read\n");
        assert_eq!(place.run().stderr, said);
        place.reads("0 of 3 files");
        assert_eq!(fs::read(&cache).unwrap(), whole);
    }
    // A note is for who reads notes.
    fs::write(&cache, "").unwrap();
    let quiet = ["manifest", "dir:public", "--cache", "cache", "--quiet"];
    assert_eq!(diffpurge(quiet).within_directory(place.0.path()).run().exits(0).stderr, "");
}

#[test]
fn what_is_no_cache_is_not_overwritten() {
    let place = Place::new();
    fs::write(place.at("cache"), "[[site]]\n").unwrap();
    let said = "note: the cache cache is no cache, and is left as it is\ndir:public: 3 of 3 files read\n";
    assert_eq!(place.run().stderr, said);
    assert_eq!(fs::read_to_string(place.at("cache")).unwrap(), "[[site]]\n");
    // One that would never end.
    fs::remove_file(place.at("cache")).unwrap();
    assert!(Command::new("mkfifo").arg(place.at("cache")).status().unwrap().success());
    assert_eq!(place.run().stderr, said);
}

#[test]
fn a_cache_among_the_files_of_the_site_is_not_used() {
    let place = Place::new();
    let run = |cache: &str| {
        let ran = diffpurge(["manifest", "dir:public", "--cache", cache, "-v"]).within_directory(place.0.path()).run();
        assert_eq!(ran.stdout, place.whole());
        ran.exits(0).stderr
    };
    for cache in ["public/cache", "public/blog/../cache", "public/latest/cache"] {
        let said = format!(
            "note: the cache {cache} lies among the files of the site, and is not used\ndir:public: 3 of 3 files read\n"
        );
        assert_eq!((run(cache), run(cache)), (said.clone(), said));
    }
    fs::create_dir(place.at("public/.git")).unwrap();
    place.lets_a_tick_pass();
    assert_eq!(run("public/.git/cache"), "dir:public: 3 of 3 files read\n");
    assert_eq!(run("public/.git/cache"), "dir:public: 0 of 3 files read\n");
}

#[test]
fn a_cache_that_cannot_be_written_changes_nothing_but_the_time_it_takes() {
    let place = Place::new();
    let ran = diffpurge(["manifest", "dir:public", "--cache", "missing/cache", "-v"]).within_directory(place.0.path());
    let ran = ran.run().exits(0);
    assert_eq!(ran.stdout, place.whole());
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("note: the cache missing/cache cannot be written: "), "{lines:?}");
    assert_eq!(lines[1], "dir:public: 3 of 3 files read");
}

#[test]
fn runs_at_once_do_not_hurt_each_other() {
    let place = Place::new();
    let whole = place.whole();
    let runs: Vec<_> = (0..8).map(|_| place.cached(&[]).start()).collect();
    for run in runs {
        let ran = Ran::of(run).exits(0);
        assert_eq!(ran.stdout, whole);
        assert!(!ran.stderr.contains("note:"), "{}", ran.stderr);
    }
    place.reads("0 of 3 files");
}

#[test]
fn what_is_no_directory_has_no_cache() {
    let repo = Repo::of(&[("a.css", "1")]);
    for spec in ["HEAD", "empty"] {
        let ran = diffpurge(["manifest", spec, "--cache", "cache"]).within(&repo).run().exits(3);
        ran.fails_with(&format!("a cache is for the files of a directory, and {spec} is none"), "dir:public");
    }
}

/// What may happen to one of a few files between two runs.
#[derive(Debug, Clone)]
enum Event {
    Written(u8, u8),
    /// With its time set back.
    Hidden(u8, u8),
    Moved(u8, u8),
    Removed(u8),
    Executable(u8),
    Linked(u8),
    Nothing,
}

fn event() -> impl Strategy<Value = Event> {
    let file = 0u8..4;
    prop_oneof![
        3 => (file.clone(), any::<u8>()).prop_map(|(file, content)| Event::Written(file, content)),
        3 => (file.clone(), any::<u8>()).prop_map(|(file, content)| Event::Hidden(file, content)),
        2 => (file.clone(), file.clone()).prop_map(|(from, to)| Event::Moved(from, to)),
        1 => file.clone().prop_map(Event::Removed),
        1 => file.clone().prop_map(Event::Executable),
        1 => file.prop_map(Event::Linked),
        1 => Just(Event::Nothing),
    ]
}

fn happen(event: &Event, root: &Path) {
    let at = |file: u8| root.join(["a", "a.b", "d-x", "d/y"][usize::from(file)]);
    let is_file = |file: u8| fs::symlink_metadata(at(file)).ok().filter(fs::Metadata::is_file);
    match *event {
        Event::Written(file, content) | Event::Hidden(file, content) => {
            let before = is_file(file);
            if before.is_none() {
                let _absent = fs::remove_file(at(file));
            }
            fs::write(at(file), format!("{content:03}")).unwrap();
            if let (Event::Hidden(..), Some(before)) = (event, before) {
                set_time_as(&at(file), &before);
            }
        }
        Event::Moved(from, to) if is_file(from).is_some() => fs::rename(at(from), at(to)).unwrap(),
        Event::Removed(file) => drop(fs::remove_file(at(file))),
        Event::Executable(file) if is_file(file).is_some() => {
            fs::set_permissions(at(file), fs::Permissions::from_mode(0o755)).unwrap();
        }
        Event::Linked(file) => {
            let _absent = fs::remove_file(at(file));
            symlink("elsewhere", at(file)).unwrap();
        }
        _ => {}
    }
}

proptest! {
    // Nothing is written into the source tree.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn whatever_happens_between_two_runs_a_cache_changes_no_result(
        events in proptest::collection::vec(proptest::collection::vec(event(), 1..3), 1..12)
    ) {
        let place = TempDir::new().unwrap();
        let (root, cache) = (place.path().join("public"), place.path().join("cache"));
        fs::create_dir_all(root.join("d")).unwrap();
        let spec = format!("dir:{}", root.display());
        for events in events {
            for event in &events {
                happen(event, &root);
            }
            let cached = Source::open_cached(&spec, None, Some(Hash::Sha1), Some(&cache)).unwrap();
            let whole = Source::open(&spec, None, Some(Hash::Sha1)).unwrap();
            prop_assert_eq!(cached.id(), whole.id());
            let (some, all) = (cached.hashed().unwrap(), whole.hashed().unwrap());
            prop_assert_eq!((some.read + some.known, &some.notes), (all.read, &Hashed::default().notes));
        }
    }
}

#[test]
fn a_mark_in_a_file_remembers_them_beside_it_and_a_dry_run_does_not() {
    let place = tempfile::TempDir::new().unwrap();
    let at = |name: &str| place.path().join(name);
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.mark]\nstore = \"file:kept/www\"\ncache = true\n";
    std::fs::write(at("purge.toml"), config).unwrap();
    std::fs::create_dir(at("public")).unwrap();
    for name in ["a.css", "b.css", "c.css"] {
        std::fs::write(at("public").join(name), name).unwrap();
    }
    let edge = crate::support::edge();
    let run = |arguments: &[&str]| {
        diffpurge(arguments).arguments(["-v"]).within_directory(place.path()).against(&edge).run().exits(0).stderr
    };
    run(&["plan", "mark", "dir:public"]);
    assert!(!at("kept").exists(), "a dry run writes nothing");
    assert!(run(&["purge", "mark", "dir:public"]).contains("dir:public: 3 of 3 files read\n"));
    assert!(at("kept/www.cache").exists());
    // What was written in the tick of the first run is read once more.
    run(&["purge", "mark", "dir:public"]);
    assert!(run(&["purge", "mark", "dir:public"]).contains("dir:public: 0 of 3 files read\n"));
    std::fs::write(at("public/b.css"), "other").unwrap();
    assert!(run(&["purge", "mark", "dir:public"]).contains("dir:public: 1 of 3 files read\n"));
}
