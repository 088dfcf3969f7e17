//! What the parameters of a component say of the columns that it reads and writes.
//!
//! The names are those of spark.ml's shared parameters (`HasFeaturesCol` and so on); a component
//! that tells its columns by themselves has none of these.

use crate::event::{Component, FitKind, Value};
use crate::row::TextMap;

/// The parameter's text.
pub(super) fn text(component: &Component, name: &str) -> Option<String> {
    let param = component.params.iter().find(|param| param.name == name)?;
    Some(param.value.text())
}

/// The parameters as `models.params` has them.
pub(super) fn params(component: &Component) -> TextMap {
    let text = |p: &crate::event::Param| (p.name.clone(), p.value.text());
    component.params.iter().map(text).collect()
}

/// A parameter that names one column or a list of columns.
fn names(component: &Component, name: &str) -> Vec<String> {
    let Some(param) = component.params.iter().find(|param| param.name == name) else {
        return Vec::new();
    };
    match &param.value {
        Value::Json(json) => serde_json::from_str(json).unwrap_or_default(),
        value => vec![value.text()],
    }
}

/// The first of `params` that names anything.
fn first_of(component: &Component, params: &[&str]) -> Vec<String> {
    let found = params.iter().map(|name| names(component, name));
    found
        .into_iter()
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// Columns that the component says that it reads; none where it says nothing.
pub(super) fn told_inputs(component: &Component) -> &[String] {
    component.columns.as_ref().map_or(&[], |told| &told.inputs)
}

/// Columns that the component reads, labels apart.
pub(super) fn inputs(component: &Component) -> Vec<String> {
    if let Some(columns) = &component.columns {
        return columns.inputs.clone();
    }
    if text(component, "formula").is_some() {
        // RFormula: its featuresCol and labelCol are what it writes.
        return Vec::new();
    }
    if text(component, "userCol").is_some() && text(component, "itemCol").is_some() {
        return [names(component, "userCol"), names(component, "itemCol")].concat();
    }
    first_of(
        component,
        &["inputCols", "inputCol", "featuresCol", "itemsCol"],
    )
}

/// Parameters of spark.ml that name a column which a model writes what it predicts to.
pub const PREDICTION_PARAMS: [&str; 4] = [
    "rawPredictionCol",
    "probabilityCol",
    "predictionCol",
    "topicDistributionCol",
];

/// Columns that the component writes.
pub(super) fn outputs(component: &Component) -> Vec<String> {
    if let Some(columns) = &component.columns {
        return columns.outputs.clone();
    }
    if text(component, "formula").is_some() {
        return [
            names(component, "featuresCol"),
            names(component, "labelCol"),
        ]
        .concat();
    }
    let written = first_of(component, &["outputCols", "outputCol"]);
    if !written.is_empty() {
        return written;
    }
    PREDICTION_PARAMS
        .into_iter()
        .flat_map(|name| names(component, name))
        .filter(|name| !name.is_empty())
        .collect()
}

/// The column that holds the truth.
pub(super) fn label(component: &Component) -> Option<String> {
    if let Some(columns) = &component.columns {
        return columns.label.clone();
    }
    if text(component, "formula").is_some() {
        return None;
    }
    text(component, "labelCol").or_else(|| text(component, "ratingCol"))
}

/// The column that a model writes its prediction to.
pub(super) fn prediction(component: &Component) -> Option<String> {
    if let Some(columns) = &component.columns {
        return columns.prediction.clone();
    }
    text(component, "predictionCol").filter(|name| !name.is_empty())
}

/// The column that an evaluator reads as the prediction.
pub(super) fn evaluated(evaluator: &Component) -> Option<String> {
    if let Some(columns) = &evaluator.columns {
        return columns.prediction.clone();
    }
    ["predictionCol", "rawPredictionCol", "probabilityCol"]
        .into_iter()
        .find_map(|name| text(evaluator, name))
        .filter(|name| !name.is_empty())
}

/// The component that predicts: a pipeline's last stage that does, the estimator
/// that a search tries, or the component itself.
pub(super) fn predictor(kind: FitKind, component: &Component) -> &Component {
    if kind == FitKind::Estimator {
        return component;
    }
    let stages = component.stages.iter().rev();
    let nested = stages.map(|stage| match stage.stages.is_empty() {
        true => stage,
        false => predictor(FitKind::Pipeline, stage),
    });
    let mut nested = nested.peekable();
    let last = nested.peek().copied();
    nested
        .find(|stage| text(stage, "predictionCol").is_some())
        .or(last)
        .unwrap_or(component)
}
