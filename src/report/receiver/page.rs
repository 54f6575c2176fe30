//! The pages themselves. Templates escape all that they are given; characters that show nothing are written out before.

use std::io;

use askama::Template;

use super::row::{FrontPage, RunRow};
use crate::display::line;
use crate::report::date::dated;
use crate::report::html::{STYLE, hashed};

/// The style, beside that of all pages.
const OWN_STYLE: &str = include_str!("receiver.css");

#[derive(Template)]
#[template(path = "login.html", config = "src/report/html/askama.toml")]
struct Login {
    styles: [&'static str; 2],
    is_refused: bool,
}

#[derive(Template)]
#[template(path = "waiting.html", config = "src/report/html/askama.toml")]
struct Waiting {
    styles: [&'static str; 2],
    site: String,
    since: String,
}

#[derive(Template)]
#[template(path = "front.html", config = "src/report/html/askama.toml")]
struct Front<'p> {
    styles: [&'static str; 2],
    tool: &'static str,
    page: &'p FrontPage,
    now: String,
    tables: [(&'static str, &'static str, &'static str, Vec<&'p RunRow>); 2],
}

/// Returns what these pages may do in a browser: show themselves, and send their forms to where they came from.
#[must_use]
pub fn policy() -> String {
    let styles = [STYLE, OWN_STYLE].map(|style| format!("'sha256-{}'", hashed(style))).join(" ");
    format!("default-src 'none'; style-src {styles}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
}

/// Returns the page that lets people in.
///
/// # Errors
/// None that a text in memory brings.
pub fn login(is_refused: bool) -> io::Result<String> {
    Login { styles: [STYLE, OWN_STYLE], is_refused }.render().map_err(io::Error::other)
}

/// Returns the page that stands in for a plan which is being made.
///
/// # Errors
/// None that a text in memory brings.
pub fn waiting(site: &str, since: std::time::SystemTime) -> io::Result<String> {
    let page = Waiting { styles: [STYLE, OWN_STYLE], site: line(site), since: dated(since) };
    page.render().map_err(io::Error::other)
}

/// Returns the page.
///
/// # Errors
/// None that a text in memory brings.
pub fn front(page: &FrontPage) -> io::Result<String> {
    let (queued, over): (Vec<&RunRow>, Vec<&RunRow>) = page.runs.iter().partition(|run| run.is_queued());
    let front = Front {
        styles: [STYLE, OWN_STYLE],
        tool: concat!("diffpurge ", env!("CARGO_PKG_VERSION")),
        page,
        now: dated(page.now),
        tables: [
            ("queue", "Queued", "Nothing waits, and nothing runs.", queued),
            ("runs", "The last runs", "No run has ended yet.", over),
        ],
    };
    front.render().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use serde_json::json;

    use super::*;
    use crate::report::receiver::SiteRow;

    #[test]
    fn foreign_text_is_only_text_on_the_page() {
        let evil = "<script>alert(1)</script>\"'><img src=x>\u{202e}lmth&amp;";
        let run = |state: &str| RunRow {
            id: "0f".to_owned(),
            site: evil.to_owned(),
            by: evil.to_owned(),
            state: state.to_owned(),
            attempts: 1,
            deliveries: 2,
            created: SystemTime::UNIX_EPOCH,
            ended: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(300)),
            report: Some(json!({
                "status": evil,
                "sites": [{ "urls": 1200, "why": [evil], "fallback": format!("{evil}!") }],
                "requests": 3,
                "errors": [evil, format!("{evil}#")],
                "warnings": ["odd"],
            })),
            has_page: true,
        };
        let site = SiteRow {
            name: evil.to_owned(),
            urls: vec![evil.to_owned()],
            mark: evil.to_owned(),
            takes: Some(evil.to_owned()),
            planned: Some(SystemTime::UNIX_EPOCH),
        };
        let page = FrontPage {
            token: "of-the-session".to_owned(),
            may_purge: true,
            sites: vec![site],
            runs: vec![run("failed"), run("running"), run(evil)],
            now: SystemTime::UNIX_EPOCH,
        };
        let html = front(&page).unwrap() + &waiting(evil, SystemTime::UNIX_EPOCH).unwrap();
        for bad in ["<script", "<img", "\u{202e}", "'>", "\"'", "&amp;<"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        for good in ["&#60;script&#62;", "\\u{202e}", ">1,200<", ">3<", "5 min", "1970-01-01 00:00 UTC", "odd"] {
            assert!(html.contains(good), "{good} in {html}");
        }
    }

    #[test]
    fn a_page_without_the_right_to_purge_has_no_button_for_it() {
        let site = |takes: Option<&str>| SiteRow {
            name: "www".to_owned(),
            urls: vec!["https://www.example.com/".to_owned()],
            mark: "unknown".to_owned(),
            takes: takes.map(str::to_owned),
            planned: None,
        };
        let html = |may_purge, takes| {
            let (token, now) = ("t".to_owned(), SystemTime::UNIX_EPOCH);
            front(&FrontPage { token, may_purge, sites: vec![site(takes)], runs: Vec::new(), now }).unwrap()
        };
        assert!(html(true, Some("the tip")).contains("/sites/www/purge"));
        assert!(!html(false, Some("the tip")).contains("/sites/www/purge"));
        assert!(html(false, Some("the tip")).contains("/sites/www/plan\""));
        assert!(!html(true, None).contains("/sites/www/"));
    }
}
