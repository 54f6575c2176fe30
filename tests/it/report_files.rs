//! `--out` and `--summary`: a whole document of this run or none, and nobody's work lost to it.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::{Ran, Repo, TOKEN, ZONE, diffpurge, edge};

/// A site of so many changed files.
fn site(changed: usize) -> Repo {
    let repo = Repo::of(&[("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n")]);
    repo.files((0..changed).map(|i| format!("{i:03}.css")), "1").commit();
    repo.files((0..changed).map(|i| format!("{i:03}.css")), "2").commit();
    repo
}

/// Runs the program in a shell that sets limits first.
fn limited(repo: &Repo, limits: &str, arguments: &str, api: &str) -> Ran {
    let shell = format!("{limits}; exec {} {arguments}", env!("CARGO_BIN_EXE_diffpurge"));
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &shell]).current_dir(repo.path()).env_clear().env("HOME", "/nonexistent");
    command.envs([("CLOUDFLARE_BASE_URL", api), ("CLOUDFLARE_API_TOKEN", TOKEN), ("CLOUDFLARE_ZONE_ID", ZONE)]);
    Ran::of(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn somebodys_work_is_not_replaced_and_nothing_is_sent() {
    let edge = edge();
    let repo = site(1);
    for (name, text) in [
        ("purge.toml", None),
        ("paths.txt", Some("a.css\n")),
        ("events.json", Some("{\"Records\": []}")),
        ("index.html", Some("<p>")),
        ("list.json", Some("[1]")),
    ] {
        let path = repo.path().join(name);
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        let before = fs::read(&path).unwrap();
        for command in [&["purge", "HEAD~1", "--out", name][..], &["plan", "HEAD~1", "--out", name]] {
            let ran = diffpurge(command).within(&repo).against(&edge).run();
            ran.exits(2)
                .fails_with(&format!("{name} is there, and is nothing that this command writes"), "another file");
        }
        let ran = diffpurge(["manifest", "HEAD", "--out", name]).within(&repo).run();
        ran.exits(2).fails_with("is there, and is nothing that this command writes", "another file");
        assert_eq!(fs::read(&path).unwrap(), before, "{name}");
    }
    assert!(edge.recorded().is_empty());
}

#[test]
fn a_name_that_is_no_file_is_refused_before_anything_is_sent() {
    let edge = edge();
    let repo = site(1);
    for command in [
        &["purge", "HEAD~1", "--out", "-"][..],
        &["purge", "HEAD~1", "--summary", "-"],
        &["manifest", "HEAD", "--out", "-"],
        &["manifest", "HEAD", "--out", "/dev/stdout"],
    ] {
        let ran = diffpurge(command).within(&repo).against(&edge).run();
        ran.exits(2).fails_with("is no file to write to; nothing was sent", "redirect what is printed");
        assert!(!repo.path().join("-").exists());
    }
    diffpurge(["purge", "HEAD~1", "--out", "."])
        .within(&repo)
        .against(&edge)
        .run()
        .exits(2)
        .fails_with("cannot write .; ", "writable");
    assert!(edge.recorded().is_empty());
}

#[test]
fn a_document_of_an_earlier_run_goes_and_a_stream_takes_one() {
    let repo = site(1);
    let plan = |arguments: &[&str]| diffpurge([&["plan"], arguments].concat()).within(&repo).run();
    let file = repo.path().join(".git/plan.json");
    plan(&["HEAD~1", "--out", ".git/plan.json"]).exits(0);
    let first = fs::read_to_string(&file).unwrap();
    plan(&["HEAD~1", "--out", ".git/plan.json"]).exits(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), first);
    // However the next run ends, what is there is not taken for its own.
    plan(&["nothing-of-this-name", "--out", ".git/plan.json"]).exits(3);
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
    plan(&["HEAD~1", "--out", ".git/plan.json"]).exits(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), first);
    let printed = plan(&["HEAD~1", "--format", "urls", "--out", "/dev/stderr"]).exits(0).stderr;
    assert_eq!(printed, first);
    // A link is replaced, not what it leads to.
    std::os::unix::fs::symlink("plan.json", repo.path().join(".git/link.json")).unwrap();
    plan(&["HEAD", "HEAD", "--out", ".git/link.json"]).exits(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), first);
}

#[test]
fn a_full_disk_leaves_no_half_of_a_document() {
    let edge = edge();
    let repo = site(120);
    // Beyond 4 KiB a file cannot grow, as on a full disk; the system's signal for it is not heard.
    let ran = limited(&repo, "trap '' XFSZ; ulimit -f 8", "plan HEAD~1 --out .git/plan.json", &edge.api_base());
    ran.exits(1).errs_with("cannot write .git/plan.json; all else was carried out", "writable");
    let left = fs::read_dir(repo.path().join(".git")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".diffpurge-")).collect();
    assert!(left.is_empty(), "{left:?}");
    let ran = diffpurge(["purge", "--plan", ".git/plan.json"]).within(&repo).against(&edge).run();
    ran.exits(2).fails_with("no plan, or only a part of one", "--out FILE");
    assert!(edge.recorded().is_empty());
}

#[test]
fn with_few_descriptors_a_run_ends_with_an_error_and_not_with_a_panic() {
    let edge = edge();
    let repo = site(1);
    let mut sent = false;
    for descriptors in 4..40 {
        let before = edge.recorded().len();
        let limit = format!("ulimit -n {descriptors}");
        let ran = limited(&repo, &limit, "purge HEAD~1 HEAD --no-mark --retry-for 0", &edge.api_base());
        assert!(matches!(ran.code, Some(0..=3)), "{descriptors}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "{descriptors}: {}", ran.stderr);
        let is_sent = edge.recorded().len() > before;
        assert_eq!(is_sent, ran.code == Some(0), "{descriptors}: {ran:?}");
        sent |= is_sent;
    }
    assert!(sent);
}
