//! Where a command writes: its result to one place, everything else to another.

use std::cell::RefCell;
use std::io::{self, Write};

use super::error::Error;

/// Where a command writes. Both places are shared by whoever has something to say, one after the other.
pub struct Output<'o> {
    out: RefCell<&'o mut dyn Write>,
    err: RefCell<&'o mut dyn Write>,
    width: Option<usize>,
}

impl<'o> Output<'o> {
    /// Takes the place for the result, and the one for everything else.
    pub fn new(out: &'o mut dyn Write, err: &'o mut dyn Write) -> Output<'o> {
        Output { out: RefCell::new(out), err: RefCell::new(err), width: None }
    }

    /// Says how wide the lines of the result may be.
    #[must_use]
    pub fn within(self, width: Option<usize>) -> Output<'o> {
        Output { width, ..self }
    }

    /// Returns how wide the lines of the result may be.
    pub(super) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Writes a part of the result. A reader who has gone has read enough.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn result(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        self.raw_result(write).map_err(Error::Output)
    }

    /// Writes a part of the result, for who cannot know all errors.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn raw_result(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut out = self.out.borrow_mut();
        let mut out = io::BufWriter::new(&mut **out);
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                // The rest of the buffer is for nobody.
                let _unread = out.into_parts();
                Ok(())
            }
            written => written,
        }
    }

    /// Writes something that is no result. A stderr that is gone is no reason not to purge.
    pub(super) fn aside(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        // In one piece: what others write meanwhile stands before it or behind it.
        let mut text = Vec::new();
        let _unheard = write(&mut text).and_then(|()| self.err.borrow_mut().write_all(&text));
    }
}
