//! `sample('dataset_id')`: the sampled rows of a dataset, each once, with the columns'
//! own types and `row_id`. A dataset that has train or test samples shows those; another
//! one the rows that were sampled with the columns of its stages.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray, RecordBatch, new_null_array};
use datafusion::arrow::compute::{cast, concat_batches, filter_record_batch};
use datafusion::arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use modeldb_warehouse::samples::ROW_ID;

use super::lookup::{Lookup, quoted};
use super::{Found, Missing};
use crate::error::{Error, Result};

/// Files of one dataset that are read, the newest first.
const FILES_MAX: usize = 64;

pub(super) async fn rows(lookup: &Lookup<'_>, dataset: &str) -> Result<Found> {
    let id = quoted(dataset);
    let query = format!(
        "select uri, role from samples where dataset_id = {id} \
         order by sampled_at desc, row_count desc, uri limit {FILES_MAX}"
    );
    let samples = lookup.ask(&query).await?;
    let is_stage = |role: Option<String>| role.as_deref() == Some("stage");
    let (stages, own): (Vec<_>, Vec<_>) =
        samples.into_iter().partition(|line| is_stage(line.text(1)));
    let chosen = if own.is_empty() { stages } else { own };
    let mut files = Vec::new();
    for uri in chosen.iter().filter_map(|line| line.text(0)) {
        files.extend(lookup.read(&uri).await?);
    }
    if files.is_empty() {
        return Ok(Err(no_sample(lookup, dataset).await?));
    }
    let union = union(files).map_err(|error| Error::Internal(format!("a sample: {error}")))?;
    Ok(Ok(union))
}

async fn no_sample(lookup: &Lookup<'_>, dataset: &str) -> Result<Missing> {
    let id = quoted(dataset);
    let query = format!("select dataset_id from datasets where dataset_id = {id} limit 1");
    if !lookup.ask(&query).await?.is_empty() {
        return Ok(Missing {
            message: format!("the dataset {dataset} has no sample"),
            hint: Some(
                "the run may have sampled nothing (spark.modeldb.sample.mode), or another dataset \
                 of it: select dataset_id, role from samples"
                    .into(),
            ),
        });
    }
    let message = format!("there is no dataset {dataset}");
    let names = "select distinct dataset_id from samples";
    lookup.missing(message, dataset, names).await
}

/// Each row once, by its id, with the columns of all.
fn union(files: Vec<RecordBatch>) -> Result<RecordBatch, ArrowError> {
    let mut fields: Vec<FieldRef> = Vec::new();
    for file in &files {
        for field in file.schema().fields() {
            if fields.iter().all(|known| known.name() != field.name()) {
                fields.push(Arc::new(field.as_ref().clone().with_nullable(true)));
            }
        }
    }
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let mut seen = HashSet::new();
    let mut parts = Vec::new();
    for file in &files {
        let conform = |field: &FieldRef| match file.column_by_name(field.name()) {
            Some(column) => cast(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), file.num_rows())),
        };
        let columns = schema.fields().iter().map(conform);
        let part = RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)?;
        let new: BooleanArray = match part.column_by_name(ROW_ID) {
            Some(ids) => {
                let ids = ids.as_string::<i32>();
                // Rows that are the same have the same id, in one file more than once.
                let known = seen.clone();
                let new = ids.iter().map(|id| !known.contains(id.unwrap_or_default()));
                let new = new.map(Some).collect();
                seen.extend(ids.iter().flatten().map(str::to_owned));
                new
            }
            None => vec![true; part.num_rows()].into(),
        };
        parts.push(filter_record_batch(&part, &new)?);
    }
    concat_batches(&schema, &parts)
}
