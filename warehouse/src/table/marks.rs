//! Producers' marks of tables, as far as they were asked for, brought from one version of a table
//! to the next by the commits between them.
//!
//! Delta's own answer reads the log from its last checkpoint for each producer. Entries of the log
//! never change, so what was true at one version is true at a later one but for what lies
//! between.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use deltalake::DeltaTable;
use tokio::sync::Mutex;

use super::delta::{log_path, mark};
use crate::error::Result;
use crate::ids::{ProducerId, Seq};
use crate::limits::{MAX_CACHED_MARKS, MAX_LOG_READS};
use crate::relation::Relation;
use crate::store::Store;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct KnownMarks(Mutex<BTreeMap<Relation, Known>>);

#[derive(Debug, Default)]
struct Known {
    version: u64,
    /// None for a producer that the table has nothing of.
    marks: HashMap<ProducerId, Option<Seq>>,
}

impl KnownMarks {
    /// The marks that a table, at its version, has of these producers.
    pub(super) async fn of(
        &self,
        store: &Store,
        table: &DeltaTable,
        relation: Relation,
        producers: BTreeSet<ProducerId>,
    ) -> Result<BTreeMap<ProducerId, Option<Seq>>> {
        let mut all = self.0.lock().await;
        let known = all.entry(relation).or_default();
        let version = table.version().unwrap_or_default();
        if !known.follow(store, relation, version).await? {
            *known = Known::default();
        }
        known.version = version;
        let mut found = BTreeMap::new();
        for producer in producers {
            let seq = match known.marks.get(&producer) {
                Some(seq) => *seq,
                None => {
                    let seq = mark(table, relation, &producer).await?;
                    known.marks.insert(producer.clone(), seq);
                    seq
                }
            };
            found.insert(producer, seq);
        }
        Ok(found)
    }
}

impl Known {
    /// Takes the commits up to `version`; answers whether that could be done.
    async fn follow(&mut self, store: &Store, relation: Relation, version: u64) -> Result<bool> {
        if self.marks.is_empty() {
            return Ok(true);
        }
        let is_near = version
            .checked_sub(self.version)
            .is_some_and(|commits| commits <= MAX_LOG_READS);
        if !is_near || self.marks.len() > MAX_CACHED_MARKS {
            return Ok(false);
        }
        for commit in self.version + 1..=version {
            let Some(entry) = store.get(&log_path(relation, commit)).await? else {
                return Ok(false);
            };
            for line in entry.split(|byte| *byte == b'\n') {
                let Ok(action) = serde_json::from_slice::<serde_json::Value>(line) else {
                    if line.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    // Whoever opens the table says what is wrong with it.
                    return Ok(false);
                };
                let Some(transaction) = action.get("txn") else {
                    continue;
                };
                let producer = transaction.get("appId").and_then(|id| id.as_str());
                let seq = transaction.get("version").and_then(|seq| seq.as_i64());
                let (Some(producer), Some(seq)) = (producer, seq) else {
                    return Ok(false);
                };
                let producer = ProducerId::from(producer.to_owned());
                self.marks.insert(producer, Some(Seq(seq.max(0) as u64)));
            }
        }
        Ok(true)
    }
}
