//! The host that serves a site, as far as files tell it. A preset shrinks what is purged: it is taken where there is one alone.

use super::address::is_of_owner;
use super::deploy::{self, Deploy};
use super::files::{Unreadable, joined};
use super::place::Place;
use super::project::Project;
use super::sight::Sight;

/// The host, as far as it can be told.
pub(super) enum Host {
    Known {
        word: &'static str,
        because: String,
    },
    /// One of several, or of those that read a file.
    Doubtful(String),
    Unknown,
}

/// Tells the host by the ways that lead to one, else by the files in the output and by the branch.
pub(super) fn find(
    sight: &Sight<'_>,
    project: Option<&Project>,
    place: &Place,
    deploys: &[Deploy],
) -> Result<Host, Unreadable> {
    let mut known: Vec<(&'static str, &Deploy)> =
        deploys.iter().filter_map(|deploy| Some((deploy.host?, deploy))).collect();
    let mut seen = Vec::new();
    known.retain(|(word, _)| {
        let is_new = !seen.contains(word);
        seen.push(*word);
        is_new
    });
    // A host's own file tells the setting, and a workflow the host alone.
    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    known.retain(|(word, _)| {
        !words.iter().any(|other| other.strip_prefix(word).is_some_and(|rest| rest.starts_with('-')))
    });
    match &known[..] {
        [] => {}
        [(word, deploy)] => return Ok(Host::Known { word, because: deploy.tells_host() }),
        several => {
            let words: Vec<String> =
                several.iter().map(|(word, deploy)| format!("\"{word}\" ({})", deploy.file)).collect();
            return Ok(Host::Doubtful(format!("Is it {}?", words.join(" or "))));
        }
    }
    let found = in_files(sight, project, place)?;
    let is_gh_pages = matches!(place, Place::Branch { name, .. } if name == "gh-pages")
        || matches!(place, Place::Committed { .. }) && sight.head.as_deref() == Some("gh-pages");
    Ok(match found {
        Some(deploy @ Deploy { host: Some(word), .. }) => Host::Known { word, because: deploy.tells_host() },
        Some(Deploy { file, .. }) => {
            Host::Doubtful(format!("Is it \"netlify\" or \"cloudflare-pages\"? Both read {file}."))
        }
        None if sight.remote.as_ref().is_some_and(|(_, url)| is_of_owner(url)) => {
            Host::Known { word: "github-pages", because: "GitHub serves a repository of this name".to_owned() }
        }
        None if is_gh_pages => {
            Host::Known { word: "github-pages", because: "The branch is called gh-pages".to_owned() }
        }
        None => deploys.iter().find(|deploy| !deploy.may_be.is_empty()).map_or(Host::Unknown, |deploy| {
            let words: Vec<String> = deploy.may_be.iter().map(|word| format!("\"{word}\"")).collect();
            Host::Doubtful(format!("Is it {}? {}.", words.join(" or "), deploy.tells_host()))
        }),
    })
}

/// Returns what the files of the output tell, or those that the generator copies there.
fn in_files(sight: &Sight<'_>, project: Option<&Project>, place: &Place) -> Result<Option<Deploy>, Unreadable> {
    let branch = match place {
        Place::Branch { name, .. } => sight.branches.iter().find(|branch| branch.name == *name),
        Place::Committed { .. } | Place::Built { .. } => None,
    };
    let mut found = None;
    if let Some((branch, Place::Branch { output, .. })) = branch.map(|branch| (branch, place)) {
        found = deploy::in_output(&*branch.files, output)?;
    }
    let own = match place {
        Place::Committed { output } => Some(output.clone()),
        Place::Built { directory, .. } => Some(directory.clone()),
        Place::Branch { .. } => None,
    };
    let copied = project.into_iter().flat_map(|p| p.facts().copied.iter().map(|d| joined(&p.at, d)));
    for directory in own.into_iter().chain(copied) {
        if found.is_none() {
            found = deploy::in_output(sight.source, &directory)?;
        }
    }
    Ok(found)
}
