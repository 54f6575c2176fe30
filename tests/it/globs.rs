//! Globs that match no file of either snapshot: told in the plan, with the glob that was probably meant.

use crate::support::{Repo, diffpurge};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n";

/// The notes about globs in the plan of a deploy that changes a page, deletes one, and leaves a font alone.
fn notes(config: &str) -> Vec<String> {
    let repo = Repo::of(&[("purge.toml", &format!("{SITE}{config}"))]);
    repo.file("public/blog/a.html", "1").file("public/old/gone.html", "1").file("public/fonts/x.woff2", "1").commit();
    repo.remove("public/old/gone.html").file("public/blog/a.html", "2").commit();
    let ran = diffpurge(["plan", "HEAD~1", "HEAD"]).within(&repo).run().exits(0);
    let notes = ran.stdout.lines().filter_map(|line| line.strip_prefix("  note: "));
    notes.filter(|note| note.contains("the glob")).map(str::to_owned).collect()
}

#[test]
fn a_glob_that_matches_no_file_is_told_with_the_one_that_was_meant() {
    for (config, want) in [
        ("ignore = [\"*.woff2\"]\n", "the glob *.woff2 of `ignore` matches no file; did you mean `**/*.woff2`?"),
        (
            "ignore = [\"public/fonts/**\"]\n",
            "the glob public/fonts/** of `ignore` matches no file; did you mean `fonts/**`?",
        ),
        (
            "[[site.rule]]\nmatch = [\"**\"]\ntags = [\"all\"]\n[[site.rule]]\nmatch = [\"blog\"]\nscope = \"none\"\n",
            "the glob blog in `match` of rule 2 matches no file; did you mean `blog/**`?",
        ),
        (
            "[[site.rule]]\nmatch = [\"news/**\"]\ntags = [\"t\"]\n",
            "the glob news/** in `match` of rule 1 matches no file; globs are relative to `output`, case counts, and `*` does not cross `/`",
        ),
    ] {
        assert_eq!(notes(config), [want]);
    }
}

#[test]
fn a_glob_that_matches_a_file_of_either_snapshot_is_not_told() {
    for globs in ["\"blog/*.html\"", "\"old/*\"", "\"fonts/**\"", "\"blog/**\", \"old/gone.html\""] {
        assert_eq!(notes(&format!("ignore = [{globs}]\n")), [""; 0]);
        assert_eq!(
            notes(&format!("[[site.rule]]\nmatch = [{globs}]\nexcept = [\"drafts/**\"]\ntags = [\"t\"]\n")),
            [""; 0]
        );
    }
}

#[test]
fn globs_that_take_out_are_refused_with_what_to_type() {
    let repo = Repo::of(&[("a/x.html", "1"), ("b/x.html", "1")]);
    repo.file("a/x.html", "2").commit();
    for (config, error, hint) in [
        (
            "[[site.rule]]\nmatch = [\"**\", \"!a/**\"]\nscope = \"none\"\n",
            "the glob !a/** matches nothing",
            "`except = [\"a/**\"]`",
        ),
        (
            "[[site.rule]]\nmatch = [\"**\"]\nexcept = [\"!a/**\"]\nscope = \"none\"\n",
            "the glob !a/** matches nothing",
            "without the `!`",
        ),
        ("ignore = [\"**\", \"!a/**\"]\n", "the glob !a/** matches nothing", "of `ignore` again"),
        ("ignore = [\"!(a)/**\"]\n", "is of another kind of glob", "`except` for all but some"),
    ] {
        repo.file("purge.toml", &format!("{SITE}{config}"));
        diffpurge(["plan", "HEAD~1", "HEAD"]).within(&repo).run().exits(2).fails_with(error, hint);
    }
}
