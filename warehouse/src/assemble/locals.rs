//! What one producer told in one run. Numbers of operations and datasets are local to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fit::OpenFit;
use super::lineage::Datasets;
use super::work::Work;
use crate::limits::MAX_KNOWN_OPERATIONS;

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Locals {
    pub fits: BTreeMap<u64, OpenFit>,
    /// States of models, by the operation of their fit.
    pub model_states: BTreeMap<u64, String>,
    pub datasets: Datasets,
    /// Transforms seen inside an open transform, by its operation.
    pub nested_transforms: BTreeMap<u64, i64>,
    /// What models learnt from, by the operation of their fit.
    #[serde(default)]
    pub training_sets: BTreeMap<u64, u64>,
    #[serde(default)]
    pub work: Work,
}

impl Locals {
    /// Whether a fit has this number.
    pub(super) fn knows(&self, operation: u64) -> bool {
        self.fits.contains_key(&operation) || self.model_states.contains_key(&operation)
    }

    /// The id of the model that an operation made.
    pub(super) fn model_id_of(&self, context: &Context<'_>, operation: u64) -> String {
        context.model_id(operation)
    }

    /// Remembers the state of a model, and what it learnt from.
    pub(super) fn fitted(&mut self, operation: u64, state: String, dataset: u64) {
        self.model_states.insert(operation, state);
        self.training_sets.insert(operation, dataset);
        while self.model_states.len() > MAX_KNOWN_OPERATIONS {
            self.model_states.pop_first();
        }
        while self.training_sets.len() > MAX_KNOWN_OPERATIONS {
            self.training_sets.pop_first();
        }
    }
}
