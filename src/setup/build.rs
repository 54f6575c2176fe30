//! The command that builds a site, as a person and a CI job type it: in its directory, with the line that installs the generator
//! where the repository names what it needs.

use super::files::{Files, Unreadable, is_there, joined, parted};
use super::project::Project;

/// What a generator runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runtime {
    /// Node, with its packages.
    Node,
    Python,
    /// A program of its own, or one that comes with another language.
    Other,
}

/// The command that builds a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Build {
    /// The name of the generator, for people.
    pub(super) name: &'static str,
    pub(super) runtime: Runtime,
    /// The directory that it is typed in, from the repository's top.
    at: String,
    command: String,
    /// The line that installs the generator, and whether it is typed at the top.
    install: Option<(String, bool)>,
    /// The directories that it may write, from the repository's top.
    outputs: Vec<String>,
}

/// Files by which a package manager of Node's is known: <https://docs.npmjs.com/cli/commands/npm-ci> and their like.
const LOCKS: [(&str, &str); 6] = [
    ("pnpm-lock.yaml", "corepack enable && pnpm install --frozen-lockfile"),
    ("yarn.lock", "yarn install --frozen-lockfile"),
    ("bun.lock", "bun install --frozen-lockfile"),
    ("bun.lockb", "bun install --frozen-lockfile"),
    ("package-lock.json", "npm ci"),
    ("npm-shrinkwrap.json", "npm ci"),
];

/// Finds how a site is built; `lines` are those of the scripts of CI systems, which may give the command options.
pub(super) fn find(source: &dyn Files, project: &Project, lines: &[String]) -> Result<Build, Unreadable> {
    let mut build = usual(source, project)?;
    if let Some(command) = lines.iter().find_map(|line| said(line, &build.command)) {
        build.command = command;
    }
    Ok(build)
}

/// Returns a command as a line of a script has it, with its options.
fn said(line: &str, command: &str) -> Option<String> {
    let line = line.trim_start_matches("- ").trim();
    // A shell, a YAML file or a Jenkinsfile may take any of these for something else.
    let is_computed =
        line.contains(['$', '"', '\'', '|', ';', '<', '>', '\\', '#', '*', '`', '{']) || line.contains(": ");
    if is_computed {
        return None;
    }
    let parts = line.split(" && ").map(str::trim);
    let own = |part: &&str| {
        let rest = part.strip_prefix(command)?;
        (rest.is_empty() || rest.starts_with(" -") && !rest.contains("--prefix")).then_some(())
    };
    parts.into_iter().find(|part| own(part).is_some()).map(str::to_owned)
}

/// Finds how a site is built by what its generator's documents say.
fn usual(source: &dyn Files, project: &Project) -> Result<Build, Unreadable> {
    let facts = project.facts();
    let outputs = project.outputs().0;
    let runtime = match facts.build.split(' ').next() {
        Some("npm" | "npx") => Runtime::Node,
        Some("mkdocs" | "nikola" | "pelican" | "make" | "zensical") => Runtime::Python,
        _ => Runtime::Other,
    };
    let at = match runtime {
        // The Makefile of Sphinx's quick start may lie above the source.
        Runtime::Python if facts.build.starts_with("make") && !is_there(source, &joined(&project.at, "Makefile"))? => {
            parted(&project.at).0.to_owned()
        }
        _ => project.at.clone(),
    };
    let mut command = facts.build.to_owned();
    if facts.build.starts_with("make") && !is_there(source, &joined(&at, "Makefile"))? {
        let (here, output) = (if project.at.is_empty() { "." } else { &project.at }, &outputs[0]);
        let command = format!("sphinx-build {here} {output}");
        let install = python(source, &project.at)?;
        return Ok(Build { name: facts.name, runtime, at: String::new(), command, install, outputs });
    }
    if runtime == Runtime::Node && project.has_script("build") {
        "npm run build".clone_into(&mut command);
    } else if command == "npm run build" {
        let package = facts.package.filter(|package| *package != "@sveltejs/kit").unwrap_or("vite");
        let program = package.trim_start_matches('@').split('/').next().unwrap_or(package);
        command = format!("npx {program} build");
    }
    let install = match runtime {
        Runtime::Node => node(source, &at)?,
        Runtime::Python => python(source, &at)?,
        Runtime::Other if command.starts_with("bundle ") => {
            if is_there(source, &joined(&at, "Gemfile"))? {
                Some(("bundle install".to_owned(), false))
            } else {
                "jekyll build".clone_into(&mut command);
                None
            }
        }
        Runtime::Other => None,
    };
    Ok(Build { name: facts.name, runtime, at, command, install, outputs })
}

/// Returns the line that installs what `package.json` names, beside the source or at the top.
fn node(source: &dyn Files, at: &str) -> Result<Option<(String, bool)>, Unreadable> {
    for (directory, at_top) in [(at, false), ("", true)] {
        if !is_there(source, &joined(directory, "package.json"))? {
            continue;
        }
        for (lock, command) in LOCKS {
            if is_there(source, &joined(directory, lock))? {
                return Ok(Some((command.to_owned(), at_top)));
            }
        }
        // The lock of a workspace lies at its top.
        if !at_top && !at.is_empty() && is_there(source, "package.json")? {
            continue;
        }
        return Ok(Some(("npm install".to_owned(), at_top)));
    }
    Ok(None)
}

/// Returns the line that installs what a list of Python's names.
fn python(source: &dyn Files, at: &str) -> Result<Option<(String, bool)>, Unreadable> {
    for directory in [at, "docs", "requirements", ""] {
        for name in ["requirements.txt", "requirements-docs.txt", "docs.txt"] {
            let path = joined(directory, name);
            if is_there(source, &path)? {
                return Ok(Some((format!("pip install -r {path}"), true)));
            }
        }
    }
    Ok(None)
}

impl Build {
    /// Returns true where it fills a directory, as far as its settings and its own words tell.
    pub(super) fn fills(&self, directory: &str) -> bool {
        let is_named = self.command.split([' ', '=']).any(|word| joined(&self.at, word) == directory);
        is_named || self.outputs.iter().any(|output| output == directory)
    }

    /// Returns it as a job types it, at the repository's top.
    pub(super) fn in_ci(&self) -> String {
        let (at_top, inside) = match &self.install {
            Some((install, true)) => (format!("{install} && "), String::new()),
            Some((install, false)) => (String::new(), format!("{install} && ")),
            None => (String::new(), String::new()),
        };
        let inner = format!("{inside}{}", self.command);
        // A shell of its own, so that the next line is typed at the top again.
        if self.at.is_empty() {
            format!("{at_top}{inner}")
        } else {
            format!("{at_top}(cd {} && {inner})", quoted(&self.at))
        }
    }

    /// Returns it as a person types it who is `away` from the repository's top, which leads to its directory.
    pub(super) fn typed(&self, way: impl Fn(&str) -> String) -> String {
        match way(&self.at).as_str() {
            "." => self.command.clone(),
            there => format!("(cd {} && {})", quoted(there), self.command),
        }
    }
}

/// Writes a directory for a shell.
fn quoted(directory: &str) -> String {
    let is_plain = directory.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'));
    if is_plain { directory.to_owned() } else { format!("'{}'", directory.replace('\'', "'\\''")) }
}
