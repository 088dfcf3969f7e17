//! What fits learnt, and the work that operations took.

use modeldb_proto::v1;
use modeldb_warehouse::event::{Feature, Happening, HistoryPoint, ModelLearnt, TreeNode, WorkDone};

use super::{Checked, Inside, Refused, number, required, text};

pub(super) fn model_learnt(m: v1::ModelLearnt) -> Checked<Happening> {
    let features = m.features.into_iter().enumerate();
    let features = features.map(|(i, m)| feature(m).inside(format!("features {i}")));
    let nodes = m.tree_nodes.into_iter().enumerate();
    let nodes = nodes.map(|(i, m)| tree_node(m).inside(format!("tree_nodes {i}")));
    let history = m.history.into_iter().enumerate();
    let history = history.map(|(i, m)| history_point(m).inside(format!("history {i}")));
    Ok(Happening::ModelLearnt(Box::new(ModelLearnt {
        operation: number("operation", m.operation)?,
        features: features.collect::<Checked<_>>()?,
        slot_count: m.slot_count,
        tree_nodes: nodes.collect::<Checked<_>>()?,
        tree_node_count: m.tree_node_count,
        history: history.collect::<Checked<_>>()?,
    })))
}

fn feature(m: v1::Feature) -> Checked<Feature> {
    Ok(Feature {
        // The intercept has -1.
        position: from("position", -1, m.position)?,
        name: text(m.name),
        source_columns: m.source_columns,
        importance: m.importance,
        coefficient: m.coefficient,
        std_error: m.std_error,
        class_index: m
            .class_index
            .map(|index| from("class_index", 0, index))
            .transpose()?,
    })
}

fn tree_node(m: v1::TreeNode) -> Checked<TreeNode> {
    if !matches!(m.side.as_str(), "" | "left" | "right") {
        return Err(Refused(format!(
            "side: {:?} is not accepted: left, right and, for the root, nothing are",
            m.side
        )));
    }
    // -1 stands for none: the root has no parent, a leaf splits by nothing.
    let some = |number: i64| (number >= 0).then_some(number);
    Ok(TreeNode {
        tree: m.tree,
        node: m.node,
        parent: some(from("parent", -1, m.parent)?),
        side: text(m.side),
        feature: some(from("feature", -1, m.feature)?),
        feature_name: text(m.feature_name),
        threshold: m.threshold,
        categories: m.categories,
        gain: m.gain,
        impurity: m.impurity,
        prediction: m.prediction,
        count: m.count,
        tree_weight: m.tree_weight,
    })
}

fn history_point(m: v1::HistoryPoint) -> Checked<HistoryPoint> {
    Ok(HistoryPoint {
        metric: required("metric", m.metric)?,
        step: m.step.map(|step| from("step", 0, step)).transpose()?,
        value: m.value,
        larger_is_better: m.larger_is_better,
    })
}

pub(super) fn work_done(m: v1::WorkDone) -> Checked<Happening> {
    Ok(Happening::WorkDone(WorkDone {
        operation: number("operation", m.operation)?,
        jobs: m.jobs,
        stages: m.stages,
        tasks: m.tasks,
        failed_tasks: m.failed_tasks,
        executor_ms: m.executor_ms,
        bytes_read: m.bytes_read,
        bytes_written: m.bytes_written,
        shuffle_bytes: m.shuffle_bytes,
    }))
}

/// A number that is not below `least`.
fn from(field: &str, least: i64, number: i64) -> Checked<i64> {
    match number >= least {
        true => Ok(number),
        false => Err(Refused(format!(
            "{field}: {number} is not accepted: numbers from {least} are"
        ))),
    }
}
