//! How far a transfer has come.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sanyun_core::Clock;

/// How far a transfer has come, as its callback is told. What is told never goes back: when a part is sent again, the
/// number stands still until the second attempt is as far as the first was.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TransferProgress {
    /// Bytes so far, those of an earlier run that is resumed included.
    pub transferred: u64,
    /// All bytes; `None` as long as nobody knows.
    pub total: Option<u64>,
    /// Bytes that an earlier run has transferred.
    pub resumed: u64,
    /// Bytes a second over the last seconds.
    pub rate: f64,
    /// How long the rest takes at this rate; `None` if that cannot be said.
    pub remaining: Option<Duration>,
    /// Since this run began.
    pub elapsed: Duration,
    /// Whether the transfer has succeeded: all is there, and its checksum is right. True in one call, the last.
    pub finished: bool,
}

/// `300 of 700 bytes, 250 bytes/s, 2 s left`
impl fmt::Display for TransferProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            Some(total) => write!(f, "{} of {total} bytes, {:.0} bytes/s", self.transferred, self.rate)?,
            None => write!(f, "{} bytes, {:.0} bytes/s", self.transferred, self.rate)?,
        }
        self.remaining.map_or(Ok(()), |left| write!(f, ", {:.0} s left", left.as_secs_f64()))
    }
}

pub(super) type Listener = Arc<dyn Fn(TransferProgress) + Send + Sync>;

/// Counts the bytes of one transfer and tells its callback.
pub(super) struct Meter {
    clock: Arc<dyn Clock>,
    listener: Option<Listener>,
    state: Mutex<State>,
}

struct State {
    /// Bytes that are there or on their way; less again when a part begins anew.
    current: u64,
    /// The most that was told.
    told: u64,
    resumed: u64,
    total: Option<u64>,
    started: Duration,
    /// When how many bytes were told, over the last seconds.
    samples: VecDeque<(Duration, u64)>,
}

/// The rate is that of this time.
const WINDOW: Duration = Duration::from_secs(5);
/// At most so many samples are kept for it.
const SAMPLES: u32 = 20;

impl Meter {
    pub(super) fn new(clock: Arc<dyn Clock>, listener: Option<Listener>) -> Arc<Self> {
        let started = clock.elapsed();
        let state =
            State { current: 0, told: 0, resumed: 0, total: None, started, samples: VecDeque::from([(started, 0)]) };
        Arc::new(Self { clock, listener, state: Mutex::new(state) })
    }

    /// Whether anybody listens.
    pub(super) fn is_watched(&self) -> bool {
        self.listener.is_some()
    }

    /// What is known before the first byte.
    pub(super) fn begin(&self, total: Option<u64>, resumed: u64) {
        self.tell(false, |state| {
            (state.total, state.resumed) = (total, resumed);
            state.current += resumed;
            state.samples = VecDeque::from([(state.started, state.current)]);
        });
    }

    fn add(&self, bytes: u64) {
        self.tell(false, |state| state.current += bytes);
    }

    fn take_back(&self, bytes: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.current = state.current.saturating_sub(bytes);
    }

    /// Everything is there.
    pub(super) fn finish(&self) {
        self.tell(true, |state| state.total = Some(state.total.unwrap_or(state.current)));
    }

    fn tell(&self, finished: bool, change: impl FnOnce(&mut State)) {
        let Some(listener) = &self.listener else { return };
        let now = self.clock.elapsed();
        // Told with the lock held, so that what is told never goes back.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        let (before, known) = (state.told, state.total.is_some());
        state.told = state.told.max(state.current);
        if finished || state.told > before || (known && state.told == 0) {
            listener(state.progress(now, finished));
        }
    }
}

impl State {
    fn progress(&mut self, now: Duration, finished: bool) -> TransferProgress {
        let rate = self.rate(now);
        let left = self.total.map(|total| total.saturating_sub(self.told) as f64);
        let remaining = left.filter(|_| rate > 0.0).and_then(|left| Duration::try_from_secs_f64(left / rate).ok());
        TransferProgress {
            transferred: self.told,
            total: self.total,
            resumed: self.resumed,
            rate,
            remaining,
            elapsed: now.saturating_sub(self.started),
            finished,
        }
    }

    fn rate(&mut self, now: Duration) -> f64 {
        let last = self.samples.back().map_or(Duration::ZERO, |(at, _)| *at);
        if now.saturating_sub(last) >= WINDOW / SAMPLES {
            self.samples.push_back((now, self.told));
        }
        while self.samples.len() > 2 && self.samples.get(1).is_some_and(|(at, _)| now.saturating_sub(*at) >= WINDOW) {
            self.samples.pop_front();
        }
        let Some((at, bytes)) = self.samples.front() else { return 0.0 };
        let seconds = now.saturating_sub(*at).as_secs_f64();
        if seconds > 0.0 { self.told.saturating_sub(*bytes) as f64 / seconds } else { 0.0 }
    }
}

/// The bytes of one part, which are taken back when it begins anew.
#[derive(Clone)]
pub(super) struct Portion {
    meter: Arc<Meter>,
    counted: Arc<AtomicU64>,
}

impl Portion {
    pub(super) fn of(meter: &Arc<Meter>) -> Self {
        Self { meter: Arc::clone(meter), counted: Arc::default() }
    }

    /// The part begins anew.
    pub(super) fn restart(&self) {
        self.meter.take_back(self.counted.swap(0, Ordering::Relaxed));
    }

    /// So many more bytes.
    pub(super) fn add(&self, bytes: u64) {
        self.counted.fetch_add(bytes, Ordering::Relaxed);
        self.meter.add(bytes);
    }

    /// The whole part of so many bytes is there.
    pub(super) fn complete(&self, bytes: u64) {
        let counted = self.counted.swap(bytes, Ordering::Relaxed);
        self.meter.add(bytes.saturating_sub(counted));
    }

    pub(super) fn is_watched(&self) -> bool {
        self.meter.is_watched()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sanyun_core::ManualClock;

    #[test]
    fn what_is_told_never_goes_back_and_has_rate_and_rest() {
        let clock = Arc::new(ManualClock::at_unix(1_000));
        let told = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&told);
        let listener: Listener = Arc::new(move |progress| seen.lock().unwrap().push(progress));
        let meter = Meter::new(Arc::new(Arc::clone(&clock)), Some(listener));
        meter.begin(Some(1_000), 100);
        let portion = Portion::of(&meter);
        clock.advance(Duration::from_secs(1));
        portion.add(300);
        portion.restart();
        clock.advance(Duration::from_secs(1));
        portion.add(200);
        portion.add(200);
        portion.complete(900);
        meter.finish();
        let told = told.lock().unwrap();
        let bytes: Vec<_> = told.iter().map(|progress| progress.transferred).collect();
        assert_eq!(bytes, [100, 400, 500, 1_000, 1_000]);
        assert_eq!((told[1].rate, told[1].remaining), (300.0, Some(Duration::from_secs(2))));
        assert_eq!((told[2].rate, told[2].resumed, told[2].elapsed), (200.0, 100, Duration::from_secs(2)));
        assert_eq!(told.iter().filter(|progress| progress.finished).count(), 1);
        assert_eq!(told[1].to_string(), "400 of 1000 bytes, 300 bytes/s, 2 s left");
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let clock = Arc::new(ManualClock::at_unix(1_000));
        let last = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&last);
        let listener: Listener = Arc::new(move |progress| *seen.lock().unwrap() = Some(progress));
        let meter = Meter::new(Arc::new(Arc::clone(&clock)), Some(listener));
        let portion = Portion::of(&meter);
        for second in 0..30 {
            clock.advance(Duration::from_secs(1));
            portion.add(if second < 20 { 1_000 } else { 10 });
        }
        let progress: TransferProgress = last.lock().unwrap().unwrap();
        assert!((10.0..=12.0).contains(&progress.rate), "{progress}");
        assert_eq!(progress.remaining, None);
    }
}
