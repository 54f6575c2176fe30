//! The URLs of the changed files themselves, and what rules make of their paths: the largest part of a mapping.
//!
//! Each file is mapped without a look at the others, so two threads share the files of a large deploy. The result is the same. The
//! bearing of a change on other files is left to [`super::map`].

use std::ops::Range;

use super::forms::Forms;
use super::gathering::Gathering;
use super::judged::Judged;
use super::left_alone::is_left_alone;
use super::reason::Reason;
use super::side_effects::stated_scope;
use crate::config::{Form, Scope, Site};
use crate::two_threads::{are_worth_it, both};

/// The operations of some changed files.
pub(super) struct OwnUrls<'s> {
    pub(super) all: Gathering<'s>,
    /// Deleted files whose cached copies are left alone.
    pub(super) left: Vec<Box<[u8]>>,
    /// Changed files whose own URLs are not listed.
    pub(super) unlisted: Vec<u32>,
}

impl<'s> OwnUrls<'s> {
    /// Gathers those of all changes; the second half by itself where there are many.
    pub(super) fn find(
        judged: &Judged<'_>,
        site: &'s Site,
        forms: &'s Forms<'s>,
    ) -> (OwnUrls<'s>, Option<OwnUrls<'s>>) {
        let all = judged.changes.paths.len();
        let of = |part| OwnUrls::of(judged, part, site, forms);
        if !are_worth_it(all) {
            return (of(0..all), None);
        }
        let (first, second) = both(|| of(0..all / 2), || of(all / 2..all));
        (first, Some(second))
    }

    /// Gathers those of a part of the changes.
    fn of(judged: &Judged<'_>, part: Range<usize>, site: &'s Site, forms: &'s Forms<'s>) -> OwnUrls<'s> {
        let changes = judged.changes;
        let mut own = OwnUrls { all: Gathering::new(site, forms), left: Vec::new(), unlisted: Vec::new() };
        for (i, change) in (0u32..).zip(&changes.paths).skip(part.start).take(part.len()) {
            if !judged.kept[i as usize] {
                own.unlisted.push(i);
                continue;
            }
            let rules = judged.rules(i);
            let stated = stated_scope(site, rules).map(|(scope, _)| scope);
            if stated.is_none() && is_left_alone(change, changes, site) {
                own.left.push(change.path.clone());
                own.unlisted.push(i);
            } else if stated == Some(Scope::None) {
                own.unlisted.push(i);
            } else {
                own.all.file(&change.path, rules, |form, twin, rule| Reason::Path(i, form, twin, rule));
                if change.leads_elsewhere {
                    let below = [&change.path, &b"/"[..]].concat();
                    own.all.below(&below, |twin| Reason::Path(i, Form::Below, twin, None));
                }
            }
            for rule in rules {
                own.all.templates(&change.path, *rule, |twin| Reason::Template(i, twin, *rule));
            }
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::config::Config;
    use crate::mapping::judge;
    use crate::mapping::mapped::merged;

    const RULES: &str = "[[site.rule]]\nmatch = [\"**/*.css\"]\nalso = [\"/{dir}/feed.xml\"]\nqueries = [\"v=1\"]\n\
                         [[site.rule]]\nmatch = [\"b/**\"]\nby = \"prefix\"\n";

    proptest! {
        #[test]
        fn two_halves_mean_what_all_changes_mean(
            paths in proptest::collection::btree_set("(([a-c]|index|\u{fc}| |@)(\\.html?|\\.css)?/){0,2}([a-c]|index|\u{fc}| |@)(\\.html?|\\.css)?", 0..30),
            cut in 0usize..30,
            with_rules: bool,
        ) {
            let rules = if with_rules { RULES } else { "" };
            let text = format!("[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\", \"https://b.example/x/\"]\nescapes = \"both\"\n{rules}");
            let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
            let change = |path: &String| Change { path: path.as_bytes().into(), status: Status::Modified, leads_elsewhere: path.len() == 1 };
            let changes = Changes { paths: paths.iter().map(change).collect(), ..Changes::default() };
            let (judged, forms) = (judge(&changes, &site), Forms::for_site(&site));
            let of = |part| OwnUrls::of(&judged, part, &site, &forms).all.collected();
            let (all, cut) = (paths.len(), cut.min(paths.len()));
            prop_assert_eq!(merged(of(0..cut), of(cut..all)), of(0..all));
        }
    }
}
