//! The one task that appends to the journal, applies what is durable to the ledger,
//! and says so: the only place that moves the `durable` watch, from which acks are
//! answered.
//!
//! Group commit: whatever waits when a write begins goes into that write.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::error::{Error, Result};
use crate::ids::Lsn;
use crate::intake::Accepted;
use crate::journal::{Journal, JournalSize};
use crate::ledger::Ledger;
use crate::limits::MAX_GROUP_BYTES;

/// What the committer does besides appending.
#[derive(Debug)]
pub(crate) enum Request {
    /// Remember `state`, which includes entries up to `through`, and forget those.
    Checkpoint {
        through: Lsn,
        state: Vec<u8>,
        done: oneshot::Sender<Result<()>>,
    },
    /// How much does the journal hold?
    Size(oneshot::Sender<JournalSize>),
    /// Nothing more comes: end.
    Stop,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Committer {
    pub journal: Box<dyn Journal>,
    pub ledger: Arc<Ledger>,
    pub accepted: mpsc::UnboundedReceiver<Accepted>,
    pub requests: mpsc::Receiver<Request>,
    pub durable: watch::Sender<Lsn>,
}

impl Committer {
    /// Runs until it is told to stop, or until the journal fails, which is the end of
    /// the warehouse.
    pub(crate) async fn run(mut self) -> Result<()> {
        loop {
            tokio::select! {
                Some(first) = self.accepted.recv() => self.commit(first).await?,
                request = self.requests.recv() => match request {
                    Some(Request::Stop) | None => return Ok(()),
                    Some(request) => self.answer(request).await?,
                },
            }
        }
    }

    async fn commit(&mut self, first: Accepted) -> Result<()> {
        let mut bytes = first.encoded.len();
        let mut group = vec![first];
        while bytes < MAX_GROUP_BYTES
            && let Ok(next) = self.accepted.try_recv()
        {
            bytes += next.encoded.len();
            group.push(next);
        }
        let entries = group
            .iter_mut()
            .map(|accepted| std::mem::take(&mut accepted.encoded))
            .collect();
        let last = self.journal.append(entries).await?;
        let first = last.0 + 1 - group.len() as u64;
        for (index, accepted) in group.into_iter().enumerate() {
            self.ledger.apply(Lsn(first + index as u64), accepted.batch);
            drop(accepted.permit);
        }
        self.durable.send_replace(last);
        Ok(())
    }

    async fn answer(&mut self, request: Request) -> Result<()> {
        match request {
            Request::Checkpoint {
                through,
                state,
                done,
            } => {
                let result = self.journal.checkpoint(through, state).await;
                let failed = result.as_ref().err().map(ToString::to_string);
                // Nobody waits any more: the checkpoint stands all the same.
                let _ = done.send(result);
                failed.map_or(Ok(()), |error| Err(Error::Storage(error)))
            }
            Request::Size(answer) => {
                let _ = answer.send(self.journal.size());
                Ok(())
            }
            Request::Stop => Ok(()),
        }
    }
}
