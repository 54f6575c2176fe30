//! A mark that ends with the clone of a CI run: a note says so once, `check` warns, and neither does where the mark lasts.

use crate::support::{Ran, Repo, Site, Tool, diffpurge};

const LOST: &str = "the mark is kept in this clone alone, and the next run of GitHub Actions has another one";
const HINT: &str = "`push = \"origin\"` under `[site.mark]` keeps it at the remote";

fn in_github(tool: Tool) -> Tool {
    tool.env("GITHUB_ACTIONS", "true")
}

fn says_lost(ran: &Ran) -> usize {
    ran.stdout.matches("the mark is kept in this clone alone").count()
}

#[test]
fn a_run_in_ci_says_once_that_its_mark_is_lost_and_what_keeps_it() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    for command in ["plan", "purge"] {
        let ran = in_github(site.run(&[command])).run().exits(0).says(&format!("note: {LOST}; {HINT}"));
        assert_eq!(says_lost(&ran), 1, "{}", ran.stdout);
    }
    // Now there is a mark in this clone: somebody keeps it.
    site.deploy(&[("x.css", "2")]);
    assert_eq!(says_lost(&in_github(site.run(&["plan"])).run().exits(0)), 0);
}

#[test]
fn nothing_is_said_of_a_mark_that_lasts_or_that_is_not_used() {
    let plan = |more: &str, arguments: &[&str], variable: (&str, &str)| {
        let site = Site::of(more);
        site.deploy(&[("x.css", "1")]);
        site.deploy(&[("x.css", "2")]);
        site.repo.git(&["remote", "add", "origin", &Repo::with(&["--bare"]).url()]);
        site.run(&[&["plan"], arguments].concat()).env(variable.0, variable.1).run()
    };
    let github = ("GITHUB_ACTIONS", "true");
    let file = "[site.mark]\nstore = \"file:.mark/www\"\n";
    for (more, arguments, variable) in [
        ("", &[][..], ("CI", "true")),
        ("", &[], ("JENKINS_URL", "https://ci.example.com/")),
        ("", &[], ("BUILDKITE", "true")),
        ("", &[], ("NETLIFY", "true")),
        ("", &["--no-mark"], github),
        ("", &["HEAD~1"], github),
        (file, &[], github),
        ("[site.mark]\npush = \"origin\"\n", &[], github),
    ] {
        let ran = plan(more, arguments, variable);
        assert_eq!(says_lost(&ran), 0, "{more} {arguments:?} {variable:?}: {}", ran.stdout);
    }
    for variable in [github, ("GITLAB_CI", "true"), ("CIRCLECI", "true"), ("SEMAPHORE", "true"), ("DRONE", "true")] {
        assert_eq!(says_lost(&plan("", &[], variable)), 1, "{variable:?}");
    }
}

#[test]
fn a_check_in_ci_warns_of_a_mark_that_is_lost() {
    let check = |more: &str| {
        let config = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{more}");
        let repo = Repo::of(&[("purge.toml", &config), ("a.css", "1")]);
        let edge = crate::support::edge();
        let run = |tool: Tool| tool.within(&repo).against(&edge).run().exits(0).stdout;
        (run(in_github(diffpurge(["check"]))), run(diffpurge(["check"])))
    };
    let (ci, elsewhere) = check("");
    assert!(ci.contains(&format!("  warn  mark         {LOST}; hint: {HINT}")), "{ci}");
    assert!(!elsewhere.contains("mark  "), "{elsewhere}");
    let (ci, _) = check("[site.mark]\nstore = \"file:.mark/www\"\n");
    assert!(!ci.contains("the mark is kept"), "{ci}");
}
