//! Calls that are told when they are over: `transform` and `evaluate`.

use super::context::{Action, Context, error_text, status};
use super::files::Files;
use super::infer::is_inferred;
use super::locals::Locals;
use super::scored::Scored;
use super::state::{canonical, state_id};
use super::{Place, columns};
use crate::event::{Evaluated, Transformed};
use crate::row::{DatasetEdgeRow, MetricRow, Row, TransformRow};

pub(super) fn transform(
    context: &Context<'_>,
    locals: &mut Locals,
    files: &mut Files,
    transformed: &Transformed,
    rows: &mut Vec<Row>,
) -> Action {
    let Transformed {
        operation,
        parent,
        transformer,
        ..
    } = transformed;
    locals
        .datasets
        .used(context, files, transformed.input, rows);
    let transform_id = context.transform_id(*operation);
    let inside_fit = locals.fits.get_mut(parent);
    let is_inside_fit = inside_fit.is_some();
    let stage_index = match (parent, inside_fit) {
        (0, _) => None,
        (_, Some(fit)) => {
            let index = fit.stage_index_of(&transformer.uid);
            if let (Some(index), Some(columns)) = (index, &transformer.columns) {
                fit.stage_writes(index, &columns.outputs);
            }
            index
        }
        (_, None) => {
            let next = locals.nested_transforms.entry(*parent).or_default();
            *next += 1;
            Some(*next - 1)
        }
    };
    let parent_transform = (*parent != 0 && !is_inside_fit).then_some(*parent);
    locals.nested_transforms.remove(operation);

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
        // The last of the stages inside gave this very dataset, and they lead to it.
        let reached = locals.datasets.is_made(transformed.output);
        let added = locals.datasets.transformed(transformed, state.clone());
        // What was put together has helper columns besides those that it is asked for.
        if let Some(added) = added
            && !is_inferred(*operation)
        {
            output_columns = added;
        }
        locals
            .datasets
            .used(context, files, transformed.output, rows);
        if !reached && transformed.output != transformed.input {
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
            model_id: locals.model_id(context, transformed.model),
            parent_transform_id: parent_transform.map(|parent| context.transform_id(parent)),
            stage_index,
            inferred: is_inferred(*operation) || is_inferred(*parent),
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
    Action {
        kind: "transform",
        subject_id: transform_id,
        status,
        state_id: state,
        parent_state_ids: parents,
        occurred_at: transformed.started_at,
    }
}

pub(super) fn evaluate(
    context: &Context<'_>,
    locals: &mut Locals,
    files: &mut Files,
    place: Place<'_>,
    evaluated: &Evaluated,
    rows: &mut Vec<Row>,
) -> Option<Action> {
    locals
        .datasets
        .used(context, files, evaluated.dataset, rows);
    let evaluator = &evaluated.evaluator;
    let metric_id = place.id("e");
    let prediction = columns::evaluated(evaluator);
    let parents = vec![locals.datasets.state(context, evaluated.dataset)];
    let work = [canonical(evaluator), evaluated.metric.clone()];
    let state = state_id("evaluate", work.iter().map(String::as_str), &parents);
    if evaluated.failure.is_none() {
        let scored = scored(locals, evaluated, prediction.as_deref());
        if let Some(scored) = &scored {
            if scored.slice.is_none() {
                locals.measured_on(scored.model, evaluated.dataset);
            }
            let mut fits = locals.fits.values_mut();
            if let Some(search) = fits.find(|fit| fit.tried.has(scored.model)) {
                search.tried.measured(
                    scored.model,
                    &evaluated.metric,
                    evaluated.value,
                    evaluated.larger_is_better,
                );
            }
        }
        let source = evaluated.source.as_deref().unwrap_or("evaluator");
        rows.push(
            MetricRow {
                metric_id: metric_id.clone(),
                run_id: context.run.run_id.clone(),
                project: context.run.project.clone(),
                model_id: scored
                    .as_ref()
                    .and_then(|scored| locals.model_id(context, scored.model)),
                dataset_id: context.some_dataset(evaluated.dataset),
                input_dataset_id: scored
                    .as_ref()
                    .and_then(|scored| context.some_dataset(scored.input)),
                name: evaluated.metric.clone(),
                value: evaluated.value,
                step: None,
                candidate_index: None,
                larger_is_better: evaluated.larger_is_better,
                slice: match scored {
                    Some(scored) => scored.slice,
                    None => locals.datasets.chosen(evaluated.dataset),
                },
                label_column: columns::label(evaluator),
                prediction_column: prediction,
                source: source.into(),
                evaluator: Some(evaluator.class.clone()),
                recorded_at: evaluated.started_at.plus_micros(evaluated.duration_us),
            }
            .into(),
        );
    }
    // What a fit reports of itself is no work of its own.
    let own = evaluated.source.as_deref() != Some("training");
    own.then(|| Action {
        kind: "evaluate",
        subject_id: metric_id,
        status: status(evaluated.failure.as_ref()),
        state_id: state,
        parent_state_ids: parents,
        occurred_at: evaluated.started_at,
    })
}

/// The model that was measured: the one that the producer names, else by lineage.
fn scored(locals: &Locals, evaluated: &Evaluated, prediction: Option<&str>) -> Option<Scored> {
    let found = locals.datasets.scored_by(evaluated.dataset, prediction);
    match evaluated.model {
        0 => found,
        model => found.filter(|found| found.model == model).or_else(|| {
            let meant_for = locals.meant_for(model);
            let datasets = &locals.datasets;
            Some(datasets.scored_as(model, evaluated.dataset, &meant_for))
        }),
    }
}
