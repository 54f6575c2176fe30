//! Directories that did not change whole, though what is first met in them seems to say so: none of what did not change is evicted.

use proptest::prelude::*;

use crate::support::{Node, Repo, Tree, diffpurge, import, two_trees};

/// Files that changed, files that did not, and what the configuration says more.
struct Case<'c> {
    changed: &'c [&'c str],
    kept: &'c [&'c str],
    extra: &'c str,
    /// What no prefix may take along.
    cached: &'c [&'c str],
}

impl Case<'_> {
    /// The requests of a plan between two commits of these files.
    fn repo(&self) -> Repo {
        let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
        let repo = Repo::of(&[("purge.toml", &format!("{site}{}", self.extra))]);
        for file in self.changed.iter().chain(self.kept) {
            match file.split_once(" -> ") {
                Some((link, target)) => repo.link(link, target),
                None => repo.file(file, "1"),
            };
        }
        repo.commit();
        for file in self.changed {
            repo.file(file, "2");
        }
        repo.commit();
        repo
    }

    #[track_caller]
    fn keeps(&self, repo: &Repo) {
        let ran = diffpurge(["plan", "HEAD~1", "--no-mark", "--format", "requests"]).within(repo).run().exits(0);
        let bodies = ran.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let prefixes: Vec<String> = bodies
            .flat_map(|body| body["prefixes"].as_array().cloned().unwrap_or_default())
            .map(|prefix| prefix.as_str().unwrap().to_owned())
            .collect();
        for url in self.cached {
            let taking = prefixes.iter().find(|prefix| format!("www.example.com/{url}").starts_with(*prefix));
            assert_eq!(taking, None, "{url} did not change, where {:?} did: {}", self.changed, self.extra);
        }
    }
}

/// A rule that gives each URL so many others: more than one request holds.
fn many() -> String {
    let queries: Vec<String> = (0..120).map(|i| format!("\"k{i:03}=1\"")).collect();
    format!("[[site.rule]]\nmatch = [\"**\"]\nqueries = [{}]\n", queries.join(", "))
}

#[test]
fn a_file_whose_url_is_purged_for_another_reason_does_not_stand_for_its_directory() {
    let many = many();
    for (changed, kept, extra, cached) in [
        // It has the URL of a page that changed.
        (&["d/a.html"][..], &["0.css", "d/a", "d/zz.css"][..], String::new(), &["d/zz.css"][..]),
        (&["d/A.css"], &["0.css", "d/a.css", "d/b.css"], "host = \"netlify\"\n".to_owned(), &["d/b.css"]),
        (&["d/x.html.fr"], &["d/x.html", "d/y.css"], "host = \"apache-multiviews\"\n".to_owned(), &["d/y.css"]),
        // `always` or a rule names it.
        (&["p.html"], &["0.xml", "img/1.png", "top.css"], "always = [\"/0.xml\"]\n".to_owned(), &["img/1.png"]),
        (&["p.html"], &["feeds/a.xml", "feeds/z.xml"], "always = [\"/feeds/a.xml\"]\n".to_owned(), &["feeds/z.xml"]),
        (&["p.html"], &["0/a.css", "0/b.css", "z.css"], "always = [\"/0/a.css\"]\n".to_owned(), &["0/b.css", "z.css"]),
    ] {
        let case = Case { changed, kept, extra: &format!("{extra}{many}"), cached };
        case.keeps(&case.repo());
    }
    let rules = "[[site.rule]]\nmatch = [\"p.html\"]\nalso = [\"/0.xml\"]\nprefixes = [\"www.example.com/assets/\"]\n";
    let kept = &["0.xml", "assets/a.css", "img/1.png"];
    let case = Case { changed: &["p.html"], kept, extra: &format!("{rules}{many}"), cached: &["img/1.png"] };
    case.keeps(&case.repo());
    let case = Case { kept: &["assets/a.css", "img/1.png"], ..case };
    case.keeps(&case.repo());
}

#[test]
fn what_answers_under_the_same_urls_in_other_letters_or_by_another_base_url_stays() {
    let many = many();
    let slash = "forms = [\"exact\", \"without-extension-slash\"]\n";
    let nested =
        "[[site]]\nname = \"two\"\nbase_urls = [\"https://www.example.com/\", \"https://www.example.com/d/\"]\n";
    for (changed, kept, extra, cached) in [
        ("d/y.css", "D/z.css", "", "d/z.css"),
        ("d.html", "D/z.css", slash, "d/z.css"),
        ("é/y.css", "É/z.css", "", "%C3%A9/z.css"),
        ("d/y.css", "D.html", slash, "d/"),
        ("\u{e9}/y.css", "e\u{301}.html", slash, "%C3%A9/"),
        ("a b/y.css", "a+b/z.css", "", "a+b/z.css"),
        ("a+b/y.css", "a b/z.css", "", "a+b/z.css"),
        ("a b.html", "a+b/z.css", slash, "a+b/z.css"),
        ("X.css", "x.css/z.js", "host = \"caddy-try-files\"\ncase = \"insensitive\"\n", "x.css/z.js"),
    ] {
        for cover in ["", "cover = { waste = 1 }\n"] {
            let extra = format!("{extra}{cover}{many}");
            let case = Case { changed: &[changed], kept: &["0.css", kept], extra: &extra, cached: &[cached] };
            case.keeps(&case.repo());
        }
    }
    // A page with the name of a directory that only `always` names, and files of one name with different forms.
    let always: Vec<String> = (0..200).map(|i| format!("\"/e/{i}\"")).collect();
    let always = format!("always = [{}]\n", always.join(", "));
    let forms = "[[site.rule]]\nmatch = [\"**/*.css\"]\nforms = [\"exact-slash\"]\n\
                 [[site.rule]]\nmatch = [\"**/*.gz\"]\nforms = [\"as-index\"]\n";
    for (changed, kept, extra, cached) in [
        ("p.css", "e.html", [&always[..], &many].concat(), "e/"),
        ("d/a.css", "d/a.css.gz", [&many[..], forms].concat(), "d/a.css/index.html"),
        ("d/a.css.gz", "d/a.css", [&many[..], forms].concat(), "d/a.css/"),
    ] {
        let case = Case { changed: &[changed], kept: &["0.css", "d/0.txt", kept], extra: &extra, cached: &[cached] };
        case.keeps(&case.repo());
    }
    // Both changed, one of them not below `x`.
    let extra = format!("host = \"netlify\"\n{many}");
    let changed = &["d/x/w.css", "d/x/y.css", "D/a.css"];
    let case = Case { changed, kept: &["0.css", "D/0.css", "D/x/z.css"], extra: &extra, cached: &["d/x/z.css"] };
    case.keeps(&case.repo());
    let case = Case { changed: &["d/x/y.css"], kept: &["0.css", "x/z.css"], extra: "", cached: &["d/x/z.css"] };
    let repo = case.repo();
    repo.file("purge.toml", &format!("{nested}{many}"));
    case.keeps(&repo);
}

#[test]
fn a_directory_that_only_other_urls_lie_in_stays_where_another_one_answers_for_it() {
    let many = many();
    let always = |directory: &str| {
        let urls: Vec<String> = (0..250).map(|i| format!("\"/{directory}/{i}\"")).collect();
        format!("always = [{}]\n{many}", urls.join(", "))
    };
    for (kept, directory, cached) in [
        (&["D/z.css"][..], "d", "d/z.css"),
        (&["e\u{301}/z.css"], "%C3%A9", "%C3%A9/z.css"),
        (&["E.html"], "e", "e/"),
        (&["a b/z.css"], "a+b", "a+b/z.css"),
        (&["x/z.css", "D -> x"], "d", "d/z.css"),
    ] {
        let (kept, extra) = ([&["0.css"], kept].concat(), always(directory));
        let case = Case { changed: &["p.css"], kept: &kept, extra: &extra, cached: &[cached] };
        case.keeps(&case.repo());
    }
}

#[test]
fn files_of_one_name_whose_forms_differ_keep_its_directory() {
    let many = many();
    let by_rule = |glob: &str, form: &str| format!("[[site.rule]]\nmatch = [\"{glob}\"]\nforms = [\"{form}\"]\n");
    let index =
        "host = \"netlify\"\nindex_names = [\"index.html\"]\nforms = [\"without-extension-slash\", \"as-index\"]\n";
    for (changed, kept, before, after, cached) in [
        ("d.htm", &["D.html"][..], "host = \"netlify\"\n", by_rule("**/*.htm", "as-index"), "d/"),
        ("a+b.htm", &["a b.html"], "", by_rule("**/*.htm", "as-index"), "a+b/"),
        ("a.html", &["a.html.html"], "forms = [\"exact-slash\", \"as-index\"]\n", String::new(), "a.html/index.html"),
        ("a.html.html", &["a.html"], "forms = [\"exact\", \"exact-slash\", \"as-index\"]\n", String::new(), "a.html/"),
        ("d/index.html", &["d/0.css", "d/index.htm"], index, String::new(), "d/index/index.html"),
        ("J\u{30c}/x.css", &["\u{1f0}/z.css"], "", String::new(), "j%CC%8C/z.css"),
        ("\u{1f0}/x.css", &["J\u{30c}/z.css"], "", String::new(), "j%CC%8C/z.css"),
        ("d.html", &["d/index.html", "d/z.css", "d/zl -> z.css"], "forms = [\"as-index\"]\n", String::new(), "d/z.css"),
        ("d.html", &["d/.a", "d/z.css", "d/zl -> z.css"], "", by_rule("**", "without-extension-slash"), "d/z/"),
    ] {
        let (kept, extra) = ([&["0.css"], kept].concat(), [before, &many, &many.replace('k', "m"), &after].concat());
        let case = Case { changed: &[changed], kept: &kept, extra: &extra, cached: &[cached] };
        case.keeps(&case.repo());
    }
}

#[test]
fn nobody_knows_how_much_lies_behind_a_submodule_so_its_directory_stays() {
    let many = many();
    for extra in ["host = \"nginx-try-files\"\n", "cover = { waste = 50 }\n", "always = [\"/d/sub\"]\n"] {
        let extra = format!("{extra}{many}");
        let changed = &["d/sub.html", "d/1.css", "d/2.css"];
        let case = Case { changed, kept: &["0.css"], extra: &extra, cached: &["d/sub/x.css"] };
        let repo = case.repo();
        let commit = repo.git(&["rev-parse", "HEAD"]);
        // The same in both.
        for base in ["HEAD~1", "HEAD"].map(|revision| repo.git(&["rev-parse", revision])) {
            repo.git(&["checkout", "--quiet", base.trim()]);
            repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},d/sub", commit.trim())]);
            repo.git(&["commit", "--quiet", "-m", "with a submodule"]);
        }
        let new = repo.git(&["rev-parse", "HEAD"]);
        let old = repo.git(&["log", "--all", "--format=%H", "--reflog", "--grep", "with a submodule"]);
        let old = old.lines().find(|line| *line != new.trim()).unwrap();
        repo.git(&["update-ref", "refs/heads/old", old]);
        let ran = diffpurge(["plan", "old", new.trim(), "--no-mark"]).within(&repo).run().exits(0);
        assert!(!ran.stdout.contains("www.example.com/d/*"), "{extra}: {}", ran.stdout);
    }
}

#[test]
fn the_url_of_two_files_that_did_not_change_counts_once() {
    let changed: Vec<String> = (0..20).map(|i| format!("d/{i}.html")).collect();
    let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
    let extra = format!("cover = {{ waste = 25 }}\n{}", many());
    let case = Case { changed: &changed, kept: &["0.css", "d/x", "d/x.html"], extra: &extra, cached: &[] };
    let ran = diffpurge(["plan", "HEAD~1", "--no-mark"]).within(&case.repo()).run().exits(0);
    ran.says("www.example.com/d/*").says("URLs below it changed, and 3 did not");
}

/// A rule with a template, which takes the list of all files, even where it is for none of them.
const LISTING: &str = "[[site.rule]]\nmatch = [\"never/there\"]\nalso = [\"/{dir}/x\"]\n";

/// The requests of a plan between two trees, `t0` and `t1`.
fn bodies(repo: &Repo, config: &str) -> String {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    repo.file("purge.toml", &format!("{site}{config}"));
    let ran = diffpurge(["plan", "t0", "t1", "-c", "purge.toml", "--no-mark", "--format", "requests"]);
    ran.within(repo).run().exits(0).stdout
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn behind_links_and_beside_other_letters_they_are_found_as_with_a_list_of_the_site(
        (old, new) in two_trees(),
        capitals in prop::collection::vec(any::<bool>(), 3),
    ) {
        // A third of the names is written in capitals where they stand at an end.
        let in_capitals = |tree: &Tree| -> Tree {
            let letter = |path: &str| {
                let mut path = path.to_owned();
                for (letter, is_capital) in ["a", "b", "c"].iter().zip(&capitals) {
                    if *is_capital && path.ends_with(&format!("/{letter}")) {
                        let end = path.len() - 1;
                        path.replace_range(end.., &letter.to_uppercase());
                    }
                }
                path
            };
            let kept = ("kept.css".to_owned(), Node::File("1".to_owned()));
            tree.iter().map(|(path, node)| (letter(path), node.clone())).chain([kept]).collect()
        };
        let repo = Repo::with(&["--bare"]);
        import(&repo, &[&in_capitals(&old), &in_capitals(&new)]);
        let many = many();
        let elsewhere: Vec<String> = (0..130).map(|i| format!("\"/a/b/{i}\", \"/B/{i}\"")).collect();
        let elsewhere = format!("always = [{}]\n", elsewhere.join(", "));
        for extra in [
            "",
            "host = \"netlify\"\n",
            "cover = { waste = 40 }\n",
            "always = [\"/a/b/c\", \"/b/index.html\"]\n",
            &elsewhere,
            "forms = [\"exact-slash\", \"as-index\"]\n",
        ] {
            let [some, all] = ["", LISTING].map(|listing| bodies(&repo, &format!("{extra}{many}{listing}")));
            prop_assert_eq!(some, all, "{}", extra);
        }
    }
}

/// Files with few names, many of them beside a directory of their name, each with what happens to it.
fn files_of_one_name() -> impl Strategy<Value = Vec<(String, bool)>> {
    let path = "([ab]/){0,2}[ab](\\.css|\\.html|\\.htm|\\.css\\.gz|)";
    prop::collection::btree_map(path, prop::bool::weighted(0.6), 1..12).prop_map(|files| {
        let is_directory = |path: &str| files.keys().any(|other| other.starts_with(&format!("{path}/")));
        let mut all: Vec<(String, bool)> = files.iter().map(|(path, changes)| (path.clone(), *changes)).collect();
        all.retain(|(path, _)| !is_directory(path));
        all
    })
}

/// A rule with forms of its own.
fn rule_with_forms() -> impl Strategy<Value = String> {
    let globs = vec!["**/*.css", "**/*.html", "a/**", "**/b*"];
    let forms =
        ["exact", "directory", "without-extension", "without-extension-slash", "exact-slash", "as-index", "as-page"];
    (prop::sample::select(globs), prop::sample::subsequence(forms.to_vec(), 1..3))
        .prop_map(|(glob, forms)| format!("[[site.rule]]\nmatch = [\"{glob}\"]\nforms = {forms:?}\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn with_forms_of_each_file_they_are_found_as_with_a_list_of_the_site(
        files in files_of_one_name(),
        rules in prop::collection::vec(rule_with_forms(), 1..3),
    ) {
        let tree = |version: &str| -> Tree {
            let content = |changes: bool| Node::File(if changes { version.to_owned() } else { "0".to_owned() });
            let kept = ("kept.css".to_owned(), content(false));
            files.iter().map(|(path, changes)| (path.clone(), content(*changes))).chain([kept]).collect()
        };
        let repo = Repo::with(&["--bare"]);
        import(&repo, &[&tree("1"), &tree("2")]);
        let (many, rules) = (many(), rules.concat());
        for extra in ["", "host = \"nginx\"\n", "cover = { waste = 40 }\n"] {
            let [some, all] = ["", LISTING].map(|listing| bodies(&repo, &format!("{extra}{many}{rules}{listing}")));
            prop_assert_eq!(some, all, "{}{}", extra, rules);
        }
    }
}
