//! A real browser as a judge of the spellings: a page links to every file of the hostile site in the ways that people and
//! scripts do, and whatever the browser sends has to be in our list.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use diffpurge::display::shown;
use diffpurge::edge::normalised;

use crate::support::{Browser, FILES, Origin, listed, required};

/// How long the browser may take for everything. It takes about a second on a machine with nothing else to do.
const TIME: Duration = Duration::from_secs(90);

/// The page, around the elements that a person wrote and the names that its script gets. The number behind each `?` says
/// for which file it is asked, and the word how; neither is part of the path.
const SCRIPT: &str = "
const uri = name => encodeURI(name).replace(/[?#]/g, encodeURIComponent);
const components = name => name.split('/').map(encodeURIComponent).join('/');
const loads = (element, start) => new Promise(done => { element.onload = element.onerror = done; start(); });
addEventListener('load', async () => {
    const asked = [];
    for (const [i, name] of names) {
        asked.push(fetch(`/${uri(name)}?${i}.encodeURI`));
        const script = document.createElement('script');
        script.src = `/${components(name)}?${i}.encodeURIComponent`;
        asked.push(loads(script, () => document.head.append(script)));
    }
    for (const link of document.links) {
        const frame = document.createElement('iframe');
        frame.name = link.target;
        document.body.append(frame);
        asked.push(loads(frame, () => link.click()));
    }
    await Promise.allSettled(asked);
    await fetch('/done');
});
";

/// A path as a person writes it into HTML: as raw as it goes. What would end the path or be an escape is escaped, and so are
/// bytes that are no text, newlines and tabs (browsers drop them) and backslashes (browsers make slashes of them).
fn written(file: &[u8]) -> String {
    let mut text = String::new();
    for chunk in file.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '%' | '?' | '#' | '\n' | '\t' | '\\' => write!(text, "%{:02X}", u32::from(c)).unwrap(),
                '&' => text.push_str("&amp;"),
                '"' => text.push_str("&quot;"),
                '<' => text.push_str("&lt;"),
                c => text.push(c),
            }
        }
        chunk.invalid().iter().for_each(|byte| write!(text, "%{byte:02X}").unwrap());
    }
    text
}

/// The page, and what it makes a browser ask for: a file's index and the way.
fn page() -> (String, BTreeSet<(usize, &'static str)>) {
    let mut elements = String::new();
    let mut names = Vec::new();
    let mut asks = BTreeSet::new();
    for (i, file) in FILES.iter().enumerate() {
        let href = written(file);
        writeln!(elements, "<img src=\"/{href}?{i}.img\"><a href=\"/{href}?{i}.link\" target=frame{i}>{i}</a>")
            .unwrap();
        asks.extend([(i, "img"), (i, "link")]);
        // JavaScript's strings cannot hold bytes that are no text.
        if let Ok(name) = std::str::from_utf8(file) {
            names.push((i, name));
            asks.extend([(i, "encodeURI"), (i, "encodeURIComponent")]);
        }
    }
    let names = serde_json::to_string(&names).unwrap().replace('<', "\\u003c");
    let page =
        format!("<!doctype html>\n<title>x</title>\n{elements}<script>const names = {names};{SCRIPT}</script>\n");
    (page, asks)
}

/// Opens a page that ends by asking for `/done`; gives all that the browser asks for until then, beside the page itself.
/// `None` where there is no browser.
fn asked_for(page: &str) -> Option<Vec<String>> {
    if !required(Browser::program().is_some(), "a Chromium (Debian: chromium-headless-shell, or chromium)") {
        return None;
    }
    let origin = Origin::of(page);
    let mut browser = Browser::open(&origin.url());
    let start = Instant::now();
    let mut targets = Vec::new();
    loop {
        match origin.next(Duration::from_secs(1)) {
            Some(target) if target == "/done" => return Some(targets),
            Some(target) if matches!(target.as_str(), "/" | "/favicon.ico") => {}
            Some(target) => targets.push(target),
            None => assert!(!browser.has_ended(), "the browser ended before the page was done: {targets:?}"),
        }
        assert!(start.elapsed() < TIME, "after {TIME:?} the page is not done: {targets:?}");
    }
}

#[test]
fn whatever_a_browser_sends_for_a_link_is_listed() {
    let (page, mut missing) = page();
    let Some(targets) = asked_for(&page) else { return };
    for target in targets {
        let (path, (i, way)) = target
            .split_once('?')
            .and_then(|(path, query)| Some((path, query.split_once('.')?)))
            .unwrap_or_else(|| panic!("the browser asks for {target}"));
        let (file, key) = (FILES[i.parse::<usize>().unwrap()], normalised(path));
        // What people write comes as the canonical spelling, which is listed in any case.
        let spellings = if way.starts_with("encode") { "all" } else { "canonical" };
        assert!(
            listed("generic", spellings, file).contains(&key),
            "{way}: the browser asks for {path} because of {}, and it is not listed",
            shown(file)
        );
        missing.retain(|ask| (ask.0.to_string().as_str(), ask.1) != (i, way));
    }
    assert!(missing.is_empty(), "the page is done, and the browser has not asked for {missing:?}");
}

#[test]
fn names_that_cannot_be_written_raw_lead_elsewhere() {
    let hrefs = ["new\nline.css", "tab\t.css", "back\\slash.css", "a/../b.css", "a/%2e%2E/c.css", "%.css"];
    let images = hrefs.map(|href| format!("<img src=\"/{href}\">")).concat();
    let page = format!("<!doctype html>\n{images}<script>addEventListener('load', () => fetch('/done'));</script>\n");
    let Some(mut targets) = asked_for(&page) else { return };
    targets.sort_unstable();
    assert_eq!(targets, ["/%.css", "/b.css", "/back/slash.css", "/c.css", "/newline.css", "/tab.css"]);
}
