//! The edges' own changes to pages, by what they leave there: so that a person knows where to switch one off.

use crate::send::Page;

/// The changes that edges are known to make in pages, by the text that they leave there. Pages show it; no vendor lists them.
const REWRITES: [(&str, &str); 5] = [
    ("/cdn-cgi/l/email-protection", "Email Address Obfuscation"),
    ("rocket-loader", "Rocket Loader"),
    ("static.cloudflareinsights.com/beacon", "Web Analytics"),
    ("/cdn-cgi/challenge-platform/", "bot detection"),
    ("cf-fonts", "Cloudflare Fonts"),
];

/// Says that a page was rewritten, and by whom, as far as the page shows it.
pub(super) fn rewritten(page: &Page) -> String {
    let text = String::from_utf8_lossy(&page.body);
    let in_body = REWRITES.iter().filter(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
    let polished = page.header("cf-polished").map(|_| "Polish");
    let names: Vec<&str> = in_body.chain(polished).collect();
    let by = if names.is_empty() { String::new() } else { format!(", as {} would make it", names.join(" and ")) };
    format!("the content was made of TO's{by}")
}
