//! `diffpurge explain`: the URLs of a file and why, or the files behind a URL.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::Args;
use serde_json::{Value, json};

use super::configuration::{Described, Sites};
use super::error::Failed;
use super::format::AnswerFormat;
use super::global::Global;
use super::output::Output;
use super::run::ground;
use super::watcher::Watcher;
use crate::config::Environment;
use crate::engine::ExitStatus;
use crate::engine::explanation::{Answer, Explained, explain};
use crate::report::{PathExplained, UrlExplained};

/// `diffpurge explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A path relative to the web root (or to the repository), or a URL
    #[arg(value_name = "PATH|URL")]
    pub what: String,
    /// Where files are looked for: a git revision, dir:PATH, manifest:FILE
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    pub revision: String,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
}

/// Explains what was typed.
pub(super) fn run(
    global: &Global,
    args: &ExplainArgs,
    environment: &Environment,
    output: &Output<'_>,
) -> Result<ExitStatus, Failed> {
    let sites = Sites::load(global, &args.described, output)?;
    let watcher = Watcher::new(global, environment, output);
    let all = explain(&ground(global, &sites, environment, &watcher), &args.what, &args.revision)?;
    let shown: Vec<Shown<'_>> = all.iter().map(Shown::of_answer).collect();
    output.result(|out| match args.format {
        AnswerFormat::Human => shown.iter().try_for_each(|one| one.human(out)),
        AnswerFormat::Json => {
            let answers: Vec<Value> = shown.iter().map(Shown::json).collect();
            let document = json!({ "schema": 1, "explanations": answers });
            let text = format!("{document:#}").replace("##", "#\\u0023");
            writeln!(out, "{text}")
        }
    })?;
    Ok(ExitStatus::Done)
}

/// An answer as the report takes it.
enum Shown<'e> {
    Path(PathExplained<'e>),
    Url(UrlExplained<'e>),
}

impl<'e> Shown<'e> {
    fn of_answer(one: &'e Explained) -> Shown<'e> {
        let (site, to, rules) = (&*one.site, &one.to, one.rules.clone());
        match &one.answer {
            Answer::Path { path, exists, explanation } => {
                let (exists, explanation) = (*exists, explanation.clone());
                Shown::Path(PathExplained { site, path, to, exists, explanation, rules })
            }
            Answer::Url { url, files } => Shown::Url(UrlExplained { site, url, to, files: files.clone(), rules }),
        }
    }

    fn human(&self, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        match self {
            Shown::Path(path) => path.human(out),
            Shown::Url(url) => url.human(out),
        }
    }

    fn json(&self) -> Value {
        match self {
            Shown::Path(path) => path.json(),
            Shown::Url(url) => url.json(),
        }
    }
}
