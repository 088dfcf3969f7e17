//! What maintenance of a warehouse with many agents needs: to go on in the one that holds the lease.
//!
//! There a change of tables counts only when a checkpoint names their new versions, which every
//! agent and every reader begins with; and nobody else writes checkpoints.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::materialiser::{FoldStatus, Wish};
use crate::table::DeltaTables;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    pub ledger: Arc<Ledger>,
    pub wishes: mpsc::Sender<Wish>,
    pub folds: watch::Receiver<FoldStatus>,
}

impl Keeper {
    /// Makes a checkpoint that has the tables as they are now, and all rows that the journals have.
    pub(super) async fn settle(&self, tables: &DeltaTables) -> Result<()> {
        for (relation, table) in tables.at(&self.ledger.tables(), None).await? {
            if let Some(version) = table.version() {
                self.ledger.rewritten(relation, version);
            }
        }
        let gone = || Error::Unavailable("the materialiser has stopped".into());
        let (done, answer) = oneshot::channel();
        let wish = self.wishes.send(Wish::Fold(done)).await;
        wish.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())??;
        if self.folds.borrow().holds_lease {
            return Ok(());
        }
        Err(Error::Conflict(
            "another agent took the lease on the warehouse meanwhile: what was done is done, \
             and goes on when this is begun again"
                .into(),
        ))
    }
}
