//! Purges once more what was found stale, and asks for it again.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use super::prover::{Asked, Prover};
use super::routes::Routes;
use crate::config::Site;
use crate::display::line;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::SiteRun;
use crate::mapping::{self, PublicUrl};
use crate::plan::Plan;
use crate::proof::{Door, Expected, Freshness, Proofs};
use crate::send::{Http, Receipt};

/// How long a purge that repairs may take to begin to show: edges hear of it within seconds.
const SETTLE: Duration = Duration::from_secs(2);

/// Purges once more what is stale, with all keys of it that are known; true when that was accepted.
pub(super) fn repair(
    ground: &Ground<'_>,
    sites: &[SiteRun],
    routes: &Routes,
    prover: &Prover,
    proofs: &mut Proofs,
) -> bool {
    let (one, i) = (&sites[prover.site], prover.site);
    let text = |url: &PublicUrl| url.as_str().split('?').next().unwrap_or_default().to_owned();
    let stale: HashSet<String> =
        proofs.all.iter().filter(|proof| proof.freshness == Freshness::Stale).map(|proof| text(&proof.url)).collect();
    let there = prover.asked.as_ref().map_or(&[][..], |asked| &asked.there);
    let crowded = crowded(&stale, there, &one.site);
    let keys = prover.urls.iter().filter(|url| stale.contains(&text(url)));
    let keys: Vec<&PublicUrl> = keys.collect();
    // The layers of a site stand behind each other, the outermost last.
    let first = sites.iter().position(|layer| layer.site.name == one.site.name).unwrap_or(i);
    let repairs = sites[first..=i].iter().map(|layer| {
        let able = layer.provider.capabilities();
        let is_alone = |text: &str| !crowded.contains(text);
        let plan = Plan::repair(&layer.site, &layer.plan.basis, keys.iter().copied(), is_alone, &able);
        SiteRun::planned(layer.site.clone(), plan, layer.provider.clone())
    });
    let repairs: Vec<SiteRun> = repairs.collect();
    let receipts = routes.send_again(ground, &repairs, first);
    let is_sent = receipts.iter().all(|receipts| !receipts.is_empty());
    let receipts: Vec<Receipt> = receipts.into_iter().flatten().collect();
    let is_accepted = is_sent && receipts.iter().all(Receipt::is_accepted);
    if is_accepted {
        proofs.repaired = proofs.count(Freshness::Stale);
    } else {
        let why = receipts.iter().find_map(Receipt::why).unwrap_or("there is nowhere to send it");
        let name = &one.site.name;
        ground.warn(format!("{name}: what is stale was not purged once more: {}", line(why)));
    }
    is_accepted
}

/// Those of some URLs below which others of the site lie, but for an index and what is one of them itself.
fn crowded(urls: &HashSet<String>, there: &[Box<[u8]>], site: &Site) -> HashSet<String> {
    let lengths: BTreeSet<usize> = urls.iter().map(String::len).collect();
    let mut crowded = HashSet::new();
    mapping::visit_urls(there, site, |url| {
        if urls.contains(url) {
            return;
        }
        for above in lengths.iter().filter_map(|length| url.get(..*length)).filter(|above| *above != url) {
            let is_index = matches!(&url[above.len()..], "index.html" | "index.htm" | "index" | "/");
            if !is_index && urls.contains(above) {
                crowded.insert(above.to_owned());
            }
        }
    });
    crowded
}

/// Asks again for what was stale.
pub(super) fn again(
    routes: &Routes,
    (door, http): (&Door, &Http),
    asked: &Asked,
    (proofs, repaired): (&mut Proofs, Instant),
) -> Result<(), Error> {
    let stale: Vec<usize> = (0..proofs.all.len()).filter(|i| proofs.all[*i].freshness == Freshness::Stale).collect();
    let expected: Vec<Expected> = stale.iter().map(|i| asked.expected[*i].clone()).collect();
    routes.runtime.block_on(async {
        let mut left: Vec<(usize, Expected)> = stale.into_iter().zip(expected).collect();
        // Edges hear of a purge within seconds: what is stale a second time is asked for once more after that.
        for pause in [Duration::ZERO, SETTLE] {
            tokio::time::sleep(pause).await;
            let these: Vec<Expected> = left.iter().map(|(_, expected)| expected.clone()).collect();
            let answers = asked.prove((door, http), &these, Some(repaired)).await?;
            let mut still = Vec::new();
            for ((i, expected), proof) in left.into_iter().zip(answers) {
                if proof.freshness == Freshness::Stale {
                    still.push((i, expected));
                }
                proofs.all[i] = proof;
            }
            left = still;
            if left.is_empty() {
                break;
            }
        }
        Ok(())
    })
}
