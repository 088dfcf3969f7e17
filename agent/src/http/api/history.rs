//! The branching history of a project: a graph of states.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::ask::Sql;
use super::super::error::{Problem, Result};
use super::super::extract::Query;
use super::super::shape::{Number, Texts, Time};

/// States that are told at once, at most.
const STATES_MAX: u64 = 1000;

/// Of what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Which {
    project: String,
    /// Only what this run did.
    run: Option<String>,
    /// The newest states: 200, if it is not given, and 1,000 at most.
    limit: Option<u64>,
}

/// A state: the same work gives the same one, whoever does it and however often.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct HistoryState {
    state_id: String,
    /// `fit`, `transform`, `evaluate`, `save`, `load` or `write`; `data` for a dataset that states
    /// came from and no action made.
    kind: Option<String>,
    status: Option<String>,
    /// Actions that led to it.
    actions: i64,
    runs: i64,
    /// The newest row that was made: a model, a transform, a metric.
    subject_id: Option<String>,
    run_id: Option<String>,
    first_at: Option<Time>,
    last_at: Option<Time>,
    parent_state_ids: Option<Vec<String>>,
    /// Of fits and transforms: the class.
    class: Option<String>,
    /// Of fits: what was fitted, and inside what.
    role: Option<String>,
    params: Option<Texts>,
    /// Of fits: the pipelines and searches inside which it was fitted.
    inside: Option<Vec<String>>,
    /// Of data: what it is called, how it was made, and from where it was read.
    name: Option<String>,
    operation: Option<String>,
    detail: Option<String>,
    /// Of evaluations.
    metric: Option<String>,
    value: Option<Number>,
    larger_is_better: Option<bool>,
    slice: Option<String>,
    /// Of evaluations: the model that was measured.
    model_id: Option<String>,
}

/// The newest states of a project, each with the states that it came from.
#[utoipa::path(get, path = "/api/v1/history", params(Which), tag = "history",
    responses((status = 200, body = Vec<HistoryState>), (status = "4XX", body = Problem)))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<HistoryState>>> {
    let mut sql = Sql::default();
    let project = sql.bind(&which.project);
    let mut only = format!("project = {project} and state_id is not null");
    if let Some(run) = &which.run {
        only.push_str(&format!(" and run_id = {}", sql.bind(run)));
    }
    sql.text = format!(
        "with states as (
           select state_id, max(kind) as kind, last_value(status order by occurred_at) as status,
             count(*) as actions, count(distinct run_id) as runs,
             last_value(subject_id order by occurred_at, sequence) as subject_id,
             last_value(run_id order by occurred_at, sequence) as run_id,
             min(occurred_at) as first_at, max(occurred_at) as last_at,
             last_value(parent_state_ids order by occurred_at, sequence) as parent_state_ids
           from actions where {only} group by state_id
           order by last_at desc limit {}
         )
         , inside as (
           select a.state_id, array_agg(distinct m.parent_model_id) as inside
           from actions a join models m on m.model_id = a.subject_id
           where a.project = {project} and a.state_id in (select state_id from states) and m.parent_model_id is not null
           group by a.state_id
         ), roots as (
           select distinct unnest(parent_state_ids) as state_id from states
         ), data as (
           select d.state_id, last_value(d.dataset_id order by d.created_at) as dataset_id,
             last_value(d.run_id order by d.created_at) as run_id, count(distinct d.run_id) as runs,
             last_value(coalesce(d.name, array_to_string(d.source_uris, ', ')) order by d.created_at) as name,
             last_value(e.operation order by d.created_at) as operation,
             last_value(e.detail order by d.created_at) as detail,
             min(d.created_at) as first_at, max(d.created_at) as last_at
           from datasets d join roots r on r.state_id = d.state_id
           left join dataset_edges e on e.child_dataset_id = d.dataset_id and e.project = {project}
           where d.project = {project} and d.state_id not in (select state_id from states)
           group by d.state_id
         )
         select s.state_id, s.kind, s.status, s.actions, s.runs, s.subject_id, s.run_id, s.first_at, s.last_at,
           s.parent_state_ids, coalesce(m.estimator, t.transformer) as class, m.role, m.params, i.inside,
           cast(null as varchar) as name, cast(null as varchar) as operation, cast(null as varchar) as detail,
           e.name as metric, e.value, e.larger_is_better, e.slice, e.model_id
         from states s
         left join models m on m.model_id = s.subject_id and m.project = {project}
         left join transforms t on t.transform_id = s.subject_id and t.project = {project}
         left join metrics e on e.metric_id = s.subject_id and e.project = {project}
         left join inside i on i.state_id = s.state_id
         union all
         select state_id, 'data', 'finished', 0, runs, dataset_id, run_id, first_at, last_at, null, null, null,
           null, null, name, operation, detail, null, null, null, null, null
         from data
         order by first_at, state_id",
        which.limit.unwrap_or(200).clamp(1, STATES_MAX)
    );
    Ok(Json(app.ask.typed(&sql).await?))
}
