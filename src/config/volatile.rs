//! `volatile` of a rule: what in a page changes with every build and means nothing, such as a time stamp or a nonce.
//!
//! Two versions of a page that are the same without it count as the same. Reading them is left to others.

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

    /// Returns where the expressions match, leftmost first, in order.
    pub fn matches(&self, bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
        self.0.find_iter(bytes).map(|found| found.range())
    }
}

/// Returns the bytes without what any of some rules calls volatile. Each looks at the whole text, as if it were alone.
#[must_use]
pub fn without_volatile<'v>(bytes: &[u8], rules: impl Iterator<Item = &'v Volatile>) -> Vec<u8> {
    let mut taken: Vec<Range<usize>> = rules.flat_map(|volatile| volatile.matches(bytes).collect::<Vec<_>>()).collect();
    taken.sort_unstable_by_key(|range| range.start);
    let mut kept = Vec::with_capacity(bytes.len());
    let mut end = 0;
    for range in taken {
        kept.extend_from_slice(bytes.get(end..range.start).unwrap_or_default());
        end = end.max(range.end);
    }
    kept.extend_from_slice(&bytes[end..]);
    kept
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
    use crate::config::Config;

    fn without(expressions: &str, text: &str) -> String {
        let config = format!(
            "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\n[[site.rule]]\nmatch = [\"**\"]\nvolatile = {expressions}\n"
        );
        let site = Config::parse(&config, "purge.toml").unwrap().sites.remove(0);
        let rules = site.rules.iter().filter_map(|(_, rule)| rule.volatile.as_ref());
        String::from_utf8_lossy(&super::without_volatile(text.as_bytes(), rules)).into_owned()
    }

    #[test]
    fn what_expressions_match_is_taken_out_and_all_else_stays() {
        for (expressions, text, want) in [
            ("['<!-- built .*? -->']", "a<!-- built 1 -->b<!-- built 2 -->c", "abc"),
            ("['x']", "abc", "abc"),
            ("['b+', '[0-9]+']", "abbb1c22", "ac"),
            ("['(?m)^t=.*$']", "a\nt=1\nb", "a\n\nb"),
            ("['(?s)<a>.*</a>']", "1<a>\n</a>2", "12"),
            ("['.+']", "ab", ""),
            ("['X+']\n[[site.rule]]\nmatch = [\"**\"]\nvolatile = ['ab[0-9]', 'XX']", "aXXb1", "ab1"),
        ] {
            assert_eq!(without(expressions, text), want, "{expressions}");
        }
    }
}
