//! How a site gets to where it is served, as far as files of the repository tell: the host, a branch, a directory, a name.
//!
//! Files of hosts are read here, those of CI systems in [`super::workflow`].

use super::files::{Files, Unreadable, first_text, is_there, joined};
use super::settings::{self, Settings, Value};

/// A bucket of S3's kind, which has two ways to be served.
pub(super) const BUCKET: &[&str] = &["s3-website", "s3-rest"];

/// A way to a host, and the file that tells of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Deploy {
    /// The word for `host`, where it is certain.
    pub(super) host: Option<&'static str>,
    /// The words of which it may be one, where it is not.
    pub(super) may_be: &'static [&'static str],
    /// The branch that is deployed to.
    pub(super) branch: Option<String>,
    /// The directory that is deployed, from the repository's top.
    pub(super) directory: Option<String>,
    /// The name under which visitors come.
    pub(super) name: Option<String>,
    /// The file.
    pub(super) file: String,
    /// The way in it, as a verb and what follows; none for a file that tells of it as a whole.
    pub(super) does: Option<String>,
}

impl Deploy {
    /// Says why the host is taken for the site's.
    pub(super) fn tells_host(&self) -> String {
        self.does.as_ref().map_or_else(|| format!("There is a {}", self.file), |does| format!("{} {does}", self.file))
    }

    /// Says why the directory or branch is taken for the site's.
    pub(super) fn tells_output(&self) -> String {
        format!("{} {}", self.file, self.does.as_deref().unwrap_or("names it"))
    }
}

/// A file that configures a host, with the keys of the directory that is deployed.
struct HostFile {
    names: &'static [&'static str],
    host: fn(&Settings) -> Option<&'static str>,
    directory: &'static [&'static str],
    name: fn(&Settings) -> Option<String>,
}

fn no_name(_: &Settings) -> Option<String> {
    None
}

const HOST_FILES: [HostFile; 6] = [
    // https://docs.netlify.com/build/configure-builds/file-based-configuration/
    HostFile { names: &["netlify.toml"], host: |_| Some("netlify"), directory: &["build.publish"], name: no_name },
    // https://vercel.com/docs/project-configuration
    HostFile {
        names: &["vercel.json", "now.json"],
        host: |settings| Some(vercel(settings)),
        directory: &["outputDirectory"],
        name: no_name,
    },
    // https://firebase.google.com/docs/hosting/full-config
    HostFile { names: &["firebase.json"], host: firebase, directory: &["hosting.public"], name: no_name },
    // https://developers.cloudflare.com/workers/wrangler/configuration/
    HostFile {
        names: &["wrangler.toml", "wrangler.json", "wrangler.jsonc"],
        host: workers,
        directory: &["pages_build_output_dir", "assets.directory"],
        name: route,
    },
    // https://learn.microsoft.com/en-us/azure/static-web-apps/configuration
    HostFile { names: &["staticwebapp.config.json"], host: |_| Some("azure-static"), directory: &[], name: no_name },
    // https://render.com/docs/blueprint-spec
    HostFile {
        names: &["render.yaml"],
        host: |settings| static_site(settings).map(|_| "render"),
        directory: &[],
        name: no_name,
    },
];

fn is(settings: &Settings, key: &str, text: &str) -> bool {
    settings.get(key) == Some(Value::Text(text.to_owned()))
}

fn vercel(settings: &Settings) -> &'static str {
    match settings.get("cleanUrls") {
        Some(Value::Text(clean)) if clean == "true" => match () {
            () if is(settings, "trailingSlash", "true") => "vercel-clean-slash",
            () if is(settings, "trailingSlash", "false") => "vercel-clean-no-slash",
            () => "vercel-clean",
        },
        _ => "vercel",
    }
}

fn firebase(settings: &Settings) -> Option<&'static str> {
    settings.iter().find(|(path, _)| path.first().is_some_and(|key| key == "hosting"))?;
    let is_directory =
        |path: &[String]| matches!(path, [hosting, public] if hosting == "hosting" && public == "public");
    // Of several sites in one file, it is not known which one this is.
    if settings.iter().filter(|(path, _)| is_directory(path)).count() > 1 {
        return None;
    }
    let slash = settings.get("hosting.trailingSlash");
    let slash = slash.map(|value| value == Value::Text("true".to_owned()));
    Some(match (is(settings, "hosting.cleanUrls", "true"), slash) {
        (true, None) => "firebase-clean",
        (true, Some(false)) => "firebase-clean-no-slash",
        (true, Some(true)) => "firebase-clean-slash",
        (false, None) => "firebase",
        (false, Some(false)) => "firebase-no-slash",
        (false, Some(true)) => "firebase-slash",
    })
}

fn workers(settings: &Settings) -> Option<&'static str> {
    if settings.get("pages_build_output_dir").is_some() {
        return Some("cloudflare-pages");
    }
    settings.get("assets.directory")?;
    match settings.get("assets.html_handling") {
        None => Some("workers-assets"),
        Some(Value::Text(how)) => match how.as_str() {
            "auto-trailing-slash" => Some("workers-assets"),
            "force-trailing-slash" => Some("workers-assets-force-slash"),
            "drop-trailing-slash" => Some("workers-assets-drop-slash"),
            "none" => Some("workers-assets-none"),
            _ => None,
        },
        Some(Value::Computed) => None,
    }
}

/// Returns the custom domain of a worker, where there is one and no other.
fn route(settings: &Settings) -> Option<String> {
    let is_pattern = |path: &[String]| match path {
        [first, .., last] => (first == "routes" || first == "route") && last == "pattern",
        [only] => only == "route",
        [] => false,
    };
    let mut patterns = settings.iter().filter(|(path, _)| is_pattern(path) || is_plain_route(path));
    let (_, Value::Text(pattern)) = patterns.next()? else { return None };
    let name = pattern.split('/').next().unwrap_or_default();
    (patterns.next().is_none() && !name.contains('*')).then(|| name.to_owned())
}

/// Returns true for an entry of `routes = ["example.com/*"]`.
fn is_plain_route(path: &[String]) -> bool {
    matches!(path, [first, item] if first == "routes" && item.starts_with('#'))
}

/// Returns the directory of the one static site in a blueprint of Render's.
fn static_site(settings: &Settings) -> Option<String> {
    let mut found = settings.iter().filter(|(path, _)| path.last().is_some_and(|key| key == "staticPublishPath"));
    let (_, Value::Text(directory)) = found.next()? else { return None };
    found.next().is_none().then(|| directory.clone())
}

/// Returns the ways to hosts that files of hosts tell of, in the directories that these are looked for in: the repository's top and the
/// source of the site.
pub(super) fn of_hosts(source: &dyn Files, directories: &[&str]) -> Result<Vec<Deploy>, Unreadable> {
    let mut deploys: Vec<Deploy> = Vec::new();
    for file in &HOST_FILES {
        for directory in directories {
            let Some((path, text)) = first_text(source, directory, file.names)? else { continue };
            let settings = settings::read(&path, &text);
            let said = file.directory.iter().find_map(|key| settings.get(key));
            let said = match said {
                Some(Value::Text(directory)) => Some(directory),
                _ => static_site(&settings),
            };
            let base = match settings.get("build.base") {
                Some(Value::Text(base)) => joined(directory, &base),
                _ => (*directory).to_owned(),
            };
            deploys.push(Deploy {
                host: (file.host)(&settings),
                directory: said.map(|said| joined(&base, &said)),
                name: (file.name)(&settings),
                file: path,
                ..Deploy::default()
            });
            break;
        }
    }
    Ok(deploys)
}

/// Returns what the files in the output itself, or of those that are copied there, tell of the host. `_headers` and `_redirects` are
/// read by several.
pub(super) fn in_output(files: &dyn Files, directory: &str) -> Result<Option<Deploy>, Unreadable> {
    let path = |name: &str| joined(directory, name);
    let found = |host, name: &str| Some(Deploy { host, file: path(name), ..Deploy::default() });
    if let Some(text) = files.text(&path("_redirects"))? {
        // Both are Netlify's alone: https://docs.netlify.com/manage/routing/redirects/redirect-options/
        let is_netlify = |line: &str| {
            let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
            let is_forced = |word: &&str| word.len() == 4 && word.ends_with('!') && word[..3].parse::<u16>().is_ok();
            words.iter().any(is_forced)
                || words.iter().any(|w| ["Country=", "Language=", "Role="].iter().any(|c| w.starts_with(c)))
        };
        return Ok(found(text.lines().any(is_netlify).then_some("netlify"), "_redirects"));
    }
    for name in ["_headers", "_routes.json", "_worker.js"] {
        if is_there(files, &path(name))? {
            return Ok(found((name != "_headers").then_some("cloudflare-pages"), name));
        }
    }
    // A `.nojekyll` tells nothing: templates of generators hold it, wherever the site is served.
    for (name, host) in [(".htaccess", "apache"), ("CNAME", "github-pages")] {
        if is_there(files, &path(name))? {
            return Ok(found(Some(host), name));
        }
    }
    Ok(None)
}

/// Returns the name that a CNAME file holds, where it is one.
pub(super) fn name_in(text: &str) -> Option<String> {
    let line = text.trim_start_matches('\u{feff}').lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = line.split_once("://").map_or(line, |(_, rest)| rest).trim_end_matches('/');
    let is_name = line.contains('.')
        && !line.starts_with('.')
        && line.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    is_name.then(|| line.to_lowercase())
}
