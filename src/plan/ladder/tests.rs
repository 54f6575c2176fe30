//! Each step of the way up: what is asked for, and what the plan says about it.

use crate::changes::{Change, Changes, Inventory, Status};
use crate::config::{Config, Site};
use crate::mapping::{judge, map};
use crate::plan::tests::able;
use crate::plan::{Ability, Bucket, Capabilities, Kinds, Neighbour, Pace, Plan, Setting};
use crate::snapshot::SnapshotName;

/// Ten URLs or three others in a request; one other in ten seconds, after two at once.
fn capabilities() -> Capabilities {
    let bucket = |burst, per_second| Bucket { burst, per_second, in_any: None };
    let pace = Pace { urls: bucket(10.0, 10.0), others: bucket(2.0, 0.1), requests: bucket(1000.0, 1000.0) };
    able(10, 3, pace)
}

fn site(extra: &str) -> Site {
    site_at("https://a.example/", extra)
}

fn site_at(base: &str, extra: &str) -> Site {
    let text = format!("[[site]]\nname = \"w\"\nbase_urls = [\"{base}\"]\nforms = [\"exact\"]\n{extra}");
    Config::parse(&text, "purge.toml").unwrap().sites.remove(0)
}

/// A threshold of twelve URLs.
fn twelve(then: &str) -> Site {
    site(&format!("[site.threshold]\nurls = 12\nthen = \"{then}\"\n"))
}

/// The plan when so many files of each directory change, and one more in each does not.
fn plan(site: &Site, directories: &[(&str, usize)], neighbours: &[Neighbour<'_>]) -> Plan {
    plan_by(capabilities(), site, directories, neighbours)
}

/// The same for a cache of these abilities.
fn plan_by(
    capabilities: Capabilities,
    site: &Site,
    directories: &[(&str, usize)],
    neighbours: &[Neighbour<'_>],
) -> Plan {
    let path = |directory: &str, i: usize| format!("{directory}{i:02}").into_bytes().into_boxed_slice();
    let every = |more: usize| directories.iter().flat_map(move |(d, n)| (0..n + more).map(move |i| path(d, i)));
    let mut inventory: Vec<Box<[u8]>> = every(1).collect();
    inventory.sort_unstable();
    let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
    let mut paths: Vec<Change> = every(0).map(change).collect();
    paths.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let changes = Changes { paths, ..Changes::default() };
    let mapping = map(&judge(&changes, site), &inventory, site);
    let inventory = Inventory { paths: inventory, ..Inventory::default() };
    let name = SnapshotName { spec: "A".to_owned(), id: "0".to_owned() };
    let setting = Setting { capabilities, inventory: Some(&inventory), neighbours };
    Plan::new(site, (&name, &name), changes, mapping, &setting)
}

/// What is no URL, and how many URLs there are.
fn said(plan: &Plan) -> (Vec<String>, usize) {
    let (urls, others): (Vec<_>, Vec<_>) = plan.operations.iter().partition(|p| p.operation.url().is_some());
    (others.iter().map(|p| p.operation.to_string()).collect(), urls.len())
}

#[test]
fn the_first_step_that_is_enough_is_taken_with_its_reason() {
    const FEW: &str = "20 URLs changed, more than threshold.urls = 12";
    for (changed, want, urls, fallback) in [
        (&[("d/", 12)][..], &[][..], 12, None),
        // The largest directory is enough, and the deepest is the narrowest.
        (
            &[("d/e/", 15), ("x/", 5)],
            &["a.example/d/e/*"],
            5,
            Some(format!("{FEW}: purging 1 whole directory that holds most of them")),
        ),
        (
            &[("d/e/", 10), ("x/", 7), ("", 3)],
            &["a.example/d/e/*"],
            10,
            Some(format!("{FEW}: purging 1 whole directory that holds most of them")),
        ),
        // Four that are too many for a request lie in two that are not.
        (
            &[("d/1/", 5), ("d/2/", 5), ("e/1/", 5), ("e/2/", 5), ("f/1/", 5), ("f/2/", 5)],
            &["a.example/d/*", "a.example/e/*"],
            10,
            Some(
                "30 URLs changed, more than threshold.urls = 12: purging 2 whole directories that hold most of them"
                    .to_owned(),
            ),
        ),
        // What lies in the root is in no directory below it.
        (
            &[("", 20)],
            &["host a.example"],
            0,
            Some(format!("{FEW}, and 3 directories would not hold enough of them: purging everything under a.example")),
        ),
    ] {
        let plan = plan(&twelve("narrowest"), changed, &[]);
        assert_eq!(
            (said(&plan), plan.fallback.as_ref()),
            ((want.iter().map(|w| (*w).to_owned()).collect(), urls), fallback.as_ref())
        );
        assert!(plan.refused.is_none() && plan.notes.is_empty(), "{:?}", plan.notes);
    }
    let plan = plan(&twelve("narrowest"), &[("d/", 15), ("x", 5)], &[]);
    assert_eq!(plan.why(&plan.operations.last().unwrap().reasons[0]), "15 URLs below it changed");
}

#[test]
fn where_directories_do_not_help_and_the_cache_knows_nothing_broader_all_are_listed() {
    let kinds = Kinds { host: Ability::Lacks("ban"), everything: Ability::Lacks("everything"), ..Kinds::ALL };
    let plan = plan_by(Capabilities { kinds, ..capabilities() }, &twelve("narrowest"), &[("", 20)], &[]);
    assert_eq!((said(&plan), &plan.fallback), ((Vec::new(), 20), &None));
    assert_eq!(
        plan.notes,
        [
            "20 URLs changed, more than threshold.urls = 12, but 3 directories would not hold enough of them, and nothing broader either: all are listed"
        ]
    );
}

#[test]
fn a_site_below_a_path_leaves_the_rest_of_its_host_alone() {
    let site = site_at("https://a.example/docs/", "[site.threshold]\nurls = 12\nthen = \"narrowest\"\n");
    let site = Site { forms: None, ..site };
    let root = [("index.html", 0), ("", 20)];
    let plan = plan(&site, &root, &[]);
    assert_eq!(said(&plan), (vec!["a.example/docs/*".to_owned()], 0));
    assert!(plan.fallback.unwrap().ends_with(": purging everything under a.example/docs/"));
}

#[test]
fn everything_is_for_what_hosts_cannot_bring_within_the_threshold() {
    let tags: Vec<String> = (0..12).map(|i| format!("\"t{i}\"")).collect();
    let rule = format!("[[site.rule]]\nmatch = [\"**\"]\ntags = [{}]\n", tags.join(", "));
    let of = |then: &str| site(&format!("[site.threshold]\nseconds = 15\nthen = \"{then}\"\n{rule}"));
    let everything = plan(&of("narrowest"), &[("", 2)], &[]);
    assert_eq!(said(&everything).0, ["everything in the zone"]);
    let why = "2 URLs changed, and the plan takes 20 s, more than threshold.seconds = 15";
    let directories = "3 directories would not hold enough of them";
    let still =
        "a.example would still be too much (0 URLs changed, and the plan takes 30 s, more than threshold.seconds = 15)";
    let want = format!("{why}; {directories}, and {still}: purging everything in the zone");
    assert_eq!(everything.fallback.unwrap(), want);
    let hosts = plan(&of("hosts"), &[("", 2)], &[]);
    assert_eq!((said(&hosts).0.len(), said(&hosts).0[12].as_str()), (13, "host a.example"), "no broader than allowed");
}

#[test]
fn a_zone_of_several_sites_is_told_what_goes_with_it() {
    let tags: Vec<String> = (0..12).map(|i| format!("\"t{i}\"")).collect();
    let rule = format!("[[site.rule]]\nmatch = [\"**\"]\ntags = [{}]\n", tags.join(", "));
    let site = site(&format!("[site.threshold]\nseconds = 15\n{rule}"));
    let other = site_at("https://b.example/", "");
    for (shares_everything, want) in [
        (
            true,
            &[
                "everything under b.example is evicted too, which is in the same zone: `then = \"hosts\"` keeps to this site",
            ][..],
        ),
        (false, &[]),
    ] {
        let plan = plan(&site, &[("", 2)], &[Neighbour { site: &other, shares_everything }]);
        assert_eq!(
            (said(&plan), &plan.notes[..]),
            (
                (vec!["everything in the zone".to_owned()], 0),
                &want.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>()[..]
            )
        );
    }
}

#[test]
fn a_share_of_the_site_and_a_time_are_thresholds_too() {
    let with = |threshold: &str| site(&format!("[site.threshold]\nthen = \"fail\"\n{threshold}\n"));
    for (threshold, want, hint) in [
        ("percent = 93", None, ""),
        (
            "percent = 92",
            Some(
                "site w: 26 URLs changed, 93 percent of the site's 28, more than `threshold.percent = 92`, and `then = \"fail\"`",
            ),
            "raise `percent` to 93 in",
        ),
        ("seconds = 2", None, ""),
        (
            "seconds = 1",
            Some(
                "site w: 26 URLs changed, and the plan takes 2 s, more than `threshold.seconds = 1`, and `then = \"fail\"`",
            ),
            "raise `seconds` to 2 in",
        ),
        // Whichever is met first, in this order.
        (
            "urls = 25\npercent = 1\nseconds = 1",
            Some("site w: 26 URLs changed, more than `threshold.urls = 25`, and `then = \"fail\"`"),
            "raise `urls` to 26 in",
        ),
    ] {
        let plan = plan(&with(threshold), &[("d/", 13), ("", 13)], &[]);
        assert_eq!(plan.refused.as_ref().map(ToString::to_string).as_deref(), want, "{threshold}");
        assert!(plan.refused.is_none_or(|refused| refused.hint().contains(hint)), "{threshold}");
    }
}

#[test]
fn a_directory_that_changed_as_a_whole_is_no_fallback_but_is_refused_all_the_same() {
    let whole = |then: &str| {
        let site = twelve(then);
        let paths: Vec<Change> = (0..20)
            .map(|i| Change {
                path: format!("d/{i:02}").into_bytes().into(),
                status: Status::Modified,
                leads_elsewhere: false,
            })
            .collect();
        let mut inventory: Vec<Box<[u8]>> = paths.iter().map(|c| c.path.clone()).collect();
        inventory.push(b"x".as_slice().into());
        let changes = Changes { paths, ..Changes::default() };
        let mapping = map(&judge(&changes, &site), &inventory, &site);
        let inventory = Inventory { paths: inventory, ..Inventory::default() };
        let name = SnapshotName { spec: "A".to_owned(), id: "0".to_owned() };
        let setting = Setting { capabilities: capabilities(), inventory: Some(&inventory), neighbours: &[] };
        Plan::new(&site, (&name, &name), changes, mapping, &setting)
    };
    for then in ["narrowest", "prefixes", "hosts", "everything"] {
        let plan = whole(then);
        assert_eq!((said(&plan), plan.fallback, plan.urls), ((vec!["a.example/d/*".to_owned()], 0), None, 20));
    }
    assert!(whole("fail").refused.is_some(), "`fail` is about what changed, however it is asked for");
}
