//! Directories in which one of some globs can still match: who looks for files that match need not look into the others.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::{Anchored, Input};

use super::automaton::automaton;

/// Globs, asked for one directory after the other.
pub struct Reach {
    automaton: DFA,
    states: Cache,
}

impl Reach {
    /// Takes the regular expressions of some globs; `None` where there are none, or too many to be asked together.
    pub(super) fn of(globs: &[String]) -> Option<Reach> {
        // Who cannot ask goes everywhere.
        let automaton = (!globs.is_empty()).then(|| automaton(globs).ok())??;
        let states = automaton.create_cache();
        Some(Reach { automaton, states })
    }

    /// Returns false where no file below a directory can match; its path ends in `/`.
    pub fn goes_into(&mut self, directory: &[u8]) -> bool {
        let start = self.automaton.start_state_forward(&mut self.states, &Input::new("").anchored(Anchored::Yes));
        let Ok(mut state) = start else { return true };
        for byte in directory {
            match self.automaton.next_state(&mut self.states, state, *byte) {
                Ok(next) => state = next,
                // The states are too many: it is not known.
                Err(_) => return true,
            }
        }
        !state.is_dead()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::globs;

    #[test]
    fn a_directory_counts_where_a_glob_can_still_match_below_it() {
        let of = |texts: &[&str]| {
            let globs: Vec<String> = texts.iter().map(|text| globs::of_match(text).unwrap().regex).collect();
            Reach::of(&globs).unwrap()
        };
        for (texts, into, past) in [
            (&["blog"][..], &[""][..], &["blog/", "a/"][..]),
            (&["blog/*.html", "img/**"], &["", "blog/", "img/", "img/x/y/"], &["blog/a/", "im/", "imgs/"]),
            (&["a/**/b/*.css"], &["a/", "a/x/", "a/b/"], &["b/", "b/a/"]),
            (&["**/*.map"], &["", "a/", "a/b/c/"], &[]),
            (&["{a,b}/[0-9]/x"], &["a/", "b/7/"], &["c/", "a/x/", "a/7/7/"]),
        ] {
            let mut reach = of(texts);
            for directory in into {
                assert!(reach.goes_into(directory.as_bytes()), "{texts:?} {directory}");
            }
            for directory in past {
                assert!(!reach.goes_into(directory.as_bytes()), "{texts:?} {directory}");
            }
        }
        assert!(Reach::of(&[]).is_none());
    }
}
