//! From plans to receipts: everything that sending needs is found first, then the plans go out, all sites at once.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::{Output, Planned, layers};
use crate::cli::Global;
use crate::config::{self, Cache, Environment, TokenSource};
use crate::error::Error;
use crate::provider::{ApiBase, Cloudflare, Provider, Target};
use crate::report::{Progress, ProgressStyle};
use crate::send::{self, Credentials, CredentialsError, Http, Receipt, RetryPolicy, Sender, Shipment};

/// Where each plan goes, and who brings it there.
pub(super) struct Postman {
    /// The ways of each plan: none when nothing of it is sent, one to a zone, or one to each endpoint of a cache.
    pub(super) routes: Vec<Vec<Route>>,
    senders: Vec<Sender>,
    /// Cloudflare's senders: one for each source of a token, so that sites of an account share its pace.
    accounts: HashMap<TokenSource, usize>,
    /// What opens caches, got once from each source.
    credentials: HashMap<TokenSource, Credentials>,
    /// Sources that gave nothing, and why: a program that fails is not run for each site.
    barren: HashMap<TokenSource, CredentialsError>,
    /// One for all that is asked, since connections live in it.
    pub(super) runtime: Runtime,
    /// When sending ends, finished or not.
    pub(super) until: Option<Instant>,
}

/// A way to one target.
pub(super) struct Route {
    pub(super) target: Target,
    /// Its number among the senders; of two ways with the same one, the same account is asked.
    pub(super) sender: usize,
}

/// What finding the ways takes.
#[derive(Clone, Copy)]
struct Means<'m> {
    base: &'m ApiBase,
    policy: RetryPolicy,
    environment: &'m Environment,
}

/// Finds whatever can be wrong before the first request; what is wrong with one site is noted there, and it is not sent. A plan that
/// asks for nothing needs neither zone nor token.
pub(super) fn prepare(
    planned: &mut [Planned],
    policy: RetryPolicy,
    environment: &Environment,
) -> Result<Postman, Error> {
    let base = &ApiBase::from_environment(environment)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Output)?;
    let (accounts, credentials, barren) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut postman =
        Postman { routes: Vec::new(), senders: Vec::new(), accounts, credentials, barren, runtime, until: None };
    for i in 0..planned.len() {
        let routes = postman.routes_of(planned, i, Means { base, policy, environment });
        postman.routes.push(routes.unwrap_or_else(|error| {
            planned[i].failed = Some(error);
            Vec::new()
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
        let (accounts, credentials, barren) = (HashMap::new(), HashMap::new(), HashMap::new());
        Ok(Postman { routes: Vec::new(), senders: Vec::new(), accounts, credentials, barren, runtime, until: None })
    }

    /// Sends other plans for the layers of one site, in turn, by the ways of those from number `first` on.
    pub(super) fn send_again(
        &self,
        global: &Global,
        planned: &[Planned],
        first: usize,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Vec<Vec<Receipt>> {
        let total = planned.iter().map(|p| p.plan.operations.len()).sum();
        let progress = &Progress::new(style(global, environment), total, output.err);
        let receipts = self.runtime.block_on(async {
            let stop = std::future::pending().shared();
            let one = |number: usize| {
                let routes = self.routes.get(first + number).map_or(&[][..], Vec::as_slice);
                self.deliver(&planned[number], routes, stop.clone(), progress)
            };
            layers::in_turn(planned, 0..planned.len(), &one).await
        });
        progress.finish();
        receipts
    }

    /// Says once that there is something safer than a Global API Key.
    pub(super) fn warn_of_global_keys(&self, output: &mut Output<'_>) -> Result<(), Error> {
        if !self.senders.iter().any(Sender::has_a_global_key) {
            return Ok(());
        }
        writeln!(output.err, "warning: CLOUDFLARE_API_KEY opens all that its user may do; a token in CLOUDFLARE_API_TOKEN with the one permission Zone > Cache Purge is safer")
            .map_err(Error::Output)
    }

    /// Where one of the plans goes, with senders for it; nowhere when there is nothing to send.
    fn routes_of(&mut self, planned: &[Planned], i: usize, means: Means<'_>) -> Result<Vec<Route>, Error> {
        let Planned { site, plan, zone, failed, provider, .. } = &planned[i];
        if plan.is_empty() || failed.is_some() {
            return Ok(Vec::new());
        }
        match &site.cache {
            Cache::Cloudflare(cloudflare) => {
                let zone = zone.clone().ok_or_else(|| Error::NoZone(site.name.to_string()))?;
                let all = planned.iter().filter_map(|p| p.site.cache.cloudflare());
                let sender = self.account(cloudflare, all, means)?;
                Ok(vec![Route { target: Target::Zone { base: means.base.clone(), zone }, sender }])
            }
            Cache::HttpPurge(cache) => self.nodes(cache, provider, means),
        }
    }

    /// The sender for an account.
    fn account<'c>(
        &mut self,
        one: &'c config::Cloudflare,
        all: impl Iterator<Item = &'c config::Cloudflare>,
        Means { base, policy, environment }: Means<'_>,
    ) -> Result<usize, Error> {
        if let Some(known) = self.accounts.get(&one.token) {
            return Ok(*known);
        }
        let http = if base.is_on_this_machine() { Http::local() } else { Http::new() }?;
        let pace = Cloudflare::new(slowest(one, all)).pace();
        let credentials = self.found(environment, &one.token)?;
        self.senders.push(Sender::new(http, credentials, policy, pace));
        self.accounts.insert(one.token.clone(), self.senders.len() - 1);
        Ok(self.senders.len() - 1)
    }

    /// What a source gives; one that gave nothing is not asked again.
    fn found(&mut self, environment: &Environment, source: &TokenSource) -> Result<Credentials, Error> {
        if let Some(before) = self.barren.get(source) {
            return Err(before.again().into());
        }
        Credentials::find(environment, source).map_err(|error| {
            self.barren.insert(source.clone(), error.again());
            error.into()
        })
    }

    /// A sender for each node of a cache: one that asks to wait holds up no other.
    fn nodes(&mut self, cache: &config::HttpPurge, provider: &Provider, means: Means<'_>) -> Result<Vec<Route>, Error> {
        let source = cache.token.as_ref().map(|token| &token.source);
        let known = source.and_then(|source| self.credentials.get(source));
        let credentials = match (source, known) {
            (None, _) => Credentials::none(),
            (_, Some(known)) => known.clone(),
            (Some(source), None) => self.found(means.environment, source)?,
        };
        if let Some(source) = source {
            self.credentials.insert(source.clone(), credentials.clone());
        }
        let mut routes = Vec::with_capacity(cache.endpoints.len());
        for endpoint in &cache.endpoints {
            let (http, pace) = (Http::for_caches()?, provider.capabilities().pace);
            self.senders.push(Sender::new(http, credentials.clone(), means.policy, pace));
            routes.push(Route { target: Target::Endpoint(endpoint.clone()), sender: self.senders.len() - 1 });
        }
        Ok(routes)
    }

    /// The sender of a way.
    pub(super) fn sender(&self, route: &Route) -> &Sender {
        &self.senders[route.sender]
    }

    /// Where one layer of a site cannot be sent, nothing of the site is.
    pub(super) fn hold_back(&mut self, planned: &mut [Planned]) {
        layers::fail_together(planned);
        for (routes, _) in self.routes.iter_mut().zip(planned).filter(|(_, planned)| planned.failed.is_some()) {
            routes.clear();
        }
    }

    /// Sends all sites at once: those of an account share its pace, and none waits for another's slow kind; of each site one layer
    /// after the other. The receipts stand in the order of the plans.
    pub(super) fn send(
        &self,
        global: &Global,
        planned: &[Planned],
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Vec<Vec<Receipt>> {
        let total = planned.iter().zip(&self.routes).map(|(p, routes)| p.plan.operations.len() * routes.len()).sum();
        let progress = &Progress::new(style(global, environment), total, output.err);
        let receipts = self.runtime.block_on(async {
            // Shared, so that every site hears it.
            let stop = send::interrupted_or_at(self.until).shared();
            let one = |number: usize| self.deliver(&planned[number], &self.routes[number], stop.clone(), progress);
            let sites = layers::of_sites(planned).into_iter().map(|range| layers::in_turn(planned, range, &one));
            futures_util::future::join_all(sites).await.into_iter().flatten().collect()
        });
        progress.finish();
        send::end_on_signals();
        receipts
    }

    /// Sends one plan all its ways.
    async fn deliver(
        &self,
        Planned { plan, provider, .. }: &Planned,
        routes: &[Route],
        stop: impl Future<Output = ()> + Clone,
        progress: &Progress<'_>,
    ) -> Vec<Receipt> {
        let sent = routes.iter().map(|route| {
            let (stop, target) = (stop.clone(), &route.target);
            let title = match target {
                Target::Zone { .. } => plan.title(),
                Target::Endpoint(endpoint) => format!("{}: {endpoint}", plan.title()),
            };
            async move {
                let shipment = Shipment { plan, provider, target };
                self.sender(route).send(shipment, stop, &|event| progress.show(&title, event)).await
            }
        });
        let mut receipts = futures_util::future::join_all(sent).await;
        let endpoints: Vec<String> = provider.endpoints().iter().map(ToString::to_string).collect();
        if endpoints.is_empty() { receipts.pop().unwrap_or_default() } else { send::merged(&endpoints, receipts) }
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
        let all: Vec<_> = sites.iter().filter_map(|site| site.cache.cloudflare()).collect();
        let plan = |i: usize| super::slowest(all[i], all.iter().copied()).plan;
        assert_eq!([plan(0), plan(1), plan(2)], [CloudflarePlan::Pro, CloudflarePlan::Pro, CloudflarePlan::Free]);
    }
}
