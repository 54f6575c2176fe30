//! A site's caches behind each other: sent one after the other from the origin outward, and failed together.
//!
//! An outer cache that is purged before the inner one refills itself with the inner one's old copy. So a layer is sent only when
//! the one before it was accepted everywhere; and when one cannot be sent at all, none is.

use std::future::Future;
use std::ops::Range;

use super::SiteRun;
use crate::engine::error::DeliveryError;
use crate::send::Receipt;

/// Returns where the layers of each site stand: behind each other, from the origin outward.
pub(in crate::engine) fn ranges(sites: &[SiteRun]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for layers in sites.chunk_by(|a, b| a.site.name == b.site.name) {
        ranges.push(start..start + layers.len());
        start += layers.len();
    }
    ranges
}

/// Fails the other layers of a site where one has failed before anything was sent.
pub(in crate::engine) fn fail_together(sites: &mut [SiteRun]) {
    for range in ranges(sites) {
        let layers = &mut sites[range];
        let Some(failed) = layers.iter().find(|layer| layer.failed.is_some()) else { continue };
        let (site, which) = (failed.site.name.to_string(), failed.plan.layer.as_ref().map(ToString::to_string));
        for layer in layers.iter_mut().filter(|layer| layer.failed.is_none()) {
            let (site, layer_of) = (site.clone(), which.clone().unwrap_or_default());
            layer.failed = Some(DeliveryError::OtherLayer { site, layer: layer_of }.into());
        }
    }
}

/// Sends the layers of a site in turn, as `send` does with one of them by its number; where one is not accepted everywhere, those
/// in front of it stay.
pub(in crate::engine) async fn in_turn<F: Future<Output = Vec<Receipt>>>(
    sites: &[SiteRun],
    range: Range<usize>,
    send: impl Fn(usize) -> F,
) -> Vec<Vec<Receipt>> {
    let mut all = Vec::with_capacity(range.len());
    let mut stopped: Option<String> = None;
    for number in range {
        let plan = &sites[number].plan;
        if let Some(why) = &stopped {
            all.push(plan.batches.iter().map(|batch| Receipt::not_sent(batch.clone(), why)).collect());
            continue;
        }
        let receipts = send(number).await;
        if !receipts.iter().all(Receipt::is_accepted) {
            let layer = plan.layer.as_ref().map(ToString::to_string).unwrap_or_default();
            stopped =
                Some(format!("{layer}, was not accepted everywhere, and would refill this one with its old copies"));
        }
        all.push(receipts);
    }
    all
}
