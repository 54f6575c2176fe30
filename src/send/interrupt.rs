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

/// The same, or at a given time, when whoever started the process would end it.
pub async fn interrupted_or_at(time: Option<tokio::time::Instant>) {
    match time {
        None => interrupted().await,
        Some(time) => tokio::select! {
            () = interrupted() => {}
            () = tokio::time::sleep_until(time) => {}
        },
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
