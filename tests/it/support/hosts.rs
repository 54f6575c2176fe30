//! Names that only one run knows: a private `/etc/hosts`, in a mount namespace of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file in the place of `/etc/hosts`, gone when dropped.
pub(crate) struct Hosts {
    directory: tempfile::TempDir,
}

impl Hosts {
    /// True where this machine lets a process have one.
    pub(crate) fn can_be_had() -> bool {
        let tried = Command::new("unshare").args([namespaces(), "true"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    }

    /// With these lines.
    pub(crate) fn with(lines: &str) -> Hosts {
        let directory = tempfile::TempDir::new().unwrap();
        std::fs::write(directory.path().join("hosts"), lines).unwrap();
        Hosts { directory }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.directory.path().join("hosts")
    }

    /// A command that runs a program which sees it.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("unshare");
        command.args([namespaces(), "sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\""]);
        command.arg(self.file()).arg(program);
        command
    }
}

/// Who is not root becomes it in a namespace of users.
fn namespaces() -> &'static str {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    if is_root { "-m" } else { "-rm" }
}
