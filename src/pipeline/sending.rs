//! From plans to receipts: everything that sending needs is found first, then the plans go out, all sites at once.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::time::Instant;

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
    /// When sending ends, finished or not.
    pub(super) until: Option<Instant>,
}

/// Finds whatever can be wrong before the first request; what is wrong with one site is noted there, and it is not sent. A plan that
/// asks for nothing needs neither zone nor token.
pub(super) fn prepare(
    planned: &mut [Planned],
    policy: RetryPolicy,
    environment: &Environment,
) -> Result<Postman, Error> {
    let base = ApiBase::from_environment(environment)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Output)?;
    let targets = Vec::with_capacity(planned.len());
    let mut postman = Postman { targets, senders: HashMap::new(), runtime, until: None };
    for i in 0..planned.len() {
        let target = postman.target(planned, i, (&base, policy, environment));
        postman.targets.push(target.unwrap_or_else(|error| {
            planned[i].failed = Some(error);
            None
        }));
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
    /// One that sends nothing.
    pub(super) fn idle() -> Result<Postman, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Output)?;
        Ok(Postman { targets: Vec::new(), senders: HashMap::new(), runtime, until: None })
    }

    /// Sends one plan to where the site with this number goes; nothing where that is nowhere.
    pub(super) fn send_one(
        &self,
        global: &Global,
        planned: &Planned,
        number: usize,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Vec<Receipt> {
        let Some(Some(target)) = self.targets.get(number) else { return Vec::new() };
        let Some(sender) = self.senders.get(&planned.site.cloudflare.token) else { return Vec::new() };
        let progress = Progress::new(style(global, environment), planned.plan.operations.len(), output.err);
        let shipment = Shipment { plan: &planned.plan, provider: &planned.provider, target };
        let watch = |event: &send::Event<'_>| progress.show(&planned.plan.site, event);
        let receipts = self.runtime.block_on(sender.send(shipment, std::future::pending(), &watch));
        progress.finish();
        receipts
    }

    /// Says once that there is something safer than a Global API Key.
    pub(super) fn warn_of_global_keys(&self, output: &mut Output<'_>) -> Result<(), Error> {
        if !self.senders.values().any(Sender::has_a_global_key) {
            return Ok(());
        }
        writeln!(output.err, "warning: CLOUDFLARE_API_KEY opens all that its user may do; a token in CLOUDFLARE_API_TOKEN with the one permission Zone > Cache Purge is safer")
            .map_err(Error::Output)
    }

    /// Where one of the plans goes, with a sender for it; nowhere when there is nothing to send.
    fn target(
        &mut self,
        planned: &[Planned],
        i: usize,
        (base, policy, environment): (&ApiBase, RetryPolicy, &Environment),
    ) -> Result<Option<Target>, Error> {
        let Planned { site, plan, zone, failed, .. } = &planned[i];
        if plan.is_empty() || failed.is_some() {
            return Ok(None);
        }
        let zone = zone.clone().ok_or_else(|| Error::NoZone(site.name.to_string()))?;
        let source = &site.cloudflare.token;
        if !self.senders.contains_key(source) {
            let http = if base.is_on_this_machine() { Http::local() } else { Http::new() }?;
            let all = planned.iter().map(|p| &p.site.cloudflare);
            let pace = Cloudflare::new(slowest(&site.cloudflare, all)).pace();
            let sender = Sender::new(http, Credentials::find(environment, source)?, policy, pace);
            self.senders.insert(source.clone(), sender);
        }
        Ok(Some(Target { base: base.clone(), zone }))
    }

    /// Sends all plans at once: those of an account share its pace, and none waits for another's slow kind. The receipts stand in
    /// the order of the sites.
    pub(super) fn send(
        &self,
        global: &Global,
        planned: &[Planned],
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Vec<Vec<Receipt>> {
        let plans = planned.iter().zip(&self.targets).filter(|(_, target)| target.is_some());
        let total = plans.map(|(p, _)| p.plan.operations.len()).sum();
        let progress = Progress::new(style(global, environment), total, output.err);
        let receipts = self.runtime.block_on(async {
            // Shared, so that every site hears it.
            let stop = send::interrupted_or_at(self.until).shared();
            let sent = planned.iter().zip(&self.targets).map(|(Planned { site, plan, provider, .. }, target)| {
                let (stop, progress) = (stop.clone(), &progress);
                async move {
                    let Some((target, sender)) = target.as_ref().zip(self.senders.get(&site.cloudflare.token)) else {
                        return Vec::new();
                    };
                    let shipment = Shipment { plan, provider, target };
                    sender.send(shipment, stop, &|event| progress.show(&plan.site, event)).await
                }
            });
            futures_util::future::join_all(sent).await
        });
        progress.finish();
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
