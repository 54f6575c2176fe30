//! Directories in the place of URLs, and the way up when a plan is too long, on an edge that holds a whole site.

use diffpurge::edge::Edge;
use proptest::prelude::*;

use crate::support::{Repo, diffpurge, edge, kept, warm};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

/// A repository with this configuration, these files, and a second commit that changes the first `changed` of them.
fn site(config: &str, files: &[String], changed: usize) -> Repo {
    let repo = Repo::of(&[("purge.toml", &format!("{SITE}{config}")), ("index.html", "1")]);
    repo.files(files.iter().cloned(), "1").commit();
    repo.files(files[..changed].iter().cloned(), "2").commit();
    repo
}

fn requests(repo: &Repo, config: &str) -> Vec<String> {
    repo.file("other.toml", &format!("{SITE}{config}"));
    let ran = diffpurge(["plan", "HEAD~1", "-c", "other.toml", "--format", "requests"]).within(repo).run().exits(0);
    ran.stdout.lines().map(str::to_owned).collect()
}

/// Purges, and gives the bodies that the edge was sent.
fn purged(repo: &Repo, edge: &Edge) -> Vec<String> {
    diffpurge(["purge", "HEAD~1"]).within(repo).against(edge).run().exits(0);
    edge.recorded().into_iter().map(|request| request.body).collect()
}

#[test]
fn a_section_that_was_rebuilt_whole_is_one_prefix_and_the_other_39_stay_cached() {
    let page = |section: usize, i: usize| format!("section-{section:02}/page-{i:04}.html");
    let rebuilt = (0..2500).map(|i| page(7, i));
    let others = (0..40).filter(|section| *section != 7).flat_map(|section| (0..25).map(move |i| page(section, i)));
    let files: Vec<String> = rebuilt.chain(others).collect();
    let repo = site("", &files, 2500);
    let url =
        |file: &String, form: &str| format!("https://www.example.com/{}{form}", file.strip_suffix(".html").unwrap());
    let urls_of = |files: &[String]| -> Vec<String> {
        let mut urls: Vec<String> =
            files.iter().flat_map(|f| ["", ".html", "/", "?q=1"].map(|form| url(f, form))).collect();
        urls.sort_unstable();
        urls
    };
    let edge = edge();
    warm(&edge, &urls_of(&files).iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(kept(&edge).len(), (2500 + 39 * 25) * 4);
    assert_eq!(purged(&repo, &edge), [r#"{"prefixes":["www.example.com/section-07/"]}"#]);
    assert_eq!(kept(&edge), urls_of(&files[2500..]));
    let off = requests(&repo, "cover = \"off\"\n[site.threshold]\nurls = 7501\n");
    // The list that the directory makes of its pages is one URL more.
    assert_eq!((off.len(), off.iter().all(|body| body.starts_with(r#"{"files":["#))), (76, true));
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    ran.says("1 prefix in 1 request, at once").says("www.example.com/section-07/*  all 7,501 URLs below it changed");
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&repo).run().exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let plan = &json["sites"][0];
    assert_eq!(plan["operations"][0]["reasons"], serde_json::json!([{ "changed": 7501, "unchanged": 0 }]));
    assert_eq!((&plan["urls"], &plan["counts"]["wasted"], &plan["fallback"]), (&7501.into(), &0.into(), &().into()));
    let ran = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0);
    assert!(ran.stderr.contains("the list of URLs is not all of the plan"), "{}", ran.stderr);
    let markdown = diffpurge(["plan", "HEAD~1", "--format", "markdown"]).within(&repo).run().exits(0);
    markdown.says("- `www.example.com/section-07/*`: `all 7,501 URLs below it changed`");
}

#[test]
fn what_fits_one_request_is_listed_as_ever() {
    let files: Vec<String> = (0..100).map(|i| format!("d/{i:03}.css")).collect();
    let changed = |n| requests(&site("", &files[..n], n), "");
    assert_eq!(changed(99).len(), 1);
    assert!(changed(99)[0].starts_with(r#"{"files":["#), "one request for another is no gain");
    // With the list of its entries, that is one URL too many.
    assert_eq!(changed(100), [r#"{"prefixes":["www.example.com/d/"]}"#]);
}

/// Pages that answer as a directory of their name.
const SLASH: &str = "forms = [\"exact\", \"without-extension\", \"without-extension-slash\"]\n";

#[test]
fn a_directory_beside_a_page_of_its_name_stays_where_only_the_page_changed() {
    let changed = (0..300).map(|i| format!("s/{i}.css")).chain((0..98).map(|i| format!("x/{i}.css")));
    let mut files: Vec<String> = changed.chain(["docs.html".to_owned()]).collect();
    let all = files.len();
    files.extend((0..50).map(|i| format!("docs/{i}.css")).chain(["a.html", "x/kept.css"].map(str::to_owned)));
    let repo = site(SLASH, &files, all);
    let edge = edge();
    warm(
        &edge,
        &["https://www.example.com/docs/7.css", "https://www.example.com/docs/", "https://www.example.com/s/7.css"],
    );
    // One prefix goes anyway, and a second one would make the 101 URLs a hundred.
    assert_eq!(purged(&repo, &edge).last().unwrap(), r#"{"prefixes":["www.example.com/s/"]}"#);
    assert_eq!(kept(&edge), ["https://www.example.com/docs/7.css"]);
}

#[test]
fn a_page_that_did_not_change_keeps_the_directory_of_its_name_out() {
    let mut files: Vec<String> = (0..200).map(|i| format!("docs/{i}.css")).collect();
    files.extend(["a.html", "docs.html"].map(str::to_owned));
    let repo = site("", &files, 200);
    assert_eq!(requests(&repo, SLASH).len(), 2, "/docs/ is the URL of docs.html");
    assert_eq!(requests(&repo, "forms = [\"exact\"]\n"), [r#"{"prefixes":["www.example.com/docs/"]}"#]);
}

#[test]
fn a_directory_with_the_same_name_in_other_letters_stays_where_it_did_not_change() {
    // What is composed in either way answers under both.
    for (changed, beside, whole) in [("Docs", "docs", 1), ("API/v1", "api/v1", 1), ("d/cafe\u{301}", "d/café", 0)] {
        let mut files: Vec<String> = (0..200).map(|i| format!("{changed}/{i}.css")).collect();
        files.extend((0..50).map(|i| format!("{beside}/kept-{i}.css")));
        files.extend(["a.html", "d/a.css"].map(str::to_owned));
        let sent = requests(&site("", &files, 200), "").concat();
        let of_changed = sent.matches(&format!("\"www.example.com/{changed}/\"")).count();
        let prefixes = sent.matches("\"www.example.com").count();
        assert_eq!((of_changed, prefixes), (whole, whole), "{changed} beside {beside}");
    }
}

#[test]
fn a_few_unchanged_urls_go_along_where_the_site_allows_it_and_the_report_says_so() {
    let files: Vec<String> = (0..200).map(|i| format!("d/{i:03}.css")).chain(["x.css".to_owned()]).collect();
    let repo = site("cover = { waste = 5 }\n", &files, 195);
    let edge = edge();
    warm(&edge, &["https://www.example.com/d/199.css", "https://www.example.com/x.css"]);
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    ran.says("196 URLs below it changed, and 5 did not").says("note: 5 unchanged URLs may go along");
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&repo).run().exits(0).stdout;
    assert!(json.contains("\"wasted\": 5") && json.contains("\"unchanged\": 5"), "{json}");
    assert_eq!(purged(&repo, &edge), [r#"{"prefixes":["www.example.com/d/"]}"#]);
    assert_eq!(kept(&edge), ["https://www.example.com/x.css"]);
    assert_eq!(requests(&repo, "cover = { waste = 2 }\n").len(), 2, "5 of 200 are more than 2 percent");
}

#[test]
fn above_the_threshold_the_directories_that_hold_most_come_before_the_host() {
    let files: Vec<String> =
        (0..30).map(|i| format!("blog/{i:03}.css")).chain((0..9).map(|i| format!("{i}.css"))).collect();
    let all = |extra: &[&str]| {
        let edge = edge();
        warm(&edge, &["https://blog.example.com/", "https://www.example.com/blog/x", "https://www.example.com/x"]);
        let mut files = files.clone();
        files.extend(extra.iter().map(|file| (*file).to_owned()));
        let changed = files.len() - extra.len();
        let repo = site("[site.threshold]\nurls = 20\nthen = \"narrowest\"\n", &files, changed);
        let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
        let first = ran.stdout.lines().next().unwrap().to_owned();
        (first, purged(&repo, &edge).len(), kept(&edge))
    };
    let (first, requests, kept) = all(&["blog/x.css"]);
    assert_eq!(
        first,
        "www: BROAD PURGE: 40 URLs changed, more than threshold.urls = 20: purging 1 whole directory that holds most of them"
    );
    assert_eq!(
        (requests, kept),
        (2, vec!["https://blog.example.com/".to_owned(), "https://www.example.com/x".to_owned()])
    );
}

#[test]
fn everything_goes_where_even_hosts_would_take_too_long() {
    let edge = edge();
    warm(&edge, &["https://www.example.com/x", "https://blog.example.com/x"]);
    // 26 requests of tags are one more than Free takes at once.
    let tags: Vec<String> = (0..2501).map(|i| format!("\"t{i}\"")).collect();
    let rule = format!("[[site.rule]]\nmatch = [\"**\"]\ntags = [{}]\n", tags.join(", "));
    let repo = site(&format!("[site.threshold]\nseconds = 10\nthen = \"narrowest\"\n{rule}"), &["a.css".to_owned()], 1);
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    let first = ran.stdout.lines().next().unwrap();
    let want = "www: BROAD PURGE: 1 URL changed, and the plan takes 12 s, more than threshold.seconds = 10";
    assert!(first.starts_with(want) && first.ends_with(": purging everything in the zone"), "{first}");
    assert_eq!(purged(&repo, &edge), [r#"{"purge_everything":true}"#]);
    assert_eq!(kept(&edge), Vec::<String>::new());
}

#[test]
fn a_fallback_never_takes_another_site_for_a_directory_and_names_those_beside() {
    let config = |then: &str| {
        format!(
            "[[site]]\nname = \"www\"\nbase_urls = [\"https://w.example.com/\"]\ncover = \"off\"\n[site.threshold]\nurls = 10\nthen = \"{then}\"\n[[site]]\nname = \"shop\"\nbase_urls = [\"https://w.example.com/shop/\"]\n"
        )
    };
    let plan = |then: &str| {
        let repo = Repo::of(&[("purge.toml", &config(then))]);
        repo.files((0..30).map(|i| format!("shop/{i}.css")), "1").commit();
        diffpurge(["plan", "HEAD~1", "--site", "www"]).within(&repo).run().exits(0).stdout
    };
    let prefixes = plan("prefixes");
    assert!(!prefixes.contains("w.example.com/shop/*"), "{prefixes}");
    let hosts = plan("hosts");
    assert!(hosts.contains("note: shop is under the same host, and evicted too"), "{hosts}");
}

#[test]
fn urls_of_directories_that_appear_are_no_share_of_the_sites_files() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.threshold]\npercent = 5\nthen = \"fail\"\n";
    let repo = Repo::of(&[("purge.toml", config), ("index.html", "1")]);
    repo.files((0..100).map(|i| format!("{i}.css")), "1").commit();
    repo.file("1/2/3/4/5/n.css", "1").commit();
    diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0).says("11 URLs in 1 request");
}

/// A file of a random site: its directory, its kind of name, and what happens to it.
type RandomFile = (usize, usize, usize);

const DIRECTORIES: [&str; 8] = ["", "a/", "a/b/", "a/b c/", "d/e/f/", "d/e/é/", "g/", "h/i/"];
const NAMES: [&str; 6] = ["{}.css", "{}.html", "{}/index.html", "x-{}.map", "app.{}f2a1b4c.js", "p{}/q/r.json"];

impl Fate {
    fn of(number: usize) -> Fate {
        match number {
            0..6 => Fate::Changes,
            6 => Fate::Stays,
            7 => Fate::Comes,
            _ => Fate::Goes,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Changes,
    Stays,
    Comes,
    Goes,
}

/// Whole directories that changed, came or stay beside single files that do otherwise, and pages with the names of directories.
fn random_site() -> impl Strategy<Value = Vec<(String, Fate)>> {
    let directories = prop::collection::vec(0..9usize, DIRECTORIES.len());
    let odd = prop::collection::vec((0..DIRECTORIES.len(), 0..NAMES.len(), 0..9usize), 0..6);
    let pages = prop::collection::vec(prop::option::of(0..9usize), DIRECTORIES.len());
    (directories, odd, pages).prop_map(|(fates, odd, pages)| {
        let all = (0..DIRECTORIES.len()).flat_map(|d| (0..24).map(move |n| (d, n)));
        let whole = all.map(|(d, n)| (d, n % NAMES.len(), fates[d])).collect::<Vec<_>>();
        let path = |(i, (directory, name, fate)): (usize, RandomFile)| {
            let path = format!("{}{}", DIRECTORIES[directory], NAMES[name].replace("{}", &format!("{i:x}")));
            (path, Fate::of(fate))
        };
        let page = |(directory, fate): (&&str, Option<usize>)| {
            Some((format!("{}.html", directory.strip_suffix('/')?), Fate::of(fate?)))
        };
        let pages = DIRECTORIES.iter().zip(pages).filter_map(page);
        whole.into_iter().chain(odd).enumerate().map(path).chain(pages).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whole_directories_are_found_without_a_list_of_the_site_as_with_one(files in random_site(), links in any::<bool>()) {
        let repo = Repo::new();
        let with = |wanted: &[Fate]| {
            files.iter().filter(|(_, fate)| wanted.contains(fate)).map(|(path, _)| path.clone()).collect::<Vec<_>>()
        };
        repo.file("kept/1.css", "1").file("kept/deep/2.css", "1");
        if links {
            repo.link("linked", "a").link("kept/out", "../../out").link("kept/deep/g", "../../g");
        }
        repo.files(with(&[Fate::Changes, Fate::Stays, Fate::Goes]).into_iter(), "1").commit();
        for gone in with(&[Fate::Goes]) {
            repo.remove(gone);
        }
        repo.files(with(&[Fate::Changes, Fate::Comes]).into_iter(), "2").commit();
        let always: Vec<String> = (0..101).map(|i| format!("\"/kept/deep/{i}\", \"/never/there/{i}\"")).collect();
        let forms = "forms = [\"exact\", \"directory\", \"without-extension-slash\", \"as-index\"]\n";
        for (extra, rule) in [
            ("", ""),
            (forms, ""),
            ("ignore = [\"**/*.map\"]\n", ""),
            (&*format!("always = [{}]\n", always.join(", ")), ""),
            ("deleted = \"all\"\n", "[[site.rule]]\nmatch = [\"a/**\"]\nby = \"prefix\"\n"),
            ("host = \"nginx\"\n", "[[site.rule]]\nmatch = [\"**/*.css\"]\nalso = [\"/kept/deep/x\", \"/new/y\"]\n"),
            ("", "[[site.rule]]\nmatch = [\"d/**\"]\nscope = \"none\"\n"),
            ("", "[[site.rule]]\nmatch = [\"a/**\"]\nforms = [\"without-extension-slash\"]\n"),
            (forms, "[[site.rule]]\nmatch = [\"**/*.css\"]\nforms = [\"directory\", \"as-index\", \"exact-slash\"]\n"),
            ("cover = { waste = 4 }\n", ""),
            (&*format!("cover = {{ waste = 20 }}\n{forms}"), ""),
            (&*format!("cover = {{ waste = 50 }}\nalways = [{}]\n", always.join(", ")), ""),
        ] {
            // A rule with a template takes the list of all files, even one that is for none of them.
            let listing = "[[site.rule]]\nmatch = [\"never/there\"]\nalso = [\"/{dir}/x\"]\n";
            let [some, all] = ["", listing].map(|listing| {
                requests(&repo, &format!("{extra}[site.threshold]\nurls = 100000\n{rule}{listing}"))
            });
            prop_assert_eq!(some, all, "{}", extra);
        }
    }
}
