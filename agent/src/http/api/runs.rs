//! Runs, and what each did when.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::ask::Sql;
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Query;
use super::super::shape::{Number, Texts, Time};
use super::notes::Note;

/// Operations of one run that are told, at most.
const OPERATIONS_MAX: u64 = 5000;

/// A run, with what came of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Run {
    run_id: String,
    project: String,
    experiment: Option<String>,
    name: Option<String>,
    status: Option<String>,
    error: Option<String>,
    user: Option<String>,
    framework: Option<String>,
    framework_version: Option<String>,
    code_version: Option<String>,
    tags: Option<Texts>,
    models: i64,
    failed_models: i64,
    metrics: i64,
    jobs: Option<i64>,
    executor_ms: Option<i64>,
    bytes_read: Option<i64>,
    parent_run_id: Option<String>,
    started_at: Option<Time>,
    ended_at: Option<Time>,
    duration_ms: Option<Number>,
}

const RUN: &str = "run_id, project, experiment, name, status, error, \"user\", framework, \
    framework_version, code_version, tags, models, failed_models, metrics, jobs, executor_ms, \
    bytes_read, parent_run_id, started_at, ended_at, cast(duration_ms as double) as duration_ms";

/// Which runs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Which {
    project: Option<String>,
    /// In a name, an id, a user or an experiment.
    search: Option<String>,
    status: Option<String>,
    /// 100, if it is not given.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// Runs, the newest first.
#[utoipa::path(get, path = "/api/v1/runs", params(Which), tag = "runs",
    responses((status = 200, body = Vec<Run>), (status = "4XX", body = Problem)))]
pub(super) async fn runs(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<Run>>> {
    let mut sql = Sql::default();
    let mut conditions = vec!["true".to_owned()];
    if let Some(project) = &which.project {
        conditions.push(format!("project = {}", sql.bind(project)));
    }
    if let Some(status) = &which.status {
        conditions.push(format!("status = {}", sql.bind(status)));
    }
    if let Some(search) = sql.search(which.search.as_deref()) {
        conditions.push(format!(
            "strpos(lower(concat_ws(' ', run_id, name, experiment, \"user\", application_id)), {search}) > 0"
        ));
    }
    let page = format!(
        "select run_id from runs where {} order by started_at desc, run_id {}",
        conditions.join(" and "),
        super::page(which.limit, which.offset)
    );
    sql.text = format!(
        "select {RUN} from run_summary where run_id in ({page}) order by started_at desc, run_id"
    );
    Ok(Json(app.ask.typed(&sql).await?))
}

/// Something that a run did.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Operation {
    /// `fit`, `transform`, `evaluate` or `save`.
    kind: String,
    id: String,
    /// The operation inside which it happened.
    parent_id: Option<String>,
    class: Option<String>,
    role: Option<String>,
    status: Option<String>,
    error: Option<String>,
    /// Of evaluations: the metric; of saves: where to.
    detail: Option<String>,
    value: Option<Number>,
    model_id: Option<String>,
    started_at: Option<Time>,
    duration_ms: Option<Number>,
    jobs: Option<i64>,
    tasks: Option<i64>,
    failed_tasks: Option<i64>,
    executor_ms: Option<i64>,
    bytes_read: Option<i64>,
    shuffle_bytes: Option<i64>,
}

/// More of a run.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct RunFacts {
    host: Option<String>,
    application_id: Option<String>,
    command: Option<String>,
    settings: Option<Texts>,
    client: Option<String>,
    attached_by: Option<String>,
    capture_note: Option<String>,
    /// How it was watched.
    capture_mode: Option<String>,
    /// What was not captured, by reason.
    not_captured: Option<std::collections::BTreeMap<String, i64>>,
}

/// A run with everything that it did.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct RunDetail {
    run: Run,
    facts: Option<RunFacts>,
    /// In the order in which they began.
    operations: Vec<Operation>,
    /// Whether there are more operations than are told.
    truncated: bool,
    notes: Vec<Note>,
}

const OPERATIONS: &str = "with operations as (
    select 'fit' as kind, model_id as id, parent_model_id as parent_id, estimator as class, role, status,
      error, cast(null as varchar) as detail, cast(null as double) as value, model_id, started_at, duration_ms
    from models where run_id = $1
    union all
    select 'transform', transform_id, parent_transform_id, transformer, null, status, error, null, null,
      model_id, started_at, duration_ms
    from transforms where run_id = $1
    union all
    select 'evaluate', metric_id, null, evaluator, null, 'finished', null, name, value, model_id,
      recorded_at, null
    from metrics where run_id = $1 and source <> 'training' and source <> 'search'
    union all
    select 'save', artifact_id, null, class, null, status, error, uri, null, model_id, saved_at, null
    from artifacts where run_id = $1
  )
  select o.kind, o.id, o.parent_id, o.class, o.role, o.status, o.error, o.detail, o.value, o.model_id,
    o.started_at, o.duration_ms, w.jobs, w.tasks, w.failed_tasks, w.executor_ms, w.bytes_read, w.shuffle_bytes
  from operations o left join (select * from work where run_id = $1) w on w.operation_id = o.id
  order by o.started_at, o.id limit $2";

/// One run with everything that it did.
#[utoipa::path(get, path = "/api/v1/runs/{run_id}", tag = "runs", params(("run_id" = String, Path)),
    responses((status = 200, body = RunDetail), (status = "4XX", body = Problem)))]
pub(super) async fn run(
    State(app): State<Arc<App>>,
    Path(run_id): Path<String>,
) -> Result<Json<RunDetail>> {
    let ask = &app.ask;
    let id = run_id.as_str();
    let summary = format!("select {RUN} from run_summary where run_id = $1 limit 1");
    let facts = "select host, application_id, command, settings, client, attached_by, capture_note, \
        capture['mode'] as capture_mode, capture['not_captured'] as not_captured \
        from runs where run_id = $1 limit 1";
    let most = super::super::ask::Value::Integer(OPERATIONS_MAX as i64 + 1);
    let (summary, facts, mut operations, notes) = tokio::try_join!(
        ask.rows::<Run>(&summary, [id.into()]),
        ask.rows::<RunFacts>(facts, [id.into()]),
        ask.rows::<Operation>(OPERATIONS, [id.into(), most]),
        super::notes::about(ask, "run", id),
    )?;
    let run = summary
        .into_iter()
        .next()
        .ok_or_else(|| Failure::not_found("run", id))?;
    let truncated = operations.len() > OPERATIONS_MAX as usize;
    operations.truncate(OPERATIONS_MAX as usize);
    Ok(Json(RunDetail {
        run,
        facts: facts.into_iter().next(),
        operations,
        truncated,
        notes,
    }))
}
