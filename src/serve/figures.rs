//! Counts of what came in and what became of it, for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts since the process began.
#[derive(Default)]
pub(super) struct Figures(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    /// Deliveries by hook and status.
    deliveries: BTreeMap<(String, u16), u64>,
    /// Runs by site and how they ended.
    runs: BTreeMap<(String, &'static str), u64>,
    /// Seconds of all runs, by site.
    seconds: BTreeMap<String, f64>,
}

impl Figures {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a delivery.
    pub(super) fn delivery(&self, hook: &str, status: u16) {
        *self.counts().deliveries.entry((hook.to_owned(), status)).or_default() += 1;
    }

    /// Counts a run.
    pub(super) fn run(&self, site: &str, ended: &'static str, seconds: f64) {
        let mut counts = self.counts();
        *counts.runs.entry((site.to_owned(), ended)).or_default() += 1;
        *counts.seconds.entry(site.to_owned()).or_default() += seconds;
    }

    /// Writes all of it, with what is counted elsewhere, in the text format of Prometheus. Paths and names need no escapes there.
    pub(super) fn text(&self, connections: usize, states: &[(String, i64)]) -> String {
        let counts = self.counts();
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, rows: Vec<(String, String)>| {
            // Writing to a String cannot fail.
            let _infallible = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in rows {
                let _infallible = writeln!(text, "{name}{labels} {value}");
            }
        };
        let rows = counts
            .deliveries
            .iter()
            .map(|((hook, status), n)| (format!("{{hook=\"{hook}\",status=\"{status}\"}}"), n.to_string()));
        family("diffpurge_deliveries_total", "counter", "Deliveries, by hook and HTTP status.", rows.collect());
        let rows = counts
            .runs
            .iter()
            .map(|((site, ended), n)| (format!("{{site=\"{site}\",ended=\"{ended}\"}}"), n.to_string()));
        family("diffpurge_runs_total", "counter", "Runs that this process made, by site and outcome.", rows.collect());
        let rows =
            counts.seconds.iter().map(|(site, seconds)| (format!("{{site=\"{site}\"}}"), format!("{seconds:.3}")));
        family("diffpurge_run_seconds_total", "counter", "Seconds of these runs.", rows.collect());
        let rows = states.iter().map(|(state, n)| (format!("{{state=\"{state}\"}}"), n.to_string()));
        family("diffpurge_runs", "gauge", "Runs that the store holds, by state.", rows.collect());
        let rows = vec![(String::new(), connections.to_string())];
        family("diffpurge_connections", "gauge", "Connections that are open.", rows);
        text
    }
}
