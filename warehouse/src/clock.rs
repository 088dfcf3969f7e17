//! Time and randomness come in as values, so that tests can replay both.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// A moment: microseconds since the Unix epoch, UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// The moment so many microseconds later; the last one there is where that is too far.
    pub fn plus_micros(self, microseconds: i64) -> Self {
        Self(self.0.saturating_add(microseconds))
    }

    /// Time from `earlier` to this moment; zero when it lies ahead.
    pub fn since(self, earlier: Micros) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

/// Tells the time.
pub trait Clock: Debug + Send + Sync {
    /// Now, as people have it: it may be set, and so jump.
    fn now(&self) -> Micros;

    /// Time since a moment that stays the same as long as the clock is there. It never jumps: how
    /// long something takes is measured by it.
    fn elapsed(&self) -> Duration;
}

/// Makes names that nobody made before.
pub trait Entropy: Debug + Send + Sync {
    /// A name of at least 8 characters of `[A-Za-z0-9-]`.
    fn fresh_name(&self) -> String;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Micros {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that asks the machine"
        )]
        let now = std::time::SystemTime::now();
        let since = now
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Micros(since.as_micros() as i64)
    }

    fn elapsed(&self) -> Duration {
        static BEGAN: OnceLock<Instant> = OnceLock::new();
        BEGAN.get_or_init(Instant::now).elapsed()
    }
}

/// The machine's randomness: random UUIDs.
#[derive(Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fresh_name(&self) -> String {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that asks the machine"
        )]
        uuid::Uuid::new_v4().to_string()
    }
}

/// A clock that a test sets.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at `now`.
    pub fn at(now: Micros) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now.0)))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_micros() as i64, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Micros {
        Micros(self.0.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        self.now().since(Micros(0))
    }
}
