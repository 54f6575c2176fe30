//! `diffpurge explain`: the mapping of one path or URL, for each site, without a plan.

use super::publish::broken_pipe_is_fine;
use super::{Output, configuration};
use crate::changes;
use crate::cli::{AnswerFormat, ExplainArgs, Global};
use crate::config::{Config, Site};
use crate::error::{Error, ExitStatus};
use crate::mapping;
use crate::report;
use crate::report::explanation::{Explained, PathExplained, UrlExplained};
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
        let explained = if args.what.contains("://") {
            url(site, &args.what, &to, &inventory)
        } else {
            path(site, &args.what, &to, &inventory)
        };
        match args.format {
            AnswerFormat::Human => {
                report::explanation::human(output.out, &explained).or_else(broken_pipe_is_fine)?;
            }
            AnswerFormat::Json => answers.push(explained),
        }
    }
    if args.format == AnswerFormat::Json {
        report::explanation::json(output.out, &answers).or_else(broken_pipe_is_fine)?;
    }
    Ok(ExitStatus::Done)
}

fn url<'e>(site: &'e Site, url: &'e str, to: &Snapshot<'_>, inventory: &[Box<[u8]>]) -> Explained<'e> {
    let files = mapping::behind(url, inventory, site);
    let (site, to, rules) = (site.name.as_str(), to.name().clone(), site.rules.names());
    Explained::Url(UrlExplained { site, url, to, files, rules })
}

fn path<'e>(site: &'e Site, typed: &'e str, to: &Snapshot<'_>, inventory: &[Box<[u8]>]) -> Explained<'e> {
    let exists = |path: &str| inventory.binary_search_by(|known| (**known).cmp(path.as_bytes())).is_ok();
    let typed = typed.trim_start_matches("./").trim_start_matches('/');
    // A path as the repository has it means the same file, unless the site has one of that very name.
    let in_output = typed.strip_prefix(site.output.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let path = in_output.filter(|_| !exists(typed)).unwrap_or(typed);
    let explanation = mapping::explain(path.as_bytes(), site);
    let exists = exists(path);
    let (path, site, to, rules) = (path.as_bytes(), site.name.as_str(), to.name().clone(), site.rules.names());
    Explained::Path(PathExplained { site, path, to, exists, explanation, rules })
}
