//! The whole warehouse, out of the object store alone.

use deltalake::DeltaTable;

use super::checkpoint::{self, CheckpointId};
use super::order::{Entry, order};
use super::tails::{self, Tails};
use crate::assemble::Assembler;
use crate::error::{Error, Result};
use crate::hot::HotRows;
use crate::ids::{AgentId, Positions};
use crate::limits::MAX_OUTRUN_READS;
use crate::relation::Relation;
use crate::saved::{self, Versions};
use crate::store::Store;
use crate::table::{DeltaTables, TableWriter};

/// See [`load`].
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The checkpoint that it began with.
    pub base: CheckpointId,
    pub assembler: Assembler,
    pub hot: HotRows,
    pub tables: Vec<(Relation, DeltaTable)>,
    pub positions: Positions,
    /// Up to where the checkpoint has it.
    pub folded: Positions,
    /// The versions that the checkpoint names.
    pub versions: Versions,
}

/// Which versions of the tables are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TablesAt {
    /// Those of the checkpoint: what the journals have after it is not in them.
    Checkpoint,
    /// The newest, to write to them: some of it may be there already, as the marks tell.
    Newest,
}

/// Reads the newest checkpoint, the tables, and every journal after it; but for that of `own`,
/// whose entries are given.
///
/// `known` are tables that were opened before: those at the right version stay.
pub(crate) async fn load(
    store: &Store,
    tables: &DeltaTables,
    known: &[(Relation, DeltaTable)],
    at: TablesAt,
    own: Option<(&AgentId, Vec<Entry>)>,
) -> Result<Loaded> {
    let (own, recent) = own.unzip();
    let recent = recent.unwrap_or_default();
    let mut seen = Vec::new();
    let mut last_gap = String::new();
    for _ in 0..MAX_OUTRUN_READS {
        let base = checkpoint::newest(store).await?;
        // Journals with a gap after a checkpoint that still holds have lost something.
        let again = seen.contains(&base);
        seen.push(base);
        let Some(id) = base else {
            return Err(Error::Damaged(format!(
                "{} has no checkpoint in _checkpoints/. Restore it from a copy",
                store.url()
            )));
        };
        let head = checkpoint::head(store, id).await?;
        let (Some(head), Some(state)) = (head, checkpoint::state(store, id).await?) else {
            continue; // Some folds went by.
        };
        let (mut entries, mut positions) = match tails::read(store, &head.positions, own).await? {
            Tails::Found(entries, positions) => (entries, positions),
            Tails::Gap(gap) if again && gap == last_gap => return Err(lost(&gap)),
            Tails::Gap(gap) => {
                last_gap = gap;
                continue;
            }
        };
        if let Some(own) = own {
            let position = positions.entry(own.clone()).or_default();
            let new = recent.iter().filter(|entry| entry.lsn > *position);
            entries.extend(new.cloned());
            *position = recent
                .last()
                .map_or(*position, |last| last.lsn.max(*position));
        }
        let (mut assembler, _) = saved::decode(&state)?;
        let known_seq = |assembler: &Assembler, id: &_| {
            assembler
                .producers()
                .get(id)
                .map_or_else(Default::default, |state| state.seq)
        };
        let ordered = order(entries, |id| known_seq(&assembler, id));
        if ordered.has_gaps && !again {
            continue; // Once more, from lists that were begun later.
        }
        let versions = (at == TablesAt::Checkpoint).then_some(&head.versions);
        let opened = tables.at(known, versions).await?;
        saved::check_versions(&head.versions, &opened)?;
        let marks = match at {
            TablesAt::Checkpoint => Default::default(),
            TablesAt::Newest => {
                let producers = ordered.entries.iter();
                let producers = producers.map(|entry| entry.batch.producer.id.clone());
                let producers: std::collections::BTreeSet<_> = producers.collect();
                let ahead: Vec<_> = opened
                    .iter()
                    .filter(|(relation, table)| {
                        table.version() != head.versions.get(relation.name()).copied()
                    })
                    .cloned()
                    .collect();
                let producers: Vec<_> = producers.into_iter().collect();
                tables.marks(&ahead, &producers).await?
            }
        };
        let mut hot = HotRows::new(marks);
        for entry in ordered.entries {
            let rows = assembler.apply(&entry.batch);
            hot.add(&entry.batch.producer.id, entry.batch.seq, rows);
        }
        return Ok(Loaded {
            base: id,
            assembler,
            hot,
            tables: opened,
            positions,
            folded: head.positions,
            versions: head.versions,
        });
    }
    Err(Error::Unavailable(format!(
        "{} was folded {MAX_OUTRUN_READS} times while it was being read: ask an agent instead \
         (--connect)",
        store.url()
    )))
}

/// A part of a journal that no checkpoint has.
pub(super) fn lost(gap: &str) -> Error {
    Error::Damaged(format!(
        "{gap}: an object is missing. Restore it from a copy"
    ))
}
