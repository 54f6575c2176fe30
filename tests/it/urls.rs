//! The table of paths and their URLs that people read, `tests/urls.txt`, holds in both directions.

use std::collections::{BTreeMap, BTreeSet};

use diffpurge::edge::normalised;

use crate::support::listed;

const TABLE: &str = include_str!("../urls.txt");

/// A path as the table writes it, in bytes; the table's head explains the escapes.
fn path_of(text: &str) -> Vec<u8> {
    let mut path = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        path.extend(plain.as_bytes());
        let kind = escape.chars().next().unwrap_or_else(|| panic!("a path ends with a lone backslash: {text}"));
        rest = &escape[1..];
        match kind {
            '\\' => path.push(b'\\'),
            'n' => path.push(b'\n'),
            't' => path.push(b'\t'),
            'x' => {
                path.push(u8::from_str_radix(&rest[..2], 16).unwrap());
                rest = &rest[2..];
            }
            'u' => {
                let (code, after) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).unwrap();
                let c = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
                path.extend(c.to_string().as_bytes());
                rest = after;
            }
            other => panic!("`\\{other}` is no escape: {text}"),
        }
    }
    path.extend(rest.as_bytes());
    path
}

/// The table: each path as it is written, with its lines of URL paths.
fn table() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut table: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("    ") {
            Some(url) => table.last_mut().expect("a path stands above its URLs").1.push(url),
            None => table.push((line, Vec::new())),
        }
    }
    table
}

#[test]
fn each_path_of_the_table_has_its_urls_and_no_others() {
    let mut differences = String::new();
    for (path, urls) in table() {
        let want: BTreeSet<String> = urls.iter().map(|url| (*url).to_owned()).collect();
        let got = listed("generic", "all", &path_of(path));
        let line = |sign: &str, url: &String| format!("  {sign} {url}\n");
        let missing: String = want.difference(&got).map(|url| line("-", url)).collect();
        let further: String = got.difference(&want).map(|url| line("+", url)).collect();
        if !missing.is_empty() || !further.is_empty() {
            differences.extend([path, "\n", &missing, &further]);
        }
    }
    assert!(
        differences.is_empty(),
        "not as in tests/urls.txt (`-` is in the table only, `+` is purged only):\n\n{differences}"
    );
}

#[test]
fn the_table_holds_a_hundred_paths_each_once_with_sorted_urls_that_can_be_keys() {
    let mut paths = BTreeMap::new();
    for (path, urls) in table() {
        assert_eq!(paths.insert(path_of(path), path), None, "{path} is in the table twice");
        assert!(
            !urls.is_empty() && urls.is_sorted_by(|a, b| a < b),
            "{path}: its URLs are not sorted, or there are none"
        );
        for url in urls {
            assert_eq!(normalised(url), *url, "{path}: what the CDN makes of it is another key");
        }
    }
    assert!(paths.len() >= 100, "{} paths", paths.len());
}
