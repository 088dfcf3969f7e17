//! What all parts of the assembler share: what every row of a run carries, and what an
//! action says.

use crate::clock::Micros;
use crate::event::Failure;
use crate::ids::{ProducerId, derived_id};
use crate::row::RunRow;

/// What every row of a run carries.
pub(super) struct Context<'a> {
    pub run: &'a RunRow,
    pub producer: &'a ProducerId,
}

impl Context<'_> {
    pub(super) fn model_id(&self, operation: u64) -> String {
        derived_id("m", self.producer, &[operation])
    }

    pub(super) fn dataset_id(&self, dataset: u64) -> String {
        derived_id("d", self.producer, &[dataset])
    }

    pub(super) fn transform_id(&self, operation: u64) -> String {
        derived_id("t", self.producer, &[operation])
    }

    /// The id, or none for number 0.
    pub(super) fn some_dataset(&self, dataset: u64) -> Option<String> {
        (dataset != 0).then(|| self.dataset_id(dataset))
    }
}

/// Something done, for the history.
pub(super) struct Action {
    pub kind: &'static str,
    pub subject_id: String,
    pub status: &'static str,
    pub state_id: String,
    pub parent_state_ids: Vec<String>,
    pub occurred_at: Micros,
}

/// Class and message, as `error` columns have it.
pub(super) fn error_text(failure: &Failure) -> String {
    format!("{}: {}", failure.class, failure.message)
}

/// How something ended, as `status` columns have it.
pub(super) fn status(failure: Option<&Failure>) -> &'static str {
    if failure.is_some() {
        "failed"
    } else {
        "finished"
    }
}
