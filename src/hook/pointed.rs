//! What a body says where JSON pointers lead: for senders whose bodies diffpurge does not know.

use super::body::json;
use super::deploy::{Deploy, RevisionId};
use super::signature::digest;
use super::verdict::Verdict;
use crate::changes;
use crate::config::{Pointed, Pointer};
use crate::display::shown;

/// Reads what a genuine body says. A body that nothing points into may be anything.
pub(super) fn told(pointed: &Pointed, body: &[u8]) -> Result<Deploy, Verdict> {
    let pointers = [&pointed.id, &pointed.from, &pointed.to, &pointed.paths];
    if pointers.into_iter().all(Option::is_none) && pointed.status.is_none() {
        return Ok(Deploy::default());
    }
    let document = json(body, "it is no JSON")?;
    if let Some((pointer, words)) = &pointed.status {
        let status = pointer.text(&document).ok_or_else(|| Verdict::strange("there is no status"))?;
        if !words.contains(&status) {
            return Err(Verdict::ignored(format!("the status is {}", shown(status.as_bytes()))));
        }
    }
    let text = |pointer: &Option<Pointer>| pointer.as_ref().and_then(|at| at.text(&document));
    let revision = |pointer: &Option<Pointer>| text(pointer).as_deref().and_then(RevisionId::parse);
    if pointed.to.is_some() && revision(&pointed.to).is_none() {
        return Err(Verdict::strange("`to` leads to no full id of a revision"));
    }
    let paths = pointed.paths.as_ref();
    let paths =
        paths.map(|at| at.texts(&document).ok_or_else(|| Verdict::strange("`paths` leads to no list of texts")));
    // One that cannot be used would stop the run, and those that take its deliveries along.
    let usable = |paths: Vec<String>| match changes::named(&nul_separated(&paths), true) {
        Ok(_) if paths.iter().any(|path| path.contains('\0')) => Err(Verdict::strange("a path holds a NUL")),
        Ok(_) => Ok(paths),
        Err(fault) => Err(Verdict::strange(&fault.to_string())),
    };
    Ok(Deploy {
        // Whatever its length and its characters. An empty one tells nothing apart, and each delivery counts.
        id: text(&pointed.id).filter(|id| !id.is_empty()).map(|id| digest(id.as_bytes())),
        from: revision(&pointed.from),
        to: revision(&pointed.to),
        paths: paths.transpose()?.map(usable).transpose()?,
        ..Deploy::default()
    })
}

/// Returns paths as [`changes::named`] reads them: each ends in a NUL.
#[must_use]
pub fn nul_separated(paths: &[String]) -> Vec<u8> {
    paths.iter().flat_map(|path| [path.as_bytes(), &[0]]).flatten().copied().collect()
}
