//! A file that takes the place of another at once or not at all: it is written beside it, flushed to the disk, renamed.
//!
//! A reader of the old name meets the old content or the new one, never half of it, however the run ends and however many
//! runs there are. The content is left to others.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is being written, under a name of its own that goes away with it.
pub(crate) struct Replacement {
    file: NamedTempFile,
    #[cfg(unix)]
    directory: PathBuf,
    path: PathBuf,
}

impl Replacement {
    /// Begins one for the file at `path`, whether there is such a file or not.
    pub(crate) fn begin(path: &Path) -> io::Result<Replacement> {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any file that is made here: the system takes off what the user's mask says.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.prefix(".diffpurge-").tempfile_in(directory).map_err(|e| without_its_name(&e))?;
        Ok(Replacement {
            file,
            #[cfg(unix)]
            directory: directory.to_owned(),
            path: path.to_owned(),
        })
    }

    /// Returns the file, for its content.
    pub(crate) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Puts it in the other's place without waiting for the disk: for a file that may be lost, and whose reader notices where it is cut.
    pub(crate) fn take_place_unflushed(self) -> io::Result<()> {
        self.file.persist(&self.path).map_err(|e| e.error)?;
        Ok(())
    }

    /// Puts it in the other's place.
    pub(crate) fn take_place(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|e| e.error)?;
        // The new name has to reach the disk too; where directories cannot be opened, that is the system's business.
        #[cfg(unix)]
        File::open(&self.directory)?.sync_all()?;
        Ok(())
    }
}

/// Takes the name away of a file that nobody has heard of: the user's own stands beside the error.
fn without_its_name(error: &io::Error) -> io::Error {
    let text = error.to_string();
    let own = text.split(" at path \"").next().unwrap_or_default();
    io::Error::new(error.kind(), own.to_owned())
}
