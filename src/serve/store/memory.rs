//! Deliveries and runs in memory, for platforms that keep no disk: what is forgotten when the process ends is delivered again, since each
//! sender waits for the outcome. It does what the statements of the databases do.

use std::collections::BTreeMap;

use super::records::{Accepted, Claimed, Drawn, Ending, KeptPage, Listed, MOST, NewDelivery, Run};

/// A run, with what only the store looks at.
struct Kept {
    run: Run,
    not_before: i64,
    number: u64,
}

/// A delivery that came.
struct Delivered {
    hook: String,
    replay: Option<String>,
    run: String,
    deploy: String,
}

/// The store.
#[derive(Default)]
pub(super) struct Memory {
    runs: BTreeMap<String, Kept>,
    deliveries: Vec<Delivered>,
    pages: BTreeMap<String, KeptPage>,
    number: u64,
}

impl Memory {
    pub(super) fn accept(&mut self, new: &NewDelivery) -> Accepted {
        let same = |one: &Delivered| one.replay.is_some() && one.hook == new.hook && one.replay == new.replay;
        let before = self.deliveries.iter().position(same);
        if let Some(before) = before.map(|at| &self.deliveries[at])
            && self.runs.get(&before.run).is_some_and(|kept| kept.run.state != "failed")
        {
            return Accepted { run: before.run.clone(), is_known: true };
        }
        let is_soon = |kept: &Kept| kept.run.site == new.site && kept.run.created > new.received - 2 * new.gather;
        let not_before = if self.runs.values().any(is_soon) { new.received + new.gather } else { new.received };
        let run = self.waiting(&new.site, &new.hook).unwrap_or_else(|| self.begin(new, not_before));
        if let Some(kept) = self.runs.get_mut(&run) {
            kept.not_before = kept.not_before.min(not_before);
        }
        before.map(|at| self.deliveries.remove(at));
        let (hook, replay, deploy) = (new.hook.clone(), new.replay.clone(), new.deploy.clone());
        self.deliveries.push(Delivered { hook, replay, run: run.clone(), deploy });
        Accepted { run, is_known: false }
    }

    fn begin(&mut self, new: &NewDelivery, not_before: i64) -> String {
        self.number += 1;
        let run = Run {
            id: new.run.clone(),
            site: new.site.clone(),
            hook: new.hook.clone(),
            state: "waiting".to_owned(),
            attempts: 0,
            created: new.received,
            ended: None,
            joined: None,
            report: None,
        };
        self.runs.insert(new.run.clone(), Kept { run, not_before, number: self.number });
        new.run.clone()
    }

    fn waiting(&self, site: &str, hook: &str) -> Option<String> {
        let waits = |kept: &&Kept| kept.run.state == "waiting" && kept.run.site == site && kept.run.hook == hook;
        self.runs.values().find(waits).map(|kept| kept.run.id.clone())
    }

    pub(super) fn claim(&mut self, now: i64) -> Option<Claimed> {
        let runs = |site: &str| self.runs.values().any(|kept| kept.run.state == "running" && kept.run.site == site);
        let is_ready = |kept: &&Kept| kept.run.state == "waiting" && kept.not_before <= now && !runs(&kept.run.site);
        let id = self.runs.values().filter(is_ready).min_by_key(|kept| kept.number)?.run.id.clone();
        let Run { site, hook, attempts, .. } = {
            let kept = self.runs.get_mut(&id)?;
            "running".clone_into(&mut kept.run.state);
            kept.run.attempts += 1;
            kept.run.clone()
        };
        let failed = |run: &Run| run.site == site && run.hook == hook && run.state == "failed";
        let failed = self.runs.values().filter(|kept| failed(&kept.run)).map(|kept| kept.run.id.clone());
        for failed in failed.collect::<Vec<_>>() {
            self.move_deliveries(&failed, &id);
        }
        let of_run = || self.deliveries.iter().filter(|one| one.run == id).map(|one| &one.deploy);
        let is_cut = i64::try_from(of_run().map(String::len).sum::<usize>()).is_ok_and(|bytes| bytes > MOST);
        let deploys =
            if is_cut { of_run().next_back().into_iter().cloned().collect() } else { of_run().cloned().collect() };
        Some(Claimed { id, site, hook, attempts, deploys, is_cut })
    }

    fn move_deliveries(&mut self, from: &str, to: &str) {
        self.deliveries.iter_mut().filter(|one| one.run == from).for_each(|one| to.clone_into(&mut one.run));
    }

    pub(super) fn finish(&mut self, id: &str, ending: &Ending, report: serde_json::Value, now: i64) {
        let Some(kept) = self.runs.get_mut(id) else { return };
        kept.run.report = Some(report);
        if matches!(ending, Ending::HandedBack) {
            kept.run.attempts -= 1;
        }
        let (state, not_before) = match ending {
            Ending::Done => ("done", now),
            Ending::Failed => ("failed", now),
            Ending::Again(not_before) => ("waiting", *not_before),
            Ending::HandedBack => ("waiting", now),
        };
        if state == "waiting" {
            let (site, hook) = (kept.run.site.clone(), kept.run.hook.clone());
            if let Some(other) = self.waiting(&site, &hook) {
                self.move_deliveries(id, &other);
                if let Some(kept) = self.runs.get_mut(id) {
                    "joined".clone_into(&mut kept.run.state);
                    kept.run.joined = Some(other);
                }
                return;
            }
        }
        let Some(kept) = self.runs.get_mut(id) else { return };
        state.clone_into(&mut kept.run.state);
        kept.not_before = not_before;
        kept.run.ended = kept.run.is_over().then_some(now);
    }

    pub(super) fn run(&self, id: &str) -> Option<Run> {
        self.runs.get(id).map(|kept| kept.run.clone())
    }

    pub(super) fn recent(&self, most: i64) -> Vec<Listed> {
        let mut runs: Vec<&Kept> = self.runs.values().collect();
        runs.sort_by(|one, other| (other.run.created, &other.run.id).cmp(&(one.run.created, &one.run.id)));
        let most = usize::try_from(most).unwrap_or_default();
        let is_listed = |(at, kept): &(usize, &Kept)| *at < most || matches!(&*kept.run.state, "waiting" | "running");
        let listed = |(_, kept): (usize, &Kept)| {
            let deliveries = self.deliveries.iter().filter(|one| one.run == kept.run.id).count();
            let has_page = self.pages.contains_key(&kept.run.id);
            Listed { run: kept.run.clone(), deliveries: i64::try_from(deliveries).unwrap_or(i64::MAX), has_page }
        };
        runs.into_iter().enumerate().filter(is_listed).map(listed).collect()
    }

    pub(super) fn begin_page(&mut self, name: &str, now: i64, before: i64) -> bool {
        let is_free = self.pages.get(name).is_none_or(|page| page.drawn.is_some() || page.made < before);
        if is_free {
            self.pages.insert(name.to_owned(), KeptPage { made: now, drawn: None });
        }
        is_free
    }

    pub(super) fn keep_page(&mut self, name: &str, now: i64, drawn: &Drawn) {
        self.pages.insert(name.to_owned(), KeptPage { made: now, drawn: Some(drawn.clone()) });
    }

    pub(super) fn page(&self, name: &str) -> Option<KeptPage> {
        self.pages.get(name).cloned()
    }

    pub(super) fn counts(&self) -> Vec<(String, i64)> {
        let mut counts = BTreeMap::new();
        for kept in self.runs.values() {
            *counts.entry(kept.run.state.clone()).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    pub(super) fn forget(&mut self, before: i64, pages: i64) {
        self.runs.retain(|_, kept| match kept.run.ended {
            Some(ended) => ended >= before,
            None => kept.run.state != "joined" || kept.run.created >= before,
        });
        self.deliveries.retain(|one| self.runs.contains_key(&one.run));
        self.pages.retain(|_, page| page.made >= before);
        let more = self.pages.len().saturating_sub(usize::try_from(pages).unwrap_or_default());
        let mut by_age: Vec<(i64, String)> = self.pages.iter().map(|(name, page)| (page.made, name.clone())).collect();
        by_age.sort_unstable();
        for (_, name) in by_age.into_iter().take(more) {
            self.pages.remove(&name);
        }
    }
}
