//! A fit from its start to its end, and its place among other fits: a stage under
//! its pipeline, a fold under its search.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::columns;
use super::context::{Action, Context, error_text, status};
use super::infer::is_inferred;
use super::state::{canonical, state_id};
use super::tried::{Ended, Tried, configurations};
use crate::clock::Micros;
use crate::event::{
    CandidateParam, Columns, Component, FitEnded, FitKind, FitPlace, FitStarted, Param,
};
use crate::row::{ModelRow, ParamRow, Row, StageRow};

/// A fit that has not ended.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OpenFit {
    started: FitStarted,
    started_at: Micros,
    sequence: i64,
    position: Position,
    state_id: String,
    parent_state_id: String,
    /// For a pipeline, the fits of its stages, by stage.
    stage_fits: BTreeMap<i64, u64>,
    /// For a search, the training sets of its folds, in order.
    fold_datasets: Vec<u64>,
    /// For a search, what it tried.
    #[serde(default)]
    pub tried: Tried,
    /// Source columns of the part that predicts.
    #[serde(default)]
    part_sources: Option<Vec<String>>,
    /// Finished fits inside, with the uids of their estimators: stages, or the best.
    #[serde(default)]
    parts: Vec<(String, u64)>,
}

/// What a finished fit tells the one inside which it happened.
pub(super) struct Part {
    operation: u64,
    uid: String,
    predictor: String,
    role: String,
    source_columns: Option<Vec<String>>,
}

/// Where a fit stands under another.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Position {
    /// Of what was put together later, the fit inside which it stands; 0 for none.
    #[serde(default)]
    pub parent: u64,
    pub role: String,
    pub stage_index: Option<i64>,
    pub candidate_index: Option<i64>,
    pub fold: Option<i64>,
}

impl Position {
    pub(super) fn top() -> Self {
        Self {
            role: "top".into(),
            ..Self::default()
        }
    }
}

impl Part {
    /// A stage of an inferred pipeline.
    pub(super) fn stage(
        operation: u64,
        estimator: &Component,
        source_columns: Option<Vec<String>>,
    ) -> Self {
        Self::of("stage", operation, estimator, source_columns)
    }

    /// What an inferred search fitted in the end.
    pub(super) fn best(
        operation: u64,
        estimator: &Component,
        source_columns: Option<Vec<String>>,
    ) -> Self {
        Self::of("best", operation, estimator, source_columns)
    }

    fn of(
        role: &str,
        operation: u64,
        estimator: &Component,
        source_columns: Option<Vec<String>>,
    ) -> Self {
        // Of a search, the searched estimator predicts; of an estimator alone, it does.
        let kind = match estimator.stages.is_empty() {
            true => FitKind::Estimator,
            false => FitKind::Pipeline,
        };
        Self {
            operation,
            uid: estimator.uid.clone(),
            predictor: columns::predictor(kind, estimator).uid.clone(),
            role: role.into(),
            source_columns,
        }
    }
}

impl OpenFit {
    /// A fit that begins inside `parent` on a dataset in the state `parent_state_id`.
    pub(super) fn start(
        parent: Option<&mut OpenFit>,
        started: &FitStarted,
        at: Micros,
        sequence: i64,
        parent_state_id: String,
    ) -> Self {
        let position = match parent {
            Some(parent) => parent.adopt(started),
            None => Position::top(),
        };
        let state_id = state_id(
            "fit",
            [canonical(&started.estimator).as_str()],
            std::slice::from_ref(&parent_state_id),
        );
        Self {
            started: started.clone(),
            started_at: at,
            sequence,
            position,
            state_id,
            parent_state_id,
            stage_fits: BTreeMap::new(),
            fold_datasets: Vec::new(),
            tried: Tried::default(),
            part_sources: None,
            parts: Vec::new(),
        }
    }

    /// A pipeline or a search that nobody told, put together from its parts.
    pub(super) fn inferred(
        started: FitStarted,
        at: Micros,
        sequence: i64,
        parent_state_id: String,
        position: Position,
    ) -> Self {
        let fit = Self::start(None, &started, at, sequence, parent_state_id);
        Self { position, ..fit }
    }

    /// The stage of an inferred pipeline that was fitted at this place.
    pub(super) fn inferred_stage(&mut self, index: i64, part: Part) {
        self.stage_fits.insert(index, part.operation);
        self.finished_part(part);
    }

    /// What an inferred search was is known only in the end.
    pub(super) fn describe(&mut self, estimator: Component, candidates: Vec<Vec<CandidateParam>>) {
        self.started.estimator = estimator;
        self.started.candidates = candidates;
        self.state_id = self.state();
    }

    /// Parameters that were not known at its start.
    pub(super) fn set_params(&mut self, params: &[Param]) {
        for param in params {
            let known = &mut self.started.estimator.params;
            known.retain(|known| known.name != param.name);
            known.push(param.clone());
        }
        self.state_id = self.state();
    }

    fn state(&self) -> String {
        state_id(
            "fit",
            [canonical(&self.started.estimator).as_str()],
            std::slice::from_ref(&self.parent_state_id),
        )
    }

    /// What it learns from.
    pub(super) fn dataset(&self) -> u64 {
        self.started.dataset
    }

    /// The operation inside which it happens.
    pub(super) fn parent(&self) -> u64 {
        self.started.parent
    }

    /// What it tells the fit inside which it happens.
    pub(super) fn as_part(&self) -> Part {
        let Self { started, .. } = self;
        Part {
            operation: started.operation,
            uid: started.estimator.uid.clone(),
            predictor: self.predictor().uid.clone(),
            role: self.position.role.clone(),
            source_columns: self.source_columns(),
        }
    }

    /// A fit inside has finished.
    pub(super) fn finished_part(&mut self, part: Part) {
        let counts = match self.started.kind {
            FitKind::Pipeline => part.role == "stage",
            FitKind::Search => part.role == "best",
            FitKind::Estimator => part.role == "component",
        };
        if !counts {
            return;
        }
        self.parts.push((part.uid, part.operation));
        if self.started.kind == FitKind::Estimator {
            return;
        }
        let predicts =
            self.started.kind == FitKind::Search || part.predictor == self.predictor().uid;
        if predicts && part.source_columns.is_some() {
            self.part_sources = part.source_columns;
        }
    }

    /// Fits inside it that make up its model.
    pub(super) fn parts(&self) -> Vec<(String, u64)> {
        self.parts.clone()
    }

    fn predictor(&self) -> &Component {
        columns::predictor(self.started.kind, &self.started.estimator)
    }

    /// The part that predicts knows better than the whole.
    pub(super) fn source_columns(&self) -> Option<Vec<String>> {
        let whole = &self.started.source_columns;
        self.part_sources.clone().or_else(|| whole.clone())
    }

    /// The place of its action in the run: by its start.
    pub(super) fn sequence(&self) -> i64 {
        self.sequence
    }

    /// Places `child`, a fit that begins inside this one.
    fn adopt(&mut self, child: &FitStarted) -> Position {
        if let Some(place) = &child.place {
            return self.adopt_told(child, place);
        }
        match self.started.kind {
            FitKind::Pipeline => {
                let stage_index = self.stage_index_of(&child.estimator.uid);
                if let Some(index) = stage_index {
                    self.stage_fits.insert(index, child.operation);
                }
                Position {
                    role: "stage".into(),
                    stage_index,
                    ..Position::default()
                }
            }
            FitKind::Search => self.place_candidate(child),
            FitKind::Estimator => Position {
                role: "component".into(),
                ..Position::default()
            },
        }
    }

    /// The producer says where a fit stands.
    fn adopt_told(&mut self, child: &FitStarted, place: &FitPlace) -> Position {
        let operation = child.operation;
        match (
            place.role.as_str(),
            place.stage_index,
            place.candidate_index,
        ) {
            ("stage", Some(index), _) => {
                self.stage_fits.insert(index, operation);
                if let Some(columns) = &child.estimator.columns {
                    self.stage_reads(index, &columns.inputs);
                }
            }
            ("best", _, candidate) => self.tried.best(candidate),
            ("fold" | "candidate", _, Some(candidate)) => {
                self.tried.fit(operation, candidate, place.fold);
            }
            _ => {}
        }
        Position {
            parent: 0,
            role: place.role.clone(),
            stage_index: place.stage_index,
            candidate_index: place.candidate_index,
            fold: place.fold,
        }
    }

    /// The columns that a stage reads are known when it is fitted, where nobody told before.
    fn stage_reads(&mut self, index: i64, inputs: &[String]) {
        if let Some(columns) = self.stage_columns(index)
            && columns.inputs.is_empty()
        {
            columns.inputs = inputs.to_vec();
        }
    }

    /// Those that it writes, when it transforms.
    pub(super) fn stage_writes(&mut self, index: i64, outputs: &[String]) {
        if let Some(columns) = self.stage_columns(index) {
            columns.outputs = outputs.to_vec();
        }
    }

    /// Of a stage whose parameters do not say its columns.
    fn stage_columns(&mut self, index: i64) -> Option<&mut Columns> {
        let stages = &mut self.started.estimator.stages;
        let stage = stages.get_mut(usize::try_from(index).ok()?)?;
        Some(stage.columns.get_or_insert_default())
    }

    /// A search fits each configuration on each training set, and then the best one on
    /// the very dataset that it was given.
    fn place_candidate(&mut self, child: &FitStarted) -> Position {
        let candidate_index = self
            .started
            .candidates
            .iter()
            .position(|candidate| agrees(candidate, &child.estimator))
            .map(|index| index as i64);
        if child.dataset == self.started.dataset {
            self.tried.best(candidate_index);
            return Position {
                role: "best".into(),
                candidate_index,
                ..Position::default()
            };
        }
        // Without folds (TrainValidationSplit) there is one training set.
        let folds = columns::text(&self.started.estimator, "numFolds").is_some();
        let fold = match self.fold_datasets.iter().position(|d| *d == child.dataset) {
            Some(fold) => fold,
            None => {
                self.fold_datasets.push(child.dataset);
                self.fold_datasets.len() - 1
            }
        };
        if let Some(candidate) = candidate_index {
            let fold = folds.then_some(fold as i64);
            self.tried.fit(child.operation, candidate, fold);
        }
        Position {
            role: if folds { "fold" } else { "candidate" }.into(),
            candidate_index,
            fold: folds.then_some(fold as i64),
            ..Position::default()
        }
    }

    /// The place of the stage with this uid in a pipeline.
    pub(super) fn stage_index_of(&self, uid: &str) -> Option<i64> {
        if self.started.kind != FitKind::Pipeline {
            return None;
        }
        let stages = &self.started.estimator.stages;
        let place = stages.iter().position(|stage| stage.uid == uid);
        place.map(|index| index as i64)
    }

    pub(super) fn end(
        self,
        context: &Context<'_>,
        ended: &FitEnded,
        rows: &mut Vec<Row>,
    ) -> Action {
        let mut model = self.row(context);
        model.status = status(ended.failure.as_ref()).into();
        model.error = ended.failure.as_ref().map(error_text);
        model.model_class.clone_from(&ended.model_class);
        model.problem_type.clone_from(&ended.problem_type);
        model.ended_at = Some(self.started_at.plus_micros(ended.duration_us));
        model.duration_ms = Some(ended.duration_us as f64 / 1e3);
        let status = status(ended.failure.as_ref());
        self.close(context, model, status, Some(ended), rows)
    }

    /// The run ended and the fit did not.
    pub(super) fn abandon(self, context: &Context<'_>, at: Micros, rows: &mut Vec<Row>) -> Action {
        let mut model = self.row(context);
        model.status = "abandoned".into();
        model.ended_at = Some(at);
        self.close(context, model, "abandoned", None, rows)
    }

    fn close(
        self,
        context: &Context<'_>,
        model: ModelRow,
        status: &'static str,
        ended: Option<&FitEnded>,
        rows: &mut Vec<Row>,
    ) -> Action {
        let model_id = model.model_id.clone();
        let at = model.ended_at.unwrap_or(self.started_at);
        rows.push(model.into());
        rows.extend(self.param_rows(context));
        rows.extend(self.stage_rows(context));
        if self.started.kind == FitKind::Search {
            let told = ended.map_or(&[][..], |ended| &ended.candidates);
            let candidates = match told.is_empty() {
                true => configurations(&self.started.candidates),
                false => configurations(told),
            };
            let search = Ended {
                context,
                operation: self.started.operation,
                candidates: &candidates,
                label: self.row(context).label_column,
                ended,
                at,
            };
            self.tried.rows(&search, rows);
        }
        Action {
            kind: "fit",
            subject_id: model_id,
            status,
            state_id: self.state_id,
            parent_state_ids: vec![self.parent_state_id],
            occurred_at: self.started_at,
        }
    }

    pub(super) fn open_rows(&self, context: &Context<'_>, status: &str, rows: &mut Vec<Row>) {
        let mut model = self.row(context);
        model.status = status.into();
        rows.push(model.into());
        rows.extend(self.param_rows(context));
    }

    /// The row as far as it is known at the start.
    fn row(&self, context: &Context<'_>) -> ModelRow {
        let FitStarted {
            operation,
            parent,
            kind,
            estimator,
            dataset,
            ..
        } = &self.started;
        // What says itself which columns it has knows better than its last part.
        let reader = match columns::told_inputs(estimator) {
            [] => self.predictor(),
            _ => estimator,
        };
        ModelRow {
            model_id: context.model_id(*operation),
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            experiment: context.run.experiment.clone(),
            parent_model_id: (*parent != 0).then(|| context.model_id(*parent)),
            inferred: is_inferred(*operation) || is_inferred(*parent),
            kind: kind.as_str().into(),
            role: self.position.role.clone(),
            stage_index: self.position.stage_index,
            candidate_index: self.position.candidate_index,
            fold: self.position.fold,
            estimator: estimator.class.clone(),
            uid: estimator.uid.clone(),
            dataset_id: context.some_dataset(*dataset),
            feature_columns: columns::inputs(reader),
            label_column: columns::label(reader),
            prediction_column: columns::prediction(reader),
            source_columns: self.source_columns(),
            params: columns::params(estimator),
            state_id: self.state_id.clone(),
            parent_state_id: Some(self.parent_state_id.clone()),
            started_at: self.started_at,
            ..ModelRow::default()
        }
    }

    fn param_rows(&self, context: &Context<'_>) -> impl Iterator<Item = Row> {
        let model_id = context.model_id(self.started.operation);
        let params = self.started.estimator.params.iter();
        params.map(move |param| param_row(context, &model_id, param))
    }

    fn stage_rows(&self, context: &Context<'_>) -> Vec<Row> {
        if self.started.kind != FitKind::Pipeline {
            return Vec::new();
        }
        let row = |(index, stage): (usize, &Component)| {
            let fit = self.stage_fits.get(&(index as i64));
            StageRow {
                pipeline_model_id: context.model_id(self.started.operation),
                stage_index: index as i64,
                model_id: fit.map(|operation| context.model_id(*operation)),
                class: stage.class.clone(),
                uid: stage.uid.clone(),
                params: columns::params(stage),
                input_columns: columns::inputs(stage),
                output_columns: columns::outputs(stage),
                run_id: context.run.run_id.clone(),
                project: context.run.project.clone(),
            }
            .into()
        };
        let stages = self.started.estimator.stages.iter();
        stages.enumerate().map(row).collect()
    }
}

/// A parameter of a model.
pub(super) fn param_row(context: &Context<'_>, model_id: &str, param: &Param) -> Row {
    ParamRow {
        model_id: model_id.to_owned(),
        run_id: context.run.run_id.clone(),
        project: context.run.project.clone(),
        name: param.name.clone(),
        value: param.value.text(),
        value_double: param.value.number(),
        is_default: param.is_default,
    }
    .into()
}

/// Whether every parameter that the candidate sets has that value in the estimator or
/// in one of the components inside it.
fn agrees(candidate: &[CandidateParam], estimator: &Component) -> bool {
    candidate.iter().all(|set| has(estimator, set))
}

fn has(component: &Component, set: &CandidateParam) -> bool {
    let here = component.uid == set.uid
        && component
            .params
            .iter()
            .any(|param| param.name == set.param.name && param.value == set.param.value);
    here || component.stages.iter().any(|stage| has(stage, set))
}
