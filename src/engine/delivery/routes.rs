//! The ways that plans go: whatever can be wrong before the first request is found here.

use std::collections::HashMap;
use std::time::SystemTime;

use tokio::runtime::Runtime;

use crate::config::{Environment, TokenSource};
use crate::engine::error::{DeliveryError, Error};
use crate::engine::ground::Ground;
use crate::engine::listener::Notice;
use crate::engine::run::{Run, SiteRun, layers};
use crate::plan::Pace;
use crate::provider::{Connection, Keys, Provider, Target};
use crate::send::{self, Asking, Credentials, CredentialsError, Http, Node, RetryPolicy, Sender, Stop};

/// Where each plan goes, and who brings it there.
pub(super) struct Routes {
    /// The ways of each plan: none when nothing of it is sent, one to a zone, or one to each node of a cache.
    pub(super) of_plans: Vec<Vec<Route>>,
    pub(super) senders: Vec<Sender>,
    /// The senders of accounts: one for each source of a token, so that sites of an account share its pace.
    accounts: HashMap<TokenSource, usize>,
    /// Credentials that open caches, got once from each source.
    credentials: HashMap<TokenSource, Credentials>,
    /// Sources that gave nothing, and why: a program that fails is not run for each site.
    barren: HashMap<TokenSource, CredentialsError>,
    /// One for all that is asked, since connections live in it.
    pub(super) runtime: Runtime,
    /// The thing that ends the sending, finished or not.
    pub(super) stop: Stop,
}

/// A way to one target.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) target: Target,
    /// The node there, where it is a cache's; `None` for an API.
    pub(super) node: Option<Node>,
    /// Why its name leads nowhere, where it does not, so that nothing can be sent there.
    pub(super) lost: Option<String>,
    /// Its number among the senders; of two ways with the same one, the same account is asked.
    pub(super) sender: usize,
}

/// The means of finding the ways.
#[derive(Clone, Copy)]
struct Means<'m> {
    policy: RetryPolicy,
    environment: &'m Environment,
    clock: fn() -> SystemTime,
}

/// A run that has no place for the file of its account.
const NOT_SHARED: &str = "no other run knows of this one's requests, since nothing can be written in the home directory; `XDG_STATE_HOME` names another";

impl Routes {
    /// Makes none, for who sends nothing.
    pub(super) fn none() -> Result<Routes, Error> {
        let runtime = send::runtime().map_err(DeliveryError::Runtime)?;
        let (accounts, credentials, barren) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (of_plans, senders, stop) = (Vec::new(), Vec::new(), Stop::Signal);
        Ok(Routes { of_plans, senders, accounts, credentials, barren, runtime, stop })
    }

    /// Finds whatever can be wrong before the first request; what is wrong with one site is noted there, and it is not sent. A
    /// plan that asks for nothing needs neither zone nor token.
    pub(super) fn prepare(
        ground: &Ground<'_>,
        run: &mut Run,
        policy: RetryPolicy,
        stop: Stop,
    ) -> Result<Routes, Error> {
        let means = Means { policy, environment: ground.environment, clock: ground.clock };
        let mut routes = Routes { stop, ..Routes::none()? };
        for i in 0..run.sites.len() {
            let found = routes.find(&run.sites, i, means);
            routes.of_plans.push(match found {
                Ok(ways) => ways,
                // A variable that cannot be used is no fault of a site.
                Err(error @ Error::Provider(_)) => return Err(error),
                Err(error) => {
                    run.sites[i].failed = Some(error);
                    Vec::new()
                }
            });
        }
        if let Some(keys) = routes.senders.iter().find_map(Sender::older_keys) {
            ground.warn(keys.warning);
        }
        if routes.accounts.values().any(|number| !routes.senders[*number].shares()) {
            ground.listener.hear(&Notice::Detail(NOT_SHARED.to_owned()));
        }
        Ok(routes)
    }

    /// Finds where one of the plans goes, with senders for it; nowhere when there is nothing to send.
    fn find(&mut self, sites: &[SiteRun], i: usize, means: Means<'_>) -> Result<Vec<Route>, Error> {
        let SiteRun { site, provider, .. } = &sites[i];
        if !sites[i].is_sent() {
            return Ok(Vec::new());
        }
        let targets = provider.targets().map_err(|error| {
            if error.is_of_one_site() {
                DeliveryError::Nowhere { site: site.name.to_string(), error }.into()
            } else {
                Error::Provider(error)
            }
        })?;
        let is_cache = provider.connection()? == Connection::CacheNode;
        let mut routes = Vec::with_capacity(targets.len());
        for target in targets {
            let sender = self.sender_for((provider, &target), sites, means)?;
            let node = is_cache.then(|| Node { endpoint: target.base.as_str().into(), address: None });
            routes.push(Route { target, node, lost: None, sender });
        }
        Ok(routes)
    }

    /// Returns the sender for a target: that of the account, where such is shared, and else one of its own, so that a node which asks to
    /// wait holds up no other.
    fn sender_for(
        &mut self,
        (provider, target): (&Provider, &Target),
        sites: &[SiteRun],
        means: Means<'_>,
    ) -> Result<usize, Error> {
        let keys = provider.keys();
        let account = keys.as_ref().map(|keys| keys.source.clone()).filter(|_| provider.shares_pace());
        if let Some(known) = account.as_ref().and_then(|account| self.accounts.get(account)) {
            return Ok(*known);
        }
        let credentials = match &keys {
            None => Credentials::none(),
            Some(keys) => self.found(means, keys)?,
        };
        let shares =
            |other: &&SiteRun| other.provider.shares_pace() && other.provider.keys().map(|keys| keys.source) == account;
        let others = sites.iter().filter(|_| account.is_some()).filter(shares);
        let own = provider.capabilities().pace;
        let pace = others.map(|other| other.provider.capabilities().pace).fold(own, Pace::slower);
        let http = Http::through(provider.connection()?)?;
        let sender = Sender::new(http, credentials, means.policy, pace);
        let shares = account.is_some();
        self.senders.push(if shares { sender.sharing(means.environment, target) } else { sender });
        let number = self.senders.len() - 1;
        if let Some(account) = account {
            self.accounts.insert(account, number);
        }
        Ok(number)
    }

    /// Returns what a source gives, got once; one that gave nothing is not asked again.
    fn found(&mut self, means: Means<'_>, keys: &Keys) -> Result<Credentials, Error> {
        if let Some(known) = self.credentials.get(&keys.source) {
            return Ok(known.clone());
        }
        if let Some(before) = self.barren.get(&keys.source) {
            return Err(before.again().into());
        }
        let Means { policy, environment, clock } = means;
        let asking = Asking { environment, policy, clock, stop: self.stop.clone() };
        match Credentials::find(environment, keys, |token| self.runtime.block_on(send::stored(token, asking))) {
            Ok(found) => {
                self.credentials.insert(keys.source.clone(), found.clone());
                Ok(found)
            }
            Err(error) => {
                self.barren.insert(keys.source.clone(), error.again());
                Err(error.into())
            }
        }
    }

    /// Returns the sender of a way.
    pub(super) fn sender(&self, way: &Route) -> &Sender {
        &self.senders[way.sender]
    }

    /// Takes the ways of a site away where one of its layers cannot be sent.
    pub(super) fn hold_back(&mut self, run: &mut Run) {
        layers::fail_together(&mut run.sites);
        for (ways, _) in self.of_plans.iter_mut().zip(&run.sites).filter(|(_, one)| one.failed.is_some()) {
            ways.clear();
        }
    }
}
