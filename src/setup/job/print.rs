//! The text of a job, line by line: a repository's own in place of the words with an `@`, and each comment in its column.

use super::{Job, Keeping, Lacks, Machine, System};
use crate::setup::build::{Build, Runtime};
use crate::setup::deployer::{self, Deployer};

/// The column of comments that no text places.
const COLUMN: usize = 34;

const CARGO: &str = "cargo install --locked diffpurge";
const NPM: &str = "npm i -g diffpurge";
const PIP: &str = "pip install diffpurge";

/// A line of a text: the code, the sign of its comment, and the comment with its column.
struct Line<'t> {
    code: &'t str,
    comment: Option<(usize, String)>,
}

/// What stands for the words with an `@`.
struct Words<'j> {
    system: &'j System,
    job: &'j Job,
    deployer: Deployer,
}

impl System {
    /// Returns where the job is pasted.
    #[must_use]
    pub fn place(&self, job: &Job) -> String {
        match deployer::find(&job.pipelines, self.word).file {
            // The others have one file.
            Some(file) if self.file.starts_with("the workflow") => format!("{file}, below `jobs:`"),
            _ => self.file.to_owned(),
        }
    }

    /// Returns the sign of a comment in its file.
    #[must_use]
    pub fn comment(&self) -> &'static str {
        if self.word == "jenkins" { "//" } else { "#" }
    }

    /// Returns the job to paste.
    #[must_use]
    pub fn text(&self, job: &Job) -> String {
        let words = Words { system: self, job, deployer: deployer::find(&job.pipelines, self.word) };
        let text = match job.keeping {
            Keeping::Remote(_) => self.with_ref,
            Keeping::Directory => self.with_file,
        };
        let lacking = lacking(job).into_iter().map(|line| format!("{} {line}", self.comment()));
        let lines = lacking.chain(text.lines().filter_map(|line| words.line(line)));
        lines.map(|line| line + "\n").collect()
    }
}

/// Returns the comment on what the configuration lacks, with the lines to add.
fn lacking(job: &Job) -> Vec<String> {
    let push = || {
        let remote = match &job.keeping {
            Keeping::Remote(remote) => remote,
            Keeping::Directory => "origin",
        };
        format!("push = \"{remote}\"")
    };
    let store = |site: &str| format!("store = \"file:{}/{site}.mark\"", super::MARKS);
    let (why, line) = match &job.lacks {
        None => return Vec::new(),
        Some(Lacks::File) => {
            let line = if job.keeping == Keeping::Directory { store("www") } else { push() };
            ("There is no purge.toml yet: `diffpurge init` writes one. This job needs in it:".to_owned(), line)
        }
        Some(Lacks::Push { file, sites }) => {
            let of = sites.join(", ");
            (format!("{file} does not push the mark of {of}, and each run has a new clone. Add to it:"), push())
        }
        Some(Lacks::Store { file, site }) => {
            let why = format!(
                "{file} keeps the mark of {site} as a ref, which holds no directory that is only built. Add to it:"
            );
            (why, store(site))
        }
    };
    vec![why, "  [site.mark]".to_owned(), format!("  {line}")]
}

impl Words<'_> {
    /// Returns a line with a repository's own in it; `None` for one that it has no use for.
    fn line(&self, template: &str) -> Option<String> {
        let is_left_out = template.contains("@if") && !self.deployer.has_requests
            || template.contains("@build") && self.job.directory.is_none();
        if is_left_out {
            return None;
        }
        let Line { code, comment } = self.parted(template);
        let code = self.filled(code);
        let Some((column, comment)) = comment else { return Some(code) };
        let (sign, comment) = (self.system.comment(), self.filled(&comment));
        if code.len() >= column {
            Some(format!("{code}   {sign} {comment}"))
        } else {
            Some(format!("{code:<column$}{sign} {comment}"))
        }
    }

    /// Parts a line from its comment, or gives it one.
    fn parted<'t>(&self, template: &'t str) -> Line<'t> {
        let sign = format!(" {} ", self.system.comment());
        let (code, said) = match template.find(&sign) {
            Some(at) => (template[..at].trim_end(), Some((at + 1, template[at + sign.len()..].to_owned()))),
            None => (template, None),
        };
        let comment = if code.contains("@needs") || code.contains("@list") {
            Some((COLUMN, self.deployer.comment.clone()))
        } else if code.contains("@if") {
            Some((COLUMN, "a pull request deploys nothing".to_owned()))
        } else if code.contains("@install") {
            Some((COLUMN, self.install().1))
        } else if code.contains("@build") {
            said.map(|(column, said)| (column, format!("{}{said}", self.wanted())))
        } else {
            said
        };
        Line { code, comment }
    }

    /// Says what the machine has to have for a build, where no line installs it.
    fn wanted(&self) -> String {
        let Some(build) = &self.job.build else { return String::new() };
        let directory = self.job.directory.as_deref().filter(|directory| !build.fills(directory));
        let fills = directory.map_or(String::new(), |directory| format!("has to fill {directory}; "));
        let needs = if build.runtime == Runtime::Other { format!("needs {}; ", build.name) } else { String::new() };
        needs + &fills
    }

    /// Returns what the job builds with.
    fn runtime(&self) -> Runtime {
        let build = self.job.build.as_ref().filter(|_| self.job.directory.is_some());
        build.map_or(Runtime::Other, |build| build.runtime)
    }

    /// Returns the image of the job, which has git.
    fn image(&self) -> &'static str {
        match self.runtime() {
            Runtime::Node => "node:22",
            Runtime::Python => "python:3",
            Runtime::Other => "rust:1",
        }
    }

    /// Returns the line that installs diffpurge, and the others that do.
    fn install(&self) -> (&'static str, String) {
        let with = match (self.system.machine, self.runtime()) {
            (Machine::Full, _) | (Machine::Image, Runtime::Other) => CARGO,
            (Machine::WithNode, _) | (Machine::Image, Runtime::Node) => NPM,
            (Machine::Image, Runtime::Python) => PIP,
        };
        let other = match with {
            CARGO if self.system.word == "github" => {
                format!("quicker: `{NPM}`, `{PIP}`, or for this and the purge `uses: diffpurge/diffpurge@v0`")
            }
            CARGO => format!("quicker where there is Node or Python: `{NPM}`, `{PIP}`"),
            _ => format!("where there is Rust: `{CARGO}`"),
        };
        (with, other)
    }

    /// Returns the command that purges.
    fn purge(&self) -> String {
        let file = self.job.file.as_ref().map_or(String::new(), |file| format!("-c {file} "));
        match &self.job.directory {
            Some(directory) if directory.contains(|c: char| !is_plain(c)) => {
                format!("diffpurge {file}purge 'dir:{}'", directory.replace('\'', "'\\''"))
            }
            Some(directory) => format!("diffpurge {file}purge dir:{directory}"),
            None => format!("diffpurge {file}purge"),
        }
    }

    fn filled(&self, text: &str) -> String {
        let remote = match &self.job.keeping {
            Keeping::Remote(remote) => remote,
            Keeping::Directory => "origin",
        };
        let usual = if matches!(self.system.word, "azure" | "semaphore") { "Deploy" } else { "deploy" };
        let named = self.deployer.named(usual);
        let needs = if self.deployer.jobs.len() > 1 { format!("[{named}]") } else { named.clone() };
        let build = self.job.build.as_ref().map_or("echo build the site here".to_owned(), Build::in_ci);
        text.replace("@needs", &needs)
            .replace("@list", &format!("[{named}]"))
            .replace("@if", "github.event_name != 'pull_request'")
            .replace("@image", self.image())
            .replace("@install", self.install().0)
            .replace("@build", &build)
            .replace("@purge", &self.purge())
            .replace("@remote", remote)
            .replace("@job", &self.deployer.in_words())
            .replace("@marks", &self.job.marks)
    }
}

/// Returns true for a character that no shell and no YAML takes for anything else.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')
}
