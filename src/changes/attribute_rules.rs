//! The lines of a `.gitattributes` file that bear on what is deployed: how lines end, what an archive leaves out or fills in, and
//! what a filter or another encoding makes of a file.
//!
//! <https://git-scm.com/docs/gitattributes>. A line that is not understood is for every file.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};

/// Attributes that change the bytes that are checked out or archived, and those that say whether they do.
const DEPLOYING: [&str; 8] =
    ["eol", "text", "crlf", "export-ignore", "export-subst", "filter", "ident", "working-tree-encoding"];

/// The macro that git itself knows.
const BINARY: (&str, &str) = ("binary", "-text");

/// The value of each attribute that a path has.
pub(super) type Values = BTreeMap<String, String>;

/// One line: which paths it is for, and what it says; `None` takes an attribute back.
#[derive(Debug)]
pub(super) struct AttributeRule {
    /// The line's words, to compare it with others.
    said: Vec<String>,
    /// `None` is for every path.
    pattern: Option<GlobMatcher>,
    /// It is asked about names, wherever they are.
    is_of_names: bool,
    /// It is for directories alone.
    is_of_directories: bool,
    values: Vec<(String, Option<String>)>,
}

impl PartialEq for AttributeRule {
    fn eq(&self, other: &Self) -> bool {
        self.said == other.said
    }
}

impl AttributeRule {
    /// Makes the rule of a file that cannot be read: something, for every path.
    pub(super) fn unread(id: &str) -> AttributeRule {
        let values = vec![("unread".to_owned(), Some(id.to_owned()))];
        AttributeRule { said: vec![id.to_owned()], pattern: None, is_of_names: false, is_of_directories: false, values }
    }

    /// Adds what it says of a path, which is relative to the file's directory.
    pub(super) fn apply(&self, path: &[u8], is_directory: bool, values: &mut Values) {
        if self.is_of_directories && !is_directory {
            return;
        }
        let asked = if self.is_of_names { path.rsplit(|b| *b == b'/').next().unwrap_or_default() } else { path };
        // Bytes that are no text are asked about as far as they are.
        let asked = String::from_utf8_lossy(asked);
        if self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&*asked)) {
            for (name, value) in &self.values {
                match value {
                    Some(value) => values.insert(name.clone(), value.clone()),
                    None => values.remove(name),
                };
            }
        }
    }
}

/// Reads the lines of a file that bear on what is deployed, in their order.
pub(super) fn rules(text: &[u8]) -> Vec<AttributeRule> {
    // Bytes that are no text would all be the same one.
    let Ok(text) = std::str::from_utf8(text) else { return vec![AttributeRule::unread(&format!("{text:?}"))] };
    let mut macros: BTreeMap<&str, Vec<&str>> = BTreeMap::from([(BINARY.0, vec![BINARY.1])]);
    let mut rules = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(pattern) = words.next() else { continue };
        if let Some(name) = pattern.strip_prefix("[attr]") {
            macros.insert(name, words.collect());
            continue;
        }
        let values: Vec<(String, Option<String>)> = words.flat_map(|word| expanded(word, &macros)).collect();
        if !values.is_empty() && !pattern.starts_with('!') {
            let said =
                [pattern.to_owned()].into_iter().chain(values.iter().map(|value| format!("{value:?}"))).collect();
            let (bare, is_of_directories) = pattern.strip_suffix('/').map_or((pattern, false), |bare| (bare, true));
            let (is_of_names, bare) = (!bare.contains('/'), bare.strip_prefix('/').unwrap_or(bare));
            rules.push(AttributeRule { said, pattern: matcher(bare), is_of_names, is_of_directories, values });
        }
    }
    rules
}

/// Returns what a word says, and what the macro of its name says, of the attributes that count.
fn expanded(word: &str, macros: &BTreeMap<&str, Vec<&str>>) -> Vec<(String, Option<String>)> {
    let own = value(word);
    let of_macro = macros.get(word).into_iter().flatten().map(|word| value(word));
    let counts = |(name, _): &(String, Option<String>)| DEPLOYING.contains(&name.as_str());
    [own].into_iter().chain(of_macro).filter(counts).collect()
}

fn value(word: &str) -> (String, Option<String>) {
    match (word.strip_prefix('-'), word.strip_prefix('!'), word.split_once('=')) {
        (Some(name), ..) => (name.to_owned(), Some("false".to_owned())),
        (_, Some(name), _) => (name.to_owned(), None),
        (.., Some((name, value))) => (name.to_owned(), Some(value.to_owned())),
        _ => (word.to_owned(), Some("true".to_owned())),
    }
}

/// Returns what matches as git does; `None`, which is every path, for a pattern whose syntax is not known here.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    if pattern.starts_with('"') || pattern.contains("[:") {
        return None;
    }
    // Braces are themselves to git.
    let pattern = pattern.replace('{', "[{]").replace('}', "[}]");
    let built = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build();
    // Why it is broken does not matter: it is taken for every path.
    built.ok().map(|glob| glob.compile_matcher())
}
