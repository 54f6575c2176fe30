//! The digest of what decides the URLs of a site's files: host, forms, spellings, links, `ignore` and rules.
//!
//! Two configurations with the same digest list the same URLs for the same files. It is made from what was typed, so that it
//! does not depend on how a version of the program holds it. What changes without a file (`always`, base URLs, thresholds) is
//! not in it.

use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::fault::Fault;
use super::raw::RawSite;

/// Hex digits of the digest: enough that no two configurations of a site share it by chance.
const DIGITS: usize = 16;

/// Keys of a rule that give no file a URL.
const WITHOUT_URLS: [&str; 1] = ["volatile"];

/// Keys of a rule that only say which changes it is for.
const CONDITIONS: [&str; 3] = ["match", "except", "on"];

/// The digest, in hex.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingDigest(String);

impl MappingDigest {
    /// Makes the digest of a site. `words` are its settings that stand for themselves: host, forms, spellings, links.
    pub(super) fn of(words: &[String], raw: &RawSite) -> Result<MappingDigest, Fault> {
        let mut ignore: Vec<&str> = raw.ignore.iter().map(|glob| glob.get_ref().as_str()).collect();
        ignore.sort_unstable();
        ignore.dedup();
        let mut rules = Vec::new();
        for rule in &raw.rule {
            rules.extend(text(serde_json::to_value(rule))?);
        }
        rules.sort_unstable();
        let all = serde_json::json!([words, ignore, rules]).to_string();
        let digest = digest(&SHA256, all.as_bytes());
        let hex: Vec<String> = digest.as_ref().iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
        Ok(MappingDigest(hex.concat()))
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
    use crate::config::Config;

    fn digest(more: &str) -> String {
        let text = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{more}");
        Config::parse(&text, "purge.toml").unwrap().sites.remove(0).mapping.as_str().to_owned()
    }

    #[test]
    fn it_differs_where_files_have_other_urls_and_only_there() {
        let rule = |more: &str| format!("[[site.rule]]\nmatch = [\"a/**\"]\n{more}\n");
        let none = digest("");
        for same in [
            "host = \"generic\"\nspellings = \"all\"\nsymlinks = \"follow\"\nignore = []\n",
            "output = \"public\"\nbranch = \"live\"\nalways = [\"/x\"]\ndeleted = \"all\"\ncover = \"off\"\n",
            "[site.threshold]\nurls = 7\n[site.mark]\nstore = \"file:x\"\n",
            &rule("volatile = [\"nonce=\\\"[a-z]*\\\"\"]"),
        ] {
            assert_eq!(digest(same), none, "{same}");
        }
        let all = [
            "host = \"nginx\"\n".to_owned(),
            "forms = [\"exact\"]\n".to_owned(),
            "forms = [\"exact\", \"directory\"]\n".to_owned(),
            "spellings = \"canonical\"\n".to_owned(),
            "symlinks = \"ignore\"\n".to_owned(),
            "ignore = [\"a\"]\n".to_owned(),
            "ignore = [\"a\", \"b\"]\n".to_owned(),
            rule("also = [\"/x\"]"),
            rule("scope = \"none\""),
            rule("tags = [\"t\"]"),
            rule("tags = [\"t\"]\non = [\"added\"]"),
            rule("queries = [\"q=1\"]"),
            rule("headers = [{ \"X-A\" = \"b\" }]"),
        ];
        let mut digests: Vec<String> = all.iter().map(|more| digest(more)).chain([none]).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), all.len() + 1);
        assert_eq!(digest("ignore = [\"b\", \"a\"]\n"), digest("ignore = [\"a\", \"b\"]\n"));
        let (one, other) = (rule("tags = [\"t\"]"), rule("scope = \"site\""));
        assert_eq!(digest(&format!("{one}{other}")), digest(&format!("{other}{one}")));
        assert_eq!(digest("forms = [\"directory\", \"exact\"]\n"), digest("forms = [\"exact\", \"directory\"]\n"));
    }
}
