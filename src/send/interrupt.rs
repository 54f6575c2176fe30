//! Ctrl-C and the CI's "cancel": the run ends cleanly and says what was accepted; asked twice, it ends at once.

/// Waits until the process is asked to end: SIGINT and SIGTERM on Unix, Ctrl-C and Ctrl-Break on Windows. Where these cannot be heard,
/// it waits for ever and the system's default ends the process.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    // Runners of CI systems send one, and the other where the first is not enough.
    #[cfg(windows)]
    {
        use tokio::signal::windows::{ctrl_break, ctrl_c};
        let (Ok(mut interrupt), Ok(mut terminate)) = (ctrl_c(), ctrl_break()) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    end_on_signals();
}

/// The thing that ends a run before it is finished.
#[derive(Debug, Clone, Default)]
pub enum Stop {
    /// A signal to the process.
    #[default]
    Signal,
    /// A signal, or this time, at which whoever started the process would end it.
    SignalOrAt(tokio::time::Instant),
    /// The word of a door that hears the signals itself: it turns true.
    Word(tokio::sync::watch::Receiver<bool>),
}

impl Stop {
    /// Waits until the run is to end.
    pub async fn came(self) {
        match self {
            Stop::Signal => interrupted().await,
            Stop::SignalOrAt(time) => tokio::select! {
                () = interrupted() => {}
                () = tokio::time::sleep_until(time) => {}
            },
            Stop::Word(mut word) => {
                if word.wait_for(|stop| *stop).await.is_err() {
                    // Nobody is left who could say it.
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Waits for the same, while nothing is under way yet that a signal could cut short: there the process's own end is the usual one.
    pub(super) async fn came_from_a_door(self) {
        match self {
            Stop::Signal => std::future::pending().await,
            Stop::SignalOrAt(time) => tokio::time::sleep_until(time).await,
            word @ Stop::Word(_) => word.came().await,
        }
    }

    /// True when the run hears the signals of the process itself.
    #[must_use]
    pub fn hears_signals(&self) -> bool {
        !matches!(self, Stop::Word(_))
    }
}

/// From now on a signal ends the process, as it does by default: nothing is under way that a report would be about. On Windows it
/// does so by itself once nobody waits for it.
pub fn end_on_signals() {
    #[cfg(unix)]
    {
        use std::sync::Arc;
        use std::sync::atomic::AtomicBool;
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // Where it cannot be registered, the signal stays unheard: no worse than before.
            let _unheard = signal_hook::flag::register_conditional_default(signal, Arc::new(AtomicBool::new(true)));
        }
    }
}
