//! What the pages of a site prove: for people, for programs, for summaries.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::config::RequestHeaders;
use crate::display::{counted, grouped, shown};
use crate::proof::{Proof, Proofs, Verdict};
use crate::report::detail::Detail;

const STRONG: Style = Style::new().bold();

/// The verdicts in the order in which they are told.
const VERDICTS: [Verdict; 4] = [Verdict::Stale, Verdict::Unreachable, Verdict::Rewritten, Verdict::Fresh];

/// URLs in a summary.
const LISTED: usize = 200;

/// `28 fresh, 1 stale`; asked where, and of how many.
fn summary(proofs: &Proofs) -> String {
    let by_verdict: Vec<String> = VERDICTS
        .iter()
        .rev()
        .map(|verdict| (proofs.count(*verdict), verdict.word()))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", grouped(n)))
        .collect();
    let of = if proofs.of > proofs.all.len() { format!(" of {}", grouped(proofs.of)) } else { String::new() };
    let places = proofs.places();
    let places = if places.is_empty() { String::new() } else { format!(", as {} sees it", places.join(" and ")) };
    let found = if by_verdict.is_empty() { "nothing to ask for".to_owned() } else { by_verdict.join(", ") };
    format!("asked for {}{of}{places}: {found}", counted(proofs.all.len(), "URL"))
}

/// What was done beside asking.
fn done(proofs: &Proofs) -> Vec<String> {
    let repaired = (proofs.repaired > 0).then(|| {
        let were = if proofs.repaired == 1 { "was" } else { "were" };
        format!("{} {were} stale, and purged once more", counted(proofs.repaired, "URL"))
    });
    let warmed = proofs.warmed.map(|n| format!("{} more asked for, so that the edge has them", counted(n, "URL")));
    repaired.into_iter().chain(warmed).collect()
}

fn sorted(proofs: &Proofs) -> Vec<&Proof> {
    let order = |proof: &&Proof| VERDICTS.iter().position(|verdict| *verdict == proof.verdict);
    let mut all: Vec<&Proof> = proofs.all.iter().collect();
    all.sort_by_key(order);
    all
}

fn because(proof: &Proof) -> String {
    let cache = proof.cache.as_ref().map_or(String::new(), |cache| format!(" ({cache})"));
    format!("{}{cache}", proof.why)
}

/// Writes what one site's pages prove: those that are not as they should be, and all of them where everything is to be listed.
///
/// # Errors
/// When `out` cannot be written.
pub fn human_proofs(out: &mut dyn Write, site: &str, proofs: &Proofs, detail: Detail) -> io::Result<()> {
    writeln!(out, "{STRONG}{site}{STRONG:#}: {}", summary(proofs))?;
    for done in done(proofs) {
        writeln!(out, "  {done}")?;
    }
    let is_listed = |proof: &&Proof| detail == Detail::Full || proof.verdict != Verdict::Fresh;
    let listed: Vec<&Proof> = sorted(proofs).into_iter().filter(is_listed).collect();
    for proof in listed.iter().take(detail.most()) {
        let color = match proof.verdict {
            Verdict::Fresh => AnsiColor::Green,
            Verdict::Rewritten => AnsiColor::Yellow,
            Verdict::Stale | Verdict::Unreachable => AnsiColor::Red,
        };
        let style = color.on_default();
        writeln!(out, "  {style}{:<11}{style:#} {}  {}", proof.verdict.word(), proof.url, because(proof))?;
    }
    let more = listed.len().saturating_sub(detail.most());
    if more > 0 && detail == Detail::Screenful {
        writeln!(out, "  and {} more (all with -v)", grouped(more))?;
    }
    Ok(())
}

/// Writes the same as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown_proofs(out: &mut dyn Write, site: &str, proofs: &Proofs) -> io::Result<()> {
    writeln!(out, "### Proof of {site}\n\n- {}", summary(proofs))?;
    for done in done(proofs) {
        writeln!(out, "- {done}")?;
    }
    writeln!(out)?;
    let listed: Vec<&Proof> = sorted(proofs).into_iter().filter(|proof| proof.verdict != Verdict::Fresh).collect();
    for proof in listed.iter().take(LISTED) {
        let url = shown(proof.url.to_string().as_bytes());
        let cache = proof.cache.as_ref().map_or(String::new(), |cache| format!(" (`{cache}`)"));
        writeln!(out, "- **{}** `{url}`: {}{cache}", proof.verdict.word(), proof.why)?;
    }
    if listed.len() > LISTED {
        writeln!(out, "- and {} more", grouped(listed.len() - LISTED))?;
    }
    if listed.is_empty() { Ok(()) } else { writeln!(out) }
}

/// The same for programs.
#[derive(Serialize)]
pub struct ProofsDocument<'p> {
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'p str>,
    asked: usize,
    of: usize,
    fresh: usize,
    stale: usize,
    rewritten: usize,
    unreachable: usize,
    repaired: usize,
    warmed: Option<usize>,
    places: Vec<&'p str>,
    urls: Vec<ProofDocument<'p>>,
}

#[derive(Serialize)]
struct ProofDocument<'p> {
    url: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'p RequestHeaders>,
    verdict: Verdict,
    why: &'p str,
    cache: Option<&'p str>,
    place: Option<&'p str>,
}

impl<'p> ProofsDocument<'p> {
    /// Of a site that is named, or stands in a site's document.
    #[must_use]
    pub fn of(site: Option<&'p str>, proofs: &'p Proofs) -> ProofsDocument<'p> {
        let one = |proof: &'p Proof| ProofDocument {
            url: proof.url.as_str(),
            headers: proof.url.headers(),
            verdict: proof.verdict,
            why: &proof.why,
            cache: proof.cache.as_deref(),
            place: proof.place.as_deref(),
        };
        ProofsDocument {
            site,
            asked: proofs.all.len(),
            of: proofs.of,
            fresh: proofs.count(Verdict::Fresh),
            stale: proofs.count(Verdict::Stale),
            rewritten: proofs.count(Verdict::Rewritten),
            unreachable: proofs.count(Verdict::Unreachable),
            repaired: proofs.repaired,
            warmed: proofs.warmed,
            places: proofs.places(),
            urls: sorted(proofs).into_iter().map(one).collect(),
        }
    }
}
