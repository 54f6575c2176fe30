//! A repository of many sites, of which a deploy changes one: the report is about that one.

use crate::support::{Repo, diffpurge, edge};

/// A repository of so many sites, of which the third changes in the last commit.
fn repository(sites: usize) -> Repo {
    let names: Vec<String> = (1..=sites).map(|i| format!("s{i}")).collect();
    let site = |name: &String| {
        format!("[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\noutput = \"{name}\"\n")
    };
    let config = names.iter().map(site).collect::<Vec<_>>().concat();
    let files: Vec<(String, &str)> =
        names.iter().map(|name| (format!("{name}/a.css"), "1")).chain([("purge.toml".to_owned(), &*config)]).collect();
    let repo = Repo::of(&files.iter().map(|(path, content)| (path.as_str(), *content)).collect::<Vec<_>>());
    repo.file("s3/a.css", "2").commit();
    repo
}

#[test]
fn sites_in_which_nothing_changed_share_a_line_where_they_are_many() {
    let repo = repository(12);
    let short = |spec: &str| repo.git(&["rev-parse", spec])[..10].to_owned();
    let (from, to) = (short("HEAD~1"), short("HEAD"));
    let plan =
        |options: &[&str]| diffpurge([&["plan", "HEAD~1"], options].concat()).within(&repo).run().exits(0).stdout;
    let changed = format!(
        "s3: HEAD~1 ({from}) → HEAD ({to})\n  1 path changed: 1 modified; all else stays cached\n  2 URLs in 1 request, at once\n"
    );
    let nothing = format!("nothing changed between HEAD~1 ({from}) and HEAD ({to})");
    let line = format!("11 sites: {nothing}\n");
    let names = "s1, s2, s4, s5, s6 and 6 more (all with -v)";
    assert_eq!(plan(&[]), format!("{changed}\n  ~ a.css  2 URLs\n\n{line}  {names}\n"));
    assert_eq!(plan(&["-q"]), format!("{changed}\n{line}"));
    let markdown = plan(&["--format", "markdown"]);
    let upper = nothing.replacen('n', "N", 1);
    assert!(markdown.contains(&format!("### No purge of 11 sites\n\n{upper}: {names}.\n")), "{markdown}");
    assert_eq!(markdown.matches("\n### ").count() + 1, 2, "{markdown}");
    let urls = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0);
    assert_eq!(urls.stderr, format!("note: {line}"));
    // All of them with -v; and few are no list.
    assert_eq!(plan(&["-v"]).matches(&nothing).count(), 11);
    let few = plan(&["-s", "s1", "-s", "s2", "-s", "s3", "-s", "s4"]);
    assert_eq!(few.matches(&nothing).count(), 3, "{few}");
}

#[test]
fn a_site_of_which_more_is_to_be_said_keeps_its_part() {
    let repo = repository(8);
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    repo.file("purge.toml", &config.replacen("output = \"s3\"\n", "output = \"s3\"\nignore = [\"*.css\"]\n", 1));
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    ran.says("7 sites: nothing changed").says("s3: nothing changed").says("(1 changed path ignored)");
}

#[test]
fn the_marks_of_sites_in_which_nothing_changed_share_a_line_too() {
    let edge = edge();
    let repo = repository(6);
    let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(0);
    let to = &repo.git(&["rev-parse", "HEAD"])[..10];
    ran.says(&format!("s3: the mark is at HEAD ({to}), in refs/diffpurge/s3"))
        .says(&format!("5 sites: the marks are at HEAD ({to})\n"));
    let next = diffpurge(["purge"]).within(&repo).against(&edge).run().exits(0);
    assert!(next.stdout.starts_with("6 sites: nothing changed between the mark"), "{}", next.stdout);
}

#[test]
fn a_site_with_several_caches_is_one_site() {
    let edge = edge();
    let repo = repository(5);
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    let zone = "[[site.layer]]\n[site.layer.cloudflare]\n";
    let layered = config.replace("\n[[site]]", &format!("\n{zone}{zone}[[site]]")) + zone + zone;
    repo.file("purge.toml", &layered);
    let plan = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    plan.says("\n4 sites: nothing changed").says("\n  s1, s2, s4, s5\n");
    let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(0);
    ran.says("4 sites: the marks are at HEAD (");
}
