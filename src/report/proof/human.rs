//! A proof for people.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::report::ProofReport;
use super::words::{because, done, sorted, summary};
use crate::display::{grouped, line};
use crate::proof::{Freshness, Proof};
use crate::report::detail::Detail;
use crate::report::style::{GOOD, STRONG, WARN};

/// A page that is not as it should be. It is not bold: a list of them would shout.
const ALARM: Style = AnsiColor::Red.on_default();

/// Writes one site's proof: the pages that are not as they should be, and all of them where everything is to be listed.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, report: &ProofReport<'_>, detail: Detail) -> io::Result<()> {
    let ProofReport { site, proofs } = report;
    writeln!(out, "{STRONG}{site}{STRONG:#}: {}", summary(proofs))?;
    for done in done(proofs) {
        writeln!(out, "  {done}")?;
    }
    let is_listed = |proof: &&Proof| detail == Detail::Full || proof.freshness != Freshness::Fresh;
    let listed: Vec<&Proof> = sorted(proofs).into_iter().filter(is_listed).collect();
    // A proof that fails without a name helps nobody, however quiet it is to be.
    let detail = if detail == Detail::Brief { Detail::Screenful } else { detail };
    for proof in listed.iter().take(detail.most()) {
        let url = line(&proof.url.to_string());
        let style = match proof.freshness {
            Freshness::Fresh => GOOD,
            Freshness::Rewritten | Freshness::Unknown => WARN,
            Freshness::Stale | Freshness::Unreachable => ALARM,
        };
        writeln!(out, "  {style}{:<11}{style:#} {}  {}", proof.freshness.word(), url, because(proof))?;
    }
    let more = listed.len().saturating_sub(detail.most());
    if more > 0 && detail == Detail::Screenful {
        writeln!(out, "  and {} more (all with -v)", grouped(more))?;
    }
    Ok(())
}
