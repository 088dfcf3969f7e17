//! Spark work, by the row that its operation made.
//!
//! Work is told by another thread of the producer than the operation, so it may come
//! before it: then it waits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::learnt::long;
use crate::event::WorkDone;
use crate::ids::derived_id;
use crate::limits::MAX_KNOWN_OPERATIONS;
use crate::row::{Row, WorkRow};

/// What operations made, and work that waits for its operation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Work {
    /// Ids of rows, by the operation that made them.
    subjects: BTreeMap<u64, String>,
    waiting: BTreeMap<u64, WorkDone>,
}

impl Work {
    /// The operation made the row `subject_id`.
    pub(super) fn made(
        &mut self,
        context: &Context<'_>,
        operation: u64,
        subject_id: &str,
        rows: &mut Vec<Row>,
    ) {
        if let Some(done) = self.waiting.remove(&operation) {
            rows.push(row(context, &done, subject_id.to_owned()));
        }
        self.subjects.insert(operation, subject_id.to_owned());
        while self.subjects.len() > MAX_KNOWN_OPERATIONS {
            self.subjects.pop_first();
        }
    }

    /// Work was done.
    pub(super) fn done(&mut self, context: &Context<'_>, done: &WorkDone, rows: &mut Vec<Row>) {
        if let Some(subject_id) = self.subjects.get(&done.operation) {
            rows.push(row(context, done, subject_id.clone()));
            return;
        }
        self.waiting.insert(done.operation, *done);
        if self.waiting.len() > MAX_KNOWN_OPERATIONS
            && let Some((_, oldest)) = self.waiting.pop_first()
        {
            rows.push(unknown(context, &oldest));
        }
    }

    /// Nothing more comes: work whose operation was never told keeps an id of its own.
    pub(super) fn end(&mut self, context: &Context<'_>, rows: &mut Vec<Row>) {
        for done in std::mem::take(&mut self.waiting).into_values() {
            rows.push(unknown(context, &done));
        }
    }
}

fn unknown(context: &Context<'_>, done: &WorkDone) -> Row {
    let operation_id = derived_id("o", context.producer, &[done.operation]);
    row(context, done, operation_id)
}

fn row(context: &Context<'_>, done: &WorkDone, operation_id: String) -> Row {
    WorkRow {
        operation_id,
        run_id: context.run.run_id.clone(),
        project: context.run.project.clone(),
        jobs: long(done.jobs),
        stages: long(done.stages),
        tasks: long(done.tasks),
        failed_tasks: long(done.failed_tasks),
        executor_ms: long(done.executor_ms),
        bytes_read: long(done.bytes_read),
        bytes_written: long(done.bytes_written),
        shuffle_bytes: long(done.shuffle_bytes),
    }
    .into()
}
