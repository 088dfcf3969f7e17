//! `trace('model_id', 'row_id')`: one sampled row through every stage of a model: a row for
//! each stage, with the values of the columns that it read and wrote, as JSON. The model of
//! a search is traced as its best one; a model that is no pipeline is its only stage.

use std::collections::BTreeSet;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use modeldb_warehouse::samples::ROW_ID;

use super::lookup::{Lookup, list, quoted};
use super::made::Made;
use super::{Found, Missing, pipeline};
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
        "select run_id, kind from models where model_id = {} limit 1",
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
    let stages = stages(lookup, model, &run, &mut models).await?;
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

/// The stages of a pipeline, those of pipelines inside it in their place; of another model,
/// itself. All models among them go to `models`.
async fn stages(
    lookup: &Lookup<'_>,
    model: &str,
    run: &str,
    models: &mut Vec<String>,
) -> Result<Vec<Stage>> {
    let all = pipeline::stages(lookup, model).await?.unwrap_or_default();
    models.extend(all.iter().filter_map(|stage| stage.model_id.clone()));
    let paths: Vec<String> = all.iter().map(|stage| format!("{}.", stage.path)).collect();
    let has_inner = |path: &str| all.iter().any(|stage| stage.path.starts_with(path));
    let leaves = all.iter().zip(&paths).filter(|(_, path)| !has_inner(path));
    let mut stages: Vec<Stage> = leaves
        .zip(0..)
        .map(|((stage, _), index)| Stage {
            index,
            model_id: stage.model_id.clone(),
            class: stage.class.clone(),
            uid: stage.uid.clone(),
            inputs: stage.inputs.clone(),
            outputs: stage.outputs.clone(),
        })
        .collect();
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
