//! Reports as pages, small enough to be kept: compressed, and none where one is too large all the same.

use std::io::{self, Read as _, Write};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

use super::store::Drawn;
use crate::report;

/// Bytes of a page that is kept, compressed. One of five thousand URLs has 50 KB.
const LARGEST: usize = 2 << 20;

/// Bytes of a page that is sent to a browser that takes no compression. Nothing that is kept has as many.
const LARGEST_PLAIN: u64 = 256 << 20;

/// Draws a page; `None` where it is too large to be kept.
pub(super) fn drawn(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Option<Drawn> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    // Memory takes all that is written.
    write(&mut out).ok()?;
    let page = out.finish().ok().filter(|page| page.len() <= LARGEST)?;
    Some(Drawn { policy: report::page_policy(), page })
}

/// Returns a page as it was before it was compressed.
pub(super) fn plain(drawn: &Drawn) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    GzDecoder::new(&drawn.page[..]).take(LARGEST_PLAIN).read_to_end(&mut page)?;
    Ok(page)
}
