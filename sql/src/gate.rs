//! How many queries compute at one time, and how many may wait for that.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::amount;
use crate::error::{Error, Result};
use crate::settings::Settings;

/// Queries that compute at one time, for each core, if no number was set: some wait
/// for the disk or for their reader.
const QUERIES_PER_CORE: usize = 4;

/// Lets so many in, and so many wait. First come, first served.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    slots: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    concurrency: usize,
    queue_max: usize,
    patience: Duration,
}

/// The right to compute, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    _permit: OwnedSemaphorePermit,
}

impl Gate {
    pub(crate) fn new(settings: &Settings) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let concurrency = { settings.concurrency }
            .unwrap_or_else(|| cores() * QUERIES_PER_CORE)
            .clamp(1, Semaphore::MAX_PERMITS);
        let queue_max = settings.queue.min(Semaphore::MAX_PERMITS);
        Self {
            slots: Arc::new(Semaphore::new(concurrency)),
            queue: Arc::new(Semaphore::new(queue_max)),
            concurrency,
            queue_max,
            patience: settings.queue_limit,
        }
    }

    /// For a query that begins.
    pub(crate) async fn enter(&self) -> Result<Slot> {
        if let Ok(permit) = self.slots.clone().try_acquire_owned() {
            return Ok(Slot { _permit: permit });
        }
        let Ok(_place) = self.queue.try_acquire() else {
            return Err(Error::Busy(format!(
                "{} queries run and {} wait, which are the limits (settings sql_concurrency and \
                 sql_queue): ask again later, or raise one",
                self.concurrency, self.queue_max
            )));
        };
        match timeout(self.patience, self.enter_again()).await {
            Ok(entered) => entered,
            Err(_) => Err(Error::Busy(format!(
                "the query waited for {}, the limit (setting sql_queue_timeout), while {} others \
                 ran (setting sql_concurrency): ask again later, or raise one",
                amount::duration(self.patience),
                self.concurrency
            ))),
        }
    }

    /// For one that goes on: it was let in before, and waits as long as it takes.
    pub(crate) async fn enter_again(&self) -> Result<Slot> {
        let closed = |_: AcquireError| Error::Internal("no query is let in any more".into());
        let permit = self.slots.clone().acquire_owned().await.map_err(closed)?;
        Ok(Slot { _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn some_run_some_wait_the_others_are_told() {
        let gate = Gate::new(&Settings {
            concurrency: Some(1),
            queue: 1,
            queue_limit: Duration::from_millis(20),
            ..Settings::default()
        });
        let first = gate.enter().await.unwrap();
        let second = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter().await.map(drop) }
        });
        tokio::task::yield_now().await;
        let third = gate.enter().await.unwrap_err().to_string();
        assert!(third.contains("1 queries run and 1 wait"), "{third}");
        let second = second.await.unwrap().unwrap_err().to_string();
        assert!(second.contains("waited for 20ms"), "{second}");
        drop(first);
        gate.enter().await.unwrap();
    }
}
