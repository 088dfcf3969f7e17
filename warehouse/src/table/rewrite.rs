//! Commits that replace files of a table by others: compaction, deletion.
//!
//! They need no lease. What such a commit removes and adds was made from a version of the table,
//! and Delta lets it through at one later version only, which has to have all files that it
//! removes: rows that were folded in between are in other files, and stay. Producers' marks are
//! actions of their own in the log and stay as they are.

use std::collections::BTreeSet;

use deltalake::DeltaTable;
use deltalake::kernel::{Action, Add, Remove};
use deltalake::protocol::DeltaOperation;

use super::Commit;
use super::delta::{DeltaTables, snapshot, update};
use crate::error::{Error, Result};
use crate::limits::COMMIT_ATTEMPTS;
use crate::relation::Relation;

/// Files to take out of a table, and files to put in for them.
#[derive(Debug)]
pub(crate) struct Rewrite {
    /// What is done, for the table's history.
    pub operation: DeltaOperation,
    /// Files that go.
    pub removes: Vec<Remove>,
    /// Files that come; written, and not yet durable.
    pub adds: Vec<Add>,
}

impl DeltaTables {
    /// Commits a rewrite to the newest version of the table. `NotCommitted` with
    /// [`Error::Conflict`] when somebody else removed one of its files before.
    pub(crate) async fn rewrite(
        &self,
        table: &DeltaTable,
        relation: Relation,
        rewrite: &Rewrite,
    ) -> Commit {
        let mut table = table.clone();
        let ready = async {
            self.sync_files(relation, &rewrite.adds)?;
            update(&mut table, relation).await
        };
        if let Err(error) = ready.await {
            return Commit::NotCommitted(error);
        }
        let removes = rewrite.removes.iter().cloned().map(Action::Remove);
        let adds = rewrite.adds.iter().cloned().map(Action::Add);
        let actions: Vec<_> = removes.chain(adds).collect();
        let mut attempt = 1;
        loop {
            match state(&table, relation, rewrite) {
                Ok(State::Open) => {}
                Ok(State::Done) if attempt > 1 => return Commit::Committed(Box::new(table)),
                Ok(State::Done | State::Gone) => {
                    return Commit::NotCommitted(Error::Conflict(format!(
                        "files of the table {} were removed by somebody else meanwhile",
                        relation.name()
                    )));
                }
                Err(error) => return Commit::NotCommitted(error),
            }
            if let Err(error) = self.check_lease().await {
                return Commit::NotCommitted(error);
            }
            let (operation, actions) = (rewrite.operation.clone(), actions.clone());
            let commit = self.commit(&table, relation, operation, actions, Vec::new());
            let commit = commit.await;
            let Commit::Unknown(_) = commit else {
                return commit;
            };
            let tried = table.version();
            let read = update(&mut table, relation).await;
            if attempt == COMMIT_ATTEMPTS || read.is_err() || table.version() == tried {
                return commit;
            }
            attempt += 1;
        }
    }
}

/// What a table says of a rewrite.
enum State {
    /// All files that go are there.
    Open,
    /// None is there, and all that come are.
    Done,
    /// Anything else.
    Gone,
}

fn state(table: &DeltaTable, relation: Relation, rewrite: &Rewrite) -> Result<State> {
    let files = snapshot(table, relation)?.log_data();
    let files = files.iter().map(|file| file.path().into_owned());
    let files: BTreeSet<_> = files.collect();
    let removes = rewrite.removes.iter();
    let there = removes.filter(|file| files.contains(&file.path)).count();
    let mut adds = rewrite.adds.iter();
    Ok(if there == rewrite.removes.len() {
        State::Open
    } else if there == 0 && adds.all(|file| files.contains(&file.path)) {
        State::Done
    } else {
        State::Gone
    })
}
