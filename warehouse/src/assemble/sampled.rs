//! Samples of datasets, and what models said of sampled rows.

use super::Place;
use super::context::Context;
use super::files::Files;
use super::learnt::long;
use super::locals::Locals;
use crate::clock::Micros;
use crate::event::{PredictionsSampled, Sampled};
use crate::row::{PredictionRow, Row, SampleRow};

pub(super) fn sample(
    context: &Context<'_>,
    locals: &mut Locals,
    files: &mut Files,
    place: Place<'_>,
    at: Micros,
    sampled: &Sampled,
    rows: &mut Vec<Row>,
) {
    // Further rows of it come as further samples; the same ones, sent again, do not.
    let rows_of = format!("{} {}", sampled.role, sampled.uri);
    if !locals.first_sample(sampled.dataset, 0, rows_of) {
        return;
    }
    locals.datasets.used(context, files, sampled.dataset, rows);
    rows.push(
        SampleRow {
            sample_id: place.id("s"),
            dataset_id: context.dataset_id(sampled.dataset),
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            role: sampled.role.clone(),
            method: sampled.method.clone(),
            uri: sampled.uri.clone(),
            row_count: long(sampled.row_count),
            columns: sampled.columns.clone(),
            denied_columns: sampled.denied_columns.clone(),
            sampled_at: at,
        }
        .into(),
    );
}

pub(super) fn predict(
    context: &Context<'_>,
    locals: &mut Locals,
    files: &mut Files,
    sampled: &PredictionsSampled,
    rows: &mut Vec<Row>,
) {
    let model = locals.scorer(sampled.model);
    if !locals.first_sample(sampled.dataset, model, "predictions".to_owned()) {
        return;
    }
    locals.datasets.used(context, files, sampled.dataset, rows);
    let model_id = locals.model_id_of(context, model);
    let dataset_id = context.dataset_id(sampled.dataset);
    let predictions = sampled.row_ids.iter().enumerate();
    rows.extend(predictions.map(|(index, row_id)| {
        PredictionRow {
            model_id: model_id.clone(),
            dataset_id: dataset_id.clone(),
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            row_id: row_id.clone(),
            label: sampled.labels.get(index).copied(),
            prediction: sampled.predictions.get(index).copied(),
            probability: sampled
                .probabilities
                .get(index)
                .filter(|list| !list.is_empty())
                .cloned(),
        }
        .into()
    }));
}
