//! Documentation that cannot rot: the outputs on its pages are what the program prints, its commands can be typed, its links lead
//! somewhere, and the example file names every key with its default. `DIFFPURGE_BLESS=1` writes outputs and shown files anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use diffpurge::cli::Cli;
use diffpurge::config::Config;

use crate::support::diffpurge;

pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and the pages of the book, by their paths below the top: what people read.
pub(crate) fn pages() -> BTreeMap<PathBuf, String> {
    let mut places = vec![root().join("docs/src")];
    let mut pages = BTreeMap::from([("README.md".into(), read("README.md"))]);
    while let Some(place) = places.pop() {
        for entry in std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                places.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "md") {
                let text = std::fs::read_to_string(&entry).unwrap();
                pages.insert(entry.strip_prefix(root()).unwrap().to_owned(), text);
            }
        }
    }
    pages
}

/// All pages as one text.
fn all_pages() -> String {
    pages().into_values().collect::<Vec<_>>().join("\n")
}

/// A page's fenced blocks, without the indentation that lists give them: their language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut indentation = None;
    for line in page.lines() {
        let fence = line.trim_start().strip_prefix("```");
        match (fence, indentation) {
            (Some(language), None) => {
                blocks.push((language.to_owned(), String::new()));
                indentation = Some(line.len() - line.trim_start().len());
            }
            (Some(_), Some(_)) => indentation = None,
            (None, Some(width)) => {
                let text = &mut blocks.last_mut().unwrap().1;
                text.push_str(line.get(width..).unwrap_or_default());
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
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
fn every_output_on_the_pages_is_what_the_program_prints() {
    let place = tempfile::TempDir::new().unwrap();
    diffpurge(["demo", "--keep"]).env("TMPDIR", place.path()).run().exits(0);
    let repository = std::fs::read_dir(place.path()).unwrap().next().unwrap().unwrap().path();
    let bless = std::env::var_os("DIFFPURGE_BLESS").is_some();
    let mut outputs = 0;
    for (name, page) in pages() {
        let mut blessed = page.clone();
        for (_, block) in blocks(&page).into_iter().filter(|(language, _)| language == "console") {
            let (command, want) = block.split_once('\n').unwrap();
            let typed = command.strip_prefix("$ ").unwrap().replace("cargo run --release -- ", "diffpurge ");
            let ran = diffpurge(&words(&typed)[1..]).within_directory(&repository).run().exits(0);
            if bless {
                blessed = blessed.replace(block.trim_end(), &format!("{command}\n{}", ran.stdout.trim_end()));
            } else {
                assert_eq!(
                    ran.stdout.trim_end(),
                    want.trim_end(),
                    "\n`{command}` prints something else than {} says (DIFFPURGE_BLESS=1 writes it anew); it prints:\n{}",
                    name.display(),
                    ran.stdout
                );
            }
            outputs += 1;
        }
        if blessed != page {
            std::fs::write(root().join(name), blessed).unwrap();
        }
    }
    assert!(outputs >= 10, "demo, plan and the helps are shown");
}

/// Returns the command of ours in a line of a shell, a pipeline file or a Jenkinsfile: no comment, no other program behind it.
fn command(line: &str) -> Option<&str> {
    let at = line.find("diffpurge ").filter(|at| !line[..*at].ends_with('/'))?;
    let line = &line[at..];
    let end = [" #", " |", " &&", " >", "' }"].iter().filter_map(|end| line.find(end)).min().unwrap_or(line.len());
    Some(line[..end].trim_end_matches(['\\', '\'', ' ']))
}

#[test]
fn every_command_on_the_pages_can_be_typed() {
    let mut commands = 0;
    for (name, page) in pages() {
        for (language, text) in blocks(&page) {
            if !matches!(language.as_str(), "sh" | "yaml" | "groovy") {
                continue;
            }
            for typed in text.lines().filter(|l| !l.trim_start().starts_with('#')).filter_map(command) {
                assert!(
                    Cli::try_parse_from(words(typed)).is_ok(),
                    "in a {language} block of {}: {typed}",
                    name.display()
                );
                commands += 1;
            }
        }
    }
    assert!(commands >= 40, "the pages hold commands");
}

/// The file that a page shows, or the part of the example that begins with a line; it ends where the next such part begins.
fn shown(what: &str, pages: &BTreeMap<PathBuf, String>) -> String {
    if let Some(file) = what.strip_prefix("file ") {
        return read(file);
    }
    let begins = what.strip_prefix("example ").expect("a page shows a `file` or a part of the `example`");
    let example = read("purge.toml.example");
    let at = |begins: &str| {
        if example.starts_with(begins) { 0 } else { example.find(&format!("\n{begins}")).expect(begins) + 1 }
    };
    let all = pages.values().flat_map(|page| page.lines());
    let starts = all.filter_map(|line| line.strip_prefix("<!-- generated: example ")?.strip_suffix(" -->"));
    let end = starts.map(at).filter(|other| *other > at(begins)).min().unwrap_or(example.len());
    example[at(begins)..end].to_owned()
}

#[test]
fn every_file_on_the_pages_is_the_one_that_runs() {
    let pages = pages();
    let mut files = 0;
    for (name, page) in &pages {
        let mut blessed = page.clone();
        for part in page.split("<!-- generated: ").skip(1) {
            let (what, rest) = part.split_once(" -->\n").unwrap();
            let (fence, rest) = rest.split_once('\n').unwrap();
            let (got, _) =
                rest.split_once("```\n<!-- end -->").expect("a shown file ends with its fence and `<!-- end -->`");
            let want = format!("{}\n", shown(what, &pages).trim_end());
            let block = |text: &str| format!("<!-- generated: {what} -->\n{fence}\n{text}```\n<!-- end -->");
            if std::env::var_os("DIFFPURGE_BLESS").is_some() {
                blessed = blessed.replace(&block(got), &block(&want));
            } else {
                assert_eq!(got, want, "{} shows an old `{what}` (DIFFPURGE_BLESS=1 writes it anew)", name.display());
            }
            files += 1;
        }
        if blessed != *page {
            std::fs::write(root().join(name), blessed).unwrap();
        }
    }
    assert!(files >= 6, "two configurations of caches and the four parts of the example");
}

#[test]
fn every_configuration_on_the_pages_loads() {
    let mut loaded = 0;
    for (name, page) in pages() {
        for (_, text) in blocks(&page).into_iter().filter(|(language, _)| language == "toml") {
            let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
            let whole = if text.contains("\n[[site]]") || text.starts_with("[[site]]") {
                text
            } else {
                format!("{site}{text}")
            };
            let site = Config::parse(&whole, "purge.toml");
            assert!(site.is_ok(), "{}: {}\n{whole}", name.display(), site.unwrap_err());
            loaded += 1;
        }
    }
    assert!(loaded >= 15, "the pages show configurations");
}

/// Returns the anchors of a page's headings, as mdBook and GitHub make them.
fn anchors(page: &str) -> Vec<String> {
    let mut fenced = false;
    let mut anchors = Vec::new();
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        if let Some(heading) = line.strip_prefix('#').filter(|_| !fenced) {
            let kept = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            anchors.push(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
        }
    }
    anchors
}

#[test]
fn every_link_on_the_pages_leads_somewhere() {
    let pages = pages();
    let mut links = 0;
    for (name, page) in &pages {
        for link in page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if link.starts_with("https://") || link.starts_with('`') {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { name.clone() } else { name.parent().unwrap().join(path) };
            let file = root().join(&target);
            assert!(file.exists(), "{}: `{link}` leads nowhere", name.display());
            let leaves =
                name.starts_with("docs/src") && !file.canonicalize().unwrap().starts_with(root().join("docs/src"));
            assert!(!leaves, "{}: `{link}` is not in the book: name the file, or show it", name.display());
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&file).unwrap();
                assert!(anchors(&text).iter().any(|a| a == anchor), "{}: `{link}` has no such heading", name.display());
            }
            links += 1;
        }
    }
    assert!(links >= 20, "the pages lead to each other");
}

#[test]
fn every_page_is_in_the_contents() {
    let summary = read("docs/src/SUMMARY.md");
    for name in pages().into_keys().filter(|name| name.starts_with("docs/src") && !name.ends_with("SUMMARY.md")) {
        let page = name.strip_prefix("docs/src").unwrap().display().to_string();
        assert!(summary.contains(&format!("]({page})")), "docs/src/SUMMARY.md lacks {page}");
    }
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

/// The example with its receiver, which is a comment there, and with the keys of one kind of hook.
fn example_with_serve() -> String {
    let example = example_with_its_rule();
    let (before, after) = example.split_once("# [serve]\n").expect("the example shows a receiver");
    let (table, after) = after.split_once("\n\n").unwrap();
    let (table, other) = table.split_once("#\n# A hook of GitHub's").expect("the keys of the other kind come last");
    let table: Vec<&str> = table.lines().map(|line| line.strip_prefix("# ").unwrap_or_default()).collect();
    format!("{before}[serve]\n{}\n# {other}\n\n{after}", table.join("\n"))
}

#[test]
fn the_receiver_of_the_example_is_one() {
    let serve = Config::parse(&example_with_serve(), "purge.toml.example").unwrap().serve.unwrap();
    let plain = "[serve]\n[[serve.hook]]\npath = \"/hooks/www\"\nkind = \"hmac\"\nsite = \"www\"\nsecret_env = \"HOOK_SECRET\"\n\
                 repository = \"https://github.com/owner/site.git\"\nheader = \"X-Signature-256\"\n";
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let defaults = Config::parse(&format!("{site}{plain}"), "purge.toml").unwrap().serve.unwrap();
    assert_eq!(
        (serve.listen, &serve.store, serve.connections),
        (defaults.listen, &defaults.store, defaults.connections)
    );
    assert_eq!((serve.grace, serve.hooks[0].largest), (defaults.grace, defaults.hooks[0].largest));
    assert_eq!((serve.hooks[0].rate, serve.hooks[0].answer), (defaults.hooks[0].rate, defaults.hooks[0].answer));
    assert_eq!(serve.hooks[0].output, defaults.hooks[0].output);
    assert_eq!((serve.page.unwrap().purge, defaults.page), (false, None));
}

#[test]
fn the_example_names_every_key() {
    every_key_is_named(
        &example_with_its_rule(),
        &["", "[[site]]", "[site.cloudflare]", "[site.threshold]", "[site.events]", "[[site.rule]]"],
    );
    every_key_is_named(&example_with_http_purge(), &["[site.http_purge]"]);
    every_key_is_named(&example_with_serve(), &["[serve]", "[serve.page]", "[[serve.hook]]"]);
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
                    || ["[[@]]", "[@]", "[site.@]", "[[site.@]]", "[serve.@]", "[[serve.@]]"]
                        .iter()
                        .any(|t| l.starts_with(&t.replace('@', key)))
            });
            assert!(
                named,
                "`{key}` of table {table:?} is missing in purge.toml.example; every key belongs there, with its default and a few words"
            );
        }
    }
}

#[test]
fn every_host_is_on_the_pages() {
    let pages = all_pages();
    for (name, _) in diffpurge::config::HOST_PRESETS {
        assert!(pages.contains(&format!("`{name}`")), "the table of hosts lacks `{name}`");
    }
}

#[test]
fn every_exit_code_is_on_the_pages() {
    use diffpurge::engine::ExitStatus;
    let pages = all_pages();
    for status in [
        ExitStatus::Done,
        ExitStatus::NotPurged,
        ExitStatus::Usage,
        ExitStatus::Unreadable,
        ExitStatus::Refused,
        ExitStatus::Work,
    ] {
        assert!(
            pages.contains(&format!("\n| {} | ", status as u8)),
            "exit code {} has no row on any page",
            status as u8
        );
    }
}
