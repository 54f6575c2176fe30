//! The one-way flow of the modules, kept by reading their sources.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order of the flow. A module imports only what stands left of it.
const FLOW: &[&str] = &[
    "display", "encoding", "config", "snapshot", "changes", "mapping", "plan", "provider", "send", "report", "edge",
    "cli", "error", "pipeline", "demo", "run",
];

/// Crates that only one module may use.
const OWNERS: &[(&str, &str)] = &[
    ("git2::", "snapshot"),
    ("reqwest::", "send"),
    ("globset::", "config"),
    ("toml::", "config"),
    ("indicatif::", "report"),
];

fn sources() -> Vec<(String, PathBuf)> {
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

/// The file's code without its tests.
fn code(path: &Path) -> String {
    fs::read_to_string(path).unwrap().split("#[cfg(test)]\nmod tests").next().unwrap().to_owned()
}

/// What is wrong with a file of `module`; nothing when all is well.
fn faults(module: &str, code: &str) -> Vec<String> {
    let rank =
        FLOW.iter().position(|m| *m == module).unwrap_or_else(|| panic!("module `{module}` has no place in FLOW"));
    let mut faults = Vec::new();
    if code.contains("use crate::{") {
        faults.push("one `use crate::module::…` line per module, please".to_owned());
    }
    for later in &FLOW[rank + 1..] {
        if code.contains(&format!("crate::{later}::")) || code.contains(&format!("use crate::{later};")) {
            faults.push(format!("imports `{later}`, which comes after `{module}`"));
        }
    }
    for (name, owner) in OWNERS {
        if *owner != module && code.contains(name) {
            faults.push(format!("uses `{name}`, which belongs to `{owner}`"));
        }
    }
    faults
}

#[test]
fn imports_follow_the_flow() {
    for (module, path) in sources().iter().filter(|(m, _)| m != "lib" && m != "main") {
        let code = if path.file_name().is_some_and(|n| n == "tests.rs") { continue } else { code(path) };
        let faults = faults(module, &code);
        assert!(faults.is_empty(), "{}: {}", path.display(), faults.join("; "));
    }
}

#[test]
fn an_import_against_the_flow_is_noticed() {
    assert_eq!(faults("plan", "use crate::send::Receipt;"), ["imports `send`, which comes after `plan`"]);
    assert_eq!(
        faults("plan", "use crate::mapping;\nlet r = git2::Repository::open();"),
        ["uses `git2::`, which belongs to `snapshot`"]
    );
    assert!(faults("send", "use crate::plan::Plan;").is_empty());
}

#[test]
fn files_stay_small_enough_for_one_noun() {
    for (_, path) in sources() {
        let lines = code(&path).lines().count();
        assert!(lines <= 300, "{} has {lines} lines without its tests: two nouns in one room?", path.display());
    }
}
