//! One model, with everything that is known of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::ask::{Ask, Value};
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Query;
use super::super::shape::{Number, Texts, Time};
use super::notes::Note;
use super::pipelines::{self, Stage};

/// Features, candidates and models inside that are told, at most, of each.
const LISTED_MAX: usize = 500;
/// Points of histories that are told, at most.
const POINTS_MAX: usize = 20_000;
/// Nodes of trees that are told at once, at most.
const NODES_MAX: usize = 2000;

/// A fit, as in the relation `models`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Model {
    pub model_id: String,
    pub project: String,
    pub run_id: String,
    experiment: Option<String>,
    parent_model_id: Option<String>,
    kind: Option<String>,
    role: Option<String>,
    stage_index: Option<i64>,
    candidate_index: Option<i64>,
    fold: Option<i64>,
    inferred: Option<bool>,
    pub estimator: Option<String>,
    model_class: Option<String>,
    uid: Option<String>,
    pub problem_type: Option<String>,
    dataset_id: Option<String>,
    feature_columns: Option<Vec<String>>,
    label_column: Option<String>,
    prediction_column: Option<String>,
    source_columns: Option<Vec<String>>,
    state_id: Option<String>,
    status: Option<String>,
    error: Option<String>,
    started_at: Option<Time>,
    ended_at: Option<Time>,
    duration_ms: Option<Number>,
}

/// What a [`Model`] is read from.
pub(super) const MODEL: &str = "select model_id, project, run_id, experiment, parent_model_id, kind, \
    role, stage_index, candidate_index, fold, inferred, estimator, model_class, uid, problem_type, \
    dataset_id, feature_columns, label_column, prediction_column, source_columns, state_id, status, \
    error, started_at, ended_at, duration_ms from models";

/// A parameter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Param {
    name: String,
    value: Option<String>,
    is_default: Option<bool>,
}

/// A value that was measured last.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Metric {
    name: String,
    value: Option<Number>,
    larger_is_better: Option<bool>,
    slice: Option<String>,
    dataset_id: Option<String>,
    /// `evaluator`, `search`, `training` or `manual`.
    source: Option<String>,
    recorded_at: Option<Time>,
}

/// A value in the course of a training.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Point {
    pub model_id: String,
    pub name: String,
    pub step: i64,
    pub value: Option<Number>,
}

/// A slot of what a model learnt from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Feature {
    /// From 0; -1 for the intercept.
    position: i64,
    name: Option<String>,
    source_columns: Option<Vec<String>>,
    importance: Option<Number>,
    coefficient: Option<Number>,
    std_error: Option<Number>,
    class_index: Option<i64>,
    /// Slots that the model has, told or not.
    slot_count: Option<i64>,
}

/// What a model learnt.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Learnt {
    /// Of it, or of the stage or best model that has any; the weightiest first.
    features: Vec<Feature>,
    /// Whose features these are.
    features_of: Option<String>,
}

/// What a search tried.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Candidate {
    candidate_index: i64,
    params: Option<Texts>,
    metric: Option<String>,
    mean: Option<Number>,
    std: Option<Number>,
    fold_values: Option<Vec<Number>>,
    is_best: Option<bool>,
    rank: Option<i64>,
}

/// A saved model.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Artifact {
    artifact_id: String,
    class: Option<String>,
    uri: Option<String>,
    format: Option<String>,
    bytes: Option<i64>,
    sha256: Option<String>,
    status: Option<String>,
    saved_at: Option<Time>,
}

/// A step of how a model came to be, as the function `ancestry` tells it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Ancestor {
    /// From 0, the oldest first.
    position: i64,
    /// `dataset` or `model`.
    kind: Option<String>,
    id: Option<String>,
    name: Option<String>,
    operation: Option<String>,
    detail: Option<String>,
    parents: Option<Vec<String>>,
    source_uris: Option<Vec<String>>,
    /// How many steps lie between it and the model.
    steps_back: Option<i64>,
}

/// A free key.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Attribute {
    key: String,
    value: Option<String>,
    recorded_at: Option<Time>,
}

/// The run that a model was made in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct RunOf {
    run_id: String,
    name: Option<String>,
    status: Option<String>,
    user: Option<String>,
    framework: Option<String>,
    framework_version: Option<String>,
    code_version: Option<String>,
    client: Option<String>,
}

/// What a model is made of, and how good it is.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct ModelDetail {
    model: Model,
    run: Option<RunOf>,
    /// The stages of a pipeline; the model itself where it is none.
    stages: Vec<Stage>,
    /// Its own parameters; those of stages are with the stages.
    params: Vec<Param>,
    metrics: Vec<Metric>,
    /// The course of its training, and of its stages'.
    history: Vec<Point>,
    #[serde(flatten)]
    learnt: Learnt,
    /// Whether there are trees, and of which model.
    trees_of: Option<String>,
    trees: i64,
    candidates: Vec<Candidate>,
    /// Fits inside of it: stages, candidates, folds, the best.
    inside: Vec<Model>,
    artifacts: Vec<Artifact>,
    ancestry: Vec<Ancestor>,
    notes: Vec<Note>,
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
struct TreesOf {
    model_id: String,
    trees: i64,
}

#[derive(Deserialize)]
struct FeaturesOf {
    model_id: String,
}

/// One model with everything that is known of it.
#[utoipa::path(get, path = "/api/v1/models/{model_id}", tag = "models",
    params(("model_id" = String, Path)),
    responses((status = 200, body = ModelDetail), (status = "4XX", body = Problem)))]
pub(super) async fn model(
    State(app): State<Arc<App>>,
    Path(model_id): Path<String>,
) -> Result<Json<ModelDetail>> {
    let id = super::id(&model_id)?;
    let of = || [Value::from(id)];
    let ask = &app.ask;
    let itself = format!("{MODEL} where model_id = $1 limit 1");
    let inside = format!(
        "{MODEL} where parent_model_id = $1 order by role, candidate_index nulls last, fold nulls last, \
         stage_index nulls last limit {LISTED_MAX}"
    );
    let mut found = ask.rows::<Model>(&itself, of()).await?;
    let model = found.pop().ok_or_else(|| Failure::not_found("model", id))?;
    let ancestry = format!(
        "select position, kind, id, name, operation, detail, parents, source_uris, steps_back \
         from ancestry('{id}') order by position limit 2000"
    );
    let (stages, inside, parts, ancestry) = tokio::try_join!(
        pipelines::stages(ask, id),
        ask.rows::<Model>(&inside, of()),
        parts(ask, id),
        ask.rows::<Ancestor>(&ancestry, None),
    )?;
    let listed = super::listed(&parts);
    let params = "select name, max(value) as value, bool_and(is_default) as is_default from params \
        where model_id = $1 group by name order by 3, 1";
    let metrics = "select name, value, larger_is_better, slice, dataset_id, source, recorded_at \
        from final_metrics where model_id = $1 \
        order by case source when 'training' then 1 else 0 end, slice is not null, name, slice limit 1000";
    let trees_of = format!(
        "select model_id, count(distinct tree) as trees from trees where model_id in ({listed}) \
         group by model_id order by trees desc limit 1"
    );
    let candidates = format!(
        "select candidate_index, params, metric, mean, std, fold_values, is_best, rank \
         from search_results where search_model_id = $1 order by rank nulls last, candidate_index \
         limit {LISTED_MAX}"
    );
    let artifacts = "select artifact_id, class, uri, format, bytes, sha256, status, saved_at \
        from artifacts where model_id = $1 order by saved_at desc limit 100";
    let run = "select run_id, name, status, \"user\", framework, framework_version, code_version, client \
        from runs where run_id = $1 limit 1";
    let attributes = "select key, value, recorded_at from current_attributes \
        where target_kind = 'model' and target_id = $1 order by key limit 500";
    let (params, metrics, history, trees_of, learnt, candidates, artifacts) = tokio::try_join!(
        ask.rows::<Param>(params, of()),
        ask.rows::<Metric>(metrics, of()),
        history(ask, &parts),
        ask.rows::<TreesOf>(&trees_of, None),
        learnt(ask, &parts),
        ask.rows::<Candidate>(&candidates, of()),
        ask.rows::<Artifact>(artifacts, of()),
    )?;
    let (run, attributes, notes) = tokio::try_join!(
        ask.rows::<RunOf>(run, [Value::from(&model.run_id)]),
        ask.rows::<Attribute>(attributes, of()),
        super::notes::about(ask, "model", id),
    )?;
    let trees = trees_of.into_iter().next();
    Ok(Json(ModelDetail {
        model,
        run: run.into_iter().next(),
        stages,
        params,
        metrics,
        history,
        learnt,
        trees: trees.as_ref().map_or(0, |trees| trees.trees),
        trees_of: trees.map(|trees| trees.model_id),
        candidates,
        inside,
        artifacts,
        ancestry,
        notes,
        attributes,
    }))
}

/// What one model learnt: its features.
#[utoipa::path(get, path = "/api/v1/models/{model_id}/features", tag = "models",
    params(("model_id" = String, Path)),
    responses((status = 200, body = Learnt), (status = "4XX", body = Problem)))]
pub(super) async fn features(
    State(app): State<Arc<App>>,
    Path(model_id): Path<String>,
) -> Result<Json<Learnt>> {
    let parts = parts(&app.ask, super::id(&model_id)?).await?;
    Ok(Json(learnt(&app.ask, &parts).await?))
}

async fn learnt(ask: &Ask, parts: &[String]) -> Result<Learnt> {
    let listed = super::listed(parts);
    let features_of = format!(
        "select model_id from features where model_id in ({listed}) and position >= 0 \
         group by model_id order by count(importance) + count(coefficient) desc limit 1"
    );
    let features_of = ask.rows::<FeaturesOf>(&features_of, None).await?;
    let features_of = features_of.into_iter().next().map(|of| of.model_id);
    let weightiest = format!(
        "select position, name, source_columns, importance, coefficient, std_error, class_index, \
         slot_count from features where model_id = $1 \
         order by position < 0, coalesce(importance, abs(coefficient)) desc nulls last, position \
         limit {LISTED_MAX}"
    );
    let features = match &features_of {
        Some(of) => ask.rows::<Feature>(&weightiest, [Value::from(of)]).await?,
        None => Vec::new(),
    };
    Ok(Learnt {
        features,
        features_of,
    })
}

/// The courses of the trainings of these models, whose ids were checked.
pub(super) async fn history(
    ask: &Ask,
    ids: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Vec<Point>> {
    let text = format!(
        "select model_id, name, step, value from metrics where model_id in ({}) \
         and step is not null order by model_id, name, step limit {POINTS_MAX}",
        super::listed(ids)
    );
    ask.rows(&text, None).await
}

#[derive(Deserialize)]
struct Part {
    model_id: String,
}

/// The model, the best of a search, their stages, and so on inside: what they learnt is its.
pub(super) async fn parts(ask: &Ask, id: &str) -> Result<Vec<String>> {
    let text = "with recursive parts as (
        select cast($1 as varchar) as model_id
        union
        select m.model_id from models m join parts p on p.model_id = m.parent_model_id
        where m.role in ('stage', 'best', 'component')
      ) select model_id from parts limit 1000";
    let parts: Vec<Part> = ask.rows(text, [id.into()]).await?;
    let ids = parts.into_iter().map(|part| part.model_id);
    Ok(ids.filter(|part| super::id(part).is_ok()).collect())
}

/// A node of a tree.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Node {
    tree: i64,
    node: i64,
    /// Null for the root.
    parent: Option<i64>,
    side: Option<String>,
    feature: Option<i64>,
    feature_name: Option<String>,
    threshold: Option<Number>,
    categories: Option<Vec<Number>>,
    gain: Option<Number>,
    impurity: Option<Number>,
    prediction: Option<Number>,
    count: Option<Number>,
    tree_weight: Option<Number>,
}

/// Which tree.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct WhichTree {
    /// From 0.
    #[serde(default)]
    tree: i64,
}

/// The nodes of a tree, parents first; up to 2,000.
#[utoipa::path(get, path = "/api/v1/models/{model_id}/trees", tag = "models",
    params(("model_id" = String, Path), WhichTree),
    responses((status = 200, body = Vec<Node>), (status = "4XX", body = Problem)))]
pub(super) async fn trees(
    State(app): State<Arc<App>>,
    Path(model_id): Path<String>,
    Query(which): Query<WhichTree>,
) -> Result<Json<Vec<Node>>> {
    let text = format!(
        "select tree, node, parent, side, feature, feature_name, threshold, categories, gain, impurity, \
         prediction, count, tree_weight from trees where model_id = $1 and tree = $2 order by node \
         limit {NODES_MAX}"
    );
    let values = [Value::from(&model_id), Value::Integer(which.tree)];
    Ok(Json(app.ask.rows(&text, values).await?))
}
