//! Sampled rows that a model scored, and one of them on its way through the stages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::ask::Sql;
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Query;
use super::super::shape::Table;

/// Rows that are told at once, at most.
const ROWS_MAX: usize = 5000;

/// A dataset with rows that the model scored.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Scored {
    dataset_id: String,
    rows: i64,
    name: Option<String>,
}

/// Scored rows: `row_id`, `label`, `prediction`, `probability`, and then the row's own columns
/// where they were sampled.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct ScoredRows {
    /// Datasets with rows that the model scored, the largest first.
    datasets: Vec<Scored>,
    /// The one that the rows are of.
    dataset_id: Option<String>,
    #[serde(flatten)]
    table: Option<Table>,
}

/// Of which dataset.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Which {
    /// The one with the most rows, if it is not given.
    dataset: Option<String>,
}

#[derive(Deserialize)]
struct Sampled {
    samples: i64,
}

/// Sampled rows that a model scored (of a search: that its best model did).
#[utoipa::path(get, path = "/api/v1/models/{model_id}/rows", tag = "rows",
    params(("model_id" = String, Path), Which),
    responses((status = 200, body = ScoredRows), (status = "4XX", body = Problem)))]
pub(super) async fn scored_rows(
    State(app): State<Arc<App>>,
    Path(model_id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<ScoredRows>> {
    let ask = &app.ask;
    let id = super::id(&model_id)?;
    let parts = super::model::parts(ask, id).await?;
    let models = super::listed(&parts);
    let text = format!(
        "select p.dataset_id, count(distinct p.row_id) as rows, max(d.name) as name from predictions p \
         left join datasets d on d.dataset_id = p.dataset_id where p.model_id in ({models}) \
         group by p.dataset_id order by rows desc, p.dataset_id limit 100"
    );
    let datasets: Vec<Scored> = ask.rows(&text, None).await?;
    let chosen = match &which.dataset {
        Some(wanted) => Some(
            datasets
                .iter()
                .find(|scored| scored.dataset_id == *wanted)
                .ok_or_else(|| Failure::not_found("scored row in the dataset", wanted))?,
        ),
        None => datasets.first(),
    };
    let Some(chosen) = chosen.map(|scored| scored.dataset_id.clone()) else {
        return Ok(Json(ScoredRows {
            datasets,
            dataset_id: None,
            table: None,
        }));
    };
    let dataset = super::id(&chosen)?;
    let sampled = "select count(*) as samples from samples where dataset_id = $1";
    let sampled: Vec<Sampled> = ask.rows(sampled, [dataset.into()]).await?;
    let (columns, join) = match sampled.first().is_some_and(|sampled| sampled.samples > 0) {
        true => (
            ", s.* except (row_id)",
            format!("left join sample('{dataset}') s on s.row_id = p.row_id"),
        ),
        false => ("", String::new()),
    };
    let text = format!(
        "select p.row_id, p.label, p.prediction, p.probability{columns} from (\
           select row_id, max(label) as label, max(prediction) as prediction, \
             last_value(probability) as probability \
           from predictions where model_id in ({models}) and dataset_id = $1 group by row_id) p {join} \
         order by p.row_id limit {ROWS_MAX}"
    );
    let table = ask.table(&Sql::new(text, [dataset.into()])).await?;
    Ok(Json(ScoredRows {
        datasets,
        dataset_id: Some(chosen.clone()),
        table: Some(table),
    }))
}

/// A row.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct WhichRow {
    /// Its id, as in the scored rows.
    row: String,
}

#[derive(Deserialize)]
struct Traced {
    stage_index: i64,
    model_id: Option<String>,
    class: Option<String>,
    uid: Option<String>,
    input_columns: Option<Vec<String>>,
    output_columns: Option<Vec<String>>,
    input_values: Option<String>,
    output_values: Option<String>,
}

/// A stage, and what a row looked like before and after it.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct TraceStep {
    stage_index: i64,
    model_id: Option<String>,
    class: Option<String>,
    uid: Option<String>,
    input_columns: Vec<String>,
    output_columns: Vec<String>,
    /// Values by column; one that was not sampled is not there.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    input_values: Box<RawValue>,
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    output_values: Box<RawValue>,
}

/// One sampled row on its way through every stage.
#[utoipa::path(get, path = "/api/v1/models/{model_id}/trace", tag = "rows",
    params(("model_id" = String, Path), WhichRow),
    responses((status = 200, body = Vec<TraceStep>), (status = "4XX", body = Problem)))]
pub(super) async fn trace(
    State(app): State<Arc<App>>,
    Path(model_id): Path<String>,
    Query(which): Query<WhichRow>,
) -> Result<Json<Vec<TraceStep>>> {
    let text = format!(
        "select * from trace('{}', '{}')",
        super::id(&model_id)?,
        super::id(&which.row)?
    );
    let traced: Vec<Traced> = app.ask.rows(&text, None).await?;
    let object = |text: Option<String>| {
        RawValue::from_string(text.unwrap_or_else(|| "{}".into()))
            .map_err(|error| Failure::internal(&error))
    };
    let steps = traced.into_iter().map(|step| {
        Ok(TraceStep {
            stage_index: step.stage_index,
            model_id: step.model_id,
            class: step.class,
            uid: step.uid,
            input_columns: step.input_columns.unwrap_or_default(),
            output_columns: step.output_columns.unwrap_or_default(),
            input_values: object(step.input_values)?,
            output_values: object(step.output_values)?,
        })
    });
    steps.collect::<Result<_>>().map(Json)
}
