//! The mapping of one path or URL, for each site of the run, without a plan.

use super::error::Error;
use super::ground::Ground;
use crate::changes;
use crate::config::Site;
use crate::mapping::{self, Behind, Explanation};
use crate::snapshot::{SnapshotName, Source};

/// One site's answer.
pub struct Explained {
    /// The site's name.
    pub site: String,
    /// The names of the site's rules.
    pub rules: Vec<String>,
    /// Where files were looked for.
    pub to: SnapshotName,
    /// The answer.
    pub answer: Answer,
}

/// What is said of a path or a URL.
pub enum Answer {
    /// Of a path, relative to the web root.
    Path {
        /// Its bytes.
        path: Vec<u8>,
        /// It is there.
        exists: bool,
        /// What is done about it.
        explanation: Explanation,
    },
    /// Of a URL.
    Url {
        /// As typed.
        url: String,
        /// The files behind it; `None` when it is not the site's.
        files: Option<Vec<Behind>>,
    },
}

/// Explains a path or a URL, with the files of a revision.
///
/// # Errors
/// When the revision cannot be read.
pub fn explain(ground: &Ground<'_>, what: &str, revision: &str) -> Result<Vec<Explained>, Error> {
    let source = Source::open(revision, ground.directory, None)?;
    let mut all = Vec::new();
    for site in &ground.chosen.sites {
        let to = source.snapshot(&site.output)?;
        let inventory = changes::all_paths(&to, site.symlinks)?;
        let answer = if what.contains("://") {
            Answer::Url { url: what.to_owned(), files: mapping::behind(what, &inventory, site) }
        } else {
            of_path(site, what, &inventory)
        };
        all.push(Explained { site: site.name.to_string(), rules: site.rules.names(), to: to.name().clone(), answer });
    }
    Ok(all)
}

fn of_path(site: &Site, typed: &str, inventory: &[Box<[u8]>]) -> Answer {
    let exists = |path: &str| inventory.binary_search_by(|known| (**known).cmp(path.as_bytes())).is_ok();
    let typed = typed.trim_start_matches("./").trim_start_matches('/');
    // A path as the repository has it means the same file, unless the site has one of that very name.
    let in_output = typed.strip_prefix(site.output.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let path = in_output.filter(|_| !exists(typed)).unwrap_or(typed);
    let explanation = mapping::explain(path.as_bytes(), site);
    Answer::Path { path: path.as_bytes().to_vec(), exists: exists(path), explanation }
}
