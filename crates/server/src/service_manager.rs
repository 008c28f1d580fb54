//! What systemd is told: that the server serves, and then, where the unit has a `WatchdogSec`, again and again that it
//! still does. A server that stands still says nothing, and is started anew.

/// Says that the server serves, from now on.
#[cfg(unix)]
pub(crate) fn tell_that_it_serves() {
    use sd_notify::NotifyState;

    fn tell(state: NotifyState<'_>) {
        if let Err(error) = sd_notify::notify(&[state]) {
            tracing::warn!(%error, "systemd cannot be told that the server serves");
        }
    }
    tell(NotifyState::Ready);
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    // Where no thread takes another task, this one stands still, too.
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(limit / 4);
        loop {
            ticks.tick().await;
            tell(NotifyState::Watchdog);
        }
    });
}

/// There is no systemd.
#[cfg(not(unix))]
pub(crate) fn tell_that_it_serves() {}
