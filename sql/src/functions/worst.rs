//! `worst_slices('model_id', 'metric')`: where a model is worst: the metric over the scored
//! rows with each value of each column of the dataset, or in each quarter of a column of many
//! numbers, the worst first.

use std::collections::BTreeMap;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::logical_expr::ident;

use super::lookup::{Lookup, quoted};
use super::made::Made;
use super::slices::unknown;
use super::{Found, Missing, sample, scored};
use crate::error::{Error, Result};
use crate::measure::{Measure, pairs};

/// Rows of a slice, at least: fewer say nothing.
const ROWS_MIN: usize = 3;
/// Values of a column, at most; numbers with more are cut into quarters.
const VALUES_MAX: usize = 50;
/// Different numbers from which on quarters are shown.
const QUARTERS_FROM: usize = 12;

struct Slice {
    dataset_id: String,
    column: String,
    predicate: String,
    value: Option<f64>,
    rows: usize,
    overall: Option<f64>,
}

pub(super) async fn rows(lookup: &Lookup<'_>, model: &str, metric: &str) -> Result<Found> {
    let Some(measure) = Measure::named(metric) else {
        return Ok(Err(unknown(metric)));
    };
    let id = quoted(model);
    let query = format!("select distinct dataset_id from predictions where model_id = {id}");
    let datasets = lookup.ask(&query).await?;
    if datasets.is_empty() {
        let query = format!("select model_id from models where model_id = {id} limit 1");
        return Ok(Err(match lookup.ask(&query).await?.is_empty() {
            true => lookup.no_model(model).await?,
            false => Missing::plain(format!("{model} has no scored rows")),
        }));
    }
    let mut slices = Vec::new();
    for line in datasets {
        let dataset = line.text(0).unwrap_or_default();
        let sample = match sample::rows(lookup, &dataset).await? {
            Ok(sample) => sample,
            Err(missing) => return Ok(Err(missing)),
        };
        slices.extend(of_dataset(lookup, measure, model, dataset, sample).await?);
    }
    let sign = if measure.larger_is_better() {
        1.0
    } else {
        -1.0
    };
    slices.sort_by(|a, b| {
        let of = |slice: &Slice| slice.value.map_or(f64::INFINITY, |value| sign * value);
        of(a).total_cmp(&of(b)).then_with(|| b.rows.cmp(&a.rows))
    });
    Made::of(&slices)
        .text("column", |slice| Some(&slice.column))
        .text("predicate", |slice| Some(&slice.predicate))
        .text("metric", |_| Some(measure.name()))
        .double("value", |slice| slice.value)
        .long("rows", |slice| i64::try_from(slice.rows).ok())
        .double("overall", |slice| slice.overall)
        .text("dataset_id", |slice| Some(&slice.dataset_id))
        .batch()
        .map(Ok)
}

async fn of_dataset(
    lookup: &Lookup<'_>,
    measure: Measure,
    model: &str,
    dataset: String,
    sample: RecordBatch,
) -> Result<Vec<Slice>> {
    let columns = sample.schema();
    let names: Vec<String> = { columns.fields().iter() }
        .map(|field| field.name().clone())
        .filter(|name| name != modeldb_warehouse::samples::ROW_ID)
        .collect();
    let only = format!("model_id = {}", quoted(model));
    let frame = scored::frame(lookup, &dataset, &only, sample).await?;
    let wanted = || {
        let mut columns = vec![ident(scored::LABEL), scored::said(measure)?.alias("__said")];
        columns.extend(names.iter().map(ident));
        frame.select(columns)
    };
    let blame = |error| lookup.blame(&error);
    let frame = wanted().map_err(blame)?;
    let schema = frame.schema().inner().clone();
    let batches = lookup.collect(frame).await.map_err(blame)?;
    let broken = |error| Error::Internal(format!("a sample: {error}"));
    let rows = concat_batches(&schema, &batches).map_err(broken)?;
    let pairs: Vec<_> = pairs(measure, rows.column(0), rows.column(1)).collect();
    let of = |at: &[usize]| {
        let mut chosen: Vec<(f64, f64)> = at.iter().filter_map(|at| pairs[*at]).collect();
        (measure.of(&mut chosen), chosen.len())
    };
    let all: Vec<usize> = (0..rows.num_rows()).collect();
    let (overall, _) = of(&all);
    let mut slices = Vec::new();
    for (name, column) in names.iter().zip(&rows.columns()[2..]) {
        for (predicate, at) in groups(name, column) {
            let (value, rows) = of(&at);
            if rows >= ROWS_MIN {
                slices.push(Slice {
                    dataset_id: dataset.clone(),
                    column: name.clone(),
                    predicate,
                    value,
                    rows,
                    overall,
                });
            }
        }
    }
    Ok(slices)
}

/// Rows by a predicate that they satisfy.
fn groups(name: &str, column: &ArrayRef) -> Vec<(String, Vec<usize>)> {
    let name = format!("\"{}\"", name.replace('"', "\"\""));
    let kind = column.data_type();
    if kind.is_nested() || matches!(kind, DataType::Binary) {
        return Vec::new();
    }
    let Ok(texts) = cast(column, &DataType::Utf8) else {
        return Vec::new();
    };
    let texts = texts.as_string::<i32>();
    let mut values: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (row, text) in texts.iter().enumerate() {
        values.entry(text).or_default().push(row);
    }
    if kind.is_numeric() && values.len() >= QUARTERS_FROM {
        return quarters(&name, column);
    }
    if values.len() > VALUES_MAX {
        return Vec::new();
    }
    let bare = kind.is_numeric() || *kind == DataType::Boolean;
    let predicate = |value: Option<&str>| match value {
        None => format!("{name} is null"),
        Some(value) if bare => format!("{name} = {value}"),
        Some(value) => format!("{name} = {}", quoted(value)),
    };
    { values.into_iter() }
        .map(|(value, rows)| (predicate(value), rows))
        .collect()
}

fn quarters(name: &str, column: &ArrayRef) -> Vec<(String, Vec<usize>)> {
    let Ok(numbers) = cast(column, &DataType::Float64) else {
        return Vec::new();
    };
    let numbers: &Float64Array = numbers.as_primitive::<Float64Type>();
    let mut sorted: Vec<f64> = numbers.iter().flatten().filter(|n| !n.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let edge = |quarter: usize| sorted.get(sorted.len() * quarter / 4).copied();
    let mut edges: Vec<f64> = (1..4).filter_map(edge).collect();
    edges.dedup();
    let mut groups = Vec::new();
    for at in 0..=edges.len() {
        let low = at.checked_sub(1).and_then(|at| edges.get(at)).copied();
        let high = edges.get(at).copied();
        let within = |n: f64| low.is_none_or(|low| n >= low) && high.is_none_or(|high| n < high);
        let rows = { numbers.iter().enumerate() }
            .filter_map(|(row, number)| number.filter(|n| within(*n)).map(|_| row));
        let sides = [
            low.map(|low| format!("{name} >= {low}")),
            high.map(|high| format!("{name} < {high}")),
        ];
        let predicate: Vec<String> = sides.into_iter().flatten().collect();
        groups.push((predicate.join(" and "), rows.collect()));
    }
    groups
}
