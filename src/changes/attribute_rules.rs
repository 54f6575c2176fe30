//! The lines of a `.gitattributes` file that bear on what is deployed: how lines end, what an archive leaves out or fills in, and
//! what a filter or another encoding makes of a file.
//!
//! <https://git-scm.com/docs/gitattributes>. A line that is not understood is for every file, and says that it was not.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};

use super::c_quoted::decoded;

/// Attributes that change the bytes that are checked out or archived, and those that say whether they do.
const DEPLOYING: [&str; 8] =
    ["eol", "text", "crlf", "export-ignore", "export-subst", "filter", "ident", "working-tree-encoding"];

/// The attribute that stands for a line, or a file, that could not be read.
pub(super) const UNREAD: &str = "unread";

/// The beginning of a line that gives a name to several attributes.
const MACRO: &[u8] = b"[attr]";

/// The value of each attribute that a path has.
pub(super) type Values = BTreeMap<String, String>;

/// A word of a line: an attribute and its value; `None` takes it back.
pub(super) type Word = (String, Option<String>);

/// The names of several attributes. Only the file at the top of a repository gives such names.
pub(super) struct Macros(BTreeMap<String, Vec<Word>>);

/// One line: which paths it is for, and what it says.
#[derive(Debug)]
pub(super) struct AttributeRule {
    pattern: Pattern,
    /// It is asked about names, wherever they are.
    is_of_names: bool,
    /// It is for directories alone.
    is_of_directories: bool,
    words: Vec<Word>,
}

/// The paths that a line is for. Most lines name one path, or one end of names: a glob for each would cost much memory.
#[derive(Debug)]
enum Pattern {
    Every,
    Literal(String),
    Ending(String),
    Glob(GlobMatcher),
}

/// Globs of one file that are made; the lists of real sites have a few dozen.
const MOST_GLOBS: usize = 2000;

impl Pattern {
    /// Returns what matches as git does; every path, for a pattern whose syntax is not known here.
    fn of(pattern: &str) -> Pattern {
        let is_plain = |text: &str| !text.contains(['*', '?', '[', '\\']);
        if is_plain(pattern) {
            return Pattern::Literal(pattern.to_owned());
        }
        if let Some(end) = pattern.strip_prefix('*').filter(|end| is_plain(end) && !end.contains('/')) {
            return Pattern::Ending(end.to_owned());
        }
        if pattern.contains("[:") {
            return Pattern::Every;
        }
        let built =
            GlobBuilder::new(&with_plain_braces(pattern)).literal_separator(true).backslash_escape(true).build();
        // Why it is broken does not matter: it is taken for every path.
        built.map_or(Pattern::Every, |glob| Pattern::Glob(glob.compile_matcher()))
    }

    fn is_match(&self, asked: &str) -> bool {
        match self {
            Pattern::Every => true,
            Pattern::Literal(whole) => asked == whole,
            Pattern::Ending(end) => asked.strip_suffix(end.as_str()).is_some_and(|rest| !rest.contains('/')),
            Pattern::Glob(glob) => glob.is_match(asked),
        }
    }
}

/// Returns a pattern in which braces are themselves, as to git.
fn with_plain_braces(pattern: &str) -> String {
    let (mut plain, mut is_in_class) = (String::with_capacity(pattern.len()), false);
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek().is_some_and(|next| matches!(next, '{' | '}')) => {}
            '\\' => {
                plain.push(letter);
                plain.extend(letters.next());
            }
            '{' | '}' if !is_in_class => plain.extend(['[', letter, ']']),
            _ => {
                is_in_class = letter == '[' || is_in_class && letter != ']';
                plain.push(letter);
            }
        }
    }
    plain
}

impl Macros {
    /// Reads those of the file at the top, and the one that git itself knows.
    pub(super) fn read(text: &[u8]) -> Macros {
        let mut macros = BTreeMap::from([("binary".to_owned(), words("-diff -merge -text"))]);
        for line in lines(text).filter_map(|line| line.strip_prefix(MACRO)) {
            let line = String::from_utf8_lossy(line);
            let line = line.trim_start();
            let (name, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
            macros.insert(name.to_owned(), words(rest));
        }
        Macros(macros)
    }

    /// Returns what some words say together, those of the last line last. Each is held against all behind it, and so are the words
    /// that a name stands for.
    pub(super) fn resolved<'w>(&self, words: impl Iterator<Item = &'w Word>) -> Values {
        let mut said: BTreeMap<String, Option<String>> = BTreeMap::new();
        // Names may stand for names, as deep as a hostile file has lines.
        let mut open: Vec<&Word> = words.collect();
        while let Some((name, value)) = open.pop() {
            if said.contains_key(name) {
                continue;
            }
            said.insert(name.clone(), value.clone());
            if value.as_deref() == Some("true") {
                open.extend(self.0.get(name).into_iter().flatten());
            }
        }
        let counts = |name: &str| DEPLOYING.contains(&name) || name == UNREAD;
        said.into_iter().filter(|(name, _)| counts(name)).filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl AttributeRule {
    /// Makes the rule of what cannot be read: something, for every path.
    pub(super) fn unread(what: &str) -> AttributeRule {
        let words = vec![(UNREAD.to_owned(), Some(what.to_owned()))];
        AttributeRule { pattern: Pattern::Every, is_of_names: false, is_of_directories: false, words }
    }

    /// Returns what it says of a path, which is relative to the file's directory.
    pub(super) fn of(&self, path: &[u8], is_directory: bool) -> &[Word] {
        if self.is_of_directories && !is_directory {
            return &[];
        }
        let asked = if self.is_of_names { path.rsplit(|b| *b == b'/').next().unwrap_or_default() } else { path };
        // Bytes that are no text are asked about as far as they are.
        let asked = String::from_utf8_lossy(asked);
        if self.pattern.is_match(&asked) { &self.words } else { &[] }
    }
}

/// Reads the lines of a file that bear on what is deployed, in their order.
pub(super) fn rules(text: &[u8], macros: &Macros) -> Vec<AttributeRule> {
    let (mut rules, mut globs) = (Vec::new(), 0);
    for line in lines(text).filter(|line| !line.starts_with(MACRO)) {
        let Ok(said) = std::str::from_utf8(line) else {
            rules.push(AttributeRule::unread(&format!("{line:?}")));
            continue;
        };
        let (pattern, rest) = taken_apart(said);
        let bears = |(name, _): &Word| DEPLOYING.contains(&name.as_str()) || macros.0.contains_key(name);
        let mut words: Vec<Word> = words(rest).into_iter().filter(bears).collect();
        if words.is_empty() || pattern.as_deref().is_some_and(|pattern| pattern.starts_with('!')) {
            continue;
        }
        let bare = pattern.as_deref().unwrap_or_default();
        let (bare, is_of_directories) = bare.strip_suffix('/').map_or((bare, false), |bare| (bare, true));
        let (is_of_names, bare) = (!bare.contains('/'), bare.strip_prefix('/').unwrap_or(bare));
        let mut pattern = if pattern.is_some() { Pattern::of(bare) } else { Pattern::Every };
        globs += usize::from(matches!(pattern, Pattern::Glob(_)));
        if globs > MOST_GLOBS {
            pattern = Pattern::Every;
        }
        if matches!(pattern, Pattern::Every) {
            words.push((UNREAD.to_owned(), Some(said.to_owned())));
        }
        rules.push(AttributeRule { pattern, is_of_names, is_of_directories, words });
    }
    rules
}

/// Returns the lines that say something.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with(b"#"))
}

/// Takes a line apart: its pattern, `None` where the quotes are not git's, and its words.
fn taken_apart(line: &str) -> (Option<String>, &str) {
    if !line.starts_with('"') {
        let (pattern, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
        return (Some(pattern.to_owned()), rest);
    }
    let mut is_escaped = false;
    let mut ends = |byte: u8| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    };
    let end = line.bytes().skip(1).position(&mut ends).map_or(line.len(), |at| at + 2);
    let (quoted, rest) = line.split_at(end);
    (decoded(quoted.as_bytes()).and_then(|pattern| String::from_utf8(pattern).ok()), rest)
}

/// Returns the attributes that stand in a text, each with what it says.
fn words(text: &str) -> Vec<Word> {
    text.split_whitespace().map(word).collect()
}

fn word(word: &str) -> Word {
    match (word.strip_prefix('-'), word.strip_prefix('!'), word.split_once('=')) {
        (Some(name), ..) => (name.to_owned(), Some("false".to_owned())),
        (_, Some(name), _) => (name.to_owned(), None),
        (.., Some((name, value))) => (name.to_owned(), Some(value.to_owned())),
        _ => (word.to_owned(), Some("true".to_owned())),
    }
}
