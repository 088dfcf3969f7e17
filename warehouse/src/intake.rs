//! Takes batches: checks their order, hands them to the committer, waits until they
//! are durable.
//!
//! A batch that comes twice goes into the journal once: the second waits for the
//! first. What a producer sent goes on in the order of its numbers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};

use crate::error::{Error, Result};
use crate::event::Batch;
use crate::ids::{Lsn, ProducerId, Seq};
use crate::limits::MAX_PRODUCERS;

/// A batch on its way to the journal.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub batch: Batch,
    pub encoded: Vec<u8>,
    /// Its share of the bytes that may be under way, given back when it is durable.
    pub permit: OwnedSemaphorePermit,
}

/// What the producer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Every batch of the producer up to this number is durable.
    pub acked: Seq,
    /// Batches that had been acked to the producer and that this warehouse does not
    /// have: the first and the last.
    pub lost: Option<(Seq, Seq)>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Intake {
    accepted: Mutex<Order>,
    durable: watch::Receiver<Lsn>,
}

#[derive(Debug)]
struct Order {
    /// The last number taken of each producer, and the entry it became.
    producers: HashMap<ProducerId, (Seq, Lsn)>,
    next: Lsn,
    /// None once the warehouse is closing.
    committer: Option<mpsc::UnboundedSender<Accepted>>,
}

impl Intake {
    /// Goes on after `last`; `producers` are the marks of what is durable already.
    pub(crate) fn new(
        producers: impl IntoIterator<Item = (ProducerId, Seq)>,
        last: Lsn,
        committer: mpsc::UnboundedSender<Accepted>,
        durable: watch::Receiver<Lsn>,
    ) -> Self {
        let producers = producers.into_iter().map(|(id, seq)| (id, (seq, last)));
        let order = Order {
            producers: producers.collect(),
            next: last.next(),
            committer: Some(committer),
        };
        Self {
            accepted: Mutex::new(order),
            durable,
        }
    }

    /// Takes a batch and answers when it is durable. `producer_acked` is what the
    /// producer was told before, by whichever agent.
    pub(crate) async fn push(&self, accepted: Accepted, producer_acked: Seq) -> Result<Ack> {
        let seq = accepted.batch.seq;
        let (lsn, lost) = self.accept(accepted, producer_acked)?;
        self.wait_durable(lsn).await?;
        Ok(Ack { acked: seq, lost })
    }

    /// The last batch taken of a producer; none when nothing is known of it.
    pub(crate) fn known(&self, producer: &ProducerId) -> Option<Seq> {
        self.lock().producers.get(producer).map(|(seq, _)| *seq)
    }

    /// Goes on after `seq` with a producer of which no more is known.
    pub(crate) fn adopt(&self, producer: &ProducerId, seq: Seq) {
        let mut order = self.lock();
        let known = order.producers.entry(producer.clone()).or_default();
        if known.0 < seq {
            *known = (seq, Lsn(0));
        }
    }

    /// The last batch of a producer that is durable. Waits for one that is on its way.
    pub(crate) async fn acked(&self, producer: &ProducerId) -> Result<Seq> {
        let known = self.lock().producers.get(producer).copied();
        match known {
            Some((seq, lsn)) => self.wait_durable(lsn).await.map(|()| seq),
            None => Ok(Seq(0)),
        }
    }

    /// Takes no more.
    pub(crate) fn close(&self) {
        self.lock().committer = None;
    }

    /// Waits until everything that was taken is durable.
    pub(crate) async fn drained(&self) -> Result<()> {
        let last = Lsn(self.lock().next.0 - 1);
        self.wait_durable(last).await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Order> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(&self, accepted: Accepted, producer_acked: Seq) -> Result<(Lsn, Option<(Seq, Seq)>)> {
        let mut order = self.lock();
        let producer = accepted.batch.producer.id.clone();
        let seq = accepted.batch.seq;
        let known = order.producers.get(&producer).copied();
        let (mut last, known_lsn) = known.unwrap_or((Seq(0), Lsn(0)));
        if seq <= last {
            return Ok((known_lsn, None));
        }
        let mut lost = None;
        if producer_acked > last && producer_acked < seq {
            lost = Some((Seq(last.0 + 1), producer_acked));
            last = producer_acked;
        }
        if seq.0 != last.0 + 1 {
            return Err(Error::OutOfOrder(format!(
                "batch {seq} of producer {producer} came before batch {expected}: \
                 send from batch {expected}",
                expected = last.0 + 1
            )));
        }
        let Some(committer) = &order.committer else {
            return Err(Error::Unavailable("the agent is stopping".into()));
        };
        if committer.send(accepted).is_err() {
            return Err(Error::Unavailable("the journal takes nothing more".into()));
        }
        let lsn = order.next;
        order.next = lsn.next();
        order.producers.insert(producer, (seq, lsn));
        if order.producers.len() > MAX_PRODUCERS {
            let oldest = order.producers.iter().min_by_key(|(_, (_, lsn))| *lsn);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                order.producers.remove(&oldest);
            }
        }
        Ok((lsn, lost))
    }

    async fn wait_durable(&self, lsn: Lsn) -> Result<()> {
        let mut durable = self.durable.clone();
        let waited = durable.wait_for(|durable| *durable >= lsn).await;
        waited.map(|_| ()).map_err(|_| {
            Error::Unavailable("the journal failed before the batch was durable".into())
        })
    }
}
