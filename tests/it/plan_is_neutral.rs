//! `plan` names no provider: what it has to know of one is a value, its capabilities.

use std::fs;
use std::path::Path;

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

#[test]
fn plan_names_no_provider() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/plan");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_code = path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs");
        if is_code {
            files += 1;
            let named = named(&code(&fs::read_to_string(&path).unwrap()));
            assert!(named.is_empty(), "{} names {}", path.display(), named.join(", "));
        }
    }
    assert!(files > 10, "{files} files were read");
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
