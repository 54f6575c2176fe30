//! How much is taken from whom: of each hook so many deliveries a minute, and connections that send nothing give way to those that do.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
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

/// The connections that are open. Those that were not let in yet have no right to their place: one more than may be, or a body for which
/// there is no room, takes that of the oldest.
pub(super) struct Connections {
    guests: Mutex<Guests>,
    most: usize,
    /// Room for bodies that are being read, in bytes.
    room: Arc<Semaphore>,
}

#[derive(Default)]
struct Guests {
    /// How each is ended that was not let in, the oldest first.
    outside: BTreeMap<u64, AbortHandle>,
    /// All that are open, by number: one that is ended may end by itself at the same moment, and counts once.
    open: HashSet<u64>,
    next: u64,
}

impl Guests {
    /// Ends the oldest that was not let in, but for one; false where there is none.
    fn end_oldest_but(&mut self, number: Option<u64>) -> bool {
        let Some(oldest) = self.outside.keys().find(|other| Some(**other) != number).copied() else { return false };
        if let Some(handle) = self.outside.remove(&oldest) {
            handle.abort();
        }
        self.open.remove(&oldest);
        true
    }
}

impl Connections {
    /// Takes so many connections, and so many bytes of bodies in all.
    pub(super) fn new(most: usize, room: usize) -> Connections {
        Connections { guests: Mutex::default(), most, room: Arc::new(Semaphore::new(room)) }
    }

    /// Gives a new connection a number, or refuses it where all that are open were let in.
    pub(super) fn begin(&self) -> Option<u64> {
        let mut guests = locked(&self.guests);
        if guests.open.len() >= self.most && !guests.end_oldest_but(None) {
            return None;
        }
        guests.next += 1;
        let number = guests.next;
        guests.open.insert(number);
        Some(number)
    }

    /// Takes note of how a connection is ended that was not let in, or is so no longer.
    pub(super) fn stays_outside(&self, number: u64, handle: AbortHandle) {
        let mut guests = locked(&self.guests);
        // One that was ended meanwhile is gone, and has nothing to give.
        if guests.open.contains(&number) {
            guests.outside.insert(number, handle);
        }
    }

    /// Lets a connection in: nothing takes its place until its answer is sent.
    fn let_in(&self, number: u64) {
        locked(&self.guests).outside.remove(&number);
    }

    /// Takes note that a connection ended by itself.
    pub(super) fn ended(&self, number: u64) {
        let mut guests = locked(&self.guests);
        guests.outside.remove(&number);
        guests.open.remove(&number);
    }

    /// Ends the oldest that was not let in, for a connection that the system cannot give; false where there is none.
    pub(super) fn end_oldest(&self) -> bool {
        locked(&self.guests).end_oldest_but(None)
    }

    /// Returns how many are open.
    pub(super) fn open(&self) -> usize {
        locked(&self.guests).open.len()
    }
}

/// A connection's place among the others.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) connections: Arc<Connections>,
    pub(super) number: u64,
}

impl Seat {
    /// Lets the connection in.
    pub(super) fn let_in(&self) {
        self.connections.let_in(self.number);
    }

    /// Takes room for some bytes of a body, as long as the permit lives; who was here first makes it.
    pub(super) async fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes).ok()?;
        loop {
            if let Ok(permit) = self.connections.room.clone().try_acquire_many_owned(bytes) {
                return Some(permit);
            }
            if !locked(&self.connections.guests).end_oldest_but(Some(self.number)) {
                // All others were let in, and will soon be done.
                return self.connections.room.clone().acquire_many_owned(bytes).await.ok();
            }
            // The one that was ended gives its room back when it is its turn.
            tokio::time::sleep(TURN).await;
        }
    }
}

/// How long one that was ended is given to go.
pub(super) const TURN: Duration = Duration::from_millis(1);

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

    #[tokio::test]
    async fn the_oldest_connection_that_was_not_let_in_gives_way_and_no_other() {
        let connections = Connections::new(2, 10);
        let task = || tokio::spawn(std::future::pending::<()>());
        let (first, second) = (task(), task());
        let (one, two) = (connections.begin().unwrap(), connections.begin().unwrap());
        connections.stays_outside(one, first.abort_handle());
        connections.stays_outside(two, second.abort_handle());
        connections.let_in(one);
        let three = connections.begin().expect("the second gives way");
        assert!(second.await.unwrap_err().is_cancelled());
        assert!(connections.begin().is_none(), "one was let in, and the other has not begun");
        connections.stays_outside(three, first.abort_handle());
        assert!(connections.begin().is_some());
        assert!(first.await.unwrap_err().is_cancelled());
    }

    #[tokio::test]
    async fn a_connection_that_ends_while_it_is_ended_counts_once() {
        let connections = Connections::new(2, 10);
        let task = || tokio::spawn(std::future::pending::<()>());
        let handle = || task().abort_handle();
        for _ in 0..3 {
            let (one, two) = (connections.begin().unwrap(), connections.begin().unwrap());
            connections.stays_outside(one, handle());
            connections.stays_outside(two, handle());
            // The first gives way while it answers: it stays outside once more, and then it ends by itself.
            let three = connections.begin().unwrap();
            connections.stays_outside(one, handle());
            connections.ended(one);
            assert_eq!(connections.open(), 2);
            assert!(connections.begin().is_some(), "the second gives way");
            assert!(connections.begin().is_none(), "the last two have not begun, and nobody else is there");
            connections.ended(three);
            connections.ended(three + 1);
            assert_eq!(connections.open(), 0);
        }
    }

    #[tokio::test]
    async fn a_body_for_which_there_is_no_room_ends_the_oldest_that_was_not_let_in() {
        let connections = Arc::new(Connections::new(9, 10));
        let seat = || Seat { connections: connections.clone(), number: connections.begin().unwrap() };
        let (slow, honest) = (seat(), seat());
        let number = slow.number;
        let (begun, begins) = tokio::sync::oneshot::channel();
        let slow = tokio::spawn(async move {
            let _room = slow.room(8).await;
            begun.send(()).unwrap();
            std::future::pending::<()>().await;
        });
        connections.stays_outside(number, slow.abort_handle());
        begins.await.unwrap();
        assert!(honest.room(2).await.is_some());
        assert!(honest.room(9).await.is_some());
        assert!(slow.await.unwrap_err().is_cancelled());
    }
}
