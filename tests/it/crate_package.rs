//! The package that crates.io offers, as cargo lists it, and the text of a release.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

/// Bytes of the largest file that is no source of ours: Cargo.lock has the most.
const LARGEST: u64 = 100_000;

/// Bytes of all files together; packed they are a quarter.
const MOST: u64 = 6_000_000;

/// The directories and files at the top that an installation, or a test of it, reads.
const TOP: [&str; 17] = [
    ".cargo_vcs_info.json",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "build.rs",
    "clippy.toml",
    "docs",
    "examples",
    "purge.toml.example",
    "rustfmt.toml",
    "src",
];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Lists the package, of which cargo warns of nothing.
fn listed() -> String {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(top()).args(["package", "--list", "--locked", "--offline", "--allow-dirty"]);
    let ran = command.output().unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    // It also says when it waits for another cargo.
    assert!(ran.status.success() && !err.contains("warning"), "cargo warns of something in the package: {err}");
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn the_package_holds_what_is_built_and_tested_and_nothing_large() {
    let list = listed();
    let tops: BTreeSet<&str> = list.lines().map(|path| path.split('/').next().unwrap()).collect();
    let wanted: BTreeSet<&str> = TOP.into_iter().chain(["tests"]).collect();
    // In a package there is no repository, and so nothing about its commit.
    let may_lack = |name: &&str| *name == ".cargo_vcs_info.json";
    assert_eq!(tops.difference(&wanted).next(), None, "`include` in Cargo.toml names too much");
    assert_eq!(wanted.difference(&tops).find(|name| !may_lack(name)), None, "`include` in Cargo.toml names too little");
    let mut all = 0;
    for path in list.lines() {
        // Those that cargo makes are not there.
        let Ok(found) = top().join(path).metadata() else { continue };
        assert!(found.len() <= LARGEST, "{path} has {} bytes", found.len());
        all += found.len();
    }
    assert!(all <= MOST, "{all} bytes");
}

#[test]
fn every_text_that_the_program_is_built_with_is_in_the_package() {
    let list = listed();
    let packed: BTreeSet<&str> = list.lines().collect();
    let mut directories = vec![top().join("src")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(top()).unwrap().to_str().unwrap();
                assert!(packed.contains(name), "{name}");
            }
        }
    }
}

fn changelog(arguments: &[&Path]) -> Output {
    Command::new(top().join("scripts/changelog")).args(arguments).output().unwrap()
}

#[test]
fn a_release_is_described_by_its_own_part_of_the_changelog() {
    let place = tempfile::TempDir::new().unwrap();
    let file = place.path().join("CHANGELOG.md");
    let text = "# Changelog\n\n## Unreleased\n\n- later\n\n## [0.2.0] - 2026-01-02\n\n### Added\n\n- two\n\n## 0.2\n\n- part\n\n\
                ## 0.1.0\n\n- one\n\n## 0.0.9\n\n[0.2.0]: https://example.com/\n";
    std::fs::write(&file, text).unwrap();
    for (version, want) in [
        ("0.2.0", "### Added\n\n- two\n"),
        ("v0.2.0", "### Added\n\n- two\n"),
        ("0.1.0", "- one\n"),
        ("0.2", "- part\n"),
    ] {
        let ran = changelog(&[Path::new(version), &file]);
        assert_eq!(
            (ran.status.code(), String::from_utf8(ran.stdout).unwrap()),
            (Some(0), want.to_owned()),
            "{version}"
        );
    }
    // A release that says nothing is none.
    for missing in ["0.0.9", "0.3.0", "2.0", "0x1.0"] {
        let ran = changelog(&[Path::new(missing), &file]);
        assert_eq!((ran.status.code(), &ran.stdout[..]), (Some(1), &b""[..]), "{missing}");
    }
    assert_eq!(changelog(&[]).status.code(), Some(2));
}
