//! Calls on one thread, each on what the one before gave: a pipeline's fit or its transform,
//! or what somebody did by hand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::call::{Call, Held, Key};
use super::rows::{emit_pipeline, emit_scoring, held_sources};
use super::search::Within;
use super::{INFERRED, INFERRED_SEARCH, Inference, Scene, is_inferred, take};
use crate::assemble::fit::Position;
use crate::clock::Micros;
use crate::event::{Component, Failure};
use crate::limits::MAX_KNOWN_PIPELINES;
use crate::row::Row;

pub(super) const PIPELINE: &str = "org.apache.spark.ml.Pipeline";

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Chain {
    pub calls: Vec<Call>,
    /// The search whose best configuration this may fit again.
    pub refit: Option<u64>,
    /// Its place in a search.
    pub within: Option<Within>,
    /// Whether it may be the transform of what the chain below it fitted last.
    #[serde(default)]
    pub again: bool,
}

impl Chain {
    /// What its last call gave, if that was a transform: the next stage is fitted on it.
    pub(super) fn transformed(&self) -> Option<u64> {
        self.tail()
            .filter(|_| !self.calls.last().is_some_and(|last| last.fit))
    }

    /// The dataset that the next call has to be on.
    fn tail(&self) -> Option<u64> {
        let last = self.calls.last()?;
        let tail = if last.fit { last.input } else { last.output };
        (tail != 0).then_some(tail)
    }

    /// Whether the call is on what the last one gave: after a fit, the transform of the very
    /// dataset by the very model.
    pub(super) fn continued_by(&self, call: &Call) -> bool {
        let Some(last) = self.calls.last() else {
            return true;
        };
        if !last.ended || last.failure.is_some() || self.tail() != Some(call.input) {
            return false;
        }
        match last.fit {
            true => !call.fit && last.keys() == call.keys(),
            false => true,
        }
    }

    /// Where the pipeline begins whose own training set this call transforms by its first
    /// stage: it stands inside another one, or was called by hand.
    pub(super) fn begins_again(&self, call: &Call) -> Option<usize> {
        let last = self.calls.last()?;
        if call.fit || !last.fit || !last.ended || last.failure.is_some() || call.input == 0 {
            return None;
        }
        let begin = self.calls.iter().position(|c| c.input == call.input)?;
        let pipeline = &self.calls[begin..];
        let stages = Self::stages(pipeline).into_iter().flat_map(Call::keys);
        let stages: Vec<_> = stages.collect();
        (stages.len() > 1 && stages.starts_with(&call.keys())).then_some(begin)
    }

    /// The fits and transformers of a pipeline: transforms by models of its own fits are no
    /// stages.
    pub(super) fn stages(calls: &[Call]) -> Vec<&Call> {
        let own = |call: &Call| {
            let fitted = |fit: &Call| fit.fit && fit.keys() == call.keys();
            !call.fit && calls.iter().any(fitted)
        };
        calls.iter().filter(|call| !own(call)).collect()
    }

    pub(super) fn components(calls: &[Call]) -> Vec<Component> {
        let stages = Self::stages(calls).into_iter();
        stages.map(|stage| stage.component.clone()).collect()
    }
}

/// Something that was fitted as a whole: a pipeline, or an estimator alone.
pub(super) struct Unit {
    pub operation: u64,
    pub dataset: u64,
    /// The estimator, of a pipeline with its stages.
    pub estimator: Component,
    pub started_at: Micros,
    pub ended_at: Micros,
    pub failure: Option<Failure>,
    pub problem_type: Option<String>,
    pub keys: Vec<Key>,
}

impl Inference {
    /// Decides the innermost chain of a thread. `next` is the dataset of the call that
    /// follows, where one does.
    pub(super) fn conclude(&mut self, scene: &mut Scene<'_>, thread: u64, next: Option<u64>) {
        let Some(stack) = self.threads.get_mut(&thread) else {
            return;
        };
        let popped = stack.pop();
        if stack.is_empty() {
            self.threads.remove(&thread);
        }
        let Some(mut chain) = popped else { return };
        if chain.again {
            // What it may have been the transform of was called by hand.
            let used = chain.calls.first().map(|call| call.input);
            for call in &mut chain.calls {
                release(scene, call, self.parent_of(chain.within.as_ref()));
            }
            self.conclude(scene, thread, used);
            return;
        }
        let begin = beginning(scene, &chain.calls, next);
        let mut rest = chain.calls.split_off(begin);
        for call in &mut chain.calls {
            release(scene, call, self.parent_of(chain.within.as_ref()));
        }
        let fitted = rest.last().is_some_and(|last| last.fit && last.ended);
        let alone = rest.len() == 1;
        if !fitted || (!alone && Chain::stages(&rest).len() < 2) {
            for call in &mut rest {
                release(scene, call, self.parent_of(chain.within.as_ref()));
            }
            self.note_failure(chain.within.as_ref(), &rest);
            return;
        }
        let unit = unit(&rest, alone);
        let place = self.place(scene, &chain, &rest, &unit);
        if alone {
            let call = &mut rest[0];
            if let Some(Held::Model(row)) = &mut call.held {
                place.apply(scene, row);
            }
            let sources = held_sources(&rest[0]);
            scene.rows.extend(rest[0].held.take().map(Row::from));
            self.placed(scene, thread, place, unit, sources);
            return;
        }
        let sources = emit_pipeline(scene, &mut rest, &unit, &place);
        self.remember(&unit);
        self.placed(scene, thread, place, unit, sources);
    }

    fn remember(&mut self, unit: &Unit) {
        if unit.failure.is_none() {
            self.pipelines
                .push_back((unit.operation, unit.keys.clone()));
            if self.pipelines.len() > MAX_KNOWN_PIPELINES {
                self.pipelines.pop_front();
            }
        }
    }

    /// The last calls of a thread, from `begin` on, are a pipeline that now transforms its own
    /// training set: its row waits as a stage, and a new chain for its transform.
    pub(super) fn conclude_inner(&mut self, scene: &mut Scene<'_>, thread: u64, begin: usize) {
        let stack = self.threads.entry(thread).or_default();
        let Some(chain) = stack.last_mut() else {
            return;
        };
        let mut inner = chain.calls.split_off(begin);
        if let [whole] = inner.as_slice()
            && whole.is_whole()
        {
            chain.calls.append(&mut inner);
        } else {
            let unit = unit(&inner, false);
            let first = scene.rows.len();
            emit_pipeline(scene, &mut inner, &unit, &Position::top());
            let model_id = scene.context.model_id(unit.operation);
            let row = take(scene.rows, first, |row| match row {
                Row::Models(row) if row.model_id == model_id => Some(Held::Model(row.clone())),
                _ => None,
            });
            if let Some(Held::Model(row)) = row {
                let Unit {
                    operation, dataset, ..
                } = unit;
                let component = unit.estimator.clone();
                let stage = Call::whole(operation, component, dataset, row, unit.keys.clone());
                chain.calls.push(stage);
            }
            self.remember(&unit);
        }
        let again = Chain {
            again: true,
            ..Chain::default()
        };
        self.threads.entry(thread).or_default().push(again);
    }

    /// Whether the last transforms on a thread are those of a pipeline that was fitted: then
    /// that is what they are, one transform, which may be a part of another one.
    pub(super) fn recognise_scoring(&mut self, scene: &mut Scene<'_>, thread: u64) {
        let Some(stack) = self.threads.get_mut(&thread) else {
            return;
        };
        let Some(chain) = stack.last_mut() else {
            return;
        };
        if chain.calls.iter().any(|call| call.fit) {
            return;
        }
        let mut known = self.pipelines.iter().rev();
        let found = known.find_map(|(pipeline, stages)| {
            if let Some(begin) = ends_with(&chain.calls, stages) {
                return Some((*pipeline, begin, Vec::new()));
            }
            // The first stages may have been run on this data before.
            let calls = chain.calls.iter().flat_map(Call::keys).collect::<Vec<_>>();
            let first = stages.strip_suffix(calls.as_slice())?;
            let run = |_, before: &[Call]| before.iter().flat_map(Call::keys).eq(first.to_vec());
            let before = self.replayed.before(chain.calls.first()?.input, run)?;
            Some((*pipeline, 0, before))
        });
        let Some((pipeline, begin, before)) = found else {
            return;
        };
        self.replayed.take(&before);
        chain.calls.splice(0..0, before);
        let mut scoring = chain.calls.split_off(begin);
        let scored = emit_scoring(scene, &mut scoring, pipeline);
        chain.calls.push(scored);
        let again = chain.again && begin == 0;
        // Of what was fitted just before, on its own training set, it goes on from there.
        if again
            && let [.., below, top] = stack.as_mut_slice()
            && top
                .calls
                .last()
                .is_some_and(|call| below.continued_by(call))
        {
            below.calls.append(&mut top.calls);
            stack.pop();
        }
    }
}

/// Where the calls begin that are, to the end, transforms by exactly these stages.
fn ends_with(calls: &[Call], stages: &[Key]) -> Option<usize> {
    let mut keys = Vec::new();
    for (begin, call) in calls.iter().enumerate().rev() {
        keys.splice(0..0, call.keys());
        if keys.len() >= stages.len() {
            return (keys == stages).then_some(begin);
        }
    }
    None
}

/// Where a pipeline begins: what is used again after its fit was not made inside it.
fn beginning(scene: &Scene<'_>, calls: &[Call], next: Option<u64>) -> usize {
    let used = used_again(scene, calls, next);
    // A pipeline's transform is a stage of the one that fitted it, and of no other.
    let others = calls.iter().zip(1..).filter(|(call, after)| {
        let fitted = |fit: &Call| fit.fit && fit.keys() == call.keys();
        call.is_whole() && !call.fit && !calls[used.min(*after - 1)..*after].iter().any(fitted)
    });
    let others = others.map(|(_, after)| after).max();
    used.max(others.unwrap_or(0))
}

fn used_again(scene: &Scene<'_>, calls: &[Call], next: Option<u64>) -> usize {
    let outputs = calls.iter().zip(1..).filter(|(call, _)| call.output != 0);
    let outputs: BTreeMap<u64, usize> = outputs.map(|(call, after)| (call.output, after)).collect();
    let Some(next) = next.filter(|_| !outputs.is_empty()) else {
        return 0;
    };
    let origins = scene
        .locals
        .datasets
        .origins(next, |n| outputs.contains_key(&n));
    let after = origins.iter().filter_map(|origin| outputs.get(origin));
    after.max().copied().unwrap_or(0)
}

/// A call is no part of anything but, maybe, of a search.
fn release(scene: &mut Scene<'_>, call: &mut Call, search: Option<u64>) {
    let mut held = call.held.take();
    if let (Some(Held::Model(row)), Some(search)) = (&mut held, search) {
        row.parent_model_id = Some(scene.context.model_id(search));
        row.role = "component".into();
        row.inferred = true;
    }
    scene.rows.extend(held.map(Row::from));
}

/// The number of what calls were put together to: that of the first one that was called.
pub(super) fn number(calls: &[Call]) -> u64 {
    let called = calls.iter().map(|call| call.operation);
    let first = called.clone().find(|operation| !is_inferred(*operation));
    let first = first.or_else(|| Some(INFERRED_SEARCH | called.into_iter().next()?));
    INFERRED | first.unwrap_or_default()
}

fn unit(calls: &[Call], alone: bool) -> Unit {
    let (first, last) = (&calls[0], &calls[calls.len() - 1]);
    Unit {
        operation: if alone {
            first.operation
        } else {
            number(calls)
        },
        dataset: first.input,
        estimator: if alone {
            first.component.clone()
        } else {
            Component {
                class: PIPELINE.into(),
                stages: Chain::components(calls),
                ..Component::default()
            }
        },
        started_at: first.started_at,
        ended_at: last.ended_at,
        failure: last.failure.clone(),
        problem_type: last.problem_type.clone(),
        keys: Chain::stages(calls)
            .into_iter()
            .flat_map(Call::keys)
            .collect(),
    }
}
