//! From plans to receipts: everything that sending needs is found first, then the plans go out, all sites at once.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::{Output, Planned, layers};
use crate::cli::Global;
use crate::config::{Environment, TokenSource};
use crate::error::Error;
use crate::plan::Pace;
use crate::provider::{Keys, Provider, Target};
use crate::report::{Progress, ProgressStyle};
use crate::send::{self, Credentials, CredentialsError, Http, Receipt, RetryPolicy, Sender, Shipment};

/// Where each plan goes, and who brings it there.
pub(super) struct Postman {
    /// The ways of each plan: none when nothing of it is sent, one to a zone, or one to each endpoint of a cache.
    pub(super) routes: Vec<Vec<Route>>,
    pub(super) senders: Vec<Sender>,
    /// The senders of accounts: one for each source of a token, so that sites of an account share its pace.
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Output)?;
    let (accounts, credentials, barren) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut postman =
        Postman { routes: Vec::new(), senders: Vec::new(), accounts, credentials, barren, runtime, until: None };
    for i in 0..planned.len() {
        let routes = postman.routes_of(planned, i, Means { policy, environment });
        postman.routes.push(match routes {
            Ok(routes) => routes,
            // A variable that cannot be used is no fault of a site.
            Err(error @ Error::Provider(_)) => return Err(error),
            Err(error) => {
                planned[i].failed = Some(error);
                Vec::new()
            }
        });
    }
    Ok(postman)
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

    /// Says once that there is something safer than older keys.
    pub(super) fn warn_of_global_keys(&self, output: &mut Output<'_>) -> Result<(), Error> {
        let Some(keys) = self.senders.iter().find_map(Sender::older_keys) else { return Ok(()) };
        writeln!(output.err, "warning: {}", keys.warning).map_err(Error::Output)
    }

    /// Where one of the plans goes, with senders for it; nowhere when there is nothing to send.
    fn routes_of(&mut self, planned: &[Planned], i: usize, means: Means<'_>) -> Result<Vec<Route>, Error> {
        let Planned { site, plan, failed, provider, .. } = &planned[i];
        if plan.is_empty() || failed.is_some() {
            return Ok(Vec::new());
        }
        let targets = provider.targets().map_err(|error| {
            if error.is_of_one_site() {
                Error::Nowhere { site: site.name.to_string(), error }
            } else {
                Error::Provider(error)
            }
        })?;
        let mut routes = Vec::with_capacity(targets.len());
        for target in targets {
            let sender = self.sender_for(provider, planned, means)?;
            routes.push(Route { target, sender });
        }
        Ok(routes)
    }

    /// The sender for a target: that of the account, where such is shared, and else one of its own, so that a node which asks to
    /// wait holds up no other.
    fn sender_for(&mut self, provider: &Provider, planned: &[Planned], means: Means<'_>) -> Result<usize, Error> {
        let keys = provider.keys();
        let account = keys.as_ref().map(|keys| keys.source.clone()).filter(|_| provider.shares_pace());
        if let Some(known) = account.as_ref().and_then(|account| self.accounts.get(account)) {
            return Ok(*known);
        }
        let credentials = match &keys {
            None => Credentials::none(),
            Some(keys) => self.found(means.environment, keys)?,
        };
        let shares =
            |other: &&Planned| other.provider.shares_pace() && other.provider.keys().map(|keys| keys.source) == account;
        let others = planned.iter().filter(|_| account.is_some()).filter(shares);
        let own = provider.capabilities().pace;
        let pace = others.map(|other| other.provider.capabilities().pace).fold(own, Pace::slower);
        let http = Http::through(provider.connection()?)?;
        self.senders.push(Sender::new(http, credentials, means.policy, pace));
        let number = self.senders.len() - 1;
        if let Some(account) = account {
            self.accounts.insert(account, number);
        }
        Ok(number)
    }

    /// What a source gives, got once; one that gave nothing is not asked again.
    fn found(&mut self, environment: &Environment, keys: &Keys) -> Result<Credentials, Error> {
        if let Some(known) = self.credentials.get(&keys.source) {
            return Ok(known.clone());
        }
        if let Some(before) = self.barren.get(&keys.source) {
            return Err(before.again().into());
        }
        match Credentials::find(environment, keys) {
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
            let title = match &target.name {
                None => plan.title(),
                Some(name) => format!("{}: {name}", plan.title()),
            };
            async move {
                let shipment = Shipment { plan, provider, target };
                self.sender(route).send(shipment, stop, &|event| progress.show(&title, event)).await
            }
        });
        let mut receipts = futures_util::future::join_all(sent).await;
        let nodes = provider.destination().nodes;
        if nodes.is_empty() { receipts.pop().unwrap_or_default() } else { send::merged(&nodes, receipts) }
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
