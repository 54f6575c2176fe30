//! The revision that is live, as the deliveries of a run say: the one that the newest names.
//!
//! A delivery can name a commit that was thrown away, or is not there yet. Then the deploy before it is purged, and the run is tried
//! again for the newest. The plan between the mark and the revision is left to the engine.

use crate::config::BranchName;
use crate::hook::{Deploy, RevisionId};
use crate::snapshot::{KeptClone, KeptCloneError, Wanted};

/// Revisions that are tried, from the newest on: each costs two fetches.
const TRIED: usize = 4;

/// A revision that was brought.
pub(super) struct Live {
    /// Its full id.
    pub(super) id: String,
    /// Why it is not what the newest delivery names.
    pub(super) lacks: Option<KeptCloneError>,
}

impl Live {
    /// Brings what the newest of these deploys names that the repository has; without any, the tip of the site's branch. `name` is kept
    /// as a ref at it.
    pub(super) fn bring(
        clone: &KeptClone,
        deploys: &[Deploy],
        branch: Option<&BranchName>,
        name: &str,
    ) -> Result<Live, KeptCloneError> {
        // Who names none in the newest means the branch.
        let named = deploys.iter().rev().map_while(|deploy| deploy.to.as_ref());
        let mut ids: Vec<&str> = named.map(RevisionId::as_str).collect();
        ids.dedup();
        let mut newest: Option<KeptCloneError> = None;
        for id in ids.into_iter().take(TRIED) {
            match clone.bring(Wanted::Id(id), name) {
                Ok(id) => return Ok(Live { id, lacks: newest }),
                Err(absent @ KeptCloneError::Absent(..)) => _ = newest.get_or_insert(absent),
                Err(error) => return Err(newest.unwrap_or(error)),
            }
        }
        if let Some(absent) = newest {
            return Err(absent);
        }
        let id = clone.bring(branch.map_or(Wanted::Head, Wanted::Branch), name)?;
        Ok(Live { id, lacks: None })
    }
}

/// Returns the revision before these deploys, as the first one says. That of a later one would leave out what the first one changed.
pub(super) fn before(deploys: &[Deploy]) -> Option<&RevisionId> {
    deploys.first()?.from.as_ref()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    /// A repository with two commits, and their ids.
    fn repository(place: &Path) -> [String; 2] {
        let git = |arguments: &[&str]| {
            let blank = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")];
            let who = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
            let out = Command::new("git").arg("-C").arg(place).args(who).args(arguments).envs(blank).output().unwrap();
            assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
            String::from_utf8(out.stdout).unwrap().trim().to_owned()
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        ["1", "2"].map(|message| {
            git(&["commit", "--quiet", "--allow-empty", "-m", message]);
            git(&["rev-parse", "HEAD"])
        })
    }

    fn deploys(ids: &[Option<&str>]) -> Vec<Deploy> {
        let to = |id| RevisionId::parse(id).unwrap();
        ids.iter().map(|id| Deploy { to: id.map(to), ..Deploy::default() }).collect()
    }

    #[test]
    fn what_was_live_before_is_what_the_first_deploy_says_and_no_later_one() {
        let id = |digit: &str| RevisionId::parse(&digit.repeat(40));
        let deploy = |from| Deploy { from, ..Deploy::default() };
        assert_eq!(before(&[deploy(id("a")), deploy(id("b"))]), id("a").as_ref());
        assert_eq!(before(&[deploy(None), deploy(id("b"))]), None);
        assert_eq!(before(&[]), None);
    }

    #[test]
    fn a_commit_that_is_not_there_leaves_the_deploy_before_it() {
        let place = TempDir::new().unwrap();
        let (at, kept) = (place.path().join("site"), place.path().join("kept"));
        std::fs::create_dir(&at).unwrap();
        let [one, two] = repository(&at);
        let (one, two) = (one.as_str(), two.as_str());
        let clone = KeptClone::open(&kept, at.to_str().unwrap()).unwrap();
        let (absent, other) = ("a".repeat(40), "b".repeat(40));
        let (absent, other) = (Some(&*absent), Some(&*other));
        let brought = |ids: &[Option<&str>]| Live::bring(&clone, &deploys(ids), None, "www");
        for (ids, id, lacks) in [
            (&[Some(one), Some(two)][..], two, false),
            (&[Some(two), Some(one)], one, false),
            (&[Some(two), Some(one), absent], one, true),
            (&[Some(one), absent, absent, other], one, true),
            // The newest says nothing: the branch is meant, whatever came before.
            (&[Some(one), absent, None], two, false),
            (&[], two, false),
        ] {
            let live = brought(ids).unwrap();
            assert_eq!((live.id.as_str(), live.lacks.is_some()), (id, lacks), "{ids:?}");
        }
        for ids in [&[absent][..], &[None, absent], &[Some(one), absent, other, absent, other]] {
            assert!(matches!(brought(ids), Err(KeptCloneError::Absent(..))), "{ids:?}");
        }
        // No answer says nothing of what is there.
        std::fs::rename(&at, place.path().join("elsewhere")).unwrap();
        assert!(matches!(brought(&[Some(one), absent]), Err(KeptCloneError::Remote(_))));
    }
}
