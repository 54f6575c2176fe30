//! Completions in real shells, at a terminal, as somebody types; and the manual.

use std::path::Path;

use crate::support::{Repo, Terminal, diffpurge, required};

const SITES: &str = "[[site]]\nname = \"www-of-mine\"\nbase_urls = [\"https://www.example.com/\"]\n\
                     [[site]]\nname = \"docs\"\nbase_urls = [\"https://docs.example.com/\"]\n";

fn site() -> Repo {
    let repo = Repo::of(&[("purge.toml", SITES), ("a.css", "1")]);
    repo.file("a.css", "2").commit();
    repo.git(&["update-ref", "refs/heads/gh-pages", "HEAD~1"]);
    repo.git(&["tag", "v1.2.3", "HEAD~1"]);
    repo.git(&["update-ref", "refs/remotes/origin/live-one", "HEAD~1"]);
    repo
}

/// What a shell prints while somebody types these lines, with the program on its path.
fn in_shell(shell: &str, start: &str, repo: &Path, lines: &[&str]) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_diffpurge")).parent().unwrap();
    let path = std::env::join_paths(
        [program.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let path = path.unwrap().into_string().unwrap();
    let typed = [&[start], lines, &["exit\n"]].concat().join("\n");
    Terminal::at(repo).env("PATH", &path).env("TERM", "dumb").types(&typed).run(shell).0
}

/// The lines that complete something, and what they print then.
const COMPLETED: [(&str, &str); 5] = [
    ("diffpurge mark show -s www\t", "www-of-mine: "),
    ("diffpurge plan gh-p\t --no-mark --format urls -s docs", "https://docs.example.com/a.css"),
    ("diffpurge plan --no-mark --format urls -s docs v1.2\t", "https://docs.example.com/a.css"),
    ("diffpurge plan --no-mark --format urls -s docs origin/liv\t", "https://docs.example.com/a.css"),
    ("diffpurge plan --tag t --format req\t -s docs", "{\"tags\":[\"t\"]}"),
];

#[test]
fn bash_completes_a_site_and_a_revision() {
    if !required(Path::new("/bin/bash").exists(), "bash") {
        return;
    }
    let repo = site();
    for (line, printed) in COMPLETED {
        let text = in_shell("bash --norc --noprofile -i", "source <(diffpurge completions bash)", repo.path(), &[line]);
        assert!(text.contains(printed) && !text.contains("error:"), "{line:?}\n{text}");
    }
}

#[test]
fn zsh_completes_a_site_and_a_revision() {
    let zsh = ["/usr/bin/zsh", "/bin/zsh"].into_iter().find(|zsh| Path::new(zsh).exists());
    if !required(zsh.is_some(), "zsh") {
        return;
    }
    let repo = site();
    let start = "autoload -Uz compinit; compinit -u -D; source <(diffpurge completions zsh)";
    for (line, printed) in COMPLETED {
        let text = in_shell("zsh -f -i", start, repo.path(), &[line]);
        assert!(text.contains(printed) && !text.contains("error:"), "{line:?}\n{text}");
    }
}

/// What bash would offer where this is typed last.
fn offered(repo: &Repo, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let tool = diffpurge([&["--"], words].concat()).within(repo).env("DIFFPURGE_COMPLETE", "bash");
    let ran = tool.env("_CLAP_COMPLETE_INDEX", index).env("_CLAP_IFS", "\n").run().exits(0);
    assert_eq!(ran.stderr, "");
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn completions_come_from_the_configuration_and_the_repository_that_are_named() {
    let repo = site();
    let directory = repo.path().display().to_string();
    let elsewhere = Repo::new();
    let file = repo.path().join("purge.toml").display().to_string();
    for (words, want) in [
        (&["diffpurge", "plan", "-s", ""][..], &["www-of-mine", "docs"][..]),
        (&["diffpurge", "purge", "--host", "d"], &["docs.example.com"]),
        (&["diffpurge", "plan", "v1"], &["v1.2.3"]),
        (&["diffpurge", "plan", "v1.2.3..gh"], &["v1.2.3..gh-pages"]),
        (&["diffpurge", "plan", "HEAD", "em"], &["empty"]),
        (&["diffpurge", "verify", "origin/"], &["origin/live-one"]),
        (&["diffpurge", "mark", "set", "gh"], &["gh-pages"]),
        (&["diffpurge", "explain", "a", "--revision", "gh"], &["gh-pages"]),
        (&["diffpurge", "completions", "z"], &["zsh"]),
    ] {
        assert_eq!(offered(&repo, words), want, "{words:?}");
    }
    for (words, want) in [
        (&["diffpurge", "-C", &directory, "plan", "-s", "w"][..], &["www-of-mine"][..]),
        (&["diffpurge", "-C", &directory, "plan", "gh"], &["gh-pages"]),
        (&["diffpurge", &format!("--config={file}"), "plan", "-s", "w"], &["www-of-mine"]),
        (&["diffpurge", "-c", &file, "plan", "-s", "w"], &["www-of-mine"]),
        (&["diffpurge", "plan", "-s", "w"], &[]),
        (&["diffpurge", "plan", "gh"], &[]),
    ] {
        assert_eq!(offered(&elsewhere, words), want, "{words:?}");
    }
}

#[test]
fn every_shell_has_a_script_and_another_ones_is_an_error() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        diffpurge(["completions", shell]).run().exits(0).says("DIFFPURGE_COMPLETE");
    }
    let ran = diffpurge(["completions", "csh"]).run().exits(2);
    assert!(ran.stderr.contains("possible values"), "{}", ran.stderr);
    // Somebody else's variable asks nothing of us.
    diffpurge(["--version"]).env("COMPLETE", "bash").run().exits(0).says("diffpurge ");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let place = tempfile::TempDir::new().unwrap();
    let pages = place.path().join("share/man1");
    diffpurge(["man", pages.to_str().unwrap()]).run().exits(0);
    for (page, says) in [
        ("diffpurge", "diffpurge\\-purge(1)"),
        ("diffpurge-purge", "\\-\\-everything"),
        ("diffpurge-plan", "FROM"),
        ("diffpurge-mark-set", "SNAPSHOT"),
        ("diffpurge-completions", "bash"),
        ("diffpurge-man", "DIR"),
    ] {
        let text = std::fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(text.starts_with(".ie ") && text.contains(".TH ") && text.contains(says), "{page}: {text}");
    }
    // A directory that cannot be made is named.
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    diffpurge(["man", file.to_str().unwrap()]).run().exits(2).fails_with("cannot write", "name a writable");
}
