//! The file in which the runs of one user on one machine share the pace of an account.
//!
//! It holds the requests that count, and is locked while it is read and written: some microseconds. Nothing is reserved in it, so a run
//! that ends leaves nothing that others wait for. Everything about it may fail, and then a run keeps to its own pace, as it does on
//! another machine. When requests may start is left to [`crate::plan`].

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::retry::DEADLINE;
use crate::config::Environment;
use crate::plan::{Pace, Pacer, Spent};

/// How long a run waits for the lock. Others hold it for microseconds, unless one was stopped meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);

/// The times that a run waits so long in vain, before it goes alone.
const MOST_MISSES: u32 = 3;

/// Between two looks at a lock that another run holds.
const PAUSE: Duration = Duration::from_micros(200);

/// What was written so much later than now was written by a clock that has been set back since.
const ADRIFT: Duration = Duration::from_secs(1);

/// A file that was not written for so long holds nothing that counts, and no run is under way that would write it.
const OLD: Duration = Duration::from_secs(7 * 24 * 3600);

/// Bytes of the largest file that is one of ours: a thousand requests in five minutes take a tenth.
const MOST: u64 = 1 << 18;

/// The file of one account.
#[derive(Debug)]
pub(super) struct PaceFile {
    file: File,
    clock: fn() -> SystemTime,
    misses: u32,
}

impl PaceFile {
    /// Opens the file of this name among those of the user; `None` where there is no place for it.
    pub(super) fn open(environment: &Environment, name: &str) -> Option<PaceFile> {
        PaceFile::at(&directory(environment)?.join(name), SystemTime::now).ok()
    }

    fn at(path: &Path, clock: fn() -> SystemTime) -> io::Result<PaceFile> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        path.parent().map_or(Ok(()), |parent| builder.create(parent))?;
        // A link would lead the writing elsewhere, and a pipe has no end to be read to.
        match std::fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => return Err(io::ErrorKind::AlreadyExists.into()),
            Ok(_) => {}
            Err(_) => forget_old(path, clock()),
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(PaceFile { file: options.open(path)?, clock, misses: 0 })
    }

    /// Lets `act` see what all have spent until now, and writes down what it says that it spends. `None` where the file cannot be had.
    pub(super) fn with<T>(&mut self, pace: Pace, act: impl FnOnce(&mut Pacer, Duration) -> (T, bool)) -> Option<T> {
        if self.misses == MOST_MISSES {
            return None;
        }
        if !self.lock() {
            self.misses += 1;
            return None;
        }
        let mut now = (self.clock)().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut pacer = Pacer::new(pace);
        if let Some(spent) = self.read().filter(|spent| spent.at() <= now + ADRIFT && spent.held() <= DEADLINE) {
            now = now.max(spent.at());
            pacer.go_on_from(spent);
        }
        let (done, spends) = act(&mut pacer, now);
        let written = if spends { self.write(&pacer.spent(now)) } else { Ok(()) };
        // What cannot be written, others do not know of: the next time will be no better.
        self.misses = if self.file.unlock().and(written).is_ok() { 0 } else { MOST_MISSES };
        Some(done)
    }

    /// Takes the lock; false where another run does not give it back.
    fn lock(&self) -> bool {
        let began = Instant::now();
        loop {
            match self.file.try_lock() {
                Ok(()) => return true,
                Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Err(_) => return false,
            }
        }
    }

    /// Returns what was written; `None` for a new file, or one that a run left half written. Whatever stands behind it is older.
    fn read(&mut self) -> Option<Spent> {
        self.file.rewind().ok()?;
        // Enough for one read.
        let mut text = Vec::with_capacity(4096);
        (&self.file).take(MOST).read_to_end(&mut text).ok()?;
        serde_json::Deserializer::from_slice(&text).into_iter().next()?.ok()
    }

    fn write(&mut self, spent: &Spent) -> io::Result<()> {
        let text = serde_json::to_vec(spent)?;
        self.file.rewind()?;
        // On a full disk the old text is better than none.
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)
    }
}

/// Removes the files beside this one that nobody has written for long: where each job has a token of its own, each leaves one.
fn forget_old(path: &Path, now: SystemTime) {
    let files = path.parent().map(std::fs::read_dir).into_iter().flatten().flatten().flatten();
    for file in files {
        let written = file.metadata().ok().filter(std::fs::Metadata::is_file).and_then(|found| found.modified().ok());
        if written.is_some_and(|written| now.duration_since(written).is_ok_and(|age| age > OLD)) {
            // One that is gone already, or cannot be removed, harms nobody.
            let _harmless = std::fs::remove_file(file.path());
        }
    }
}

/// The directory for such files: below that for the state of programs
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>). A home that does not exist is not made, and nothing is made in that
/// of another user, as `sudo` may have it.
fn directory(environment: &Environment) -> Option<PathBuf> {
    let path = |name| environment.get(name).ok().flatten().map(Path::new).filter(|path| path.is_absolute());
    let home = |name| path(name).filter(|home| home.is_dir());
    let own = || if cfg!(windows) { home("LOCALAPPDATA") } else { home("HOME") };
    let (above, below) = match path("XDG_STATE_HOME") {
        Some(state) => (state, "diffpurge/pace"),
        None if cfg!(windows) => (own()?, "diffpurge/pace"),
        None => (own()?, ".local/state/diffpurge/pace"),
    };
    is_own(above).then(|| above.join(below))
}

/// Returns true for a directory of the user, or one that is not there yet.
#[cfg(unix)]
fn is_own(directory: &Path) -> bool {
    let owner = std::fs::metadata(directory).map(|found| std::os::unix::fs::MetadataExt::uid(&found));
    owner.map_or(true, |owner| owner == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_own(_: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Kind;
    use crate::plan::{Bucket, Pace, Stretch};

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    fn pace() -> Pace {
        let urls = Bucket::of(Stretch { units: 200.0, length: Duration::from_secs(1) });
        Pace { urls, others: Bucket::UNLIMITED, requests: Bucket::UNLIMITED }
    }

    fn file(path: &Path) -> PaceFile {
        PaceFile::at(path, || SystemTime::UNIX_EPOCH + NOW).unwrap()
    }

    /// The second, from [`NOW`], in which the next hundred URLs of a run go that has sent nothing yet; they go then.
    fn next(file: &mut PaceFile) -> Option<u64> {
        file.with(pace(), |pacer, now| {
            let at = pacer.slot(now, Kind::Url, 100);
            (at.abs_diff(now).as_secs(), true)
        })
    }

    #[test]
    fn runs_that_share_a_file_go_one_after_the_other() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b");
        assert_eq!([(); 5].map(|()| next(&mut file(&path))), [0, 0, 1, 1, 2].map(Some));
        assert_eq!(next(&mut file(&home.path().join("a/c"))), Some(0), "another account");
    }

    #[test]
    fn a_run_that_only_asks_leaves_no_trace() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("account");
        for _ in 0..3 {
            assert_eq!(
                file(&path).with(pace(), |pacer, now| (pacer.slot(now, Kind::Url, 200) == now, false)),
                Some(true)
            );
        }
    }

    #[test]
    fn threads_that_share_a_file_go_one_after_the_other() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("account");
        // By the clock of this test, what is written today is old.
        File::create(&path).unwrap();
        let run = || {
            let mut file = file(&path);
            // On a busy machine the lock may be held for long.
            std::iter::repeat_with(|| {
                file.misses = 0;
                next(&mut file)
            })
            .flatten()
            .take(25)
            .collect::<Vec<_>>()
        };
        let mut seconds: Vec<u64> = std::thread::scope(|scope| {
            let runs = [(); 4].map(|()| scope.spawn(run));
            runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
        });
        seconds.sort_unstable();
        assert_eq!(seconds, (0..50).flat_map(|second| [second; 2]).collect::<Vec<_>>());
    }

    #[test]
    fn a_file_that_says_nothing_sensible_is_written_anew() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("account");
        // Of a clock that was set back.
        let mut ahead = Pacer::new(pace());
        ahead.spend(NOW + 2 * ADRIFT, Kind::Url, 200);
        let ahead = serde_json::to_string(&ahead.spent(NOW + 2 * ADRIFT)).unwrap();
        let mut held = Pacer::new(pace());
        held.hold(NOW + 2 * DEADLINE);
        let held = serde_json::to_string(&held.spent(NOW)).unwrap();
        for text in ["", "{", "null", "[1]", &"x".repeat(1 << 20), &ahead, &held] {
            std::fs::write(&path, text).unwrap();
            assert_eq!([(); 3].map(|()| next(&mut file(&path))), [0, 0, 1].map(Some), "{text:.40}");
        }
    }

    #[test]
    fn a_new_file_takes_the_place_of_old_ones() {
        let home = tempfile::tempdir().unwrap();
        let names = ["old", "young", "new"].map(|name| home.path().join(name));
        let write = |path: &Path, age| File::create(path)?.set_modified(SystemTime::UNIX_EPOCH + NOW - age);
        write(&names[0], OLD * 2).and_then(|()| write(&names[1], OLD / 2)).unwrap();
        std::fs::create_dir(home.path().join("directory")).unwrap();
        assert_eq!(next(&mut file(&names[1])), Some(0));
        assert!(names[0].exists(), "one that is there already takes nobody's place");
        write(&names[1], OLD / 2).unwrap();
        assert_eq!(next(&mut file(&names[2])), Some(0));
        assert_eq!(names.each_ref().map(|path| path.exists()), [false, true, true]);
        assert!(home.path().join("directory").exists());
    }

    #[test]
    fn what_stands_behind_a_shorter_text_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("account");
        assert_eq!([(); 2].map(|()| next(&mut file(&path))), [0, 0].map(Some));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}.0]]}}}}")).unwrap();
        assert_eq!(next(&mut file(&path)), Some(1));
    }

    #[test]
    fn a_run_goes_alone_while_the_file_is_held_and_where_there_is_none() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("account");
        assert_eq!([(); 2].map(|()| next(&mut file(&path))), [0, 0].map(Some));
        let held = File::open(&path).unwrap();
        held.lock().unwrap();
        let mut waits = file(&path);
        assert_eq!((next(&mut waits), waits.misses), (None, 1));
        drop(held);
        assert_eq!((next(&mut waits), waits.misses), (Some(1), 0));
        std::fs::write(home.path().join("file"), "").unwrap();
        let open = |name: &str, value: PathBuf| PaceFile::open(&[(name, value)].into_iter().collect(), "account");
        assert!(open("XDG_STATE_HOME", home.path().join("file")).is_none());
        assert!(open("XDG_STATE_HOME", home.path().join("state")).is_some());
        assert!(open("XDG_STATE_HOME", "state".into()).is_none());
        assert!(open("HOME", home.path().join("nobody")).is_none() && !home.path().join("nobody").exists());
        assert!(PaceFile::open(&Environment::default(), "account").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn neither_a_link_nor_a_pipe_nor_the_home_of_another_is_opened() {
        let home = tempfile::tempdir().unwrap();
        let (link, pipe) = (home.path().join("link"), home.path().join("pipe"));
        std::fs::write(home.path().join("own"), "mine").unwrap();
        std::os::unix::fs::symlink(home.path().join("own"), &link).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [link, pipe] {
            assert!(PaceFile::at(&path, SystemTime::now).is_err());
        }
        assert_eq!(std::fs::read_to_string(home.path().join("own")).unwrap(), "mine");
        assert!(is_own(home.path()) && is_own(&home.path().join("new")));
        // Root's, unless root runs this.
        assert_eq!(is_own(Path::new("/")), rustix::process::geteuid().is_root());
    }
}
