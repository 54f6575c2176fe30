//! The digest of what decides the URLs of a site's files: host, forms, index names, spellings, case, links, `ignore` and rules.
//!
//! Two configurations with the same digest list the same URLs for the same files. It is made from what was typed, so that it
//! does not depend on how a version of the program holds it. The changes without a file (`always`, base URLs, thresholds) are
//! not in it.

use std::collections::BTreeSet;

use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::fault::Fault;
use super::mapping_difference::{Settings, since};
use super::raw::RawSite;

/// Hex digits of the digest: enough that no two configurations of a site share it by chance.
const DIGITS: usize = 16;

/// Keys of a rule that give no file a URL.
const WITHOUT_URLS: [&str; 2] = ["volatile", "last"];

/// Keys of a rule that only say which changes it is for.
const CONDITIONS: [&str; 3] = ["match", "except", "on"];

/// Hex digits for each glob of `ignore`.
const IGNORE_DIGITS: usize = 8;

/// The sign before the digits of each glob of `ignore`.
const IGNORED: char = '-';

/// The digest, in hex; then that of each glob of `ignore`, since one more of them takes URLs away and adds none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingDigest {
    text: String,
    settings: Settings,
}

impl MappingDigest {
    /// Makes the digest of a site. `words` are its settings that stand for themselves: host, forms, spellings, links.
    pub(super) fn of(words: &[String], raw: &RawSite) -> Result<MappingDigest, Fault> {
        let mut rules = Vec::new();
        for (number, rule) in (1..).zip(&raw.rule) {
            rules.extend(text(serde_json::to_value(rule))?.map(|text| (number, text)));
        }
        let settings = Settings { words: words.to_vec(), rules };
        let mut text = head(words, &settings.rules.iter().map(|(_, rule)| rule.as_str()).collect::<Vec<_>>());
        let globs = raw.ignore.iter().map(|glob| hex(glob.get_ref(), IGNORE_DIGITS));
        for glob in globs.collect::<BTreeSet<_>>() {
            text.push(IGNORED);
            text.push_str(&glob);
        }
        Ok(MappingDigest { text, settings })
    }

    /// Returns true when every URL that it lists was listed by the one that was written down as `before`.
    #[must_use]
    pub fn lists_no_more_than(&self, before: &str) -> bool {
        let (mut now, mut before) = (self.text.split(IGNORED), before.split(IGNORED));
        let is_same = now.next() == before.next();
        let ignored: BTreeSet<&str> = now.collect();
        is_same && before.all(|glob| ignored.contains(glob))
    }

    /// Returns it as text, to be written down.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Says what has changed since the one that was written down as `before`: `` `host` has changed from nginx to generic ``.
    #[must_use]
    pub fn since(&self, before: &str) -> String {
        let (mut now, mut before) = (self.text.split(IGNORED), before.split(IGNORED));
        let (head_now, head_before) = (now.next(), before.next().unwrap_or_default());
        let ignored: BTreeSet<&str> = now.collect();
        let gone = before.filter(|glob| !ignored.contains(glob)).count();
        let is_same = head_now == Some(head_before);
        let changed = (!is_same).then(|| since(&self.settings, |words, rules| head(words, rules) == head_before));
        let gone = match gone {
            0 => None,
            1 => Some("a glob of `ignore` is gone".to_owned()),
            several => Some(format!("{several} globs of `ignore` are gone")),
        };
        changed.into_iter().chain(gone).collect::<Vec<_>>().join(", and ")
    }
}

/// Returns the digest without that of `ignore`.
fn head(words: &[String], rules: &[&str]) -> String {
    let mut rules = rules.to_vec();
    rules.sort_unstable();
    hex(&serde_json::json!([words, rules]).to_string(), DIGITS)
}

/// Returns the first hex digits of a text's SHA-256.
fn hex(text: &str, digits: usize) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    let hex: Vec<String> = digest.as_ref().iter().take(digits / 2).map(|byte| format!("{byte:02x}")).collect();
    hex.concat()
}

/// Returns a rule as one text; nothing for one that gives no file a URL.
fn text(rule: serde_json::Result<Value>) -> Result<Option<String>, Fault> {
    let cannot = |e: serde_json::Error| Fault::new(format!("a rule cannot be written down: {e}"), "shorten it");
    let Value::Object(mut keys) = rule.map_err(cannot)? else { return Ok(None) };
    keys.retain(|key, value| {
        let is_said = match value {
            Value::Null => false,
            Value::Array(values) => !values.is_empty(),
            _ => true,
        };
        is_said && !WITHOUT_URLS.contains(&key.as_str())
    });
    let says = keys.keys().any(|key| !CONDITIONS.contains(&key.as_str()));
    Ok(says.then(|| Value::Object(keys).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn digest_of(more: &str) -> String {
        let text = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{more}");
        Config::parse(&text, "purge.toml").unwrap().sites.remove(0).mapping.as_str().to_owned()
    }

    #[test]
    fn it_differs_where_files_have_other_urls_and_only_there() {
        let rule = |more: &str| format!("[[site.rule]]\nmatch = [\"a/**\"]\n{more}\n");
        let none = digest_of("");
        for same in [
            "host = \"generic\"\nspellings = \"all\"\nescapes = \"upper\"\nsymlinks = \"follow\"\nignore = []\n",
            "output = \"public\"\nbranch = \"live\"\nalways = [\"/x\"]\ndeleted = \"all\"\ncover = \"off\"\n",
            "[site.threshold]\nurls = 7\n[site.mark]\nstore = \"file:x\"\n",
            &rule("volatile = [\"nonce=\\\"[a-z]*\\\"\"]"),
            &rule("last = true"),
        ] {
            assert_eq!(digest_of(same), none, "{same}");
        }
        let all = [
            "host = \"nginx\"\n".to_owned(),
            "forms = [\"exact\"]\n".to_owned(),
            "forms = [\"exact\", \"directory\"]\n".to_owned(),
            "spellings = \"canonical\"\n".to_owned(),
            "escapes = \"both\"\n".to_owned(),
            "escapes = \"both\"\nspellings = \"canonical\"\n".to_owned(),
            "symlinks = \"ignore\"\n".to_owned(),
            "case = \"insensitive\"\n".to_owned(),
            "index_names = [\"index.htm\"]\n".to_owned(),
            "ignore = [\"a\"]\n".to_owned(),
            "ignore = [\"a\", \"b\"]\n".to_owned(),
            rule("also = [\"/x\"]"),
            rule("scope = \"none\""),
            rule("tags = [\"t\"]"),
            rule("tags = [\"t\"]\non = [\"added\"]"),
            rule("queries = [\"q=1\"]"),
            rule("headers = [{ \"X-A\" = \"b\" }]"),
        ];
        let mut digests: Vec<String> = all.iter().map(|more| digest_of(more)).chain([none]).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), all.len() + 1);
        assert_eq!(digest_of("ignore = [\"b\", \"a\"]\n"), digest_of("ignore = [\"a\", \"b\"]\n"));
        for (before, now, want) in [
            ("", "ignore = [\"a\"]\n", true),
            ("ignore = [\"a\"]\n", "ignore = [\"b\", \"a\"]\n", true),
            ("ignore = [\"a\"]\n", "ignore = [\"a\"]\n", true),
            ("ignore = [\"a\"]\n", "", false),
            ("ignore = [\"a\"]\n", "ignore = [\"b\"]\n", false),
            ("", "host = \"nginx\"\nignore = [\"a\"]\n", false),
        ] {
            let now_digest = MappingDigest { text: digest_of(now), ..MappingDigest::default() };
            assert_eq!(now_digest.lists_no_more_than(&digest_of(before)), want, "{before} {now}");
        }
        let (one, other) = (rule("tags = [\"t\"]"), rule("scope = \"site\""));
        assert_eq!(digest_of(&format!("{one}{other}")), digest_of(&format!("{other}{one}")));
        assert_eq!(
            digest_of("forms = [\"directory\", \"exact\"]\n"),
            digest_of("forms = [\"exact\", \"directory\"]\n")
        );
    }

    #[test]
    fn what_has_changed_is_told_from_and_to() {
        let rule = |tag: &str| format!("[[site.rule]]\nmatch = [\"a/**\"]\ntags = [\"{tag}\"]\n");
        let since = |before: &str, now: &str| {
            let text = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{now}");
            Config::parse(&text, "purge.toml").unwrap().sites.remove(0).mapping.since(&digest_of(before))
        };
        for (before, now, want) in [
            ("host = \"nginx\"\n", "", "`host` has changed from nginx to generic"),
            ("", "host = \"surge\"\n", "`host` has changed from generic to surge"),
            ("spellings = \"canonical\"\n", "", "`spellings` has changed from canonical to all"),
            ("symlinks = \"ignore\"\n", "", "`symlinks` has changed from ignore to follow"),
            ("case = \"insensitive\"\n", "", "`case` has changed from insensitive to what the host does"),
            (
                "host = \"nginx\"\n",
                "symlinks = \"ignore\"\n",
                "`host` has changed from nginx to generic, and `symlinks` has changed from follow to ignore",
            ),
            ("ignore = [\"a\", \"b\"]\n", "", "2 globs of `ignore` are gone"),
            (
                "host = \"nginx\"\nignore = [\"a\"]\n",
                "",
                "`host` has changed from nginx to generic, and a glob of `ignore` is gone",
            ),
            ("", "forms = [\"exact\"]\n", "`forms` has changed from what the host does to [Exact]"),
            (&rule("a"), &format!("{}{}", rule("b"), rule("a")), "rule 1 is new"),
            ("", &format!("{}{}", rule("b"), rule("a")), "all rules are new"),
            (
                &rule("a"),
                &rule("b"),
                "the rules, `forms` or `index_names` have changed, of which it holds no more than a digest",
            ),
        ] {
            assert_eq!(since(before, now), want, "{before} → {now}");
        }
    }
}
