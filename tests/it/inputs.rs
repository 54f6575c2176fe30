//! Files that are read: up to a size, and only where they are files; and files that are not ours to write.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::{Repo, diffpurge};

fn site(more: &str) -> Repo {
    let config = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{more}");
    let repo = Repo::of(&[("purge.toml", &config), ("index.html", "1"), ("a.css", "1")]);
    repo.file("a.css", "2").commit();
    repo
}

#[test]
fn a_named_pipe_or_a_device_is_refused_and_not_waited_for() {
    let repo = site("");
    assert!(Command::new("mkfifo").arg(repo.path().join("pipe")).status().unwrap().success());
    for path in ["pipe", "/dev/zero"] {
        let manifest = format!("manifest:{path}");
        for (arguments, exits) in [
            (&["plan", "-c", path][..], 2),
            (&["plan", "--paths", path], 2),
            (&["plan", "--events", path], 2),
            (&["purge", "--plan", path], 2),
            (&["plan", &manifest, "dir:."], 3),
        ] {
            let ran = diffpurge(arguments).within(&repo).run();
            assert!(
                ran.stderr.contains("it is a named pipe, a socket or a device, and no file"),
                "{arguments:?}: {ran:?}"
            );
            assert_eq!((ran.code, ran.stdout.is_empty()), (Some(exits), true), "{arguments:?}: {ran:?}");
        }
    }
    let marked = site("[site.mark]\nstore = \"file:pipe\"\n");
    assert!(Command::new("mkfifo").arg(marked.path().join("pipe")).status().unwrap().success());
    let ran = diffpurge(["plan"]).within(&marked).run().exits(3);
    assert!(ran.stderr.contains("it is a named pipe"), "{ran:?}");
}

#[test]
fn a_pipe_of_the_caller_is_read_as_a_file_is() {
    let repo = site("");
    let shell = format!("echo a.css | {} plan --paths /dev/stdin --format urls", env!("CARGO_BIN_EXE_diffpurge"));
    let ran = Command::new("/bin/sh").args(["-c", &shell]).current_dir(repo.path()).env_clear().output().unwrap();
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), "https://www.example.com/a.css\n");
}

#[test]
fn a_file_that_is_too_large_is_refused_with_the_most_that_is_read() {
    let repo = site("");
    let large = fs::File::create(repo.path().join("large.toml")).unwrap();
    large.set_len((4 << 20) + 1).unwrap();
    let ran = diffpurge(["plan", "-c", "large.toml"]).within(&repo).run();
    ran.exits(2)
        .fails_with("large.toml: cannot be read: it is larger than 4 MiB, the most that is read", "--config FILE");
    let large = fs::File::create(repo.path().join("large.json")).unwrap();
    large.set_len((2048 << 20) + 1).unwrap();
    drop(large);
    // Larger than what is read of a list, and no byte of it on the disk.
    let ran = diffpurge(["plan", "--paths", "large.json"]).within(&repo).run().exits(2);
    assert!(ran.stderr.contains("it is larger than 1024 MiB"), "{ran:?}");
}

#[test]
fn a_lock_is_written_to_no_link_and_over_nothing_else() {
    for lock in ["link", "file"] {
        let repo = site("[site.mark]\nstore = \"file:.mark/www\"\n");
        fs::create_dir(repo.path().join(".mark")).unwrap();
        let (path, victim) = (repo.path().join(".mark/www.lock"), repo.path().join("victim"));
        fs::write(&victim, "work").unwrap();
        if lock == "link" {
            symlink("../victim", &path).unwrap();
        } else {
            fs::rename(&victim, &path).unwrap();
        }
        let ran = diffpurge(["mark", "set", "HEAD"]).within(&repo).run().exits(1);
        assert!(ran.stderr.contains("lock"), "{ran:?}");
        assert_eq!(fs::read_to_string(if lock == "link" { victim } else { path }).unwrap(), "work");
    }
}
