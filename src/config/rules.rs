//! All globs of a site in one automaton: `ignore`, and what each rule matches and excepts.
//!
//! One pass over a path's bytes says whether it is ignored and which rules match it, at a cost that hardly grows with
//! their number; a set of globs tried one after the other costs ten times as much at a hundred rules. What a rule does is
//! left to [`super::rule`] and to the mapping.

use std::num::NonZeroU16;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind, PatternSet};

use super::error::Fault;
use super::rule::Rule;

/// Bytes of compiled globs; hundreds of long ones stay below it.
const MOST_BYTES: usize = 64 << 20;

/// Bytes of the automaton's states that are kept while paths are matched; when they are full it starts afresh.
const CACHE_BYTES: usize = 16 << 20;

/// A rule's place in the file, from 1, as people count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct RuleNumber(NonZeroU16);

impl RuleNumber {
    fn of_index(index: usize) -> Option<RuleNumber> {
        u16::try_from(index + 1).ok().and_then(NonZeroU16::new).map(RuleNumber)
    }

    /// Its place from 0.
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

/// Whose glob it is.
#[derive(Debug, Clone, Copy)]
enum Owner {
    Ignore,
    Match(RuleNumber),
    Except(RuleNumber),
}

/// A site's `ignore` and its rules.
#[derive(Debug, Clone)]
pub struct Rules {
    list: Vec<Rule>,
    /// `None` where there is no glob.
    automaton: Option<DFA>,
    /// One for each glob, in the automaton's order.
    owners: Vec<Owner>,
}

/// Matches one path after the other; holds what the automaton has learnt.
pub struct Matcher<'r> {
    rules: &'r Rules,
    automaton: Option<(&'r DFA, Cache)>,
    globs: PatternSet,
    matched: Vec<RuleNumber>,
    excepted: Vec<RuleNumber>,
}

/// What the rules say about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement<'m> {
    /// `ignore` keeps it out.
    pub ignored: bool,
    /// The rules that match it, in the file's order; none when it is ignored.
    pub rules: &'m [RuleNumber],
}

impl Default for Rules {
    /// No globs at all: every path is kept, and no rule matches.
    fn default() -> Self {
        Rules { list: Vec::new(), automaton: None, owners: Vec::new() }
    }
}

impl Rules {
    /// `ignore` are the regular expressions of globs.
    pub(super) fn new(ignore: &[String], list: Vec<Rule>) -> Result<Rules, Fault> {
        let mut owners = vec![Owner::Ignore; ignore.len()];
        let mut globs: Vec<&str> = ignore.iter().map(String::as_str).collect();
        for (index, rule) in list.iter().enumerate() {
            let Some(number) = RuleNumber::of_index(index) else {
                return Err(Fault::new("a site has at most 65,535 rules", "one rule takes many globs: `match = […]`"));
            };
            for (patterns, owner) in [(&rule.matches, Owner::Match(number)), (&rule.except, Owner::Except(number))] {
                globs.extend(patterns.iter().map(String::as_str));
                owners.resize(globs.len(), owner);
            }
        }
        if globs.is_empty() {
            return Ok(Rules::default());
        }
        let automaton = DFA::builder()
            .syntax(syntax::Config::new().utf8(false).dot_matches_new_line(true))
            .thompson(thompson::Config::new().utf8(false).nfa_size_limit(Some(MOST_BYTES)))
            .configure(DFA::config().match_kind(MatchKind::All).cache_capacity(CACHE_BYTES))
            .build_many(&globs)
            .map_err(|e| Fault::new(format!("the globs are too much together: {e}"), "use fewer or shorter globs"))?;
        Ok(Rules { list, automaton: Some(automaton), owners })
    }

    /// The rules in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = (RuleNumber, &Rule)> {
        self.list.iter().enumerate().filter_map(|(index, rule)| Some((RuleNumber::of_index(index)?, rule)))
    }

    /// The rule with a number that came from here.
    #[must_use]
    pub fn get(&self, number: RuleNumber) -> &Rule {
        &self.list[number.index()]
    }

    /// The names of the rules, each at its number's index.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.list.iter().map(|rule| rule.name.clone()).collect()
    }

    /// Begins to match paths.
    #[must_use]
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher {
            rules: self,
            automaton: self.automaton.as_ref().map(|automaton| (automaton, automaton.create_cache())),
            globs: PatternSet::new(self.owners.len()),
            matched: Vec::new(),
            excepted: Vec::new(),
        }
    }
}

impl Matcher<'_> {
    /// Judges a path's bytes.
    #[expect(clippy::missing_panics_doc, reason = "the automaton is configured so that a search cannot fail")]
    pub fn judge(&mut self, path: &[u8]) -> Judgement<'_> {
        self.matched.clear();
        self.excepted.clear();
        let Some((automaton, cache)) = &mut self.automaton else {
            return Judgement { ignored: false, rules: &self.matched };
        };
        self.globs.clear();
        let input = Input::new(path).anchored(Anchored::Yes);
        #[expect(
            clippy::expect_used,
            reason = "only a limit on cache clearings or a quit byte fails, and neither is set"
        )]
        automaton
            .try_which_overlapping_matches(cache, &input, &mut self.globs)
            .expect("the automaton neither gives up nor quits");
        let mut ignored = false;
        // Globs come in the rules' order.
        for glob in self.globs.iter() {
            match self.rules.owners[glob.as_usize()] {
                Owner::Ignore => ignored = true,
                Owner::Match(rule) if self.matched.last() != Some(&rule) => self.matched.push(rule),
                Owner::Match(_) => {}
                Owner::Except(rule) => self.excepted.push(rule),
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
