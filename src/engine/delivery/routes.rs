//! The ways that plans go: whatever can be wrong before the first request is found here.

use std::collections::HashMap;

use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::config::{self, Cache, Environment, TokenSource};
use crate::engine::error::{DeliveryError, Error};
use crate::engine::ground::Ground;
use crate::engine::run::{Run, SiteRun, layers};
use crate::provider::{ApiBase, Cloudflare, Provider, Target};
use crate::send::{Credentials, CredentialsError, Http, RetryPolicy, Sender};

/// Where each plan goes, and who brings it there.
pub(super) struct Routes {
    /// The ways of each plan: none when nothing of it is sent, one to a zone, or one to each endpoint of a cache.
    pub(super) of_plans: Vec<Vec<Route>>,
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

/// Of all whose token comes from the same source, the one with the slowest plan: they share an account, and so its pace.
fn slowest<'c>(
    one: &'c config::Cloudflare,
    all: impl Iterator<Item = &'c config::Cloudflare>,
) -> &'c config::Cloudflare {
    all.filter(|other| other.token == one.token).min_by_key(|other| other.plan).unwrap_or(one)
}

impl Routes {
    /// Makes none, for who sends nothing.
    pub(super) fn none() -> Result<Routes, Error> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(DeliveryError::Runtime)?;
        let (accounts, credentials, barren) = (HashMap::new(), HashMap::new(), HashMap::new());
        Ok(Routes { of_plans: Vec::new(), senders: Vec::new(), accounts, credentials, barren, runtime, until: None })
    }

    /// Finds whatever can be wrong before the first request; what is wrong with one site is noted there, and it is not sent. A
    /// plan that asks for nothing needs neither zone nor token.
    pub(super) fn prepare(ground: &Ground<'_>, run: &mut Run, policy: RetryPolicy) -> Result<Routes, Error> {
        let base = &ApiBase::from_environment(ground.environment)?;
        let means = Means { base, policy, environment: ground.environment };
        let mut routes = Routes::none()?;
        for i in 0..run.sites.len() {
            let found = routes.find(&run.sites, i, means);
            routes.of_plans.push(found.unwrap_or_else(|error| {
                run.sites[i].failed = Some(error);
                Vec::new()
            }));
        }
        routes.warn_of_global_keys(ground);
        Ok(routes)
    }

    /// Says once that there is something safer than a Global API Key.
    fn warn_of_global_keys(&self, ground: &Ground<'_>) {
        if self.senders.iter().any(Sender::has_a_global_key) {
            ground.warn("CLOUDFLARE_API_KEY opens all that its user may do; a token in CLOUDFLARE_API_TOKEN with the one permission Zone > Cache Purge is safer");
        }
    }

    /// Finds where one of the plans goes, with senders for it; nowhere when there is nothing to send.
    fn find(&mut self, sites: &[SiteRun], i: usize, means: Means<'_>) -> Result<Vec<Route>, Error> {
        let SiteRun { site, zone, provider, .. } = &sites[i];
        if !sites[i].is_sent() {
            return Ok(Vec::new());
        }
        match &site.cache {
            Cache::Cloudflare(cloudflare) => {
                let zone = zone.clone().ok_or_else(|| DeliveryError::NoZone(site.name.to_string()))?;
                let all = sites.iter().filter_map(|one| one.site.cache.cloudflare());
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
    pub(super) fn hold_back(&mut self, run: &mut Run) {
        layers::fail_together(&mut run.sites);
        for (routes, _) in self.of_plans.iter_mut().zip(&run.sites).filter(|(_, one)| one.failed.is_some()) {
            routes.clear();
        }
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
