//! What becomes a directory and what does not, and that no choice of directories is cheaper.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;

use super::super::cost::Cost;
use crate::changes::{Change, Changes, Inventory, Status};
use crate::config::{Config, Prefix, Site};
use crate::mapping::{Mapping, Operation, Reasons, judge, map, visit_urls};
use crate::plan::planned::in_order;
use crate::plan::tests::able;
use crate::plan::{Batch, Bucket, Capabilities, Neighbour, Pace, Plan, PlannedOperation, Setting};
use crate::snapshot::SnapshotName;

const SITE: &str = "[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\"]\nforms = [\"exact\"]\n";

fn site(text: &str) -> Site {
    Config::parse(text, "purge.toml").unwrap().sites.remove(0)
}

/// Requests of two operations, where anything but URLs comes in two requests at once and then one in two seconds.
fn capabilities() -> Capabilities {
    let bucket = |burst, per_second| Bucket { burst, per_second, in_any: None };
    let pace = Pace { urls: bucket(2.0, 4.0), others: bucket(2.0, 0.5), requests: bucket(4.0, 3.0) };
    able(2, 2, pace)
}

/// Files of which those with a `!` changed, those with a `+` are new and those with a `-` are gone.
fn files(files: &[&str]) -> (Vec<Box<[u8]>>, Changes) {
    let mut inventory: Vec<Box<[u8]>> = Vec::new();
    let mut paths = Vec::new();
    for file in files {
        let path: Box<[u8]> = file.trim_start_matches(['!', '+', '-']).as_bytes().into();
        let status = match file.as_bytes()[0] {
            b'!' => Some(Status::Modified),
            b'+' => Some(Status::Added),
            b'-' => Some(Status::Deleted),
            _ => None,
        };
        paths.extend(status.map(|status| Change { path: path.clone(), status, leads_elsewhere: false }));
        inventory.push(path);
    }
    inventory.sort_unstable();
    paths.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    (inventory, Changes { paths, ..Changes::default() })
}

fn planned(site: &Site, all: &[&str], neighbours: &[Neighbour<'_>]) -> Plan {
    let (inventory, changes) = files(all);
    let mapping = map(&judge(&changes, site), &inventory, site);
    plan_of(site, changes, mapping, &inventory, neighbours)
}

fn plan_of(
    site: &Site,
    changes: Changes,
    mapping: Mapping,
    inventory: &[Box<[u8]>],
    neighbours: &[Neighbour<'_>],
) -> Plan {
    plan_with(site, changes, mapping, &Inventory { paths: inventory.to_vec(), opaque: Vec::new() }, neighbours)
}

fn plan_with(
    site: &Site,
    changes: Changes,
    mapping: Mapping,
    inventory: &Inventory,
    neighbours: &[Neighbour<'_>],
) -> Plan {
    let name = SnapshotName { spec: "A".to_owned(), id: "0".to_owned() };
    let setting = Setting { capabilities: capabilities(), inventory: Some(inventory), neighbours };
    Plan::new(site, (&name, &name), changes, mapping, &setting)
}

fn said(plan: &Plan) -> Vec<String> {
    plan.operations.iter().map(|p| p.operation.to_string().replace("https://a.example", "")).collect()
}

/// A directory of five files that all changed.
const FIVE: [&str; 5] = ["!d/1", "!d/2", "!d/3", "!d/4", "!d/5"];

/// These files beside the five.
fn beside<'f>(files: &[&'f str]) -> Vec<&'f str> {
    [&FIVE[..], files].concat()
}

#[test]
fn a_directory_takes_the_place_of_its_urls_where_all_of_them_changed() {
    let d = ["a.example/d/*"];
    for (files, want) in [
        (&["x"][..], &d[..]),
        (&["x", "!y"], &["/y", "a.example/d/*"]),
        (&["x", "-d/6", "+d/7", "!d/e/8"], &d),
        // One that did not change keeps it.
        (&["d/6"], &["/d/1", "/d/2", "/d/3", "/d/4", "/d/5"]),
        (&["d/e/6"], &["/d/1", "/d/2", "/d/3", "/d/4", "/d/5"]),
        // So does a deleted one that stays cached for its name.
        (&["-d/main-ES2ABC7Q.js"], &["/d/1", "/d/2", "/d/3", "/d/4", "/d/5"]),
        // Nothing at all is unchanged: the whole host.
        (&["!y"], &["a.example/*"]),
        // It lies beside `d`, not below.
        (&["d.css", "d-e/f"], &d),
    ] {
        let plan = planned(&site(SITE), &beside(files), &[]);
        assert_eq!(said(&plan), want, "{files:?}");
        assert!(plan.fallback.is_none() && plan.counts.wasted == 0);
    }
}

#[test]
fn what_a_rule_keeps_out_keeps_its_directory_out() {
    let listed = ["/d/1", "/d/2", "/d/3", "/d/4", "/d/5"];
    for (extra, files, want) in [
        ("ignore = [\"*.map\", \"d/*.map\"]\n", &["x", "!d/6.map"][..], &listed[..]),
        ("[[site.rule]]\nmatch = [\"d/6\"]\nscope = \"none\"\n", &["x", "!d/6"], &listed),
        ("cover = \"off\"\n", &["x"], &listed),
        ("cover = \"exact\"\n", &["x"], &["a.example/d/*"]),
    ] {
        assert_eq!(said(&planned(&site(&format!("{SITE}{extra}")), &beside(files), &[])), want, "{extra}");
    }
}

#[test]
fn what_goes_along_unchanged_is_counted_and_said() {
    let waste = |percent| site(&format!("{SITE}cover = {{ waste = {percent} }}\n"));
    let all = beside(&["x", "d/6"]);
    assert_eq!(said(&planned(&waste(16), &all, &[])).len(), 5, "one of six is more than 16 percent");
    let plan = planned(&waste(17), &all, &[]);
    assert_eq!((said(&plan), plan.counts.wasted), (vec!["a.example/d/*".to_owned()], 1));
    assert_eq!(plan.why(&plan.operations[0].reasons[0]), "5 URLs below it changed, and 1 did not");
    assert_eq!(plan.notes, ["1 unchanged URL may go along, as `cover` allows: their directories are cheaper whole"]);
    let plan = planned(&waste(17), &beside(&["x"]), &[]);
    assert_eq!(plan.why(&plan.operations[0].reasons[0]), "all 5 URLs below it changed");
    assert!(plan.notes.is_empty());
}

#[test]
fn every_variant_of_a_url_goes_with_its_directory() {
    let rule = "[[site.rule]]\nmatch = [\"d/*\"]\nqueries = [\"v=1\"]\norigins = [\"https://a.example\"]\nalso = [\"/x?v=2\"]\n";
    assert_eq!(said(&planned(&site(&format!("{SITE}{rule}")), &beside(&["x"]), &[])).last().unwrap(), "a.example/d/*");
    let by_prefix = "[[site.rule]]\nmatch = [\"d/*\"]\nby = \"prefix\"\n";
    let plan = planned(&site(&format!("{SITE}{by_prefix}")), &beside(&["x"]), &[]);
    assert_eq!(said(&plan), ["a.example/d/*"], "five prefixes are three requests");
}

#[test]
fn http_and_https_share_a_directory_and_ports_do_not() {
    let two =
        |second: &str| site(&SITE.replace("\"https://a.example/\"", &format!("\"https://a.example/\", \"{second}\"")));
    assert_eq!(said(&planned(&two("http://a.example/"), &beside(&["x"]), &[])), ["a.example/d/*"]);
    let ports = planned(&two("https://a.example:8443/"), &beside(&["x"]), &[]);
    assert_eq!(said(&ports), ["a.example/d/*", "a.example:8443/d/*"]);
}

#[test]
fn a_directory_of_another_site_is_left_to_it() {
    for (ours, other, want) in [
        ("https://a.example/", "https://a.example/d/", 5),
        ("https://a.example/", "https://a.example/d/e/", 5),
        ("https://a.example/", "http://a.example/", 5),
        ("https://a.example/", "https://b.example/d/", 1),
        ("https://a.example/x/", "https://a.example/", 1),
        // Never above the base URL, whatever else there is.
        ("https://a.example/x/d/", "https://b.example/", 1),
    ] {
        let other = site(&format!("[[site]]\nname = \"o\"\nbase_urls = [\"{other}\"]\n"));
        let neighbours = [Neighbour { site: &other, shares_everything: true }];
        let plan = planned(&site(&SITE.replace("https://a.example/", ours)), &FIVE, &neighbours);
        assert_eq!(plan.operations.len(), want, "{ours}: {:?}", said(&plan));
        assert!(plan.operations.iter().all(|p| p.operation.to_string().contains(&ours[8..])));
    }
}

#[test]
fn a_directory_that_is_too_deep_is_listed() {
    for (depth, want) in [(30, 1), (31, 5)] {
        let deep: Vec<String> = FIVE.iter().map(|f| format!("!{}{}", "e/".repeat(depth - 1), &f[1..])).collect();
        let mut all: Vec<&str> = deep.iter().map(String::as_str).collect();
        let keep = format!("{}x", "e/".repeat(depth - 1));
        all.push(&keep);
        assert_eq!(planned(&site(SITE), &all, &[]).operations.len(), want, "{depth}");
    }
}

#[test]
fn what_is_behind_a_link_is_not_known_and_keeps_it_out() {
    // The changes name what is seen through the link `d`, and the inventory the link alone.
    let all = beside(&["x"]);
    let (mut paths, changes) = files(&all);
    paths.retain(|path| !path.starts_with(b"d/"));
    paths.push(b"d".as_slice().into());
    for (extra, opaque, operations) in
        [("", "d", 5), ("", "d/e", 5), ("cover = { waste = 50 }\n", "d/e/f", 5), ("", "e", 1)]
    {
        let site = site(&format!("{SITE}{extra}"));
        let mapping = map(&judge(&changes, &site), &[], &site);
        let inventory = Inventory { paths: paths.clone(), opaque: vec![opaque.as_bytes().into()] };
        let plan = plan_with(&site, changes.clone(), mapping, &inventory, &[]);
        assert_eq!(said(&plan).len(), operations, "{opaque}");
    }
}

#[test]
fn what_has_to_go_last_makes_its_directory_go_last() {
    let plan = planned(&site(SITE), &beside(&["!d/sw.js", "x", "!y"]), &[]);
    let batches: Vec<_> = plan.batches.iter().map(|b| (plan.items(b), b.is_last())).collect();
    assert_eq!(batches.len(), 2);
    assert!(!batches[0].1 && batches[1].1, "{batches:?}");
    assert_eq!(said(&plan), ["/y", "a.example/d/*"]);
}

#[test]
fn a_broader_prefix_makes_what_it_takes_along_needless() {
    let rule = "[[site.rule]]\nmatch = [\"d/*\"]\nprefixes = [\"a.example/d/\", \"a.example/d/e/\", \"a.example/d\u{2d}e/\"]\n";
    let plan = planned(&site(&format!("{SITE}{rule}")), &beside(&["x", "d/6", "!d/sw.js"]), &[]);
    assert_eq!((said(&plan), plan.urls), (vec!["a.example/d-e/*".to_owned(), "a.example/d/*".to_owned()], 6));
    assert!(plan.operations[1].last, "for the service worker");
    let off = planned(&site(&format!("{SITE}cover = \"off\"\n{rule}")), &beside(&["x"]), &[]);
    assert_eq!(off.operations.len(), 8);
}

/// What a list of operations costs, counted the way the report does.
fn cost(operations: &[PlannedOperation]) -> Cost {
    let batches = Batch::all(operations, capabilities().limits, false);
    Cost { seconds: capabilities().pace.forecast(&batches).as_secs(), requests: batches.len() }
}

/// Every directory of a list of URLs, as a prefix.
fn directories(urls: &BTreeSet<String>) -> BTreeSet<String> {
    let above = |url: &str| url[8..].match_indices('/').map(|(at, _)| url[8..=8 + at].to_owned()).collect::<Vec<_>>();
    urls.iter().flat_map(|url| above(url)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_choice_of_directories_is_cheaper_and_nothing_unchanged_is_evicted(
        tree in proptest::collection::btree_map("([ab]/){0,2}(x|y|z|index|n)\\.(css|html)", 0u8..8, 1..14),
        all_forms: bool,
    ) {
        let files: Vec<String> = tree.iter().filter(|(path, _)| *path != "index.html").map(|(path, mark)| {
            // Three of four changed, so that whole directories do.
            format!("{}{path}", match mark { 0 | 1 => "", 2 => "+", 3 => "-", _ => "!" })
        }).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let site = site(&if all_forms { SITE.replace("forms = [\"exact\"]\n", "") } else { SITE.to_owned() });
        let (inventory, changes) = self::files(&files);
        let mapping = map(&judge(&changes, &site), &[], &site);
        let changed: BTreeSet<String> = mapping.urls().map(|(url, _)| url.as_str().to_owned()).collect();
        let mut unchanged = HashSet::new();
        visit_urls(&inventory, &site, |url| if !changed.contains(url) { unchanged.insert(url.to_owned()); });
        let listed: Vec<PlannedOperation> = mapping.operations.iter().map(|m| PlannedOperation { operation: m.what.clone(), reasons: Reasons::default(), last: false }).collect();
        let plan = plan_of(&site, changes, mapping, &inventory, &[]);

        let is_under = |url: &str, prefix: &str| url[8..].starts_with(prefix);
        let prefixes: Vec<&str> = plan.operations.iter().map(|p| p.operation.text()).filter(|text| !text.starts_with("https")).collect();
        let urls: HashSet<&str> = plan.operations.iter().map(|p| p.operation.text()).collect();
        for prefix in &prefixes {
            prop_assert!(!unchanged.iter().any(|url| is_under(url, prefix)), "{prefix} evicts what did not change");
        }
        for url in &changed {
            let times = usize::from(urls.contains(url.as_str())) + prefixes.iter().filter(|p| is_under(url, p)).count();
            prop_assert_eq!(times, 1, "{} is purged once", url);
        }
        prop_assert!(cost(&plan.operations) <= cost(&listed));

        let clean: Vec<String> = directories(&changed).into_iter().filter(|d| !unchanged.iter().any(|url| is_under(url, d))).collect();
        prop_assume!(clean.len() <= 9);
        let mut best = cost(&listed);
        for subset in 0u32..1 << clean.len() {
            let taken: Vec<&String> = (0..clean.len()).filter(|i| subset >> i & 1 == 1).map(|i| &clean[i]).collect();
            let mut operations: Vec<PlannedOperation> = listed.iter().filter(|p| !taken.iter().any(|d| is_under(p.operation.text(), d))).cloned().collect();
            operations.extend(taken.iter().map(|d| PlannedOperation { operation: Operation::from(Prefix::directory(d).unwrap()), reasons: Reasons::default(), last: false }));
            in_order(&mut operations);
            best = best.min(cost(&operations));
        }
        prop_assert_eq!(cost(&plan.operations), best);
    }
}
