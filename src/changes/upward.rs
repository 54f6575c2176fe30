//! Links that lead to a directory above them: such a link has changed when anything in that directory has.
//!
//! They are not followed, and so they are looked at once more when all changes are known. How they are met is left to [`super::walk`].

use super::change::{Change, Changes, Status};
use super::odd_links::Loop;

impl Changes {
    /// Marks links to a directory above them as changed: such a link has changed when anything in that directory has, and be it
    /// behind another such link. Returns whether there are any.
    pub(super) fn follow_loops(&mut self) -> bool {
        let mut loops = std::mem::take(&mut self.odd_links.loops);
        loops.sort_unstable();
        loops.dedup();
        let paths = &mut self.paths;
        loop {
            let before = paths.len();
            for Loop { link, directory } in &loops {
                let at = paths.partition_point(|change| change.path < *link);
                let known = paths.get(at).is_some_and(|change| change.path == *link);
                let start = paths.partition_point(|change| change.path < *directory);
                if !known && paths.get(start).is_some_and(|change| change.path.starts_with(directory)) {
                    let (path, status) = (link.clone(), Status::Modified);
                    paths.insert(at, Change { path, status, leads_elsewhere: true });
                }
            }
            if paths.len() == before {
                return !loops.is_empty();
            }
        }
    }
}
