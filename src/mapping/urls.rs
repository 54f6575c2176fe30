//! The URLs of a site, changed or not, one after the other: for whoever has to know what did *not* change.
//!
//! Nothing is collected and the same buffers are used for all, since a site has many times more URLs than a deploy changes.

use super::forms::{Forms, Spelled};
use super::gathering::{each_url, expanded};
use crate::config::{Also, Escapes, Form, RuleNumber, Site};
use crate::encoding::with_small_escapes;

/// Calls `visit` with every URL of every file, as [`super::map`] would list it if the file had changed, and with what rules
/// derive from them; without query strings and headers. Files that `ignore` keeps out are visited too. A URL of two files is
/// visited twice.
pub fn visit_urls(paths: &[Box<[u8]>], site: &Site, mut visit: impl FnMut(&str)) {
    visit_urls_of_files(paths, site, |_, url, _| visit(url));
    let mut url = String::new();
    let paths = site.rules.iter().flat_map(|(_, rule)| &rule.also);
    let paths = paths.filter_map(|also| if let Also::Path(path) = also { Some(path.as_str()) } else { None });
    for path in paths {
        let mut visit = |url: &str| in_both_escapes(url, site, &mut visit);
        under_each_base(path, site, &mut url, &mut visit);
    }
}

/// Does the same for those URLs that are a file's, with its number and the form; a template has none.
pub fn visit_urls_of_files(paths: &[Box<[u8]>], site: &Site, mut visit: impl FnMut(usize, &str, Option<Form>)) {
    let forms = Forms::for_site(site);
    let mut matcher = site.rules.matcher();
    let (mut url, mut text) = (String::with_capacity(256), String::new());
    for (number, path) in paths.iter().enumerate() {
        let mut visit = |url: &str, form| in_both_escapes(url, site, |url| visit(number, url, form));
        let rules = matcher.judge(path).rules;
        let lists = || rules.iter().filter_map(|rule| site.rules.get(*rule).forms.as_deref());
        let mut each = |spelled: Spelled<'_>| {
            each_url(&spelled, site, &mut text, |parts, _| {
                url.clear();
                url.extend(*parts);
                visit(&url, Some(spelled.form));
            });
        };
        if lists().next().is_some() {
            let forms = forms.of_file_in(path, &lists().flatten().copied().collect::<Vec<_>>());
            forms.into_iter().for_each(each);
        } else {
            forms.each_of_file(path, &mut each);
        }
        for rule in rules {
            each_template(path, *rule, site, &mut url, &mut visit);
        }
    }
}

/// Visits a URL, and the same with escapes in small letters where the site has both.
fn in_both_escapes(url: &str, site: &Site, mut visit: impl FnMut(&str)) {
    visit(url);
    if site.escapes == Escapes::Both
        && let Some(small) = with_small_escapes(url)
    {
        visit(&small);
    }
}

fn each_template(
    path: &[u8],
    rule: RuleNumber,
    site: &Site,
    url: &mut String,
    visit: &mut impl FnMut(&str, Option<Form>),
) {
    for also in &site.rules.get(rule).also {
        let Also::Template(template) = also else { continue };
        for (_, text) in expanded(template, path, site.spellings) {
            under_each_base(&text, site, url, &mut |url| visit(url, None));
        }
    }
}

fn under_each_base(path: &str, site: &Site, url: &mut String, visit: &mut impl FnMut(&str)) {
    for base in &site.base_urls {
        url.clear();
        url.extend([base.as_str(), path]);
        visit(url);
    }
}
