//! The ends of a first plan, for somebody who has no mark yet: the last deploy where the history holds one, else the whole site.

use super::error::Error;
use super::ground::Ground;
use super::planning::default_to;
use crate::config::Site;
use crate::snapshot::{Range, Sources};

/// The name of a site without files.
const NOTHING: &str = "empty";

/// Returns the ends of a first plan of a site; `to` is what is taken for it in the place of its usual TO.
///
/// # Errors
/// When TO cannot be read.
pub fn first_ends(ground: &Ground<'_>, site: &Site, to: Option<&str>) -> Result<Range, Error> {
    let mut sources = Sources::new(ground.directory);
    let (spec, before) = if let Some(to) = to {
        (to.to_owned(), None)
    } else {
        let to = default_to(ground, site, &mut sources)?;
        let before = format!("{to}~1");
        (to, Some(before))
    };
    let mut from = NOTHING.to_owned();
    if let Some(before) = before
        // A first commit has none before it, and a shallow clone does not have it.
        && let Ok(ends) = sources.ends(&[&before], &spec)
        && let [was] = &ends.from[..]
    {
        let (was, is) = (was.snapshot(&site.output)?, ends.to.snapshot(&site.output)?);
        if was.root().is_some() && was.root() != is.root() {
            from = before;
        }
    }
    Ok(Range::parse(Some(&from), Some(&spec))?)
}
