//! One run: its row, its actions, and what each producer told inside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fit::OpenFit;
use super::lineage::Datasets;
use super::state::{canonical, state_id};
use super::{Place, columns};
use crate::clock::Micros;
use crate::event::{Evaluated, Event, Failure, Happening, RunEnded, RunStarted, Transformed};
use crate::ids::{ProducerId, derived_id};
use crate::limits::MAX_KNOWN_OPERATIONS;
use crate::row::{ActionRow, Capture, DatasetEdgeRow, MetricRow, Row, RunRow, TransformRow};

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunState {
    pub row: RunRow,
    /// Actions so far.
    sequence: i64,
    /// Numbers of operations and datasets are local to a producer.
    locals: BTreeMap<ProducerId, Locals>,
}

/// What one producer told in a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Locals {
    pub fits: BTreeMap<u64, OpenFit>,
    /// States of models, by the operation of their fit.
    pub model_states: BTreeMap<u64, String>,
    pub datasets: Datasets,
    /// Transforms seen inside an open transform, by its operation.
    nested_transforms: BTreeMap<u64, i64>,
}

/// What every row of a run carries.
pub(super) struct Context<'a> {
    pub run: &'a RunRow,
    pub producer: &'a ProducerId,
}

impl Context<'_> {
    pub(super) fn model_id(&self, operation: u64) -> String {
        derived_id("m", self.producer, &[operation])
    }

    pub(super) fn dataset_id(&self, dataset: u64) -> String {
        derived_id("d", self.producer, &[dataset])
    }

    pub(super) fn transform_id(&self, operation: u64) -> String {
        derived_id("t", self.producer, &[operation])
    }

    /// The id, or none for number 0.
    pub(super) fn some_dataset(&self, dataset: u64) -> Option<String> {
        (dataset != 0).then(|| self.dataset_id(dataset))
    }
}

/// Something done, for the history.
pub(super) struct Action {
    pub kind: &'static str,
    pub subject_id: String,
    pub status: &'static str,
    pub state_id: String,
    pub parent_state_ids: Vec<String>,
    pub occurred_at: Micros,
}

/// Class and message, as `error` columns have it.
pub(super) fn error_text(failure: &Failure) -> String {
    format!("{}: {}", failure.class, failure.message)
}

fn status(failure: Option<&Failure>) -> &'static str {
    if failure.is_some() {
        "failed"
    } else {
        "finished"
    }
}

impl RunState {
    pub(super) fn started(event: &Event, producer: &ProducerId, started: &RunStarted) -> Self {
        let started = started.clone();
        let row = RunRow {
            run_id: event.run.to_string(),
            project: started.project,
            experiment: started.experiment,
            name: started.name,
            parent_run_id: started.parent_run_id,
            status: "running".into(),
            user: started.user,
            host: started.host,
            application_id: started.application_id,
            framework: started.framework,
            framework_version: started.framework_version,
            code_version: started.code_version,
            command: started.command,
            settings: started.settings,
            capture: Capture {
                mode: started.capture_mode,
                not_captured: BTreeMap::new(),
            },
            tags: started.tags,
            started_at: event.at,
            producer: producer.to_string(),
            ..RunRow::default()
        };
        Self {
            row,
            sequence: 0,
            locals: BTreeMap::new(),
        }
    }

    pub(super) fn open_operations(&self, producer: &ProducerId) -> usize {
        let locals = self.locals.get(producer);
        locals.map_or(0, |locals| locals.fits.len())
    }

    pub(super) fn apply(
        &mut self,
        place: Place<'_>,
        at: Micros,
        what: &Happening,
        rows: &mut Vec<Row>,
    ) {
        let locals = self.locals.entry(place.producer.clone()).or_default();
        let context = Context {
            run: &self.row,
            producer: place.producer,
        };
        let action = match what {
            Happening::DatasetSeen(seen) => {
                locals.datasets.see(&context, seen, at, rows);
                None
            }
            Happening::FitStarted(started) => {
                self.sequence += 1;
                locals.datasets.used(&context, started.dataset, rows);
                OpenFit::start(&context, locals, started, at, self.sequence);
                None
            }
            Happening::FitEnded(ended) => {
                let fit = locals.fits.remove(&ended.operation);
                fit.map(|fit| fit.end(&context, locals, ended, rows))
            }
            Happening::Transformed(transformed) => {
                Some(transform(&context, locals, transformed, rows))
            }
            Happening::Evaluated(evaluated) => {
                Some(evaluate(&context, locals, place, evaluated, rows))
            }
            Happening::CaptureReported(not_captured) => {
                self.row.capture.not_captured.clone_from(not_captured);
                rows.push(self.row.clone().into());
                None
            }
            Happening::RunStarted(_) | Happening::RunEnded(_) | Happening::Unknown(_) => None,
        };
        if let Some((sequence, action)) = action {
            self.act(place, sequence, action, rows);
        }
    }

    /// Adds an action; `sequence` is its place when it was given one at its start.
    fn act(
        &mut self,
        place: Place<'_>,
        sequence: Option<i64>,
        action: Action,
        rows: &mut Vec<Row>,
    ) {
        let sequence = sequence.unwrap_or_else(|| {
            self.sequence += 1;
            self.sequence
        });
        rows.push(
            ActionRow {
                action_id: derived_id(
                    "a",
                    place.producer,
                    &[place.seq.0, place.index as u64, sequence as u64],
                ),
                run_id: self.row.run_id.clone(),
                project: self.row.project.clone(),
                sequence,
                kind: action.kind.into(),
                subject_id: action.subject_id,
                status: action.status.into(),
                state_id: action.state_id,
                parent_state_ids: action.parent_state_ids,
                occurred_at: action.occurred_at,
            }
            .into(),
        );
    }

    pub(super) fn end(
        &mut self,
        place: Place<'_>,
        at: Micros,
        ended: &RunEnded,
        rows: &mut Vec<Row>,
    ) {
        let mut locals = std::mem::take(&mut self.locals);
        let mut actions = Vec::new();
        for (producer, locals) in &mut locals {
            let context = Context {
                run: &self.row,
                producer,
            };
            // Inner operations have higher numbers: close them first.
            while let Some((_, fit)) = locals.fits.pop_last() {
                actions.push(fit.abandon(&context, locals, at, rows));
            }
            locals.datasets.all_used(&context, rows);
        }
        for (sequence, action) in actions {
            self.act(place, sequence, action, rows);
        }
        self.row.status = status(ended.failure.as_ref()).into();
        self.row.error = ended.failure.as_ref().map(error_text);
        self.row.ended_at = Some(at);
        rows.push(self.row.clone().into());
    }

    pub(super) fn open_rows(&self, silent: &impl Fn(&ProducerId) -> bool, rows: &mut Vec<Row>) {
        let owner = ProducerId::from(self.row.producer.clone());
        if self.row.ended_at.is_none() && silent(&owner) {
            let mut row = self.row.clone();
            row.status = "abandoned".into();
            rows.push(row.into());
        }
        for (producer, locals) in &self.locals {
            let context = Context {
                run: &self.row,
                producer,
            };
            let status = if silent(producer) {
                "abandoned"
            } else {
                "running"
            };
            for fit in locals.fits.values() {
                fit.open_rows(&context, status, rows);
            }
        }
    }
}

fn transform(
    context: &Context<'_>,
    locals: &mut Locals,
    transformed: &Transformed,
    rows: &mut Vec<Row>,
) -> (Option<i64>, Action) {
    let Transformed {
        operation,
        parent,
        transformer,
        ..
    } = transformed;
    locals.datasets.used(context, transformed.input, rows);
    let transform_id = context.transform_id(*operation);
    let inside_fit = locals.fits.get(parent);
    let stage_index = match (parent, inside_fit) {
        (0, _) => None,
        (_, Some(fit)) => fit.stage_index_of(&transformer.uid),
        (_, None) => {
            let next = locals.nested_transforms.entry(*parent).or_default();
            *next += 1;
            Some(*next - 1)
        }
    };
    let parent_transform = (*parent != 0 && inside_fit.is_none()).then_some(*parent);
    let nested = locals.nested_transforms.remove(operation).is_some();

    let input_state = locals.datasets.state(context, transformed.input);
    let mut parents = vec![input_state];
    if transformed.model != 0 {
        let state = locals.model_states.get(&transformed.model);
        parents.push(
            state
                .cloned()
                .unwrap_or_else(|| context.model_id(transformed.model)),
        );
    }
    let state = state_id("transform", [canonical(transformer).as_str()], &parents);

    let mut output_columns = columns::outputs(transformer);
    if transformed.output != 0 {
        let added = locals.datasets.transformed(transformed, state.clone());
        if let Some(added) = added {
            output_columns = added;
        }
        // The stages inside already lead from the input to the output.
        if !nested && transformed.output != transformed.input {
            rows.push(
                DatasetEdgeRow {
                    run_id: context.run.run_id.clone(),
                    project: context.run.project.clone(),
                    parent_dataset_id: context.dataset_id(transformed.input),
                    child_dataset_id: context.dataset_id(transformed.output),
                    operation: "transform".into(),
                    detail: None,
                    transform_id: Some(transform_id.clone()),
                }
                .into(),
            );
        }
    }
    let status = status(transformed.failure.as_ref());
    rows.push(
        TransformRow {
            transform_id: transform_id.clone(),
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            model_id: (transformed.model != 0).then(|| context.model_id(transformed.model)),
            parent_transform_id: parent_transform.map(|parent| context.transform_id(parent)),
            stage_index,
            transformer: transformer.class.clone(),
            uid: transformer.uid.clone(),
            input_dataset_id: context.some_dataset(transformed.input),
            output_dataset_id: context.some_dataset(transformed.output),
            input_columns: columns::inputs(transformer),
            output_columns,
            params: columns::params(transformer),
            status: status.into(),
            error: transformed.failure.as_ref().map(error_text),
            started_at: transformed.started_at,
            duration_ms: transformed.duration_us as f64 / 1e3,
        }
        .into(),
    );
    let action = Action {
        kind: "transform",
        subject_id: transform_id,
        status,
        state_id: state,
        parent_state_ids: parents,
        occurred_at: transformed.started_at,
    };
    (None, action)
}

fn evaluate(
    context: &Context<'_>,
    locals: &mut Locals,
    place: Place<'_>,
    evaluated: &Evaluated,
    rows: &mut Vec<Row>,
) -> (Option<i64>, Action) {
    locals.datasets.used(context, evaluated.dataset, rows);
    let evaluator = &evaluated.evaluator;
    let metric_id = place.id("e");
    let prediction = columns::evaluated(evaluator);
    let parents = vec![locals.datasets.state(context, evaluated.dataset)];
    let work = [canonical(evaluator), evaluated.metric.clone()];
    let state = state_id("evaluate", work.iter().map(String::as_str), &parents);
    if evaluated.failure.is_none() {
        let scored = locals
            .datasets
            .scored_by(evaluated.dataset, prediction.as_deref());
        rows.push(
            MetricRow {
                metric_id: metric_id.clone(),
                run_id: context.run.run_id.clone(),
                project: context.run.project.clone(),
                model_id: scored.as_ref().map(|scored| context.model_id(scored.model)),
                dataset_id: context.some_dataset(evaluated.dataset),
                input_dataset_id: scored
                    .as_ref()
                    .and_then(|scored| context.some_dataset(scored.input)),
                name: evaluated.metric.clone(),
                value: evaluated.value,
                step: None,
                larger_is_better: evaluated.larger_is_better,
                slice: scored.and_then(|scored| scored.slice),
                label_column: columns::label(evaluator),
                prediction_column: prediction,
                source: "evaluator".into(),
                evaluator: Some(evaluator.class.clone()),
                recorded_at: Micros(evaluated.started_at.0 + evaluated.duration_us),
            }
            .into(),
        );
    }
    let action = Action {
        kind: "evaluate",
        subject_id: metric_id,
        status: status(evaluated.failure.as_ref()),
        state_id: state,
        parent_state_ids: parents,
        occurred_at: evaluated.started_at,
    };
    (None, action)
}

impl Locals {
    /// Remembers the state of a model.
    pub(super) fn fitted(&mut self, operation: u64, state: String) {
        self.model_states.insert(operation, state);
        while self.model_states.len() > MAX_KNOWN_OPERATIONS {
            self.model_states.pop_first();
        }
    }
}
