//! `CrossValidator` and `TrainValidationSplit` in Python. They add a column `<uid>_rand` to
//! their dataset and filter on it: that tells the search, its folds, and which side of a fold
//! is for training.

use serde::{Deserialize, Serialize};

use super::call::{Call, Held, Key};
use super::chain::{Chain, Unit};
use super::grid::{Grid, begins_with};
use super::{INFERRED_SEARCH, Inference, Scene, is_connect, started, take};
use crate::assemble::datasets::SearchSplit;
use crate::assemble::fit::{OpenFit, Part, Position};
use crate::clock::Micros;
use crate::event::{Component, Failure, FitEnded, FitKind, Param, Value};
use crate::limits::MAX_INFERRED_SEARCHES;
use crate::row::{ModelRow, Row};

const TUNING: &str = "org.apache.spark.ml.tuning";
const CROSS_VALIDATOR: &str = "CrossValidator";
const TRAIN_VALIDATION_SPLIT: &str = "TrainValidationSplit";

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Search {
    operation: u64,
    uid: String,
    /// What it was given.
    pub dataset: u64,
    /// That with the random column: each call of `fit` makes one.
    made_from: u64,
    /// Training sets, in order.
    folds: Vec<u64>,
    grid: Grid,
    started_at: Micros,
    last_at: Micros,
    pub failure: Option<Failure>,
    /// Whether it was closed as failed; other threads may still be at it.
    closed: bool,
    /// The thread of its first configuration, and whether others were fitted at the same time.
    #[serde(default)]
    thread: u64,
    #[serde(default)]
    parallel: bool,
    /// Whether its configurations are numbered; until then, the rows of those.
    #[serde(default)]
    settled: bool,
    #[serde(default)]
    unsettled: Vec<ModelRow>,
}

/// A chain's place in a search.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Within {
    pub search: u64,
    fold: Option<i64>,
    /// Whether it is on the training set itself.
    training: bool,
    /// The configuration that it took at its beginning.
    reserved: Option<i64>,
}

impl Search {
    fn class(&self) -> &'static str {
        match self.has_folds() {
            true => CROSS_VALIDATOR,
            false => TRAIN_VALIDATION_SPLIT,
        }
    }

    fn has_folds(&self) -> bool {
        self.uid.starts_with(CROSS_VALIDATOR)
    }

    /// The rows that wait for the number of their configuration.
    pub(super) fn unsettled(&self) -> &[ModelRow] {
        &self.unsettled
    }

    /// As far as it is known: what it searched stands under `stages`.
    fn component(&self, best: Option<i64>) -> Component {
        let stages = self.grid.stages(best).to_vec();
        let searched = match stages.len() {
            0 | 1 => stages,
            _ => vec![Component {
                class: "org.apache.spark.ml.Pipeline".into(),
                stages,
                ..Component::default()
            }],
        };
        let folds = self.has_folds().then(|| Param {
            name: "numFolds".into(),
            value: Value::Integer(self.folds.len() as i64),
            is_default: false,
        });
        Component {
            class: format!("{TUNING}.{}", self.class()),
            uid: self.uid.clone(),
            params: folds.into_iter().collect(),
            stages: searched,
            columns: None,
        }
    }
}

impl Inference {
    /// The search that a dataset was split by.
    pub(super) fn search_of(&mut self, scene: &Scene<'_>, dataset: u64) -> Option<&mut Search> {
        let split = scene.locals.datasets.search_split(dataset)?;
        self.split_by(&split)
    }

    fn split_by(&mut self, split: &SearchSplit) -> Option<&mut Search> {
        let of =
            |search: &&mut Search| search.made_from == split.made_from && search.uid == split.uid;
        // Of several, on the same data, the last one.
        self.searches.values_mut().rev().find(of)
    }

    /// The search whose best configuration a call may begin to fit again, and the calls that
    /// were made before and lead to it. Of several on the same data it is one that tried such
    /// a stage: the very object, if it can be, and the last one.
    pub(super) fn refit_by(&self, call: &Call) -> Option<(u64, Vec<Call>)> {
        if call.input == 0 {
            return None;
        }
        let refit = |dataset: u64, before: &[Call]| {
            let calls = before.iter().chain([call]);
            let stages: Vec<_> = calls.map(|call| &call.component).collect();
            let open = self.searches.values();
            let open = open.filter(|search| search.dataset == dataset && !search.closed);
            let tried = open.filter_map(|s| Some((self.tried_first(s, &stages)?, s.operation)));
            tried.max().map(|(_, operation)| operation)
        };
        let begin = |dataset, before: &[Call]| refit(dataset, before).is_some();
        let before = self.replayed.before(call.input, begin)?;
        let dataset = before.first().map_or(call.input, |first| first.input);
        Some((refit(dataset, &before)?, before))
    }

    /// Whether a configuration of the search begins with these stages: true where they are
    /// the very objects. Some may not be decided yet.
    fn tried_first(&self, search: &Search, stages: &[&Component]) -> Option<bool> {
        let chains = self.threads.values().flatten();
        let within = chains.filter(|chain| {
            let within = chain.within.as_ref();
            within.is_some_and(|within| within.search == search.operation && within.training)
        });
        let begins = within.filter_map(|c| begins_with(&Chain::components(&c.calls), stages));
        begins.chain(search.grid.begins_with(stages)).max()
    }

    /// The dataset of the search to which a call belongs.
    pub(super) fn searched_by(
        &self,
        scene: &Scene<'_>,
        refit: Option<u64>,
        call: &Call,
    ) -> Option<u64> {
        match refit {
            Some(search) => Some(self.searches.get(&search)?.dataset),
            None => {
                let split = scene.locals.datasets.search_split(call.input)?;
                Some(split.searched)
            }
        }
    }

    /// A chain begins: its place, if it is on data that a search split.
    pub(super) fn enter_search(
        &mut self,
        scene: &mut Scene<'_>,
        thread: u64,
        call: &Call,
    ) -> Option<Within> {
        let split = scene.locals.datasets.search_split(call.input)?;
        if is_connect(scene.context) {
            // Elsewhere each call of `fit` makes a dataset; here it is the same one.
            let same =
                |s: &Search| s.closed && s.made_from == split.made_from && s.uid == split.uid;
            self.searches.retain(|_, search| !same(search));
        }
        if self.split_by(&split).is_none() {
            self.open_search(scene, &split, thread, call);
        }
        let search = self.split_by(&split)?;
        let training = split.training && split.set == call.input;
        let later = search.folds.first().is_some_and(|set| *set != split.set);
        if training && later && !search.settled {
            // All that it tries was tried on the first set.
            let operation = search.operation;
            self.conclude_tried(scene, operation);
            self.settle(scene, operation);
        }
        let search = self.split_by(&split)?;
        let known = search.folds.iter().position(|set| *set == split.set);
        let fold = match known {
            None if training => {
                search.folds.push(split.set);
                Some(search.folds.len() - 1)
            }
            known => known,
        };
        let first = training && fold == Some(0);
        if first {
            search.parallel |= search.thread != thread && !is_connect(scene.context);
            search.parallel |= search.grid.is_open();
        }
        Some(Within {
            search: search.operation,
            fold: fold.map(|fold| fold as i64),
            training,
            reserved: first.then(|| search.grid.reserve()).flatten(),
        })
    }

    fn open_search(
        &mut self,
        scene: &mut Scene<'_>,
        split: &SearchSplit,
        thread: u64,
        call: &Call,
    ) {
        let search = Search {
            operation: INFERRED_SEARCH | call.operation,
            uid: split.uid.clone(),
            dataset: split.searched,
            made_from: split.made_from,
            folds: Vec::new(),
            grid: Grid::default(),
            started_at: call.started_at,
            last_at: call.started_at,
            failure: None,
            closed: false,
            thread,
            parallel: false,
            settled: false,
            unsettled: Vec::new(),
        };
        let mut start = started(search.operation, FitKind::Search, search.dataset);
        start.estimator = search.component(None);
        start.estimator.params.clear();
        *scene.sequence += 1;
        let datasets = &mut scene.locals.datasets;
        datasets.used(scene.context, scene.files, search.dataset, scene.rows);
        let state = datasets.state(scene.context, search.dataset);
        let position = Position::top();
        let fit = OpenFit::inferred(start, call.started_at, *scene.sequence, state, position);
        scene.locals.fits.insert(search.operation, fit);
        self.searches.insert(search.operation, search);
        if self.searches.len() > MAX_INFERRED_SEARCHES
            && let Some(oldest) = self.searches.keys().next().copied()
        {
            self.settle(scene, oldest);
            self.searches.remove(&oldest);
        }
    }

    /// All configurations of a search are known: numbers them, and lets go of the rows that
    /// waited for that. Those that came one after the other keep the order of the grid.
    pub(super) fn settle(&mut self, scene: &mut Scene<'_>, operation: u64) {
        let Some(search) = self.searches.get_mut(&operation) else {
            return;
        };
        if std::mem::replace(&mut search.settled, true) {
            return;
        }
        let numbers = search.parallel.then(|| search.grid.sort());
        let number = |old: i64| {
            let new = numbers.as_ref().and_then(|new| new.get(old as usize));
            new.copied().unwrap_or(old)
        };
        for mut row in std::mem::take(&mut search.unsettled) {
            row.candidate_index = row.candidate_index.map(number);
            scene.rows.push(Row::Models(row.into()));
        }
        if let Some(fit) = scene.locals.fits.get_mut(&operation) {
            fit.tried.renumber(number);
        }
        let chains = self.threads.values_mut().flatten();
        for within in chains.filter_map(|chain| chain.within.as_mut()) {
            if within.search == operation {
                within.reserved = within.reserved.map(number);
            }
        }
    }

    /// Where something that was fitted stands.
    pub(super) fn place(
        &mut self,
        scene: &Scene<'_>,
        chain: &Chain,
        calls: &[Call],
        unit: &Unit,
    ) -> Position {
        let stages = Chain::components(calls);
        if let Some(search) = chain.refit.and_then(|search| self.searches.get(&search)) {
            let candidate_index = search.grid.index_of(&stages, unit.failure.is_some());
            if candidate_index.is_some() && unit.dataset == search.dataset {
                return Position {
                    parent: search.operation,
                    role: "best".into(),
                    candidate_index,
                    ..Position::default()
                };
            }
        }
        let Some(within) = &chain.within else {
            return Position::top();
        };
        let Some(search) = self.searches.get_mut(&within.search) else {
            return Position::top();
        };
        // A pipeline that begins later than its chain is not the configuration.
        let whole = within.training && scene.locals.datasets.is_split_set(unit.dataset);
        if !whole {
            return Position {
                parent: within.search,
                role: "component".into(),
                fold: within.fold.filter(|_| search.has_folds()),
                ..Position::default()
            };
        }
        let fold = within.fold.unwrap_or_default();
        Position {
            parent: within.search,
            role: if search.has_folds() {
                "fold"
            } else {
                "candidate"
            }
            .into(),
            candidate_index: search.grid.fitted(fold, within.reserved, stages),
            fold: within.fold.filter(|_| search.has_folds()),
            ..Position::default()
        }
    }

    /// Something that was fitted has its place.
    pub(super) fn placed(
        &mut self,
        scene: &mut Scene<'_>,
        thread: u64,
        place: Position,
        unit: Unit,
        source_columns: Option<Vec<String>>,
    ) {
        let Some(search) = self.searches.get_mut(&place.parent) else {
            return;
        };
        search.last_at = search.last_at.max(unit.ended_at);
        if unit.failure.is_some() {
            search.failure.clone_from(&unit.failure);
        }
        let operation = search.operation;
        let Some(fit) = scene.locals.fits.get_mut(&operation) else {
            return;
        };
        match (place.role.as_str(), place.candidate_index) {
            ("best", best) => {
                fit.tried.best(best);
                if unit.failure.is_none() {
                    let part = Part::best(unit.operation, &unit.estimator, source_columns);
                    fit.finished_part(part);
                }
                self.close_search(
                    scene,
                    operation,
                    best,
                    unit.problem_type,
                    Some((thread, unit.keys)),
                );
            }
            ("fold" | "candidate", Some(candidate)) => {
                fit.tried.fit(unit.operation, candidate, place.fold);
                if !search.settled {
                    let model_id = scene.context.model_id(unit.operation);
                    let place = scene.rows.iter().position(
                        |row| matches!(row, Row::Models(row) if row.model_id == model_id),
                    );
                    if let Some(Row::Models(row)) = place.map(|place| scene.rows.remove(place)) {
                        search.unsettled.push(*row);
                    }
                }
            }
            _ => {}
        }
    }

    /// A chain in a search failed without fitting anything as a whole.
    pub(super) fn note_failure(&mut self, within: Option<&Within>, calls: &[Call]) {
        let failure = calls.iter().find_map(|call| call.failure.clone());
        let search = within.and_then(|within| self.searches.get_mut(&within.search));
        if let (Some(search), Some(failure)) = (search, failure) {
            search.failure = Some(failure);
        }
    }

    pub(super) fn parent_of(&self, within: Option<&Within>) -> Option<u64> {
        within.map(|within| within.search)
    }

    /// Searches that failed are over when something else is called.
    pub(super) fn close_failed(&mut self, scene: &mut Scene<'_>, dataset: u64) {
        let failed = |search: &&Search| search.failure.is_some() && !search.closed;
        if !self.searches.values().any(|search| failed(&search)) {
            return;
        }
        let split = scene.locals.datasets.search_split(dataset);
        let made_from = split.map(|split| split.made_from);
        let over = self.searches.values().filter(failed);
        let over = over.filter(|search| Some(search.made_from) != made_from);
        let over: Vec<_> = over.map(|search| search.operation).collect();
        for operation in over {
            self.close_search(scene, operation, None, None, None);
        }
    }

    /// The run ends: searches that failed are closed as such, others are left open with what
    /// is known of them.
    pub(super) fn leave_searches(&mut self, scene: &mut Scene<'_>) {
        let open = self.searches.values().filter(|search| !search.closed);
        let open: Vec<_> = open.map(|search| search.operation).collect();
        for operation in open {
            match self.searches.get(&operation) {
                Some(search) if search.failure.is_some() => {
                    self.close_search(scene, operation, None, None, None);
                }
                Some(_) => {
                    self.settle(scene, operation);
                    let search = self.searches.get(&operation);
                    if let (Some(search), Some(fit)) =
                        (search, scene.locals.fits.get_mut(&operation))
                    {
                        fit.describe(search.component(None), search.grid.candidates());
                    }
                }
                None => {}
            }
        }
        self.searches.clear();
    }

    /// The refit of a search is whole when it has all stages of a configuration.
    pub(super) fn is_whole_refit(&self, thread: u64) -> bool {
        let chain = self.threads.get(&thread).and_then(|stack| stack.last());
        chain.is_some_and(|chain| {
            let search = chain.refit.and_then(|search| self.searches.get(&search));
            let stages = Chain::components(&chain.calls);
            search.is_some_and(|search| search.grid.index_of(&stages, false).is_some())
        })
    }

    /// The search has ended. `after` is the thread of the refit, and its models: the search
    /// may be a stage of a pipeline there.
    fn close_search(
        &mut self,
        scene: &mut Scene<'_>,
        operation: u64,
        best: Option<i64>,
        problem_type: Option<String>,
        after: Option<(u64, Vec<Key>)>,
    ) {
        self.settle(scene, operation);
        let Some(search) = self.searches.get_mut(&operation) else {
            return;
        };
        let Some(mut fit) = scene.locals.fits.remove(&operation) else {
            return;
        };
        let component = search.component(best);
        fit.describe(component.clone(), search.grid.candidates());
        let failure = search.failure.clone();
        let model_class = format!("{TUNING}.{}Model", search.class());
        let ended = FitEnded {
            operation,
            duration_us: search.last_at.0.saturating_sub(search.started_at.0),
            failure: failure.clone(),
            model_class: failure.is_none().then_some(model_class),
            problem_type,
            ..FitEnded::default()
        };
        let dataset = search.dataset;
        search.closed = true;
        if failure.is_none() {
            self.searches.remove(&operation);
        }
        let first = scene.rows.len();
        let (sequence, parts) = (fit.sequence(), fit.parts());
        let action = fit.end(scene.context, &ended, scene.rows);
        let state = action.state_id.clone();
        scene.locals.fitted(operation, state, dataset, parts);
        scene.actions.push((Some(sequence), action));
        let Some((thread, keys)) = after.filter(|_| failure.is_none()) else {
            return;
        };
        let outer = self
            .threads
            .get_mut(&thread)
            .and_then(|stack| stack.last_mut());
        let Some(outer) = outer.filter(|outer| outer.transformed() == Some(dataset)) else {
            return;
        };
        let row = take(scene.rows, first, |row| match row {
            Row::Models(model) => Some(Held::Model(model.clone())),
            _ => None,
        });
        if let Some(Held::Model(row)) = row {
            let stage = Call::whole(operation, component, dataset, row, keys);
            outer.calls.push(stage);
        }
    }
}
