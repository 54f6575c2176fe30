//! The forms of a path: every URL under which the site's host answers with a file.
//!
//! Without a host, the generic superset: it covers each host that was measured or read about, with or without "clean
//! URLs". A form that does not answer on the user's host costs one URL in a request; a form left out costs a stale page.

use super::presets::{Preset, preset_of};
use crate::config::{Form, Site};

/// One form: a part of the path, and whether a slash follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelled<'p> {
    /// Bytes of the path, relative to the web root. Empty is the root itself: as a directory the base URL, and without its
    /// slash the base URL without it, where that is a URL.
    pub path: &'p [u8],
    /// A slash follows that is not in the path.
    pub slash: bool,
    /// Which form this is.
    pub form: Form,
}

/// The forms that a site's files and directories answer under.
#[derive(Debug, Clone)]
pub struct Forms {
    preset: Preset,
    /// The site's own list for pages, index files and directories, which takes the place of the preset's.
    only: Option<Vec<Form>>,
}

/// All forms that an index file can have.
const INDEX: &[Form] =
    &[Form::Exact, Form::Directory, Form::DirectoryWithoutSlash, Form::WithoutExtension, Form::WithoutExtensionSlash];

/// All forms that a page can have.
const PAGE: &[Form] = &[Form::Exact, Form::WithoutExtension, Form::WithoutExtensionSlash];

impl Forms {
    /// Returns the forms of a site's host, or those that it lists itself.
    #[must_use]
    pub fn for_site(site: &Site) -> Forms {
        Forms { preset: preset_of(site.host_preset), only: site.forms.clone() }
    }

    /// Returns the forms of a file.
    #[must_use]
    pub fn of_file<'p>(&self, path: &'p [u8]) -> Vec<Spelled<'p>> {
        let name_at = path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
        let name = &path[name_at..];
        let stem = self.page_stem(name);
        let is_index = stem == Some(&b"index"[..]);
        let is_index_txt = !self.preset.index_txt.is_empty() && name == b"index.txt";
        let stem_end = name.iter().rposition(|&b| b == b'.').filter(|&dot| dot > 0).map(|dot| name_at + dot);
        let in_form = |form| spelled(path, name_at, stem_end, form);
        match (is_index, stem) {
            _ if is_index_txt => self.chosen(INDEX, self.preset.index_txt).filter_map(in_form).collect(),
            (true, _) if name_at == 0 => self.chosen(INDEX, self.preset.root).filter_map(in_form).collect(),
            (true, _) => self.chosen(INDEX, self.preset.index).filter_map(in_form).collect(),
            (false, Some(_)) => self.chosen(PAGE, self.preset.page).filter_map(in_form).collect(),
            // The site's own list is about pages: anything else answers under its path, whatever the list says.
            (false, None) => self.preset.other.iter().copied().filter_map(in_form).collect(),
        }
    }

    /// Returns the forms of a file out of a rule's list, which is about whatever the rule matches.
    #[must_use]
    pub fn of_file_in<'p>(&self, path: &'p [u8], only: &[Form]) -> Vec<Spelled<'p>> {
        let all = Forms { preset: Preset { other: PAGE, ..self.preset }, only: Some(only.to_vec()) };
        let wanted = |spelled: &Spelled<'_>| only.contains(&spelled.form);
        all.of_file(path).into_iter().filter(wanted).collect()
    }

    /// Returns the forms of a directory that appeared or vanished: `/d` and `/d/` answer 301 or 403 while it exists, 404 when not.
    #[must_use]
    pub fn of_directory<'p>(&self, path: &'p [u8]) -> Vec<Spelled<'p>> {
        let both = &[Form::Directory, Form::DirectoryWithoutSlash];
        let slash = |form| form == Form::Directory && !path.is_empty();
        self.chosen(both, self.preset.directory).map(|form| Spelled { path, slash: slash(form), form }).collect()
    }

    /// Returns the site's own forms out of all that are possible, or else the preset's.
    fn chosen<'f>(&'f self, all: &'static [Form], preset: &'static [Form]) -> impl Iterator<Item = Form> + use<'f> {
        let forms = if self.only.is_some() { all } else { preset };
        forms.iter().copied().filter(|form| self.only.as_ref().is_none_or(|only| only.contains(form)))
    }

    /// Returns `n` of `n.html`; `None` for what is no page.
    fn page_stem<'p>(&self, name: &'p [u8]) -> Option<&'p [u8]> {
        let htm = || name.strip_suffix(b".htm").filter(|_| self.preset.htm);
        name.strip_suffix(b".html").or_else(htm).filter(|stem| !stem.is_empty())
    }
}

/// Returns a path in one form; `None` when it has no such form.
fn spelled(path: &[u8], name_at: usize, stem_end: Option<usize>, form: Form) -> Option<Spelled<'_>> {
    let directory = &path[..name_at];
    // Without its extension, `...html` would be `..`: browsers resolve that away, so no key holds it.
    let stem_end = stem_end.filter(|&end| !matches!(&path[name_at..end], b"." | b".."));
    let (path, slash) = match form {
        Form::Exact => (path, false),
        Form::Directory => (directory, false),
        Form::DirectoryWithoutSlash => (directory.strip_suffix(b"/").unwrap_or_default(), false),
        Form::WithoutExtension => (&path[..stem_end?], false),
        Form::WithoutExtensionSlash => (&path[..stem_end?], true),
        Form::Below => return None,
    };
    Some(Spelled { path, slash, form })
}
