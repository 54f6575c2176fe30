//! Ctrl-C and the CI's "cancel": the run ends cleanly and says what was accepted.

/// Waits until the process is asked to end (SIGINT, on Unix also SIGTERM). Where signals cannot be heard, it waits for ever
/// and the system's default ends the process.
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
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
