//! Folds what the journal holds into the tables: a piece of its own, which touches
//! the rest only through the ledger's plan, the table writer and the journal's
//! checkpoint.
//!
//! A fold takes the rows as of one position, commits them relation by relation, and
//! only when all are in, durable and read back, lets the journal forget the entries
//! up to that position. Stopped anywhere, it is done again: the tables' marks leave
//! out what they have.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::MissedTickBehavior;
use tracing::{debug, error, info};

use crate::committer::Request;
use crate::error::{Error, Result};
use crate::ledger::{FoldPlan, Ledger};
use crate::limits::EAGER_FOLD_ROWS;
use crate::saved;
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
    pub tables: Box<dyn TableWriter>,
    pub journal: mpsc::Sender<Request>,
    pub wishes: mpsc::Receiver<Wish>,
    pub interval: Duration,
    pub status: watch::Sender<FoldStatus>,
}

impl Materialiser {
    /// Folds at every interval, when there is much to fold, and when asked, until it is
    /// told to stop; then a last time. Only a lost lease ends it early.
    pub(crate) async fn run(mut self) -> Result<()> {
        let mut interval = tokio::time::interval(self.interval);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut eager = tokio::time::interval(EAGER_POLL);
        eager.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                wish = self.wishes.recv() => match wish {
                    Some(Wish::Fold(done)) => {
                        let result = self.fold().await;
                        // Whoever asked may be gone.
                        let _ = done.send(result);
                    }
                    Some(Wish::Stop) | None => return self.fold().await,
                },
                _ = interval.tick() => self.fold_or_report().await?,
                _ = eager.tick() => {
                    if self.ledger.unfolded_rows() >= EAGER_FOLD_ROWS {
                        self.fold_or_report().await?;
                    }
                }
            }
        }
    }

    /// A fold that fails is tried again at the next interval: the journal has it all.
    async fn fold_or_report(&self) -> Result<()> {
        match self.fold().await {
            Err(lost @ Error::Conflict(_)) => Err(lost),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn fold(&self) -> Result<()> {
        let Some(plan) = self.ledger.plan_fold()? else {
            return Ok(());
        };
        let result = self.carry_out(plan).await;
        self.status.send_modify(|status| match &result {
            Ok(()) => {
                status.folds += 1;
                status.last_error = None;
            }
            Err(failure) => {
                error!(error = %failure, "fold failed; the journal keeps the rows");
                status.last_error = Some(failure.to_string());
            }
        });
        result
    }

    async fn carry_out(&self, plan: FoldPlan) -> Result<()> {
        let mut rows = 0;
        for work in plan.work {
            let count = work.rows.len();
            match self
                .tables
                .fold(&work.table, work.relation, &work.rows)
                .await
            {
                Commit::Committed(table) => {
                    debug!(relation = work.relation.name(), rows = count, version = ?table.version(), "folded");
                    self.ledger.folded(work.relation, *table, count);
                    rows += count;
                }
                // What is unknown stays in the ledger; the next fold reads the table's
                // marks first.
                Commit::NotCommitted(failure) | Commit::Unknown(failure) => return Err(failure),
            }
        }
        let (done, answer) = oneshot::channel();
        let request = Request::Checkpoint {
            through: plan.through,
            state: saved::encode(&plan.state, &self.ledger.versions())?,
            done,
        };
        let gone = || Error::Unavailable("the journal is closed".into());
        self.journal.send(request).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())??;
        self.ledger.folded_all(plan.through);
        if rows > 0 {
            info!(rows, through = plan.through.0, "folded into the tables");
        }
        Ok(())
    }
}
