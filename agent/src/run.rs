//! Measuring and pushing, side by side.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::args::{Run, State};
use crate::batch::Batch;
use crate::buffer::{self, Buffer};
use crate::identity::Identity;
use crate::leak::Leak;
use crate::measure::Host;
use crate::push::{Counts, Pusher};
use crate::stop::Stop;
use crate::{http, log};

pub(crate) fn act(state: &State, run: &Run) -> anyhow::Result<()> {
    let folder = state.folder()?;
    let identity = Identity::read(&folder)?;
    let _only = lock(&folder)?;
    let stop = Stop::on_signal()?;
    let buffer = Buffer::open(&folder.join("buffer"), run.buffer_mib << 20)
        .context("what waits to be pushed cannot be read")?;
    let buffer = Arc::new(buffer);
    let counts = Arc::new(Counts::default());
    log::info(&format!(
        "{} of {}: measuring every {} ms, pushing to {}",
        identity.name, identity.tenant, run.interval_ms, identity.ingress_url
    ));
    let pusher = Pusher::new(
        http::client(state.ca_file.as_deref())?,
        &identity,
        buffer.clone(),
        counts.clone(),
        stop.clone(),
        Leak::new(run.test_bed),
    );
    let pushing = std::thread::Builder::new()
        .name("push".to_owned())
        .spawn(move || pusher.run())?;
    measure(
        Host::new(&identity, run, counts.clone())?,
        run,
        &buffer,
        &stop,
    );
    buffer.close();
    if pushing.join().is_err() {
        bail!("pushing ended with a panic");
    }
    log::info(&format!("stopped; {}", summary(&counts, buffer.state())));
    Ok(())
}

fn summary(counts: &Counts, buffer: buffer::State) -> String {
    format!(
        "{} samples were pushed, {} were refused, {} found no room, {} bytes wait",
        counts.accepted.load(Ordering::Relaxed),
        counts.refused.load(Ordering::Relaxed),
        buffer.dropped,
        buffer.bytes
    )
}

/// Measures at a fixed rate until told to stop. Rounds that were missed (the host slept) are left out.
fn measure(mut host: Host, run: &Run, buffer: &Buffer, stop: &Stop) {
    let mut batch = Batch::new(run.push_every());
    let mut next = Instant::now();
    loop {
        let before = batch.samples().len();
        host.measure(batch.samples(), buffer.state());
        let round = batch.samples().len() - before;
        next = following(next, Instant::now(), run.interval());
        let stopped = stop.within(next.saturating_duration_since(Instant::now()));
        if stopped || batch.is_due(round) {
            keep(&mut batch, buffer);
        }
        if stopped {
            return;
        }
    }
}

fn keep(batch: &mut Batch, buffer: &Buffer) {
    let kept = batch.take().and_then(|entries| {
        entries
            .into_iter()
            .try_for_each(|entry| buffer.append(&entry))
    });
    if let Err(error) = kept {
        log::error(&format!("what was measured cannot be kept: {error}"));
    }
}

/// The next instant of the rhythm after `now`.
fn following(last: Instant, now: Instant, interval: Duration) -> Instant {
    let next = last + interval;
    if next > now { next } else { now + interval }
}

/// Two agents on one state folder would push each other's samples.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let file = File::create(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another agent uses {}", folder.display()),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_is_kept_and_missed_rounds_are_left_out() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let second = Duration::from_secs(1);
        assert_eq!(following(at(0), at(300), second), at(1_000));
        assert_eq!(following(at(0), at(90_500), second), at(91_500));
    }
}
