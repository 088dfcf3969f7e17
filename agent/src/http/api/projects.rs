//! Projects: what is in each, how good its best models are, whose it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use modeldb_warehouse::event::Value;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::edit::TEXT_MAX;
use super::super::error::{Failure, Problem, Result};
use super::super::extract::{Body, Query};
use super::super::shape::{Number, Texts, Time};

/// Projects that are listed, at most.
const PROJECTS_MAX: usize = 5000;

/// A project.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Project {
    project: String,
    /// Its goal.
    description: Option<String>,
    owner: Option<String>,
    tags: Option<Texts>,
    archived: bool,
    runs: i64,
    /// Runs that are not over.
    running: i64,
    /// Models that were asked for, and the best of searches.
    models: i64,
    failed_models: i64,
    /// What models ended in: classes of estimators, the commonest first.
    families: Option<Vec<String>>,
    /// Who ran it.
    users: Option<Vec<String>>,
    /// What its data was read from, the commonest first.
    sources: Option<Vec<String>>,
    created_at: Option<Time>,
    last_activity: Option<Time>,
}

/// Which projects.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Which {
    /// Only this one.
    project: Option<String>,
}

/// All projects, those in which something happened last first.
#[utoipa::path(get, path = "/api/v1/projects", params(Which), tag = "projects",
    responses((status = 200, body = Vec<Project>), (status = "4XX", body = Problem)))]
pub(super) async fn projects(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<Project>>> {
    Ok(Json(load(&app, which.project.as_deref()).await?))
}

async fn load(app: &App, project: Option<&str>) -> Result<Vec<Project>> {
    let only = |column: &str| match project {
        Some(_) => format!("where {column} = $1"),
        None => "where true".to_owned(),
    };
    let text = format!(
        "with last_stages as (
           select pipeline_model_id, last_value(class order by stage_index) as class
           from stages {0} and model_id is not null group by pipeline_model_id
         ), families as (
           select project, array_agg(class order by models desc, class) as families from (
             select m.project, coalesce(s.class, m.estimator) as class, count(*) as models
             from models m left join last_stages s on s.pipeline_model_id = m.model_id
             {1} and (m.role = 'best' or (m.role = 'top' and m.kind <> 'search'))
               and m.estimator is not null
             group by m.project, coalesce(s.class, m.estimator)
           ) as counted group by project
         ), sources as (
           select project, array_agg(uri order by datasets desc, uri) as sources from (
             select project, uri, datasets,
               row_number() over (partition by project order by datasets desc, uri) as place
             from (
               select project, uri, count(*) as datasets from (
                 select project, unnest(source_uris) as uri from datasets {0}
               ) as named group by project, uri
             ) as counted
           ) as placed where place <= 20 group by project
         )
         , asked_for as (
           select project, count(*) as models, count(*) filter (where status = 'failed') as failed
           from models {0} and role in ('top', 'best') group by project
         )
         select p.project, p.description, p.owner, p.tags, p.archived, p.runs, p.running,
           coalesce(a.models, 0) as models, coalesce(a.failed, 0) as failed_models, f.families, p.users, s.sources, p.created_at, p.last_activity
         from project_summary p
         left join asked_for a on a.project = p.project
         left join families f on f.project = p.project
         left join sources s on s.project = p.project
         {2} order by p.last_activity desc nulls last, p.project limit {PROJECTS_MAX}",
        only("project"),
        only("m.project"),
        only("p.project"),
    );
    app.ask.rows(&text, project.map(Into::into)).await
}

/// How good a project's models are by one metric.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Headline {
    project: String,
    metric: String,
    larger_is_better: Option<bool>,
    /// Values that were measured.
    values: i64,
    best: Option<Number>,
    /// The model with the best value.
    best_model_id: Option<String>,
    mean: Option<Number>,
    /// The best value in each of up to 24 equal parts of the time, where there is one.
    trend: Option<Vec<Number>>,
}

/// Of each project the three metrics that most models have.
#[utoipa::path(get, path = "/api/v1/headlines", params(Which), tag = "projects",
    responses((status = 200, body = Vec<Headline>), (status = "4XX", body = Problem)))]
pub(super) async fn headlines(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<Headline>>> {
    let only = which.project.as_ref().map_or("true", |_| "e.project = $1");
    let text = format!(
        "with measured as (
           select e.project, e.name, e.model_id, e.value, e.larger_is_better,
             case when e.larger_is_better = false then -e.value else e.value end as good,
             extract(epoch from e.recorded_at) as at
           from metrics e join models m on m.model_id = e.model_id
           where {only} and e.slice is null and e.source <> 'training' and m.role in ('top', 'best')
             and not isnan(e.value)
         ), named as (
           select project, name, bool_and(larger_is_better) as larger_is_better, count(*) as values,
             last_value(value order by good) as best, last_value(model_id order by good) as best_model_id,
             avg(value) as mean, min(at) as first, max(at) as last
           from measured group by project, name
         ), chosen as (
           select * from (
             select *, row_number() over (partition by project order by values desc, name) as place
             from named) as placed where place <= 3
         ), parts as (
           select c.project, c.name, floor(23.999 * (m.at - c.first) / nullif(c.last - c.first, 0)) as part,
             last_value(m.value order by m.good) as best
           from measured m join chosen c on c.project = m.project and c.name = m.name
           group by 1, 2, 3
         ), trends as (
           select project, name, array_agg(best order by part) as trend from parts group by project, name
         )
         select c.project, c.name as metric, c.larger_is_better, c.values, c.best, c.best_model_id, c.mean,
           t.trend
         from chosen c join trends t on t.project = c.project and t.name = c.name
         order by c.project, c.place"
    );
    Ok(Json(
        app.ask
            .rows(&text, which.project.as_ref().map(Into::into))
            .await?,
    ))
}

/// What is changed of a project; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct ProjectEdit {
    project: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    archived: Option<bool>,
    /// Tags to set; null takes one away.
    #[serde(default)]
    tags: Texts,
}

/// Changes a project's goal, owner or tags, or puts it away.
#[utoipa::path(patch, path = "/api/v1/projects", tag = "projects", request_body = ProjectEdit,
    responses((status = 200, body = Project), (status = "4XX", body = Problem)))]
pub(super) async fn edit_project(
    State(app): State<Arc<App>>,
    Body(edit): Body<ProjectEdit>,
) -> Result<Json<Project>> {
    if load(&app, Some(&edit.project)).await?.is_empty() {
        return Err(Failure::not_found("project", &edit.project));
    }
    let mut keys: BTreeMap<String, Value> = BTreeMap::new();
    if let Some(description) = edit.description {
        keys.insert("description".into(), Value::Text(description));
    }
    if let Some(owner) = edit.owner {
        keys.insert("owner".into(), Value::Text(owner));
    }
    if let Some(archived) = edit.archived {
        keys.insert("archived".into(), Value::Boolean(archived));
    }
    for (tag, value) in edit.tags {
        if tag.is_empty() {
            return Err(Failure::invalid("a tag has an empty name"));
        }
        keys.insert(
            format!("tags.{tag}"),
            Value::Text(value.unwrap_or_default()),
        );
    }
    let long = keys
        .iter()
        .find(|(key, value)| key.len() + value.text().len() > TEXT_MAX);
    if let Some((key, value)) = long {
        return Err(Failure::invalid(format!(
            "{} has {} bytes; up to {TEXT_MAX} are accepted",
            key.chars().take(100).collect::<String>(),
            key.len() + value.text().len()
        )));
    }
    if keys.is_empty() {
        return Err(Failure::invalid(
            "nothing is changed: give a description, owner, archived or tags",
        ));
    }
    app.editor.set("project", &edit.project, None, keys).await?;
    let project = load(&app, Some(&edit.project)).await?.pop();
    project
        .map(Json)
        .ok_or_else(|| Failure::not_found("project", &edit.project))
}
