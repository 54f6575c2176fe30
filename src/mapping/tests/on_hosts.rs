//! Where hosts answer otherwise: case, blanks and pluses, names of index files, content negotiation, lists of entries.

use super::*;

/// The URL paths of a changed file on a host.
fn on_host(host: &str, extra: &str, path: &str) -> Vec<String> {
    let site = site(&format!("host = \"{host}\"\nspellings = \"canonical\"\n{extra}"));
    let mapping = mapped(&changed(&[(path.as_bytes(), Status::Modified)]), &site);
    url_paths(&mapping).into_iter().map(str::to_owned).collect()
}

#[test]
fn hosts_that_answer_in_small_letters_have_them_as_a_form() {
    for (host, extra, path, want) in [
        ("netlify", "", "docs/Web/a.PDF", &["/docs/Web/a.PDF", "/docs/web/a.pdf"][..]),
        ("netlify-plain", "", "A.html", &["/A", "/A.html", "/A/", "/a", "/a.html", "/a/"]),
        ("netlify", "", "plain.css", &["/plain.css"]),
        ("azure-static", "", "Logo.svg", &["/Logo.svg", "/logo.svg"]),
        ("generic", "", "D/Index.css", &["/D/Index.css", "/d/index.css"]),
        ("generic", "case = \"sensitive\"\n", "Logo.svg", &["/Logo.svg"]),
        ("nginx", "", "Logo.svg", &["/Logo.svg"]),
        (
            "nginx",
            "case = \"insensitive\"\n",
            "D/Index.HTML",
            &["/D", "/D/", "/D/Index.HTML", "/d", "/d/", "/d/index.html"],
        ),
        ("netlify", "case = \"sensitive\"\n", "Logo.svg", &["/Logo.svg"]),
        ("netlify", "", "\u{dc}.css", &["/%C3%9C.css", "/%C3%BC.css"]),
    ] {
        assert_eq!(on_host(host, extra, path), want, "{host} {extra} {path}");
    }
}

#[test]
fn s3_takes_a_plus_for_a_blank_in_every_spelling() {
    for host in ["s3-website", "s3-rest"] {
        for (path, want) in [
            ("price list.pdf", &["/price%20list.pdf", "/price+list.pdf"][..]),
            ("c++.html", &["/c%2B%2B.html"]),
            ("a +b.css", &["/a%20%2Bb.css", "/a+%2Bb.css"]),
            ("plain.css", &["/plain.css"]),
            ("x@2x.png", &["/x@2x.png"]),
        ] {
            assert_eq!(on_host(host, "", path), want, "{host} {path}");
            let site = site(&format!("host = \"{host}\"\n"));
            let mapping = mapped(&changed(&[(path.as_bytes(), Status::Modified)]), &site);
            let all = url_paths(&mapping);
            assert!(want.iter().all(|url| all.contains(url)), "{host} {path}: {all:?}");
            // A plus that stays would ask for another file.
            let is_other = |url: &&&str| url.matches('+').count() > path.matches(' ').count();
            assert_eq!(all.iter().find(is_other), None, "{host} {path}: {all:?}");
        }
    }
    assert_eq!(on_host("nginx", "", "a +b.css"), ["/a%20+b.css"]);
}

#[test]
fn index_files_are_those_of_the_host_or_of_the_site() {
    for (host, extra, path, want) in [
        ("apache", "", "xh/index.xhtml", &["/xh", "/xh/", "/xh/index.xhtml"][..]),
        ("apache", "", "hm/index.htm", &["/hm", "/hm/", "/hm/index.htm"]),
        ("apache", "", "index.php", &["/", "/index.php"]),
        ("nginx", "", "hm/index.htm", &["/hm", "/hm/", "/hm/index.htm"]),
        ("nginx", "", "xh/index.xhtml", &["/xh/index.xhtml"]),
        (
            "nginx",
            "index_names = [\"index.html\", \"index.xml\"]\n",
            "feed/index.xml",
            &["/feed", "/feed/", "/feed/index.xml"],
        ),
        ("nginx", "index_names = [\"home.html\"]\n", "d/index.html", &["/d/index.html"]),
        ("nginx", "index_names = [\"home.html\"]\n", "d/home.html", &["/d", "/d/", "/d/home.html"]),
        ("caddy", "", "index.html", &["/", "/index.html"]),
        ("caddy", "", "d/index.html", &["/d", "/d/", "/d/index.html"]),
        ("caddy-try-files", "", "x.css", &["/x.css", "/x.css/"]),
        ("vercel-clean-no-slash", "", "d/index.html", &["/d", "/d/", "/d/index", "/d/index.html"]),
        ("vercel-clean", "", "n.html", &["/n", "/n.html", "/n/"]),
        ("cloudflare-pages", "", "n.html", &["/n", "/n.html", "/n/"]),
        ("workers-assets", "", "d/index.html", &["/d", "/d.html", "/d/", "/d/index", "/d/index.html", "/d/index/"]),
        ("workers-assets", "", "n.html", &["/n", "/n.html", "/n/", "/n/index", "/n/index.html"]),
        ("workers-assets-none", "", "n.html", &["/n.html"]),
    ] {
        assert_eq!(on_host(host, extra, path), want, "{host} {extra} {path}");
    }
}

#[test]
fn content_negotiation_finds_a_name_by_each_of_its_parts() {
    for (path, want) in [
        ("index.html.de", &["/", "/index", "/index.html", "/index.html.de"][..]),
        ("d/index.html.de", &["/d", "/d/", "/d/index", "/d/index.html", "/d/index.html.de"]),
        ("index.de.html", &["/index", "/index.de", "/index.de.html"]),
        ("about/team.de.html", &["/about/team", "/about/team.de", "/about/team.de.html"]),
        ("about/jobs.html.de", &["/about/jobs", "/about/jobs.html", "/about/jobs.html.de"]),
        ("report.pdf.gz", &["/report", "/report.pdf", "/report.pdf.gz"]),
        ("README", &["/README"]),
        (".htpasswd", &["/.htpasswd"]),
    ] {
        assert_eq!(on_host("apache-multiviews", "", path), want, "{path}");
    }
}

#[test]
fn a_directory_that_lists_its_entries_changes_with_them_once() {
    let changes = Changes {
        listings: ["", "a", "a/b"].map(|path| path.as_bytes().into()).to_vec(),
        directories: vec![DirectoryChange { path: b"c".as_slice().into(), status: Status::Added }],
        ..changed(&[(b"a/b/x.css", Status::Added), (b"a/b/y.css", Status::Deleted), (b"c/z.css", Status::Added)])
    };
    for host in ["generic", "apache", "apache-multiviews"] {
        let mapping = mapped(&changes, &site(&format!("host = \"{host}\"\nspellings = \"canonical\"\n")));
        let listed: Vec<(&str, String)> = mapping
            .urls()
            .filter(|(_, reasons)| {
                reasons.iter().any(|reason| {
                    matches!(reason, Reason::Path(_, Form::Listing, ..) | Reason::Directory(_, Form::Listing, _))
                })
            })
            .map(|(url, reasons)| (&url.as_str()["https://www.example.com".len()..], reasons[0].text(&changes, &[])))
            .collect();
        assert_eq!(
            listed,
            [
                ("/", "directory c/ appeared".to_owned()),
                ("/a/b/", "a/b/x.css added, listed in its directory".to_owned())
            ],
            "{host}"
        );
    }
    let mapping = mapped(&changes, &site("host = \"nginx\"\n"));
    assert!(!url_paths(&mapping).contains(&"/a/b/"), "nginx lists nothing");
}

#[test]
fn the_superset_lists_what_any_preset_lists_and_a_sites_own_forms_list_nothing_unasked() {
    let changes = |directory: &str, file: &str| Changes {
        listings: vec![directory.as_bytes().into()],
        ..changed(&[(file.as_bytes(), Status::Modified)])
    };
    for (directory, file) in [("", "x.css"), ("d", "d/x.css"), ("a b/c", "a b/c/\u{fc}.html"), ("", "README")] {
        let changes = changes(directory, file);
        let listed = |extra: &str| -> Vec<String> {
            let mapping = mapped(&changes, &site(extra));
            let is_list = |reason: &Reason| matches!(reason, Reason::Path(_, Form::Listing, ..));
            let urls = mapping.urls().filter(|(_, reasons)| reasons.iter().any(is_list));
            urls.map(|(url, _)| url.as_str().to_owned()).collect()
        };
        let generic = listed("");
        assert!(!generic.is_empty(), "{directory}");
        for (name, _) in crate::config::HOST_PRESETS {
            let of_host = listed(&format!("host = \"{name}\"\n"));
            assert!(of_host.iter().all(|url| generic.contains(url)), "{name}: {of_host:?}");
        }
        assert_eq!(listed("forms = [\"exact\"]\n"), [""; 0]);
        assert_eq!(listed("forms = [\"exact\", \"listing\"]\n"), generic);
    }
}

#[test]
fn a_name_that_is_not_plain_answers_under_each_of_its_spellings() {
    for (path, want) in [
        (
            &b"a b/\xc3\xbc.html"[..],
            &[
                "/a%20b/%C3%BC",
                "/a%20b/%C3%BC.html",
                "/a%20b/%C3%BC/",
                "/a%20b/u%CC%88",
                "/a%20b/u%CC%88.html",
                "/a%20b/u%CC%88/",
                "/a+b/%C3%BC",
                "/a+b/%C3%BC.html",
                "/a+b/%C3%BC/",
            ][..],
        ),
        (b"u\xcc\x88.css", &["/%C3%BC.css", "/u%CC%88.css"]),
        (b"logo@2x.png", &["/logo%402x.png", "/logo@2x.png"]),
        (b"[x].css", &["/%5Bx%5D.css", "/[x].css"]),
        (
            b"a+b (1).css",
            &[
                "/a%2Bb%20%281%29.css",
                "/a%2Bb%20(1).css",
                "/a%2Bb+%281%29.css",
                "/a%2Bb+(1).css",
                "/a+b%20%281%29.css",
                "/a+b%20(1).css",
            ],
        ),
        (b"caf\xe9+.css", &["/caf%E9%2B.css", "/caf%E9+.css"]),
        (b"100%.html", &["/100%25", "/100%25.html", "/100%25/"]),
        (b"caf\xe9.txt", &["/caf%E9.txt"]),
    ] {
        for status in [Status::Added, Status::Modified, Status::Deleted] {
            let mapping = mapped(&changed(&[(path, status)]), &site(""));
            assert_eq!(url_paths(&mapping), want, "{}", crate::display::shown(path));
        }
    }
}
