//! A word that stands where a revision does, and was meant for what is purged by hand: a path of the site, or everything.

use std::path::Path;

use crate::config::{BaseUrl, OutputDir, Site};
use crate::display::shown;
use crate::encoding::canonical_url_path;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::snapshot::{MARK, Repository, SnapshotError};

/// The file whose URL is that of its directory.
const INDEX: &str = "index.html";

/// Puts what to type in place of a revision that is not here into its error, where that can be told.
pub(super) fn suggest(ground: &Ground<'_>, error: &mut Error) {
    if let Error::Snapshot(SnapshotError::Revision { spec, by_hand, shallow, .. }) = error {
        let first = if *shallow { None } else { before_the_first(ground, spec) };
        *by_hand = first.or_else(|| instead(ground, spec)).map(String::into_boxed_str);
    }
}

/// Returns what to type in place of a revision before the first one, as `HEAD~1` is where there is one commit.
fn before_the_first(ground: &Ground<'_>, spec: &str) -> Option<String> {
    let (base, steps) = spec.split_at(spec.find(['~', '^'])?);
    let is_steps = steps.chars().all(|c| matches!(c, '~' | '^') || c.is_ascii_digit());
    let repository = ground.sources().repository().ok().filter(|_| is_steps && !base.is_empty())?;
    repository.one(base, &OutputDir::default()).ok()?;
    let base = shown(base.as_bytes());
    Some(format!("{base} has no such commit before it; `diffpurge plan empty {base}` shows all of the site as new"))
}

fn instead(ground: &Ground<'_>, spec: &str) -> Option<String> {
    if matches!(spec, "everything" | "all") {
        return Some("that is no revision: `diffpurge purge --everything` purges all that the caches hold".to_owned());
    }
    if spec == MARK {
        return Some(format!("`mark` is a FROM, and no TO: `diffpurge {} mark HEAD`", ground.command));
    }
    let sites = &ground.chosen.sites;
    let site = if spec.starts_with('/') {
        // A directory or a manifest on disk has a hint of its own.
        sites.first().filter(|_| spec == "/" || !Path::new(spec).exists())
    } else {
        let repository = ground.sources().repository().ok()?;
        sites.iter().find(|site| has_file(&repository, site, spec))
    };
    let url = url(site?.base_urls.first()?, spec)?;
    Some(format!("a path of the site is no revision: `diffpurge purge {url}` purges its URL"))
}

/// Returns true where the web root of a site has this file, in its branch or in what is checked out.
fn has_file(repository: &Repository, site: &Site, path: &str) -> bool {
    let path = format!("{}/{path}", site.output.as_str());
    let path = path.trim_start_matches('/');
    let revisions = match &site.branch {
        Some(branch) => vec![format!("refs/heads/{branch}"), format!("refs/remotes/origin/{branch}")],
        None => vec!["HEAD".to_owned()],
    };
    revisions.iter().any(|revision| repository.has_file(revision, path))
}

/// Returns the URL of a path below a base URL; the base URL's own path may be part of it.
fn url(base: &BaseUrl, path: &str) -> Option<String> {
    let is_index = path.strip_suffix(INDEX).filter(|directory| directory.is_empty() || directory.ends_with('/'));
    let path = is_index.unwrap_or(path);
    let path = canonical_url_path(&format!("/{}", path.strip_prefix('/').unwrap_or(path))).ok()?;
    let own = base.without_scheme().find('/').map_or("/", |start| &base.without_scheme()[start..]);
    let below = path.strip_prefix(own).or(path.strip_prefix('/'))?;
    Some(format!("{base}{below}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_path_is_joined_to_the_base_url_once() {
        let text =
            "[[site]]\nname = \"w\"\nbase_urls = [\"https://www.example.com/\", \"https://www.example.com/docs/\"]\n";
        let bases = Config::parse(text, "").unwrap().sites.remove(0).base_urls;
        for (base, path, want) in [
            (0, "/", "https://www.example.com/"),
            (0, "/blog/", "https://www.example.com/blog/"),
            (0, "blog/index.html", "https://www.example.com/blog/"),
            (0, "index.html", "https://www.example.com/"),
            (0, "/a-index.html", "https://www.example.com/a-index.html"),
            (0, "/\u{fc}ber uns", "https://www.example.com/%C3%BCber%20uns"),
            (1, "/docs/a", "https://www.example.com/docs/a"),
            (1, "/a", "https://www.example.com/docs/a"),
        ] {
            assert_eq!(url(&bases[base], path).as_deref(), Some(want), "{path}");
        }
        assert_eq!(url(&bases[0], "/a/../b"), None);
    }
}
