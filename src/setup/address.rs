//! The address under which visitors find a site, as far as a file says it.
//!
//! A template's own address is no site's, one that is computed is known to the generator alone, and one of this machine is nobody
//! else's: each of these is said aloud, and passed over.

use url::Url;

use super::deploy::{Deploy, name_in};
use super::files::{Files, Unreadable, joined};
use super::place::Place;
use super::project::{Project, Setting};
use super::settings::{self, Value};
use super::sight::Sight;

/// An address, and the reason why it is taken for the site's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) url: String,
    pub(super) because: String,
}

/// The hosts that templates of generators hold: Hugo and Astro, Docusaurus, Gatsby, Jekyll's themes.
const TEMPLATES: [&str; 9] = [
    "example.com",
    "example.org",
    "example.net",
    "your-docusaurus-site.example.com",
    "your-docusaurus-test-site.com",
    "www.yourdomain.tld",
    "yourdomain.com",
    "mydomain.com",
    "mysite.com",
];

/// Hosts of repositories, which a `homepage` names where a project has no site.
const OF_CODE: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

/// Looks for the address.
pub(super) struct Search<'s> {
    pub(super) sight: &'s Sight<'s>,
    pub(super) project: Option<&'s Project>,
    pub(super) deploys: &'s [Deploy],
    pub(super) place: &'s Place,
    /// The site is served by GitHub Pages.
    pub(super) is_github: bool,
}

impl Search<'_> {
    /// Finds the address; or why nothing says it.
    pub(super) fn find(&self) -> Result<Result<Address, Vec<String>>, Unreadable> {
        let mut reasons = Vec::new();
        let configured = self.configured(&mut reasons);
        let found = match (self.cname()?, configured) {
            (Some((name, file)), Some((url, other))) if host_of(&url).as_deref() == Some(&name) => {
                Some(Address { url, because: format!("{file} and {other} say so") })
            }
            (Some((name, file)), configured) => {
                let though = configured.map_or(String::new(), |(url, other)| format!(", though {other} says {url}"));
                Some(Address { url: format!("https://{name}/"), because: format!("{file} says so{though}") })
            }
            (None, Some((url, file))) => Some(Address { url, because: format!("{file} says so") }),
            (None, None) => None,
        };
        if let Some(address) = found {
            return Ok(Ok(address));
        }
        if let Some(address) = self.homepage(&mut reasons)? {
            return Ok(Ok(address));
        }
        let of_github =
            self.sight.remote.as_ref().filter(|_| self.is_github).and_then(|(name, url)| of_github(name, url));
        Ok(of_github.ok_or(reasons))
    }

    /// Returns the name in a CNAME file or of a workflow, and where it stands.
    fn cname(&self) -> Result<Option<(String, String)>, Unreadable> {
        let mut places: Vec<(&dyn Files, String, String)> = Vec::new();
        match self.place {
            Place::Branch { name, output, .. } => {
                if let Some(branch) = self.sight.branches.iter().find(|branch| branch.name == *name) {
                    places.push((&*branch.files, output.clone(), format!(" on {name}")));
                }
            }
            Place::Committed { output } => {
                places.extend(self.sight.committed.map(|files| (files, output.clone(), String::new())));
            }
            Place::Built { directory, .. } => places.push((self.sight.source, directory.clone(), String::new())),
        }
        let copied = self
            .project
            .into_iter()
            .flat_map(|project| project.facts().copied.iter().map(|directory| joined(&project.at, directory)));
        let usual = ["static", "public", "docs", "source", ""].map(|directory| joined(&self.sight.here, directory));
        places.extend(copied.chain(usual).map(|directory| (self.sight.source, directory, String::new())));
        for (files, directory, on) in places {
            let path = joined(&directory, "CNAME");
            if let Some(name) = files.text(&path)?.as_deref().and_then(name_in) {
                return Ok(Some((name, format!("{path}{on}"))));
            }
        }
        let mut of_deploys = self.deploys.iter().filter_map(|deploy| Some((name_in(deploy.name.as_ref()?)?, deploy)));
        Ok(of_deploys.next().map(|(name, deploy)| (name, deploy.file.clone())))
    }

    /// Returns the address in the generator's settings, and the file that it stands in.
    fn configured(&self, reasons: &mut Vec<String>) -> Option<(String, String)> {
        let project = self.project?;
        let facts = project.facts();
        if let Some(several) = languages(project) {
            reasons.push(several);
            return None;
        }
        for setting in facts.address.iter().filter_map(|key| project.setting(key)) {
            let Setting { file, key, value } = setting;
            let Value::Text(text) = value else {
                reasons.push(format!("`{key}` in {file} is computed when the site is built"));
                continue;
            };
            match taken(&text) {
                Ok(None) => {}
                Ok(Some(url)) => {
                    let below = facts.below.and_then(|key| project.setting(key));
                    let url = match below.map(|below| (below.value, below.key)) {
                        Some((Value::Text(below), _)) => below_address(&url, &below),
                        Some((Value::Computed, key)) => {
                            reasons.push(format!("`{key}` in {file} is computed when the site is built"));
                            return None;
                        }
                        None => url,
                    };
                    return Some((url, file));
                }
                Err(why) => reasons.push(format!("`{key}` in {file} is {text}, {why}")),
            }
        }
        None
    }

    /// Returns the `homepage` of a package that is a site's.
    fn homepage(&self, reasons: &mut Vec<String>) -> Result<Option<Address>, Unreadable> {
        let directories = [self.project.map_or("", |project| &project.at), &self.sight.here, ""];
        for directory in directories {
            let path = joined(directory, "package.json");
            let Some(text) = self.sight.source.text(&path)? else { continue };
            let Some(Value::Text(homepage)) = settings::read(&path, &text).get("homepage") else { continue };
            let host = host_of(&homepage).unwrap_or_default();
            if OF_CODE.contains(&host.as_str()) {
                continue;
            }
            let plain = homepage.split(['#', '?']).next().unwrap_or_default();
            match taken(plain) {
                Ok(Some(url)) => return Ok(Some(Address { url, because: format!("`homepage` in {path} says so") })),
                Ok(None) => {}
                Err(why) => reasons.push(format!("`homepage` in {path} is {homepage}, {why}")),
            }
        }
        Ok(None)
    }
}

/// Returns the host of a URL in small letters.
fn host_of(url: &str) -> Option<String> {
    // A text that is no URL has none.
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// Returns a URL of a setting as a base URL; `None` for an empty or relative one; or why it is not the site's.
fn taken(text: &str) -> Result<Option<String>, &'static str> {
    let text = text.trim();
    let text = if text.starts_with("//") { format!("https:{text}") } else { text.to_owned() };
    if text.is_empty() || text.starts_with(['/', '.']) {
        return Ok(None);
    }
    let Some(host) = host_of(&text).filter(|_| text.starts_with("http")) else { return Err("which is no address") };
    if matches!(host.as_str(), "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]") {
        return Err("which is this machine");
    }
    if TEMPLATES.contains(&host.as_str()) {
        return Err("which is a template's");
    }
    Ok(Some(format!("{}/", text.trim_end_matches('/'))))
}

/// Puts a path below an address, unless it has it already.
fn below_address(url: &str, below: &str) -> String {
    let below = below.trim_matches('/');
    let is_relative = below.is_empty() || below.starts_with('.') || below.contains("://");
    if is_relative || url.ends_with(&format!("/{below}/")) { url.to_owned() } else { format!("{url}{below}/") }
}

/// Says that each language has an address of its own, where that is so.
fn languages(project: &Project) -> Option<String> {
    for (file, settings) in project.settings() {
        let of_language = |path: &[String]| match path {
            [first, _, last] => first.eq_ignore_ascii_case("languages") && last.eq_ignore_ascii_case("baseURL"),
            _ => false,
        };
        if settings.iter().filter(|(path, _)| of_language(path)).count() > 1 {
            return Some(format!(
                "{file} gives each language an address: name each with a `--base-url`, or write a [[site]] for each"
            ));
        }
    }
    None
}

/// Returns true for a repository on GitHub that is called like the site of its owner, which GitHub Pages serves.
pub(super) fn is_of_owner(url: &str) -> bool {
    of_github("", url).is_some_and(|address| address.url.ends_with(".github.io/"))
}

/// Returns the address that GitHub Pages gives to a repository.
fn of_github(remote: &str, url: &str) -> Option<Address> {
    let path = url.strip_prefix("git@github.com:").or_else(|| {
        let rest = url.split_once("://")?.1;
        let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
        let rest = rest.strip_prefix("github.com").or_else(|| rest.strip_prefix("ssh.github.com:443"))?;
        rest.trim_start_matches(":22").strip_prefix('/')
    })?;
    let (owner, name) = path.trim_end_matches('/').split_once('/')?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    let host = format!("{}.github.io", owner.to_lowercase());
    let url =
        if name.eq_ignore_ascii_case(&host) { format!("https://{host}/") } else { format!("https://{host}/{name}/") };
    let because =
        format!("GitHub Pages gives it to the repository at {remote}. A CDN of yours needs a domain of yours");
    (!owner.is_empty() && !name.is_empty() && !name.contains('/')).then_some(Address { url, because })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_templates_address_is_no_sites() {
        let site = |url: &str| Ok(Some(url.to_owned()));
        for (text, want) in [
            ("https://www.example.com", site("https://www.example.com/")),
            ("https://www.example.com/docs/", site("https://www.example.com/docs/")),
            ("//docs.example.com/", site("https://docs.example.com/")),
            ("", Ok(None)),
            ("/", Ok(None)),
            ("./", Ok(None)),
            ("https://example.org/", Err("which is a template's")),
            ("http://localhost:8000", Err("which is this machine")),
            ("www.example.com", Err("which is no address")),
            ("mailto:a@example.com", Err("which is no address")),
        ] {
            assert_eq!(taken(text), want, "{text}");
        }
    }

    #[test]
    fn a_path_is_put_below_an_address_once() {
        for (url, below, want) in [
            ("https://a.test/", "/docs/", "https://a.test/docs/"),
            ("https://a.test/", "docs", "https://a.test/docs/"),
            ("https://a.test/docs/", "/docs", "https://a.test/docs/"),
            ("https://a.test/", "/", "https://a.test/"),
            ("https://a.test/", "./", "https://a.test/"),
            ("https://a.test/x/", "", "https://a.test/x/"),
        ] {
            assert_eq!(below_address(url, below), want, "{url} {below}");
        }
    }

    #[test]
    fn github_gives_a_repository_an_address() {
        for (url, want) in [
            ("git@github.com:Ann/site.git", Some("https://ann.github.io/site/")),
            ("https://github.com/ann/Site", Some("https://ann.github.io/Site/")),
            ("https://x:token@github.com/ann/site.git/", Some("https://ann.github.io/site/")),
            ("ssh://git@github.com/ann/ann.github.io.git", Some("https://ann.github.io/")),
            ("ssh://git@ssh.github.com:443/ann/site.git", Some("https://ann.github.io/site/")),
            ("https://gitlab.com/ann/site.git", None),
            ("https://github.com.evil.test/ann/site", None),
            ("/srv/site.git", None),
            ("https://github.com/ann", None),
        ] {
            assert_eq!(of_github("origin", url).map(|address| address.url).as_deref(), want, "{url}");
        }
    }
}
