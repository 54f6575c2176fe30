//! Was the last purge of a site's name of another site? Then that is asked before everything is purged as if for the first time.

use crate::display::shown;
use crate::engine::run::mark::SiteMark;

/// Returns the question whether a first purge is meant, where the last one of the site's name was of something else: a slip in
/// a base URL or in a zone makes a site of its own.
pub(in crate::engine) fn another(mark: &SiteMark) -> Option<String> {
    let mine = &mark.store.record().identity;
    let [was, is] = mark.held.beside.as_ref()?.identity.as_ref()?.apart(mine).map(|text| shown(text.as_bytes()));
    Some(format!("the last purge of {} was {was}; this one is {is}: is that meant?", mine.site))
}
