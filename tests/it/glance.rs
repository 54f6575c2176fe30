//! Plans at a glance: what fits a terminal of 80 columns, and what a pipe gets.

use unicode_width::UnicodeWidthStr as _;

use crate::support::{Repo, diffpurge};

/// Columns of the terminal.
const WIDTH: usize = 80;

const CONFIG: &str = r#"[[site]]
name = "www"
base_urls = ["https://www.example.com/"]
[site.cloudflare]
zone_id = "023e105f4ecef8ad9ca31a8372d0c353"
"#;

/// A site in which these paths were there, and are other ones now.
fn changed(config: &str, paths: &[String]) -> Repo {
    let repo = Repo::new();
    repo.file("purge.toml", config).files(paths.iter().cloned(), "1").commit();
    repo.files(paths.iter().cloned(), "2").commit();
    repo
}

/// The plan on a terminal of 80 columns, with the ids of the revisions as `ID`.
fn plan(repo: &Repo, options: &[&str]) -> String {
    let ran = diffpurge([&["plan", "HEAD~1", "HEAD"], options].concat()).within(repo).env("COLUMNS", "80");
    let [from, to] = ["HEAD~1", "HEAD"].map(|spec| repo.git(&["rev-parse", spec])[..10].to_owned());
    ran.run().exits(0).stdout.replace(&from, "ID").replace(&to, "ID")
}

/// Asserts that no row is wider than the terminal, and that there are so many at most.
#[track_caller]
fn fits(text: &str, most: usize) {
    let wide: Vec<&str> = text.lines().filter(|line| line.width() > WIDTH).collect();
    assert!(wide.is_empty() && text.lines().count() <= most, "{} lines, wide: {wide:?}\n{text}", text.lines().count());
}

#[test]
fn twenty_changed_pages_fit_a_terminal() {
    let mut paths: Vec<String> =
        (0..12).map(|i| format!("posts/2026/{i:02}-{}/index.html", "why-".repeat(i))).collect();
    paths.extend((0..6).map(|i| format!("docs/guide/chapter-{i}.html")));
    paths.extend(["index.html".to_owned(), "style.css".to_owned()]);
    let text = plan(&changed(CONFIG, &paths), &[]);
    let want = "www: HEAD~1 (ID) → HEAD (ID)
  20 paths changed: 20 modified; all else stays cached
  71 URLs in 1 request to zone 023e105f4ecef8ad9ca31a8372d0c353, at once

  ~ index.html                                                            3 URLs
  ~ style.css                                                             1 URL
  ~ docs/guide/chapter-0.html                                             4 URLs
  ~ docs/guide/chapter-1.html                                             3 URLs
  ~ docs/guide/chapter-2.html                                             3 URLs
  ~ docs/guide/chapter-3.html                                             3 URLs
  ~ docs/guide/chapter-4.html                                             3 URLs
  ~ docs/guide/chapter-5.html                                             3 URLs
  ~ posts/2026/00-/index.html                                             4 URLs
  ~ posts/2026/01-why-/index.html                                         4 URLs
  ~ posts/2026/02-why-why-/index.html                                     4 URLs
  ~ posts/2026/03-why-why-why-/index.html                                 4 URLs
  ~ posts/2026/04-why-why-why-why-/index.html                             4 URLs
  ~ posts/2026/05-why-why-why-why-why-/index.html                         4 URLs
  ~ posts/2026/06-why-why-why-why-why-why-/index.html                     4 URLs
  ~ posts/2026/07-why-why-why-why-why-why-why-/index.html                 4 URLs
  ~ posts/2026/08-why-why-why-why-why-why-why-why-/index.html             4 URLs
  ~ posts/2026/09-why-why-why-why-why-why-why-why-why-/index.html         4 URLs
  ~ posts/2026/10-why-why-why-why-why-why-why-why-why-why-/index.html     4 URLs
  ~ posts/2026/11-why-why-why-why-why…hy-why-why-why-why-why-/index.html  4 URLs
";
    assert_eq!(text, want);
    fits(&text, 24);
}

/// Five thousand pages in many directories.
fn five_thousand() -> Vec<String> {
    let docs =
        (0..4).flat_map(|v| (0..10).flat_map(move |s| (0..100).map(move |p| format!("docs/v{v}/s{s}/{p}.html"))));
    let mut paths: Vec<String> = docs.chain((0..900).map(|i| format!("blog/post-{i}/index.html"))).collect();
    paths.extend((0..99).map(|i| format!("tags/{i}.html")).chain(["index.html".to_owned()]));
    paths
}

#[test]
fn five_thousand_changed_pages_fit_a_screen() {
    let config = |more: &str| format!("{CONFIG}{more}");
    let listed = config("[site.threshold]\nurls = 100000\n").replace("[site.cl", "cover = \"off\"\n[site.cl");
    let repo = changed(&listed, &five_thousand());
    let text = plan(&repo, &[]);
    let want = "www: HEAD~1 (ID) → HEAD (ID)
  5,000 paths changed: 5,000 modified; all else stays cached
  15,941 URLs in 160 requests to zone 023e105f4ecef8ad9ca31a8372d0c353, in about
    19 s

  ~ index.html                   3 URLs
  ~ blog/         900 files  3,600 URLs
  ~ docs/v0/    1,000 files  3,010 URLs
  ~ docs/v1/    1,000 files  3,010 URLs
  ~ docs/v2/    1,000 files  3,010 URLs
  ~ docs/v3/    1,000 files  3,010 URLs
  ~ tags/          99 files    298 URLs
";
    assert_eq!(text, want);
    fits(&text, 30);
    // A list that takes too long is one purge, and says so first.
    let all = listed.replace("100000", "100");
    std::fs::write(repo.path().join("purge.toml"), all).unwrap();
    let text = plan(&repo, &[]);
    assert!(text.starts_with("www: BROAD PURGE: "), "{text}");
    fits(&text, 30);
    // A site without directories, and one of nothing else.
    for suffix in [".html", "/a.html"] {
        let paths: Vec<String> = (0..5000).map(|i| format!("d{i}{suffix}")).collect();
        let repo = changed(&listed, &paths);
        fits(&plan(&repo, &[]), 30);
    }
}

#[test]
fn names_of_every_script_keep_their_columns() {
    let long = "ページの名前がとても長い場合".repeat(3);
    let paths = [
        format!("日本語/{long}.html"),
        "u\u{308}ber/e\u{301}te\u{301}.html".to_owned(),
        "한국어/안내.html".to_owned(),
        "a\nb.html".to_owned(),
        format!("x/{}.html", "u\u{308}".repeat(70)),
    ];
    let repo = changed(CONFIG, &paths);
    let text = plan(&repo, &[]);
    fits(&text, 24);
    let counts: Vec<usize> = text
        .lines()
        .filter(|row| row.starts_with("  ~ "))
        .map(|row| row[..row.rfind(" URL").unwrap()].width())
        .collect();
    assert!(counts.len() == 5 && counts.windows(2).all(|two| two[0] == two[1]), "{counts:?}\n{text}");
    assert!(text.contains('…') && text.contains(r#""a\nb.html""#), "{text}");
    fits(&plan(&repo, &["-q"]), 24);
}

#[test]
fn nothing_is_shortened_or_broken_in_a_pipe_and_in_ci() {
    let path = format!("docs/{}/index.html", "a-very-long-name-".repeat(12));
    let repo = changed(CONFIG, std::slice::from_ref(&path));
    let run = |tool: crate::support::Tool| tool.within(&repo).run().exits(0).stdout;
    let pipe = run(diffpurge(["plan", "HEAD~1", "HEAD"]));
    assert!(pipe.contains(&format!("  ~ {path}  4 URLs\n")), "{pipe}");
    let ci = run(diffpurge(["plan", "HEAD~1", "HEAD"]).env("CI", "true").env("COLUMNS", "40"));
    assert_eq!(ci, pipe);
    for nonsense in ["", "0", "wide"] {
        assert_eq!(run(diffpurge(["plan", "HEAD~1", "HEAD"]).env("COLUMNS", nonsense)), pipe, "{nonsense}");
    }
    let narrow = run(diffpurge(["plan", "HEAD~1", "HEAD"]).env("COLUMNS", "40"));
    assert!(narrow.contains("…") && narrow.lines().all(|line| line.width() <= 40), "{narrow}");
}

#[test]
fn every_url_stands_under_its_file_with_v_and_none_is_cut() {
    let repo = changed(CONFIG, &["blog/index.html".to_owned(), "a.css".to_owned()]);
    let text = plan(&repo, &["-v"]);
    let want = "
  ~ a.css  2 URLs
      https://www.example.com/       listed in its directory
      https://www.example.com/a.css  as it is
  ~ blog/index.html  4 URLs
      https://www.example.com/blog             as a directory, no slash
      https://www.example.com/blog/            as a directory
      https://www.example.com/blog/index       no extension
      https://www.example.com/blog/index.html  as it is
";
    assert!(text.ends_with(want), "{text}");
    let urls = diffpurge(["plan", "HEAD~1", "HEAD", "--format", "urls"]).within(&repo).run().exits(0).stdout;
    assert!(urls.lines().all(|url| text.contains(url)), "{text}");
}

#[test]
fn what_is_no_file_of_the_site_has_a_row_of_its_own() {
    let rules = "[[site.rule]]\nmatch = [\"blog/**\"]\nalso = [\"/feed.xml\"]\ntags = [\"blog\"]\n";
    let config = CONFIG.replace("[site.cl", "always = [\"/sitemap.xml\"]\n[site.cl");
    let repo = changed(&format!("{config}{rules}"), &["blog/a.html".to_owned(), "_headers".to_owned()]);
    let text = plan(&repo, &[]);
    for row in [
        "  tag blog  blog/a.html modified, rule 1 (blog/**)\n",
        "    by rule 1 (blog/**)         1 URL\n",
        "    always                      1 URL\n",
    ] {
        assert!(text.contains(row), "{row}{text}");
    }
    std::fs::write(
        repo.path().join("purge.toml"),
        format!("{CONFIG}[[site.rule]]\nmatch = [\"_headers\"]\nscope = \"everything\"\n"),
    )
    .unwrap();
    let text = plan(&repo, &[]);
    assert!(text.starts_with("www: BROAD PURGE: a rule asks for everything in the zone\n"), "{text}");
    let markdown = plan(&repo, &["--format", "markdown"]);
    assert!(markdown.contains("\n> **a rule asks for everything in the zone**\n"), "{markdown}");
    let coloured = plan(&repo, &["--color", "always"]);
    assert!(coloured.contains("\u{1b}[1m\u{1b}[33mBROAD PURGE"), "{coloured:?}");
}

#[test]
fn many_prefixes_and_tags_leave_room_for_the_files() {
    let paths: Vec<String> = (0..40).map(|i| format!("section-{i:02}/page.html")).collect();
    let tags: Vec<String> = (0..40).map(|i| format!("\"tag-of-a-long-name-{i:02}\"")).collect();
    let rule = format!("[[site.rule]]\nmatch = [\"**/*.html\"]\ntags = [{}]\n", tags.join(", "));
    let repo = changed(&format!("{}{rule}", CONFIG.replace("[site.cl", "cover = \"off\"\n[site.cl")), &paths);
    let text = plan(&repo, &[]);
    fits(&text, 24);
    assert!(text.contains("  tag tag-of-a-long-name-00\n") || text.contains("  tag tag-of-a-long-name-00  "), "{text}");
    for row in ["more (all with -v)\n", "  ~ section-"] {
        assert!(text.contains(row), "{row}{text}");
    }
    let whole = plan(&repo, &["-v"]);
    assert!(tags.iter().all(|tag| whole.contains(tag.trim_matches('"'))), "{whole}");
    let markdown = diffpurge(["plan", "HEAD~1", "HEAD", "--format", "markdown"]).within(&repo).run().exits(0).stdout;
    let (before, _) = markdown.split_once("<details>").unwrap();
    assert!(
        before.contains("\n- `tag tag-of-a-long-name-00`: ") && before.contains("\n- modified `section-"),
        "{markdown}"
    );
    assert!(before.lines().count() < 60, "{markdown}");
}
