//! What one producer told in one run. Numbers of operations and datasets are local to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fit::OpenFit;
use super::lineage::Datasets;
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
}

impl Locals {
    /// Whether a fit has this number.
    pub(super) fn knows(&self, operation: u64) -> bool {
        self.fits.contains_key(&operation) || self.model_states.contains_key(&operation)
    }

    /// Remembers the state of a model.
    pub(super) fn fitted(&mut self, operation: u64, state: String) {
        self.model_states.insert(operation, state);
        while self.model_states.len() > MAX_KNOWN_OPERATIONS {
            self.model_states.pop_first();
        }
    }
}
