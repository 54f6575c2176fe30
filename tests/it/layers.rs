//! The one-way flow of the modules, kept by reading their sources.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order of the flow. A module imports only what stands left of it.
const FLOW: &[&str] = &[
    "display",
    "encoding",
    "child",
    "replacement",
    "input",
    "two_threads",
    "config",
    "ci",
    "snapshot",
    "mark",
    "hosting",
    "setup",
    "changes",
    "events",
    "hook",
    "mapping",
    "plan",
    "provider",
    "send",
    "proof",
    "report",
    "engine",
    "edge",
    "demo",
    "lambda",
    "serve",
    "cli",
];

/// Crates that only one module, or one file, may use.
const OWNERS: &[(&str, &[&str])] = &[
    ("git2", &["snapshot/"]),
    ("reqwest", &["send/http.rs", "send/fetch.rs", "send/credentials/"]),
    ("secrecy", &["send/credentials/", "hook/secrets.rs"]),
    ("globset", &["config/globs.rs", "changes/attribute_rules.rs"]),
    ("regex_automata", &["config/", "hosting/names.rs"]),
    ("toml", &["config/", "hosting/lists.rs", "setup/settings/toml_file.rs"]),
    ("clap", &["cli/", "main.rs"]),
    ("indicatif", &["report/progress.rs"]),
    ("console", &["cli/terminal.rs"]),
    ("unicode_width", &["report/width.rs"]),
    ("hyper", &["edge/", "serve/"]),
    ("lambda_runtime", &["bin/"]),
    ("sqlx", &["serve/store/"]),
];

/// Modules that only compute: no clock, no files, no network, no environment.
const PURE: &[&str] =
    &["display", "encoding", "ci", "hosting", "setup", "changes", "events", "hook", "mapping", "plan", "provider"];

/// Words that no pure module may name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "tokio",
    "fastrand",
    "crate::child",
    "crate::replacement",
    "crate::input",
];

/// What the engine has no business with: it takes values and gives values, and the doors have the terminal and the process.
const OF_DOORS: &[&str] =
    &["clap", "cli::", "stdout", "stderr", "stdin", "io::Write", "std::env", "process::exit", "println", "eprintln"];

/// Every source file below `src`, with the top folder or file that it is of.
pub(crate) fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let relative = path.strip_prefix(&root).unwrap();
                let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
                files.push((module, path));
            }
        }
    }
    files
}

/// The file's code without comments, and without its tests, which stand at its end.
pub(crate) fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let (code, tests) = text.split_once("#[cfg(test)]\nmod tests").unwrap_or((&text, "}"));
    assert!(
        tests.trim_end().ends_with(['}', ';']) && !tests.contains("\n}\n\n"),
        "{}: code behind the tests",
        path.display()
    );
    code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// True when `code` names `word` as the first part of a path, or alone.
fn names(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(|c| part(c) || c == ':' || c == '.') && !after.is_some_and(part)
    })
}

/// Returns the faults of a file; none when all is well. `file` is relative to `src`.
fn faults(file: &str, code: &str) -> Vec<String> {
    let module = file.split(['/', '.']).next().unwrap();
    let rank =
        FLOW.iter().position(|m| *m == module).unwrap_or_else(|| panic!("module `{module}` has no place in FLOW"));
    let mut faults = Vec::new();
    if code.contains("crate::{") {
        faults.push("one `use crate::module::…` line per module, please".to_owned());
    }
    let top = file.matches('/').count() == 0 || file.ends_with("/mod.rs");
    if code.contains("super::super") || (top && code.contains("super::")) {
        faults.push("reaches another module through `super::`; write `crate::`".to_owned());
    }
    for later in &FLOW[rank + 1..] {
        if names(code, &format!("crate::{later}")) {
            faults.push(format!("imports `{later}`, which comes after `{module}`"));
        }
    }
    for (name, owners) in OWNERS {
        let owned = owners.iter().any(|owner| file.starts_with(owner));
        if !owned && names(code, name) && (code.contains(&format!("{name}::")) || code.contains(&format!("use {name}")))
        {
            faults.push(format!("uses `{name}`, which belongs to {}", owners.join(", ")));
        }
    }
    if PURE.contains(&module) {
        faults.extend(
            IMPURE
                .iter()
                // A delivery's time comes in as a value.
                .filter(|word| !(module == "hook" && **word == "SystemTime" && !code.contains("SystemTime::now")))
                .filter(|word| names(code, word))
                .map(|word| format!("`{module}` is pure, and `{word}` is not")),
        );
    }
    faults
}

#[test]
fn imports_follow_the_flow() {
    for (module, path) in sources().iter().filter(|(m, _)| !["lib", "main", "bin"].contains(&&**m)) {
        if path.file_name().is_some_and(|n| n == "tests.rs") {
            continue;
        }
        let file = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().to_str().unwrap();
        let faults = faults(file, &code(path));
        assert!(faults.is_empty(), "{module}: src/{file}: {}", faults.join("; "));
    }
}

#[test]
fn the_engine_knows_no_door() {
    let of_doors = |code: &str| OF_DOORS.iter().copied().find(|word| code.contains(word));
    for (_, path) in sources().iter().filter(|(module, _)| module == "engine") {
        let text = fs::read_to_string(path).unwrap();
        // Comments are read too: the rule can be looked up with grep.
        let found = ["clap", "cli::"].into_iter().find(|word| text.contains(word)).or(of_doors(&code(path)));
        assert_eq!(found, None, "{}", path.display());
    }
    assert_eq!(of_doors("use std::io::{self, Write};\nfn f(out: &mut dyn io::Write) {}"), Some("io::Write"));
}

#[test]
fn an_import_against_the_flow_is_noticed_in_every_spelling() {
    for (file, code, want) in [
        ("plan/mod.rs", "use crate::send::Receipt;", "imports `send`, which comes after `plan`"),
        ("plan/pace.rs", "use crate::send as s;", "imports `send`, which comes after `plan`"),
        ("plan/pace.rs", "use super::super::send;", "reaches another module through `super::`; write `crate::`"),
        ("changes.rs", "use super::send::Receipt;", "reaches another module through `super::`; write `crate::`"),
        ("mapping/mod.rs", "let x = crate::report::urls;", "imports `report`, which comes after `mapping`"),
        ("plan/mod.rs", "let r = git2::Repository::open();", "uses `git2`, which belongs to snapshot/"),
        (
            "send/mod.rs",
            "use reqwest as r;",
            "uses `reqwest`, which belongs to send/http.rs, send/fetch.rs, send/credentials/",
        ),
        ("plan/pace.rs", "let now = Instant::now();", "`plan` is pure, and `Instant` is not"),
        ("events/mod.rs", "let ended = crate::child::run();", "`events` is pure, and `crate::child` is not"),
        ("changes.rs", "use std::net::TcpStream;", "`changes` is pure, and `std::net` is not"),
    ] {
        assert_eq!(faults(file, code), [want], "{file}: {code}");
    }
    assert!(faults("send/mod.rs", "use crate::plan::Plan;\nuse self::queue::Queue;").is_empty());
    assert!(faults("plan/pace.rs", "use super::Batch;").is_empty());
}

#[test]
fn files_stay_small_enough_for_one_noun() {
    for (_, path) in sources() {
        let lines = code(&path).lines().count();
        assert!(lines <= 300, "{} has {lines} lines without its tests: two nouns in one room?", path.display());
    }
}
