//! Sends the plans of a run, all sites at once, each by its ways.

use futures_util::FutureExt as _;

use super::routes::{Route, Routes};
use crate::engine::ground::Ground;
use crate::engine::listener::Listener;
use crate::engine::run::{Run, SiteRun, layers};
use crate::send::{self, Node, Receipt, Shipment};

impl Routes {
    /// Sends all sites at once: those of an account share its pace, and none waits for another's slow kind; of each site one
    /// layer after the other.
    pub(super) fn send(&self, ground: &Ground<'_>, run: &mut Run) {
        let sites = &run.sites;
        let total = sites.iter().zip(&self.of_plans).map(|(one, ways)| one.plan.operations.len() * ways.len()).sum();
        ground.listener.sending(total);
        let receipts: Vec<Vec<Receipt>> = self.runtime.block_on(async {
            // Shared, so that every site hears it.
            let stop = self.stop.clone().came().shared();
            let one =
                |number: usize| deliver(self, &sites[number], &self.of_plans[number], stop.clone(), ground.listener);
            let each = layers::ranges(sites).into_iter().map(|range| layers::in_turn(sites, range, &one));
            futures_util::future::join_all(each).await.into_iter().flatten().collect()
        });
        ground.listener.done();
        if self.stop.hears_signals() {
            send::end_on_signals();
        }
        for (one, receipts) in run.sites.iter_mut().zip(receipts) {
            one.receipts = Some(receipts);
        }
    }

    /// Sends other plans for the layers of one site, in turn, by the ways of those from number `first` on.
    pub(super) fn send_again(&self, ground: &Ground<'_>, repairs: &[SiteRun], first: usize) -> Vec<Vec<Receipt>> {
        ground.listener.sending(repairs.iter().map(|one| one.plan.operations.len()).sum());
        let receipts = self.runtime.block_on(async {
            let stop = std::future::pending().shared();
            let one = |number: usize| {
                let ways = self.of_plans.get(first + number).map_or(&[][..], Vec::as_slice);
                deliver(self, &repairs[number], ways, stop.clone(), ground.listener)
            };
            layers::in_turn(repairs, 0..repairs.len(), &one).await
        });
        ground.listener.done();
        receipts
    }
}

/// Sends one plan all its ways.
async fn deliver(
    routes: &Routes,
    SiteRun { plan, provider, .. }: &SiteRun,
    ways: &[Route],
    stop: impl Future<Output = ()> + Clone,
    listener: &dyn Listener,
) -> Vec<Receipt> {
    let sent = ways.iter().map(|way| {
        let (stop, target) = (stop.clone(), &way.target);
        let title = match &way.node {
            None => plan.title(),
            Some(node) => format!("{}: {node}", plan.title()),
        };
        async move {
            if let Some(why) = &way.lost {
                let why = format!("its name cannot be found: {why}");
                return plan.batches.iter().map(|batch| Receipt::not_sent(batch.clone(), &why)).collect();
            }
            let shipment = Shipment { plan, provider, target };
            routes.sender(way).send(shipment, stop, &|event| listener.sent(&title, event)).await
        }
    });
    let mut receipts = futures_util::future::join_all(sent).await;
    let nodes: Vec<Node> = ways.iter().filter_map(|way| way.node.clone()).collect();
    if nodes.is_empty() { receipts.pop().unwrap_or_default() } else { send::merged(&nodes, receipts) }
}
