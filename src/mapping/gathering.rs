//! Gathers the operations of a mapping: joins base URLs, paths, spellings and variants, and keeps the reason of each.

use std::sync::Arc;

use super::Mapped;
use super::forms::{Forms, Spelled};
use super::operation::{Operation, PublicUrl};
use super::reason::Reason;
use super::runs::Runs;
use super::texts::{Place, Texts};
use super::twins::{Twin, each_twin, twins, twins_by};
use crate::config::{
    Also, BaseUrl, By, Escapes, Form, Prefix, RequestHeaders, Rule, RuleNumber, Site, Spellings, UrlTemplate, Variant,
};
use crate::encoding::with_small_escapes;

/// The operations that were found so far; a thing may stand in it many times, once for each reason.
pub(super) struct Gathering<'s> {
    site: &'s Site,
    forms: &'s Forms<'s>,
    found: Runs<(Operation, Reason)>,
    texts: Texts,
    /// The URLs of the block of texts that is being written.
    waiting: Vec<(Place, Reason)>,
    /// A path as it stands in a URL; one buffer for all.
    text: String,
}

impl<'s> Gathering<'s> {
    pub(super) fn new(site: &'s Site, forms: &'s Forms<'s>) -> Gathering<'s> {
        let (found, texts) = (Runs::new(), Texts::default());
        Gathering { site, forms, found, texts, waiting: Vec::new(), text: String::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty() && self.waiting.is_empty()
    }

    /// Adds an operation that is no URL; with small escapes too, where the site wants that.
    pub(super) fn push(&mut self, operation: Operation, reason: Reason) {
        if self.site.escapes == Escapes::Both
            && let Operation::Prefix(prefix) = &operation
            && let Some(small) = prefix.with_small_escapes()
        {
            self.found.push((Operation::from(small), reason.with_small_escapes()));
        }
        self.found.push((operation, reason));
    }

    /// Adds a URL that is in parts; with small escapes too, where the site wants that.
    fn url(&mut self, parts: &[&str], headers: Option<&Arc<RequestHeaders>>, reason: Reason) {
        if self.site.escapes == Escapes::Both
            && let Some(small) = with_small_escapes(&parts.concat())
        {
            self.write(&[&small], headers, reason.with_small_escapes());
        }
        self.write(parts, headers, reason);
    }

    fn write(&mut self, parts: &[&str], headers: Option<&Arc<RequestHeaders>>, reason: Reason) {
        if self.texts.is_full_for(parts) {
            self.settle();
        }
        self.waiting.push((self.texts.write(parts, headers), reason));
    }

    /// Makes URLs of the texts that were written.
    fn settle(&mut self) {
        let block = self.texts.end();
        for (place, reason) in self.waiting.drain(..) {
            self.found.push((Operation::Url(PublicUrl::of(block.at(place))), reason));
        }
    }

    /// Adds the URLs under which a file answers, in all their variants; as prefixes where a rule wants that.
    pub(super) fn file(
        &mut self,
        path: &[u8],
        rules: &[RuleNumber],
        reason: impl Fn(Form, Twin, Option<RuleNumber>) -> Reason,
    ) {
        let site = self.site;
        let with = |has: fn(&Rule) -> bool| rules.iter().copied().find(|rule| has(site.rules.get(*rule)));
        let by_prefix = with(|rule| rule.by == By::Prefix);
        let forms_by = with(|rule| rule.forms.is_some());
        let mut prefixes = Vec::new();
        self.texts.next_path();
        let mut add = |all: &mut Self, spelled: Spelled<'_>| {
            all.urls(&spelled, |all, url, twin| {
                if by_prefix.is_some() {
                    prefixes.push((Prefix::from_url(&url.concat()), reason(spelled.form, twin, by_prefix)));
                } else {
                    all.variants(url, rules, |rule| reason(spelled.form, twin, Some(rule)));
                    all.url(url, None, reason(spelled.form, twin, forms_by));
                }
            });
        };
        if forms_by.is_some() {
            let forms = rules.iter().filter_map(|rule| site.rules.get(*rule).forms.as_deref()).flatten();
            let forms = self.forms.of_file_in(path, &forms.copied().collect::<Vec<_>>());
            for spelled in forms {
                add(self, spelled);
            }
        } else {
            self.forms.each_of_file(path, |spelled| add(self, spelled));
        }
        for (i, (prefix, reason)) in prefixes.iter().enumerate() {
            if !prefixes.iter().enumerate().any(|(j, (other, _))| i != j && covers(other, prefix, j < i)) {
                self.push(Operation::from(prefix.clone()), *reason);
            }
        }
    }

    /// Adds the URLs of a directory that appeared or vanished, in the variants of a file by which it did.
    pub(super) fn directory(&mut self, path: &[u8], rules: &[RuleNumber], reason: impl Fn(Form, Twin) -> Reason) {
        for spelled in self.forms.of_directory(path) {
            let form = spelled.form;
            self.urls(&spelled, |all, url, twin| {
                all.variants(url, rules, |_| reason(form, twin));
                all.url(url, None, reason(form, twin));
            });
        }
    }

    /// Adds the URL of a path that is a directory to visitors, with and without its slash, whether a file is behind it or not.
    pub(super) fn route(&mut self, path: &[u8], reason: impl Fn(Twin) -> Reason) {
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let slash = if path.is_empty() { "" } else { "/" };
        for (form, suffix) in [(Form::Directory, slash), (Form::DirectoryWithoutSlash, "")] {
            self.urls(&Spelled { path, suffix, form }, |all, url, twin| {
                all.url(url, None, reason(twin));
            });
        }
    }

    /// Adds the URL of a path as it is, whether a file is behind it or not.
    pub(super) fn request(&mut self, path: &[u8], reason: impl Fn(Twin) -> Reason) {
        self.urls(&Spelled { path, suffix: "", form: Form::Exact }, |all, url, twin| {
            all.url(url, None, reason(twin));
        });
    }

    /// Adds the list that a directory makes of its entries.
    pub(super) fn listing(&mut self, directory: &[u8], reason: impl Fn(Form, Twin) -> Reason) {
        if let Some(spelled) = self.forms.of_listing(directory) {
            self.urls(&spelled, |all, url, twin| {
                all.url(url, None, reason(spelled.form, twin));
            });
        }
    }

    /// Adds the URL of a path with whatever query string, which only a prefix names.
    pub(super) fn queries(&mut self, path: &[u8], reason: impl Fn(Twin) -> Reason) {
        self.urls(&Spelled { path, suffix: "", form: Form::Exact }, |all, url, twin| {
            all.push(Operation::from(Prefix::from_url(&url.concat())), reason(twin));
        });
    }

    /// Adds everything below a path of the site, which is empty or ends in a slash.
    pub(super) fn below(&mut self, path: &[u8], reason: impl Fn(Twin) -> Reason) {
        let site = self.site;
        for (twin, text) in twins(path, site) {
            for base in &site.base_urls {
                self.push(Operation::from(Prefix::below(base, &text)), reason(twin));
            }
        }
    }

    /// Adds what a rule's templates make of a path.
    pub(super) fn templates(&mut self, path: &[u8], number: RuleNumber, reason: impl Fn(Twin) -> Reason) {
        for also in &self.site.rules.get(number).also {
            let Also::Template(template) = also else { continue };
            for (twin, text) in expanded(template, path, self.site.spellings) {
                self.path(&text, number, reason(twin));
            }
        }
    }

    /// Adds what a rule names that does not depend on the path.
    pub(super) fn constants(&mut self, number: RuleNumber, reason: Reason) {
        let site = self.site;
        let rule = site.rules.get(number);
        for also in &rule.also {
            if let Also::Path(path) = also {
                self.path(path.as_str(), number, reason);
            }
        }
        rule.prefixes.iter().for_each(|prefix| self.push(Operation::from(prefix.clone()), reason));
        rule.tags.iter().for_each(|tag| self.push(Operation::from(tag.clone()), reason));
        rule.hosts.iter().for_each(|host| self.push(Operation::from(host.clone()), reason));
    }

    /// Adds what the site always purges.
    pub(super) fn always(&mut self) {
        let site = self.site;
        for base in &site.base_urls {
            for path in &site.always {
                self.url(&[base.as_str(), path.as_str()], None, Reason::Always);
            }
        }
    }

    /// Adds a URL path of a rule below each base URL, in the rule's variants.
    fn path(&mut self, path: &str, number: RuleNumber, reason: Reason) {
        for base in &self.site.base_urls {
            let url = [base.as_str(), path];
            self.variants(&url, &[number], |_| reason);
            self.url(&url, None, reason);
        }
    }

    /// Adds further keys of a URL. One with a query string of its own gets no second one.
    fn variants(&mut self, url: &[&str], rules: &[RuleNumber], reason: impl Fn(RuleNumber) -> Reason) {
        let site = self.site;
        for rule in rules {
            for Variant { query, headers } in &site.rules.get(*rule).variants {
                match query {
                    None => self.url(url, headers.as_ref(), reason(*rule)),
                    Some(_) if url.iter().any(|part| part.contains('?')) => {}
                    Some(query) => self.url(&[url, &["?", query]].concat(), headers.as_ref(), reason(*rule)),
                }
            }
        }
    }

    /// Visits each URL of a form, in parts: every spelling below every base URL.
    fn urls(&mut self, spelled: &Spelled<'_>, mut found: impl FnMut(&mut Self, &[&str], Twin)) {
        let mut text = std::mem::take(&mut self.text);
        let site = self.site;
        each_url(spelled, site, &mut text, |parts, twin| found(self, parts, twin));
        self.text = text;
    }

    /// Returns all in order, with the reasons of equal things together. The one list gives its memory back as the other grows.
    pub(super) fn collected(mut self) -> Vec<Mapped> {
        self.settle();
        let found = self.found.sorted();
        let mut all: Vec<Mapped> = Vec::with_capacity(found.len());
        for (what, reason) in found {
            match all.last_mut().filter(|last| last.what == what) {
                Some(last) if last.reasons.last() == Some(&reason) => {}
                Some(last) => last.reasons.push(reason),
                None => all.push(Mapped { what, reasons: reason.into() }),
            }
        }
        all
    }
}

/// Calls `found` with the parts of each URL of a form: every spelling below every base URL. `text` is overwritten.
pub(super) fn each_url(spelled: &Spelled<'_>, site: &Site, text: &mut String, mut found: impl FnMut(&[&str; 3], Twin)) {
    each_twin(spelled.path, site, text, |twin, text| {
        for base in &site.base_urls {
            if let Some(base) = base_of(spelled, base) {
                found(&[base, text, spelled.suffix], twin);
            }
        }
    });
}

/// Returns the distinct texts that a template makes of a path.
pub(super) fn expanded(template: &UrlTemplate, path: &[u8], spellings: Spellings) -> Vec<(Twin, String)> {
    twins_by(path, spellings, template.has_query_field(), |path, spelling, text| {
        template.expand(path, spelling).is_some_and(|expanded| {
            text.push_str(&expanded);
            true
        })
    })
}

/// Returns the text before the path of a form.
fn base_of<'b>(spelled: &Spelled<'_>, base: &'b BaseUrl) -> Option<&'b str> {
    if spelled.path.is_empty() && spelled.form == Form::DirectoryWithoutSlash {
        // `https://host/docs` beside `https://host/docs/`; a host alone has no such spelling.
        base.without_slash()
    } else {
        Some(base.as_str())
    }
}

/// Returns true when purging one prefix purges the other, also if prefixes end only at a slash: `a` covers `a/` and `a/b`, not `ab`.
/// Of two that are equal, the first covers.
fn covers(one: &Prefix, other: &Prefix, first: bool) -> bool {
    let Some(rest) = other.as_str().strip_prefix(one.as_str()) else { return false };
    if rest.is_empty() { first } else { one.as_str().ends_with('/') || rest.starts_with('/') }
}
