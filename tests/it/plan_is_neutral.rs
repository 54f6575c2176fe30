//! Only a provider's own folder names it: the plan reads its capabilities, and everybody else asks it what has to be known.

use std::fs;
use std::path::{Path, PathBuf};

/// The words of vendors, in lower case; whoever adds a provider adds its words.
const VENDORS: &[&str] =
    &["cloudflare", "http_purge", "httppurge", "cache::", "varnish", "nginx", "fastly", "cloudfront", "zone_id"];

/// The code of a file without its comments and tests, in lower case.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n").to_lowercase()
}

/// The vendors that some code names.
fn named(code: &str) -> Vec<&'static str> {
    VENDORS.iter().copied().filter(|word| code.contains(word)).collect()
}

/// Folders that name no vendor; `engine` counts from when it is there.
const NEUTRAL: &[&str] = &["plan", "send", "report", "engine"];

/// The code files of a folder and those below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_code = |path: &PathBuf| path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs");
    files.into_iter().filter(is_code).chain(folders.iter().flat_map(|folder| self::files(folder))).collect()
}

#[test]
fn only_a_provider_names_itself() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = NEUTRAL.iter().map(|folder| source.join(folder)).filter(|folder| folder.exists());
    let all: Vec<PathBuf> = folders.flat_map(|folder| files(&folder)).collect();
    assert!(all.len() > 40, "{} files were read", all.len());
    for path in all {
        let named = named(&code(&fs::read_to_string(&path).unwrap()));
        assert!(named.is_empty(), "{} names {}", path.display(), named.join(", "));
    }
}

#[test]
fn a_vendor_in_the_code_is_noticed_and_one_in_a_comment_is_not() {
    for (text, want) in [
        ("let able = site.cache.cloudflare();", &["cloudflare"][..]),
        ("match &site.cache { Cache::HttpPurge(_) => {} }", &["httppurge", "cache::"]),
        ("format!(\"[site.http_purge] has no ban\")", &["http_purge"]),
        ("/// Cloudflare takes a hundred.\nconst MOST: usize = 100;", &[]),
        ("fn f() {}\n#[cfg(test)]\nmod tests { fn cloudflare() {} }", &[]),
    ] {
        assert_eq!(named(&code(text)), want, "{text}");
    }
}
