//! The source of a site: which generator it is of, where it lies in the repository, and the settings that the generator reads.

use serde_json::Value as Json;

use super::facts::{Facts, facts, of_packages};
use super::files::{Files, Unreadable, has_page, is_there, joined, parted};
use super::generator::Generator;
use super::settings::{self, Settings, Value};
use super::sign;
use crate::snapshot::EntryKind;

/// Directories in which a site's source lies in a repository of something else, the most usual first.
const SUBDIRECTORIES: [&str; 21] = [
    "docs",
    "website",
    "site",
    "www",
    "web",
    "doc",
    "documentation",
    "docs/source",
    "doc/source",
    "source",
    "src",
    "blog",
    "homepage",
    "docs-site",
    "docs/website",
    "apps/docs",
    "apps/web",
    "apps/www",
    "apps/website",
    "packages/docs",
    "packages/website",
];

/// The endings that a file with settings may have.
const ENDINGS: [&str; 10] = ["js", "mjs", "cjs", "ts", "mts", "cts", "toml", "yaml", "yml", "json"];

/// The source of a site.
pub(super) struct Project {
    pub(super) generator: Generator,
    /// The directory that it lies in.
    pub(super) at: String,
    /// The file or directory that tells of it, or the package.
    pub(super) sign: String,
    /// The files with its settings, the one that wins first.
    settings: Vec<(String, Settings)>,
    /// The commands of `package.json`, each with its name.
    scripts: Vec<(String, String)>,
    /// Where `make` puts what Sphinx builds.
    made: Option<String>,
}

/// A setting, with the file that it stands in.
pub(super) struct Setting {
    pub(super) file: String,
    pub(super) key: &'static str,
    pub(super) value: Value,
}

/// Looks for the source of a site in a directory, in those below it that may hold one, and in those above it; `None` for a site that is
/// served as it is.
pub(super) fn find(source: &dyn Files, here: &str) -> Result<Option<Project>, Unreadable> {
    let mut at = here;
    loop {
        let found = find_in(source, at)?;
        if found.is_some() || at.is_empty() {
            return Ok(found);
        }
        at = parted(at).0;
    }
}

fn find_in(source: &dyn Files, here: &str) -> Result<Option<Project>, Unreadable> {
    let at_top = by_sign(source, here)?;
    // A bundler's configuration may be that of a program, which a site describes.
    if let Some((generator, sign)) = at_top.as_ref().filter(|(generator, _)| *generator != Generator::Vite) {
        return Project::new(source, *generator, here, sign.clone()).map(Some);
    }
    for directory in SUBDIRECTORIES {
        let at = joined(here, directory);
        if let Some((generator, sign)) = by_sign(source, &at)?.filter(|(generator, _)| *generator != Generator::Vite) {
            return Project::new(source, generator, &at, sign).map(Some);
        }
    }
    if let Some((generator, package)) = by_package(source, here)? {
        return Project::new(source, generator, here, format!("{package} in package.json")).map(Some);
    }
    match at_top {
        Some((generator, sign)) => Project::new(source, generator, here, sign).map(Some),
        None => Ok(None),
    }
}

/// Returns true for a tree that is a generator's source, as GitHub builds one with Jekyll on a branch called gh-pages. A `.nojekyll` says that
/// it does not.
pub(super) fn is_source(files: &dyn Files) -> Result<bool, Unreadable> {
    Ok(by_sign(files, "")?.is_some() && !is_there(files, ".nojekyll")?)
}

/// Returns the generator of which a directory holds a sign.
fn by_sign(source: &dyn Files, at: &str) -> Result<Option<(Generator, String)>, Unreadable> {
    let names = source.list(at)?;
    let is_served = has_page(source, at)?;
    for (name, generators) in sign::generators(&names) {
        for generator in generators {
            if is_of(*generator, source, at, &name, is_served)? {
                return Ok(Some((*generator, joined(at, &name))));
            }
        }
    }
    Ok(None)
}

/// Returns true when a sign that several generators have, or that a site which is served may have, is of this one.
fn is_of(generator: Generator, source: &dyn Files, at: &str, sign: &str, is_served: bool) -> Result<bool, Unreadable> {
    let text = || source.text(&joined(at, sign)).map(Option::unwrap_or_default);
    let has = |path: &str| is_there(source, &joined(at, path));
    Ok(match generator {
        Generator::Hexo => package_of(source, at)?.contains("\"hexo") || has("scaffolds")?,
        Generator::Zola => settings::read(sign, &text()?).get("base_url").is_some(),
        Generator::Nikola => text()?.contains("BLOG_TITLE"),
        // A package of Python has one, too, and a site may offer it.
        Generator::Sphinx => {
            let text = text()?;
            text.contains("extensions") || text.contains("html_theme") || text.contains("project")
        }
        Generator::Lume => text()?.contains("lume"),
        // A site that is served with an index file beside these is no source.
        Generator::Jekyll | Generator::Hugo if sign.starts_with('_') || sign == "archetypes" || sign == "config" => {
            let is_configured = sign.starts_with("_config.");
            is_configured || !is_served || has("_config.yml")?
        }
        _ => true,
    })
}

/// Returns the text of a directory's `package.json`; empty where there is none.
fn package_of(source: &dyn Files, at: &str) -> Result<String, Unreadable> {
    Ok(source.text(&joined(at, "package.json"))?.unwrap_or_default())
}

/// Returns the generator that `package.json` depends on.
fn by_package(source: &dyn Files, at: &str) -> Result<Option<(Generator, &'static str)>, Unreadable> {
    let Ok(package) = serde_json::from_str::<Json>(&package_of(source, at)?) else { return Ok(None) };
    let depends = |name: &str| {
        ["dependencies", "devDependencies"].iter().any(|list| package.get(list).is_some_and(|l| l.get(name).is_some()))
    };
    // A bundler comes with most of the others.
    let is_bundler = |generator: &Generator| *generator == Generator::Vite;
    let found = of_packages().filter(|(generator, _)| !is_bundler(generator));
    let found = found.chain(of_packages().filter(|(generator, _)| is_bundler(generator)));
    Ok(found.into_iter().find(|(_, name)| depends(name)))
}

impl Project {
    fn new(source: &dyn Files, generator: Generator, at: &str, sign: String) -> Result<Project, Unreadable> {
        let mut settings = Vec::new();
        for name in facts(generator).files {
            let endings: &[&str] = if name.ends_with('.') { &ENDINGS } else { &[""] };
            for ending in endings {
                let path = joined(at, &format!("{name}{ending}"));
                if let Some(text) = source.text(&path)? {
                    let read = settings::read(&path, &text);
                    settings.push((path, read));
                }
            }
        }
        let package: Option<Json> = serde_json::from_str(&package_of(source, at)?).ok();
        let scripts = package.as_ref().and_then(|package| package.get("scripts")?.as_object()).into_iter();
        let scripts = scripts.flatten().filter_map(|(name, script)| Some((name.clone(), script.as_str()?.to_owned())));
        let scripts = scripts.collect();
        let made = if generator == Generator::Sphinx { made(source, at)? } else { None };
        Ok(Project { generator, at: at.to_owned(), sign, settings, scripts, made })
    }

    /// Returns what is known about its generator.
    pub(super) fn facts(&self) -> &'static Facts {
        facts(self.generator)
    }

    /// Returns true where `package.json` has a command of this name.
    pub(super) fn has_script(&self, name: &str) -> bool {
        self.scripts.iter().any(|(known, _)| known == name)
    }

    /// Returns a setting, by the file that wins.
    pub(super) fn setting(&self, key: &'static str) -> Option<Setting> {
        let mut of_files = self.settings.iter();
        of_files.find_map(|(file, settings)| Some(Setting { file: file.clone(), key, value: settings.get(key)? }))
    }

    /// Returns the text of all files with its settings, by their names: a setting may be a call.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &Settings)> {
        self.settings.iter().map(|(file, settings)| (file.as_str(), settings))
    }

    /// Returns the directories that it may write the site into, the surest first, from the repository's top; and the file that says
    /// so, where one does.
    pub(super) fn outputs(&self) -> (Vec<String>, Option<String>) {
        let facts = self.facts();
        let mut said = self.of_command();
        if said.is_none()
            && let Some(Setting { file, value: Value::Text(directory), .. }) =
                facts.output.and_then(|key| self.setting(key))
            && !is_elsewhere(&directory)
            && !directory.is_empty()
        {
            said = Some((directory, file));
        }
        let usual = facts.outputs.iter().map(|directory| joined(&self.at, directory));
        let file = said.as_ref().map(|(_, file)| file.clone());
        let said = said.map(|(directory, _)| joined(&self.at, &directory));
        let mut all: Vec<String> = said.into_iter().chain(self.made.clone()).chain(usual).collect();
        let mut seen = Vec::new();
        all.retain(|one| {
            !seen.contains(one) && {
                seen.push(one.clone());
                true
            }
        });
        (all, file)
    }

    /// Says why the setting of the output's directory does not tell where it is, where that is so.
    pub(super) fn vague_output(&self) -> Option<String> {
        let setting = self.facts().output.and_then(|key| self.setting(key))?;
        let said = format!("`{}` in {}", setting.key, setting.file);
        match setting.value {
            Value::Computed => Some(format!("{said} is computed")),
            Value::Text(text) if is_elsewhere(&text) => {
                Some(format!("{said} is {text}, which is not in the repository"))
            }
            Value::Text(_) => None,
        }
    }

    /// Returns the directory that a command of `package.json` names, and the file.
    fn of_command(&self) -> Option<(String, String)> {
        let flags = ["--output", "--out-dir", "--outDir", "--destination"];
        let in_script = |script: &String| {
            let words: Vec<&str> = script.split_whitespace().collect();
            let value = |(at, word): (usize, &&str)| match word.split_once('=') {
                Some((flag, value)) => flags.contains(&flag).then(|| value.to_owned()),
                None => flags.contains(word).then(|| words.get(at + 1).map(|next| (*next).to_owned()))?,
            };
            words.iter().enumerate().find_map(value)
        };
        let scripts = self.scripts.iter().map(|(_, script)| script);
        let found = scripts.filter(|script| !script.contains("serve")).find_map(in_script)?;
        Some((found, joined(&self.at, "package.json")))
    }
}

/// Returns where a Makefile of Sphinx's quick start puts its pages.
fn made(source: &dyn Files, at: &str) -> Result<Option<String>, Unreadable> {
    for directory in [at, parted(at).0] {
        let text = source.text(&joined(directory, "Makefile"))?.unwrap_or_default();
        let value = text.lines().filter_map(|line| line.split_once('=')).find_map(|(name, value)| {
            (name.trim_end_matches(['?', ':']).trim() == "BUILDDIR").then(|| value.trim().to_owned())
        });
        if let Some(value) = value.filter(|value| !value.contains('$')) {
            return Ok(Some(joined(directory, &format!("{value}/html"))));
        }
    }
    Ok(None)
}

/// Returns true for a directory that is not named from the source's own.
fn is_elsewhere(directory: &str) -> bool {
    directory.starts_with(['/', '~']) || directory.contains(':')
}

/// Returns true for an entry that is a directory.
pub(super) fn is_directory(files: &dyn Files, path: &str) -> Result<bool, Unreadable> {
    if path.is_empty() {
        return Ok(true);
    }
    let (above, name) = parted(path);
    Ok(files.list(above)?.iter().any(|(kind, known)| *kind == EntryKind::Tree && known == name))
}
