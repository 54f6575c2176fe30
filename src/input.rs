//! A file that somebody named, read whole: up to a size, and only where it is a file.
//!
//! A named pipe without a writer would hang a run for ever, and a device has no end. A pipe that the caller opened
//! (`/dev/stdin`, `<(…)` of a shell) is read as a file is.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Bytes in a mebibyte.
pub(crate) const MIB: u64 = 1 << 20;

/// Reads a file of at most so many bytes.
///
/// # Errors
/// When it cannot be read, is no file, or is larger.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // The kind is asked first: to open a named pipe is to wait for its writer.
    if !is_readable(path, &std::fs::metadata(path)?) {
        return Err(io::Error::other("it is a named pipe, a socket or a device, and no file"));
    }
    up_to(File::open(path)?, most)
}

/// Reads to an end that comes within so many bytes.
///
/// # Errors
/// When it cannot be read, or is larger.
pub(crate) fn up_to(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let text = format!("it is larger than {} MiB, the most that is read", most.div_ceil(MIB));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

/// Returns true for a file, for a directory, which the system refuses in its own words, and for what the caller opened.
fn is_readable(path: &Path, found: &Metadata) -> bool {
    let is_null = path == Path::new("/dev/null");
    let is_opened = path == Path::new("/dev/stdin")
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc") && path.components().any(|part| part.as_os_str() == "fd");
    found.is_file() || found.is_dir() || is_null || is_opened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_an_error_and_never_cut() {
        assert_eq!(up_to(&b"abc"[..], 3).unwrap(), b"abc");
        let error = up_to(&b"abcd"[..], 3).unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 1 MiB, the most that is read");
        assert!(up_to(std::io::repeat(0), 2 * MIB).unwrap_err().to_string().contains("2 MiB"));
    }

    // The names are those of Unix.
    #[cfg(unix)]
    #[test]
    fn what_has_no_end_is_not_read() {
        assert!(read(Path::new("/dev/zero"), MIB).unwrap_err().to_string().contains("a device, and no file"));
        assert_eq!(read(Path::new("/dev/null"), MIB).unwrap(), b"");
        assert_eq!(read(Path::new("/nonexistent"), MIB).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(read(Path::new("/tmp"), MIB).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }
}
