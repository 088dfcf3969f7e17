//! Pipelines and searches that ran in Python, put together from their parts.
//!
//! PySpark and Spark Connect run `Pipeline.fit`, `PipelineModel.transform`, `CrossValidator`
//! and `TrainValidationSplit` as loops on the client: the JVM sees calls on single stages.
//! What belongs together is told by the datasets that pass from call to call
//! (docs/adr/0008-inferred-pipelines.md says what can be told and what cannot).
//!
//! The rows of calls that may turn out to be part of something are held back, in the state,
//! until that is decided: by the next call on their thread, by the end of the run, or by a
//! limit. Everything else of them (datasets, edges, parameters, actions) comes out at once.

mod call;
mod chain;
mod grid;
mod one_vs_rest;
mod replayed;
mod rows;
mod search;

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::artifact::in_connect_cache;
use super::context::{Action, Context};
use super::datasets::Datasets;
use super::files::Files;
use super::locals::Locals;
use crate::clock::Micros;
use crate::event::{FitEnded, FitStarted, Happening, Transformed};
use crate::limits::{MAX_CHAIN_CALLS, MAX_CHAINS};
use crate::row::Row;
use call::{Call, Held, Key};
use chain::Chain;
use one_vs_rest::OneVsRests;
use replayed::Replayed;
use search::Search;

/// Operations that nobody called have the number of their first call with this bit.
const INFERRED: u64 = 1 << 62;
/// Searches have this one: their first call may begin a pipeline too.
const INFERRED_SEARCH: u64 = 1 << 61;
/// And this one: the first class that is told from the others.
const ONE_VS_REST: u64 = 1 << 60;

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Inference {
    /// Calls that may belong together, by thread: the innermost chain is the last.
    threads: BTreeMap<u64, Vec<Chain>>,
    searches: BTreeMap<u64, Search>,
    /// Pipelines that were fitted, with the models of their stages.
    pipelines: VecDeque<(u64, Vec<Key>)>,
    #[serde(default)]
    one_vs_rests: OneVsRests,
    /// The last transforms that were made before.
    #[serde(default)]
    replayed: Replayed,
}

/// What the inference may read and change.
pub(super) struct Scene<'a> {
    pub context: &'a Context<'a>,
    pub locals: &'a mut Locals,
    pub files: &'a mut Files,
    /// Actions of the run so far.
    pub sequence: &'a mut i64,
    pub rows: &'a mut Vec<Row>,
    pub actions: &'a mut Vec<(Option<i64>, Action)>,
}

/// The setting of runs in which Python itself tells of the loops that it runs.
const TOLD_BY_PYTHON: &str = "spark.modeldb.python.calls";

/// Whether calls come from Python, which runs the loops itself, and does not tell of them.
pub(super) fn applies(context: &Context<'_>) -> bool {
    let is_python = matches!(context.run.client.as_deref(), Some("python" | "connect"));
    is_python && !context.run.settings.contains_key(TOLD_BY_PYTHON)
}

/// Whether nobody called an operation, or that is so of what it is told to be inside of.
pub(super) fn is_inferred(operation: u64) -> bool {
    operation & (INFERRED | INFERRED_SEARCH | ONE_VS_REST) != 0
}

/// Whether it is a pipeline or a `OneVsRest` that was put together.
pub(super) fn scores_for_its_parts(operation: u64) -> bool {
    is_inferred(operation) && operation & INFERRED_SEARCH == 0
}

impl Inference {
    /// What happened, with what it begins or ends that nobody called; none where it is to be
    /// taken as it is.
    pub(super) fn expand(
        &mut self,
        what: &Happening,
        at: Micros,
        datasets: &Datasets,
    ) -> Option<Vec<Happening>> {
        let mut happenings = self.one_vs_rests.expand(what, at, datasets)?;
        for happening in &mut happenings {
            if let Happening::FitStarted(started) = happening
                && is_inferred(started.operation)
            {
                // Classes are fitted on threads of their own. The one that called prepared
                // the data, if it did.
                let prepared = |stack: &Vec<Chain>| {
                    let given = stack.last().and_then(Chain::transformed);
                    given == Some(started.dataset)
                };
                let caller = self.threads.iter().find(|(_, stack)| prepared(stack));
                started.thread = caller.map_or(started.thread, |(thread, _)| *thread);
            }
        }
        Some(happenings)
    }

    /// The run ends: what ends with it that nobody called.
    pub(super) fn last(&mut self) -> Vec<Happening> {
        self.one_vs_rests.end()
    }

    /// Something is about to happen: what came before it may be decided by that.
    pub(super) fn before(&mut self, scene: &mut Scene<'_>, what: &Happening, at: Micros) {
        match what {
            Happening::FitStarted(started) if started.parent == 0 => {
                self.arrive(scene, started.thread, Call::fit(started, at));
            }
            Happening::Transformed(transformed) if transformed.parent == 0 => {
                self.arrive(scene, transformed.thread, Call::transform(transformed));
            }
            Happening::Evaluated(evaluated) if evaluated.parent == 0 => {
                let searched = scene.locals.datasets.search_split(evaluated.dataset);
                let thread = match is_connect(scene.context) {
                    true => searched.is_none().then_some(0),
                    false => Some(evaluated.thread),
                };
                // A fit's own summary is of what it learnt from: that is not used again.
                let own = evaluated.source.as_deref() == Some("training");
                let dataset = if own { 0 } else { evaluated.dataset };
                self.meet(scene, thread, dataset, evaluated.model);
                if evaluated.failure.is_some()
                    && let Some(search) = self.search_of(scene, evaluated.dataset)
                {
                    search.failure.clone_from(&evaluated.failure);
                }
            }
            Happening::Written(written) => self.meet(scene, None, written.dataset, 0),
            Happening::Saved(saved) if !in_connect_cache(&saved.uri) => self.conclude_all(scene),
            _ => {}
        }
    }

    /// It has happened; rows from `first` on are its own.
    pub(super) fn after(&mut self, scene: &mut Scene<'_>, what: &Happening, first: usize) {
        match what {
            Happening::FitEnded(ended) => self.fit_ended(scene, ended, first),
            Happening::Transformed(transformed) if transformed.parent == 0 => {
                self.transformed(scene, transformed, first);
            }
            _ => {}
        }
    }

    /// The run ends: nothing more comes that could decide anything.
    pub(super) fn end(&mut self, scene: &mut Scene<'_>) {
        self.conclude_all(scene);
        self.leave_searches(scene);
    }

    /// The rows that are held back.
    pub(super) fn open_rows(&self, rows: &mut Vec<Row>) {
        let chains = self.threads.values().flatten();
        let held = chains.flat_map(|chain| &chain.calls);
        rows.extend(held.filter_map(|call| call.held.clone()).map(Row::from));
        let tried = self.searches.values().flat_map(Search::unsettled);
        rows.extend(tried.map(|row| Row::Models(Box::new(row.clone()))));
    }

    /// A fit or a transform is called.
    fn arrive(&mut self, scene: &mut Scene<'_>, told: u64, call: Call) {
        let thread = self.thread(scene, told, &call);
        // In a search over Connect the same data may be the next configuration's.
        let shared = is_connect(scene.context) && thread != 0;
        let used = if shared { 0 } else { call.input };
        self.meet_others(scene, Some(thread), used, call.model);
        self.close_failed(scene, call.input);
        let (refit, before) = match self.refit_by(&call) {
            Some((search, before)) => (Some(search), before),
            None => (None, self.replayed_in_search(scene, call.input)),
        };
        if let Some(search) = refit {
            self.conclude_tried(scene, search);
            self.settle(scene, search);
        }
        let begin = before.first().map_or(call.input, |first| first.input);
        while let Some(top) = self.threads.get(&thread).and_then(|stack| stack.last()) {
            let begins_refit = refit.is_some() && top.refit != refit;
            if top.continued_by(&call) && !begins_refit {
                self.push(scene, thread, call);
                return;
            }
            if let Some(begin) = top.begins_again(&call).filter(|_| !begins_refit) {
                self.conclude_inner(scene, thread, begin);
                self.push(scene, thread, call);
                return;
            }
            // A search on what the chain gave may be its next stage, and is fitted now.
            let searched = self.searched_by(scene, refit, &call);
            if searched.is_some() && top.transformed() == searched {
                break;
            }
            self.conclude(scene, thread, Some(begin));
        }
        let mut chain = Chain {
            refit,
            ..Chain::default()
        };
        if refit.is_none() {
            let first = before.first().unwrap_or(&call);
            chain.within = self.enter_search(scene, thread, first);
        }
        self.replayed.take(&before);
        chain.calls = before;
        self.threads.entry(thread).or_default().push(chain);
        self.push(scene, thread, call);
        while self.threads.values().map(Vec::len).sum::<usize>() > MAX_CHAINS {
            let oldest = self.threads.iter().min_by_key(|(_, stack)| {
                let first = stack.iter().flat_map(|chain| &chain.calls).next();
                first.map(|call| call.operation)
            });
            let Some(oldest) = oldest.map(|(thread, _)| *thread) else {
                break;
            };
            self.conclude(scene, oldest, None);
        }
    }

    /// Adds a call to the innermost chain of a thread.
    fn push(&mut self, scene: &mut Scene<'_>, thread: u64, call: Call) {
        let Some(chain) = self.threads.get_mut(&thread).and_then(|s| s.last_mut()) else {
            return;
        };
        chain.calls.push(call);
        if chain.calls.len() > MAX_CHAIN_CALLS {
            let long = std::mem::take(&mut chain.calls);
            let kept = long.len() - 1;
            for (index, mut call) in long.into_iter().enumerate() {
                if index == kept {
                    chain.calls.push(call);
                } else {
                    scene.rows.extend(call.held.take().map(Row::from));
                }
            }
        }
    }

    /// Something uses a dataset or a model: chains that gave it are decided, and so is what
    /// came before on its own thread.
    fn meet(&mut self, scene: &mut Scene<'_>, thread: Option<u64>, dataset: u64, model: u64) {
        self.meet_others(scene, thread, dataset, model);
        self.close_failed(scene, dataset);
        if let Some(thread) = thread {
            while self.threads.contains_key(&thread) {
                let evaluated = self.search_of(scene, dataset).map(|search| search.dataset);
                let top = self.threads.get(&thread).and_then(|stack| stack.last());
                // A search's own evaluation says nothing of the chain that it is a stage of.
                if evaluated.is_some() && top.and_then(Chain::transformed) == evaluated {
                    break;
                }
                self.conclude(scene, thread, Some(dataset));
            }
        }
    }

    fn meet_others(
        &mut self,
        scene: &mut Scene<'_>,
        thread: Option<u64>,
        dataset: u64,
        model: u64,
    ) {
        let gave = |chain: &Chain| chain.calls.iter().any(|call| call.gave(dataset, model));
        let others = self.threads.iter();
        let others =
            others.filter(|(other, stack)| Some(**other) != thread && stack.iter().any(gave));
        let others: Vec<_> = others.map(|(other, _)| *other).collect();
        for other in others {
            while self.threads.contains_key(&other) {
                self.conclude(scene, other, Some(dataset));
            }
        }
    }

    /// What a search tried is known when it goes on to the next fold, or to the best.
    fn conclude_tried(&mut self, scene: &mut Scene<'_>, search: u64) {
        let of = |chain: &Chain| chain.within.as_ref().is_some_and(|w| w.search == search);
        let stacks = self.threads.iter();
        let trying = stacks.filter(|(_, stack)| stack.last().is_some_and(of));
        let trying: Vec<_> = trying.map(|(thread, _)| *thread).collect();
        for thread in trying {
            self.conclude(scene, thread, None);
        }
    }

    fn conclude_all(&mut self, scene: &mut Scene<'_>) {
        while let Some(thread) = self.threads.keys().next().copied() {
            self.conclude(scene, thread, None);
        }
    }

    fn fit_ended(&mut self, scene: &mut Scene<'_>, ended: &FitEnded, first: usize) {
        let Some((thread, call)) = self.call(ended.operation) else {
            return;
        };
        if std::mem::replace(&mut call.ended, true) {
            return;
        }
        call.ended_at = call.started_at.plus_micros(ended.duration_us);
        call.failure.clone_from(&ended.failure);
        call.problem_type.clone_from(&ended.problem_type);
        let model_id = scene.context.model_id(ended.operation);
        call.held = take(scene.rows, first, |row| match row {
            Row::Models(model) if model.model_id == model_id => Some(Held::Model(model.clone())),
            _ => None,
        });
        if ended.failure.is_some() || self.is_whole_refit(thread) {
            self.conclude(scene, thread, None);
        }
    }

    fn transformed(&mut self, scene: &mut Scene<'_>, transformed: &Transformed, first: usize) {
        let Some((thread, call)) = self.call(transformed.operation) else {
            return;
        };
        let transform_id = scene.context.transform_id(transformed.operation);
        call.held = take(scene.rows, first, |row| match row {
            Row::Transforms(transform) if transform.transform_id == transform_id => {
                Some(Held::Transform(transform.clone()))
            }
            _ => None,
        });
        if transformed.failure.is_some() {
            self.conclude(scene, thread, None);
        } else {
            self.recognise_scoring(scene, thread);
        }
    }

    /// The call with this number that is not decided, and its thread.
    fn call(&mut self, operation: u64) -> Option<(u64, &mut Call)> {
        self.threads.iter_mut().find_map(|(thread, stack)| {
            let mut calls = stack.iter_mut().flat_map(|chain| &mut chain.calls);
            let call = calls.find(|call| call.operation == operation && !call.is_whole())?;
            Some((*thread, call))
        })
    }
}

/// Connect's threads are the server's, a new one for each request: they say nothing.
pub(super) fn is_connect(context: &Context<'_>) -> bool {
    context.run.client.as_deref() == Some("connect")
}

/// Takes the row that `wanted` finds, from `first` on.
fn take(rows: &mut Vec<Row>, first: usize, wanted: impl Fn(&Row) -> Option<Held>) -> Option<Held> {
    let place = (first..rows.len()).find(|place| wanted(&rows[*place]).is_some())?;
    wanted(&rows.remove(place))
}

/// A fit of what was put together, as if it had been called.
fn started(operation: u64, kind: crate::event::FitKind, dataset: u64) -> FitStarted {
    FitStarted {
        operation,
        parent: 0,
        kind,
        estimator: crate::event::Component::default(),
        dataset,
        candidates: Vec::new(),
        thread: 0,
        source_columns: None,
        place: None,
    }
}
