//! Spark Connect makes each dataset anew for each call, and with it every transform that
//! leads to it: a transform that was made before is not another one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::state::canonical;
use crate::event::Transformed;
use crate::limits::MAX_KNOWN_OPERATIONS;

/// Transforms that were made, by what tells them again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Replays {
    made: BTreeMap<(u64, String, u64), Made>,
    count: u64,
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
}
