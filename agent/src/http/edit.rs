//! What people change on the page: it goes the way of all events, with the agent as producer.

use std::sync::Arc;

use modeldb_warehouse::event::{
    Annotated, AttributeSet, Batch, Event, Happening, Producer, Target, Value,
};
use modeldb_warehouse::{Access, Entropy, ProducerId, RunId, Seq, SystemEntropy, Warehouse};
use tokio::sync::Mutex;

use super::error::{Failure, Result};

/// Bytes of a text that people write, at most.
pub(super) const TEXT_MAX: usize = 64 << 10;

/// Delivers what people say.
#[derive(Debug)]
pub(super) struct Editor {
    warehouse: Arc<Warehouse>,
    producer: Producer,
    /// The last batch; held while one is delivered, so that they come in order.
    last: Mutex<Seq>,
}

impl Editor {
    pub(super) fn new(warehouse: Arc<Warehouse>) -> Self {
        let name = format!("page-{}", SystemEntropy.fresh_name());
        let producer = Producer {
            id: ProducerId::from(name),
            kind: "page".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        };
        Self {
            warehouse,
            producer,
            last: Mutex::new(Seq(0)),
        }
    }

    /// Sets keys of something that lies in `run`, where it does.
    pub(super) async fn set(
        &self,
        kind: &str,
        id: &str,
        run: Option<&str>,
        pairs: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<()> {
        let what = pairs.into_iter().map(|(key, value)| {
            Happening::AttributeSet(Box::new(AttributeSet {
                target: target(kind, id),
                key,
                value,
            }))
        });
        self.deliver(run, what.collect()).await
    }

    /// Writes a note.
    pub(super) async fn note(
        &self,
        kind: &str,
        id: &str,
        run: Option<&str>,
        author: Option<String>,
        text: String,
    ) -> Result<()> {
        let note = Happening::Annotated(Box::new(Annotated {
            target: target(kind, id),
            author,
            text,
        }));
        self.deliver(run, vec![note]).await
    }

    async fn deliver(&self, run: Option<&str>, what: Vec<Happening>) -> Result<()> {
        let run = match run {
            Some(run) => RunId::parse(run).map_err(|error| Failure::internal(&error))?,
            // No run: nothing is known of one with this name.
            None => RunId::from(self.producer.id.as_str().to_owned()),
        };
        let at = self.warehouse.clock().now();
        let events = what.into_iter().map(|what| Event {
            run: run.clone(),
            at,
            what,
        });
        let mut last = self.last.lock().await;
        let batch = Batch {
            producer: self.producer.clone(),
            seq: Seq(last.0 + 1),
            received_at: at,
            events: events.collect(),
        };
        let seq = batch.seq;
        self.warehouse
            .push(&Access::everything(), batch, *last)
            .await?;
        *last = seq;
        Ok(())
    }
}

fn target(kind: &str, id: &str) -> Target {
    Target {
        kind: kind.into(),
        id: Some(id.into()),
        number: 0,
    }
}
