//! `diffpurge manifest`: writes down what a snapshot holds, for a later run to compare with.

use super::planning::one_web_root;
use super::publish::broken_pipe_is_fine;
use super::{Output, configuration};
use crate::cli::{Global, ManifestArgs};
use crate::config::OutputDir;
use crate::display::{counted, shown};
use crate::error::{Error, ExitStatus};
use crate::snapshot::{self, ManifestWriteError, Source};

/// Writes a manifest to a file or as the result.
///
/// # Errors
/// When the snapshot cannot be read or the manifest not be written. A file that was there is then as it was.
pub fn manifest(global: &Global, args: &ManifestArgs, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let (directory, hash) = (global.directory.as_deref(), args.hash.map(Into::into));
    let source = Source::open(&args.snapshot, directory, hash)?;
    let web_root = if source.is_revision() {
        let config = configuration(global, &args.described, output)?.select(&global.site)?;
        one_web_root(&config, "a manifest")?;
        config.sites.first().map(|site| site.output.clone()).unwrap_or_default()
    } else {
        OutputDir::default()
    };
    let snapshot = source.snapshot(&web_root)?;
    if snapshot.lacks_output() {
        // An empty manifest would say that nothing was live.
        let output = shown(web_root.as_str().as_bytes());
        return Err(Error::NoOutput { output, what: shown(args.snapshot.as_bytes()) });
    }
    let Some(path) = &args.out else {
        let mut out = std::io::BufWriter::new(&mut *output.out);
        let written = snapshot::write_manifest(&snapshot, &mut out);
        let flushed = written.and_then(|files| std::io::Write::flush(&mut out).map(|()| files).map_err(Into::into));
        return match flushed {
            Ok(_) => Ok(ExitStatus::Done),
            Err(ManifestWriteError::Snapshot(error)) => Err(error.into()),
            Err(ManifestWriteError::Io(error)) => broken_pipe_is_fine(error).map(|()| ExitStatus::Done),
        };
    };
    let files = snapshot::save_manifest(&snapshot, path).map_err(|error| match error {
        ManifestWriteError::Snapshot(error) => error.into(),
        ManifestWriteError::Io(source) => Error::Unwritable { path: path.clone(), source },
    })?;
    if !global.quiet {
        let name = snapshot.name();
        let (spec, file) = (shown(name.spec.as_bytes()), shown(path.as_os_str().as_encoded_bytes()));
        writeln!(output.err, "{spec} ({}), {}, written to {file}", name.short_id(), counted(files, "file"))
            .map_err(Error::Output)?;
    }
    Ok(ExitStatus::Done)
}
