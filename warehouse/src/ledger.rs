//! What the warehouse knows right now: the assembler's state, the rows that the
//! tables lack, and the tables as last read.
//!
//! One lock guards all three, so that a query sees each row exactly once: a fold
//! exchanges a table for its next version and drops the rows that went into it in one
//! step. Nothing is awaited and nothing is written under the lock.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deltalake::DeltaTable;

use crate::access::Access;
use crate::assemble::Assembler;
use crate::clock::Micros;
use crate::error::Result;
use crate::event::{Batch, Producer};
use crate::hot::{Chunk, HotRows, Marks};
use crate::ids::{AgentId, Lsn, Positions, ProducerId, Seq};
use crate::limits::{MAX_PRODUCERS, MAX_SHOWN_RUNS};
use crate::relation::Relation;
use crate::row::RunRow;
use crate::saved::Versions;
use crate::shared::{Entry, Loaded};
use crate::view::RelationView;

/// See the module.
#[derive(Debug)]
pub(crate) struct Ledger {
    inner: Mutex<Inner>,
    abandon_after: Duration,
}

#[derive(Debug)]
struct Inner {
    /// Whose journal this agent appends to.
    own: AgentId,
    assembler: Assembler,
    hot: HotRows,
    tables: BTreeMap<Relation, DeltaTable>,
    /// The last entry of each journal that is in `assembler` and `hot`.
    applied: Positions,
    /// The last entry of each journal whose rows are all in the tables.
    folded: Positions,
    /// Versions of tables that rewrites are known to have made; newer than `tables`, perhaps.
    rewritten: BTreeMap<Relation, u64>,
    /// Where there are many agents: the versions of the tables that the last checkpoint names.
    named: Option<Versions>,
    /// Where others fold: own entries that are not known to be folded.
    recent: Option<Recent>,
    /// What others folded since is not known here: nothing but `recent` is kept up.
    is_stale: bool,
    heard: HashMap<ProducerId, Micros>,
    /// By other agents.
    heard_elsewhere: HashMap<ProducerId, Micros>,
    /// When this ledger was made: nobody was heard by it before.
    since: Micros,
}

#[derive(Debug, Default)]
struct Recent {
    entries: VecDeque<(Lsn, Arc<Batch>)>,
    events: usize,
}

impl Recent {
    fn push(&mut self, lsn: Lsn, batch: Arc<Batch>) {
        self.events += batch.events.len();
        self.entries.push_back((lsn, batch));
    }

    fn forget(&mut self, through: Lsn) {
        while let Some((lsn, batch)) = self.entries.front()
            && *lsn <= through
        {
            self.events -= batch.events.len();
            self.entries.pop_front();
        }
    }
}

/// What a fold has to do, as of one position of each journal.
#[derive(Debug)]
pub(crate) struct FoldPlan {
    pub through: Positions,
    /// For a checkpoint.
    pub state: Option<Vec<u8>>,
    pub work: Vec<RelationFold>,
}

/// The rows of one relation to fold.
#[derive(Debug)]
pub(crate) struct RelationFold {
    pub relation: Relation,
    pub table: DeltaTable,
    pub rows: Vec<Chunk>,
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
    /// The ledger of the only agent of a warehouse.
    pub(crate) fn new(
        own: AgentId,
        assembler: Assembler,
        hot: HotRows,
        tables: Vec<(Relation, DeltaTable)>,
        applied: Lsn,
        now: Micros,
        abandon_after: Duration,
    ) -> Self {
        let inner = Inner {
            applied: [(own.clone(), applied)].into(),
            folded: [(own.clone(), Lsn(0))].into(),
            own,
            assembler,
            hot,
            tables: tables.into_iter().collect(),
            rewritten: BTreeMap::new(),
            named: None,
            recent: None,
            is_stale: false,
            heard: HashMap::new(),
            heard_elsewhere: HashMap::new(),
            since: now,
        };
        Self {
            inner: Mutex::new(inner),
            abandon_after,
        }
    }

    /// The ledger of one of many agents, which knows nothing yet.
    pub(crate) fn of_many(own: AgentId, now: Micros, abandon_after: Duration) -> Self {
        let (assembler, hot) = Default::default();
        let ledger = Self::new(own, assembler, hot, Vec::new(), Lsn(0), now, abandon_after);
        let mut inner = ledger.lock();
        inner.recent = Some(Recent::default());
        inner.is_stale = true;
        drop(inner);
        ledger
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic under the lock stops the service; readers on their way out may pass.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a durable batch, the entry `lsn` of this agent's journal.
    pub(crate) fn apply(&self, lsn: Lsn, batch: Batch) {
        let mut inner = self.lock();
        if !inner.is_stale {
            inner.apply(&batch);
            let own = inner.own.clone();
            inner.applied.insert(own, lsn);
        }
        if let Some(recent) = &mut inner.recent {
            recent.push(lsn, Arc::new(batch));
        }
    }

    /// Takes what others have in their journals, in order, up to `ends`.
    pub(crate) fn apply_others(&self, entries: Vec<Entry>, ends: Positions) {
        let mut inner = self.lock();
        for entry in &entries {
            inner.apply(&entry.batch);
        }
        let own = inner.own.clone();
        let others = ends.into_iter().filter(|(agent, _)| *agent != own);
        inner.applied.extend(others);
    }

    /// Own entries that are not known to be folded.
    pub(crate) fn recent(&self) -> Vec<Entry> {
        let inner = self.lock();
        let entries = inner.recent.iter().flat_map(|recent| &recent.entries);
        entries
            .map(|(lsn, batch)| Entry {
                lsn: *lsn,
                batch: batch.clone(),
            })
            .collect()
    }

    /// Goes on from what was loaded, and from own entries that came since.
    pub(crate) fn replace(&self, loaded: Loaded) {
        let mut inner = self.lock();
        inner.assembler = loaded.assembler;
        inner.hot = loaded.hot;
        inner.tables = loaded.tables.into_iter().collect();
        inner.applied = loaded.positions;
        inner.folded = loaded.folded;
        inner.named = Some(loaded.versions);
        inner.is_stale = false;
        let own = inner.own.clone();
        let position = inner.applied.get(&own).copied().unwrap_or_default();
        let entries = inner.recent.iter().flat_map(|recent| &recent.entries);
        let since: Vec<_> = entries
            .filter(|(lsn, _)| *lsn > position)
            .cloned()
            .collect();
        for (lsn, batch) in since {
            inner.apply(&batch);
            inner.applied.insert(own.clone(), lsn);
        }
    }

    /// Forgets what another agent folded, and with it everything that it would have to be told
    /// of that.
    pub(crate) fn forget(&self, folded: &Positions) {
        let mut inner = self.lock();
        inner.forget_recent(folded);
        inner.folded = folded.clone();
        inner.become_stale();
    }

    /// Forgets everything but own entries.
    pub(crate) fn forget_all(&self) {
        self.lock().become_stale();
    }

    /// The last entry of each journal that is in the ledger.
    pub(crate) fn positions(&self) -> Positions {
        self.lock().applied.clone()
    }

    /// The last batch of a producer that is in the ledger.
    pub(crate) fn applied_seq(&self, producer: &ProducerId) -> Seq {
        let inner = self.lock();
        let known = inner.assembler.producers().get(producer);
        known.map(|state| state.seq).unwrap_or_default()
    }

    /// The last entry of an agent's journal whose rows are all in the tables; none when nothing of
    /// it is known.
    pub(crate) fn folded_of(&self, agent: &AgentId) -> Option<Lsn> {
        self.lock().folded.get(agent).copied()
    }

    /// Nothing more comes of an agent, and all of it is in the tables.
    pub(crate) fn retire(&self, agent: &AgentId) {
        let mut inner = self.lock();
        inner.applied.remove(agent);
        inner.folded.remove(agent);
    }

    /// The last entry of this agent's own journal that is in the ledger.
    pub(crate) fn last_own(&self) -> Lsn {
        let inner = self.lock();
        let recent = inner
            .recent
            .iter()
            .filter_map(|recent| recent.entries.back());
        let recent = recent.map(|(lsn, _)| *lsn).max();
        let applied = inner.applied.get(&inner.own).copied();
        recent.max(applied).unwrap_or_default()
    }

    /// When other agents last heard their producers.
    pub(crate) fn heard_elsewhere(&self, heard: HashMap<ProducerId, Micros>) {
        self.lock().heard_elsewhere = heard;
    }

    /// When producers were last heard by this agent.
    pub(crate) fn heard_here(&self) -> HashMap<ProducerId, Micros> {
        self.lock().heard.clone()
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

    /// Rows that are not in the tables; of what is not kept up, its events.
    pub(crate) fn unfolded_rows(&self) -> usize {
        let inner = self.lock();
        match &inner.recent {
            Some(recent) if inner.is_stale => recent.events,
            _ => inner.hot.len(),
        }
    }

    pub(crate) fn unfolded_of(&self, relation: Relation) -> usize {
        self.lock().hot.count(relation)
    }

    /// The last entry of this agent's journal whose rows are all in the tables.
    pub(crate) fn folded_through(&self) -> Lsn {
        let inner = self.lock();
        inner.folded.get(&inner.own).copied().unwrap_or_default()
    }

    /// What there is to fold; none when the tables have everything, and a checkpoint names them as
    /// they are. A table that was rewritten is folded into even without rows: so it is read again.
    pub(crate) fn plan_fold(&self, with_state: bool) -> Result<Option<FoldPlan>> {
        let mut inner = self.lock();
        if inner.is_stale || (inner.folded == inner.applied && inner.is_named()) {
            return Ok(None);
        }
        let mut work = Vec::new();
        for relation in Relation::ALL {
            let rows = inner.hot.chunks(relation)?;
            let Some(table) = inner.tables.get(&relation) else {
                continue;
            };
            if !rows.is_empty() || inner.is_rewritten(relation) {
                work.push(RelationFold {
                    relation,
                    table: table.clone(),
                    rows,
                });
            }
        }
        Ok(Some(FoldPlan {
            through: inner.applied.clone(),
            state: with_state.then(|| inner.assembler.encode()).transpose()?,
            work,
        }))
    }

    /// The first `count` rows of a relation are in `table` now.
    pub(crate) fn folded(&self, relation: Relation, table: DeltaTable, count: usize) {
        let mut inner = self.lock();
        inner.tables.insert(relation, table);
        inner.hot.folded(relation, count);
    }

    /// A relation's table was read again, after its files were rewritten. It is taken when it is
    /// newer and the ledger has no rows of it: so all that were folded into it are known to be.
    /// For an only agent: of many, one that believes to hold the lease may have folded.
    pub(crate) fn refreshed(&self, relation: Relation, table: DeltaTable) {
        let mut inner = self.lock();
        let current = inner.tables.get(&relation).and_then(DeltaTable::version);
        if inner.hot.count(relation) == 0 && table.version() > current {
            inner.tables.insert(relation, table);
        }
    }

    /// A relation's table was rewritten, or is this new for another reason: the next fold goes on
    /// from there.
    pub(crate) fn rewritten(&self, relation: Relation, version: u64) {
        let mut inner = self.lock();
        let known = inner.rewritten.entry(relation).or_default();
        *known = version.max(*known);
    }

    /// Every row of the entries up to `through` is in the tables; where there are many agents, in
    /// those versions that a checkpoint names.
    pub(crate) fn folded_all(&self, through: Positions, named: Option<Versions>) {
        let mut inner = self.lock();
        inner.forget_recent(&through);
        inner.folded = through;
        inner.named = named;
    }

    /// Every relation that `access` may read, as of now; none when that has to be loaded first.
    pub(crate) fn view(&self, access: &Access, now: Micros) -> Result<Option<Vec<RelationView>>> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        if inner.is_stale {
            return Ok(None);
        }
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
        Ok(Some(relations))
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
        self.lock().versions()
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
    fn apply(&mut self, batch: &Batch) {
        let rows = self.assembler.apply(batch);
        self.hot.add(&batch.producer.id, batch.seq, rows);
    }

    fn versions(&self) -> Versions {
        let version = |(relation, table): (&Relation, &DeltaTable)| {
            Some((relation.name().to_owned(), table.version()?))
        };
        self.tables.iter().filter_map(version).collect()
    }

    /// Whether a table is known to have a newer version than the one that was read.
    fn is_rewritten(&self, relation: Relation) -> bool {
        let current = self.tables.get(&relation).and_then(DeltaTable::version);
        self.named.is_some() && self.rewritten.get(&relation).copied() > current
    }

    /// Whether the last checkpoint names the newest versions that are known.
    fn is_named(&self) -> bool {
        let names = |named: &Versions| *named == self.versions();
        let is_rewritten = |relation| self.is_rewritten(relation);
        self.named.as_ref().is_none_or(names) && !Relation::ALL.into_iter().any(is_rewritten)
    }

    fn forget_recent(&mut self, folded: &Positions) {
        let through = folded.get(&self.own).copied().unwrap_or_default();
        if let Some(recent) = &mut self.recent {
            recent.forget(through);
        }
    }

    fn become_stale(&mut self) {
        self.is_stale = true;
        (self.assembler, self.hot) = Default::default();
    }

    /// Whether nothing came from the producer for so long that it is given up. What
    /// came before this agent started does not count: the producer could not reach it.
    fn is_silent(&self, producer: &ProducerId, now: Micros, abandon_after: Duration) -> bool {
        let heard = [&self.heard, &self.heard_elsewhere];
        let heard = heard.iter().filter_map(|heard| heard.get(producer)).max();
        let heard = heard.copied().unwrap_or_default();
        now.since(heard.max(self.since)) > abandon_after
    }
}
