//! The forms of a path: every URL under which the site's host answers with a file.
//!
//! Without a host, the generic superset: it covers each host that was measured or read about, with or without "clean
//! URLs". A form that does not answer on the user's host costs one URL in a request; a form left out costs a stale page.

use std::borrow::Cow;

use super::presets::{Preset, folds_case, preset_of};
use crate::config::{Case, Form, HostPreset, Site};

/// One form: a part of the path, and what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelled<'p> {
    /// Bytes of the path, relative to the web root. Empty is the root itself: as a directory the base URL, and without its
    /// slash the base URL without it, where that is a URL.
    pub path: &'p [u8],
    /// The text that follows and is not in the path: nothing, a slash, or a name that hosts take for it.
    pub suffix: &'static str,
    /// Which form this is.
    pub form: Form,
}

/// The forms that a site's files and directories answer under.
#[derive(Debug, Clone)]
pub struct Forms<'s> {
    preset: Preset,
    /// The site's own list for pages, index files and directories, which takes the place of the preset's.
    only: Option<Cow<'s, [Form]>>,
    /// The site's own names of index files, in place of the preset's.
    index_names: Option<&'s [String]>,
    /// Names are equal in any case.
    any_case: bool,
}

/// All forms that an index file can have.
const INDEX: &[Form] = &[
    Form::Exact,
    Form::Directory,
    Form::DirectoryWithoutSlash,
    Form::WithoutExtension,
    Form::WithoutExtensionSlash,
    Form::ExactSlash,
    Form::AsPage,
];

/// All forms that a page can have.
const PAGE: &[Form] =
    &[Form::Exact, Form::WithoutExtension, Form::WithoutExtensionSlash, Form::ExactSlash, Form::AsIndex];

impl<'s> Forms<'s> {
    /// Returns the forms of a site's host, or those that it lists itself.
    #[must_use]
    pub fn for_site(site: &'s Site) -> Forms<'s> {
        Forms {
            preset: preset_of(site.host_preset),
            only: site.forms.as_deref().map(Cow::Borrowed),
            index_names: site.index_names.as_deref(),
            any_case: folds(site) && (site.case.is_some() || site.host_preset != HostPreset::Generic),
        }
    }

    /// Returns the forms of a site's host, whatever the site lists itself: the host's configuration knows nothing of that.
    pub(super) fn of_host(site: &'s Site) -> Forms<'s> {
        Forms { only: None, ..Forms::for_site(site) }
    }

    /// Returns the forms of a file.
    #[must_use]
    pub fn of_file<'p>(&self, path: &'p [u8]) -> Vec<Spelled<'p>> {
        let mut forms = Vec::new();
        self.each_of_name(path, |form| forms.push(form));
        if self.preset.negotiates {
            self.negotiated(path, name_at(path), &mut forms);
        }
        forms
    }

    /// Visits the forms of a file.
    pub(super) fn each_of_file<'p>(&self, path: &'p [u8], visit: impl FnMut(Spelled<'p>)) {
        if self.preset.negotiates {
            self.of_file(path).into_iter().for_each(visit);
        } else {
            self.each_of_name(path, visit);
        }
    }

    /// Visits the forms that the name of a file has by itself.
    fn each_of_name<'p>(&self, path: &'p [u8], mut visit: impl FnMut(Spelled<'p>)) {
        let name_at = name_at(path);
        let name = &path[name_at..];
        let stem_end = memchr::memrchr(b'.', name).filter(|&dot| dot > 0).map(|dot| name_at + dot);
        let index = if name_at == 0 { self.preset.root } else { self.preset.index };
        let mut form = |form| spelled(path, name_at, stem_end, form).for_each(&mut visit);
        match (self.is_index(name), self.is_page(name)) {
            (true, true) => self.chosen(INDEX, index).for_each(form),
            // It answers for its directory, and else like any other file.
            (true, false) => {
                self.of_directory_of(index).for_each(&mut form);
                self.preset.other.iter().copied().for_each(form);
            }
            (false, true) => self.chosen(PAGE, self.preset.page).for_each(form),
            // The site's own list is about pages: anything else answers under its path, whatever the list says.
            (false, false) => self.preset.other.iter().copied().for_each(form),
        }
    }

    /// Returns the forms of a file out of a rule's list, which is about whatever the rule matches.
    #[must_use]
    pub fn of_file_in<'p>(&self, path: &'p [u8], only: &[Form]) -> Vec<Spelled<'p>> {
        let all = Forms {
            preset: Preset { other: PAGE, ..self.preset },
            only: Some(Cow::Owned(only.to_vec())),
            ..self.clone()
        };
        let wanted = |spelled: &Spelled<'_>| only.contains(&spelled.form);
        all.of_file(path).into_iter().filter(wanted).collect()
    }

    /// Returns the forms of a directory that appeared or vanished: `/d` and `/d/` answer 301 or 403 while it exists, 404 when not.
    #[must_use]
    pub fn of_directory<'p>(&self, path: &'p [u8]) -> Vec<Spelled<'p>> {
        let suffix = |form| if form == Form::Directory && !path.is_empty() { "/" } else { "" };
        self.of_directory_of(self.preset.directory).map(|form| Spelled { path, suffix: suffix(form), form }).collect()
    }

    /// Returns the form of a directory, without a slash behind it, that lists its entries; none where such a host lists none.
    pub(super) fn of_listing<'p>(&self, directory: &'p [u8]) -> Option<Spelled<'p>> {
        let form = self.chosen(&[Form::Listing], if self.preset.lists { &[Form::Listing] } else { &[] }).next()?;
        Some(Spelled { path: directory, suffix: if directory.is_empty() { "" } else { "/" }, form })
    }

    /// Returns the names of files that answer for their directory.
    pub(super) fn index_names(&self) -> Vec<&[u8]> {
        match self.index_names {
            Some(names) => names.iter().map(String::as_bytes).collect(),
            None => self.preset.index_names.iter().map(|name| name.as_bytes()).collect(),
        }
    }

    /// Adds the parts of a name that end before a dot, under which content negotiation finds it, and its directory where one of them is
    /// that of an index file.
    fn negotiated<'p>(&self, path: &'p [u8], name_at: usize, forms: &mut Vec<Spelled<'p>>) {
        let name = &path[name_at..];
        let wanted = |form| self.only.as_ref().is_none_or(|only| only.contains(&form));
        for dot in name.iter().enumerate().filter(|(at, byte)| *at > 0 && **byte == b'.').map(|(at, _)| at) {
            let part = &name[..dot];
            let form = Form::WithoutExtension;
            let is_new = !matches!(part, b"." | b"..")
                && forms.iter().all(|known| known.path != &path[..name_at + dot] || !known.suffix.is_empty());
            if is_new && wanted(form) {
                forms.push(Spelled { path: &path[..name_at + dot], suffix: "", form });
            }
            if self.is_index(part) {
                for form in self.of_directory_of(if name_at == 0 { self.preset.root } else { self.preset.index }) {
                    forms.extend(spelled(path, name_at, None, form));
                }
            }
        }
    }

    /// Returns those of some forms that are a directory's.
    fn of_directory_of(&self, preset: &'static [Form]) -> impl Iterator<Item = Form> {
        self.chosen(&[Form::Directory, Form::DirectoryWithoutSlash], preset)
            .filter(|form| matches!(form, Form::Directory | Form::DirectoryWithoutSlash))
    }

    /// Returns the site's own forms out of all that are possible, or else the preset's.
    fn chosen<'f>(&'f self, all: &'static [Form], preset: &'static [Form]) -> impl Iterator<Item = Form> + use<'f> {
        let forms = if self.only.is_some() { all } else { preset };
        forms.iter().copied().filter(|form| self.only.as_ref().is_none_or(|only| only.contains(form)))
    }

    fn is_index(&self, name: &[u8]) -> bool {
        let is_it = |index: &[u8]| index == name || self.any_case && index.eq_ignore_ascii_case(name);
        match self.index_names {
            Some(names) => names.iter().any(|index| is_it(index.as_bytes())),
            None => self.preset.index_names.iter().any(|index| is_it(index.as_bytes())),
        }
    }

    /// Returns true for `n.html`; of a host that takes it for one, also for `n.htm`.
    fn is_page(&self, name: &[u8]) -> bool {
        let ends = |extension: &[u8]| {
            let at = name.len().checked_sub(extension.len()).filter(|at| *at > 0);
            at.is_some_and(|at| name[at..] == *extension || self.any_case && name[at..].eq_ignore_ascii_case(extension))
        };
        ends(b".html") || self.preset.htm && ends(b".htm")
    }
}

/// Returns where the name of a file begins.
fn name_at(path: &[u8]) -> usize {
    memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1)
}

/// Returns true where a path answers in small letters too.
#[must_use]
pub fn folds(site: &Site) -> bool {
    match site.case {
        Some(case) => case == Case::Insensitive,
        None => folds_case(site.host_preset),
    }
}

/// Returns a path in one form; nothing when it has no such form.
fn spelled(path: &[u8], name_at: usize, stem_end: Option<usize>, form: Form) -> impl Iterator<Item = Spelled<'_>> {
    let directory = &path[..name_at];
    let without_slash = directory.strip_suffix(b"/").unwrap_or_default();
    // Without its extension, `...html` would be `..`: browsers resolve that away, so no key holds it.
    let stem = stem_end.filter(|&end| !matches!(&path[name_at..end], b"." | b"..")).map(|end| &path[..end]);
    let (path, suffixes): (Option<&[u8]>, &'static [&'static str]) = match form {
        Form::Exact => (Some(path), &[""]),
        Form::ExactSlash => (Some(path), &["/"]),
        Form::Directory => (Some(directory), &[""]),
        Form::DirectoryWithoutSlash => (Some(without_slash), &[""]),
        Form::AsPage => (Some(without_slash).filter(|directory| !directory.is_empty()), &[".html"]),
        Form::WithoutExtension => (stem, &[""]),
        Form::WithoutExtensionSlash => (stem, &["/"]),
        Form::AsIndex => (stem, &["/index.html", "/index"]),
        Form::Below | Form::Listing => (None, &[]),
    };
    path.into_iter().flat_map(move |path| suffixes.iter().map(move |suffix| Spelled { path, suffix, form }))
}
