//! Thresholds, batches and the forecast, without any provider.

use std::num::NonZeroUsize;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::changes::{Change, Status};
use crate::config::Config;
use crate::mapping::Kind;
use crate::snapshot::SnapshotName;

/// Fast for URLs, and slow for the rest.
const PACE: Pace = Pace {
    urls: Bucket { burst: 4.0, per_second: 8.0, in_any: None },
    others: Bucket { burst: 1.0, per_second: 0.1, in_any: None },
    requests: Bucket { burst: 100.0, per_second: 3.0, in_any: None },
};

/// Requests of so many URLs, and of two other operations; no inventory.
fn setting(urls: usize) -> Setting<'static> {
    Setting { capabilities: able(urls, 2, PACE), inventory: None, neighbours: &[] }
}

/// A cache that knows all kinds, with so many URLs or others in a request.
pub(super) fn able(urls: usize, others: usize, pace: Pace) -> Capabilities {
    let number = |n| NonZeroUsize::new(n).unwrap();
    Capabilities {
        limits: Limits { urls: number(urls), others: number(others) },
        pace,
        kinds: Kinds::ALL,
        table: "[site.cache]",
        covers_pay: true,
        most_directories: number(others),
        whole: "zone",
        keeps_ports_apart: false,
        broad_removes: false,
        mode: Mode::Purge,
    }
}

fn plan(files: usize, then: &str, limit: usize) -> Plan {
    let text = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://b.example/\", \"https://a.example/\", \"https://a.example/x/\"]\n\
         [site.threshold]\nurls = 12\nthen = \"{then}\"\n"
    );
    let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
    let path = |i: usize| Change {
        path: format!("{i:05}.css").into_bytes().into(),
        status: Status::Modified,
        leads_elsewhere: i == 0,
    };
    let changes = Changes { paths: (0..files).map(path).collect(), ..Changes::default() };
    let name = |spec: &str| SnapshotName { spec: spec.to_owned(), id: "0123456789abcdef".to_owned() };
    let mapping = crate::mapping::map(&crate::mapping::judge(&changes, &site), &[], &site);
    Plan::new(&site, (&name("A"), &name("B")), changes, mapping, &setting(limit))
}

#[test]
fn at_the_threshold_urls_are_listed_and_above_it_they_are_not() {
    let listed = plan(3, "everything", 100);
    assert_eq!((listed.urls, listed.fallback.is_none()), (9, true));
    let everything = plan(4, "everything", 100);
    assert_eq!(everything.operations.iter().map(|p| p.operation.text()).collect::<Vec<_>>(), ["*"]);
    assert_eq!(
        everything.fallback.unwrap(),
        "12 URLs and 3 by prefix changed, more than threshold.urls = 12: purging everything in the zone"
    );
    let hosts = plan(4, "narrowest", 100);
    assert_eq!(hosts.operations.iter().map(|p| p.operation.text()).collect::<Vec<_>>(), ["a.example", "b.example"]);
    assert_eq!(
        hosts.fallback.unwrap(),
        "12 URLs and 3 by prefix changed, more than threshold.urls = 12, and 2 directories would not hold enough of them: purging everything under a.example, b.example"
    );
    assert_eq!(hosts.batches.len(), 1);
    let refused = plan(4, "fail", 100);
    assert_eq!((refused.operations.len(), refused.batches.len()), (15, 0), "shown, and in no request");
    let refused = refused.refused.unwrap();
    assert_eq!(
        refused.to_string(),
        "site www: 12 URLs and 3 by prefix changed, more than `threshold.urls = 12`, and `then = \"fail\"`"
    );
}

#[test]
fn nothing_changed_is_a_plan_without_operations() {
    let empty = plan(0, "everything", 100);
    assert!(empty.is_empty() && empty.batches.is_empty() && empty.fallback.is_none());
}

#[test]
fn a_batch_halves_until_one_is_left() {
    let batches = plan(3, "everything", 100).batches;
    assert_eq!(
        batches.iter().map(|b| (b.kind(), b.size())).collect::<Vec<_>>(),
        [(Kind::Url, 9), (Kind::Prefix, 2), (Kind::Prefix, 1)]
    );
    let (left, right) = batches[0].halves().unwrap();
    assert_eq!((left.operations(), right.operations()), (0..4, 4..9));
    assert_eq!(batches[2].halves(), None);
}

#[test]
fn what_goes_last_shares_the_last_request_or_has_one_of_its_own() {
    for (files, limit, want) in [
        // Everything in one request: nothing to wait for.
        (&["a.css", "sw.js"][..], 10, &[(2, true)][..]),
        (&["a.css", "b.css", "c.css", "sw.js"], 3, &[(3, false), (1, true)]),
        (&["a.css", "b.css", "c.css", "d.css", "sw.js"], 3, &[(3, false), (2, true)]),
        // `/`, `/index` and `/index.html` do not fit behind the rest, and are not torn apart.
        (&["a.css", "b.css", "c.css", "d.css", "index.html"], 3, &[(3, false), (1, false), (3, true)]),
        (&["index.html"], 2, &[(2, true), (1, true)]),
        (&["a.css"], 2, &[(1, false)]),
    ] {
        let site = Config::parse("[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\"]\n", "")
            .unwrap()
            .sites
            .remove(0);
        let change =
            |path: &&str| Change { path: path.as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
        let changes = Changes { paths: files.iter().map(change).collect(), ..Changes::default() };
        let mapping = crate::mapping::map(&crate::mapping::judge(&changes, &site), &[], &site);
        let name = SnapshotName { spec: "A".to_owned(), id: "0".to_owned() };
        let plan = Plan::new(&site, (&name, &name), changes, mapping, &setting(limit));
        assert_eq!(plan.batches.iter().map(|b| (b.size(), b.is_last())).collect::<Vec<_>>(), want, "{files:?}");
        for batch in &plan.batches {
            assert!(batch.is_last() || plan.operations[batch.operations()].iter().all(|p| !p.last), "{files:?}");
        }
    }
}

#[test]
fn what_a_rule_puts_last_goes_last_with_what_the_rule_adds() {
    let rule = "[[site.rule]]\nmatch = [\"*.json\"]\nlast = true\nalso = [\"/v/{stem}\", \"/all\"]\n";
    let text = format!("[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\"]\n{rule}");
    let site = Config::parse(&text, "").unwrap().sites.remove(0);
    let change = |path: &str| Change { path: path.as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
    let changes = Changes { paths: ["a.css", "b.json", "z.css"].map(change).to_vec(), ..Changes::default() };
    let mapping = crate::mapping::map(&crate::mapping::judge(&changes, &site), &[], &site);
    let name = SnapshotName { spec: "A".to_owned(), id: "0".to_owned() };
    let plan = Plan::new(&site, (&name, &name), changes, mapping, &setting(2));
    let urls: Vec<(&str, bool)> =
        plan.operations.iter().map(|p| (&p.operation.text()["https://a.example".len()..], p.last)).collect();
    assert_eq!(urls, [("/a.css", false), ("/z.css", false), ("/all", true), ("/b.json", true), ("/v/b", true)]);
    assert_eq!(
        plan.batches.iter().map(|b| (b.size(), b.is_last())).collect::<Vec<_>>(),
        [(2, false), (2, true), (1, true)]
    );
}

proptest! {
    #[test]
    fn no_batch_is_over_the_limit_or_empty_and_each_operation_is_in_exactly_one(files in 0usize..4, limit in 1usize..12) {
        let plan = plan(files, "everything", limit);
        let mut next = 0;
        for batch in &plan.batches {
            let most = if batch.kind() == Kind::Url { limit } else { 2 };
            prop_assert!((1..=most).contains(&batch.size()));
            prop_assert_eq!(batch.operations().start, next);
            prop_assert!(plan.operations[batch.operations()].iter().all(|p| p.operation.kind() == batch.kind()));
            next = batch.operations().end;
        }
        prop_assert_eq!(next, plan.operations.len());
    }
}

#[test]
fn the_forecast_is_when_the_last_request_starts() {
    let pace = PACE;
    let batches = plan(3, "everything", 4).batches;
    // 4, 4 and 1 URLs, then 2 and 1 prefixes: the second prefix request waits ten seconds for its token.
    assert_eq!(pace.forecast(&batches[..3]), Duration::from_millis(625));
    assert_eq!(pace.forecast(&batches), Duration::from_secs(10));
    assert_eq!(pace.forecast([]), Duration::ZERO);
}
