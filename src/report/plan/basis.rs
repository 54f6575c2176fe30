//! The basis of a plan, as it stands in the document for programs: written, and read back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::document::{EventsDocument, ListDocument, SnapshotDocument};
use crate::plan::{Asked, Base, BaseOf, Basis};
use crate::snapshot::SnapshotName;

/// The keys of a site's document that say what its plan was made from.
#[derive(Serialize, Deserialize)]
pub(super) struct BasisDocument<'d> {
    from: Option<SnapshotDocument<'d>>,
    to: Option<SnapshotDocument<'d>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<BaseDocument<'d>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paths: Option<ListDocument<'d>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    events: Option<EventsDocument<'d>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
}

/// The source that says what the site was.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Of {
    Given,
    Mark,
    Ci,
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct BaseDocument<'d> {
    of: Of,
    /// The CI system's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ci: Option<Cow<'d, str>>,
    /// The meaning of FROM there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    means: Option<Cow<'d, str>>,
    /// The reason for which it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<Cow<'d, str>>,
    /// The mark, where FROM is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mark: Option<SnapshotDocument<'d>>,
    /// The snapshots that were live since the mark, and not purged completely.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    open: Vec<SnapshotDocument<'d>>,
}

impl<'d> BaseDocument<'d> {
    /// Describes a base that is known.
    fn known(base: &'d Base) -> BaseDocument<'d> {
        let (of, ci, means) = match &base.of {
            BaseOf::Given => (Of::Given, None, None),
            BaseOf::Mark => (Of::Mark, None, None),
            BaseOf::Ci { name, means } => (Of::Ci, Some(name.into()), Some(means.into())),
        };
        let (mark, open) = (base.mark.as_ref().map(snapshot), base.open.iter().map(snapshot).collect());
        BaseDocument { of, ci, means, why: None, mark, open }
    }

    /// Describes a base that is not known.
    fn unknown(why: &'d str) -> BaseDocument<'d> {
        let why = Some(why.into());
        BaseDocument { of: Of::Unknown, ci: None, means: None, why, mark: None, open: Vec::new() }
    }

    fn base(self) -> Option<Base> {
        let of = match (self.of, self.ci, self.means) {
            (Of::Given, None, None) => BaseOf::Given,
            (Of::Mark, None, None) => BaseOf::Mark,
            (Of::Ci, Some(name), Some(means)) => BaseOf::Ci { name: name.into(), means: means.into() },
            _ => return None,
        };
        Some(Base { of, mark: self.mark.map(name), open: self.open.into_iter().map(name).collect() })
    }
}

impl<'d> BasisDocument<'d> {
    /// Describes a basis.
    pub(super) fn new(basis: &'d Basis) -> BasisDocument<'d> {
        let none = BasisDocument { from: None, to: None, base: None, paths: None, events: None, asked: None };
        match basis {
            Basis::Snapshots { from, to, base } => {
                let (from, to) = (Some(snapshot(from)), Some(snapshot(to)));
                BasisDocument { from, to, base: Some(BaseDocument::known(base)), ..none }
            }
            Basis::Unknown { why, to } => {
                BasisDocument { to: Some(snapshot(to)), base: Some(BaseDocument::unknown(why)), ..none }
            }
            Basis::Asked(asked) => BasisDocument { asked: Some(*asked), ..none },
            Basis::Paths { source, count } => {
                BasisDocument { paths: Some(ListDocument { source: source.into(), count: *count }), ..none }
            }
            Basis::Events { source, records, paths, unused } => {
                let (records, paths, unused) = (*records, *paths, *unused);
                BasisDocument { events: Some(EventsDocument { source: source.into(), records, paths, unused }), ..none }
            }
        }
    }

    /// Returns the basis that it describes; `None` where it is a part of several.
    pub(super) fn basis(self) -> Option<Basis> {
        if let Some(asked) = self.asked {
            let is_alone = self.from.is_none() && self.to.is_none() && self.base.is_none();
            return (is_alone && self.paths.is_none() && self.events.is_none()).then_some(Basis::Asked(asked));
        }
        if let Some(EventsDocument { source, records, paths, unused }) = self.events {
            let is_alone = self.from.is_none() && self.to.is_none() && self.base.is_none() && self.paths.is_none();
            return is_alone.then(|| Basis::Events { source: source.into(), records, paths, unused });
        }
        match (self.from, self.to, self.base, self.paths) {
            (Some(from), Some(to), Some(base), None) => {
                Some(Basis::Snapshots { from: name(from), to: name(to), base: base.base()? })
            }
            (None, Some(to), Some(BaseDocument { of: Of::Unknown, why: Some(why), .. }), None) => {
                Some(Basis::Unknown { why: why.into(), to: name(to) })
            }
            (None, None, None, Some(list)) => Some(Basis::Paths { source: list.source.into(), count: list.count }),
            _ => None,
        }
    }
}

fn snapshot(name: &SnapshotName) -> SnapshotDocument<'_> {
    SnapshotDocument { revision: (&*name.spec).into(), id: (&*name.id).into() }
}

fn name(one: SnapshotDocument<'_>) -> SnapshotName {
    SnapshotName { spec: one.revision.into(), id: one.id.into() }
}
