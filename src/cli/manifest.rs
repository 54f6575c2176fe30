//! `diffpurge manifest`: writes down what a snapshot holds, for a later run to compare with.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::completing;
use super::configuration::{Described, Sites};
use super::error::{Error, Failed};
use super::output::Output;
use super::report_file::ReportFile;
use super::rim::Rim;
use super::unwritten::Unwritten;
use crate::display::{counted, shown};
use crate::engine::ExitStatus;
use crate::engine::manifest::open;
use crate::snapshot::{self, Hash, ManifestWriteError, Snapshot};

/// `diffpurge manifest`.
#[derive(Debug, Args)]
pub struct ManifestArgs {
    /// The snapshot to write down: dir:PATH, or a git revision's `output`
    #[arg(value_name = "SNAPSHOT", add = completing::revisions())]
    pub snapshot: String,
    /// Replace this file, at once or not at all; compressed if it ends in .gz [default: print it]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Hash the files of a directory in this way [default: sha1]
    ///
    /// A revision is hashed as its repository is. Two snapshots compare only if they are hashed alike.
    #[arg(long, value_name = "HASH")]
    pub hash: Option<HashName>,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
}

/// How files are hashed, as in git.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it, and help prints them")]
pub enum HashName {
    Sha1,
    Sha256,
}

impl From<HashName> for Hash {
    fn from(name: HashName) -> Hash {
        match name {
            HashName::Sha1 => Hash::Sha1,
            HashName::Sha256 => Hash::Sha256,
        }
    }
}

/// Writes a manifest to a file or as the result. A file that was there is as it was where the manifest cannot be written.
pub(super) fn run(rim: Rim<'_, '_>, args: &ManifestArgs) -> Result<ExitStatus, Failed> {
    let Rim { global, output, .. } = rim;
    let hash = args.hash.map(Into::into);
    let sites = || Sites::load(rim, &args.described).map(|sites| sites.chosen);
    if let Some(path) = &args.out {
        ReportFile::new(path, snapshot::is_manifest)?.only_replaced()?;
    }
    let listed = open(&args.snapshot, global.directory.as_deref(), hash, sites)?;
    let snapshot = listed.source.snapshot(&listed.web_root)?;
    let Some(path) = &args.out else { return print(&snapshot, output) };
    let files = snapshot::save_manifest(&snapshot, path, None).map_err(|error| match error {
        ManifestWriteError::Snapshot(error) => Error::from(error),
        ManifestWriteError::Io(source) => Error::Unwritten(Unwritten::Before(path.clone(), source)),
    })?;
    if !global.quiet {
        let name = snapshot.name();
        let (spec, file) = (shown(name.spec.as_bytes()), shown(path.as_os_str().as_encoded_bytes()));
        let (id, files) = (name.short_id(), counted(files, "file"));
        output.aside(|err| writeln!(err, "{spec} ({id}), {files}, written to {file}"));
    }
    Ok(ExitStatus::Done)
}

fn print(snapshot: &Snapshot<'_>, output: &Output<'_>) -> Result<ExitStatus, Failed> {
    let mut unreadable = None;
    output.result(|out| match snapshot::write_manifest(snapshot, out, None) {
        Ok(_) => Ok(()),
        Err(ManifestWriteError::Io(error)) => Err(error),
        Err(ManifestWriteError::Snapshot(error)) => {
            unreadable = Some(error);
            Ok(())
        }
    })?;
    unreadable.map_or(Ok(ExitStatus::Done), |error| Err(error.into()))
}
