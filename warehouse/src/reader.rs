//! A warehouse read from its files, whether or not an agent has it open.

use std::path::Path;

use async_trait::async_trait;
use deltalake::DeltaTable;

use crate::access::Access;
use crate::assemble::Assembler;
use crate::error::{Error, Result};
use crate::event::Batch;
use crate::format::Mark;
use crate::hot::HotRows;
use crate::ids::{AgentId, Lsn, ProducerId};
use crate::journal::{Recovered, folded_through, place, read_local};
use crate::ledger::{Ledger, RunStatus};
use crate::limits::MAX_OUTRUN_LOOKS;
use crate::relation::Relation;
use crate::saved::{self, Versions};
use crate::shared::{TablesAt, load};
use crate::store::Store;
use crate::table::{DeltaTables, TableWriter};
use crate::view::{Source, View};
use crate::{Clock, JOURNAL_DIR};

/// Who reads has no journal.
const READER: &str = "no-agent";

/// See the module.
#[derive(Debug)]
pub struct Reader {
    store: Store,
    clock: std::sync::Arc<dyn Clock>,
}

impl Reader {
    /// Looks at a warehouse: see [`Store::open`] for `location`.
    pub async fn open(location: &str, clock: std::sync::Arc<dyn Clock>) -> Result<Self> {
        Self::open_at(Store::open(location, false)?, clock).await
    }

    /// As [`Reader::open`], at a store that the caller has.
    pub async fn open_at(store: Store, clock: std::sync::Arc<dyn Clock>) -> Result<Self> {
        if Mark::read(&store).await?.is_none() {
            return Err(Error::Invalid(format!(
                "{} is no warehouse: it has no modeldb.json. \
                 `modeldb serve --warehouse …` makes one",
                store.url()
            )));
        }
        Ok(Self { store, clock })
    }

    /// Of a warehouse that somebody else has opened.
    pub(crate) fn at(store: Store, clock: std::sync::Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Where it lies.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Every relation, and the runs that the journal remembers.
    pub async fn look(&self, access: &Access) -> Result<(View, Vec<RunStatus>)> {
        let ledger = self.ledger().await?;
        let now = self.clock.now();
        let relations = ledger.view(access, now)?;
        let view = View {
            objects: self.store.objects().clone(),
            relations: relations.unwrap_or_default(),
        };
        Ok((view, ledger.runs(now)))
    }

    async fn ledger(&self) -> Result<Ledger> {
        let mark = Mark::read(&self.store).await?;
        let tables = DeltaTables::read_only(self.store.clone(), mark);
        let (assembler, hot, opened, last) = match self.store.local() {
            Some(root) => read_local_warehouse(root, &tables).await?,
            None => {
                let loaded = load(&self.store, &tables, &[], TablesAt::Checkpoint, None).await?;
                (loaded.assembler, loaded.hot, loaded.tables, Lsn(0))
            }
        };
        // Whoever looks from outside cannot tell who is silent: nobody is given up.
        Ok(Ledger::new(
            AgentId::from(READER.to_owned()),
            assembler,
            hot,
            opened,
            last,
            self.clock.now(),
            std::time::Duration::MAX,
        ))
    }
}

/// A local warehouse, whose only agent may be at work.
async fn read_local_warehouse(
    root: &Path,
    tables: &DeltaTables,
) -> Result<(Assembler, HotRows, Vec<(Relation, DeltaTable)>, Lsn)> {
    let journal = place::of(&root.join(JOURNAL_DIR))?;
    let mut opened = Vec::new();
    let mut attempts = 0..MAX_OUTRUN_LOOKS;
    let replay = loop {
        if attempts.next().is_none() {
            // Its folds follow one another faster than tables can be looked at: then as they were
            // at its last one. What somebody else deleted since then is there for that long.
            let replay = Replay::decode(read_local(&journal)?)?;
            opened = tables.at(&opened, Some(&replay.versions)).await?;
            break replay;
        }
        // The journal after the tables, so that it has whatever they have. Unless a fold ended in
        // between: then it has forgotten, perhaps, what the tables did not have yet when they
        // were read. They are brought up to date then, which takes less long than opening them.
        let before = folded_through(&journal)?;
        opened = tables.at(&opened, None).await?;
        let after = read_local(&journal)?;
        if before == after.through {
            break Replay::decode(after)?;
        }
    };
    let marks = tables.marks(&opened, &replay.producers()).await?;
    let (assembler, hot, last) = replay.apply(HotRows::new(marks));
    Ok((assembler, hot, opened, last))
}

#[async_trait]
impl Source for Reader {
    async fn view(&self, access: &Access) -> Result<View> {
        Ok(self.look(access).await?.0)
    }
}

/// What a journal gave back, decoded.
pub(crate) struct Replay {
    assembler: Assembler,
    versions: Versions,
    batches: Vec<(Lsn, Batch)>,
    through: Lsn,
}

impl Replay {
    pub(crate) fn decode(recovered: Recovered) -> Result<Self> {
        let (assembler, versions) = match &recovered.state {
            Some(state) => saved::decode(state)?,
            None => Default::default(),
        };
        let decode = |(lsn, entry): (Lsn, Vec<u8>)| {
            let batch = rmp_serde::from_slice(&entry)
                .map_err(|error| Error::Damaged(format!("journal entry {lsn}: {error}")))?;
            Ok((lsn, batch))
        };
        Ok(Self {
            assembler,
            versions,
            batches: recovered
                .entries
                .into_iter()
                .map(decode)
                .collect::<Result<_>>()?,
            through: recovered.through,
        })
    }

    /// Refuses tables that are older than the journal knows them to have been.
    pub(crate) fn check_versions(&self, tables: &[(Relation, DeltaTable)]) -> Result<()> {
        saved::check_versions(&self.versions, tables)
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
