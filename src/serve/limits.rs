//! How much is taken from whom: of each hook so many deliveries a minute, and connections that send nothing give way to those that do.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

/// Locks what several connections share. A panic elsewhere leaves numbers that are as good as before.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What each hook may still take: a minute's share at once, and then as much as time brings.
#[derive(Default)]
pub(super) struct Rates(Mutex<HashMap<String, (f64, Instant)>>);

impl Rates {
    /// Takes one delivery of a hook with so many a minute; else the time after which there is room.
    pub(super) fn take(&self, hook: &str, rate: u32, now: Instant) -> Result<(), Duration> {
        let (rate, mut all) = (f64::from(rate), locked(&self.0));
        let (left, at) = all.entry(hook.to_owned()).or_insert((rate, now));
        let brought = now.saturating_duration_since(*at).as_secs_f64() * rate / 60.0;
        (*left, *at) = ((*left + brought).min(rate), now);
        if *left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - *left) * 60.0 / rate));
        }
        *left -= 1.0;
        Ok(())
    }
}

/// The connections that are open and wait for a request. One more than may be takes the place of the oldest.
pub(super) struct Connections {
    idle: Mutex<Idle>,
    most: usize,
}

#[derive(Default)]
struct Idle {
    handles: BTreeMap<u64, AbortHandle>,
    /// How many are open, those included that have a request under way.
    open: usize,
    next: u64,
}

impl Connections {
    pub(super) fn new(most: usize) -> Connections {
        Connections { idle: Mutex::default(), most }
    }

    /// Gives a new connection a number, or refuses it where all that are open have requests under way.
    pub(super) fn begin(&self) -> Option<u64> {
        let mut idle = locked(&self.idle);
        if idle.open >= self.most {
            let (_, oldest) = idle.handles.pop_first()?;
            oldest.abort();
            idle.open -= 1;
        }
        idle.open += 1;
        idle.next += 1;
        Some(idle.next)
    }

    /// Takes note that a connection waits for a request, and how it is ended.
    pub(super) fn waits(&self, number: u64, handle: AbortHandle) {
        locked(&self.idle).handles.insert(number, handle);
    }

    /// Takes note that its request is under way.
    pub(super) fn works(&self, number: u64) -> Option<AbortHandle> {
        locked(&self.idle).handles.remove(&number)
    }

    /// Takes note that it ended by itself.
    pub(super) fn ended(&self, number: u64) {
        let mut idle = locked(&self.idle);
        idle.handles.remove(&number);
        idle.open = idle.open.saturating_sub(1);
    }

    /// Returns how many are open.
    pub(super) fn open(&self) -> usize {
        locked(&self.idle).open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_takes_its_share_of_a_minute_and_then_what_time_brings() {
        let (rates, start) = (Rates::default(), Instant::now());
        for _ in 0..60 {
            assert_eq!(rates.take("/a", 60, start), Ok(()));
        }
        let wait = rates.take("/a", 60, start).unwrap_err();
        assert!(wait > Duration::from_millis(990) && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(rates.take("/b", 60, start), Ok(()), "another hook has its own share");
        let later = start + Duration::from_secs(2);
        assert_eq!((rates.take("/a", 60, later), rates.take("/a", 60, later)), (Ok(()), Ok(())));
        assert!(rates.take("/a", 60, later).is_err());
        let much_later = start + Duration::from_secs(3600);
        assert_eq!((0..100).filter(|_| rates.take("/a", 60, much_later).is_ok()).count(), 60);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn the_oldest_silent_connection_gives_way_and_one_that_works_does_not() {
        let connections = Connections::new(2);
        let task = || tokio::spawn(std::future::pending::<()>());
        let (first, second) = (task(), task());
        let (one, two) = (connections.begin().unwrap(), connections.begin().unwrap());
        connections.waits(one, first.abort_handle());
        connections.waits(two, second.abort_handle());
        connections.works(one);
        let three = connections.begin().expect("the second gives way");
        assert!(second.await.unwrap_err().is_cancelled());
        assert!(connections.begin().is_none(), "one works, and the other is not yet known to wait");
        connections.waits(three, first.abort_handle());
        assert!(connections.begin().is_some());
        assert!(first.await.unwrap_err().is_cancelled());
    }
}
