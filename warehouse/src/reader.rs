//! A warehouse read from its files, whether or not an agent has it open.

use async_trait::async_trait;

use crate::access::Access;
use crate::assemble::Assembler;
use crate::error::{Error, Result};
use crate::event::Batch;
use crate::format::Mark;
use crate::hot::HotRows;
use crate::ids::{Lsn, ProducerId};
use crate::journal::{Recovered, read_local};
use crate::ledger::Ledger;
use crate::store::Store;
use crate::table::{DeltaTables, TableWriter};
use crate::view::{Source, View};
use crate::{Clock, JOURNAL_DIR};

/// See the module.
#[derive(Debug)]
pub struct Reader {
    store: Store,
    clock: std::sync::Arc<dyn Clock>,
}

impl Reader {
    /// Looks at a warehouse: see [`Store::open`] for `location`.
    pub async fn open(location: &str, clock: std::sync::Arc<dyn Clock>) -> Result<Self> {
        let store = Store::open(location, false)?;
        if Mark::read(&store).await?.is_none() {
            return Err(Error::Invalid(format!(
                "{} is no warehouse: it has no modeldb.json. \
                 `modeldb serve --warehouse …` makes one",
                store.url()
            )));
        }
        Ok(Self { store, clock })
    }

    /// Where it lies.
    pub fn store(&self) -> &Store {
        &self.store
    }

    async fn ledger(&self) -> Result<Ledger> {
        // The journal first: what is folded and trimmed between the two reads is then
        // in the tables for certain, and their marks leave out what would be double.
        let recovered = match self.store.local() {
            Some(root) => read_local(&root.join(JOURNAL_DIR))?,
            None => Recovered::default(),
        };
        let tables = DeltaTables::read_only(self.store.clone());
        let opened = tables.tables().await?;
        let replay = Replay::decode(recovered)?;
        let marks = tables.marks(&opened, &replay.producers()).await?;
        let (assembler, hot, last) = replay.apply(HotRows::new(marks));
        // Whoever looks from outside cannot tell who is silent: nobody is given up.
        Ok(Ledger::new(
            assembler,
            hot,
            opened,
            last,
            self.clock.now(),
            std::time::Duration::MAX,
        ))
    }
}

#[async_trait]
impl Source for Reader {
    async fn view(&self, access: &Access) -> Result<View> {
        self.ledger().await?.view(access, self.clock.now())
    }
}

/// What a journal gave back, decoded.
pub(crate) struct Replay {
    assembler: Assembler,
    batches: Vec<(Lsn, Batch)>,
    through: Lsn,
}

impl Replay {
    pub(crate) fn decode(recovered: Recovered) -> Result<Self> {
        let assembler = match &recovered.state {
            Some(state) => Assembler::decode(state)?,
            None => Assembler::default(),
        };
        let decode = |(lsn, entry): (Lsn, Vec<u8>)| {
            let batch = rmp_serde::from_slice(&entry)
                .map_err(|error| Error::Damaged(format!("journal entry {lsn}: {error}")))?;
            Ok((lsn, batch))
        };
        Ok(Self {
            assembler,
            batches: recovered
                .entries
                .into_iter()
                .map(decode)
                .collect::<Result<_>>()?,
            through: recovered.through,
        })
    }

    /// The producers of the batches, whose marks in the tables matter.
    pub(crate) fn producers(&self) -> Vec<ProducerId> {
        let ids = self
            .batches
            .iter()
            .map(|(_, batch)| batch.producer.id.clone());
        let distinct: std::collections::BTreeSet<_> = ids.collect();
        distinct.into_iter().collect()
    }

    pub(crate) fn apply(mut self, mut hot: HotRows) -> (Assembler, HotRows, Lsn) {
        let mut last = self.through;
        for (lsn, batch) in self.batches {
            let rows = self.assembler.apply(&batch);
            hot.add(&batch.producer.id, batch.seq, rows);
            last = lsn;
        }
        (self.assembler, hot, last)
    }
}
