//! `then` names what is sent above a threshold, and `unknown_base` what is sent where nobody knows what was live.

use crate::support::{Ran, Repo, diffpurge};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n";

const THEN: [&str; 5] = ["everything", "hosts", "prefixes", "narrowest", "fail"];

/// 400 pages that changed in a directory that holds two more: 1,200 of 1,210 URLs.
fn pages() -> Repo {
    changed(400)
}

fn changed(pages: usize) -> Repo {
    let repo = Repo::of(&[("public/a/index.html", "1"), ("public/a/same.html", "1"), ("public/x.html", "1")]);
    repo.files((0..pages).map(|i| format!("public/a/{i:04}.html")), "1").commit();
    repo.files((0..pages).map(|i| format!("public/a/{i:04}.html")), "2").commit();
    repo
}

/// Plans with this configuration behind the site's own keys.
fn plan(repo: &Repo, config: &str, arguments: &[&str]) -> Ran {
    repo.file("other.toml", &format!("{SITE}{config}"));
    diffpurge([&["plan", "-c", "other.toml"], arguments].concat()).within(repo).run()
}

/// The requests of a plan, and its first line.
#[track_caller]
fn planned(repo: &Repo, config: &str, arguments: &[&str]) -> (Vec<String>, String) {
    let requests = plan(repo, config, &[arguments, &["--format", "requests"]].concat()).exits(0).stdout;
    let human = plan(repo, config, arguments).exits(0).stdout;
    (requests.lines().map(str::to_owned).collect(), human.lines().next().unwrap_or_default().to_owned())
}

fn then(word: &str, more: &str) -> String {
    format!("[site.threshold]\nthen = \"{word}\"\n{more}\n")
}

const EVERYTHING: &str = r#"{"purge_everything":true}"#;
const HOSTS: &str = r#"{"hosts":["www.example.com"]}"#;
const PREFIXES: &str = r#"{"prefixes":["www.example.com/"]}"#;
const NARROWEST: &str = r#"{"prefixes":["www.example.com/a/"]}"#;

/// The one request, and the end of the first line, that a value of `then` stands for; nothing for `fail`.
fn named(word: &str) -> Option<(&'static str, &'static str)> {
    match word {
        "everything" => Some((EVERYTHING, "purging everything in the zone")),
        "hosts" => Some((HOSTS, "purging everything under www.example.com")),
        "prefixes" => Some((PREFIXES, "purging everything under www.example.com/")),
        "narrowest" => Some((NARROWEST, "purging 1 whole directory that holds most of them")),
        "fail" => None,
        other => panic!("{other}"),
    }
}

#[test]
fn above_a_threshold_exactly_that_is_sent_which_then_names() {
    let repo = pages();
    // Directories that changed whole would bring the time below a second.
    let listed = "cover = \"off\"\n";
    for (more, threshold, said) in [
        ("", "urls = 1", "www: BROAD PURGE: 1,200 URLs changed, more than threshold.urls = 1"),
        (
            "",
            "percent = 5",
            "www: BROAD PURGE: 1,200 URLs changed, 100 percent of the site's 1,210, more than threshold.percent = 5",
        ),
        (
            listed,
            "seconds = 1",
            "www: BROAD PURGE: 1,200 URLs changed, and the plan takes 2 s, more than threshold.seconds = 1",
        ),
    ] {
        for word in THEN {
            let config = format!("{more}{}", then(word, threshold));
            let Some((request, done)) = named(word) else {
                let ran = plan(&repo, &config, &["HEAD~1", "--format", "requests"]).exits(4);
                assert_eq!(ran.stdout, "", "{threshold}");
                plan(&repo, &config, &["HEAD~1"]).exits(4).says("refused, nothing is purged");
                continue;
            };
            let (requests, first) = planned(&repo, &config, &["HEAD~1"]);
            assert!(requests == [request], "{word}, {threshold}: {} requests", requests.len());
            assert_eq!(first, format!("{said}: {done}"), "{word}, {threshold}");
        }
    }
    let (requests, _) = planned(&repo, "[site.threshold]\nurls = 1\n", &["HEAD~1"]);
    assert_eq!(requests, [EVERYTHING], "by default");
}

#[test]
fn a_directory_that_changed_whole_is_no_list_unless_it_is_all_of_the_site() {
    let repo = Repo::of(&[("public/x.html", "1")]);
    repo.files((0..400).map(|i| format!("public/a/{i:04}.html")), "1").commit();
    repo.files((0..400).map(|i| format!("public/a/{i:04}.html")), "2").commit();
    for word in THEN.into_iter().filter(|word| *word != "fail") {
        let (requests, _) = planned(&repo, &then(word, "urls = 1"), &["HEAD~1"]);
        assert_eq!(requests, [NARROWEST], "{word}: a section that was rebuilt evicts nothing else");
    }
    repo.file("public/x.html", "2").commit();
    for (word, want) in [("everything", EVERYTHING), ("hosts", HOSTS), ("prefixes", PREFIXES), ("narrowest", PREFIXES)]
    {
        let (requests, _) = planned(&repo, &then(word, "urls = 1"), &["HEAD~2"]);
        assert_eq!(requests, [want], "{word}");
    }
}

#[test]
fn what_the_rules_name_elsewhere_is_sent_beside_hosts_and_prefixes() {
    let repo = pages();
    let rule = "[[site.rule]]\nmatch = [\"a/0000.html\"]\ntags = [\"t\"]\nprefixes = [\"img.example.com/x/\", \"www.example.com/b/\"]\nhosts = [\"cdn.example.com\"]\n";
    for (word, want) in [
        ("everything", &[EVERYTHING][..]),
        (
            "hosts",
            &[
                r#"{"prefixes":["img.example.com/x/"]}"#,
                r#"{"tags":["t"]}"#,
                r#"{"hosts":["cdn.example.com","www.example.com"]}"#,
            ],
        ),
        (
            "prefixes",
            &[
                r#"{"prefixes":["img.example.com/x/","www.example.com/"]}"#,
                r#"{"tags":["t"]}"#,
                r#"{"hosts":["cdn.example.com"]}"#,
            ],
        ),
    ] {
        let (requests, _) = planned(&repo, &format!("{}{rule}", then(word, "urls = 1")), &["HEAD~1"]);
        assert_eq!(requests, want, "{word}");
    }
}

#[test]
fn an_unknown_base_sends_the_hosts_unless_unknown_base_says_otherwise() {
    let repo = pages();
    for word in THEN {
        for (unknown_base, want, done) in [
            ("", HOSTS, "purging everything under www.example.com"),
            ("unknown_base = \"site\"\n", HOSTS, "purging everything under www.example.com"),
            ("unknown_base = \"everything\"\n", EVERYTHING, "purging everything in the zone"),
        ] {
            let (requests, first) = planned(&repo, &format!("{unknown_base}{}", then(word, "")), &[]);
            assert_eq!(requests, [want], "{word}, {unknown_base}");
            assert!(
                first.starts_with("www: BROAD PURGE: what was live before is not known (")
                    && first.ends_with(&format!("): {done}")),
                "{first}"
            );
        }
        let refused = plan(&repo, &format!("unknown_base = \"fail\"\n{}", then(word, "")), &[]).exits(3);
        refused.fails_with("`unknown_base = \"fail\"`", "name what was live");
    }
    let rule = "[[site.rule]]\nmatch = [\"**\"]\nscope = \"everything\"\n";
    let (requests, first) = planned(&repo, rule, &[]);
    assert_eq!(requests, [EVERYTHING], "the rule's file may have changed");
    assert!(first.contains("and a rule has `scope = \"everything\"`: purging everything in the zone"), "{first}");
    plan(&repo, "unknown_base = \"fallback\"\n", &[])
        .exits(2)
        .fails_with("is called `\"site\"` now", "`unknown_base = \"site\"`");
}

#[test]
fn changes_that_no_list_holds_do_what_then_says_too() {
    let repo = changed(3400);
    let queries: Vec<String> = (0..999).map(|i| format!("\"q={i}\"")).collect();
    let rule = format!("[[site.rule]]\nmatch = [\"**\"]\nqueries = [{}]\n", queries.join(", "));
    for word in THEN {
        let config = format!("{}{rule}", then(word, ""));
        // Which directories hold most of them cannot be told.
        let known = if word == "narrowest" { named("hosts") } else { named(word) };
        let Some((request, done)) = known else {
            let ran = plan(&repo, &config, &["HEAD~1"]).exits(4);
            let ran = ran.says("more than can be listed: refused, nothing is purged");
            ran.errs_with("and `then = \"fail\"`", "`then = \"hosts\"`");
            continue;
        };
        let (requests, first) = planned(&repo, &config, &["HEAD~1"]);
        assert_eq!(requests, [request], "{word}");
        let said = "www: BROAD PURGE: the changes mean about 10,200,000 operations, more than can be listed";
        assert_eq!(first, format!("{said}: {done}"));
    }
}

/// The requests of a cache of one's own as `METHOD HOST/PATH`, and the plan for people.
#[track_caller]
fn asked(repo: &Repo, config: &str, kinds: &str, arguments: &[&str]) -> (Vec<String>, String) {
    let config = format!("{config}[site.http_purge]\nendpoints = [\"http://127.0.0.1:1\"]\n{kinds}");
    let (requests, _) = planned(repo, &config, arguments);
    let line = |line: &String| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        format!("{} {}{}", text("method"), text("host"), text("url").strip_prefix("http://127.0.0.1:1").unwrap())
    };
    (requests.iter().map(line).collect(), plan(repo, &config, arguments).exits(0).stdout)
}

const BAN: &str = "ban = { method = \"BAN\", header = \"X-Ban\" }\n";
const ALL: &str = "everything = { method = \"PURGE\", path = \"/all\" }\n";

#[test]
fn a_cache_that_lacks_a_kind_is_sent_no_less_and_the_plan_says_what_takes_its_place() {
    let repo = pages();
    let both = [BAN, ALL].concat();
    let (all, host, a) = ("PURGE www.example.com/all", "BAN www.example.com/", "BAN www.example.com/a/");
    let excess = "1,200 URLs changed, more than threshold.urls = 1";
    let in_place = "the cache cannot purge everything at once: [site.http_purge] has no `everything`, so that everything under www.example.com is purged";
    for (word, kinds, want, said) in [
        ("everything", &*both, Some(all), format!("www: BROAD PURGE: {excess}: purging everything in the cache\n")),
        ("everything", ALL, Some(all), format!("www: BROAD PURGE: {excess}: purging everything in the cache\n")),
        ("everything", BAN, Some(host), format!("www: BROAD PURGE: {excess}; {in_place}\n")),
        (
            "everything",
            "",
            None,
            format!(
                "note: {excess}, but the cache can purge neither everything at once nor by host ([site.http_purge] has no `everything`): all are listed\n"
            ),
        ),
        ("hosts", &both, Some(host), format!("www: BROAD PURGE: {excess}: purging everything under www.example.com\n")),
        (
            "hosts",
            ALL,
            None,
            format!(
                "note: {excess}, but the cache cannot purge by host ([site.http_purge] has no `ban`): all are listed\n"
            ),
        ),
        ("hosts", "", None, "has no `ban`): all are listed\n".to_owned()),
        (
            "prefixes",
            &both,
            Some(host),
            format!("www: BROAD PURGE: {excess}: purging everything under www.example.com/\n"),
        ),
        (
            "prefixes",
            ALL,
            None,
            format!(
                "note: {excess}, but the cache cannot purge by prefix ([site.http_purge] has no `ban`): all are listed\n"
            ),
        ),
        (
            "narrowest",
            &both,
            Some(a),
            format!("www: BROAD PURGE: {excess}: purging 1 whole directory that holds most of them\n"),
        ),
        (
            "narrowest",
            ALL,
            Some(all),
            "the cache cannot purge directories, nor hosts: purging everything in the cache\n".to_owned(),
        ),
        ("narrowest", "", None, "and nothing broader either: all are listed\n".to_owned()),
    ] {
        let (requests, human) = asked(&repo, &then(word, "urls = 1"), kinds, &["HEAD~1"]);
        match want {
            Some(want) => assert_eq!(requests, [want], "{word} {kinds}"),
            None => assert_eq!(requests.len(), 1200, "{word} {kinds}"),
        }
        assert!(human.contains(&said), "{word} {kinds}\n{human}");
    }
    // It has no pace, so that no plan takes any time.
    assert_eq!(asked(&repo, &then("everything", "seconds = 1"), &both, &["HEAD~1"]).0.len(), 1200);
    assert_eq!(asked(&repo, &then("everything", "percent = 5"), &both, &["HEAD~1"]).0, [all]);
    let refused = format!("{}[site.http_purge]\nendpoints = [\"http://127.0.0.1:1\"]\n", then("fail", "urls = 1"));
    assert_eq!(plan(&repo, &refused, &["HEAD~1", "--format", "requests"]).exits(4).stdout, "");
}

#[test]
fn an_unknown_base_of_a_cache_is_its_hosts_or_what_then_allows_in_their_place() {
    let repo = pages();
    let both = [BAN, ALL].concat();
    for word in THEN {
        let (requests, human) = asked(&repo, &then(word, ""), &both, &[]);
        assert_eq!(requests, ["BAN www.example.com/"], "{word}");
        assert!(human.lines().next().unwrap().ends_with(": purging everything under www.example.com"), "{human}");
        let config = format!("unknown_base = \"everything\"\n{}", then(word, ""));
        assert_eq!(asked(&repo, &config, &both, &[]).0, ["PURGE www.example.com/all"], "{word}");
    }
    let (requests, human) = asked(&repo, "", ALL, &[]);
    assert_eq!(requests, ["PURGE www.example.com/all"]);
    assert!(human.contains("has no `ban`, so that everything in it is purged"), "{human}");
    let none = "[site.http_purge]\nendpoints = [\"http://127.0.0.1:1\"]\n";
    plan(&repo, none, &[]).exits(4).errs_with("has no `ban`, and nothing broader either", "(`ban`)");
}

#[test]
fn everything_of_a_cache_that_cannot_purge_it_leaves_out_nothing_that_the_rules_name() {
    let repo = pages();
    let rule = "[[site.rule]]\nmatch = [\"a/0000.html\"]\nscope = \"everything\"\nhosts = [\"cdn.example.com\"]\n";
    let want = ["BAN cdn.example.com/", "BAN www.example.com/"];
    assert_eq!(asked(&repo, &format!("{rule}{}", then("everything", "urls = 1")), BAN, &["HEAD~1"]).0, want);
    assert_eq!(asked(&repo, rule, BAN, &[]).0, want, "unknown base");
}

#[test]
fn the_facts_behind_a_broad_or_a_refused_plan_have_keys_of_their_own() {
    let repo = pages();
    let schema = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let threshold = serde_json::json!({"of": "threshold", "key": "urls", "limit": 1, "found": 1200});
    let lacks = serde_json::json!({"of": "lacks", "kind": "everything", "key": "everything"});
    let tag = serde_json::json!({"of": "lacks", "kind": "tag", "key": "tags"});
    let cache = |kinds: &str| format!("[site.http_purge]\nendpoints = [\"http://127.0.0.1:1\"]\n{kinds}");
    let tags = "[[site.rule]]\nmatch = [\"**\"]\ntags = [\"t\"]\n";
    for (config, arguments, code, want) in [
        (then("everything", "urls = 1"), &["HEAD~1"][..], 0, Some(serde_json::json!([threshold]))),
        (then("fail", "urls = 1"), &["HEAD~1"], 4, Some(serde_json::json!([threshold]))),
        (then("narrowest", "urls = 1"), &["HEAD~1"], 0, Some(serde_json::json!([threshold]))),
        (then("everything", ""), &[], 0, Some(serde_json::json!([{"of": "unknown-base"}]))),
        (
            [then("everything", "urls = 1"), cache(BAN)].concat(),
            &["HEAD~1"],
            0,
            Some(serde_json::json!([threshold, lacks])),
        ),
        ([then("fail", ""), tags.to_owned(), cache("")].concat(), &["HEAD~1"], 4, Some(serde_json::json!([tag]))),
        (then("everything", ""), &["HEAD~1"], 0, None),
    ] {
        let file = repo.path().join("plan.json").display().to_string();
        let ran = plan(&repo, &config, &[arguments, &["--format", "json", "--out", &file]].concat()).exits(code);
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let errors: Vec<String> = schema.iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{config}: {errors:?}");
        assert_eq!(document["sites"][0].get("causes"), want.as_ref(), "{config}");
        if code == 0 {
            let saved = ["purge", "-c", "other.toml", "--plan", &file, "--dry-run", "--format", "json"];
            let read: serde_json::Value =
                serde_json::from_str(&diffpurge(saved).within(&repo).run().exits(0).stdout).unwrap();
            assert_eq!(read["sites"][0].get("causes"), want.as_ref(), "{config}");
        }
    }
}
