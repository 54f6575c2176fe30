//! `[site.events]`: which keys of which bucket are the site's files, for `--events`.
//!
//! The shape of notifications, and the encoding of their keys, are left to [`crate::events`].

use super::checked::{checked, checked_all};
use super::fault::Fault;
use super::raw::{RawEvents, Text};
use crate::display::shown;

/// `[site.events]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// The bucket; without it, the one that is named like the host of a base URL.
    pub bucket: Option<String>,
    /// The text before a path in a key; empty, or ends in `/`.
    pub prefix: String,
    /// The extensions of the keys that count, without a dot; all when there are none.
    include: Vec<String>,
    /// Those of keys that do not count.
    exclude: Vec<String>,
}

/// The longest name of a bucket that any store takes: 222 characters at Google, 255 of old at S3.
const LONGEST_BUCKET: usize = 255;

impl Events {
    pub(super) fn checked(raw: &RawEvents) -> Result<Events, Fault> {
        let optional = |text: &Option<Text>, check: fn(&str) -> Result<String, Fault>| {
            text.as_ref().map(|text| checked(text, check)).transpose()
        };
        Ok(Events {
            bucket: optional(&raw.bucket, bucket)?,
            prefix: optional(&raw.prefix, prefix)?.unwrap_or_default(),
            include: checked_all(&raw.include_extensions, extension)?,
            exclude: checked_all(&raw.exclude_extensions, extension)?,
        })
    }

    /// Returns true when a path counts by its extension, in capitals or not.
    #[must_use]
    pub fn takes(&self, path: &[u8]) -> bool {
        let name = path.rsplit(|&b| b == b'/').next().unwrap_or_default();
        let has = |extension: &String| {
            let stem = name.len().checked_sub(extension.len() + 1).filter(|stem| *stem > 0);
            stem.is_some_and(|at| name[at] == b'.' && name[at + 1..].eq_ignore_ascii_case(extension.as_bytes()))
        };
        (self.include.is_empty() || self.include.iter().any(has)) && !self.exclude.iter().any(has)
    }
}

fn bucket(text: &str) -> Result<String, Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '$');
    if text.is_empty() || text.len() > LONGEST_BUCKET || !text.chars().all(fits) {
        let message = format!("{} is no bucket's name", shown(text.as_bytes()));
        return Err(Fault::new(
            message,
            "write the name alone, like `bucket = \"my-bucket\"`, without `s3://`, an ARN or a key",
        ));
    }
    Ok(text.to_owned())
}

fn prefix(text: &str) -> Result<String, Fault> {
    let fault = |what: &str, hint: String| Err(Fault::new(format!("{}: {what}", shown(text.as_bytes())), hint));
    if let Some(rest) = text.strip_prefix('/') {
        let rest = rest.trim_matches('/');
        return fault("keys do not begin with `/`", format!("write `prefix = \"{rest}/\"`, or leave it out"));
    }
    if !text.is_empty() && !text.ends_with('/') {
        return fault("a prefix is a directory, and ends in `/`", format!("write `prefix = \"{text}/\"`"));
    }
    if text.strip_suffix('/').is_some_and(|path| path.split('/').any(|part| matches!(part, "" | "." | ".."))) {
        return fault("it holds an empty, `.` or `..` segment", "leave that segment out".to_owned());
    }
    Ok(text.to_owned())
}

fn extension(text: &str) -> Result<String, Fault> {
    let fault = |hint: String| Err(Fault::new(format!("{} is no extension", shown(text.as_bytes())), hint));
    let plain = text.trim_start_matches(['*', '.']);
    if plain.is_empty() || plain.contains(['/', '*', '?', '[', '{']) || plain.chars().any(char::is_control) {
        return fault("write it like `html`; globs belong into `ignore`".to_owned());
    }
    if plain != text {
        return fault(format!("write `{plain}`, without a dot or a star"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_prefixes_and_extensions_are_checked_when_made() {
        for good in ["my-bucket", "www.example.com", "my_bucket.1", "$web"] {
            assert_eq!(bucket(good).as_deref(), Ok(good));
        }
        for bad in ["", "s3://my-bucket", "arn:aws:s3:::my-bucket", "my-bucket/site", "my bucket"] {
            assert!(bucket(bad).unwrap_err().hint.contains("the name alone"), "{bad}");
        }
        for good in ["", "site/", "a/b c/"] {
            assert_eq!(prefix(good).as_deref(), Ok(good));
        }
        for (bad, hint) in [
            ("site", "`prefix = \"site/\"`"),
            ("/site/", "`prefix = \"site/\"`"),
            ("/", "leave it out"),
            ("a//b/", "segment"),
            ("a/../b/", "segment"),
        ] {
            assert!(prefix(bad).unwrap_err().hint.contains(hint), "{bad}");
        }
        for good in ["html", "tar.gz"] {
            assert_eq!(extension(good).as_deref(), Ok(good));
        }
        for (bad, hint) in [(".html", "`html`"), ("*.html", "`html`"), ("", "like"), ("a/b", "globs"), ("m?p", "globs")]
        {
            assert!(extension(bad).unwrap_err().hint.contains(hint), "{bad}");
        }
    }

    #[test]
    fn an_extension_stands_behind_a_name() {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let events = |include: &[&str], exclude: &[&str]| Events {
            include: list(include),
            exclude: list(exclude),
            ..Events::default()
        };
        for (path, included, kept) in [
            ("a.html", true, true),
            ("d/A.HTML", true, true),
            ("a.html/b", false, true),
            (".html", false, true),
            ("html", false, true),
            ("d/", false, true),
            ("a.js.map", false, false),
            ("a.map", false, false),
            ("a.tar.gz", true, true),
            ("a.gz", false, true),
        ] {
            assert_eq!(events(&["html", "tar.gz"], &[]).takes(path.as_bytes()), included, "{path}");
            assert_eq!(events(&[], &["map"]).takes(path.as_bytes()), kept, "{path}");
        }
        assert!(!events(&["map"], &["map"]).takes(b"a.map"), "what is excluded is not included");
    }
}
