//! An open warehouse: everything put together, opened and closed in order.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tracing::error;

use crate::access::Access;
use crate::ahead;
use crate::artifacts::{ArtifactFile, Artifacts, Piece, Received};
use crate::clock::{Clock, Entropy};
use crate::committer::{Committer, Request};
use crate::error::{Error, Result};
use crate::event::{Batch, Producer};
use crate::format::FORMAT_VERSION;
use crate::ids::{AgentId, Lsn, Seq};
use crate::intake::{Accepted, Ack, Intake};
use crate::journal::JournalSize;
use crate::late::Late;
use crate::ledger::{Ledger, ProducerStatus, RunStatus};
use crate::limits::{
    MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_UNDURABLE_BYTES, MAX_UNFOLDED_ROWS, REQUEST_LIMIT,
};
use crate::maintain::{Keeper, Maintenance, MaintenanceSettings, Upkeep};
use crate::materialiser::{FoldStatus, Materialiser, Wish};
use crate::opening::{self, Opened, Purpose};
use crate::relation::Relation;
use crate::shared::Follower;
use crate::store::Store;
use crate::table::{DeltaTables, TableWriter};
use crate::view::{Source, View};

/// The journal of a local warehouse, inside it.
pub const JOURNAL_DIR: &str = "_journal";
/// Pieces of artifacts that are not whole yet, inside a local warehouse.
const STAGING_DIR: &str = "_staging";

/// How a warehouse is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A path, or a `file://` or `memory://` URL.
    pub location: String,
    /// The journal's directory. `<warehouse>/_journal` where none is given, for a local
    /// warehouse. For one on an object store batches are acked when they are durable in this
    /// directory, and without one when they are in the object store.
    pub journal: Option<PathBuf>,
    /// How often rows are folded into the tables.
    pub fold_interval: Duration,
    /// How long a producer may be silent before what it left open shows as abandoned.
    pub abandon_after: Duration,
    /// How long the agent that folds may be silent before another takes over, where a warehouse
    /// has many.
    pub lease_term: Duration,
    /// Bytes of the largest artifact that is accepted.
    pub artifacts_max_bytes: u64,
    /// How its tables are kept, and what of them.
    pub maintenance: MaintenanceSettings,
}

/// See the module.
#[derive(Debug)]
pub struct Warehouse {
    store: Store,
    agent: AgentId,
    clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
    intake: Intake,
    room: Arc<Semaphore>,
    durable: watch::Receiver<Lsn>,
    /// Further than `durable` where a local journal runs ahead of the object store.
    acked: watch::Receiver<Lsn>,
    late: Late,
    requests: mpsc::Sender<Request>,
    folds: watch::Receiver<FoldStatus>,
    wishes: mpsc::Sender<Wish>,
    artifacts: Artifacts,
    /// Keeps up with the other agents, where there may be some.
    follower: Option<Arc<Follower>>,
    /// What maintenance of it needs, where there may be some.
    keeper: Option<Keeper>,
}

/// The tasks of an open warehouse. Whoever opened it has to watch [`Tasks::failed`].
#[derive(Debug)]
pub struct Tasks {
    /// None when it has ended and its end was told.
    ahead: Option<JoinHandle<Result<()>>>,
    committer: Option<JoinHandle<Result<()>>>,
    materialiser: Option<JoinHandle<Result<()>>>,
    upkeep: Option<JoinHandle<Result<()>>>,
}

/// What is in a warehouse and what it is doing.
#[derive(Clone, Debug)]
pub struct Status {
    /// Who has it open.
    pub agent: AgentId,
    /// Where it lies.
    pub url: String,
    /// Version of its layout.
    pub format_version: u32,
    /// The journal.
    pub journal: JournalSize,
    /// The last entry that is durable.
    pub durable: Lsn,
    /// The last entry that is in the tables.
    pub folded: Lsn,
    /// What the materialiser did.
    pub folds: FoldStatus,
    /// Every relation.
    pub relations: Vec<RelationStatus>,
    /// Every producer that is remembered.
    pub producers: Vec<ProducerStatus>,
    /// The newest runs that go on, then the newest that have ended.
    pub runs: Vec<RunStatus>,
}

/// How much a relation holds.
#[derive(Clone, Copy, Debug)]
pub struct RelationStatus {
    /// Which.
    pub relation: Relation,
    /// Its table's version.
    pub version: u64,
    /// Its table's files.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Rows in them.
    pub rows: u64,
    /// Rows that are not in its table yet.
    pub unfolded_rows: u64,
}

impl Warehouse {
    /// Opens the warehouse to write to it, making it where there is none, and replays
    /// what its journal holds.
    ///
    /// Only one process can have a journal open: another gets [`Error::Conflict`].
    pub async fn open(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<(Arc<Self>, Tasks)> {
        let store = Store::open(&settings.location, true)?;
        Self::open_at(store, settings, clock, entropy).await
    }

    /// As [`Warehouse::open`], at a store that the caller has.
    pub async fn open_at(
        store: Store,
        settings: &Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<(Arc<Self>, Tasks)> {
        Self::open_for(Purpose::Serve, store, settings, clock, entropy).await
    }

    pub(crate) async fn open_for(
        purpose: Purpose,
        store: Store,
        settings: &Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<(Arc<Self>, Tasks)> {
        let Opened {
            agent,
            ledger,
            journal,
            producers,
            last,
            seat,
            follower,
        } = match store.local() {
            Some(root) => {
                let (clock, entropy) = (clock.as_ref(), entropy.as_ref());
                opening::open_local(settings, &store, root, clock, entropy).await?
            }
            None => {
                let (clock, entropy) = (clock.clone(), entropy.as_ref());
                opening::open_shared(settings, &store, clock, entropy, purpose).await?
            }
        };
        let (accepted, to_commit) = mpsc::unbounded_channel();
        let (durable_sender, durable) = watch::channel(last);
        let (requests, to_answer) = mpsc::channel(16);
        let (folded, folds) = watch::channel(seat.status());
        let (wishes, to_fold) = mpsc::channel(16);
        let committer = Committer {
            journal,
            ledger: ledger.clone(),
            accepted: to_commit,
            requests: to_answer,
            durable: durable_sender,
        };
        let materialiser = Materialiser {
            ledger: ledger.clone(),
            seat,
            journal: requests.clone(),
            wishes: to_fold,
            interval: settings.fold_interval,
            status: folded,
        };
        let keeper = follower.is_some().then(|| Keeper {
            ledger: ledger.clone(),
            wishes: wishes.clone(),
            folds: folds.clone(),
        });
        let upkeep = (purpose == Purpose::Serve).then(|| Upkeep {
            maintenance: Maintenance::of(store.clone(), clock.clone(), keeper.clone()),
            ledger: ledger.clone(),
            folds: folds.clone(),
            settings: settings.maintenance.clone(),
        });
        let mut tasks = Tasks {
            ahead: None,
            upkeep: upkeep.map(|upkeep| tokio::spawn(upkeep.run())),
            committer: Some(tokio::spawn(committer.run())),
            materialiser: Some(tokio::spawn(materialiser.run())),
        };
        let is_serving_one_of_many = purpose == Purpose::Serve && follower.is_some();
        let ahead = match &settings.journal {
            Some(directory) if is_serving_one_of_many => {
                let url = store.url().as_str();
                Some(ahead::start(directory, url, &agent, &accepted, &durable)?)
            }
            _ => None,
        };
        let (accepted, acked, left) = match ahead {
            Some(started) => {
                tasks.ahead = Some(started.task);
                (started.taken, started.acked, started.left)
            }
            None => (accepted, durable.clone(), Vec::new()),
        };
        let staging = match store.local() {
            Some(root) => root.join(STAGING_DIR),
            None => std::env::temp_dir().join(format!("modeldb-staging-{agent}")),
        };
        let warehouse = Self {
            artifacts: Artifacts::new(store.clone(), staging, settings.artifacts_max_bytes),
            intake: Intake::new(producers, last, accepted, acked.clone()),
            room: Arc::new(Semaphore::new(MAX_UNDURABLE_BYTES)),
            store,
            agent,
            clock,
            ledger,
            durable,
            acked,
            late: Late::default(),
            requests,
            folds,
            wishes,
            follower,
            keeper,
        };
        for left in left {
            for batch in &left.batches {
                warehouse.take_over(batch.clone()).await?;
            }
            left.remove()?;
        }
        Ok((Arc::new(warehouse), tasks))
    }

    /// Takes a batch that an agent on this machine acked and did not get to the object store.
    async fn take_over(&self, batch: Batch) -> Result<()> {
        let before = Seq(batch.seq.0.saturating_sub(1));
        let producer = batch.producer.id.clone();
        self.meet(&batch.producer, before, false).await?;
        let ack = self.accept(batch, before).await?;
        if let Some((from, to)) = ack.lost {
            error!(%producer, %from, %to, "DATA LOSS: these batches were acked and are nowhere");
        }
        Ok(())
    }

    /// Takes a batch and answers when it is durable and visible in SQL.
    ///
    /// `producer_acked` is the highest number that any agent acked to the producer.
    pub async fn push(&self, access: &Access, batch: Batch, producer_acked: Seq) -> Result<Ack> {
        may_write(access)?;
        if batch.events.len() > MAX_BATCH_EVENTS {
            return Err(Error::Invalid(format!(
                "batch {} has {} events; up to {MAX_BATCH_EVENTS} are accepted",
                batch.seq,
                batch.events.len()
            )));
        }
        if batch.seq.0 == 0 {
            return Err(Error::Invalid(
                "a batch has number 0: the first is 1".into(),
            ));
        }
        self.ledger.heard(&batch.producer.id, self.clock.now());
        let producer = batch.producer.id.clone();
        let is_first = batch.seq == Seq(1) && producer_acked == Seq(0);
        let known = self.meet(&batch.producer, producer_acked, is_first).await?;
        if self.follower.is_some() {
            // Not yet lost: it may be on a disk, on its way to the object store.
            self.late
                .wait(&producer, known, producer_acked, self.clock.elapsed())?;
        }
        self.accept(batch, producer_acked).await
    }

    async fn accept(&self, batch: Batch, producer_acked: Seq) -> Result<Ack> {
        if self.ledger.unfolded_rows() > MAX_UNFOLDED_ROWS {
            return Err(Error::Behind(format!(
                "{MAX_UNFOLDED_ROWS} rows wait to be folded into the tables: send the batch again later"
            )));
        }
        let encoded = rmp_serde::to_vec_named(&batch)
            .map_err(|error| Error::Internal(format!("encode a batch: {error}")))?;
        if encoded.len() > 4 * MAX_BATCH_BYTES {
            return Err(Error::Invalid(format!(
                "batch {} takes {} bytes in the journal; up to {} are accepted",
                batch.seq,
                encoded.len(),
                4 * MAX_BATCH_BYTES
            )));
        }
        let permit = self.room.clone().acquire_many_owned(encoded.len() as u32);
        let permit = permit
            .await
            .map_err(|_| Error::Unavailable("the agent is stopping".into()))?;
        let accepted = Accepted {
            batch,
            encoded,
            permit,
        };
        self.intake.push(accepted, producer_acked).await
    }

    /// Keeps sampled rows and answers where, for the event that tells of them.
    pub async fn keep_sample(&self, access: &Access, rows: &RecordBatch) -> Result<String> {
        may_write(access)?;
        crate::samples::keep(&self.store, rows).await
    }

    /// Takes a piece of a saved model; see [`Piece`].
    pub async fn put_piece(&self, access: &Access, piece: Piece) -> Result<Received> {
        may_write(access)?;
        self.artifacts.put(piece).await
    }

    /// The files of a saved model, and the piece of one of them that begins at `offset`.
    pub async fn get_piece(
        &self,
        _access: &Access,
        sha256: &str,
        file: usize,
        offset: u64,
    ) -> Result<(Vec<ArtifactFile>, Vec<u8>)> {
        self.artifacts.get(sha256, file, offset).await
    }

    /// The last batch of a producer that is durable here; also a sign of its life.
    pub async fn acked(&self, producer: &Producer) -> Result<Seq> {
        self.ledger.heard(&producer.id, self.clock.now());
        self.meet(producer, Seq(0), false).await?;
        self.intake.acked(&producer.id).await
    }

    /// A producer of which this agent knows less than it was told may have gone through another
    /// agent, or the journal was given up: what the others and the tables have counts.
    /// Answers the last of its batches that is known.
    ///
    /// One that comes with its first batch is not looked for in others' journals, all of which
    /// that takes: a copy of the batch there is dropped when they are put together.
    async fn meet(&self, producer: &Producer, producer_acked: Seq, is_first: bool) -> Result<Seq> {
        let known = self.intake.known(&producer.id);
        if let Some(known) = known.filter(|known| *known >= producer_acked) {
            return Ok(known);
        }
        if let (Some(follower), false) = (&self.follower, is_first) {
            follower.follow_now().await?;
            let last = self.ledger.applied_seq(&producer.id);
            if last > Seq(0) {
                self.intake.adopt(&producer.id, last);
                return Ok(last);
            }
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let tables = DeltaTables::read_only(self.store.clone(), None);
        let ids = std::slice::from_ref(&producer.id);
        let marks = tables.marks(&self.ledger.tables(), ids).await?;
        let last = marks.values().copied().max().unwrap_or_default();
        if last > Seq(0) {
            self.ledger.adopt(producer, marks, self.clock.now());
        }
        self.intake.adopt(&producer.id, last);
        Ok(last)
    }

    /// Waits until what was acked before is in the journal that the tables are made of.
    async fn written(&self) -> Result<()> {
        let acked = *self.acked.borrow();
        let mut durable = self.durable.clone();
        let written = durable.wait_for(|durable| *durable >= acked);
        match tokio::time::timeout(REQUEST_LIMIT, written).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(Error::Unavailable("the journal has stopped".into())),
            Err(_) => Err(Error::Unavailable(format!(
                "what was acked is on this machine's disk and has not reached {} within {} \
                 seconds: see what the agent logs",
                self.store.url(),
                REQUEST_LIMIT.as_secs()
            ))),
        }
    }

    /// Maintenance of it, for who opened it to that purpose.
    pub(crate) fn maintenance(&self) -> Maintenance {
        Maintenance::of(self.store.clone(), self.clock.clone(), self.keeper.clone())
    }

    /// The clock that it was opened with.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A position that moves whenever something that this agent took becomes durable, and so
    /// visible.
    pub fn changes(&self) -> watch::Receiver<Lsn> {
        self.durable.clone()
    }

    /// Folds what is durable into the tables now.
    pub async fn fold(&self) -> Result<()> {
        self.written().await?;
        let (done, answer) = oneshot::channel();
        let gone = || Error::Unavailable("the materialiser has stopped".into());
        self.wishes
            .send(Wish::Fold(done))
            .await
            .map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// What is in it and what it is doing.
    pub async fn status(&self) -> Result<Status> {
        if let Some(follower) = &self.follower {
            follower.follow().await?;
        }
        let (answer, size) = oneshot::channel();
        let gone = || Error::Unavailable("the journal is closed".into());
        self.requests
            .send(Request::Size(answer))
            .await
            .map_err(|_| gone())?;
        Ok(Status {
            agent: self.agent.clone(),
            url: self.store.url().to_string(),
            format_version: FORMAT_VERSION,
            journal: size.await.map_err(|_| gone())?,
            durable: *self.durable.borrow(),
            folded: self.ledger.folded_through(),
            folds: self.folds.borrow().clone(),
            relations: self.relations()?,
            producers: self.ledger.producers(),
            runs: self.ledger.runs(self.clock.now()),
        })
    }

    fn relations(&self) -> Result<Vec<RelationStatus>> {
        let tables = self.ledger.tables();
        let status = |(relation, table): (Relation, deltalake::DeltaTable)| {
            relation_status(relation, &table, self.ledger.unfolded_of(relation))
        };
        tables.into_iter().map(status).collect()
    }

    /// Takes no more batches: those that wait for room or come now are turned away,
    /// those that were taken become durable.
    pub fn close(&self) {
        self.room.close();
        self.intake.close();
    }
}

#[async_trait]
impl Source for Warehouse {
    async fn view(&self, access: &Access) -> Result<View> {
        self.written().await?;
        loop {
            if let Some(follower) = &self.follower {
                follower.follow().await?;
            }
            // What was loaded may have been forgotten again.
            if let Some(relations) = self.ledger.view(access, self.clock.now())? {
                return Ok(View {
                    objects: self.store.objects().clone(),
                    relations,
                });
            }
        }
    }
}

impl Tasks {
    /// Ends when one of the tasks does, which is a failure unless the warehouse is
    /// being closed.
    pub async fn failed(&mut self) -> Error {
        let (what, end) = tokio::select! {
            end = ended(&mut self.ahead) => ("the journal on this machine", end),
            end = ended(&mut self.committer) => ("the journal", end),
            end = ended(&mut self.materialiser) => ("the materialiser", end),
            end = ended(&mut self.upkeep) => ("upkeep", end),
        };
        match end {
            Ok(()) => Error::Internal(format!("{what} stopped by itself")),
            Err(error) => error,
        }
    }

    /// Ends at once, as a crash would: what was acked is in the journal.
    pub async fn abort(self) {
        let tasks = [self.upkeep, self.materialiser, self.ahead, self.committer];
        for task in tasks.into_iter().flatten() {
            task.abort();
            // Either it was cancelled or it had ended: both are what was asked for.
            let _ = task.await;
        }
    }

    /// Closes the warehouse: what was taken becomes durable and is folded, the rest is
    /// turned away.
    pub async fn finish(mut self, warehouse: &Warehouse) -> Result<()> {
        warehouse.close();
        let mut drained = warehouse.intake.drained().await;
        if self.ahead.is_some() {
            drained = drained.and(ended(&mut self.ahead).await);
        }
        // A task that has ended does not hear it, and says below why it has.
        let _ = warehouse.wishes.send(Wish::Stop).await;
        if let Some(upkeep) = self.upkeep.take() {
            // It may be cut off anywhere, and its files are made durable before they count.
            upkeep.abort();
            let _ = upkeep.await;
        }
        let folded = match self.materialiser {
            Some(_) => ended(&mut self.materialiser).await,
            None => Ok(()),
        };
        let _ = warehouse.requests.send(Request::Stop).await;
        let committed = match self.committer {
            Some(_) => ended(&mut self.committer).await,
            None => Ok(()),
        };
        committed.and(folded).and(drained)
    }
}

fn may_write(access: &Access) -> Result<()> {
    if access.may_write() {
        return Ok(());
    }
    Err(Error::Invalid(
        "these credentials may not deliver anything".into(),
    ))
}

/// The end of a task, which is told once; never when it was told before.
async fn ended(task: &mut Option<JoinHandle<Result<()>>>) -> Result<()> {
    let Some(running) = task else {
        return std::future::pending().await;
    };
    let end = running.await;
    *task = None;
    end.unwrap_or_else(|panic| Err(Error::Internal(panic.to_string())))
}

/// How much a relation's table holds.
pub fn relation_status(
    relation: Relation,
    table: &deltalake::DeltaTable,
    unfolded_rows: usize,
) -> Result<RelationStatus> {
    let mut status = RelationStatus {
        relation,
        version: table.version().unwrap_or_default(),
        files: 0,
        bytes: 0,
        rows: 0,
        unfolded_rows: unfolded_rows as u64,
    };
    // In a warehouse of an older version that nobody has opened since.
    if table.version().is_none() {
        return Ok(status);
    }
    let state = table
        .snapshot()
        .map_err(|error| Error::storage(format_args!("read {}", relation.name()), error))?;
    for file in state.log_data().iter() {
        status.files += 1;
        status.bytes += file.size().max(0) as u64;
        status.rows += file.num_records().unwrap_or(0) as u64;
    }
    Ok(status)
}
