//! `trace('model_id', 'row_id')`: one sampled row through every stage of a model: a row for
//! each stage, with the values of the columns that it read and wrote, as JSON. The model of
//! a search is traced as its best one; a model that is no pipeline is its only stage.

use std::collections::BTreeSet;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use modeldb_warehouse::samples::ROW_ID;

use super::lookup::{Line, Lookup, list, quoted};
use super::made::Made;
use super::{Found, Missing};
use crate::error::{Error, Result};
use crate::format::json_object;
use crate::near::did_you_mean;

/// Files of samples that are searched for the row, those of stages first.
const FILES_MAX: usize = 64;

/// A stage, and the columns that it reads and writes.
struct Stage {
    index: i64,
    model_id: Option<String>,
    class: String,
    uid: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
}

pub(super) async fn rows(lookup: &Lookup<'_>, model: &str, row: &str) -> Result<Found> {
    let query = format!(
        "select run_id, kind, coalesce(model_class, estimator), uid, feature_columns, \
         prediction_column from models where model_id = {} limit 1",
        quoted(model)
    );
    let Some(fit) = lookup.ask(&query).await?.into_iter().next() else {
        return Ok(Err(lookup.no_model(model).await?));
    };
    let run = quoted(&fit.text(0).unwrap_or_default());
    let mut models = vec![model.to_owned()];
    if fit.text(1).as_deref() == Some("search") {
        let query = format!(
            "select model_id from models where role = 'best' and parent_model_id = {}",
            quoted(model)
        );
        models.extend(
            lookup
                .ask(&query)
                .await?
                .iter()
                .filter_map(|line| line.text(0)),
        );
    }
    let stages = stages(lookup, &models, &run, fit).await?;
    models.extend(stages.iter().filter_map(|stage| stage.model_id.clone()));
    let mut ids = BTreeSet::new();
    let mut values: Vec<(String, ArrayRef)> = Vec::new();
    for uri in samples(lookup, &models).await? {
        for batch in lookup.read(&uri).await? {
            let Some(found) = position(&batch, row, &mut ids) else {
                continue;
            };
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                if values.iter().all(|(name, _)| name != field.name()) {
                    values.push((field.name().clone(), column.slice(found, 1)));
                }
            }
        }
    }
    if values.is_empty() {
        return Ok(Err(no_row(model, row, &ids)));
    }
    table(&stages, &values).map(Ok)
}

fn no_row(model: &str, row: &str, ids: &BTreeSet<String>) -> Missing {
    Missing {
        message: format!(
            "no sampled row {row} was scored by {model}, of {} that were",
            ids.len()
        ),
        hint: did_you_mean(row, ids.iter().map(String::as_str)).or_else(|| {
            Some(format!(
                "rows: select row_id from predictions where model_id = '{model}'"
            ))
        }),
    }
}

/// The stages of a pipeline; of another model, itself.
async fn stages(
    lookup: &Lookup<'_>,
    models: &[String],
    run: &str,
    fit: Line,
) -> Result<Vec<Stage>> {
    let query = format!(
        "select stage_index, model_id, class, uid, input_columns, output_columns from stages \
         where pipeline_model_id in ({}) order by stage_index",
        list(models)
    );
    let stage = |line: &Line| Stage {
        index: line.long(0).unwrap_or_default(),
        model_id: line.text(1),
        class: line.text(2).unwrap_or_default(),
        uid: line.text(3).unwrap_or_default(),
        inputs: line.texts(4),
        outputs: line.texts(5),
    };
    let mut stages: Vec<Stage> = lookup.ask(&query).await?.iter().map(stage).collect();
    if stages.is_empty() {
        stages.push(Stage {
            index: 0,
            model_id: models.last().cloned(),
            class: fit.text(2).unwrap_or_default(),
            uid: fit.text(3).unwrap_or_default(),
            inputs: fit.texts(4),
            outputs: fit.text(5).into_iter().collect(),
        });
    }
    // What a call added is known better than what parameters say.
    let uids: Vec<String> = stages.iter().map(|stage| stage.uid.clone()).collect();
    let query = format!(
        "select uid, output_columns from transforms where run_id = {run} and uid in ({}) \
         and status = 'finished' and cardinality(output_columns) > 0 order by started_at",
        list(&uids)
    );
    let called = lookup.ask(&query).await?;
    for stage in &mut stages {
        let of = called
            .iter()
            .find(|line| line.text(0).as_ref() == Some(&stage.uid));
        for column in of.map(|line| line.texts(1)).unwrap_or_default() {
            if !stage.outputs.contains(&column) {
                stage.outputs.push(column);
            }
        }
    }
    Ok(stages)
}

/// Files with rows that one of the models scored, those of stages first.
async fn samples(lookup: &Lookup<'_>, models: &[String]) -> Result<Vec<String>> {
    let models = list(models);
    let query = format!(
        "select uri from samples where dataset_id in ( \
           select output_dataset_id from transforms where model_id in ({models}) \
           union all select input_dataset_id from transforms where model_id in ({models}) \
           union all select dataset_id from predictions where model_id in ({models})) \
         order by case role when 'stage' then 0 else 1 end, sampled_at desc, uri \
         limit {FILES_MAX}"
    );
    let lines = lookup.ask(&query).await?;
    Ok(lines.iter().filter_map(|line| line.text(0)).collect())
}

/// The first row with this id; all ids go to `ids`.
fn position(batch: &RecordBatch, row: &str, ids: &mut BTreeSet<String>) -> Option<usize> {
    let own = batch.column_by_name(ROW_ID)?.as_string_opt::<i32>()?;
    ids.extend(own.iter().flatten().map(str::to_owned));
    own.iter().position(|id| id == Some(row))
}

fn table(stages: &[Stage], values: &[(String, ArrayRef)]) -> Result<RecordBatch> {
    let mut read = Vec::new();
    let mut wrote = Vec::new();
    for stage in stages {
        read.push(object(&stage.inputs, values)?);
        wrote.push(object(&stage.outputs, values)?);
    }
    let rows: Vec<_> = stages.iter().zip(&read).zip(&wrote).collect();
    Made::of(&rows)
        .long("stage_index", |((stage, _), _)| Some(stage.index))
        .text("model_id", |((stage, _), _)| stage.model_id.as_deref())
        .text("class", |((stage, _), _)| Some(&stage.class))
        .text("uid", |((stage, _), _)| Some(&stage.uid))
        .texts("input_columns", |((stage, _), _)| &stage.inputs)
        .texts("output_columns", |((stage, _), _)| &stage.outputs)
        .text("input_values", |((_, read), _)| Some(read.as_str()))
        .text("output_values", |(_, wrote)| Some(wrote.as_str()))
        .batch()
}

/// The values of `columns` as a JSON object; a column that was not sampled is not in it.
fn object(columns: &[String], values: &[(String, ArrayRef)]) -> Result<String> {
    let found = columns.iter().filter_map(|name| {
        let (_, value) = values.iter().find(|(known, _)| known == name)?;
        Some((name.as_str(), value.clone(), true))
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return Ok("{}".into());
    }
    let batch = RecordBatch::try_from_iter_with_nullable(found);
    let batch = batch.map_err(|error| Error::Internal(format!("a trace: {error}")))?;
    json_object(&batch).map_err(|error| Error::Internal(format!("a trace: {error}")))
}
