//! From plans to receipts: everything that sending needs is found first, then the plans go out, one site after the other.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};

use futures_util::FutureExt as _;

use super::{Output, Planned};
use crate::cli::Global;
use crate::config::{EnvName, Environment};
use crate::error::Error;
use crate::provider::{ApiBase, Cloudflare, Target};
use crate::report::{Progress, ProgressStyle};
use crate::send::{self, Http, Receipt, RetryPolicy, Sender, Shipment, Token};

/// Where each plan goes, and who brings it there: one sender for each token, so that sites of an account share its pace.
pub(super) struct Postman {
    targets: Vec<Option<Target>>,
    senders: HashMap<EnvName, Sender>,
}

/// Finds whatever can be wrong before the first request. A plan that asks for nothing needs neither zone nor token.
pub(super) fn prepare(planned: &[Planned], policy: RetryPolicy, environment: &Environment) -> Result<Postman, Error> {
    let base = ApiBase::from_environment(environment)?;
    let mut postman = Postman { targets: Vec::with_capacity(planned.len()), senders: HashMap::new() };
    for Planned { site, plan, zone } in planned {
        if plan.is_empty() {
            postman.targets.push(None);
            continue;
        }
        let zone = zone.clone().ok_or_else(|| Error::NoZone(site.name.to_string()))?;
        postman.targets.push(Some(Target { base: base.clone(), zone }));
        let name = &site.cloudflare.token_env;
        if !postman.senders.contains_key(name) {
            let http = if base.is_on_this_machine() { Http::local() } else { Http::new() }?;
            // Sites that share a token share an account, and so the slowest pace of them.
            let same = planned.iter().map(|p| &p.site.cloudflare).filter(|c| c.token_env == *name);
            let slowest = same.min_by_key(|c| c.plan).unwrap_or(&site.cloudflare);
            let pace = Cloudflare::new(slowest).pace();
            let sender = Sender::new(http, Token::from_environment(environment, name)?, policy, pace);
            postman.senders.insert(name.clone(), sender);
        }
    }
    Ok(postman)
}

impl Postman {
    /// Sends each plan; the receipts stand in the order of the sites.
    pub(super) fn send(
        &self,
        global: &Global,
        planned: &[Planned],
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Vec<Vec<Receipt>>, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Output)?;
        let receipts = runtime.block_on(async {
            // Shared, so that every site after the interrupted one hears it too.
            let stop = send::interrupted().shared();
            let mut all = Vec::with_capacity(planned.len());
            for (Planned { site, plan, .. }, target) in planned.iter().zip(&self.targets) {
                let (Some(target), Some(sender)) = (target, self.senders.get(&site.cloudflare.token_env)) else {
                    all.push(Vec::new());
                    continue;
                };
                let progress = Progress::new(style(global, environment), plan, output.err);
                let shipment = Shipment { plan, provider: Cloudflare::new(&site.cloudflare), target };
                all.push(sender.send(shipment, stop.clone(), &|event| progress.show(event)).await);
                progress.finish();
            }
            Ok(all)
        });
        send::end_on_signals();
        receipts
    }
}

fn style(global: &Global, environment: &Environment) -> ProgressStyle {
    if global.quiet {
        ProgressStyle::Hidden
    } else if global.verbose {
        ProgressStyle::EveryRequest
    } else if io::stderr().is_terminal() && !environment.has("CI") {
        ProgressStyle::Bar
    } else {
        ProgressStyle::Lines
    }
}
