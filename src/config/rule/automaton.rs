//! Many globs in one automaton, which tells those that match a path.
//!
//! One pass over a path's bytes costs hardly more for a hundred globs than for one; a set of globs tried one after the other costs
//! ten times as much. A glob is about the whole of a path, so it matches at the end or not at all. The files of a directory come
//! one behind the other: the state at the last slash is kept, and only names are read anew. The owner of a glob is
//! left to [`super::rules`].

use std::borrow::Cow;
use std::ops::Range;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::hybrid::{BuildError, LazyStateID};
use regex_automata::nfa::thompson;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

/// Bytes of compiled globs; hundreds of long ones stay below it.
const MOST_BYTES: usize = 64 << 20;

/// Bytes of the automaton's states that are kept while paths are matched; when they are full it starts afresh.
const STATE_BYTES: usize = 4 << 20;

/// Bytes of paths that have to be read for each state made, once an automaton has started afresh. Some globs (`**/*a*b*`) multiply each
/// other's states; those that make hardly anything but states are matched in two halves.
const BYTES_PER_STATE: usize = 400;

/// Globs that are matched together: all of them, unless they get in each other's way.
pub(super) struct Group<'r> {
    automaton: Cow<'r, DFA>,
    states: Cache,
    /// Which of the rules' globs, by index.
    globs: Range<usize>,
    /// The globs that match the path at hand, sorted, as they are counted among all.
    found: Vec<usize>,
    /// The directory of the path before, with its slash.
    directory: Vec<u8>,
    behind: Option<Behind>,
}

/// The state of the automaton behind [`Group::directory`].
#[derive(Clone, Copy)]
struct Behind {
    state: LazyStateID,
    /// How often the states were thrown away until then: each time they lose their meaning.
    clears: usize,
}

/// The globs make more states than they read bytes.
struct Wasteful;

/// Builds one automaton for some globs. A single one is never given up.
pub(super) fn automaton(globs: &[String]) -> Result<DFA, Box<BuildError>> {
    let limit = (globs.len() > 1).then_some(1);
    let config = DFA::config()
        .match_kind(MatchKind::All)
        .cache_capacity(STATE_BYTES)
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(limit)
        .minimum_bytes_per_state(limit.map(|_| BYTES_PER_STATE));
    DFA::builder()
        .syntax(syntax::Config::new().utf8(false).dot_matches_new_line(true))
        .thompson(thompson::Config::new().utf8(false).nfa_size_limit(Some(MOST_BYTES)))
        .configure(config)
        .build_many(globs)
        .map_err(Box::new)
}

impl<'r> Group<'r> {
    pub(super) fn new(automaton: Cow<'r, DFA>, globs: Range<usize>) -> Group<'r> {
        let states = automaton.create_cache();
        Group { automaton, states, globs, found: Vec::new(), directory: Vec::new(), behind: None }
    }

    /// Returns the globs that match the last path that was looked at, sorted.
    pub(super) fn found(&self) -> &[usize] {
        &self.found
    }

    /// Finds the globs that match; false when they make more states than they read.
    pub(super) fn find(&mut self, path: &[u8]) -> bool {
        self.found.clear();
        let Ok(state) = self.end_of(path) else { return false };
        if state.is_match() {
            let of = |i| self.automaton.match_pattern(&self.states, state, i).as_usize();
            self.found.extend((0..self.automaton.match_len(&self.states, state)).map(|i| self.globs.start + of(i)));
        }
        self.found.sort_unstable();
        true
    }

    /// Returns the state at the end of a path.
    fn end_of(&mut self, path: &[u8]) -> Result<LazyStateID, Wasteful> {
        let name = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        let (directory, name) = path.split_at(name);
        let state = self.behind(directory)?;
        let state = self.walk(state, name)?;
        self.automaton.next_eoi_state(&mut self.states, state).map_err(|_| Wasteful)
    }

    /// Returns the state behind a directory, which is empty or ends in a slash.
    fn behind(&mut self, directory: &[u8]) -> Result<LazyStateID, Wasteful> {
        let known = self.behind.filter(|behind| behind.clears == self.states.clear_count());
        if let Some(Behind { state, .. }) = known.filter(|_| *self.directory == *directory) {
            return Ok(state);
        }
        self.behind = None;
        let config = start::Config::new().anchored(Anchored::Yes);
        let state = self.automaton.start_state(&mut self.states, &config).map_err(|_| Wasteful)?;
        let state = self.walk(state, directory)?;
        self.directory.clear();
        self.directory.extend_from_slice(directory);
        self.behind = Some(Behind { state, clears: self.states.clear_count() });
        Ok(state)
    }

    /// Goes on from a state over some bytes. The cache is told how many, since it judges by them whether its states pay.
    fn walk(&mut self, mut state: LazyStateID, bytes: &[u8]) -> Result<LazyStateID, Wasteful> {
        self.states.search_start(0);
        for byte in bytes {
            state = self.automaton.next_state(&mut self.states, state, *byte).map_err(|_| Wasteful)?;
            if state.is_dead() {
                break;
            }
        }
        self.states.search_finish(bytes.len());
        Ok(state)
    }

    /// Splits its globs into two halves.
    pub(super) fn halves(&self, all: &[String]) -> [Group<'static>; 2] {
        let Range { start, end } = self.globs;
        let middle = usize::midpoint(start, end);
        [start..middle, middle..end].map(|globs| {
            #[expect(clippy::expect_used, reason = "they were built before, with others beside them")]
            let automaton = automaton(&all[globs.clone()]).expect("a part of globs is smaller than the whole");
            Group::new(Cow::Owned(automaton), globs)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_automata::{Input, PatternSet};

    use super::*;

    /// Globs as regular expressions, as [`crate::config::globs`] makes them.
    fn regexes(globs: &[String]) -> Vec<String> {
        globs
            .iter()
            .map(|glob| globset::GlobBuilder::new(glob).literal_separator(true).build().unwrap().regex().to_owned())
            .collect()
    }

    proptest! {
        #[test]
        fn a_path_matches_the_same_whatever_came_before_it(
            globs in proptest::collection::vec("(\\*\\*/)?[ab*]{1,2}(/[ab*?]{1,2}){0,2}(/\\*\\*)?", 1..6),
            paths in proptest::collection::vec("[ab\u{e9}]{1,3}(/[ab]{1,2}){0,3}", 1..30),
        ) {
            let globs = regexes(&globs);
            let automaton = automaton(&globs).unwrap();
            let mut group = Group::new(Cow::Borrowed(&automaton), 3..3 + globs.len());
            let (mut states, mut want) = (automaton.create_cache(), PatternSet::new(globs.len()));
            for path in &paths {
                want.clear();
                let input = Input::new(path.as_bytes()).anchored(Anchored::Yes);
                automaton.try_which_overlapping_matches(&mut states, &input, &mut want).unwrap();
                prop_assert!(group.find(path.as_bytes()));
                prop_assert_eq!(group.found(), want.iter().map(|glob| 3 + glob.as_usize()).collect::<Vec<_>>(), "{}", path);
            }
        }
    }
}
