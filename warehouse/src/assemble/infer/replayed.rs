//! Calls over Spark Connect. Its server makes anew what a call is on, so that transforms that
//! were made before come again, in front of the call: they are no calls, but they tell which
//! stages lead to it. Its threads say nothing: in a search, whose configurations may be fitted
//! at once, calls belong together by their data.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::call::Call;
use super::{Inference, Scene, is_connect};
use crate::event::Transformed;
use crate::limits::MAX_CHAIN_CALLS;

/// See the module: the last ones.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Replayed {
    calls: VecDeque<Call>,
}

impl Replayed {
    /// These have become a part of something.
    pub(super) fn take(&mut self, taken: &[Call]) {
        let is_taken = |call: &Call| taken.iter().any(|t| t.operation == call.operation);
        self.calls.retain(|call| !is_taken(call));
    }

    /// The calls that lead to `dataset` from one that is wanted, which may be itself.
    pub(super) fn before(
        &self,
        dataset: u64,
        wanted: impl Fn(u64, &[Call]) -> bool,
    ) -> Option<Vec<Call>> {
        let mut calls: Vec<Call> = Vec::new();
        let mut number = dataset;
        while !wanted(number, &calls) {
            let mut known = self.calls.iter().rev();
            let step = known.find(|call| call.gave(number, 0))?;
            if calls.len() >= MAX_CHAIN_CALLS {
                return None;
            }
            number = step.input;
            calls.insert(0, step.clone());
        }
        Some(calls)
    }
}

impl Inference {
    /// A transform that was made before, and gave `first` then, came again.
    pub(in crate::assemble) fn replayed(&mut self, made: &Transformed, first: u64) {
        let mut made = made.clone();
        made.output = first;
        let calls = &mut self.replayed.calls;
        calls.push_back(Call::transform(&made));
        if calls.len() > MAX_CHAIN_CALLS {
            calls.pop_front();
        }
    }

    /// The stages before a call in a search, of which another configuration has the rows.
    pub(super) fn replayed_in_search(&self, scene: &Scene<'_>, dataset: u64) -> Vec<Call> {
        let split = scene.locals.datasets.search_split(dataset);
        let before = split.and_then(|split| {
            let begin = |number, _: &[Call]| number == split.set;
            self.replayed.before(dataset, begin)
        });
        before.unwrap_or_default()
    }

    /// The thread of a call.
    pub(super) fn thread(&self, scene: &Scene<'_>, told: u64, call: &Call) -> u64 {
        if !is_connect(scene.context) {
            return told;
        }
        if scene.locals.datasets.search_split(call.input).is_none() {
            return 0;
        }
        let goes_on = |call: &Call| {
            let mut stacks = self.threads.iter().filter(|(thread, _)| **thread != 0);
            let stack = stacks.find(|(_, stack)| {
                let chain = stack.last();
                chain.is_some_and(|chain| chain.continued_by(call))
            })?;
            Some(*stack.0)
        };
        goes_on(call).unwrap_or(call.operation)
    }
}
