//! Spark Connect makes each dataset anew for each call, and with it every transform that
//! leads to it: a transform that was made before is not another one, and what was made in the
//! same way of the same data is the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::state::canonical;
use crate::event::{DatasetSeen, Transformed};
use crate::limits::{MAX_KNOWN_DATASETS, MAX_KNOWN_OPERATIONS};

/// Transforms that were made, by what tells them again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Replays {
    made: BTreeMap<(u64, String, u64), Made>,
    count: u64,
    /// Datasets by the steps that made them, where all of those can be read.
    #[serde(default)]
    by_steps: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Made {
    order: u64,
    output: u64,
}

impl Replays {
    /// What the same transform of the same dataset gave before; else remembers what it gave.
    pub(super) fn replayed(&mut self, transformed: &Transformed) -> Option<u64> {
        if transformed.failure.is_some() || transformed.output == 0 {
            return None;
        }
        let transformer = &transformed.transformer;
        let what = format!("{} {}", transformer.uid, canonical(transformer));
        let key = (transformed.model, what, transformed.input);
        if let Some(made) = self.made.get(&key) {
            return Some(made.output);
        }
        self.count += 1;
        let made = Made {
            order: self.count,
            output: transformed.output,
        };
        self.made.insert(key, made);
        if self.made.len() > MAX_KNOWN_OPERATIONS {
            let oldest = self.made.iter().min_by_key(|(_, made)| made.order);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.made.remove(&oldest);
            }
        }
        None
    }

    /// The dataset that was made by the same steps from the same data, if one was; else
    /// remembers this one. The producer finds most of them; it does not know which transforms
    /// are the same, and so nothing of what was made from what they gave.
    pub(super) fn seen_before(&mut self, seen: &DatasetSeen) -> Option<u64> {
        if seen.derived_from.is_empty() || !seen.sources.is_empty() {
            return None;
        }
        let steps = seen.derived_from.iter().map(|step| {
            let digest = step.digest.as_ref().filter(|_| step.parent != 0)?;
            Some(format!("{} {} {digest}", step.parent, step.operation))
        });
        let key = steps.collect::<Option<Vec<_>>>()?.join("\n");
        if let Some(first) = self.by_steps.get(&key) {
            return (*first != seen.dataset).then_some(*first);
        }
        self.by_steps.insert(key, seen.dataset);
        if self.by_steps.len() > MAX_KNOWN_DATASETS {
            let oldest = self.by_steps.iter().min_by_key(|(_, dataset)| **dataset);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.by_steps.remove(&oldest);
            }
        }
        None
    }
}
