//! Datasets: schema, lineage, sample, profile, and the models that came of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::ask::{Ask, Sql};
use super::super::closed::{in_project, stages_read};
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Query;
use super::super::shape::{Table, Time};
use super::notes::Note;
use super::profile::{self, Profile};

/// Steps of derivation that are followed, at most.
const STEPS_MAX: u64 = 2000;
/// Datasets along them that are told, at most.
const RELATED_MAX: usize = 1000;
/// Models that are listed, at most.
const MODELS_MAX: u64 = 1000;
/// Rows of a sample that are shown, at most.
const ROWS_MAX: usize = 200;

/// A column of a dataset.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Column {
    name: Option<String>,
    /// The framework's own name of the type.
    r#type: Option<String>,
}

/// A dataset.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Dataset {
    dataset_id: String,
    run_id: String,
    project: String,
    name: Option<String>,
    source_uris: Option<Vec<String>>,
    written_uris: Option<Vec<String>>,
    columns: Option<Vec<Column>>,
    row_count: Option<i64>,
    fingerprint: Option<String>,
    created_at: Option<Time>,
    /// Models that learnt from it itself.
    models: Option<i64>,
    /// Whether rows of it were sampled.
    sampled: Option<bool>,
    /// For what: `train`, `test` or `stage`.
    sample_role: Option<String>,
    /// The step that led to it: `split`, say, and how it was split.
    operation: Option<String>,
    detail: Option<String>,
}

/// Of some datasets, which the query `chosen` names, what there is to be listed.
fn listing(chosen: &str) -> String {
    format!(
        "with chosen as ({chosen}) \
         select d.dataset_id, d.run_id, d.project, d.name, d.source_uris, d.written_uris, d.columns, \
           d.row_count, d.fingerprint, d.created_at, coalesce(m.models, 0) as models, \
           s.role is not null as sampled, s.role as sample_role, e.operation, e.detail \
         from datasets d \
         left join (select dataset_id, count(*) as models from models \
           where dataset_id in (select dataset_id from chosen) group by dataset_id) m \
           on m.dataset_id = d.dataset_id \
         left join (select dataset_id, max(role) as role from samples group by dataset_id) s \
           on s.dataset_id = d.dataset_id \
         left join (select child_dataset_id, last_value(operation) as operation, \
             last_value(detail) as detail from dataset_edges \
           where child_dataset_id in (select dataset_id from chosen) group by child_dataset_id) e \
           on e.child_dataset_id = d.dataset_id \
         where d.dataset_id in (select dataset_id from chosen) \
         order by d.created_at desc, d.dataset_id"
    )
}

/// Which datasets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Which {
    project: Option<String>,
    /// In a name, a source, a column or an id.
    search: Option<String>,
    /// Those too that are steps on the way only: neither read, written, learnt from nor sampled.
    #[serde(default)]
    all: bool,
    /// 100, if it is not given.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// Datasets, the newest first.
#[utoipa::path(get, path = "/api/v1/datasets", params(Which), tag = "datasets",
    responses((status = 200, body = Vec<Dataset>), (status = "4XX", body = Problem)))]
pub(super) async fn datasets(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<Dataset>>> {
    let mut sql = Sql::default();
    let mut conditions = vec!["true".to_owned()];
    // What stages inside pipelines learn from is made on the way.
    let mut of_models = "dataset_id is not null and role in ('top', 'best')".to_owned();
    if let Some(project) = &which.project {
        let project = sql.bind(project);
        conditions.push(format!("d.project = {project}"));
        of_models.push_str(&format!(" and project = {project}"));
    }
    if let Some(search) = sql.search(which.search.as_deref()) {
        conditions.push(format!(
            "(strpos(lower(concat_ws(' ', d.dataset_id, d.name, array_to_string(d.source_uris, ' '), \
             array_to_string(d.written_uris, ' '))), {search}) > 0 or d.dataset_id in ( \
               select dataset_id from (select dataset_id, unnest(columns) as named from datasets) as c \
               where strpos(lower(c.named['name']), {search}) > 0))"
        ));
    }
    if !which.all {
        conditions.push(
            "(m.models > 0 or s.dataset_id is not null or d.name is not null \
             or cardinality(d.written_uris) > 0 \
             or d.dataset_id not in (select child_dataset_id from dataset_edges))"
                .to_owned(),
        );
    }
    let chosen = format!(
        "select d.dataset_id from datasets d \
         left join (select dataset_id, count(*) as models from models where {of_models} \
           group by dataset_id) m on m.dataset_id = d.dataset_id \
         left join (select distinct dataset_id from samples where role in ('train', 'test')) s \
           on s.dataset_id = d.dataset_id \
         where {} order by d.created_at desc, d.dataset_id {}",
        conditions.join(" and "),
        super::page(which.limit, which.offset)
    );
    sql.text = listing(&chosen);
    Ok(Json(app.ask.typed(&sql).await?))
}

/// A step from one dataset, or model, to another.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Step {
    from_kind: Option<String>,
    from_id: Option<String>,
    to_kind: Option<String>,
    to_id: Option<String>,
    operation: Option<String>,
    detail: Option<String>,
}

/// A model that learnt from a dataset, or from what came of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Learner {
    model_id: String,
    estimator: Option<String>,
    kind: Option<String>,
    role: Option<String>,
    status: Option<String>,
    run_id: String,
    dataset_id: Option<String>,
    started_at: Option<Time>,
}

/// Everything that is known of a dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct DatasetDetail {
    dataset: Dataset,
    /// Steps that led to it, and those that led on from it.
    steps: Vec<Step>,
    /// The datasets among them.
    related: Vec<Dataset>,
    /// Models that learnt from it or from what came of it.
    models: Vec<Learner>,
    sample: Option<Table>,
    profile: Vec<Profile>,
    notes: Vec<Note>,
}

/// One dataset with everything that is known of it.
#[utoipa::path(get, path = "/api/v1/datasets/{dataset_id}", tag = "datasets",
    params(("dataset_id" = String, Path)),
    responses((status = 200, body = DatasetDetail), (status = "4XX", body = Problem)))]
pub(super) async fn dataset(
    State(app): State<Arc<App>>,
    Path(dataset_id): Path<String>,
) -> Result<Json<DatasetDetail>> {
    let id = super::id(&dataset_id)?;
    let ask = &app.ask;
    let text = listing(&format!("select '{id}' as dataset_id"));
    let mut found: Vec<Dataset> = ask.rows(&text, None).await?;
    let dataset = found
        .pop()
        .ok_or_else(|| Failure::not_found("dataset", id))?;
    let sampled = dataset.sampled == Some(true);
    let (above, below, learners) = (upstream(id), downstream(id), learners(id));
    let (up, down, models, (sample, profile), notes) = tokio::try_join!(
        ask.rows::<Step>(&above, None),
        ask.rows::<Step>(&below, None),
        ask.rows::<Learner>(&learners, None),
        sample(ask, id, sampled),
        super::notes::about(ask, "dataset", id),
    )?;
    let mut steps = up;
    steps.extend(down);
    let related = related(ask, &steps).await?;
    Ok(Json(DatasetDetail {
        dataset,
        steps,
        related,
        models,
        sample,
        profile,
        notes,
    }))
}

fn upstream(id: &str) -> String {
    format!(
        "with recursive above as (
           select '{id}' as id
           union
           select l.from_id from lineage l join above a on a.id = l.to_id where l.from_kind = 'dataset'
         )
         select distinct l.from_kind, l.from_id, l.to_kind, l.to_id, l.operation, l.detail
         from lineage l join above a on a.id = l.to_id where l.to_kind = 'dataset' limit {STEPS_MAX}"
    )
}

/// The query `below` of it and of all that came of it.
fn below(id: &str) -> String {
    format!(
        "with recursive below as (
           select '{id}' as id
           union
           select l.to_id from lineage l join below b on b.id = l.from_id where l.to_kind = 'dataset'
         )"
    )
}

fn downstream(id: &str) -> String {
    format!(
        "{} select distinct l.from_kind, l.from_id, l.to_kind, l.to_id, l.operation, l.detail
         from lineage l join below b on b.id = l.from_id limit {STEPS_MAX}",
        below(id)
    )
}

fn learners(id: &str) -> String {
    format!(
        "{} select m.model_id, m.estimator, m.kind, m.role, m.status, m.run_id, m.dataset_id, m.started_at
         from models m join below b on b.id = m.dataset_id
         order by case m.role when 'top' then 0 when 'best' then 1 else 2 end, m.started_at desc
         limit {MODELS_MAX}",
        below(id)
    )
}

async fn related(ask: &Ask, steps: &[Step]) -> Result<Vec<Dataset>> {
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for step in steps {
        for (kind, id) in [
            (&step.from_kind, &step.from_id),
            (&step.to_kind, &step.to_id),
        ] {
            if let (Some("dataset"), Some(id)) = (kind.as_deref(), id.as_deref())
                && ids.len() < RELATED_MAX
            {
                ids.insert(id);
            }
        }
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::default();
    let ids: Vec<String> = ids.into_iter().map(|id| sql.bind(id)).collect();
    sql.text = listing(&format!(
        "select dataset_id from datasets where dataset_id in ({})",
        ids.join(", ")
    ));
    ask.typed(&sql).await
}

/// The first rows of its sample, and what all of them say.
async fn sample(ask: &Ask, id: &str, sampled: bool) -> Result<(Option<Table>, Vec<Profile>)> {
    if !sampled {
        return Ok((None, Vec::new()));
    }
    let text = format!("select * from sample('{id}')");
    let rows = ask.batch(&Sql::new(text, None)).await?;
    let shown = rows.slice(0, rows.num_rows().min(ROWS_MAX));
    Ok((Some(Table::of(&shown)?), profile::of(&rows)?))
}

/// A column, and the models that learnt from it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct ColumnUse {
    column: String,
    /// No source has it: it was made of others, and stages of pipelines read it.
    derived: bool,
    /// Models that were asked for.
    models: i64,
    /// Fits, those inside pipelines and searches too.
    fits: i64,
    last_used: Option<Time>,
}

/// Of which project.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Of {
    project: Option<String>,
    /// In the column's name.
    search: Option<String>,
}

/// Columns that models learnt from, the most used first: those of sources, and those in between that
/// stages of pipelines read. Of the latter, models are counted that do not have it from a source.
#[utoipa::path(get, path = "/api/v1/columns", params(Of), tag = "datasets",
    responses((status = 200, body = Vec<ColumnUse>), (status = "4XX", body = Problem)))]
pub(super) async fn columns(
    State(app): State<Arc<App>>,
    Query(of): Query<Of>,
) -> Result<Json<Vec<ColumnUse>>> {
    let mut sql = Sql::default();
    let project = of.project.as_ref().map(|project| sql.bind(project));
    let of_project = |alias| in_project(project.as_deref(), alias);
    let named = match sql.search(of.search.as_deref()) {
        Some(search) => format!("strpos(lower(column_name), {search}) > 0"),
        None => "true".to_owned(),
    };
    sql.text = format!(
        "select column_name as column, bool_and(derived) as derived, \
         count(*) filter (where role in ('top', 'best')) as models, count(*) as fits, \
         max(started_at) as last_used from (\
           select column_name, role, started_at, false as derived from column_usage {usage}true \
           union all \
           select r.column_name, m.role, m.started_at, true from (\
             select distinct model_id, unnest(columns) as column_name from ({read}) as stages_read) r \
           join models m on m.model_id = r.model_id \
           {models}not coalesce(array_has(m.source_columns, r.column_name), false)\
         ) as used where {named} \
         group by column_name order by models desc, fits desc, column_name limit 2000",
        usage = of_project(""),
        read = stages_read(&of_project(""), &of_project("b.")),
        models = of_project("m."),
    );
    Ok(Json(app.ask.typed(&sql).await?))
}
