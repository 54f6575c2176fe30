//! Plans that somebody has edited, with a digest that fits again: they are sent as they stand, and move no mark.

use std::fs;

use diffpurge::edge::Edge;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::support::{Hosted, Ran, Repo, Site, ZONE, diffpurge};

/// The plan's file, where no commit takes it up.
const PLAN: &str = ".git/plan.json";

/// A site with a second revision that is not purged yet, and the plan for it; gives both revisions.
fn planned(config: &str) -> (Site, String, String) {
    let site = Site::of(config);
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1"), ("z.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let second = site.deploy(&[("x.css", "2"), ("y.css", "2")]);
    site.run(&["plan", "--out", PLAN]).env("CLOUDFLARE_ZONE_ID", ZONE).run().exits(0);
    (site, first, second)
}

/// Edits the plan's file, and makes its digest anew, as anybody can who can write it.
#[track_caller]
fn forge(repo: &Repo, edit: impl FnOnce(&mut Value)) {
    let path = repo.path().join(PLAN);
    let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut document["sites"][0]);
    // The digest stands among the first bytes, and covers all but its own digits.
    let mut head = serde_json::Map::new();
    head.insert("schema".to_owned(), json!(1));
    let rest: serde_json::Map<String, Value> = document.as_object().unwrap().clone();
    let body: Vec<String> = rest
        .into_iter()
        .filter(|(key, _)| key != "schema" && key != "digest")
        .map(|(key, value)| format!("\"{key}\": {value}"))
        .collect();
    let blank = format!("{{\"schema\": 1, \"digest\": \"\", {}}}", body.join(", "));
    let hex: Vec<String> = digest(&SHA256, blank.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let hex = hex.concat();
    fs::write(path, blank.replacen("\"digest\": \"\"", &format!("\"digest\": \"sha256:{hex}\""), 1)).unwrap();
}

/// Makes the requests of a site's plan anew from its operations, all of them URLs.
fn recut(site: &mut Value) {
    let urls: Vec<&str> = site["operations"].as_array().unwrap().iter().map(|o| o["value"].as_str().unwrap()).collect();
    let body = json!({ "files": urls });
    let count = urls.len();
    let mut request = site["requests"][0].clone();
    (request["first"], request["count"], request["body"]) = (json!(0), json!(count), body);
    site["requests"] = if count == 0 { json!([]) } else { json!([request]) };
}

/// Two caches in front of a site.
fn layers() -> String {
    format!("[[site.layer]]\n[site.layer.cloudflare]\nzone_id = \"{ZONE}\"\n").repeat(2)
}

fn send(site: &Site, more: &[&str]) -> Ran {
    site.run(&[&["purge", "--plan", PLAN], more].concat()).run()
}

fn purged(edge: &Edge) -> usize {
    edge.recorded().iter().map(|request| request.body.matches("https://").count()).sum()
}

#[test]
fn a_plan_that_is_as_it_was_written_moves_the_mark_also_in_another_layout() {
    let (site, _, second) = planned("");
    forge(&site.repo, |_| {});
    send(&site, &[]).exits(0).says("the mark is at HEAD");
    site.is_purged_up_to(&second);
}

#[test]
fn a_plan_whose_operations_were_dropped_leaves_the_deploy_open_and_is_no_success() {
    for kept in [0, 1] {
        let (site, first, second) = planned("");
        forge(&site.repo, |plan| {
            plan["operations"].as_array_mut().unwrap().truncate(kept);
            recut(plan);
        });
        let dry = send(&site, &["--dry-run"]);
        assert_eq!((site.mark(), site.open()), (first.clone(), vec![]), "{}", dry.stdout);
        let ran =
            send(&site, &[]).exits(1).says("note: the mark refs/diffpurge/www stays: it does not follow from its");
        let lacks = if kept == 0 { "2 operations are missing" } else { "1 operation is missing" };
        let ran = ran.says(lacks).says("`diffpurge purge` compares them anew");
        assert!(ran.stderr.contains("warning: site www: the plan in the file lacks"), "{}", ran.stderr);
        assert_eq!(purged(&site.live.edge), kept);
        assert_eq!((site.mark(), site.open()), (first, vec![second.clone()]));
        // The command that it names does the rest.
        site.run(&["purge"]).run().exits(0).says("the mark is at HEAD");
        site.is_purged_up_to(&second);
    }
}

#[test]
fn a_plan_with_another_or_a_further_url_leaves_the_deploy_open() {
    let (site, first, second) = planned("");
    forge(&site.repo, |plan| {
        let url = &mut plan["operations"][0]["value"];
        *url = json!(url.as_str().unwrap().replace("/x.css", "/w.css"));
        recut(plan);
    });
    send(&site, &[]).exits(1).says("stays: it does not follow").says("1 operation is missing, and 1 operation in it");
    assert_eq!((site.mark(), site.open()), (first, vec![second]));
    let (site, first, second) = planned("");
    forge(&site.repo, |plan| {
        let mut more = plan["operations"][1].clone();
        more["value"] = json!(more["value"].as_str().unwrap().replace("/y.css", "/z.css"));
        plan["operations"].as_array_mut().unwrap().push(more);
        recut(plan);
    });
    // Nothing is missing: what was asked for is done, and no more is believed of it.
    send(&site, &[]).exits(0).says("stays: it does not follow").says("1 operation in it is not of them");
    assert_eq!((purged(&site.live.edge), site.mark(), site.open()), (3, first, vec![second]));
}

#[test]
fn a_plan_that_claims_other_ends_leaves_the_deploy_open() {
    // FROM is said to be TO's parent, typed by hand, so that nothing before it would be purged.
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    site.deploy(&[("x.css", "2")]);
    let third = site.deploy(&[("y.css", "2")]);
    site.run(&["plan", "HEAD~1", "HEAD", "--no-mark", "--out", PLAN]).env("CLOUDFLARE_ZONE_ID", ZONE).run().exits(0);
    forge(&site.repo, |plan| {
        plan["mark"] = json!({"store": "refs/diffpurge/www", "was": first, "outcome": "untouched"});
    });
    send(&site, &[]).exits(1).says("stays: it does not follow").says("1 operation is missing");
    assert_eq!((site.mark(), site.open()), (first, vec![third.clone()]));
    site.run(&["purge"]).run().exits(0);
    site.is_purged_up_to(&third);
}

#[test]
fn a_mark_that_is_said_to_have_been_elsewhere_stays_and_nothing_counts_as_purged() {
    let (site, first, second) = planned("");
    forge(&site.repo, |plan| {
        plan["operations"] = json!([]);
        plan["mark"]["was"] = json!(second);
        recut(plan);
    });
    send(&site, &[]).exits(0).says("stays: it is no longer what it was when the plan was made");
    assert_eq!((site.mark(), site.open()), (first, vec![second.clone()]));
    site.run(&["purge"]).run().exits(0);
    site.is_purged_up_to(&second);
}

#[test]
fn a_plan_of_several_layers_moves_the_mark_of_all_of_them() {
    let (site, _, second) = planned(&layers());
    send(&site, &[]).exits(0).says("the mark is at HEAD");
    assert_eq!(site.mark(), second);
}

#[test]
fn a_layer_that_was_dropped_leaves_the_deploy_open() {
    let (site, first, second) = planned(&layers());
    let path = site.repo.path().join(PLAN);
    let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(document["sites"].as_array().unwrap().len(), 2);
    document["sites"].as_array_mut().unwrap().remove(0);
    fs::write(&path, document.to_string()).unwrap();
    forge(&site.repo, |_| {});
    send(&site, &[]).exits(1).says("it is not for each of the site's caches once");
    assert_eq!((site.mark(), site.open()), (first, vec![second]));
}

#[test]
fn a_plan_of_another_configuration_is_sent_and_leaves_the_deploy_open() {
    for (before, after, code, why) in [
        // Which URLs such a rule bears on, the mark does not say.
        (
            "",
            "[[site.rule]]\nmatch = [\"x.css\"]\nalso = [\"/everywhere/\"]\n",
            0,
            "the mark no longer says enough to make it again",
        ),
        ("always = [\"/everywhere/\"]\n", "", 1, "as this configuration compares them: 1 operation is missing"),
        ("", "[site.threshold]\nurls = 1\nthen = \"hosts\"\n", 1, "1 operation is missing, and 2 operations in it are"),
    ] {
        let (site, first, second) = planned("");
        let config = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
        site.repo.file("purge.toml", &format!("{config}{before}{after}"));
        let ran = send(&site, &[]).exits(code).says("note: the mark refs/diffpurge/www stays: ").says(why);
        ran.says("`diffpurge purge`");
        assert_eq!((purged(&site.live.edge), site.mark(), site.open()), (2, first, vec![second.clone()]));
        site.run(&["purge"]).run().exits(0).says("the mark is at HEAD");
        site.is_purged_up_to(&second);
    }
}

#[test]
fn where_a_snapshot_is_not_in_the_clone_the_deploy_stays_open_until_it_is() {
    let hosted = Hosted::on_disk("");
    hosted.deploy(&[("x.css", "1"), ("y.css", "1")]);
    let first = hosted.site.repo.git(&["rev-parse", "HEAD"]);
    let second = hosted.deploy(&[("x.css", "2")]);
    let author = &hosted.site.repo;
    let site = hosted.run(author, &["plan", "HEAD~1", "HEAD", "--out", PLAN]).env("CLOUDFLARE_ZONE_ID", ZONE);
    site.run().exits(0);
    let clone = hosted.shallow();
    fs::copy(author.path().join(PLAN), clone.path().join(PLAN)).unwrap();
    let open = || clone.find("refs/diffpurge-open/www/");
    let ran = hosted.run(&clone, &["purge", "--plan", PLAN]).run().exits(0).says("accepted: 1 URL");
    let fetch = format!("`git fetch --depth=1 origin {first}` brings it, then send the plan again");
    ran.says(&format!("stays: {} is not in this clone", &first[..10])).says(&fetch);
    assert_eq!((clone.find("refs/diffpurge/www"), open()), (String::new(), second.clone()));
    clone.git(&["fetch", "--quiet", "--depth=1", "origin", &first]);
    hosted.run(&clone, &["purge", "--plan", PLAN]).run().exits(0).says("the mark is at HEAD");
    assert_eq!((clone.find("refs/diffpurge/www"), open()), (second, String::new()));
}

#[test]
fn a_directory_that_is_no_longer_what_the_plan_compared_leaves_the_mark() {
    let place = tempfile::TempDir::new().unwrap();
    let build = |name: &str, content: &str| {
        fs::create_dir_all(place.path().join(name)).unwrap();
        fs::write(place.path().join(name).join("x.css"), content).unwrap();
    };
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.mark]\nstore = \"file:www.mark\"\n";
    fs::write(place.path().join("purge.toml"), config).unwrap();
    build("old", "1");
    build("new", "2");
    let edge = crate::support::edge();
    let run =
        |arguments: &[&str]| diffpurge(arguments.iter().copied()).within_directory(place.path()).against(&edge).run();
    run(&["plan", "dir:old", "dir:new", "--out", "plan.json"]).exits(0);
    build("old", "3");
    let ran = run(&["purge", "--plan", "plan.json"]).exits(0).says("stays: its FROM is no longer what it was");
    assert!(!place.path().join("www.mark").exists(), "{}", ran.stdout);
    build("old", "1");
    run(&["purge", "--plan", "plan.json"]).exits(0).says("the mark is at dir:new");
    assert!(place.path().join("www.mark").exists());
}

#[test]
fn a_rule_that_is_said_to_name_something_for_no_path_is_refused() {
    let (site, first, _) = planned("[[site.rule]]\nmatch = [\"*.css\"]\ntags = [\"t\"]\n");
    forge(&site.repo, |plan| {
        let operations = plan["operations"].as_array_mut().unwrap();
        let tag = operations.iter_mut().find(|operation| operation["kind"] == "tag").unwrap();
        assert_eq!(tag["reasons"][0]["paths"], 2);
        tag["reasons"][0]["paths"] = json!(0);
    });
    send(&site, &["--dry-run"]).exits(2).fails_with("in the plan cannot be sent", "write it again");
    send(&site, &[]).exits(2);
    assert_eq!((purged(&site.live.edge), site.mark()), (0, first));
}
