use serde_json::json;
use tempfile::TempDir;

use super::*;

/// A process' name, and how long its leases last.
const US: &str = "us";

/// Stores that the same has to hold of, each empty, with what keeps it.
async fn stores() -> Vec<(Store, Option<TempDir>)> {
    let place = TempDir::new().unwrap();
    let sqlite = Store::open(&ServeStore::Sqlite(place.path().join("s.db"))).await.unwrap();
    vec![(Store::open(&ServeStore::Memory).await.unwrap(), None), (sqlite, Some(place))]
}

/// A delivery to `/h` of the site `www`; its id and its run are called alike.
fn new(replay: Option<&str>, run: &str, received: i64) -> NewDelivery {
    NewDelivery {
        hook: "/h".to_owned(),
        site: "www".to_owned(),
        replay: replay.map(str::to_owned),
        deploy: format!("\"{run}\""),
        received,
        gather: 0,
        run: run.to_owned(),
    }
}

#[track_caller]
fn is(accepted: &Accepted, run: &str, is_known: bool) {
    assert_eq!((accepted.run.as_str(), accepted.is_known), (run, is_known));
}

async fn state(store: &Store, run: &str) -> (String, Option<String>) {
    let run = store.run(run).await.unwrap().unwrap();
    (run.state, run.joined)
}

#[tokio::test]
async fn deliveries_join_the_run_that_waits_and_begin_the_next_while_one_runs() {
    for (store, _kept) in stores().await {
        is(&store.accept(new(Some("a"), "1", 10)).await.unwrap(), "1", false);
        is(&store.accept(new(Some("b"), "2", 11)).await.unwrap(), "1", false);
        let first = store.claim(US, 20, 50).await.unwrap().unwrap();
        assert_eq!((first.id.as_str(), first.attempts, first.deploys), ("1", 1, vec!["\"1\"".into(), "\"2\"".into()]));
        is(&store.accept(new(Some("c"), "3", 21)).await.unwrap(), "3", false);
        is(&store.accept(new(Some("d"), "4", 22)).await.unwrap(), "3", false);
        assert!(store.claim(US, 30, 60).await.unwrap().is_none(), "one run at a time for a site");
        let other = NewDelivery { site: "blog".to_owned(), hook: "/b".to_owned(), ..new(None, "5", 23) };
        store.accept(other).await.unwrap();
        assert_eq!(store.claim(US, 30, 60).await.unwrap().unwrap().id, "5", "another site does not wait");
        assert!(store.finish(("1", US), &Ending::Done, json!({"status": "purged"}), 31).await.unwrap());
        let second = store.claim(US, 32, 62).await.unwrap().unwrap();
        assert_eq!((second.id.as_str(), second.deploys.len()), ("3", 2));
        let run = store.run("1").await.unwrap().unwrap();
        assert_eq!((run.state.as_str(), run.ended, run.report), ("done", Some(31), Some(json!({"status": "purged"}))));
    }
}

#[tokio::test]
async fn a_replay_is_known_until_its_run_has_failed() {
    for (store, _kept) in stores().await {
        is(&store.accept(new(Some("a"), "1", 10)).await.unwrap(), "1", false);
        is(&store.accept(new(Some("a"), "2", 11)).await.unwrap(), "1", true);
        store.claim(US, 20, 50).await.unwrap().unwrap();
        is(&store.accept(new(Some("a"), "2", 21)).await.unwrap(), "1", true);
        store.finish(("1", US), &Ending::Failed, json!({}), 22).await.unwrap();
        is(&store.accept(new(Some("a"), "3", 23)).await.unwrap(), "3", false);
        is(&store.accept(new(Some("a"), "4", 24)).await.unwrap(), "3", true);
        assert_eq!(store.claim(US, 25, 55).await.unwrap().unwrap().deploys.len(), 1);
        store.finish(("3", US), &Ending::Done, json!({}), 26).await.unwrap();
        is(&store.accept(new(Some("a"), "5", 27)).await.unwrap(), "3", true);
        // Without an id each counts, and another hook has ids of its own.
        is(&store.accept(new(None, "6", 28)).await.unwrap(), "6", false);
        let elsewhere = NewDelivery { hook: "/other".to_owned(), ..new(Some("a"), "7", 29) };
        is(&store.accept(elsewhere).await.unwrap(), "7", false);
        assert_eq!(state(&store, "1").await.0, "failed", "it stays, to be seen");
    }
}

#[tokio::test]
async fn a_failed_run_waits_and_joins_what_has_come_meanwhile() {
    for (store, _kept) in stores().await {
        store.accept(new(Some("a"), "1", 10)).await.unwrap();
        store.claim(US, 20, 50).await.unwrap().unwrap();
        store.finish(("1", US), &Ending::Again(100), json!({"status": "failed"}), 21).await.unwrap();
        assert_eq!(state(&store, "1").await, ("waiting".to_owned(), None));
        assert!(store.claim(US, 99, 130).await.unwrap().is_none());
        let again = store.claim(US, 100, 130).await.unwrap().unwrap();
        assert_eq!((again.id.as_str(), again.attempts), ("1", 2));
        // A delivery that comes now begins a run, and the failed one joins it.
        store.accept(new(Some("b"), "2", 101)).await.unwrap();
        store.finish(("1", US), &Ending::Again(500), json!({}), 102).await.unwrap();
        assert_eq!(state(&store, "1").await, ("joined".to_owned(), Some("2".to_owned())));
        let both = store.claim(US, 103, 140).await.unwrap().unwrap();
        assert_eq!((both.id.as_str(), both.deploys), ("2", vec!["\"1\"".into(), "\"2\"".into()]));
        // It does not wait for the end of a failed run's wait.
        store.finish(("2", US), &Ending::Again(900), json!({}), 104).await.unwrap();
        store.accept(new(Some("c"), "3", 105)).await.unwrap();
        assert_eq!(store.claim(US, 105, 150).await.unwrap().unwrap().deploys.len(), 3);
        store.finish(("2", US), &Ending::Failed, json!({}), 106).await.unwrap();
        // What failed for good goes along with the next delivery.
        store.accept(new(Some("d"), "4", 107)).await.unwrap();
        assert_eq!(store.claim(US, 108, 150).await.unwrap().unwrap().deploys.len(), 4);
    }
}

#[tokio::test]
async fn a_run_that_is_handed_back_was_not_begun() {
    for (store, _kept) in stores().await {
        store.accept(new(Some("a"), "1", 10)).await.unwrap();
        store.claim(US, 20, 50).await.unwrap().unwrap();
        store.finish(("1", US), &Ending::HandedBack, json!({}), 21).await.unwrap();
        let again = store.claim("another", 22, 50).await.unwrap().unwrap();
        assert_eq!((again.id.as_str(), again.attempts), ("1", 1));
    }
}

#[tokio::test]
async fn a_lease_that_is_over_is_taken_by_another_and_the_first_changes_nothing_more() {
    let place = TempDir::new().unwrap();
    let store = Store::open(&ServeStore::Sqlite(place.path().join("s.db"))).await.unwrap();
    store.accept(new(Some("a"), "1", 10)).await.unwrap();
    store.claim(US, 20, 50).await.unwrap().unwrap();
    assert!(store.extend("1", US, 60).await.unwrap());
    assert!(store.claim("another", 55, 90).await.unwrap().is_none());
    let taken = store.claim("another", 61, 90).await.unwrap().unwrap();
    assert_eq!((taken.id.as_str(), taken.attempts), ("1", 2));
    assert!(!store.extend("1", US, 99).await.unwrap());
    assert!(!store.finish(("1", US), &Ending::Done, json!({}), 62).await.unwrap());
    assert_eq!(state(&store, "1").await.0, "running");
}

#[tokio::test]
async fn what_was_accepted_is_there_when_the_file_is_opened_again_and_what_ran_goes_on_at_once() {
    let place = TempDir::new().unwrap();
    let file = ServeStore::Sqlite(place.path().join("s.db"));
    let store = Store::open(&file).await.unwrap();
    store.accept(new(Some("a"), "1", 10)).await.unwrap();
    store.claim(US, 20, i64::MAX).await.unwrap().unwrap();
    store.accept(new(Some("b"), "2", 21)).await.unwrap();
    assert!(store.begin_page("plan/www", 21, 0).await.unwrap());
    assert!(matches!(Store::open(&file).await, Err(StoreError::InUse(_))), "one process has it");
    drop(store);
    let store = Store::open(&file).await.unwrap();
    is(&store.accept(new(Some("a"), "3", 30)).await.unwrap(), "1", true);
    assert!(store.begin_page("plan/www", 30, 0).await.unwrap(), "nobody makes the page any more");
    // The run that was cut short joins what waited behind it.
    let both = store.claim(US, 31, 60).await.unwrap().unwrap();
    assert_eq!((both.id.as_str(), both.deploys), ("2", vec!["\"1\"".into(), "\"2\"".into()]));
    assert_eq!(state(&store, "1").await, ("joined".to_owned(), Some("2".to_owned())));
}

#[tokio::test]
async fn what_ended_long_ago_is_let_go_and_nothing_else() {
    for (store, _kept) in stores().await {
        store.accept(new(Some("a"), "1", 10)).await.unwrap();
        store.claim(US, 20, 50).await.unwrap().unwrap();
        store.finish(("1", US), &Ending::Done, json!({}), 30).await.unwrap();
        store.accept(new(Some("b"), "2", 31)).await.unwrap();
        store.forget(30, 9).await.unwrap();
        assert_eq!(store.counts().await.unwrap(), [("done".to_owned(), 1), ("waiting".to_owned(), 1)]);
        store.forget(31, 9).await.unwrap();
        assert_eq!(store.counts().await.unwrap(), [("waiting".to_owned(), 1)]);
        assert!(store.run("1").await.unwrap().is_none());
        is(&store.accept(new(Some("b"), "3", 40)).await.unwrap(), "2", true);
    }
}

#[tokio::test]
async fn a_run_with_more_than_can_be_read_has_the_newest_deploy_alone_and_says_so() {
    for (store, _kept) in stores().await {
        for number in 0..9 {
            let deploy = format!("\"{number}{}\"", "x".repeat(1 << 20));
            store.accept(NewDelivery { deploy, ..new(None, &number.to_string(), number) }).await.unwrap();
        }
        let claimed = store.claim(US, 20, 50).await.unwrap().unwrap();
        assert!(claimed.is_cut && claimed.deploys.len() == 1 && claimed.deploys[0].starts_with("\"8"));
        store.finish((&claimed.id, US), &Ending::Done, json!({}), 21).await.unwrap();
        store.accept(new(None, "next", 30)).await.unwrap();
        let claimed = store.claim(US, 40, 90).await.unwrap().unwrap();
        assert_eq!((claimed.is_cut, claimed.deploys.len()), (false, 1));
    }
}

#[tokio::test]
async fn many_deliveries_at_once_are_all_kept() {
    for (store, _kept) in stores().await {
        let all = (0..500).map(|i| {
            let id = i.to_string();
            let delivery = NewDelivery { site: format!("s{}", i % 5), ..new(Some(&id), &id, i) };
            store.accept(delivery)
        });
        let accepted: Vec<Accepted> = futures_util::future::try_join_all(all).await.unwrap();
        assert!(accepted.iter().all(|one| !one.is_known));
        let mut deploys = 0;
        while let Some(claimed) = store.claim(US, 1000, 2000).await.unwrap() {
            deploys += claimed.deploys.len();
            store.finish((&claimed.id, US), &Ending::Done, json!({}), 1001).await.unwrap();
        }
        assert_eq!(deploys, 500);
    }
}

#[tokio::test]
async fn a_burst_is_gathered_behind_the_first_run_of_a_site() {
    for (store, _kept) in stores().await {
        let burst =
            |replay: &str, run: &str, received| NewDelivery { gather: 1500, ..new(Some(replay), run, received) };
        store.accept(burst("a", "1", 10_000)).await.unwrap();
        assert_eq!(store.claim(US, 10_000, 40_000).await.unwrap().unwrap().id, "1", "the first does not wait");
        store.accept(burst("b", "2", 10_100)).await.unwrap();
        store.finish(("1", US), &Ending::Done, json!({}), 10_200).await.unwrap();
        assert!(store.claim(US, 11_500, 40_000).await.unwrap().is_none());
        is(&store.accept(burst("c", "3", 11_550)).await.unwrap(), "2", false);
        assert_eq!(store.claim(US, 11_600, 40_000).await.unwrap().unwrap().deploys.len(), 2);
        store.finish(("2", US), &Ending::Done, json!({}), 11_700).await.unwrap();
        // Later nothing waits.
        store.accept(burst("d", "4", 20_000)).await.unwrap();
        assert_eq!(store.claim(US, 20_000, 40_000).await.unwrap().unwrap().id, "4");
    }
}

#[tokio::test]
async fn runs_are_listed_with_those_that_are_not_over_however_old() {
    for (store, _kept) in stores().await {
        for (number, site) in ["old", "one", "two", "three"].into_iter().enumerate() {
            let id = number.to_string();
            let received = i64::try_from(number).unwrap();
            let delivery = NewDelivery { site: site.to_owned(), ..new(Some(&id), &id, received) };
            store.accept(delivery).await.unwrap();
        }
        store.accept(NewDelivery { site: "one".to_owned(), ..new(Some("more"), "4", 9) }).await.unwrap();
        for _ in 0..4 {
            let claimed = store.claim(US, 20, 50).await.unwrap().unwrap();
            let ending = if claimed.site == "old" { Ending::Again(90) } else { Ending::Done };
            store.finish((&claimed.id, US), &ending, json!({"status": claimed.site}), 30).await.unwrap();
        }
        let drawn = Drawn { policy: "p".to_owned(), page: vec![0, 255] };
        store.keep_page("3", 31, &drawn).await.unwrap();
        let listed = store.recent(2).await.unwrap();
        let told = |one: &Listed| (one.run.site.clone(), one.run.state.clone(), one.deliveries, one.has_page);
        let row = |site: &str, state: &str, page| (site.to_owned(), state.to_owned(), 1, page);
        let want = [row("three", "done", true), row("two", "done", false), row("old", "waiting", false)];
        assert_eq!(listed.iter().map(told).collect::<Vec<_>>(), want);
        assert_eq!(listed[0].run.report, Some(json!({"status": "three"})));
        assert_eq!(store.recent(9).await.unwrap().iter().map(|one| one.deliveries).collect::<Vec<_>>(), [1, 1, 2, 1]);
    }
}

#[tokio::test]
async fn a_page_is_made_once_at_a_time_and_the_oldest_pages_go() {
    for (store, _kept) in stores().await {
        let drawn = |text: &str| Drawn { policy: "p".to_owned(), page: text.as_bytes().to_vec() };
        assert!(store.begin_page("plan/www", 10, 0).await.unwrap());
        assert!(!store.begin_page("plan/www", 11, 10).await.unwrap(), "it is being made");
        assert!(store.begin_page("plan/blog", 11, 10).await.unwrap(), "another is not");
        assert_eq!(store.page("plan/www").await.unwrap().unwrap(), KeptPage { made: 10, drawn: None });
        assert!(store.begin_page("plan/www", 20, 11).await.unwrap(), "whoever made it is gone");
        store.keep_page("plan/www", 21, &drawn("1")).await.unwrap();
        assert_eq!(store.page("plan/www").await.unwrap().unwrap(), KeptPage { made: 21, drawn: Some(drawn("1")) });
        assert!(store.begin_page("plan/www", 22, 0).await.unwrap(), "it is made anew");
        assert_eq!(store.page("none").await.unwrap(), None);
        for number in 0..5 {
            store.keep_page(&number.to_string(), 30 + number, &drawn("x")).await.unwrap();
        }
        store.forget(12, 3).await.unwrap();
        let mut left = Vec::new();
        for name in ["plan/www", "plan/blog", "0", "1", "2", "3", "4"] {
            left.extend(store.page(name).await.unwrap().map(|_| name));
        }
        assert_eq!(left, ["2", "3", "4"]);
    }
}
