//! The shapes of the document for programs that writing and reading share: reasons, operations, layers.
//!
//! `docs/plan.schema.json` describes the whole; [`super::json()`] writes it, [`super::saved`] reads it back.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::changes::{EntryChange, RewriteOf, Status};
use crate::config::{Form, Layer, RequestHeaders, RuleNumber, Scope};
use crate::encoding::{Spelling, encode_path};
use crate::mapping::{Kind, PublicUrl, Reason, Twin, Unicode};
use crate::plan::{Plan, PlannedOperation};

/// A revision.
#[derive(Serialize, Deserialize)]
pub(super) struct SnapshotDocument<'d> {
    pub(super) revision: Cow<'d, str>,
    pub(super) id: Cow<'d, str>,
}

/// The one of a site's caches that a plan is for.
#[derive(Serialize, Deserialize)]
pub(super) struct LayerDocument {
    number: usize,
    of: usize,
    cache: String,
}

impl LayerDocument {
    /// Describes a layer.
    pub(super) fn new(layer: &Layer) -> LayerDocument {
        LayerDocument { number: layer.number, of: layer.of, cache: layer.cache.clone() }
    }

    /// Returns the layer; the error names the part that is wrong.
    pub(super) fn layer(self) -> Result<Layer, String> {
        if !(1..=self.of).contains(&self.number) {
            return Err("a layer".to_owned());
        }
        Ok(Layer { number: self.number, of: self.of, cache: self.cache })
    }
}

/// A list of changed paths.
#[derive(Serialize, Deserialize)]
pub(super) struct ListDocument<'d> {
    pub(super) source: Cow<'d, str>,
    pub(super) count: usize,
}

/// A list of an object store's events.
#[derive(Serialize, Deserialize)]
pub(super) struct EventsDocument<'d> {
    pub(super) source: Cow<'d, str>,
    pub(super) records: usize,
    pub(super) paths: usize,
    pub(super) unused: usize,
}

/// A path: one of the two.
#[derive(Serialize, Deserialize, Default)]
pub(super) struct PathDocument<'d> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'d, str>>,
    /// A path that is not UTF-8: its bytes, percent-encoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_encoded: Option<String>,
}

/// One thing to ask of the provider.
#[derive(Serialize)]
pub(super) struct OperationDocument<'d> {
    kind: Kind,
    value: &'d str,
    /// The request headers that are part of a URL's cache key.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'d RequestHeaders>,
    /// It is sent when all others have been answered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    last: bool,
    reasons: Vec<ReasonDocument<'d>>,
}

/// One thing to ask of the provider, read back.
#[derive(Deserialize)]
pub(super) struct SavedOperation {
    pub(super) kind: Kind,
    pub(super) value: String,
    #[serde(default)]
    pub(super) headers: SavedHeaders,
    #[serde(default)]
    pub(super) last: bool,
    #[serde(default)]
    pub(super) reasons: Vec<ReasonDocument<'static>>,
}

/// Request headers in the order in which they stand, as a request has to repeat it.
#[derive(Default)]
pub(super) struct SavedHeaders(pub(super) Vec<(String, String)>);

impl<'de> Deserialize<'de> for SavedHeaders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = SavedHeaders;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SavedHeaders, A::Error> {
                let mut headers = Vec::new();
                while let Some(header) = map.next_entry()? {
                    headers.push(header);
                }
                Ok(SavedHeaders(headers))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

/// The reason for an operation: the change, and the way from it to this operation; or `always`.
#[derive(Serialize, Deserialize, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a key of the document")]
pub(super) struct ReasonDocument<'d> {
    #[serde(flatten)]
    pub(super) path: PathDocument<'d>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<Status>,
    /// The path is a directory that appeared or vanished.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) directory: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) form: Option<Form>,
    /// The spelling, where reserved characters are escaped as browsers do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spelling: Option<Spelling>,
    /// The Unicode form, where non-ASCII characters are not the bytes that git holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unicode: Option<Unicode>,
    /// It is in small letters, and the path is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    lower_case: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escapes: Option<EscapesDocument>,
    /// The scope, where the change bears on other files' URLs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<Scope>,
    /// The entry of a host's configuration that bears on it; empty where it is the file as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entry: Option<Cow<'d, str>>,
    /// The file of that entry, where the path is what the entry answers with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<PathDocument<'d>>,
    /// The number of the rule that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<RuleNumber>,
    /// The number of changed paths that the rule is for, where it asks for the same thing for all; `path` is the first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) paths: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) always: bool,
    /// Somebody asked for it by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) asked: bool,
    /// The number of URLs that changed in a directory that takes their place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) changed: Option<u32>,
    /// The number of those that did not change, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unchanged: Option<u32>,
}

/// The hex digits of escapes, where they are not capitals.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum EscapesDocument {
    /// `%c3`.
    Lower,
}

impl<'d> OperationDocument<'d> {
    /// Describes an operation of a plan.
    pub(super) fn new(plan: &'d Plan, planned: &'d PlannedOperation) -> OperationDocument<'d> {
        OperationDocument {
            kind: planned.operation.kind(),
            value: planned.operation.text(),
            headers: planned.operation.url().and_then(PublicUrl::headers),
            last: planned.last,
            reasons: planned.reasons.iter().map(|reason| ReasonDocument::new(plan, *reason)).collect(),
        }
    }
}

impl PathDocument<'_> {
    /// Describes a path.
    pub(super) fn new(path: &[u8]) -> PathDocument<'_> {
        let text = std::str::from_utf8(path);
        let encoded = || {
            let mut encoded = String::new();
            encode_path(path, &mut encoded);
            encoded
        };
        // The bytes that are no text stand in `path_encoded`.
        PathDocument { path_encoded: text.is_err().then(encoded), path: text.ok().map(Cow::Borrowed) }
    }

    /// Returns the path's bytes; `None` where there is no path.
    pub(super) fn bytes(&self) -> Option<Box<[u8]>> {
        let decoded = |encoded: &String| percent_encoding::percent_decode_str(encoded).collect::<Vec<u8>>();
        let bytes = self.path.as_ref().map(|path| path.as_bytes().to_vec());
        bytes.or_else(|| self.path_encoded.as_ref().map(decoded)).map(Vec::into_boxed_slice)
    }
}

impl<'d> ReasonDocument<'d> {
    /// Describes a reason, which a plan holds by the numbers of its changes.
    fn new(plan: &'d Plan, reason: Reason) -> ReasonDocument<'d> {
        let changed = |i: u32| {
            let change = &plan.changes.paths[i as usize];
            let path = PathDocument::new(&change.path);
            ReasonDocument { path, status: Some(change.status), rule: reason.rule(), ..ReasonDocument::default() }
        };
        match reason {
            Reason::Asked => ReasonDocument { asked: true, ..ReasonDocument::default() },
            Reason::Always => ReasonDocument { always: true, ..ReasonDocument::default() },
            Reason::Cover(n, unchanged) => ReasonDocument { changed: Some(n), unchanged, ..ReasonDocument::default() },
            Reason::SideEffect(i, scope, _) => ReasonDocument { scope: Some(scope), ..changed(i) },
            Reason::Rule(_, first, paths) => ReasonDocument { paths: Some(paths), ..changed(first) },
            Reason::Template(i, twin, _) => changed(i).spelled(twin),
            Reason::Entry(i, twin) => {
                let EntryChange { file, status, difference } = &plan.changes.entries[i as usize];
                let (path, status) = (PathDocument::new(file), Some(*status));
                let (entry, scope) = (Some(Cow::Borrowed(&*difference.entry)), difference.scope);
                ReasonDocument { path, status, scope, entry, ..ReasonDocument::default() }.spelled(twin)
            }
            Reason::Rewrite(i, entry, twin) => {
                let RewriteOf { file, rewrite } = &plan.changes.rewrites[entry as usize];
                let (entry, scope) = (Some(Cow::Borrowed(&*rewrite.entry)), rewrite.scope);
                ReasonDocument { file: Some(PathDocument::new(file)), scope, entry, ..changed(i) }.spelled(twin)
            }
            Reason::Path(i, form, twin, _) => ReasonDocument { form: Some(form), ..changed(i) }.spelled(twin),
            Reason::Directory(i, form, twin) => {
                let directory = &plan.changes.directories[i as usize];
                let path = PathDocument::new(&directory.path);
                let (status, form) = (Some(directory.status), Some(form));
                ReasonDocument { path, status, form, directory: true, ..ReasonDocument::default() }.spelled(twin)
            }
        }
    }

    fn spelled(self, twin: Twin) -> Self {
        ReasonDocument {
            spelling: (twin.spelling != Spelling::Canonical).then_some(twin.spelling),
            unicode: (twin.unicode != Unicode::AsIs).then_some(twin.unicode),
            lower_case: twin.lower,
            escapes: twin.small_escapes.then_some(EscapesDocument::Lower),
            ..self
        }
    }

    /// Returns the way in which the path is spelled.
    pub(super) fn twin(&self) -> Twin {
        let (spelling, unicode) = (self.spelling.unwrap_or(Spelling::Canonical), self.unicode.unwrap_or(Unicode::AsIs));
        Twin { spelling, unicode, lower: self.lower_case, small_escapes: self.escapes.is_some() }
    }
}
