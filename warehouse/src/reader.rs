//! A warehouse read from its files, whether or not an agent has it open.

use async_trait::async_trait;
use deltalake::DeltaTable;

use crate::access::Access;
use crate::assemble::Assembler;
use crate::error::{Error, Result};
use crate::event::Batch;
use crate::format::Mark;
use crate::hot::HotRows;
use crate::ids::{Lsn, ProducerId};
use crate::journal::{Recovered, place, read_local};
use crate::ledger::{Ledger, RunStatus};
use crate::relation::Relation;
use crate::saved::{self, Versions};
use crate::store::Store;
use crate::table::{DeltaTables, TableWriter};
use crate::view::{Source, View};
use crate::{Clock, JOURNAL_DIR};

/// Reads that folds may outrun before giving up.
const FOLDS_OUTRUN: usize = 50;

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

    /// Every relation, and the runs that the journal remembers.
    pub async fn look(&self, access: &Access) -> Result<(View, Vec<RunStatus>)> {
        let ledger = self.ledger().await?;
        let now = self.clock.now();
        let view = View {
            objects: self.store.objects().clone(),
            relations: ledger.view(access, now)?,
        };
        Ok((view, ledger.runs(now)))
    }

    fn journal(&self) -> Result<Recovered> {
        match self.store.local() {
            Some(root) => read_local(&place::of(&root.join(JOURNAL_DIR))?),
            None => Ok(Recovered::default()),
        }
    }

    async fn ledger(&self) -> Result<Ledger> {
        let mark = Mark::read(&self.store).await?;
        let tables = DeltaTables::read_only(self.store.clone(), mark);
        let mut attempt = 1;
        let (recovered, opened) = loop {
            // Between two reads of the journal, so that the later one has whatever the tables
            // have. Unless a fold ended in between: then it has forgotten, perhaps, what the
            // tables did not have yet when they were read.
            let before = self.journal()?;
            let opened = tables.tables().await?;
            let after = self.journal()?;
            if before.through == after.through {
                break (after, opened);
            }
            if attempt == FOLDS_OUTRUN {
                return Err(Error::Unavailable(format!(
                    "{} was folded {FOLDS_OUTRUN} times while it was being read: \
                     ask the agent instead (--connect)",
                    self.store.url()
                )));
            }
            attempt += 1;
        };
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
        for (relation, table) in tables {
            let committed = self.versions.get(relation.name()).copied().unwrap_or(0);
            let version = table.version().unwrap_or(0);
            if version < committed {
                return Err(Error::Damaged(format!(
                    "the table {name} at {url} is at version {version}, and was at {committed}: \
                     its log has lost entries. Restore {name}/_delta_log from a copy",
                    name = relation.name(),
                    url = table.table_url(),
                )));
            }
        }
        Ok(())
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
