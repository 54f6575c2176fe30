//! What a file says of itself without being read, and when that is enough to know that its content is still the same.
//!
//! Whatever changes a file gives it the time of its file system's clock, which nobody can set back for a single file
//! (the change time, ctime). But that clock moves in ticks, and a file that is changed twice within one looks the second time as it did
//! the first. So a stamp is remembered only where the clock had moved on before the content was read: a file that still has it cannot
//! have changed since, for that would have given it a later time. It is the file system's own clock, as seen on files of it, since
//! that of this machine may be another.

use std::collections::HashMap;
use std::fs::Metadata;

/// Seconds and nanoseconds since 1970.
type Time = (i64, i64);

/// What a regular file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::snapshot) struct Stamp {
    size: u64,
    modified: Time,
    /// When anything about it changed last, its times included.
    changed: Time,
    inode: u64,
    device: u64,
    mode: u32,
}

impl Stamp {
    /// Bytes of one that is written down.
    pub(super) const BYTES: usize = 60;

    /// Of a regular file.
    #[cfg(unix)]
    pub(in crate::snapshot) fn of(metadata: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt as _;
        metadata.is_file().then(|| Stamp {
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            device: metadata.dev(),
            mode: metadata.mode(),
        })
    }

    /// Elsewhere no time tells of every change, so that nothing is remembered.
    #[cfg(not(unix))]
    pub(in crate::snapshot) fn of(_: &Metadata) -> Option<Stamp> {
        None
    }

    /// As git sees it.
    pub(in crate::snapshot) fn is_executable(&self) -> bool {
        self.mode & 0o100 != 0
    }

    /// As it is written down.
    pub(super) fn to_bytes(self) -> [u8; Stamp::BYTES] {
        let Stamp { size, modified, changed, inode, device, mode } = self;
        let mut bytes = [0; Stamp::BYTES];
        let words = [
            size.to_le_bytes(),
            modified.0.to_le_bytes(),
            modified.1.to_le_bytes(),
            changed.0.to_le_bytes(),
            changed.1.to_le_bytes(),
            inode.to_le_bytes(),
            device.to_le_bytes(),
        ];
        bytes[..56].copy_from_slice(words.as_flattened());
        bytes[56..].copy_from_slice(&mode.to_le_bytes());
        bytes
    }

    /// What was written down.
    pub(super) fn of_bytes(bytes: [u8; Stamp::BYTES]) -> Stamp {
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[8 * at..][..8]);
            word
        };
        let time = |at: usize| (i64::from_le_bytes(word(at)), i64::from_le_bytes(word(at + 1)));
        Stamp {
            size: u64::from_le_bytes(word(0)),
            modified: time(1),
            changed: time(3),
            inode: u64::from_le_bytes(word(5)),
            device: u64::from_le_bytes(word(6)),
            mode: u32::from_le_bytes([bytes[56], bytes[57], bytes[58], bytes[59]]),
        }
    }
}

/// What the file systems' clocks showed at least, before any content was read.
pub(in crate::snapshot) struct Clocks {
    /// By device.
    shown: HashMap<u64, Time>,
}

impl Clocks {
    /// `made` is of a file that was made just now; its file system's clock shows its time. On others the newest of the files shows
    /// what their clock has reached, unless it is ahead of ours: then the clock was set back, or nothing is known of it.
    pub(super) fn at<'f>(made: &Stamp, files: impl Iterator<Item = &'f Stamp>) -> Clocks {
        let mut shown = HashMap::from([(made.device, made.changed)]);
        for file in files.filter(|file| file.device != made.device && file.changed <= made.changed) {
            let newest = shown.entry(file.device).or_insert(file.changed);
            *newest = file.changed.max(*newest);
        }
        Clocks { shown }
    }

    /// True when a change from then on would show.
    pub(super) fn have_passed(&self, stamp: &Stamp) -> bool {
        let before = |shown: &Time| stamp.changed < *shown && stamp.modified < *shown;
        self.shown.get(&stamp.device).is_some_and(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(device: u64, modified: Time, changed: Time) -> Stamp {
        Stamp { size: 1, modified, changed, inode: 2, device, mode: 0o100_644 }
    }

    #[test]
    fn a_stamp_comes_back_as_it_was_written_down() {
        let stamp = Stamp {
            size: u64::MAX - 1,
            modified: (-1, 999_999_999),
            changed: (1 << 40, 3),
            inode: 5 << 50,
            device: 6,
            mode: 0o100_755,
        };
        assert_eq!(Stamp::of_bytes(stamp.to_bytes()), stamp);
    }

    #[test]
    fn a_file_of_the_clocks_own_tick_or_of_the_future_is_not_passed() {
        let clocks = Clocks::at(&stamp(1, (100, 5), (100, 5)), std::iter::empty());
        for (modified, changed, want) in [
            ((100, 4), (100, 4), true),
            ((50, 0), (99, 999_999_999), true),
            ((100, 4), (100, 5), false),
            ((50, 0), (100, 5), false),
            ((50, 0), (101, 0), false),
            // Somebody set the time of its content, and its change time is right.
            ((101, 0), (50, 0), false),
        ] {
            assert_eq!(clocks.have_passed(&stamp(1, modified, changed)), want, "{modified:?} {changed:?}");
        }
    }

    #[test]
    fn another_file_systems_clock_is_known_by_its_newest_file() {
        let time = |seconds| (seconds, 0);
        let files = [70, 80, 90, 101].map(|at| stamp(2, time(at), time(at)));
        let clocks = Clocks::at(&stamp(1, time(100), time(100)), files.iter());
        let passed = |device, at| clocks.have_passed(&stamp(device, time(at), time(at)));
        assert!(passed(2, 70) && passed(2, 89) && passed(1, 95));
        assert!(!passed(2, 90) && !passed(2, 95) && !passed(2, 101) && !passed(3, 1));
    }
}
