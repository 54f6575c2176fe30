//! The rules of a site and its `ignore`, and their word on a path.
//!
//! How globs are matched is left to [`super::automaton`], the effect of a rule to [`super::Rule`] and to the mapping.

use std::borrow::Cow;
use std::num::NonZeroU16;

use regex_automata::hybrid::dfa::DFA;

use super::Rule;
use super::automaton::{Group, automaton};
use crate::config::fault::Fault;
use crate::config::globs::GlobText;

/// A rule's place in the file, from 1, as people count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct RuleNumber(NonZeroU16);

impl RuleNumber {
    fn from_index(index: usize) -> Option<RuleNumber> {
        u16::try_from(index + 1).ok().and_then(NonZeroU16::new).map(RuleNumber)
    }

    /// Returns its place from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0.get()) - 1
    }
}

impl std::fmt::Display for RuleNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The owner of a glob.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    Ignore,
    Match(RuleNumber),
    Except(RuleNumber),
}

/// A site's `ignore` and its rules.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    list: Vec<Rule>,
    /// Of all globs; `None` where there is none.
    automaton: Option<DFA>,
    /// The regular expression of each glob, in the automaton's order.
    pub(super) globs: Vec<String>,
    /// The text that was typed for each.
    pub(super) typed: Vec<String>,
    /// The owner of each.
    pub(super) owners: Vec<Owner>,
}

/// Matches one path after the other; holds what the automata have learnt.
pub struct Matcher<'r> {
    rules: &'r Rules,
    groups: Vec<Group<'r>>,
    matched: Vec<RuleNumber>,
    excepted: Vec<RuleNumber>,
}

/// The rules' word on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement<'m> {
    /// `ignore` keeps it out.
    pub ignored: bool,
    /// The rules that match it, in the file's order; none when it is ignored.
    pub rules: &'m [RuleNumber],
}

impl Rules {
    /// Builds the automaton of the globs of `ignore` and of all rules.
    pub(in crate::config) fn new(ignore: &[GlobText], list: Vec<Rule>) -> Result<Rules, Fault> {
        let mut owners = vec![Owner::Ignore; ignore.len()];
        let mut texts = ignore.to_vec();
        for (index, rule) in list.iter().enumerate() {
            let Some(number) = RuleNumber::from_index(index) else {
                return Err(Fault::new("a site has at most 65,535 rules", "one rule takes many globs: `match = […]`"));
            };
            for (patterns, owner) in [(&rule.matches, Owner::Match(number)), (&rule.except, Owner::Except(number))] {
                texts.extend_from_slice(patterns);
                owners.resize(texts.len(), owner);
            }
        }
        if texts.is_empty() {
            return Ok(Rules::default());
        }
        let (typed, globs): (Vec<String>, Vec<String>) = texts.into_iter().map(|text| (text.typed, text.regex)).unzip();
        let automaton = automaton(&globs)
            .map_err(|e| Fault::new(format!("the globs are too much together: {e}"), "use fewer or shorter globs"))?;
        Ok(Rules { list, automaton: Some(automaton), globs, typed, owners })
    }

    /// Returns the rules in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = (RuleNumber, &Rule)> {
        self.list.iter().enumerate().filter_map(|(index, rule)| Some((RuleNumber::from_index(index)?, rule)))
    }

    /// Returns the rule with a number that came from here.
    #[must_use]
    pub fn get(&self, number: RuleNumber) -> &Rule {
        &self.list[number.index()]
    }

    /// Returns the names of the rules, each at its number's index.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.list.iter().map(|rule| rule.name.clone()).collect()
    }

    /// Begins to match paths.
    #[must_use]
    pub fn matcher(&self) -> Matcher<'_> {
        let all = self.automaton.as_ref().map(|automaton| Group::new(Cow::Borrowed(automaton), 0..self.globs.len()));
        Matcher { rules: self, groups: all.into_iter().collect(), matched: Vec::new(), excepted: Vec::new() }
    }
}

impl Matcher<'_> {
    /// Visits every glob that matches a path's bytes, by its place among the rules' globs.
    pub(super) fn each_glob(&mut self, path: &[u8], mut visit: impl FnMut(usize)) {
        self.find(path);
        for group in &self.groups {
            group.found().iter().for_each(|glob| visit(*glob));
        }
    }

    /// Finds the globs that match in each group; a group whose globs get in each other's way is split.
    fn find(&mut self, path: &[u8]) {
        let mut next = 0;
        while next < self.groups.len() {
            if self.groups[next].find(path) {
                next += 1;
            } else {
                let halves = self.groups[next].halves(&self.rules.globs);
                self.groups.splice(next..=next, halves);
            }
        }
    }

    /// Judges a path's bytes.
    pub fn judge(&mut self, path: &[u8]) -> Judgement<'_> {
        self.matched.clear();
        self.excepted.clear();
        let mut ignored = false;
        self.find(path);
        // Globs come in the rules' order, and so do the groups.
        for group in &self.groups {
            for glob in group.found() {
                match self.rules.owners[*glob] {
                    Owner::Ignore => ignored = true,
                    Owner::Match(rule) if self.matched.last() != Some(&rule) => self.matched.push(rule),
                    Owner::Match(_) => {}
                    Owner::Except(rule) => self.excepted.push(rule),
                }
            }
        }
        if ignored {
            self.matched.clear();
        }
        let excepted = &self.excepted;
        self.matched.retain(|rule| !excepted.contains(rule));
        Judgement { ignored, rules: &self.matched }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn globs_that_get_in_each_others_way_are_matched_in_parts_and_match_the_same() {
        let rule = |i: usize| {
            format!("[[site.rule]]\nmatch = [\"**/*{i:02}*/**\", \"**/*-{i:02}*.html\"]\ntags = [\"t{i}\"]\n")
        };
        let rules: String = (0..100).map(rule).collect();
        let head = "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\nignore = [\"**/*9999*\"]\n";
        let site = Config::parse(&format!("{head}{rules}"), "purge.toml").unwrap().sites.remove(0);
        let mut matcher = site.rules.matcher();
        for i in 0..2_000u32 {
            let path = format!("a{}/b-{}/x-{i}.html", i * 7919 % 10007, i * 104_729 % 9973);
            let said = matcher.judge(path.as_bytes());
            let (directories, name) = path.rsplit_once('/').unwrap();
            let fits = |n: &usize| {
                let two = format!("{n:02}");
                directories.split('/').any(|d| d.contains(&two)) || name.contains(&format!("-{two}"))
            };
            let ignored = name.contains("9999");
            let want: Vec<usize> = (0..100).filter(|n| !ignored && fits(n)).collect();
            assert_eq!(said.ignored, ignored, "{path}");
            assert_eq!(said.rules.iter().map(|rule| rule.index()).collect::<Vec<_>>(), want, "{path}");
        }
        assert!(matcher.groups.len() > 1, "these globs are not the ones that were meant");
    }
}
