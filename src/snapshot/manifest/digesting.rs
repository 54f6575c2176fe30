//! Writes, and keeps the SHA-256 of all that was written, for files that say at their end whether they are whole.

use std::io::{self, Write};

use ring::digest::{Context, Digest, SHA256};

/// A writer whose bytes are digested.
pub(super) struct Digesting<W> {
    out: W,
    context: Context,
}

impl<W: Write> Digesting<W> {
    pub(super) fn new(out: W) -> Digesting<W> {
        Digesting { out, context: Context::new(&SHA256) }
    }

    /// Returns the writer behind it, for bytes that are not digested, and the digest.
    pub(super) fn finish(self) -> (W, Digest) {
        (self.out, self.context.finish())
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.context.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
