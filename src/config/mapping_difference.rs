//! The settings in which a mapping differs from one of which only a digest was written down.
//!
//! A digest cannot be read back, but a guess can be tried: each value that a setting can have, and each rule left out. So the message
//! names what has changed, from and to, and no list of suspects. A value that is free text is never guessed.

use super::form::HOST_PRESETS;

/// Settings of a mapping, as its digest is made of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// One text each, in the order of [`KEYS`].
    pub(super) words: Vec<String>,
    /// The rules that give files URLs, each with its number, in the order of the file.
    pub(super) rules: Vec<(usize, String)>,
}

/// The keys behind the words.
const KEYS: [&str; 6] = ["host", "forms", "spellings", "symlinks", "case", "index_names"];

/// The words of a key that was left out.
const UNSET: [&str; 2] = ["", "None"];

/// Values of `spellings` and `escapes`, in the words of the digest and as they are typed.
const SPELLINGS: [(&str, &str); 4] = [
    ("All", "all"),
    ("Canonical", "canonical"),
    ("All with small escapes", "all (with `escapes = \"both\"`)"),
    ("Canonical with small escapes", "canonical (with `escapes = \"both\"`)"),
];

/// Values of `symlinks`, likewise.
const SYMLINKS: [(&str, &str); 2] = [("Follow", "follow"), ("Ignore", "ignore")];

/// Values of `case`, likewise.
const CASES: [(&str, &str); 2] = [("Some(Sensitive)", "sensitive"), ("Some(Insensitive)", "insensitive")];

/// The words behind settings that no guess has found.
const UNKNOWN: &str = "the rules, `forms` or `index_names` have changed, of which it holds no more than a digest";

/// Returns the settings that have changed, in words, where `is_it` tells the digest of the ones before.
pub(super) fn since(now: &Settings, is_it: impl Fn(&[String], &[&str]) -> bool) -> String {
    let rules: Vec<&str> = now.rules.iter().map(|(_, rule)| rule.as_str()).collect();
    let guesses = guesses(&now.words);
    if let Some(words) = guesses.iter().find(|words| is_it(words, &rules)) {
        return changed(words, &now.words);
    }
    for left_out in 0..rules.len() {
        let mut others = rules.clone();
        others.remove(left_out);
        if is_it(&now.words, &others) {
            return format!("rule {} is new", now.rules[left_out].0);
        }
    }
    let without_rules = guesses.iter().find(|words| !rules.is_empty() && is_it(words, &[]));
    match without_rules.map(|words| changed(words, &now.words)) {
        Some(changed) if changed.is_empty() => "all rules are new".to_owned(),
        Some(changed) => format!("{changed}, and all rules are new"),
        None => UNKNOWN.to_owned(),
    }
}

/// Returns the words that may have stood there before, those with the fewest changes first.
fn guesses(now: &[String]) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for (key, word) in now.iter().enumerate() {
        let mut values: Vec<String> = vec![word.clone()];
        values.extend(others(key).into_iter().filter(|other| other != word));
        all = all
            .iter()
            .flat_map(|begun| values.iter().map(|value| [&begun[..], std::slice::from_ref(value)].concat()))
            .collect();
    }
    let differ = |words: &Vec<String>| words.iter().zip(now).filter(|(one, other)| one != other).count();
    all.sort_by_key(differ);
    all
}

/// Returns the words that a key can have.
fn others(key: usize) -> Vec<String> {
    let named = |values: &[(&str, &str)]| values.iter().map(|(word, _)| (*word).to_owned()).collect::<Vec<_>>();
    match key {
        0 => HOST_PRESETS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        2 => named(&SPELLINGS),
        3 => named(&SYMLINKS),
        4 => [named(&CASES), vec![UNSET[1].to_owned()]].concat(),
        1 => vec![UNSET[0].to_owned()],
        _ => vec![UNSET[1].to_owned()],
    }
}

/// Says what has changed, from and to: `` `host` has changed from nginx to generic ``.
fn changed(before: &[String], now: &[String]) -> String {
    let differ = KEYS.iter().zip(before.iter().zip(now)).filter(|(_, (before, now))| before != now);
    let texts =
        differ.map(|(key, (before, now))| format!("`{key}` has changed from {} to {}", typed(before), typed(now)));
    texts.collect::<Vec<_>>().join(", and ")
}

/// Returns a word as it is typed.
fn typed(word: &str) -> String {
    if UNSET.contains(&word) {
        return "what the host does".to_owned();
    }
    let mut known = SPELLINGS.iter().chain(&SYMLINKS).chain(&CASES);
    let typed = known.find(|(known, _)| *known == word).map(|(_, typed)| (*typed).to_owned());
    typed.unwrap_or_else(|| {
        word.strip_prefix("Some(").and_then(|list| list.strip_suffix(')')).unwrap_or(word).to_owned()
    })
}
