//! What the warehouse knows right now: the assembler's state, the rows that the
//! tables lack, and the tables as last read.
//!
//! One lock guards all three, so that a query sees each row exactly once: a fold
//! exchanges a table for its next version and drops the rows that went into it in one
//! step. Nothing is awaited and nothing is written under the lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deltalake::DeltaTable;

use crate::access::Access;
use crate::assemble::Assembler;
use crate::clock::Micros;
use crate::error::Result;
use crate::event::{Batch, Producer};
use crate::hot::{HotRow, HotRows, Marks};
use crate::ids::{Lsn, ProducerId, Seq};
use crate::limits::{MAX_PRODUCERS, MAX_SHOWN_RUNS};
use crate::relation::Relation;
use crate::row::RunRow;
use crate::saved::Versions;
use crate::view::RelationView;

/// See the module.
#[derive(Debug)]
pub(crate) struct Ledger {
    inner: Mutex<Inner>,
    abandon_after: Duration,
}

#[derive(Debug)]
struct Inner {
    assembler: Assembler,
    hot: HotRows,
    tables: BTreeMap<Relation, DeltaTable>,
    /// The last entry of the journal that is in `assembler` and `hot`.
    applied: Lsn,
    /// The last entry whose rows are all in the tables.
    folded: Lsn,
    heard: HashMap<ProducerId, Micros>,
    /// When this ledger was made: nobody was heard by it before.
    since: Micros,
}

/// What a fold has to do, as of one position of the journal.
#[derive(Debug)]
pub(crate) struct FoldPlan {
    pub through: Lsn,
    pub state: Vec<u8>,
    pub work: Vec<RelationFold>,
}

/// The rows of one relation to fold.
#[derive(Debug)]
pub(crate) struct RelationFold {
    pub relation: Relation,
    pub table: DeltaTable,
    pub rows: Vec<HotRow>,
}

/// A producer, for people to look at.
#[derive(Clone, Debug)]
pub struct ProducerStatus {
    /// Its id.
    pub id: ProducerId,
    /// What it is.
    pub kind: String,
    /// The last of its batches that is durable.
    pub acked: Seq,
    /// When it was last heard.
    pub last_heard: Micros,
    /// Its fits that have not ended.
    pub open_operations: usize,
}

/// A run, as it is captured.
#[derive(Clone, Debug, PartialEq)]
pub struct RunStatus {
    /// Its row; with status `abandoned` where its producer is no longer heard.
    pub row: RunRow,
    /// Its fits so far.
    pub fits: u64,
}

impl Ledger {
    pub(crate) fn new(
        assembler: Assembler,
        hot: HotRows,
        tables: Vec<(Relation, DeltaTable)>,
        applied: Lsn,
        now: Micros,
        abandon_after: Duration,
    ) -> Self {
        let inner = Inner {
            assembler,
            hot,
            tables: tables.into_iter().collect(),
            applied,
            folded: Lsn(0),
            heard: HashMap::new(),
            since: now,
        };
        Self {
            inner: Mutex::new(inner),
            abandon_after,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic under the lock stops the service; readers on their way out may pass.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a durable batch, the journal's entry `lsn`.
    pub(crate) fn apply(&self, lsn: Lsn, batch: &Batch) {
        let mut inner = self.lock();
        let rows = inner.assembler.apply(batch);
        inner.hot.add(&batch.producer.id, batch.seq, rows);
        inner.applied = lsn;
    }

    /// What the tables have of a producer that the journal knows nothing of.
    pub(crate) fn adopt(&self, producer: &Producer, marks: Marks, now: Micros) {
        let mut inner = self.lock();
        let last = marks.values().copied().max().unwrap_or_default();
        inner.assembler.adopt(producer, last, now);
        inner.hot.adopt(marks);
    }

    /// A producer gave a sign of life.
    pub(crate) fn heard(&self, producer: &ProducerId, now: Micros) {
        let mut inner = self.lock();
        inner.heard.insert(producer.clone(), now);
        if inner.heard.len() > MAX_PRODUCERS {
            let oldest = inner.heard.iter().min_by_key(|(_, heard)| **heard);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                inner.heard.remove(&oldest);
            }
        }
    }

    pub(crate) fn unfolded_rows(&self) -> usize {
        self.lock().hot.len()
    }

    pub(crate) fn unfolded_of(&self, relation: Relation) -> usize {
        self.lock().hot.count(relation)
    }

    /// The last entry whose rows are all in the tables.
    pub(crate) fn folded_through(&self) -> Lsn {
        self.lock().folded
    }

    /// What there is to fold; none when the tables have everything.
    pub(crate) fn plan_fold(&self) -> Result<Option<FoldPlan>> {
        let inner = self.lock();
        if inner.folded == inner.applied {
            return Ok(None);
        }
        let work = Relation::ALL.into_iter().filter_map(|relation| {
            let rows = inner.hot.rows(relation);
            let table = inner.tables.get(&relation)?;
            (!rows.is_empty()).then(|| RelationFold {
                relation,
                table: table.clone(),
                rows: rows.to_vec(),
            })
        });
        Ok(Some(FoldPlan {
            through: inner.applied,
            state: inner.assembler.encode()?,
            work: work.collect(),
        }))
    }

    /// The first `count` rows of a relation are in `table` now.
    pub(crate) fn folded(&self, relation: Relation, table: DeltaTable, count: usize) {
        let mut inner = self.lock();
        inner.tables.insert(relation, table);
        inner.hot.folded(relation, count);
    }

    /// Every row of the entries up to `through` is in the tables.
    pub(crate) fn folded_all(&self, through: Lsn) {
        self.lock().folded = through;
    }

    /// Every relation that `access` may read, as of now.
    pub(crate) fn view(&self, access: &Access, now: Micros) -> Result<Vec<RelationView>> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        let open = inner
            .assembler
            .open_rows(|producer| inner.is_silent(producer, now, self.abandon_after));
        let mut relations = Vec::new();
        for (&relation, table) in &inner.tables {
            if !access.may_read(relation) {
                continue;
            }
            let (hot, replaced) = inner.hot.batches(relation, &open)?;
            relations.push(RelationView {
                relation,
                table: table.clone(),
                hot,
                replaced,
            });
        }
        Ok(relations)
    }

    /// The newest runs that go on, then the newest that have ended.
    pub(crate) fn runs(&self, now: Micros) -> Vec<RunStatus> {
        let inner = self.lock();
        let mut runs: Vec<_> = inner.assembler.runs().collect();
        runs.sort_by_key(|(row, _)| (row.ended_at.is_some(), std::cmp::Reverse(row.started_at)));
        let goes_on = runs.partition_point(|(row, _)| row.ended_at.is_none());
        let (going_on, ended) = runs.split_at(goes_on);
        let shown = going_on.iter().take(MAX_SHOWN_RUNS);
        let shown = shown.chain(ended.iter().take(MAX_SHOWN_RUNS));
        let status = |(row, fits): &(&RunRow, u64)| {
            let mut row = (*row).clone();
            let producer = ProducerId::from(row.producer.clone());
            if row.ended_at.is_none() && inner.is_silent(&producer, now, self.abandon_after) {
                row.status = "abandoned".into();
            }
            RunStatus { row, fits: *fits }
        };
        shown.map(status).collect()
    }

    pub(crate) fn producers(&self) -> Vec<ProducerStatus> {
        let inner = self.lock();
        let producers = inner.assembler.producers().iter();
        producers
            .map(|(id, state)| ProducerStatus {
                id: id.clone(),
                kind: state.kind.clone(),
                acked: state.seq,
                last_heard: inner.heard.get(id).copied().unwrap_or(state.received_at),
                open_operations: inner.assembler.open_operations(id),
            })
            .collect()
    }

    /// Versions of the tables as last read.
    pub(crate) fn versions(&self) -> Versions {
        let inner = self.lock();
        let version = |(relation, table): (&Relation, &DeltaTable)| {
            Some((relation.name().to_owned(), table.version()?))
        };
        inner.tables.iter().filter_map(version).collect()
    }

    /// The tables as last read.
    pub(crate) fn tables(&self) -> Vec<(Relation, DeltaTable)> {
        let inner = self.lock();
        inner
            .tables
            .iter()
            .map(|(r, table)| (*r, table.clone()))
            .collect()
    }
}

impl Inner {
    /// Whether nothing came from the producer for so long that it is given up. What
    /// came before this agent started does not count: the producer could not reach it.
    fn is_silent(&self, producer: &ProducerId, now: Micros, abandon_after: Duration) -> bool {
        let heard = self.heard.get(producer).copied().unwrap_or_default();
        now.since(heard.max(self.since)) > abandon_after
    }
}
