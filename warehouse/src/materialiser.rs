//! Folds what the journals hold into the tables: a piece of its own, which touches
//! the rest only through the ledger's plan, the table writer and checkpoints.
//!
//! A fold takes the rows as of one position of each journal, commits them relation by relation, and
//! only when all are in, durable and read back, lets the journals forget the entries up to that
//! position. Stopped anywhere, it is done again: the tables' marks leave out what they have.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{debug, error, info, warn};

use crate::committer::Request;
use crate::error::{Error, Result};
use crate::ids::{AgentId, Positions};
use crate::ledger::{FoldPlan, Ledger, RelationFold};
use crate::limits::{CHECKPOINT_PAUSE, COMMIT_ATTEMPTS, EAGER_FOLD_ROWS, MAX_PARALLEL_FOLDS};
use crate::saved;
use crate::shared::{Candidate, Follower, Head, Hold};
use crate::table::{Commit, TableWriter};

/// How often a full ledger is looked for between two intervals.
const EAGER_POLL: Duration = Duration::from_millis(200);

/// What the materialiser did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoldStatus {
    /// Folds that went through.
    pub folds: u64,
    /// Why the last one failed; none when it did not.
    pub last_error: Option<String>,
    /// Whether this agent folds; of many on one warehouse, one does.
    pub holds_lease: bool,
}

/// What the materialiser is asked for.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Fold now, and say when it is done.
    Fold(oneshot::Sender<Result<()>>),
    /// Fold a last time and end.
    Stop,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Materialiser {
    pub ledger: Arc<Ledger>,
    pub seat: Seat,
    pub journal: mpsc::Sender<Request>,
    pub wishes: mpsc::Receiver<Wish>,
    pub interval: Duration,
    pub status: watch::Sender<FoldStatus>,
}

/// By what right it folds.
#[derive(Debug)]
pub(crate) enum Seat {
    /// It is the only agent.
    Sole {
        agent: AgentId,
        tables: Box<dyn TableWriter>,
    },
    /// It is one of many, and folds while it holds the lease.
    Shared {
        candidate: Box<Candidate>,
        hold: Option<Box<Hold>>,
    },
}

impl Seat {
    fn folds(&self) -> bool {
        !matches!(self, Seat::Shared { hold: None, .. })
    }

    /// What is so before the materialiser runs: who asks at once is told right.
    pub(crate) fn status(&self) -> FoldStatus {
        FoldStatus {
            holds_lease: self.folds(),
            ..FoldStatus::default()
        }
    }
}

impl Materialiser {
    /// Folds at every interval, when there is much to fold, and when asked, until it is
    /// told to stop; then a last time. Only a lost lease of an only agent ends it early.
    pub(crate) async fn run(mut self) -> Result<()> {
        let mut interval = ticks(self.interval);
        let mut eager = ticks(EAGER_POLL);
        let mut look = ticks(match &self.seat {
            Seat::Sole { .. } => self.interval,
            Seat::Shared { candidate, .. } => candidate.interval(),
        });
        let mut checkpointed = Instant::now();
        loop {
            tokio::select! {
                wish = self.wishes.recv() => match wish {
                    Some(Wish::Fold(done)) => {
                        let result = self.fold(true).await;
                        // Whoever asked may be gone.
                        let _ = done.send(result);
                    }
                    Some(Wish::Stop) | None => return self.stop().await,
                },
                _ = interval.tick() => self.fold_or_report(true).await?,
                _ = eager.tick() => {
                    if self.ledger.unfolded_rows() >= EAGER_FOLD_ROWS {
                        let is_due = checkpointed.elapsed() >= CHECKPOINT_PAUSE;
                        self.fold_or_report(is_due).await?;
                        if is_due {
                            checkpointed = Instant::now();
                        }
                    }
                }
                _ = look.tick() => self.look().await,
            }
        }
    }

    async fn stop(mut self) -> Result<()> {
        let folded = self.fold(true).await;
        let Seat::Shared { candidate, hold } = &mut self.seat else {
            return folded;
        };
        if let Some(hold) = hold.take() {
            hold.release().await?;
        }
        candidate.show(Some(candidate.ledger.last_own())).await?;
        // What is not folded is in the journal, for whoever takes the lease next.
        match folded {
            Err(Error::Conflict(_)) => Ok(()),
            folded => folded,
        }
    }

    /// One of many: shows that it lives, and takes the lease when it is free.
    async fn look(&mut self) {
        if let Seat::Shared { hold, .. } = &self.seat
            && hold.as_ref().is_some_and(|hold| hold.is_lost())
        {
            self.lost().await;
        }
        let Seat::Shared { candidate, hold } = &mut self.seat else {
            return;
        };
        let looked = async {
            candidate.show(None).await?;
            if hold.is_none() {
                *hold = candidate.look().await?.map(Box::new);
            }
            if hold.is_some() {
                candidate.retire().await?;
            } else {
                candidate.follower.forget_folded().await?;
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = looked.await {
            warn!(%error, "the object store does not answer");
        }
        self.tell_seat();
    }

    fn tell_seat(&self) {
        let holds = self.seat.folds();
        self.status.send_if_modified(|status| {
            let is_news = status.holds_lease != holds;
            status.holds_lease = holds;
            is_news
        });
    }

    /// A fold that fails is tried again at the next interval: the journal has it all.
    async fn fold_or_report(&mut self, checkpoint: bool) -> Result<()> {
        match (self.fold(checkpoint).await, &self.seat) {
            (Err(lost @ Error::Conflict(_)), Seat::Sole { .. }) => Err(lost),
            (Ok(()) | Err(_), _) => Ok(()),
        }
    }

    /// An only agent may leave out the checkpoint, which has to be encoded and written: its
    /// journal forgets nothing then.
    async fn fold(&mut self, checkpoint: bool) -> Result<()> {
        let result = self.fold_seated(checkpoint).await;
        match &result {
            Ok(false) => {}
            // Said below: who has it now folds, and this agent's journal keeps the rows till then.
            Err(Error::Conflict(_)) if self.is_shared() => {}
            Ok(true) => self.status.send_modify(|status| {
                status.folds += 1;
                status.last_error = None;
            }),
            Err(failure) => {
                error!(error = %failure, "fold failed; the journal keeps the rows");
                let failure = failure.to_string();
                self.status
                    .send_modify(|status| status.last_error = Some(failure));
            }
        }
        if let Err(Error::Conflict(_)) = &result {
            self.lost().await;
        }
        result.map(|_| ())
    }

    fn is_shared(&self) -> bool {
        matches!(self.seat, Seat::Shared { .. })
    }

    /// One of many: another agent has the lease.
    async fn lost(&mut self) {
        if let Seat::Shared { candidate, hold } = &mut self.seat
            && let Some(hold) = hold.take()
        {
            candidate.lost(*hold).await;
            self.status.send_modify(|status| status.last_error = None);
            self.tell_seat();
        }
    }

    /// Whether there was something to fold, and this agent does.
    async fn fold_seated(&mut self, with_checkpoint: bool) -> Result<bool> {
        match &mut self.seat {
            Seat::Sole { agent, tables } => {
                let Some(plan) = self.ledger.plan_fold(with_checkpoint)? else {
                    return Ok(false);
                };
                let (through, state, _) = commit(&self.ledger, tables.as_ref(), plan).await?;
                let Some(state) = state else {
                    return Ok(true);
                };
                let own = through.get(agent).copied().unwrap_or_default();
                let saved = saved::encode(&state, &self.ledger.versions())?;
                checkpoint(&self.journal, own, saved).await?;
                self.ledger.folded_all(through, None);
            }
            Seat::Shared { hold: None, .. } => return Ok(false),
            Seat::Shared {
                candidate,
                hold: Some(hold),
            } => {
                let tables = hold.tables.as_ref();
                let Some((through, state)) =
                    fold_alone(&self.ledger, tables, &candidate.follower).await?
                else {
                    return Ok(false);
                };
                let head = Head {
                    positions: through.clone(),
                    versions: self.ledger.versions(),
                };
                hold.checkpoints.save(&state, &head).await?;
                let own = through.get(&candidate.agent).copied().unwrap_or_default();
                checkpoint(&self.journal, own, Vec::new()).await?;
                self.ledger.folded_all(through, Some(head.versions));
            }
        }
        Ok(true)
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Folds until nobody else committed to a table in between; answers what a checkpoint has to say.
///
/// Somebody else is a rewrite, or one that held the lease before. The latter may have folded
/// entries that were not read here yet: a checkpoint with the tables as they are then would be
/// behind their rows, and who begins with it would see those twice.
async fn fold_alone(
    ledger: &Ledger,
    tables: &dyn TableWriter,
    follower: &Follower,
) -> Result<Option<(Positions, Vec<u8>)>> {
    for _ in 0..COMMIT_ATTEMPTS {
        follower.follow_now().await?;
        let Some(plan) = ledger.plan_fold(true)? else {
            return Ok(None);
        };
        let (through, state, others) = commit(ledger, tables, plan).await?;
        if let Some(state) = state
            && !others
        {
            return Ok(Some((through, state)));
        }
    }
    Err(Error::Unavailable(format!(
        "others committed to the tables while they were folded into, {COMMIT_ATTEMPTS} times"
    )))
}

/// Puts the rows of a plan into the tables; answers what a checkpoint has to say, and whether
/// somebody else committed to a table since it was last read.
async fn commit(
    ledger: &Ledger,
    tables: &dyn TableWriter,
    plan: FoldPlan,
) -> Result<(Positions, Option<Vec<u8>>, bool)> {
    let mut rows = 0;
    let mut others = false;
    let is_one_wave =
        |a: &RelationFold, b: &RelationFold| a.relation.fold_wave() == b.relation.fold_wave();
    for wave in plan.work.chunk_by(is_one_wave) {
        let folds: Vec<_> = wave.iter().map(|work| fold_one(tables, work)).collect();
        // All of them come to their end, also where one fails.
        let folds = stream::iter(folds).buffer_unordered(MAX_PARALLEL_FOLDS);
        let mut failed = None;
        for (work, commit) in folds.collect::<Vec<_>>().await {
            let (table, own_commits) = match commit {
                Commit::Committed(table) => (table, 1),
                Commit::Had(table) => (table, 0),
                // What is unknown stays in the ledger; the next fold reads the table's
                // marks first.
                Commit::NotCommitted(failure) | Commit::Unknown(failure) => {
                    // That the lease is lost says more than anything else.
                    if failed.is_none() || matches!(failure, Error::Conflict(_)) {
                        failed = Some(failure);
                    }
                    continue;
                }
            };
            let relation = work.relation.name();
            let count = work.rows.iter().map(|chunk| chunk.rows.num_rows()).sum();
            debug!(relation, rows = count, version = ?table.version(), "folded");
            let before = work.table.version().unwrap_or_default();
            others |= table.version() != Some(before + own_commits);
            ledger.folded(work.relation, *table, count);
            rows += count;
        }
        if let Some(failed) = failed {
            return Err(failed);
        }
    }
    if rows > 0 {
        info!(rows, "folded into the tables");
    }
    Ok((plan.through, plan.state, others))
}

fn fold_one<'a>(
    tables: &'a dyn TableWriter,
    work: &'a RelationFold,
) -> BoxFuture<'a, (&'a RelationFold, Commit)> {
    Box::pin(async move {
        let commit = tables.fold(&work.table, work.relation, &work.rows).await;
        (work, commit)
    })
}

/// Lets this agent's journal forget what a checkpoint has.
async fn checkpoint(
    journal: &mpsc::Sender<Request>,
    through: crate::ids::Lsn,
    state: Vec<u8>,
) -> Result<()> {
    let (done, answer) = oneshot::channel();
    let request = Request::Checkpoint {
        through,
        state,
        done,
    };
    let gone = || Error::Unavailable("the journal is closed".into());
    journal.send(request).await.map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}

#[cfg(test)]
mod tests;
