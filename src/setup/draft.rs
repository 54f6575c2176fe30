//! The draft: what was found, put together to a short `purge.toml` with a question above each guess.

use super::error::SetupError;
use super::files::joined;
use super::findings::{self, Findings, way};
use super::generator::Generator;
use super::host::Host;
use super::job::{Job, Lacks, MARKS, System};
use super::place::{Located, Place};
use super::project::Project;
use super::settings::Value;
use super::sight::Sight;
use crate::config::{BaseUrl, Config, FILE_NAME, OneSite, SCHEMA_URL};
use crate::display::{line, shown};

/// The meaning of a host that is not named.
const ANY_HOST: &str = "Until you name the host, each page is purged under every URL that some host gives it.";

/// Hosts that are asked about: where the files come from, not the CDN before them.
const HOSTS: [&str; 12] = [
    "github-pages",
    "gitlab-pages",
    "netlify",
    "vercel",
    "cloudflare-pages",
    "workers-assets",
    "s3-website",
    "s3-rest",
    "firebase",
    "azure-static",
    "nginx",
    "apache",
];

/// Other places that are named in a comment.
const MOST_OTHERS: usize = 4;

/// The things that a person says, so that nothing has to be guessed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'w> {
    /// The base URLs.
    pub base_urls: &'w [String],
    /// The directory that is served, from the repository's top.
    pub output: Option<&'w str>,
    /// The file that is written, from the repository's top, where it has another name or place.
    pub file: Option<&'w str>,
}

/// A drafted configuration.
#[derive(Debug)]
pub struct Draft {
    /// The text of the file.
    pub text: String,
    /// The findings, for people: one line each.
    pub found: Vec<String>,
    /// Where the output is.
    pub place: Place,
    /// The directory that a command names as TO, from where somebody is, where the output is not in git.
    pub directory: Option<String>,
    /// The command that builds the site, where there is a generator.
    pub build: Option<String>,
    /// The CI systems whose files are there.
    pub systems: Vec<&'static System>,
    /// The job for them.
    pub job: Job,
}

/// Drafts a configuration.
///
/// # Errors
/// When there is no site, nothing says its address, or a file cannot be read.
pub fn draft(sight: &Sight<'_>, wishes: Wishes<'_>) -> Result<Draft, SetupError> {
    let findings = findings::find(sight, wishes.output)?;
    let (urls, because) = findings.addresses(sight, wishes.base_urls)?;
    let typed = OneSite { base_urls: &urls, output: None, zone_id: None };
    let site = Config::one_site(typed).map_err(SetupError::Address)?.sites.swap_remove(0);
    let urls: Vec<&str> = site.base_urls.iter().map(BaseUrl::as_str).collect();
    let mut text = Text::default();
    text.line(&format!("#:schema {SCHEMA_URL}"));
    text.comment(
        "Written by `diffpurge init`. Answer each question: keep the line below it, mend it, or take it away.",
    );
    text.comment("`diffpurge check` says whether the file fits your zone.");
    text.line("\n[[site]]");
    text.line(&format!("name = {}", quoted(site.name.as_str())));
    match because {
        Some(because) => text.question("Is this the address that visitors type?", &because),
        None => text.comment("The address that visitors type."),
    }
    text.line(&format!("base_urls = [{}]", urls.iter().map(|url| quoted(url)).collect::<Vec<_>>().join(", ")));
    findings.write_place(&mut text, sight);
    findings.write_host(&mut text);
    text.line("\n[site.cloudflare]");
    text.question("Which zone is it?", "Its id is on the zone's Overview page. $CLOUDFLARE_ZONE_ID does as well.");
    text.line("# zone_id = \"…\"");
    findings.write_mark(&mut text, sight, site.name.as_str());
    let mut found = findings.found();
    found.insert(1, format!("address: {}", urls.join(", ")));
    let directory = findings.typed_directory(sight);
    let file = wishes.file.map_or_else(|| joined(&sight.here, FILE_NAME), str::to_owned);
    let mut job = findings.job(sight, &file);
    if sight.remote.is_none() && job.directory.is_none() {
        job.lacks = Some(Lacks::Push { file, sites: vec![site.name.to_string()] });
    }
    let Findings { located, systems, build, .. } = findings;
    let build = build.map(|build| build.typed(|there| way(&sight.here, there)));
    Ok(Draft { text: text.0, found, place: located.place, directory, build, systems, job })
}

/// The text of a file that is being written.
#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// Writes a comment. Names in it come from the repository, and none of them leaves its line.
    fn comment(&mut self, text: &str) {
        self.line(&format!("# {}", line(text)));
    }

    fn question(&mut self, question: &str, because: &str) {
        self.comment(format!("{question} {because}").trim_end());
    }
}

/// Writes a text as a TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.extend(format!("\\u{:04X}", u32::from(c)).chars()),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

impl Findings {
    fn write_place(&self, text: &mut Text, sight: &Sight<'_>) {
        let Located { place, because, others } = &self.located;
        match place {
            Place::Committed { output } if output.is_empty() => {
                text.question("Is the whole repository served?", because);
                text.line("output = \"\"");
            }
            Place::Committed { output } => {
                text.question("Is this the directory that is served?", because);
                text.line(&format!("output = {}", quoted(output)));
            }
            Place::Branch { name, output, .. } => {
                text.question("Is this the branch that is served?", because);
                text.line(&format!("branch = {}", quoted(name)));
                if !output.is_empty() {
                    text.line(&format!("output = {}", quoted(output)));
                }
            }
            Place::Built { .. } => {
                let directory = self.typed_directory(sight).unwrap_or_default();
                text.question(
                    &format!("Is {}/ the directory that is served?", shown(directory.as_bytes())),
                    &format!("{because} A purge names it:"),
                );
                text.comment(&format!("  diffpurge purge dir:{directory}"));
            }
        }
        if !others.is_empty() {
            let more = others.len().saturating_sub(MOST_OTHERS);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named =
                others.iter().take(MOST_OTHERS).map(|other| shown(other.as_bytes())).collect::<Vec<_>>().join(", ");
            text.question("Or is it another?", &format!("{named}{more} may be the site, too."));
        }
        let vague = self.project.as_ref().and_then(Project::vague_output);
        if let Some(vague) = vague.filter(|_| matches!(place, Place::Built { .. })) {
            text.comment(&format!("{vague}: the directory above is the usual one."));
        }
        let is_next = self.project.as_ref().is_some_and(|project| {
            project.generator == Generator::Next
                && project.setting("output").is_none_or(|setting| setting.value != Value::Text("export".to_owned()))
        });
        if is_next {
            text.comment("Is the site exported? Only with `output: \"export\"` in next.config does Next write pages.");
        }
    }

    fn write_host(&self, text: &mut Text) {
        match &self.host {
            Host::Known { word, because } => {
                text.question("Is this where the site is served?", &format!("{because}."));
                text.line(&format!("host = {}", quoted(word)));
            }
            Host::Doubtful(question) => {
                text.question("Where is the site served?", &format!("{question} {ANY_HOST}"));
                text.line("# host = \"generic\"");
            }
            Host::Unknown => {
                text.question("Where is the site served, behind the CDN?", ANY_HOST);
                text.comment(&format!("One of {}; or another of the page \"Hosts\".", HOSTS.join(", ")));
                text.line("# host = \"generic\"");
            }
        }
    }

    fn write_mark(&self, text: &mut Text, sight: &Sight<'_>, name: &str) {
        if matches!(self.located.place, Place::Built { .. }) {
            text.line("\n[site.mark]");
            let marks = format!("{}/", joined(&sight.here, MARKS));
            // Where that cannot be told, it is asked.
            let is_ignored = sight.ignored.has(&marks).unwrap_or(false);
            let question =
                if is_ignored { String::new() } else { format!("Is {MARKS}/ in .gitignore? Git has no use for it.") };
            text.question(&question, "It holds what was last purged. Keep it between runs, in CI as a cache.");
            text.line(&format!("store = {}", quoted(&format!("file:{MARKS}/{name}.mark"))));
            return;
        }
        let Some((remote, _)) = &sight.remote else { return };
        text.line("\n[site.mark]");
        if self.systems.is_empty() {
            text.question("Does CI purge?", "Its clones do not last: keep there what was last purged.");
            text.line(&format!("# push = {}", quoted(remote)));
        } else {
            text.question("May the CI job push there?", "Its clones do not last: this keeps what was last purged.");
            text.line(&format!("push = {}", quoted(remote)));
        }
    }

    /// Returns what was found, one line each.
    fn found(&self) -> Vec<String> {
        let site = match &self.project {
            Some(project) => {
                format!("site:    {} ({})", project.facts().name, shown(project.sign.as_bytes()))
            }
            None => "site:    files that are served as they stand".to_owned(),
        };
        let output = match &self.located.place {
            Place::Committed { output } if output.is_empty() => "the whole repository".to_owned(),
            Place::Committed { output } => format!("{}/, committed", shown(output.as_bytes())),
            Place::Branch { name, output, .. } if output.is_empty() => format!("the branch {}", shown(name.as_bytes())),
            Place::Branch { name, output, .. } => format!("{output}/ on the branch {}", shown(name.as_bytes())),
            Place::Built { directory, is_there } => {
                let built = if *is_there { "built" } else { "not built yet" };
                format!("{}/, {built}, not committed", shown(directory.as_bytes()))
            }
        };
        let host = match &self.host {
            Host::Known { word, .. } => (*word).to_owned(),
            Host::Doubtful(_) | Host::Unknown => "not known: each page has the URLs of any host".to_owned(),
        };
        let mut found = vec![site, format!("output:  {output}"), format!("host:    {host}")];
        if !self.systems.is_empty() {
            let names: Vec<&str> = self.systems.iter().map(|system| system.name).collect();
            found.push(format!("CI:      {}", names.join(", ")));
        }
        found
    }
}
