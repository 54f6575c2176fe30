//! Documentation that cannot rot: the README's outputs are what the program prints, its commands can be typed, and the
//! example file names every key with its default.

use std::path::Path;

use clap::Parser as _;
use diffpurge::cli::Cli;
use diffpurge::config::Config;

use crate::support::diffpurge;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The README's fenced blocks: their language and text.
fn blocks(readme: &str) -> Vec<(&str, &str)> {
    readme.split("\n```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap()).collect()
}

/// Splits a shell line into words; knows quotes, nothing else.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.into_iter().filter(|w| !w.is_empty()).collect()
}

#[test]
fn every_output_in_the_readme_is_what_the_program_prints() {
    let place = tempfile::TempDir::new().unwrap();
    diffpurge(["demo", "--keep"]).env("TMPDIR", place.path()).run().exits(0);
    let repository = std::fs::read_dir(place.path()).unwrap().next().unwrap().unwrap().path();
    let readme = read("README.md");
    let outputs: Vec<&str> =
        blocks(&readme).into_iter().filter(|(language, _)| *language == "console").map(|(_, text)| text).collect();
    assert!(outputs.len() >= 4, "demo, plan and the helps are shown");
    for block in outputs {
        let (command, want) = block.split_once('\n').unwrap();
        let typed = command.strip_prefix("$ ").unwrap().replace("cargo run --release -- ", "diffpurge ");
        let ran = diffpurge(&words(&typed)[1..]).within_directory(&repository).run().exits(0);
        assert_eq!(
            ran.stdout.trim_end(),
            want.trim_end(),
            "\n`{command}` prints something else than the README says; it prints:\n{}",
            ran.stdout
        );
    }
}

#[test]
fn every_command_in_the_readme_can_be_typed() {
    let readme = read("README.md");
    let mut commands = 0;
    for (language, text) in blocks(&readme).into_iter().filter(|(language, _)| matches!(*language, "sh" | "yaml")) {
        for line in text.lines().filter(|l| !l.trim_start().starts_with('#')) {
            let Some(at) = line.find("diffpurge ").filter(|at| !line[*at..].starts_with("diffpurge demo`")) else {
                continue;
            };
            let typed = line[at..].split(" #").next().unwrap().trim_end_matches(['\\', '\'', ' ']);
            assert!(Cli::try_parse_from(words(typed)).is_ok(), "in a {language} block of the README: {typed}");
            commands += 1;
        }
    }
    assert!(commands >= 4, "the recipes hold commands");
}

#[test]
fn the_example_loads_and_its_values_are_the_defaults() {
    let example = read("purge.toml.example");
    let all = Config::parse(&example, "purge.toml.example").unwrap();
    let required = example
        .lines()
        .filter(|l| ["[[site]]", "name", "base_urls"].iter().any(|key| l.starts_with(key)))
        .collect::<Vec<_>>()
        .join("\n");
    let defaults = Config::parse(&required, "purge.toml.example").unwrap();
    assert_eq!(format!("{all:?}"), format!("{defaults:?}"), "a value of the example is not the default");
}

/// The example with its rule, which is a comment there.
fn example_with_its_rule() -> String {
    let example = read("purge.toml.example");
    let (defaults, rule) = example.split_once("# [[site.rule]]\n").expect("the example shows a rule");
    let rule: Vec<&str> = rule.lines().map(|line| line.strip_prefix("# ").unwrap()).collect();
    format!("{defaults}[[site.rule]]\n{}\n", rule.join("\n"))
}

#[test]
fn the_rule_of_the_example_is_one() {
    let site = Config::parse(&example_with_its_rule(), "purge.toml.example").unwrap().sites.remove(0);
    assert_eq!(site.rules.iter().count(), 1);
}

/// The example with a cache of one's own in the place of Cloudflare, both without their comments.
fn example_with_http_purge() -> String {
    let example = example_with_its_rule().replace("# [site.http_purge]", "[site.http_purge]");
    let (before, after) = example.split_once("[site.cloudflare]").unwrap();
    let (_, table) = after.split_once("[site.http_purge]\n").expect("the example shows a cache of one's own");
    let (table, after) = table.split_once("\n\n").unwrap();
    let table: Vec<&str> = table.lines().map(|line| line.strip_prefix("# ").unwrap()).collect();
    format!("{before}[site.http_purge]\n{}\n\n{after}", table.join("\n"))
}

#[test]
fn the_cache_of_the_example_is_one() {
    let site = Config::parse(&example_with_http_purge(), "purge.toml.example").unwrap().sites.remove(0);
    assert!(site.cache.http_purge().is_some_and(|cache| cache.everything.is_some() && cache.token.is_some()));
}

#[test]
fn the_example_names_every_key() {
    every_key_is_named(
        &example_with_its_rule(),
        &["", "[[site]]", "[site.cloudflare]", "[site.threshold]", "[site.events]", "[[site.rule]]"],
    );
    every_key_is_named(&example_with_http_purge(), &["[site.http_purge]"]);
}

fn every_key_is_named(example: &str, tables: &[&str]) {
    for table in tables {
        // The error about a key that does not exist lists those that do.
        let slip = example.replacen(*table, &format!("{table}\nno_such_key = 1\n"), 1);
        let error = Config::parse(&slip, "purge.toml.example").unwrap_err().to_string();
        let (_, expected) = error.lines().next().unwrap().split_once("expected ").unwrap_or_else(|| panic!("{error}"));
        for key in expected.split('`').skip(1).step_by(2) {
            let named = example.lines().map(|l| l.trim_start_matches("# ")).any(|l| {
                l.starts_with(key)
                    || ["[[@]]", "[site.@]", "[[site.@]]"].iter().any(|t| l.starts_with(&t.replace('@', key)))
            });
            assert!(
                named,
                "`{key}` of table {table:?} is missing in purge.toml.example; every key belongs there, with its default and a few words"
            );
        }
    }
}

#[test]
fn the_caches_in_the_readme_load() {
    let readme = read("README.md");
    let mut caches = 0;
    for (_, text) in
        blocks(&readme).iter().filter(|(language, text)| *language == "toml" && text.contains("http_purge"))
    {
        let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
        let whole = if text.contains("[[site]]") { (*text).to_owned() } else { format!("{site}{text}") };
        caches += Config::parse(&whole, "README.md").unwrap().sites[0].caches().count();
    }
    assert_eq!(caches, 3, "one alone, and two behind each other");
}

#[test]
fn every_host_is_in_the_readme() {
    let readme = read("README.md");
    for (name, _) in diffpurge::config::HOST_PRESETS {
        assert!(readme.contains(&format!("`{name}`")), "the README's table of hosts lacks `{name}`");
    }
}

#[test]
fn every_exit_code_in_the_help_is_in_the_readme() {
    use diffpurge::engine::ExitStatus;
    let readme = read("README.md");
    for status in [
        ExitStatus::Done,
        ExitStatus::NotPurged,
        ExitStatus::Usage,
        ExitStatus::Unreadable,
        ExitStatus::Refused,
        ExitStatus::Work,
    ] {
        assert!(
            readme.contains(&format!("\n| {} | ", status as u8)),
            "exit code {} has no row in the README",
            status as u8
        );
    }
}
