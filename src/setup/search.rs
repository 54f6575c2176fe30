//! Looks for the output of a site: where somebody names it first, then where it lies by custom, then where a build has left it.

use super::deploy::Deploy;
use super::error::SetupError;
use super::files::{Files, has_page, is_there, joined};
use super::place::{Located, Place};
use super::project::{Project, is_directory, is_source};
use super::sight::Sight;

/// Branches that hold a site's output by custom: of GitHub Pages, of Codeberg and sourcehut, of deploy scripts, of Apache projects.
pub(super) const BRANCHES: [&str; 6] = ["gh-pages", "pages", "deploy", "live", "site", "asf-site"];

/// Directories that hold a site's output by custom, the most usual first.
const DIRECTORIES: [&str; 14] = [
    "public",
    "dist",
    "_site",
    "build",
    "out",
    "site",
    "output",
    "html",
    "docs",
    "www",
    "htdocs",
    "public_html",
    "_build/html",
    "build/html",
];

/// Looks for a site's output.
pub(super) struct Search<'s> {
    pub(super) sight: &'s Sight<'s>,
    pub(super) project: Option<&'s Project>,
    pub(super) deploys: &'s [Deploy],
}

/// Returns the branches that the output may be on: those that workflows name, and those that do by custom.
pub(super) fn branches(deploys: &[Deploy]) -> Vec<String> {
    let named = deploys.iter().filter_map(|deploy| deploy.branch.clone());
    let mut all: Vec<String> = named.chain(BRANCHES.map(str::to_owned)).collect();
    let mut seen = Vec::new();
    all.retain(|name| {
        let is_new = !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
    all
}

impl Search<'_> {
    /// Finds the output; `asked` is the directory that was named.
    pub(super) fn find(&self, asked: Option<&str>) -> Result<Located, SetupError> {
        if let Some(asked) = asked {
            return self.asked(asked);
        }
        let steps = [Self::known_directory, Self::usual_branch, Self::whole_tree, Self::usual_directory, Self::on_disk];
        let mut located = self.named_branch();
        for step in steps {
            if located.is_none() {
                located = step(self)?;
            }
        }
        if let Some(located) = located {
            return Ok(Located { others: self.others(&located.place)?, ..located });
        }
        Err(SetupError::NoSite)
    }

    /// The directory that a person names.
    fn asked(&self, asked: &str) -> Result<Located, SetupError> {
        let directory = joined("", asked);
        let because = "You named it.".to_owned();
        let located = |place| Located { place, because: because.clone(), others: Vec::new() };
        if let Some(committed) = self.sight.committed
            && is_directory(committed, &directory)?
            && !committed.list(&directory)?.is_empty()
        {
            return Ok(located(Place::Committed { output: directory }));
        }
        for branch in self.sight.branches {
            if !directory.is_empty() && is_directory(&*branch.files, &directory)? {
                let name = branch.name.clone();
                return Ok(located(Place::Branch { name, output: directory, is_found: true }));
            }
        }
        if is_directory(self.sight.source, &directory)? {
            let is_there = !self.sight.source.list(&directory)?.is_empty();
            return Ok(located(Place::Built { directory, is_there }));
        }
        Err(SetupError::NoOutput(asked.to_owned()))
    }

    /// The branch that a workflow deploys to.
    fn named_branch(&self) -> Option<Located> {
        let mut named = self.deploys.iter().filter_map(|deploy| Some((deploy.branch.clone()?, deploy)));
        let (name, deploy) = named.next()?;
        if self.sight.head.as_deref() == Some(&name) {
            return None;
        }
        let is_found = self.sight.branches.iter().any(|branch| branch.name == name);
        let missing = if is_found { "" } else { ", but no such branch is known here" };
        let because = format!("{}{missing}.", deploy.tells_output());
        Some(Located { place: Place::Branch { name, output: String::new(), is_found }, because, others: Vec::new() })
    }

    /// A directory that the generator, the host or a workflow names, and that is committed.
    fn known_directory(&self) -> Result<Option<Located>, SetupError> {
        let Some(committed) = self.sight.committed else { return Ok(None) };
        for (directory, because) in self.known() {
            if !self.is_only_built(&directory)? && !directory.starts_with("..") && is_output(committed, &directory)? {
                let because = format!("{because}, and it is committed.");
                return Ok(Some(Located {
                    place: Place::Committed { output: directory },
                    because,
                    others: Vec::new(),
                }));
            }
        }
        Ok(None)
    }

    /// A branch that holds a site by custom, unless something says that the site is deployed otherwise.
    fn usual_branch(&self) -> Result<Option<Located>, SetupError> {
        if self.deploys.iter().any(|deploy| deploy.directory.is_some() && deploy.branch.is_none()) {
            return Ok(None);
        }
        for name in BRANCHES.iter().filter(|name| self.sight.head.as_deref() != Some(**name)) {
            let Some(branch) = self.sight.branches.iter().find(|branch| branch.name == *name) else { continue };
            if let Some(because) = page_of(&*branch.files, "")?
                && !is_source(&*branch.files)?
            {
                let because = format!("The branch is {} and holds {because}.", branch.where_it_is);
                let place = Place::Branch { name: branch.name.clone(), output: String::new(), is_found: true };
                return Ok(Some(Located { place, because, others: Vec::new() }));
            }
        }
        Ok(None)
    }

    /// The whole tree, or the directory that one is in, where it is served as it stands.
    fn whole_tree(&self) -> Result<Option<Located>, SetupError> {
        let here = &self.sight.here;
        let Some(committed) = self.sight.committed.filter(|_| self.project.is_none()) else { return Ok(None) };
        let Some(because) = page_of(committed, here)? else { return Ok(None) };
        let because = format!("It holds {because}, and there is no generator's configuration.");
        Ok(Some(Located { place: Place::Committed { output: here.clone() }, because, others: Vec::new() }))
    }

    /// A directory that holds a site by custom, and is committed.
    fn usual_directory(&self) -> Result<Option<Located>, SetupError> {
        let Some(committed) = self.sight.committed else { return Ok(None) };
        for directory in self.usual() {
            if has_page(committed, &directory)? && !self.is_only_built(&directory)? {
                let because = "It holds an index file, and it is committed.".to_owned();
                return Ok(Some(Located {
                    place: Place::Committed { output: directory },
                    because,
                    others: Vec::new(),
                }));
            }
        }
        Ok(None)
    }

    /// The directory that a build has made, or will make.
    fn on_disk(&self) -> Result<Option<Located>, SetupError> {
        let source = self.sight.source;
        let known = self.known();
        for (directory, because) in &known {
            if is_output(source, directory)? {
                let because = self.uncommitted(because, directory, true)?;
                let place = Place::Built { directory: directory.clone(), is_there: true };
                return Ok(Some(Located { place, because, others: Vec::new() }));
            }
        }
        for directory in self.usual() {
            if has_page(source, &directory)? {
                let because = self.uncommitted("It holds an index file", &directory, true)?;
                return Ok(Some(Located {
                    place: Place::Built { directory, is_there: true },
                    because,
                    others: Vec::new(),
                }));
            }
        }
        if let Some((directory, because)) = known.into_iter().next() {
            let because = self.uncommitted(&because, &directory, false)?;
            return Ok(Some(Located {
                place: Place::Built { directory, is_there: false },
                because,
                others: Vec::new(),
            }));
        }
        let here = self.sight.here.clone();
        let is_site = self.project.is_none() && has_page(source, &here)?;
        let because = self.uncommitted("It holds an index file", &here, true)?;
        Ok(is_site.then_some(Located {
            place: Place::Built { directory: here, is_there: true },
            because,
            others: Vec::new(),
        }))
    }

    /// Returns true for a directory that git ignores: only a build fills it, also where a file of it is committed.
    fn is_only_built(&self, directory: &str) -> Result<bool, SetupError> {
        // A rule may name the directory, or all that is in it.
        let page = joined(directory, "index.html");
        Ok(!directory.is_empty() && !directory.starts_with("..") && self.sight.ignored.has(&page)?)
    }

    /// Says why a directory that is not committed is taken for the output's. One that git does not ignore may be committed one day.
    fn uncommitted(&self, because: &str, directory: &str, is_there: bool) -> Result<String, SetupError> {
        if self.is_only_built(directory)? {
            return Ok(format!("{because}, and git ignores it."));
        }
        let later = is_there && !directory.is_empty() && self.sight.committed.is_some();
        let later = if later { " Will you commit it? Then write `output`, and take [site.mark] away." } else { "" };
        Ok(format!("{because}. It is not committed.{later}"))
    }

    /// Returns the directories that something names, the surest first, each with the reason.
    fn known(&self) -> Vec<(String, String)> {
        let mut known: Vec<(String, String)> = Vec::new();
        for deploy in self.deploys {
            known.extend(deploy.directory.clone().map(|directory| (directory, deploy.tells_output())));
        }
        if let Some(project) = self.project {
            let name = project.facts().name;
            let (outputs, file) = project.outputs();
            for (number, directory) in outputs.into_iter().enumerate() {
                let because = match &file {
                    Some(file) if number == 0 => format!("{file} says so"),
                    _ => format!("{name} writes it"),
                };
                known.push((directory, because));
            }
        }
        let mut seen = Vec::new();
        known.retain(|(directory, _)| {
            // A name that could leave its line is nobody's.
            let is_new = !seen.contains(directory) && !directory.contains(char::is_control);
            seen.push(directory.clone());
            is_new
        });
        known
    }

    /// Returns the directories that hold a site by custom, without those that a generator copies from.
    fn usual(&self) -> Vec<String> {
        let copied: Vec<String> = self.project.map_or(Vec::new(), |project| {
            let copied = project.facts().copied.iter();
            copied.map(|directory| joined(&project.at, directory)).chain([project.at.clone()]).collect()
        });
        let all = DIRECTORIES.iter().map(|directory| joined(&self.sight.here, directory));
        all.filter(|directory| !copied.contains(directory)).collect()
    }

    /// Returns other places that look like a site's output.
    fn others(&self, place: &Place) -> Result<Vec<String>, SetupError> {
        let mut others = Vec::new();
        for branch in self.sight.branches {
            let is_it = matches!(place, Place::Branch { name, .. } if *name == branch.name);
            if !is_it && self.sight.head.as_ref() != Some(&branch.name) && page_of(&*branch.files, "")?.is_some() {
                others.push(format!("the branch {}", branch.name));
            }
        }
        if let Some(committed) = self.sight.committed {
            let known = self.known().into_iter().map(|(directory, _)| directory);
            let mut directories: Vec<String> = known.chain(self.usual()).filter(|d| !d.starts_with("..")).collect();
            directories.sort_unstable();
            directories.dedup();
            for directory in directories.into_iter().filter(|directory| !directory.is_empty()) {
                let is_it = matches!(place, Place::Committed { output } if *output == directory || output.is_empty());
                if !is_it && has_page(committed, &directory)? {
                    let is_ignored = self.is_only_built(&directory)?;
                    let committed = if is_ignored { " as it is committed, though git ignores it" } else { "" };
                    others.push(format!("{directory}/{committed}"));
                }
            }
        }
        Ok(others)
    }
}

/// Returns true for a directory that something names and that holds files: pages may lie further down, in a directory for each language.
fn is_output(files: &dyn Files, directory: &str) -> Result<bool, SetupError> {
    Ok(if directory.is_empty() { has_page(files, "")? } else { !files.list(directory)?.is_empty() })
}

/// Returns the file in a directory that tells that it is a site; `versions.json` is that of `mike`, which keeps a directory for each
/// version of a manual.
fn page_of(files: &dyn Files, directory: &str) -> Result<Option<&'static str>, SetupError> {
    if has_page(files, directory)? {
        return Ok(Some("an index file"));
    }
    Ok(is_there(files, &joined(directory, "versions.json"))?.then_some("the versions.json of mike"))
}
