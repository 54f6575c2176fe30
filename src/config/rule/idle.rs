//! Globs of `ignore` and `match` that match no file: mostly slips, such as `blog` for `blog/**`.
//!
//! The owner of the files lets them be seen, one after the other, until each glob has met one. For those that did not, the glob that was
//! probably meant is tried on the same files. A glob of `except` that matches nothing takes nothing away, and is passed over.

use std::convert::Infallible;

use super::reach::Reach;
use super::rules::{Matcher, Owner, RuleNumber, Rules};
use crate::config::OutputDir;
use crate::config::globs::{self, GlobText};
use crate::display::shown;

/// Globs that have met no file so far.
pub struct Sighting<'r> {
    rules: &'r Rules,
    matcher: Matcher<'r>,
    /// The state of each glob.
    states: Vec<State>,
    /// Those that still have to meet one.
    left: usize,
}

/// What is known of a glob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It has met no file so far.
    Idle,
    /// It has met one.
    Met,
    /// Nobody asks for it.
    PassedOver,
}

/// A glob that matches no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleGlob {
    /// As typed.
    pub glob: String,
    /// The rule whose `match` it stands in; none for `ignore`.
    pub rule: Option<RuleNumber>,
    /// The glob that was probably meant, which matches something.
    pub likely: Option<String>,
}

impl Rules {
    /// Begins to look for globs that match no file.
    #[must_use]
    pub fn sighting(&self) -> Sighting<'_> {
        let state = |owner: &Owner| if matches!(owner, Owner::Except(_)) { State::PassedOver } else { State::Idle };
        let states: Vec<State> = self.owners.iter().map(state).collect();
        let left = states.iter().filter(|state| **state == State::Idle).count();
        Sighting { rules: self, matcher: self.matcher(), states, left }
    }
}

impl Sighting<'_> {
    /// Returns true when every glob has met a file, so that no more need to be seen.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Lets files be seen, as long as there is a glob that has met none.
    pub fn see<'p>(&mut self, paths: impl IntoIterator<Item = &'p [u8]>) {
        let (states, left) = (&mut self.states, &mut self.left);
        for path in paths {
            if *left == 0 {
                return;
            }
            self.matcher.each_glob(path, |glob| {
                if states[glob] == State::Idle {
                    states[glob] = State::Met;
                    *left -= 1;
                }
            });
        }
    }

    /// Returns the directories in which a glob that has met nothing can match; `None` where that may be anywhere.
    #[must_use]
    pub fn reach(&self) -> Option<Reach> {
        let idle = self.states.iter().zip(&self.rules.globs).filter(|(state, _)| **state == State::Idle);
        Reach::of(&idle.map(|(_, glob)| glob.clone()).collect::<Vec<_>>())
    }

    /// Asks no longer for globs that may match in any directory of the web root.
    pub fn pass_over_open_ones(&mut self) {
        for (state, glob) in self.states.iter_mut().zip(&self.rules.typed) {
            // Without a slash it is about the web root alone, unless `**` crosses it.
            let (first, has_more) = glob.split_once('/').map_or((&**glob, false), |(first, _)| (first, true));
            let is_open = first.contains("**") || has_more && first.contains(['*', '?', '[']);
            if *state == State::Idle && is_open {
                *state = State::PassedOver;
                self.left -= 1;
            }
        }
    }

    /// Returns the globs that met nothing, in the file's order, each with the one that was probably meant for these files.
    #[must_use]
    pub fn idle(self, output: &OutputDir, paths: &[Box<[u8]>]) -> Vec<IdleGlob> {
        let shown = self.idle_by(output, &mut |sighting| -> Result<(), Infallible> {
            sighting.see(paths.iter().map(|path| &**path));
            Ok(())
        });
        shown.unwrap_or_else(|never| match never {})
    }

    /// Does the same where the files are shown by somebody else.
    ///
    /// # Errors
    /// When they cannot be shown.
    pub fn idle_by<E>(
        self,
        output: &OutputDir,
        show: &mut impl FnMut(&mut Sighting<'_>) -> Result<(), E>,
    ) -> Result<Vec<IdleGlob>, E> {
        let idle = self.states.iter().enumerate().filter(|(_, state)| **state == State::Idle);
        let glob = |(at, _): (usize, &State)| {
            let glob = self.rules.typed[at].clone();
            let rule = match self.rules.owners[at] {
                Owner::Ignore => None,
                Owner::Match(rule) | Owner::Except(rule) => Some(rule),
            };
            Ok(IdleGlob { likely: likely(&glob, output.as_str(), show)?, glob, rule })
        };
        idle.map(glob).collect()
    }
}

impl IdleGlob {
    /// Returns what is odd, for people.
    #[must_use]
    pub fn text(&self) -> String {
        let of = self.rule.map_or("of `ignore`".to_owned(), |rule| format!("in `match` of rule {rule}"));
        format!("the glob {} {of} matches no file", shown(self.glob.as_bytes()))
    }

    /// Returns the next thing to type.
    #[must_use]
    pub fn advice(&self) -> String {
        match &self.likely {
            Some(likely) => format!("did you mean `{likely}`?"),
            None => "globs are relative to `output`, case counts, and `*` does not cross `/`".to_owned(),
        }
    }
}

/// Returns the first of the globs that may have been meant that matches one of the files that are shown.
fn likely<E>(
    glob: &str,
    output: &str,
    show: &mut impl FnMut(&mut Sighting<'_>) -> Result<(), E>,
) -> Result<Option<String>, E> {
    let globs: Vec<GlobText> = others(glob, output).iter().filter_map(|other| globs::of_match(other).ok()).collect();
    let Ok(rules) = Rules::new(&globs, Vec::new()) else { return Ok(None) };
    let mut sighting = rules.sighting();
    show(&mut sighting)?;
    let met = sighting.states.iter().position(|state| *state == State::Met);
    Ok(met.map(|met| rules.typed[met].clone()))
}

/// Returns globs that may have been meant, the likeliest first.
fn others(glob: &str, output: &str) -> Vec<String> {
    let mut starts = vec![glob.to_owned()];
    // As it is written from the top of the repository, or on another system.
    if let Some(below) = glob.strip_prefix(output).filter(|_| !output.is_empty()) {
        match below.strip_prefix('/') {
            Some(below) => starts.push(below.to_owned()),
            None if below.is_empty() => starts.push("**".to_owned()),
            None => {}
        }
    }
    if glob.contains('\\') {
        starts.push(glob.replace('\\', "/"));
    }
    let mut all: Vec<String> = starts.split_first().map(|(_, others)| others.to_vec()).unwrap_or_default();
    for start in &starts {
        let (bare, any) = (start.trim_end_matches("/*"), start.trim_start_matches("**"));
        // `**.css` and `.css`.
        all.extend(any.starts_with('.').then(|| format!("**/*{any}")));
        all.extend([format!("{bare}/**"), format!("**/{start}"), format!("**/{bare}/**")]);
        for other in [start.to_lowercase(), start.to_uppercase()] {
            all.extend([other.clone(), format!("**/{other}")]);
        }
    }
    all.retain(|other| other != glob);
    all
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn idle(extra: &str, paths: &[&str]) -> Vec<(String, String)> {
        let head = "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\noutput = \"public\"\n";
        let site = Config::parse(&format!("{head}{extra}"), "purge.toml").unwrap().sites.remove(0);
        let paths: Vec<Box<[u8]>> = paths.iter().map(|path| path.as_bytes().into()).collect();
        let mut sighting = site.rules.sighting();
        sighting.see(paths.iter().map(|path| &**path));
        assert_eq!(sighting.is_over(), sighting.left == 0);
        sighting.idle(&site.output, &paths).iter().map(|one| (one.text(), one.advice())).collect()
    }

    #[test]
    fn the_glob_that_was_meant_is_found_among_the_files() {
        let paths = [
            "a/b/font.woff2",
            "blog/2024/a.html",
            "blog/index.html",
            "docs/Guide.PDF",
            "docs/x/y.css",
            "img/deep/er/z.png",
            "index.html",
        ];
        for (glob, want) in [
            ("blog", "blog/**"),
            ("blog/*/*/*", "blog/**"),
            ("public/blog/**", "blog/**"),
            ("public/index.html", "index.html"),
            ("public/*.woff2", "**/*.woff2"),
            ("public", "**"),
            ("public/blog", "blog/**"),
            ("*.woff2", "**/*.woff2"),
            ("font.woff2", "**/font.woff2"),
            ("deep", "**/deep/**"),
            ("img/*", "img/**"),
            ("**.woff2", "**/*.woff2"),
            (".woff2", "**/*.woff2"),
            ("INDEX.HTML", "index.html"),
            ("*.pdf", "**/*.PDF"),
            ("Blog/**", "blog/**"),
            ("blog\\\\index.html", "blog/index.html"),
            ("nothing/**", "did not"),
        ] {
            for (key, of) in [
                (format!("ignore = [\"{glob}\"]\n"), "of `ignore`"),
                (format!("[[site.rule]]\nmatch = [\"**/x\", \"{glob}\"]\ntags = [\"t\"]\n"), "in `match` of rule 1"),
            ] {
                let (text, advice) = idle(&key, &paths).pop().unwrap();
                assert!(text.contains(of), "{glob}: {text}");
                let hint =
                    if want == "did not" { "globs are relative".to_owned() } else { format!("did you mean `{want}`?") };
                assert!(advice.starts_with(&hint), "{glob}: {advice}");
            }
        }
    }

    #[test]
    fn globs_that_match_something_and_those_of_except_are_not_told() {
        let rules = "ignore = [\"*.map\"]\n[[site.rule]]\nmatch = [\"**\", \"**/*.html\"]\nexcept = [\"blog/drafts/**\"]\ntags = [\"t\"]\n";
        assert_eq!(idle(rules, &["a/x.html", "x.map"]), []);
        assert_eq!(idle(rules, &["a/x.html"]).len(), 1);
        assert_eq!(idle("", &["a"]), []);
    }
}
