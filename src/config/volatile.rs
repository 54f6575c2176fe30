//! `volatile` of a rule: what in a page changes with every build and means nothing, such as a time stamp or a nonce.
//!
//! Two versions of a page that are the same but for it count as the same. A page that loses it, or gets it, is another. Reading the
//! versions is left to others.

use std::ops::Range;

use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use super::checked::checked_all;
use super::fault::Fault;
use super::raw::Text;
use crate::display::shown;

/// Bytes of a compiled expression; `\w{1,200}` stays far below it.
const MOST_BYTES: usize = 10 << 20;

const HINT: &str = "the syntax is that of the regex crate, over bytes: `built at [^<]*`, `nonce=\"[^\"]*\"`";

/// The regular expressions of one rule, at least one.
#[derive(Debug, Clone)]
pub struct Volatile(Regex);

impl Volatile {
    /// `None` for an empty list.
    pub(super) fn parse(texts: &[Text]) -> Result<Option<Volatile>, Fault> {
        let expressions = checked_all(texts, |text| {
            if let Some(c) = text.chars().find(|c| c.is_control() && !c.is_whitespace()) {
                let message = format!("the expression {} holds `{}`", shown(text.as_bytes()), c.escape_default());
                return Err(Fault::new(
                    message,
                    "in double quotes `\\b` is a backspace: write it in single ones, `'\\bnonce\\b'`",
                ));
            }
            let one = compiled(&[text])?;
            if one.is_match(b"") {
                let message = format!("the expression {} matches the empty text", shown(text.as_bytes()));
                return Err(Fault::new(message, "let it match one character at least: `+` in place of `*`"));
            }
            Ok(text.to_owned())
        })?;
        if expressions.is_empty() {
            return Ok(None);
        }
        let expressions: Vec<&str> = expressions.iter().map(String::as_str).collect();
        compiled(&expressions).map(Volatile).map(Some)
    }

    /// Returns where the expressions match, leftmost first, in order, and which of them does.
    fn matches(&self, bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, usize)> {
        self.0.find_iter(bytes).map(|found| (found.range(), found.pattern().as_usize()))
    }
}

/// A part of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'p> {
    /// Bytes that mean something.
    Kept(&'p [u8]),
    /// A place where something volatile stands: by the rule and the expression that say so.
    Volatile(usize, usize),
}

/// A page as far as it means something: that a time stamp is there counts, and which one does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lasting<'p>(Vec<Part<'p>>);

impl<'p> Lasting<'p> {
    /// Takes the page's bytes for what any of some rules leave of them. Each rule looks at the whole text, as if it were alone; where
    /// two find something volatile in one place, it is that of the first.
    #[must_use]
    pub fn of<'v>(bytes: &'p [u8], rules: impl Iterator<Item = &'v Volatile>) -> Lasting<'p> {
        let of_rule = |(rule, volatile): (usize, &Volatile)| {
            volatile.matches(bytes).map(|(range, expression)| (range, (rule, expression))).collect::<Vec<_>>()
        };
        let mut taken: Vec<(Range<usize>, (usize, usize))> = rules.enumerate().flat_map(of_rule).collect();
        taken.sort_by_key(|(range, _)| range.start);
        let mut parts = Vec::with_capacity(2 * taken.len() + 1);
        let mut end = 0;
        for (range, (rule, expression)) in taken {
            if range.start >= end {
                parts.push(Part::Kept(&bytes[end..range.start]));
                parts.push(Part::Volatile(rule, expression));
            }
            end = end.max(range.end);
        }
        parts.push(Part::Kept(&bytes[end..]));
        Lasting(parts)
    }

    /// Returns true when nothing but white space is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|part| match part {
            Part::Kept(bytes) => bytes.trim_ascii().is_empty(),
            Part::Volatile(..) => true,
        })
    }
}

fn compiled(expressions: &[&str]) -> Result<Regex, Fault> {
    let built = Regex::builder()
        .syntax(syntax::Config::new().utf8(false))
        .configure(meta::Config::new().utf8_empty(false).nfa_size_limit(Some(MOST_BYTES)))
        .build_many(expressions);
    built.map_err(|e| {
        // The parser shows the expression with a mark under it, and says in the last line what is wrong.
        let said = e.syntax_error().map_or_else(|| e.to_string(), ToString::to_string);
        let said = said.lines().last().unwrap_or_default();
        let said = said.strip_prefix("error: ").unwrap_or(said);
        let expressions: Vec<String> = expressions.iter().map(|expression| shown(expression.as_bytes())).collect();
        Fault::new(format!("the expression {} is broken: {said}", expressions.join(", ")), HINT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// The page with a mark in each place where something volatile stands: the numbers of rule and expression.
    fn lasting(expressions: &str, text: &str) -> String {
        let config = format!(
            "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\n[[site.rule]]\nmatch = [\"**\"]\nvolatile = {expressions}\n"
        );
        let site = Config::parse(&config, "purge.toml").unwrap().sites.remove(0);
        let rules = site.rules.iter().filter_map(|(_, rule)| rule.volatile.as_ref());
        let Lasting(parts) = Lasting::of(text.as_bytes(), rules);
        let said = |part: &Part<'_>| match part {
            Part::Kept(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Part::Volatile(rule, expression) => format!("{{{rule}{expression}}}"),
        };
        parts.iter().map(said).collect()
    }

    #[test]
    fn what_expressions_match_becomes_a_mark_and_all_else_stays() {
        for (expressions, text, want) in [
            ("['<!-- built .*? -->']", "a<!-- built 1 -->b<!-- built 2 -->c", "a{00}b{00}c"),
            ("['x']", "abc", "abc"),
            ("['b+', '[0-9]+']", "abbb1c22", "a{00}{01}c{01}"),
            ("['(?m)^t=.*$']", "a\nt=1\nb", "a\n{00}\nb"),
            ("['(?s)<a>.*</a>']", "1<a>\n</a>2", "1{00}2"),
            ("['.+']", "ab", "{00}"),
            ("['<i>']", "a<i><i>b", "a{00}{00}b"),
            ("['X+']\n[[site.rule]]\nmatch = [\"**\"]\nvolatile = ['ab[0-9]', 'XX']", "aXXb1", "a{00}b1"),
            ("['aX']\n[[site.rule]]\nmatch = [\"**\"]\nvolatile = ['Xb']", "aXb", "{00}"),
            ("['a']\n[[site.rule]]\nmatch = [\"**\"]\nvolatile = ['b']", "ab", "{00}{10}"),
        ] {
            assert_eq!(lasting(expressions, text), want, "{expressions}");
        }
    }
}
