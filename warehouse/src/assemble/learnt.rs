//! What a fit learnt: slots, trees, its own report of its course, and what was measured by hand.

use super::Place;
use super::context::Context;
use super::files::Files;
use super::locals::Locals;
use crate::clock::Micros;
use crate::event::{Measured, ModelLearnt};
use crate::ids::derived_id;
use crate::row::{FeatureRow, MetricRow, Row, TreeRow};

pub(super) fn learn(
    context: &Context<'_>,
    locals: &Locals,
    place: Place<'_>,
    at: Micros,
    learnt: &ModelLearnt,
    rows: &mut Vec<Row>,
) {
    let model_id = locals.model_id_of(context, learnt.operation);
    let (run_id, project) = (&context.run.run_id, &context.run.project);
    rows.extend(learnt.features.iter().map(|feature| {
        FeatureRow {
            model_id: model_id.clone(),
            run_id: run_id.clone(),
            project: project.clone(),
            position: feature.position,
            name: feature.name.clone(),
            source_columns: feature.source_columns.clone(),
            importance: feature.importance,
            coefficient: feature.coefficient,
            std_error: feature.std_error,
            class_index: feature.class_index,
            slot_count: long(learnt.slot_count),
        }
        .into()
    }));
    rows.extend(learnt.tree_nodes.iter().map(|node| {
        TreeRow {
            model_id: model_id.clone(),
            run_id: run_id.clone(),
            project: project.clone(),
            tree: node.tree.into(),
            node: node.node.into(),
            parent: node.parent,
            side: node.side.clone(),
            feature: node.feature,
            feature_name: node.feature_name.clone(),
            threshold: node.threshold,
            categories: (!node.categories.is_empty()).then(|| node.categories.clone()),
            gain: node.gain,
            impurity: node.impurity,
            prediction: node.prediction,
            count: node.count,
            tree_weight: node.tree_weight,
            node_count: long(learnt.tree_node_count),
        }
        .into()
    }));
    let dataset = locals.training_sets.get(&learnt.operation).copied();
    let dataset_id = dataset.and_then(|dataset| context.some_dataset(dataset));
    let history = learnt.history.iter().enumerate();
    rows.extend(history.map(|(index, point)| {
        MetricRow {
            metric_id: derived_id(
                "e",
                place.producer,
                &[place.seq.0, place.index as u64, index as u64],
            ),
            run_id: run_id.clone(),
            project: project.clone(),
            model_id: Some(model_id.clone()),
            dataset_id: dataset_id.clone(),
            name: point.metric.clone(),
            value: point.value,
            step: point.step,
            larger_is_better: point.larger_is_better,
            source: "training".into(),
            recorded_at: at,
            ..MetricRow::default()
        }
        .into()
    }));
}

/// A value that somebody measured by hand, or read off a framework's own report.
pub(super) fn measure(
    context: &Context<'_>,
    locals: &mut Locals,
    files: &mut Files,
    place: Place<'_>,
    at: Micros,
    measured: &Measured,
    rows: &mut Vec<Row>,
) {
    locals.datasets.used(context, files, measured.dataset, rows);
    let slice = measured.slice.clone();
    rows.push(
        MetricRow {
            metric_id: place.id("e"),
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            model_id: (measured.model != 0).then(|| locals.model_id_of(context, measured.model)),
            dataset_id: context.some_dataset(measured.dataset),
            name: measured.metric.clone(),
            value: measured.value,
            step: measured.step,
            larger_is_better: measured.larger_is_better,
            slice: slice.or_else(|| locals.datasets.chosen(measured.dataset)),
            source: measured.source.as_deref().unwrap_or("manual").into(),
            recorded_at: at,
            ..MetricRow::default()
        }
        .into(),
    );
}

/// As columns have it.
pub(super) fn long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
