//! From plans to receipts: everything that sending needs is found first, then the plans go out, one site after the other.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;

use super::{Output, Planned};
use crate::cli::Global;
use crate::config::{self, Environment, TokenSource};
use crate::error::Error;
use crate::provider::{ApiBase, Cloudflare, Target};
use crate::report::{Progress, ProgressStyle};
use crate::send::{self, Credentials, Http, Receipt, RetryPolicy, Sender, Shipment};

/// Where each plan goes, and who brings it there: one sender for each source of a token, so that sites of an account share its
/// pace.
pub(super) struct Postman {
    pub(super) targets: Vec<Option<Target>>,
    pub(super) senders: HashMap<TokenSource, Sender>,
    /// One for all that is asked, since connections live in it.
    pub(super) runtime: Runtime,
}

/// Finds whatever can be wrong before the first request. A plan that asks for nothing needs neither zone nor token.
pub(super) fn prepare(planned: &[Planned], policy: RetryPolicy, environment: &Environment) -> Result<Postman, Error> {
    let base = ApiBase::from_environment(environment)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Output)?;
    let mut postman = Postman { targets: Vec::with_capacity(planned.len()), senders: HashMap::new(), runtime };
    for Planned { site, plan, zone, .. } in planned {
        if plan.is_empty() {
            postman.targets.push(None);
            continue;
        }
        let zone = zone.clone().ok_or_else(|| Error::NoZone(site.name.to_string()))?;
        postman.targets.push(Some(Target { base: base.clone(), zone }));
        let source = &site.cloudflare.token;
        if !postman.senders.contains_key(source) {
            let http = if base.is_on_this_machine() { Http::local() } else { Http::new() }?;
            let all = planned.iter().map(|p| &p.site.cloudflare);
            let pace = Cloudflare::new(slowest(&site.cloudflare, all)).pace();
            let sender = Sender::new(http, Credentials::find(environment, source)?, policy, pace);
            postman.senders.insert(source.clone(), sender);
        }
    }
    Ok(postman)
}

/// Of all whose token comes from the same source, the one with the slowest plan: they share an account, and so its pace.
fn slowest<'c>(
    one: &'c config::Cloudflare,
    all: impl Iterator<Item = &'c config::Cloudflare>,
) -> &'c config::Cloudflare {
    all.filter(|other| other.token == one.token).min_by_key(|other| other.plan).unwrap_or(one)
}

impl Postman {
    /// Says once that there is something safer than a Global API Key.
    pub(super) fn warn_of_global_keys(&self, output: &mut Output<'_>) -> Result<(), Error> {
        if !self.senders.values().any(Sender::has_a_global_key) {
            return Ok(());
        }
        writeln!(output.err, "warning: CLOUDFLARE_API_KEY opens all that its user may do; a token in CLOUDFLARE_API_TOKEN with the one permission Zone > Cache Purge is safer")
            .map_err(Error::Output)
    }

    /// Sends each plan; the receipts stand in the order of the sites.
    pub(super) fn send(
        &self,
        global: &Global,
        planned: &[Planned],
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Vec<Vec<Receipt>>, Error> {
        let receipts = self.runtime.block_on(async {
            // Shared, so that every site after the interrupted one hears it too.
            let stop = send::interrupted().shared();
            let mut all = Vec::with_capacity(planned.len());
            for (Planned { site, plan, provider, .. }, target) in planned.iter().zip(&self.targets) {
                let (Some(target), Some(sender)) = (target, self.senders.get(&site.cloudflare.token)) else {
                    all.push(Vec::new());
                    continue;
                };
                let progress = Progress::new(style(global, environment), plan, output.err);
                let shipment = Shipment { plan, provider, target };
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

#[cfg(test)]
mod tests {
    use crate::config::{CloudflarePlan, Config};

    #[test]
    fn sites_that_share_a_token_share_the_slowest_pace() {
        let site = |name: &str, plan: &str, token: &str| {
            let head = format!("[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example/\"]\n");
            format!("{head}[site.cloudflare]\nplan = \"{plan}\"\ntoken_env = \"{token}\"\n")
        };
        let text = [site("a", "enterprise", "ONE"), site("b", "pro", "ONE"), site("c", "free", "TWO")].concat();
        let sites = Config::parse(&text, "purge.toml").unwrap().sites;
        let plan = |i: usize| super::slowest(&sites[i].cloudflare, sites.iter().map(|s| &s.cloudflare)).plan;
        assert_eq!([plan(0), plan(1), plan(2)], [CloudflarePlan::Pro, CloudflarePlan::Pro, CloudflarePlan::Free]);
    }
}
