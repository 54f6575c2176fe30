//! `diffpurge explain`: the mapping of one path or URL, for each site, without a plan.

use std::io::{self, Write};

use serde_json::json;

use super::publish::broken_pipe_is_fine;
use super::{Output, configuration};
use crate::changes;
use crate::cli::{AnswerFormat, ExplainArgs, Global};
use crate::config::{Config, Site};
use crate::error::{Error, ExitStatus};
use crate::mapping;
use crate::report::explanation::{PathExplained, UrlExplained};
use crate::snapshot::{Snapshot, Source};

/// Explains what was typed.
///
/// # Errors
/// When the configuration or the revision cannot be read, or the answer not be written.
pub fn explain(global: &Global, args: &ExplainArgs, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let config: Config = configuration(global, &args.described, output)?.select(&global.site)?;
    let source = Source::open(&args.revision, global.directory.as_deref(), None)?;
    let mut answers = Vec::new();
    for site in &config.sites {
        let to = source.snapshot(&site.output)?;
        let inventory = changes::all_paths(&to, site.symlinks)?;
        let human: Human<'_> = if args.format == AnswerFormat::Human { Some(&mut *output.out) } else { None };
        let explained = if args.what.contains("://") { url } else { path };
        match explained(site, &args.what, &to, &inventory, human) {
            Ok(answer) => answers.push(answer),
            Err(error) => broken_pipe_is_fine(error)?,
        }
    }
    if args.format == AnswerFormat::Json {
        let document = json!({ "schema": 1, "explanations": answers });
        let text = format!("{document:#}").replace("##", "#\\u0023");
        writeln!(output.out, "{text}").or_else(broken_pipe_is_fine)?;
    }
    Ok(ExitStatus::Done)
}

type Human<'o> = Option<&'o mut dyn Write>;

fn url(
    site: &Site,
    url: &str,
    to: &Snapshot<'_>,
    inventory: &[Box<[u8]>],
    human: Human<'_>,
) -> io::Result<serde_json::Value> {
    let files = mapping::behind(url, inventory, site);
    let explained = UrlExplained { site: site.name.as_str(), url, to: to.name(), files, rules: site.rules.names() };
    human.map_or(Ok(()), |out| explained.human(out))?;
    Ok(explained.json())
}

fn path(
    site: &Site,
    typed: &str,
    to: &Snapshot<'_>,
    inventory: &[Box<[u8]>],
    human: Human<'_>,
) -> io::Result<serde_json::Value> {
    let exists = |path: &str| inventory.binary_search_by(|known| (**known).cmp(path.as_bytes())).is_ok();
    let typed = typed.trim_start_matches("./").trim_start_matches('/');
    // A path as the repository has it means the same file, unless the site has one of that very name.
    let in_output = typed.strip_prefix(site.output.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let path = in_output.filter(|_| !exists(typed)).unwrap_or(typed);
    let explanation = mapping::explain(path.as_bytes(), site);
    let exists = exists(path);
    let (name, rules) = (site.name.as_str(), site.rules.names());
    let explained = PathExplained { site: name, path: path.as_bytes(), to: to.name(), exists, explanation, rules };
    human.map_or(Ok(()), |out| explained.human(out))?;
    Ok(explained.json())
}
