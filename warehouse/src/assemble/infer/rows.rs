//! The rows of pipelines that were put together, and of their transforms.

use super::call::{Call, Held, Key};
use super::chain::{Chain, Unit, number};
use super::{Scene, started};
use crate::assemble::context::Action;
use crate::assemble::fit::{OpenFit, Part, Position};
use crate::assemble::state::{canonical, state_id};
use crate::event::{Component, FitEnded, FitKind, Transformed};
use crate::row::{ModelRow, Row, TransformRow};

const PIPELINE_MODEL: &str = "org.apache.spark.ml.PipelineModel";

/// The source columns of the fit whose row is held.
pub(super) fn held_sources(call: &Call) -> Option<Vec<String>> {
    match &call.held {
        Some(Held::Model(row)) => row.source_columns.clone(),
        _ => None,
    }
}

/// Rows of a pipeline and its stages; answers the source columns of what predicts.
pub(super) fn emit_pipeline(
    scene: &mut Scene<'_>,
    calls: &mut [Call],
    unit: &Unit,
    place: &Position,
) -> Option<Vec<String>> {
    let mut start = started(unit.operation, FitKind::Pipeline, unit.dataset);
    start.estimator = unit.estimator.clone();
    start.parent = place.parent;
    *scene.sequence += 1;
    let state = scene.locals.datasets.state(scene.context, unit.dataset);
    let position = place.clone();
    let mut pipeline = OpenFit::inferred(start, unit.started_at, *scene.sequence, state, position);
    let pipeline_id = scene.context.model_id(unit.operation);
    let keys: Vec<Vec<Key>> = Chain::stages(calls)
        .iter()
        .map(|call| call.keys())
        .collect();
    for call in calls {
        let index = keys.iter().position(|keys| *keys == call.keys());
        let index = index.map(|index| index as i64);
        match &mut call.held {
            Some(Held::Model(row)) => {
                row.parent_model_id = Some(pipeline_id.clone());
                row.role = "stage".into();
                row.stage_index = index;
                row.inferred = true;
                let part = Part::stage(call.operation, &call.component, row.source_columns.clone());
                pipeline.inferred_stage(index.unwrap_or_default(), part);
            }
            Some(Held::Transform(row)) => {
                row.stage_index = index;
                row.inferred = true;
            }
            None => {}
        }
        scene.rows.extend(call.held.take().map(Row::from));
    }
    let finished = unit.failure.is_none();
    let ended = FitEnded {
        operation: unit.operation,
        duration_us: unit.ended_at.0.saturating_sub(unit.started_at.0),
        failure: unit.failure.clone(),
        model_class: finished.then(|| PIPELINE_MODEL.to_owned()),
        problem_type: unit.problem_type.clone(),
        ..FitEnded::default()
    };
    let (sequence, parts) = (pipeline.sequence(), pipeline.parts());
    let sources = pipeline.source_columns();
    let action = pipeline.end(scene.context, &ended, scene.rows);
    let state = action.state_id.clone();
    let Unit {
        operation, dataset, ..
    } = unit;
    scene.locals.fitted(*operation, state, *dataset, parts);
    scene.actions.push((Some(sequence), action));
    sources
}

/// Rows of the stages of a pipeline's transform; answers the whole, whose row waits.
pub(super) fn emit_scoring(scene: &mut Scene<'_>, calls: &mut [Call], pipeline: u64) -> Call {
    let (first, last) = (&calls[0], &calls[calls.len() - 1]);
    let operation = number(calls);
    let stages = calls.iter().flat_map(Call::keys).collect();
    let (input, output) = (first.input, last.output);
    let (started_at, ended_at) = (first.started_at, last.ended_at);
    let components = calls.iter().map(|call| call.component.clone());
    let transformer = Component {
        class: PIPELINE_MODEL.into(),
        stages: components.collect(),
        ..Component::default()
    };
    let context = scene.context;
    let transform_id = context.transform_id(operation);
    for (index, call) in (0_i64..).zip(calls.iter_mut()) {
        if let Some(Held::Transform(row)) = &mut call.held {
            row.parent_transform_id = Some(transform_id.clone());
            row.stage_index = Some(index);
            row.inferred = true;
        }
        scene.rows.extend(call.held.take().map(Row::from));
    }
    let mut parents = vec![scene.locals.datasets.state(context, input)];
    parents.extend(scene.locals.model_states.get(&pipeline).cloned());
    let state = state_id("transform", [canonical(&transformer).as_str()], &parents);
    let whole = Transformed {
        operation,
        model: pipeline,
        input,
        output,
        ..Transformed::default()
    };
    let added = scene.locals.datasets.transformed(&whole, state.clone());
    let row = TransformRow {
        transform_id: transform_id.clone(),
        run_id: context.run.run_id.clone(),
        project: context.run.project.clone(),
        model_id: Some(context.model_id(pipeline)),
        inferred: true,
        transformer: transformer.class.clone(),
        input_dataset_id: context.some_dataset(input),
        output_dataset_id: context.some_dataset(output),
        output_columns: added.unwrap_or_default(),
        status: "finished".into(),
        started_at,
        duration_ms: ended_at.0.saturating_sub(started_at.0) as f64 / 1e3,
        ..TransformRow::default()
    };
    let action = Action {
        kind: "transform",
        subject_id: transform_id,
        status: "finished",
        state_id: state,
        parent_state_ids: parents,
        occurred_at: started_at,
    };
    scene.actions.push((None, action));
    Call {
        component: transformer,
        started_at,
        ended_at,
        held: Some(Held::Transform(row.into())),
        whole: Some(stages),
        ..Call::transform(&whole)
    }
}

impl Position {
    /// What a row says of it.
    pub(super) fn apply(&self, scene: &Scene<'_>, row: &mut ModelRow) {
        if self.parent == 0 {
            return;
        }
        row.parent_model_id = Some(scene.context.model_id(self.parent));
        row.role.clone_from(&self.role);
        row.candidate_index = self.candidate_index;
        row.fold = self.fold;
        row.inferred = true;
    }
}
