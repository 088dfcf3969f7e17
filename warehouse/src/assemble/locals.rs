//! What one producer told in one run. Numbers of operations and datasets are local to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::datasets::Datasets;
use super::fit::OpenFit;
use super::infer::{Inference, is_inferred, scores_for_its_parts};
use super::replay::Replays;
use super::work::Work;
use crate::limits::{MAX_KNOWN_OPERATIONS, MAX_KNOWN_PIPELINES, MAX_MEASURED_ON};

/// Pipelines in pipelines, and the like.
const MAX_DEPTH: usize = 16;

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Locals {
    pub fits: BTreeMap<u64, OpenFit>,
    /// States of models, by the operation of their fit or load.
    pub model_states: BTreeMap<u64, String>,
    pub datasets: Datasets,
    /// Transforms seen inside an open transform, by its operation.
    pub nested_transforms: BTreeMap<u64, i64>,
    /// What models learnt from, by the operation of their fit.
    #[serde(default)]
    pub training_sets: BTreeMap<u64, u64>,
    /// What models were measured on as a whole, the first ones, by the operation of their fit.
    #[serde(default)]
    measured_on: BTreeMap<u64, Vec<u64>>,
    #[serde(default)]
    pub work: Work,
    /// The models that loads gave, where it is known which they are.
    #[serde(default)]
    loads: BTreeMap<u64, Option<String>>,
    /// Fits inside finished pipelines and searches, with the uids of their estimators.
    #[serde(default)]
    parts: BTreeMap<u64, Vec<(String, u64)>>,
    /// What Python ran, put together from its parts.
    #[serde(default)]
    pub inference: Inference,
    /// Samples that were told, by dataset, model (0 for none) and role: a driver samples again
    /// what it takes for another dataset.
    #[serde(default)]
    sampled: BTreeSet<(u64, u64, String)>,
    /// Transforms that Spark Connect may replay.
    #[serde(default)]
    pub replays: Replays,
}

impl Locals {
    /// Whether a fit has this number.
    pub(super) fn knows(&self, operation: u64) -> bool {
        self.fits.contains_key(&operation) || self.model_states.contains_key(&operation)
    }

    /// The id of the model that an operation made.
    pub(super) fn model_id_of(&self, context: &Context<'_>, operation: u64) -> String {
        let known = self.model_id(context, operation);
        known.unwrap_or_else(|| context.model_id(operation))
    }

    /// Remembers the state of a model, what it learnt from, and the fits inside it.
    pub(super) fn fitted(
        &mut self,
        operation: u64,
        state: String,
        dataset: u64,
        parts: Vec<(String, u64)>,
    ) {
        self.model_states.insert(operation, state);
        self.training_sets.insert(operation, dataset);
        while self.model_states.len() > MAX_KNOWN_OPERATIONS {
            self.model_states.pop_first();
        }
        while self.training_sets.len() > MAX_KNOWN_OPERATIONS {
            self.training_sets.pop_first();
        }
        if !parts.is_empty() {
            self.parts.insert(operation, parts);
            while self.parts.len() > MAX_KNOWN_PIPELINES {
                self.parts.pop_first();
            }
        }
    }

    /// A model was measured on a dataset, as a whole.
    pub(super) fn measured_on(&mut self, model: u64, dataset: u64) {
        let known = self.measured_on.entry(model).or_default();
        if known.len() < MAX_MEASURED_ON && !known.contains(&dataset) {
            known.push(dataset);
        }
        while self.measured_on.len() > MAX_KNOWN_OPERATIONS {
            self.measured_on.pop_first();
        }
    }

    /// What a model learnt from, and was measured on as a whole.
    pub(super) fn meant_for(&self, model: u64) -> Vec<u64> {
        let learnt_from = self.training_sets.get(&model).into_iter();
        let measured_on = self.measured_on.get(&model).into_iter().flatten();
        learnt_from.chain(measured_on).copied().collect()
    }

    /// How many datasets and models are remembered.
    pub(super) fn remembered(&self) -> usize {
        self.datasets.len() + self.model_states.len()
    }

    /// Forgets up to so many, those that came first; answers how many. No row is lost by that: what
    /// comes later and refers to them says less of them.
    pub(super) fn forget(&mut self, count: usize) -> usize {
        let datasets = self.datasets.forget(count);
        let models = self.model_states.len().min(count - datasets);
        for _ in 0..models {
            self.model_states.pop_first();
            self.training_sets.pop_first();
            self.measured_on.pop_first();
        }
        datasets + models
    }

    /// How many can be forgotten.
    pub(super) fn forgettable(&self) -> usize {
        self.datasets.forgettable() + self.model_states.len()
    }

    /// Whether this is the first sample of these rows.
    pub(super) fn first_sample(&mut self, dataset: u64, model: u64, what: String) -> bool {
        while self.sampled.len() > MAX_KNOWN_OPERATIONS {
            self.sampled.pop_first();
        }
        self.sampled.insert((dataset, model, what))
    }

    /// Remembers what a load gave.
    pub(super) fn loaded(&mut self, operation: u64, model_id: Option<String>, state: String) {
        self.fitted(operation, state, 0, Vec::new());
        self.loads.insert(operation, model_id);
        while self.loads.len() > MAX_KNOWN_OPERATIONS {
            self.loads.pop_first();
        }
    }

    /// The model that the fit or load `operation` gave; none for 0 and for what was saved
    /// nobody knows where.
    pub(super) fn model_id(&self, context: &Context<'_>, operation: u64) -> Option<String> {
        match self.loads.get(&operation) {
            Some(loaded) => loaded.clone(),
            None => (operation != 0).then(|| context.model_id(operation)),
        }
    }

    /// Fits inside the fit `operation`, at any depth, with the uids of their estimators.
    pub(super) fn inside(&self, operation: u64) -> Vec<(String, u64)> {
        let mut found: Vec<(String, u64)> = Vec::new();
        let mut open = vec![operation];
        while let Some(operation) = open.pop() {
            if found.len() > MAX_KNOWN_PIPELINES {
                break;
            }
            for (uid, part) in self.parts.get(&operation).into_iter().flatten() {
                found.push((uid.clone(), *part));
                open.push(*part);
            }
        }
        found
    }

    /// What scores when this model does: the pipeline that was put together and whose last fit
    /// it is, or itself. Not the search, whose best scores for itself in Python.
    pub(super) fn scorer(&self, model: u64) -> u64 {
        let mut scorer = model;
        for _ in 0..MAX_DEPTH {
            let last = |parts: &[(String, u64)]| parts.last().is_some_and(|(_, p)| *p == scorer);
            let mut wholes = self.parts.iter();
            match wholes.find(|(whole, parts)| scores_for_its_parts(**whole) && last(parts)) {
                Some((whole, _)) => scorer = *whole,
                None => break,
            }
        }
        scorer
    }

    /// What was put together whose fits are all among these: that of the most fits, the last of
    /// several; 0 for none.
    pub(super) fn made_of(&self, models: &[u64]) -> u64 {
        let known: BTreeSet<_> = models.iter().collect();
        let candidates = self.parts.keys().filter(|whole| is_inferred(**whole));
        let made = candidates.filter_map(|whole| {
            let mut fits = self.inside(*whole);
            fits.retain(|(_, fit)| !is_inferred(*fit));
            let all = !fits.is_empty() && fits.iter().all(|(_, fit)| known.contains(fit));
            all.then_some((fits.len(), *whole))
        });
        made.max().map_or(0, |(_, whole)| whole)
    }
}
