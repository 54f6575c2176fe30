//! `diffpurge init`: writes a configuration after a look at the repository, checks it, and shows a first plan.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::configuration::Sites;
use super::error::{Error, Failed};
use super::found_file::found_file;
use super::init_error::InitError;
use super::rim::Rim;
use super::unwritten::Unwritten;
use super::watcher::Watcher;
use crate::config::Config;
use crate::display::shown;
use crate::engine::check::check_offline;
use crate::engine::survey::{Survey, survey};
use crate::engine::{self, ExitStatus, Ground, MarkUse, Planning, SiteRun, Subject, first_ends};
use crate::report;
use crate::setup::{Configured, Draft, Place, SYSTEMS, SetupError, Wishes, draft, job};

/// `diffpurge init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The address that visitors type; repeatable [default: what the repository says, or it is asked for]
    #[arg(long, value_name = "URL")]
    pub base_url: Vec<String>,
    /// The directory that is served, from the repository's top [default: what the repository says]
    #[arg(long, value_name = "DIR")]
    pub output: Option<String>,
    /// Print the job for this CI system, and write nothing
    #[arg(long, value_name = "SYSTEM", conflicts_with = "base_url", value_parser = PossibleValuesParser::new(SYSTEMS.iter().map(|system| system.word)))]
    pub ci: Option<String>,
}

/// Drafts a configuration, writes it, and shows what it means.
pub(super) fn run(rim: Rim<'_, '_>, args: &InitArgs) -> Result<ExitStatus, Failed> {
    let directory = rim.global.directory.as_deref();
    if let Some(directory) = directory.filter(|directory| !directory.is_dir()) {
        return Err(Error::NoDirectory(directory.to_owned()).into());
    }
    if !rim.global.site.is_empty() {
        return Err(Error::Init(InitError::Site).into());
    }
    let watcher = Watcher::new(rim);
    let path = rim.global.config.clone().unwrap_or_else(|| found_file(directory));
    if let Some(word) = &args.ci {
        print_job(rim, args, word, &path, &survey(directory, &watcher)?)?;
        return Ok(ExitStatus::Done);
    }
    if path.exists() {
        return Err(Error::Init(InitError::Configured(path)).into());
    }
    let draft = drafted(rim, args, &path, &survey(directory, &watcher)?)?;
    let config = Config::parse(&draft.text, &path.display().to_string())?;
    write(&path, &draft.text).map_err(|source| Error::Unwritten(Unwritten::Before(path.clone(), source)))?;
    say_written(rim, &path, &draft)?;
    let sites = Sites::of(config);
    let status = show(rim, &sites.ground(rim, &watcher), &draft)?;
    say_next(rim, &path, &draft)?;
    Ok(status)
}

/// Prints the job for a CI system, as it fits the configuration that is there.
fn print_job(rim: Rim<'_, '_>, args: &InitArgs, word: &str, path: &Path, survey: &Survey) -> Result<(), Failed> {
    let config = if path.exists() { Some(Config::load_allowing(path, &rim.global.allow_env)?) } else { None };
    let configured = config.as_ref().map(|config| Configured {
        sites: &config.sites,
        file: survey.from_top(path),
        directory: path.parent().unwrap_or(Path::new("")),
    });
    let job = job(&survey.sight(), args.output.as_deref(), configured.as_ref())?;
    let mut system = SYSTEMS.iter().filter(|system| system.word == word);
    rim.output.result(|out| {
        system.try_for_each(|system| {
            writeln!(out, "{} For {}, into {}", system.comment(), system.name, system.place(&job))?;
            out.write_all(system.text(&job).as_bytes())
        })
    })?;
    Ok(())
}

/// Drafts a configuration; asks for the address where nothing else says it and there is somebody to ask.
fn drafted(rim: Rim<'_, '_>, args: &InitArgs, path: &Path, survey: &Survey) -> Result<Draft, Error> {
    let sight = survey.sight();
    let file = rim.global.config.as_ref().map(|_| survey.from_top(path));
    let file = file.as_deref();
    let output = args.output.as_deref();
    let is_attended = io::stdin().is_terminal() && io::stderr().is_terminal();
    match draft(&sight, Wishes { base_urls: &args.base_url, output, file }) {
        Err(SetupError::NoAddress(reasons)) if is_attended => {
            rim.output.aside(|err| {
                reasons.iter().try_for_each(|reason| writeln!(err, "note: {reason}"))?;
                write!(err, "Which address do visitors type? ").and_then(|()| err.flush())
            });
            let mut typed = String::new();
            // Whoever cannot be heard has said nothing.
            let heard = io::stdin().read_line(&mut typed).map_or("", |_| typed.trim());
            if heard.is_empty() {
                return Err(SetupError::NoAddress(reasons).into());
            }
            let url = if heard.contains("://") { heard.to_owned() } else { format!("https://{heard}") };
            Ok(draft(&sight, Wishes { base_urls: &[url], output, file })?)
        }
        drafted => Ok(drafted?),
    }
}

/// Writes a file that was not there.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn say_written(rim: Rim<'_, '_>, path: &Path, draft: &Draft) -> Result<(), Error> {
    if rim.global.quiet {
        return Ok(());
    }
    let file = shown(path.as_os_str().as_encoded_bytes());
    rim.output.result(|out| {
        writeln!(out, "{file} is written, with a question above each guess:")?;
        draft.found.iter().try_for_each(|found| writeln!(out, "  {found}"))?;
        writeln!(out)
    })
}

/// Returns what a command names as TO, where it has to; a directory counts from the current one.
fn typed_to(rim: Rim<'_, '_>, draft: &Draft) -> Option<String> {
    let below = draft.directory.as_ref()?;
    let directory = rim.global.directory.as_ref().map_or_else(|| PathBuf::from(below), |above| above.join(below));
    Some(format!("dir:{}", directory.display()))
}

/// Returns how a further command begins: with the options that this one was typed with.
fn begun(rim: Rim<'_, '_>) -> String {
    let option = |flag: &str, path: &Option<PathBuf>| {
        path.as_ref().map_or(String::new(), |path| format!(" {flag} {}", shown(path.as_os_str().as_encoded_bytes())))
    };
    format!("diffpurge{}{}", option("-C", &rim.global.directory), option("-c", &rim.global.config))
}

/// Runs the part of `check` that needs no network, and shows a first plan where there is something to plan.
fn show(rim: Rim<'_, '_>, ground: &Ground<'_>, draft: &Draft) -> Result<ExitStatus, Failed> {
    let is_there = match &draft.place {
        Place::Committed { .. } => true,
        Place::Branch { is_found, .. } => *is_found,
        Place::Built { is_there, .. } => *is_there,
    };
    if !is_there {
        return Ok(ExitStatus::Done);
    }
    let to = typed_to(rim, draft);
    let checked = check_offline(ground, to.as_deref());
    rim.output.result(|out| report::check::human(out, &checked, rim.view()).and_then(|()| writeln!(out)))?;
    let site = &ground.chosen.sites[0];
    let range = first_ends(ground, site, to.as_deref())?;
    let subject = Subject::Revisions { range, rollback: false, allow_empty: false };
    let run = engine::plan(ground, Planning { subject, marks: MarkUse::None })?;
    let reports: Vec<_> = run.sites.iter().map(SiteRun::report).collect();
    rim.output.result(|out| {
        reports.iter().try_for_each(|report| report::plan::human(out, report, rim.view()))?;
        if reports.is_empty() { Ok(()) } else { writeln!(out) }
    })?;
    drop(reports);
    let errors: Vec<Error> = run.into_errors().into_iter().map(Error::Engine).collect();
    if errors.is_empty() { Ok(ExitStatus::Done) } else { Err(Failed { errors, reported: true }) }
}

/// Says what to type next, with the job for the CI system whose files are there.
fn say_next(rim: Rim<'_, '_>, path: &Path, draft: &Draft) -> Result<(), Error> {
    if rim.global.quiet {
        return Ok(());
    }
    let file = shown(path.as_os_str().as_encoded_bytes());
    let to = typed_to(rim, draft).map_or(String::new(), |to| format!(" {to}"));
    let begun = begun(rim);
    rim.output.result(|out| {
        if let [system, ..] = draft.systems[..] {
            writeln!(out, "For {}, into {}:\n\n{}", system.name, system.place(&draft.job), system.text(&draft.job))?;
        }
        match &draft.place {
            Place::Built { is_there: false, .. } => {
                let build = draft.build.as_ref().map_or("build the site".to_owned(), |build| format!("`{build}`"));
                writeln!(out, "To see a plan: {build}, then `{begun} plan empty{to}`.")?;
            }
            Place::Branch { name, is_found: false, .. } => {
                let name = shown(name.as_bytes());
                writeln!(out, "To see a plan: deploy to the branch {name}, then `{begun} plan`.")?;
            }
            Place::Built { .. } | Place::Branch { .. } | Place::Committed { .. } => {}
        }
        writeln!(
            out,
            "Next: answer the questions in {file}, set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID, and type `{begun} check`."
        )?;
        writeln!(out, "After each deploy: `{begun} purge{to}`.")?;
        write!(out, "The first purge knows of no deploy before it, and takes the whole host once.")?;
        match &draft.place {
            // The branch may be here or at the remote, and has another name there.
            Place::Branch { .. } => writeln!(out),
            Place::Built { .. } | Place::Committed { .. } => {
                let live = if to.is_empty() { " HEAD" } else { &*to };
                writeln!(out, " Where nothing is stale now, `{begun} mark set{live}` spares that.")
            }
        }
    })
}
