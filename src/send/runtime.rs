//! The system's event queue, which requests wait on: made once for a run.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// File descriptors that a run needs beyond those that are open: the queue itself and what wakes it, a pair of sockets for signals,
/// root certificates, a name's look-up, a connection. Where the library finds none left it panics, or reports something else.
#[cfg(unix)]
const DESCRIPTORS: usize = 12;

/// Makes what requests of this thread wait on.
///
/// # Errors
/// When the system gives none, or not the descriptors that a first request takes.
pub fn runtime() -> io::Result<Runtime> {
    #[cfg(unix)]
    let spare = (0..DESCRIPTORS / 2).map(|_| std::os::unix::net::UnixStream::pair()).collect::<io::Result<Vec<_>>>()?;
    #[cfg(unix)]
    drop(spare);
    Builder::new_current_thread().enable_all().build()
}
