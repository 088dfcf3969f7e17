//! Folds what the journals hold into the tables: a piece of its own, which touches
//! the rest only through the ledger's plan, the table writer and checkpoints.
//!
//! A fold takes the rows as of one position of each journal, commits them relation by relation, and
//! only when all are in, durable and read back, lets the journals forget the entries up to that
//! position. Stopped anywhere, it is done again: the tables' marks leave out what they have.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::MissedTickBehavior;
use tracing::{debug, error, info, warn};

use crate::committer::Request;
use crate::error::{Error, Result};
use crate::ids::{AgentId, Positions};
use crate::ledger::{FoldPlan, Ledger};
use crate::limits::{COMMIT_ATTEMPTS, EAGER_FOLD_ROWS};
use crate::saved;
use crate::shared::{Candidate, Head, Hold};
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
        self.tell_seat();
        loop {
            tokio::select! {
                wish = self.wishes.recv() => match wish {
                    Some(Wish::Fold(done)) => {
                        let result = self.fold().await;
                        // Whoever asked may be gone.
                        let _ = done.send(result);
                    }
                    Some(Wish::Stop) | None => return self.stop().await,
                },
                _ = interval.tick() => self.fold_or_report().await?,
                _ = eager.tick() => {
                    if self.ledger.unfolded_rows() >= EAGER_FOLD_ROWS {
                        self.fold_or_report().await?;
                    }
                }
                _ = look.tick() => self.look().await,
            }
        }
    }

    async fn stop(mut self) -> Result<()> {
        let folded = self.fold().await;
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
        let holds = !matches!(&self.seat, Seat::Shared { hold: None, .. });
        self.status.send_modify(|status| status.holds_lease = holds);
    }

    /// A fold that fails is tried again at the next interval: the journal has it all.
    async fn fold_or_report(&mut self) -> Result<()> {
        match (self.fold().await, &self.seat) {
            (Err(lost @ Error::Conflict(_)), Seat::Sole { .. }) => Err(lost),
            (Ok(()) | Err(_), _) => Ok(()),
        }
    }

    async fn fold(&mut self) -> Result<()> {
        let result = self.fold_seated().await;
        match &result {
            Ok(false) => {}
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
        if let (Err(Error::Conflict(_)), Seat::Shared { candidate, hold }) =
            (&result, &mut self.seat)
            && let Some(hold) = hold.take()
        {
            candidate.lost(*hold).await;
            self.tell_seat();
        }
        result.map(|_| ())
    }

    /// Whether there was something to fold, and this agent does.
    async fn fold_seated(&mut self) -> Result<bool> {
        match &mut self.seat {
            Seat::Sole { agent, tables } => {
                let Some(plan) = self.ledger.plan_fold()? else {
                    return Ok(false);
                };
                let (through, state, _) = commit(&self.ledger, tables.as_ref(), plan).await?;
                let own = through.get(agent).copied().unwrap_or_default();
                let saved = saved::encode(&state, &self.ledger.versions())?;
                checkpoint(&self.journal, own, saved).await?;
                self.ledger.folded_all(through);
            }
            Seat::Shared { hold: None, .. } => return Ok(false),
            Seat::Shared {
                candidate,
                hold: Some(hold),
            } => {
                let mut folded = None;
                for _ in 0..COMMIT_ATTEMPTS {
                    candidate.follower.follow_now().await?;
                    let Some(plan) = self.ledger.plan_fold()? else {
                        break;
                    };
                    let tables = hold.tables.as_ref();
                    let (through, state, others) = commit(&self.ledger, tables, plan).await?;
                    folded = Some((through, state));
                    // One that held the lease before may have folded what was not read here yet.
                    if !others {
                        break;
                    }
                }
                let Some((through, state)) = folded else {
                    return Ok(false);
                };
                let head = Head {
                    positions: through.clone(),
                    versions: self.ledger.versions(),
                };
                hold.checkpoints.save(&state, &head).await?;
                let own = through.get(&candidate.agent).copied().unwrap_or_default();
                checkpoint(&self.journal, own, Vec::new()).await?;
                self.ledger.folded_all(through);
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

/// Puts the rows of a plan into the tables; answers what a checkpoint has to say, and whether
/// somebody else committed to a table since it was last read.
async fn commit(
    ledger: &Ledger,
    tables: &dyn TableWriter,
    plan: FoldPlan,
) -> Result<(Positions, Vec<u8>, bool)> {
    let mut rows = 0;
    let mut others = false;
    for work in plan.work {
        let count = work.rows.len();
        match tables.fold(&work.table, work.relation, &work.rows).await {
            Commit::Committed(table) => {
                debug!(relation = work.relation.name(), rows = count, version = ?table.version(), "folded");
                let before = work.table.version().unwrap_or_default();
                others |= table.version().is_some_and(|version| version > before + 1);
                ledger.folded(work.relation, *table, count);
                rows += count;
            }
            // What is unknown stays in the ledger; the next fold reads the table's
            // marks first.
            Commit::NotCommitted(failure) | Commit::Unknown(failure) => return Err(failure),
        }
    }
    if rows > 0 {
        info!(rows, "folded into the tables");
    }
    Ok((plan.through, plan.state, others))
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
