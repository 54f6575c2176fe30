//! `diffpurge verify`, and what `purge` does after it has purged: asks for the URLs, repairs what is stale, warms the edge.

use std::time::{Duration, Instant};

use super::marks::Access;
use super::planning::{Purpose, plan_all};
use super::publish::broken_pipe_is_fine;
use super::sending::{self, Postman};
use super::{Output, Planned, Sites, saved};
use crate::changes::{self, Change, Changes, Status};
use crate::cli::{Global, ProofFormat, Proving, Subject, VerifyArgs};
use crate::config::{Environment, Site};
use crate::error::{Error, ExitStatus};
use crate::mapping::{self, PublicUrl, Reason};
use crate::plan::{Basis, Plan};
use crate::proof::{self, Door, Expected, Proofs, Verdict};
use crate::report::{self, Detail};
use crate::send::{Receipt, RetryPolicy};
use crate::snapshot::{Ends, Snapshot, Source};

/// How long a purge that repairs may take to begin to show: edges are told within seconds.
const SETTLE: Duration = Duration::from_secs(2);

/// What is asked for of one site.
struct Asked {
    expected: Vec<Expected>,
    hash: crate::snapshot::Hash,
    /// How many there would be without a sample.
    of: usize,
}

/// Asks for the live URLs, and says of each what it is.
///
/// # Errors
/// When nothing can be asked for: the configuration, a snapshot or a plan cannot be read.
pub fn verify(
    global: &Global,
    args: &VerifyArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    let mut sites = planned(global, args, environment, output)?;
    let mut postman = Postman::idle()?;
    if args.asking.repair {
        postman = sending::prepare(&mut sites.planned, RetryPolicy::default(), environment)?;
    }
    let proving = Proving { verify: true, warm: None, asking: args.asking.clone() };
    prove(global, &proving, (&mut sites.planned, &postman), None, (environment, output))?;
    print(global, args, &sites, output)?;
    let hold = sites.planned.iter().filter_map(|planned| planned.proofs.as_ref()).all(Proofs::hold);
    let status = sites.ends(environment, output)?;
    Ok(if hold { status } else { ExitStatus::NotPurged })
}

/// The sites with what was compared; without FROM all of TO is asked for.
fn planned(
    global: &Global,
    args: &VerifyArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Sites, Error> {
    let described = &args.described;
    if let Some(file) = &args.plan {
        let wanted = saved::Wanted { file, only_failed: false, no_mark: true, access: Access::Read };
        let planned = saved::plans(global, described, &wanted, environment, output)?;
        return Ok(Sites { planned, unplanned: Vec::new(), unused: 0, live: Vec::new() });
    }
    // Beside nothing, every file of TO is new.
    let from = args.from.as_deref().or(Some("empty"));
    let subject = Subject::of(from, args.to.as_deref(), described.clone());
    let purpose = Purpose { access: Access::Read, rollback: true };
    plan_all(global, &subject, purpose, environment, output)
}

fn print(global: &Global, args: &VerifyArgs, sites: &Sites, output: &mut Output<'_>) -> Result<(), Error> {
    let detail = match (global.verbose, global.quiet) {
        (true, _) => Detail::Full,
        (_, true) => Detail::Brief,
        _ => Detail::Screenful,
    };
    let all = || sites.planned.iter().filter_map(|p| Some((p.site.name.as_str(), p.proofs.as_ref()?)));
    let printed = match args.format {
        ProofFormat::Json => {
            let documents: Vec<report::ProofsDocument<'_>> =
                all().map(|(site, proofs)| report::ProofsDocument::of(Some(site), proofs)).collect();
            serde_json::to_writer_pretty(&mut *output.out, &serde_json::json!({ "schema": 1, "proofs": documents }))
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(output.out))
        }
        ProofFormat::Human => {
            all().try_for_each(|(site, proofs)| report::human_proofs(output.out, site, proofs, detail))
        }
        ProofFormat::Markdown => all().try_for_each(|(site, proofs)| report::markdown_proofs(output.out, site, proofs)),
    };
    printed.or_else(broken_pipe_is_fine)
}

/// Asks for the URLs of all sites that were purged, as far as that is wanted. `purged` is when that was.
pub(super) fn prove(
    global: &Global,
    proving: &Proving,
    (planned, postman): (&mut [Planned], &Postman),
    purged: Option<Instant>,
    (environment, output): (&Environment, &mut Output<'_>),
) -> Result<(), Error> {
    for i in 0..planned.len() {
        let one = &planned[i];
        if one.failed.is_some() || !(proving.verify || proving.asking.repair || proving.warm.is_some()) {
            continue;
        }
        let hosts: Vec<&str> = one.site.base_urls.iter().map(crate::config::BaseUrl::host).collect();
        let door = proving.asking.edge.clone().unwrap_or(Door::Names);
        let http = door.client(&hosts)?;
        let Some(urls) = urls(one)? else { continue };
        let mut proofs = Proofs { of: urls.len(), ..Proofs::default() };
        if proving.verify || proving.asking.repair {
            let asked = asked(one, urls.clone(), proving.asking.sample)?;
            proofs.of = asked.of;
            proofs.all = postman.runtime.block_on(proof::ask((&door, &http), &asked.expected, asked.hash, purged));
            if proving.asking.repair && proofs.count(Verdict::Stale) > 0 {
                repair(global, (planned, postman, i), &mut proofs, environment, output);
                again(postman, (&door, &http), &asked, &mut proofs);
            }
        }
        if let Some(most) = proving.warm {
            let asked: std::collections::HashSet<&PublicUrl> = proofs.all.iter().map(|proof| &proof.url).collect();
            let left: Vec<PublicUrl> = urls.into_iter().filter(|url| !asked.contains(url)).collect();
            let left = &left[..left.len().min(most.unwrap_or(usize::MAX))];
            proofs.warmed = Some(postman.runtime.block_on(proof::warm((&door, &http), left)));
        }
        planned[i].proofs = Some(proofs);
    }
    Ok(())
}

/// The site's URLs that may have changed, the most important first; `None` where no snapshot says what they should be.
fn urls(planned: &Planned) -> Result<Option<Vec<PublicUrl>>, Error> {
    let Some(ends) = &planned.ends else { return Ok(None) };
    let (site, plan) = (&planned.site, &planned.plan);
    let to = ends.to.snapshot(&site.output)?;
    let everything = matches!(plan.basis, Basis::Unknown { .. });
    let (changes, paths);
    let (changes, inventory) = if everything {
        let all = changes::all_paths(&to, site.symlinks)?;
        let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
        changes = Changes { paths: all.into_iter().map(change).collect(), ..Changes::default() };
        (&changes, &[][..])
    } else {
        paths = inventory(&to, &plan.changes, site)?;
        (&plan.changes, &paths[..])
    };
    let judged = mapping::judge(changes, site);
    let mapping = mapping::map(&judged, if everything { &[] } else { inventory }, site);
    let is_always = |reasons: &[Reason]| reasons.contains(&Reason::Always);
    let mut urls: Vec<PublicUrl> = Vec::new();
    let mut first: std::collections::HashSet<PublicUrl> = std::collections::HashSet::new();
    for (url, reasons) in mapping.urls() {
        urls.push(url.clone());
        if is_always(reasons) {
            first.insert(url.clone());
        }
    }
    // A plan that was read back knows its operations, and not all changes.
    urls.extend(plan.operations.iter().filter_map(|planned| planned.operation.url().cloned()));
    urls.sort_unstable();
    urls.dedup();
    proof::by_importance(&mut urls, |url| first.contains(url));
    Ok(Some(urls))
}

/// Every path of either snapshot, sorted.
fn inventory(to: &Snapshot<'_>, changes: &Changes, site: &Site) -> Result<Vec<Box<[u8]>>, Error> {
    let mut paths = changes::all_paths(to, site.symlinks)?;
    paths.extend(changes.paths.iter().filter(|c| c.status == Status::Deleted).map(|c| c.path.clone()));
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

/// What is expected of at most so many of the URLs.
fn asked(planned: &Planned, urls: Vec<PublicUrl>, sample: Option<usize>) -> Result<Asked, Error> {
    let none = Ends::nothing();
    let ends = planned.ends.as_ref().unwrap_or(&none);
    let site = &planned.site;
    let to = ends.to.snapshot(&site.output)?;
    let from = ends.from.iter().map(|from: &std::rc::Rc<Source>| from.snapshot(&site.output));
    let from: Vec<Snapshot<'_>> = from.collect::<Result<_, _>>()?;
    let of = urls.len();
    let urls = match sample {
        Some(most) => proof::spread(urls, most, |url| url.as_str().as_bytes()),
        None => urls,
    };
    let inventory = inventory(&to, &planned.plan.changes, site)?;
    let expected = proof::expect(urls, site, (&from, &to), &inventory)?;
    Ok(Asked { expected, hash: to.hash(), of })
}

/// Purges once more what is stale.
fn repair(
    global: &Global,
    (planned, postman, i): (&[Planned], &Postman, usize),
    proofs: &mut Proofs,
    environment: &Environment,
    output: &mut Output<'_>,
) {
    let stale = proofs.all.iter().filter(|proof| proof.verdict == Verdict::Stale);
    let stale: Vec<&PublicUrl> = stale.map(|proof| &proof.url).collect();
    // The layers of a site stand behind each other, the outermost last.
    let first = planned.iter().position(|one| one.site.name == planned[i].site.name).unwrap_or(i);
    let repairs = planned[first..=i].iter().map(|one| {
        let limits = one.provider.prices().limits;
        Planned {
            plan: Plan::repair(&one.site, &one.plan.basis, stale.iter().copied(), limits),
            site: one.site.clone(),
            provider: one.provider.clone(),
            zone: one.zone.clone(),
            ends: None,
            proofs: None,
            mark: None,
            mark_failed: None,
            failed: None,
        }
    });
    let repairs: Vec<Planned> = repairs.collect();
    let receipts = postman.send_again(global, &repairs, first, environment, output);
    let sent = receipts.iter().all(|receipts| !receipts.is_empty());
    if sent && receipts.iter().flatten().all(Receipt::is_accepted) {
        proofs.repaired = proofs.count(Verdict::Stale);
    }
}

/// Asks again for what was stale.
fn again(postman: &Postman, (door, http): (&Door, &crate::send::Http), asked: &Asked, proofs: &mut Proofs) {
    let stale: Vec<usize> = (0..proofs.all.len()).filter(|i| proofs.all[*i].verdict == Verdict::Stale).collect();
    let expected: Vec<Expected> = stale.iter().map(|i| asked.expected[*i].clone()).collect();
    let repaired = Instant::now();
    postman.runtime.block_on(async {
        let mut left: Vec<(usize, Expected)> = stale.into_iter().zip(expected).collect();
        // Edges hear of a purge within seconds: what is stale a second time is asked for once more after that.
        for pause in [Duration::ZERO, SETTLE] {
            tokio::time::sleep(pause).await;
            let these: Vec<Expected> = left.iter().map(|(_, expected)| expected.clone()).collect();
            let answers = proof::ask((door, http), &these, asked.hash, Some(repaired)).await;
            let mut still = Vec::new();
            for ((i, expected), proof) in left.into_iter().zip(answers) {
                if proof.verdict == Verdict::Stale {
                    still.push((i, expected));
                }
                proofs.all[i] = proof;
            }
            left = still;
            if left.is_empty() {
                break;
            }
        }
    });
}
