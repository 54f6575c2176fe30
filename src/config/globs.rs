//! Globs over paths relative to the web root: `*` and `?` do not cross `/`, `**` does, case matters.
//!
//! A glob that can match nothing is a slip, and is refused with the glob that was probably meant: git paths never
//! start with `/` or `./` and never end in `/`. Matching paths against many globs at once is left to [`super::Rules`].

use globset::{Glob, GlobBuilder};

use super::fault::Fault;
use crate::display::shown;

/// A glob that can match something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GlobText {
    /// As typed.
    pub(super) typed: String,
    /// The regular expression that matches what it matches: anchored at both ends, over bytes, where `.` is any byte.
    pub(super) regex: String,
}

/// Checks a glob of `ignore`, from which nothing can be taken out again.
pub(super) fn of_ignore(glob: &str) -> Result<GlobText, Fault> {
    parse(glob, "nothing is taken out of `ignore` again: leave that glob out, and write narrower ones")
}

/// Checks a glob of a rule's `match`.
pub(super) fn of_match(glob: &str) -> Result<GlobText, Fault> {
    let rest = glob.strip_prefix('!').unwrap_or(glob);
    parse(glob, &format!("write `except = [\"{rest}\"]` beside `match`; `\\\\!` stands for the character itself"))
}

/// Checks a glob of a rule's `except`, which takes out by itself.
pub(super) fn of_except(glob: &str) -> Result<GlobText, Fault> {
    parse(glob, "`except` takes out what it matches: write it without the `!`")
}

/// Checks a glob as typed; `negated` is the hint for one that begins with `!`.
fn parse(glob: &str, negated: &str) -> Result<GlobText, Fault> {
    regex(glob, negated).map(|regex| GlobText { typed: glob.to_owned(), regex })
}

fn regex(glob: &str, negated: &str) -> Result<String, Fault> {
    let shown_glob = shown(glob.as_bytes());
    let nothing =
        |why: &str, hint: String| Err(Fault::new(format!("the glob {shown_glob} matches nothing: {why}"), hint));
    if glob.is_empty() {
        return nothing("it is empty", "write `**` for every file, or leave it out".to_owned());
    }
    if glob.trim() != glob {
        return nothing(
            "it begins or ends with a blank",
            format!("write `{}`; `[ ]` stands for a blank itself", glob.trim()),
        );
    }
    if let Some(pattern) = extended(glob) {
        return nothing(
            &format!("`{pattern}` is of another kind of glob"),
            "write `{a,b}` for one of several, and `except` for all but some".to_owned(),
        );
    }
    if glob.starts_with('!') {
        return nothing("no path begins with a `!` that takes out", negated.to_owned());
    }
    if let Some(rest) = glob.strip_prefix('/').or_else(|| glob.strip_prefix("./")) {
        return nothing("paths are relative to `output`", format!("write `{}`", rest.trim_start_matches('/')));
    }
    if glob.ends_with('/') {
        return nothing("a file's path never ends in `/`", format!("write `{glob}**`"));
    }
    if glob.split('/').any(|segment| segment == "." || segment == "..") {
        return nothing("paths hold no `.` or `..` segment", "leave that segment out".to_owned());
    }
    if glob.contains("//") {
        return nothing("paths hold no empty segment", "write one `/`".to_owned());
    }
    compiled(glob).map(|glob| glob.regex().to_owned())
}

/// Returns the part of a glob that only shells understand: `!(a|b)`, `@(a|b)`, `+(a|b)`.
fn extended(glob: &str) -> Option<&str> {
    let part = |at: usize| glob[at..].find(')').map(|end| &glob[at..=at + end]);
    let starts = glob.match_indices('(').filter(|(at, _)| glob[..*at].ends_with(['!', '@', '+', '*', '?']));
    starts.filter_map(|(at, _)| part(at - 1)).find(|part| part.contains('|') || part.starts_with('!'))
}

fn compiled(glob: &str) -> Result<Glob, Fault> {
    let shown_glob = || shown(glob.as_bytes());
    let proof = slash_proof(glob).ok_or_else(|| {
        let message = format!("the glob {} has a class that holds `/`, and no wildcard crosses a `/`", shown_glob());
        Fault::new(message, "split the range, for example `[+-.0-9]` in place of `[+-9]`")
    })?;
    GlobBuilder::new(&proof).literal_separator(true).backslash_escape(true).build().map_err(|e| {
        let message = format!("the glob {} is broken: {}", shown_glob(), e.kind());
        Fault::new(message, "`**/*.map` and `{css,js}/*` are globs; `\\[` stands for a bracket itself")
    })
}

/// Puts `/` into every negated class (`[!b]`), which `literal_separator` forgets; `None` when another class holds it.
fn slash_proof(glob: &str) -> Option<String> {
    let mut proof = String::with_capacity(glob.len());
    let mut chars = glob.chars().peekable();
    while let Some(c) = chars.next() {
        proof.push(c);
        if c == '\\' {
            proof.extend(chars.next());
        } else if c == '[' {
            let negation = chars.next_if(|c| matches!(c, '!' | '^'));
            // A `]` right behind the opening is a member, not the end; a class holds no escapes.
            let first = chars.next_if_eq(&']');
            let mut rest = String::new();
            while let Some(member) = chars.next_if(|c| *c != ']') {
                rest.push(member);
            }
            let members: Vec<char> = first.into_iter().chain(rest.chars()).collect();
            if negation.is_none() && holds_slash(&members) {
                return None;
            }
            proof.extend(negation);
            proof.extend(first);
            proof.extend(negation.map(|_| '/'));
            proof.push_str(&rest);
            // A class that is never closed stays so, and is an error of its own.
            proof.extend(chars.next());
        }
    }
    Some(proof)
}

/// Returns true when a class has `/` as a member or inside a range.
fn holds_slash(members: &[char]) -> bool {
    members.contains(&'/') || members.windows(3).any(|w| w[1] == '-' && (w[0]..=w[2]).contains(&'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, path: &[u8]) -> bool {
        let ignore = [of_ignore(glob).unwrap()];
        let rules = crate::config::Rules::new(&ignore, Vec::new()).unwrap();
        rules.matcher().judge(path).ignored
    }

    #[test]
    fn globs_match_as_people_expect_of_git_paths() {
        for (glob, path, want) in [
            ("*.html", &b"a.html"[..], true),
            ("*.html", b"a/b.html", false),
            ("**/*.html", b"a.html", true),
            ("**/*.html", b"a/b/c.html", true),
            ("docs/**", b"docs/a/b", true),
            ("docs/**", b"docs", false),
            ("a?c", b"a/c", false),
            ("a?c", b"abc", true),
            ("a[!b]c", b"a/c", false),
            ("a[!]b]c", b"a/c", false),
            ("a[!]b]c", b"axc", true),
            ("a[^b]c", b"a/c", false),
            ("a\\[!b]c", b"a[!b]c", true),
            ("[a-c]/x", b"b/x", true),
            ("*.HTML", b"a.html", false),
            ("{css,js}/*", b"js/x.js", true),
            ("*", b".htaccess", true),
            ("*.html", b"caf\xe9.html", true),
            ("\\[x\\].html", b"[x].html", true),
        ] {
            assert_eq!(matches(glob, path), want, "{glob} on {}", shown(path));
        }
    }

    #[test]
    fn globs_that_can_match_nothing_are_refused_with_the_one_meant() {
        for (glob, hint) in [
            ("", "`**`"),
            ("/x.css", "`x.css`"),
            ("./x.css", "`x.css`"),
            ("assets/", "`assets/**`"),
            ("a/../b", "segment"),
            ("a//b", "one `/`"),
            ("a[b", "globs"),
            ("{a", "globs"),
            ("docs[+-9]x", "split the range"),
            ("a[/]b", "split the range"),
            ("!a/**", "`except = [\"a/**\"]`"),
            ("!", "`except = [\"\"]`"),
            ("!(a|b)/**", "`{a,b}`"),
            ("a/!(b)", "`except`"),
            ("*.@(jpg|png)", "`{a,b}`"),
            ("a/**/*.+(js|css)", "`{a,b}`"),
            (" a/**", "write `a/**`"),
            ("a/**\n", "write `a/**`"),
        ] {
            let fault = of_match(glob).unwrap_err();
            assert!(fault.hint.contains(hint), "{glob}: {}", fault.hint);
        }
        for (fault, hint) in [
            (of_ignore("!a/**").unwrap_err(), "nothing is taken out of `ignore`"),
            (of_except("!a/**").unwrap_err(), "without the `!`"),
        ] {
            assert!(fault.hint.contains(hint), "{}", fault.hint);
        }
        for glob in ["\\!a/**", "a!/**", "a/!b", "report(1).pdf", "*(1).pdf", "a b/**", "[ ]a"] {
            assert!(of_match(glob).is_ok(), "{glob}");
        }
    }
}
