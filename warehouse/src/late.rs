//! Batches that another agent acked and that nobody sees yet: they may be on its disk, on their
//! way to the object store. A producer that comes to this agent meanwhile is asked to wait, and only
//! after some time told that they are lost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::ids::{ProducerId, Seq};
use crate::limits::{LATE_LIMIT, MAX_PRODUCERS};

/// The producers that wait, and since when.
#[derive(Debug, Default)]
pub(crate) struct Late {
    since: Mutex<HashMap<ProducerId, Duration>>,
}

impl Late {
    /// Whether a producer may go on that was acked batches up to `acked`, of which `known` is the
    /// last that is known here. `now` is what a clock says has elapsed.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] while it has to wait.
    pub(crate) fn wait(
        &self,
        producer: &ProducerId,
        known: Seq,
        acked: Seq,
        now: Duration,
    ) -> Result<()> {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if known >= acked {
            since.remove(producer);
            return Ok(());
        }
        if since.len() >= MAX_PRODUCERS {
            since.retain(|_, at| now.saturating_sub(*at) < LATE_LIMIT);
        }
        let began = *since.entry(producer.clone()).or_insert(now);
        if now.saturating_sub(began) >= LATE_LIMIT {
            since.remove(producer);
            return Ok(());
        }
        Err(Error::Unavailable(format!(
            "batches {} to {acked} of producer {producer} were acked by another agent and have not \
             reached the object store; they are waited for, for {} seconds",
            known.0 + 1,
            LATE_LIMIT.as_secs()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_producer_waits_for_its_own_batches_only() {
        let late = Late::default();
        let id = |name| ProducerId::parse(name).expect("an id");
        let at = Duration::from_secs;
        let wait = |name, known, acked, now| late.wait(&id(name), Seq(known), Seq(acked), now);
        assert!(wait("producer-a", 4, 4, at(0)).is_ok());
        let asked = wait("producer-a", 4, 6, at(0)).expect_err("it waits");
        assert!(
            asked
                .to_string()
                .contains("batches 5 to 6 of producer producer-a")
        );
        assert!(wait("producer-b", 6, 6, at(1)).is_ok());
        assert!(wait("producer-a", 6, 6, at(2)).is_ok(), "they came");
        assert!(wait("producer-a", 6, 7, at(3)).is_err());
        let last = LATE_LIMIT.as_secs() + 3;
        assert!(wait("producer-a", 6, 7, at(last - 1)).is_err());
        assert!(wait("producer-a", 6, 7, at(last)).is_ok(), "they are lost");
    }
}
