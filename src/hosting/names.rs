//! Files by their names, as Apache's `<Files>` and `<FilesMatch>` choose them, in a directory and below it.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;

/// Bytes of a compiled expression; a list of fifty extensions stays far below.
const MOST_BYTES: usize = 1 << 20;

/// Files of a directory of the web root, and below it, whose names match an expression.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Names {
    /// The directory: empty, or with its slash at the end.
    pub(super) directory: Box<[u8]>,
    /// A name alone, where there is only one.
    one: Option<Box<str>>,
    /// The expression that a name matches.
    expression: Box<str>,
}

impl Names {
    /// Makes them of a name with `*` and `?`; `None` for one that is not text.
    pub(super) fn of_wildcards(directory: &[u8], name: &[u8]) -> Option<Names> {
        let name = std::str::from_utf8(name).ok()?;
        let mut expression = String::from("^(?s)");
        for c in name.chars() {
            match c {
                '*' => expression.push_str(".*"),
                '?' => expression.push('.'),
                c if c.is_ascii_alphanumeric() || !c.is_ascii() => expression.push(c),
                c => expression.extend(['\\', c]),
            }
        }
        expression.push('$');
        let one = (!name.contains(['*', '?'])).then(|| name.into());
        Names { one, ..Names::of_expression(directory, expression.as_bytes())? }.into()
    }

    /// Makes them of a regular expression; `None` for one that is not understood here.
    pub(super) fn of_expression(directory: &[u8], expression: &[u8]) -> Option<Names> {
        let expression = std::str::from_utf8(expression).ok()?;
        compiled(expression)?;
        Some(Names { directory: directory.into(), one: None, expression: expression.into() })
    }

    /// Returns the path of the one file in the directory itself that has the name, whether it is there or not.
    #[must_use]
    pub fn path(&self) -> Option<Vec<u8>> {
        self.one.as_ref().map(|name| [b"/", &*self.directory, name.as_bytes()].concat())
    }

    /// Returns those of some sorted paths that are meant.
    #[must_use]
    pub fn of<'p>(&self, paths: &'p [Box<[u8]>]) -> Vec<&'p [u8]> {
        let start = paths.partition_point(|path| **path < *self.directory);
        let below = paths[start..].iter().take_while(|path| path.starts_with(&self.directory));
        let expression = compiled(&self.expression);
        let is_meant = |path: &&[u8]| expression.as_ref().is_none_or(|expression| expression.is_match(name(path)));
        below.map(|path| &**path).filter(is_meant).collect()
    }

    /// Returns true when a URL's path may be one of them; that of a directory may have an index file.
    pub(super) fn has(&self, path: &[u8]) -> bool {
        let below = path.strip_prefix(b"/").is_some_and(|path| path.starts_with(&self.directory));
        let name = name(path);
        below && (name.is_empty() || compiled(&self.expression).is_none_or(|expression| expression.is_match(name)))
    }

    /// Returns true when a file may be one of both.
    pub(super) fn meets(&self, other: &Names) -> bool {
        match (&self.one, &other.one) {
            (Some(one), Some(two)) => one == two,
            (Some(one), None) => compiled(&other.expression).is_none_or(|e| e.is_match(one.as_bytes())),
            (None, Some(two)) => compiled(&self.expression).is_none_or(|e| e.is_match(two.as_bytes())),
            (None, None) => true,
        }
    }
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or_default()
}

/// Compiles an expression over bytes. Syntax of the servers beyond this one, as looking ahead, does not compile.
fn compiled(expression: &str) -> Option<Regex> {
    let syntax = syntax::Config::new().utf8(false).unicode(false);
    let config = Config::new().utf8_empty(false).nfa_size_limit(Some(MOST_BYTES));
    // Why it does not compile does not matter: who asks takes it for what bears on all.
    Regex::builder().syntax(syntax).configure(config).build(expression).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_chosen_as_apache_does() {
        let paths: Vec<Box<[u8]>> =
            ["a.css", "d/a.css", "d/b.js", "d/x.css.map", "e[1].css", "z.CSS"].map(|p| p.as_bytes().into()).to_vec();
        for (directory, name, want) in [
            ("", "a.css", &["a.css", "d/a.css"][..]),
            ("d/", "a.css", &["d/a.css"]),
            ("", "*.css", &["a.css", "d/a.css", "e[1].css"]),
            ("", "?.js", &["d/b.js"]),
            ("", "e[1].css", &["e[1].css"]),
            ("", "nothing", &[]),
        ] {
            let names = Names::of_wildcards(directory.as_bytes(), name.as_bytes()).unwrap();
            let found: Vec<&str> = names.of(&paths).into_iter().map(|p| std::str::from_utf8(p).unwrap()).collect();
            assert_eq!(found, want, "{directory}{name}");
        }
        let names = Names::of_expression(b"", br"\.(css|js)$").unwrap();
        assert_eq!(names.of(&paths).len(), 4);
        assert!(names.has(b"/d/a.css") && names.has(b"/d/") && !names.has(b"/d/x.css.map"));
        assert_eq!(Names::of_expression(b"", b"^(?!x)"), None);
        assert_eq!(Names::of_expression(b"", b"("), None);
    }
}
