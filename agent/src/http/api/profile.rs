//! What sampled rows say of their columns.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::error::{Failure, Result};
use super::super::shape::{Kind, Number};

/// Columns that are profiled, at most.
const COLUMNS_MAX: usize = 500;
/// Commonest values that are told, at most.
const COMMON_MAX: usize = 10;

/// What a sample says of a column.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Profile {
    column: String,
    rows: usize,
    missing: usize,
    distinct: usize,
    /// Of numbers as numbers, of all else as texts.
    min: Option<String>,
    max: Option<String>,
    mean: Option<Number>,
    median: Option<Number>,
    /// The commonest values and in how many rows they are.
    common: Vec<String>,
    common_rows: Vec<usize>,
}

/// Of each column.
pub(super) fn of(sample: &RecordBatch) -> Result<Vec<Profile>> {
    let schema = sample.schema();
    let columns = schema.fields().iter().zip(sample.columns());
    let profiles = columns
        .take(COLUMNS_MAX)
        .map(|(field, values)| column(field.name(), values));
    profiles.collect()
}

fn column(name: &str, values: &dyn Array) -> Result<Profile> {
    let is_number = matches!(Kind::of(values.data_type()), Kind::Number | Kind::Integer);
    let texts = texts(values)?;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for text in texts.iter().flatten() {
        *counts.entry(text).or_default() += 1;
    }
    let mut numbers = match is_number {
        true => numbers(values)?,
        false => Vec::new(),
    };
    numbers.sort_by(f64::total_cmp);
    let (min, max) = match is_number {
        true => (numbers.first(), numbers.last()),
        false => (None, None),
    };
    let (least, most) = (counts.keys().min(), counts.keys().max());
    let mut common: Vec<(&str, usize)> = counts.iter().map(|(text, rows)| (*text, *rows)).collect();
    common.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    common.truncate(COMMON_MAX);
    let some = !numbers.is_empty();
    Ok(Profile {
        column: name.to_owned(),
        rows: values.len(),
        missing: texts.iter().filter(|text| text.is_none()).count(),
        distinct: counts.len(),
        min: min
            .map(f64::to_string)
            .or_else(|| least.map(|text| (*text).to_owned())),
        max: max
            .map(f64::to_string)
            .or_else(|| most.map(|text| (*text).to_owned())),
        mean: some.then(|| Number(numbers.iter().sum::<f64>() / numbers.len() as f64)),
        median: some.then(|| Number(median(&numbers))),
        common: common.iter().map(|(text, _)| (*text).to_owned()).collect(),
        common_rows: common.iter().map(|(_, rows)| *rows).collect(),
    })
}

/// Lists and the like have the text that JSON gives them.
fn texts(values: &dyn Array) -> Result<Vec<Option<String>>> {
    let texts = cast(values, &DataType::Utf8).map_err(|error| Failure::internal(&error))?;
    let texts = texts.as_string::<i32>().iter();
    Ok(texts.map(|text| text.map(str::to_owned)).collect())
}

fn numbers(values: &dyn Array) -> Result<Vec<f64>> {
    let numbers = cast(values, &DataType::Float64).map_err(|error| Failure::internal(&error))?;
    let numbers = numbers.as_primitive::<Float64Type>().iter().flatten();
    Ok(numbers.filter(|number| !number.is_nan()).collect())
}

fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => sorted[half - 1] / 2.0 + sorted[half] / 2.0,
        _ => sorted[half],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, StringArray};

    use super::*;

    #[test]
    fn numbers_and_texts() {
        let numbers =
            Float64Array::from(vec![Some(2.0), None, Some(f64::NAN), Some(10.0), Some(2.0)]);
        let texts = StringArray::from(vec!["b", "a", "b", "b", "c"]);
        let batch = RecordBatch::try_from_iter([
            ("n", Arc::new(numbers) as Arc<dyn Array>),
            ("t", Arc::new(texts) as Arc<dyn Array>),
        ]);
        let profiles = of(&batch.unwrap()).unwrap();
        let [n, t] = profiles.as_slice() else {
            panic!("two columns")
        };
        assert_eq!((n.rows, n.missing, n.distinct), (5, 1, 3));
        assert_eq!(
            (n.min.as_deref(), n.max.as_deref()),
            (Some("2"), Some("10"))
        );
        assert_eq!(
            (n.mean, n.median),
            (Some(Number(14.0 / 3.0)), Some(Number(2.0)))
        );
        assert_eq!(
            (t.common[0].as_str(), t.common_rows[0], t.distinct),
            ("b", 3, 3)
        );
        assert_eq!(
            (t.min.as_deref(), t.max.as_deref(), t.mean),
            (Some("a"), Some("c"), None)
        );
    }
}
