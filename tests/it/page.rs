//! The page that `--format html` writes, opened from disk in a real browser: it shows the right things, filters, asks for nothing,
//! and no name in a repository brings anything along.

use std::path::PathBuf;

use crate::support::{Browser, Fault, Looked, Manner, Repo, Served, Toxic, diffpurge, edge_before, required};

const CONFIG: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n";

fn a_browser_is_there() -> bool {
    required(Browser::program().is_some(), "Chromium")
}

/// A repository whose second commit changes files of the first.
fn deployed(before: &[(&str, &str)], after: &[(&str, &str)]) -> Repo {
    let repo = Repo::new();
    repo.file("purge.toml", CONFIG);
    for files in [before, after] {
        for (path, content) in files {
            repo.file(format!("public/{path}"), content);
        }
        repo.commit();
    }
    repo
}

/// A page on disk.
struct OnDisk {
    _place: tempfile::TempDir,
    file: PathBuf,
    text: String,
}

impl OnDisk {
    fn of(text: &str) -> OnDisk {
        let place = tempfile::TempDir::new().unwrap();
        let file = place.path().join("page.html");
        std::fs::write(&file, text).unwrap();
        OnDisk { _place: place, file, text: text.to_owned() }
    }

    fn url(&self, filters: &str) -> String {
        format!("file://{}#{filters}", self.file.display())
    }

    /// Looks at it with filters, and makes sure that it is quiet.
    fn look(&self, filters: &str) -> Looked {
        let looked = Browser::look(&self.url(filters));
        assert!(looked.console.is_empty(), "{:?}", looked.console);
        assert!(looked.requests.is_empty(), "{:?}", looked.requests);
        looked
    }
}

fn page(repo: &Repo, arguments: &[&str]) -> OnDisk {
    OnDisk::of(
        &diffpurge(["plan", "HEAD~1", "HEAD", "--format", "html"])
            .arguments(arguments)
            .within(repo)
            .run()
            .exits(0)
            .stdout,
    )
}

/// The rows of the list, as text without tags.
fn rows(looked: &Looked) -> Vec<String> {
    let (_, list) = looked.dom.split_once("<table class=\"list\">").unwrap();
    let (_, body) = list.split_once("<tbody>").unwrap();
    let (body, _) = body.split_once("</tbody>").unwrap();
    body.split("</tr>").map(without_tags).filter(|row| !row.is_empty()).collect()
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let after = part.split_once('>').map_or(part, |(_, after)| after);
        text.push_str(after);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn count(looked: &Looked) -> String {
    let (_, rest) = looked.dom.split_once("role=\"status\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[test]
fn a_page_shows_what_is_purged_and_filters_it_from_disk() {
    if !a_browser_is_there() {
        return;
    }
    let before = [
        ("index.html", "1"),
        ("blog/index.html", "1"),
        ("blog/a.html", "1"),
        ("docs/x.html", "1"),
        ("docs/y.html", "1"),
    ];
    let repo = deployed(&before, &[("index.html", "2"), ("blog/b.html", "2"), ("docs/x.html", "2")]);
    let page = page(&repo, &[]);
    let all = page.look("");
    let urls = diffpurge(["plan", "HEAD~1", "HEAD", "--format", "urls"]).within(&repo).run().exits(0).stdout;
    let listed = rows(&all);
    assert_eq!(listed.len(), urls.lines().count());
    for url in urls.lines() {
        assert!(listed.iter().any(|row| row.split(' ').any(|word| word == url)), "{url} in {listed:#?}");
    }
    assert_eq!(count(&all), format!("{} in all.", listed.len()));
    assert!(all.dom.contains("<title>docs/: 1 of 2 files purged</title>"), "{}", all.dom);
    let blog = page.look("1.q=blog/b");
    assert_eq!(count(&blog), format!("3 of {} match.", listed.len()));
    assert!(
        rows(&blog).iter().all(|row| row.starts_with("+ added https://www.example.com/blog/b")),
        "{:?}",
        rows(&blog)
    );
    let modified = page.look("1.status=modified");
    assert!(rows(&modified).iter().all(|row| row.contains("modified")), "{:?}", rows(&modified));
    assert_eq!(rows(&modified).len() + rows(&page.look("1.status=added")).len(), listed.len());
}

#[test]
fn what_a_page_would_ask_for_is_noticed_here() {
    if !a_browser_is_there() {
        return;
    }
    let page = OnDisk::of("<!doctype html><img src=\"http://127.0.0.1:9/x\"><script>console.error('noticed')</script>");
    let looked = Browser::look(&page.url(""));
    assert!(looked.requests.iter().any(|url| url == "http://127.0.0.1:9/x"), "{:?}", looked.requests);
    assert!(looked.console.iter().any(|line| line.contains("noticed")), "{:?}", looked.console);
}

#[test]
fn no_name_in_a_repository_brings_anything_along() {
    if !a_browser_is_there() {
        return;
    }
    let names = [
        "</script><script>document.title='gone'<x",
        "\"><img src=x onerror=\"document.title='gone'\">.html",
        "'onmouseover='x.html",
        "<!--<script>.html",
        "{{ title }}.html",
        "a&lt;b&amp;.html",
        "javascript:document.title='gone'.html",
        "line\u{2028}break\u{202e}lmth.html",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, "1")).collect();
    let repo = deployed(&[("index.html", "1")], &files);
    repo.file("purge.toml", &CONFIG.replace("output", "always = [\"/<i>\"]\noutput"));
    let page = page(&repo, &[]);
    let looked = page.look("");
    assert!(looked.dom.contains("<title>Plan for www</title>"), "{}", looked.dom);
    for element in ["<img", "<i>", "<b>w", "<x", "onerror=\"", "href=\"javascript:"] {
        assert!(!looked.dom.contains(element), "{element} in {}", looked.dom);
    }
    let urls = diffpurge(["plan", "HEAD~1", "HEAD", "--format", "urls"]).within(&repo).run().exits(0).stdout;
    assert_eq!(rows(&looked).len(), urls.lines().count());
    assert!(page.text.contains("default-src 'none'"));
}

#[test]
fn a_page_of_five_thousand_urls_is_small() {
    let repo = Repo::new();
    repo.file("purge.toml", &format!("{CONFIG}cover = \"off\"\n[site.threshold]\nurls = 100000\n"));
    let names = || (0..1250).map(|n| format!("public/section-{}/{}/entry-{n:04}/index.html", n % 7, 2010 + n % 13));
    for content in ["1", "2"] {
        repo.files(names(), content);
        repo.commit();
    }
    let page = page(&repo, &[]);
    assert!(page.text.contains("To be purged: 5,000 URLs"), "{}", &page.text[..9000]);
    assert!(page.text.len() < 300_000, "{} bytes", page.text.len());
    if a_browser_is_there() {
        let looked = page.look("");
        assert_eq!((count(&looked).as_str(), rows(&looked).len()), ("5,000 in all.", 200));
        assert_eq!(
            count(&page.look("1.q=section-3/2010/")),
            format!("{} of 5,000 match.", 4 * (0..1250).filter(|n| n % 7 == 3 && n % 13 == 0).count())
        );
    }
}

#[test]
fn a_page_says_what_the_api_refused_and_what_visitors_get() {
    let repo = deployed(&[("index.html", "1"), ("a.css", "1"), ("b.css", "1")], &[("a.css", "2"), ("b.css", "2")]);
    let origin = Served::of(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    let place = tempfile::TempDir::new().unwrap();
    let file = place.path().join("page.html");
    let toxic = Toxic::before(&edge, |_, body| {
        if body.contains("b.css") { Fault::envelope(400, "", 1016, "no <b>such</b> URL") } else { Fault::Pass }
    });
    let purge = diffpurge(["purge", "HEAD~1", "HEAD", "--no-mark", "--html"]).arguments([&file]);
    purge.within(&repo).through(&toxic).run().exits(1);
    let refused = OnDisk::of(&std::fs::read_to_string(&file).unwrap());
    assert!(
        refused.text.contains("Not purged: 1 of 2 operations") && !refused.text.contains("<b>such"),
        "{}",
        refused.text
    );
    if a_browser_is_there() {
        let row = |filter| rows(&refused.look(filter)).join("\n");
        assert_eq!(row("1.answer=refused"), "~ modified https://www.example.com/b.css b.css modified refused");
        assert_eq!(row("1.answer=accepted"), "~ modified https://www.example.com/a.css a.css modified accepted");
    }
    origin.behaves(Manner::Broken);
    let door = format!("http://{}", edge.address());
    let ran = diffpurge(["verify", "HEAD~1", "HEAD", "--edge", &door, "--format", "html"]).within(&repo).run().exits(1);
    let proof = OnDisk::of(&ran.stdout);
    assert!(
        proof.text.contains("<title>Proof of www</title>") && proof.text.contains("2 unreachable"),
        "{}",
        proof.text
    );
    if a_browser_is_there() {
        assert_eq!(count(&proof.look("")), "2 in all.");
        assert!(rows(&proof.look(""))[0].contains("unreachable: it answers 500"), "{:?}", rows(&proof.look("")));
    }
}

#[test]
fn a_page_takes_the_place_of_an_earlier_one_and_of_nothing_else() {
    let repo = deployed(&[("index.html", "1"), ("a.css", "1")], &[("a.css", "2")]);
    let plan = || diffpurge(["plan", "HEAD~1", "HEAD", "-q", "--html", "report.html"]).within(&repo).run();
    plan().exits(0);
    plan().exits(0);
    let own = std::fs::read_to_string(repo.path().join("report.html")).unwrap();
    assert!(own.contains("To be purged: 1 URL in 1 request"), "{own}");
    repo.file("report.html", "<!doctype html>\n<p>mine");
    plan().exits(2);
    assert_eq!(std::fs::read_to_string(repo.path().join("report.html")).unwrap(), "<!doctype html>\n<p>mine");
}

/// Writes a picture of a page with `DIFFPURGE_BLESS`, and else makes sure that there is one.
fn pictured(page: &OnDisk, size: (u32, u32), name: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/images").join(name);
    if std::env::var_os("DIFFPURGE_BLESS").is_some() && a_browser_is_there() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        Browser::picture(&page.url(""), size, &file);
    }
    let picture = std::fs::read(&file).unwrap_or_else(|_| panic!("{name}: DIFFPURGE_BLESS=1 makes it"));
    assert!(picture.starts_with(b"\x89PNG") && picture.len() < 200_000, "{name}: {} bytes", picture.len());
}

#[test]
fn the_pictures_in_the_documents_are_made_of_pages() {
    let repo = Repo::new();
    repo.file("purge.toml", CONFIG);
    let posts = || (0..60).map(|n| format!("public/blog/{}/post-{n:02}/index.html", 2022 + n % 5));
    let guides = || (0..24).map(|n| format!("public/docs/guide-{n:02}.html"));
    repo.files(posts().chain(guides()), "1").files((0..30).map(|n| format!("public/images/photo-{n:02}.jpg")), "1");
    repo.files(["public/index.html".to_owned(), "public/app.3f2a1b4c.js".to_owned()], "1").commit();
    repo.files(posts().filter(|post| post.contains("2026")).chain(guides().take(9)), "2");
    repo.file("public/index.html", "2").remove("public/app.3f2a1b4c.js").file("public/app.9d8e7f6a.js", "2").commit();
    pictured(&page(&repo, &[]), (1000, 900), "plan.png");
    let edge = crate::support::edge();
    let toxic = Toxic::before(&edge, |_, body| {
        if body.contains("docs/guide-03") { Fault::envelope(400, "", 1016, "Invalid URL") } else { Fault::Pass }
    });
    let file = repo.path().join("report.html");
    diffpurge(["purge", "HEAD~1", "HEAD", "--no-mark", "--html"])
        .arguments([&file])
        .within(&repo)
        .through(&toxic)
        .run()
        .exits(1);
    pictured(&OnDisk::of(&std::fs::read_to_string(&file).unwrap()), (1000, 900), "failed.png");
}
