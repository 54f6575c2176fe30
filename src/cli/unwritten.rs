//! Why a file of the user's was not written.

use std::io;
use std::path::PathBuf;

use crate::display::shown;
use crate::engine::{ExitStatus, Row};

/// The hint where a file cannot be written.
const WRITABLE: &str = "name a writable file in a directory that exists";

/// Why a file was not written.
#[derive(Debug)]
pub enum Unwritten {
    /// It is `-`, or nothing that can be replaced.
    NoFile(PathBuf),
    /// It holds something that is no work of the command.
    Taken(PathBuf),
    /// It is a link, and would be written through.
    Link(PathBuf),
    /// It cannot be, as was found before anything was sent.
    Before(PathBuf, io::Error),
    /// It could not be, when all else was done.
    After(PathBuf, io::Error),
}

impl Unwritten {
    /// Returns the error's row.
    pub(super) fn row(&self) -> Row {
        let (Unwritten::NoFile(path)
        | Unwritten::Taken(path)
        | Unwritten::Link(path)
        | Unwritten::Before(path, _)
        | Unwritten::After(path, _)) = self;
        let file = shown(path.as_os_str().as_encoded_bytes());
        match self {
            Unwritten::NoFile(_) => Row::new(
                ExitStatus::Usage,
                format!("{file} is no file to write to; nothing was sent"),
                "leave the option out, and redirect what is printed; `diffpurge plan --format json` prints the document",
            ),
            Unwritten::Taken(_) => Row::new(
                ExitStatus::Usage,
                format!("{file} is there, and is nothing that this command writes; nothing was sent"),
                "name another file, or remove this one first",
            ),
            Unwritten::Link(_) => Row::new(
                ExitStatus::Usage,
                format!("{file} is a link, and nothing is written through one; nothing was sent"),
                "name the file that it leads to, or another one",
            ),
            Unwritten::Before(..) => {
                Row::new(ExitStatus::Usage, format!("cannot write {file}; nothing was sent"), WRITABLE)
            }
            Unwritten::After(..) => {
                Row::new(ExitStatus::NotPurged, format!("cannot write {file}; all else was carried out"), WRITABLE)
            }
        }
    }

    /// Returns what the system said, where it said something.
    pub(super) fn source(&self) -> Option<&io::Error> {
        match self {
            Unwritten::Before(_, source) | Unwritten::After(_, source) => Some(source),
            Unwritten::NoFile(_) | Unwritten::Taken(_) | Unwritten::Link(_) => None,
        }
    }
}
