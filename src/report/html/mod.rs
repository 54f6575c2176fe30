//! A run as one page of HTML: for an artefact of a pull request, and for people who would rather look than read.
//!
//! The page is one file. It loads nothing: its style and script stand in it, and its policy forbids everything else, so that no name
//! in a repository can bring anything along. Lists stand in it as data, folded, since five thousand rows as HTML would be ten times
//! as large. What a section says is left to the folders of the documents.

mod directories;
mod listing;
mod treemap;

use std::io::{self, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

pub(in crate::report) use self::directories::{Directory, Numbers};
pub(in crate::report) use self::listing::{Listing, Row};
use self::treemap::Tile;

/// The style of every page.
pub(in crate::report) const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The beginning of every page, by which one is known that an earlier run wrote.
const BEGINNING: &[u8] = b"<!doctype html>\n<!-- written by diffpurge -->\n";

/// Rows of the table of directories. The drawing shows the rest.
const MOST_DIRECTORIES: usize = 200;

/// How a section's first sentence looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Tone {
    Plain,
    Good,
    /// More goes than what changed.
    Broad,
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Broad => "broad",
            Tone::Bad => "bad",
        }
    }
}

/// Operations that failed for one reason.
pub(in crate::report) struct Failed {
    pub(in crate::report) word: String,
    pub(in crate::report) why: String,
    pub(in crate::report) named: Vec<String>,
    pub(in crate::report) more: usize,
    pub(in crate::report) advice: Option<String>,
}

/// One request of a plan, and what came back.
pub(in crate::report) struct Request {
    /// Method and path, and the host where it is a cache's own.
    pub(in crate::report) line: String,
    pub(in crate::report) operations: String,
    pub(in crate::report) answer: String,
    pub(in crate::report) is_bad: bool,
}

/// One site's part of the page.
pub(in crate::report) struct Section {
    pub(in crate::report) heading: String,
    pub(in crate::report) tone: Tone,
    pub(in crate::report) verdict: String,
    pub(in crate::report) facts: Vec<String>,
    pub(in crate::report) notes: Vec<String>,
    pub(in crate::report) failures: Vec<Failed>,
    /// Files that stay cached, by the reason.
    pub(in crate::report) kept: Vec<(String, Vec<String>)>,
    pub(in crate::report) list_heading: &'static str,
    pub(in crate::report) requests: Vec<Request>,
    pub(in crate::report) more_requests: usize,
    pub(in crate::report) is_sent: bool,
    /// The body of the first request.
    pub(in crate::report) body: Option<String>,
    /// What became of files that did not change.
    pub(in crate::report) unchanged_word: &'static str,
    drawn: String,
    tiles: Vec<Tile>,
    directories: Vec<(String, Numbers)>,
    listed: usize,
    data: String,
}

impl Section {
    /// Makes a section with its list, and nothing else yet.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub(in crate::report) fn new(heading: String, listing: &Listing) -> io::Result<Section> {
        Ok(Section {
            heading,
            tone: Tone::Plain,
            verdict: String::new(),
            facts: Vec::new(),
            notes: Vec::new(),
            failures: Vec::new(),
            kept: Vec::new(),
            list_heading: "The URLs",
            requests: Vec::new(),
            more_requests: 0,
            is_sent: false,
            body: None,
            unchanged_word: "unchanged",
            drawn: String::new(),
            tiles: Vec::new(),
            directories: Vec::new(),
            listed: listing.len(),
            data: listing.data()?,
        })
    }

    /// Draws the site.
    pub(in crate::report) fn draw(&mut self, top: &Directory) {
        self.tiles = treemap::tiles(top);
        self.directories = top.rows(3, MOST_DIRECTORIES);
        self.drawn = format!("The directories of the site. {}", top.said());
    }
}

#[derive(Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
struct Page<'p> {
    tool: &'static str,
    title: &'p str,
    style: &'static str,
    style_hash: String,
    script: &'static str,
    script_hash: String,
    width: f64,
    height: f64,
    sections: &'p [Section],
}

/// Returns the hash by which a policy names a style or a script.
pub(in crate::report) fn hashed(text: &str) -> String {
    STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

/// Returns what a page may do in a browser, for who sends it over HTTP: what it says itself, in a place of its own from which nothing
/// leads to what the sender's other pages have.
#[must_use]
pub fn page_policy() -> String {
    let (style, script) = (hashed(STYLE), hashed(SCRIPT));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; sandbox allow-scripts"
    )
}

/// Returns true when a file that begins like this is such a page.
#[must_use]
pub fn is_page(head: &[u8]) -> bool {
    head.starts_with(BEGINNING)
}

/// Writes a page.
///
/// # Errors
/// When `out` cannot be written.
pub(in crate::report) fn write(out: &mut dyn Write, title: &str, sections: &[Section]) -> io::Result<()> {
    let page = Page {
        tool: concat!("diffpurge ", env!("CARGO_PKG_VERSION")),
        title,
        style: STYLE,
        style_hash: hashed(STYLE),
        script: SCRIPT,
        script_hash: hashed(SCRIPT),
        width: treemap::SIZE.0,
        height: treemap::SIZE.1,
        sections,
    };
    // Not straight to `out`: a template writes many small pieces.
    let text = page.render().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")
}
