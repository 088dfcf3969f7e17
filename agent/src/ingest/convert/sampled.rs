//! Sampled rows: checked, cut down to what the agent's settings allow, and, for datasets,
//! made into Arrow with the types that the framework's names mean.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, ListArray, StringArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Decimal128Type, DecimalType, Field, Schema};
use arrow::record_batch::RecordBatch;
use modeldb_proto::v1;
use modeldb_proto::v1::sample_column::Values;
use modeldb_warehouse::event::{Column, Happening, PredictionsSampled, Sampled};
use modeldb_warehouse::samples::ROW_ID;

use super::{Checked, Inside, Refused, number, required};
use crate::ingest::policy::SamplePolicy;

const ROLES: [&str; 3] = ["train", "test", "stage"];

/// A sample of a dataset, without the place of its rows, and the rows. None where the
/// settings leave none of it.
pub(super) fn sampled(
    m: v1::Sampled,
    policy: &SamplePolicy,
) -> Checked<(Happening, Option<RecordBatch>)> {
    let rows = m.row_ids.len();
    let mut event = Sampled {
        dataset: number("dataset", m.dataset)?,
        role: m.role,
        method: required("method", m.method)?,
        ..Sampled::default()
    };
    if !ROLES.contains(&event.role.as_str()) {
        return Err(Refused(format!(
            "role: {:?} is not accepted: {} are",
            event.role,
            ROLES.join(", ")
        )));
    }
    let mut names = BTreeSet::from([ROW_ID.to_owned()]);
    let mut fields = vec![Field::new(ROW_ID, DataType::Utf8, false)];
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(StringArray::from_iter_values(&m.row_ids))];
    for (index, given) in m.columns.into_iter().enumerate() {
        let name = required("name", given.name.clone()).inside(format!("columns {index}"))?;
        let kind = given.r#type.clone();
        let array = array(given, rows).inside(format!("columns {index} ({name})"))?;
        if !policy.accept {
            continue;
        }
        if policy.denies(&name) {
            event.denied_columns.push(name);
            continue;
        }
        let name = free(name, &mut names);
        fields.push(Field::new(&name, array.data_type().clone(), true));
        arrays.push(array);
        event.columns.push(Column {
            name,
            data_type: kind,
        });
    }
    if !policy.accept {
        return Ok((denied("sample_denied_by_agent"), None));
    }
    if event.columns.is_empty() {
        return Ok((denied("sample_columns_all_denied_by_agent"), None));
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays);
    let mut batch = batch.map_err(|error| Refused(error.to_string()))?;
    if let Some(chosen) = policy.chosen(&m.row_ids) {
        let chosen = chosen.into_iter().map(|row| row as u32);
        let chosen = UInt32Array::from_iter_values(chosen);
        batch = take_record_batch(&batch, &chosen).map_err(|error| Refused(error.to_string()))?;
    }
    event.row_count = batch.num_rows() as u64;
    Ok((Happening::Sampled(Box::new(event)), Some(batch)))
}

/// What a model said of sampled rows.
pub(super) fn predictions_sampled(
    m: v1::PredictionsSampled,
    policy: &SamplePolicy,
) -> Checked<Happening> {
    let mut event = PredictionsSampled {
        model: number("model", m.model)?,
        dataset: number("dataset", m.dataset)?,
        row_ids: m.row_ids,
        labels: m.labels,
        predictions: m.predictions,
        probabilities: m
            .probabilities
            .into_iter()
            .map(|list| list.values)
            .collect(),
    };
    for (field, length) in [
        ("labels", event.labels.len()),
        ("predictions", event.predictions.len()),
        ("probabilities", event.probabilities.len()),
    ] {
        if length != 0 && length != event.row_ids.len() {
            return Err(Refused(format!(
                "{field}: {length} for {} rows; one for each, or none, is accepted",
                event.row_ids.len()
            )));
        }
    }
    if !policy.accept {
        return Ok(denied("predictions_denied_by_agent"));
    }
    if let Some(chosen) = policy.chosen(&event.row_ids) {
        keep(&mut event.row_ids, &chosen);
        keep(&mut event.labels, &chosen);
        keep(&mut event.predictions, &chosen);
        keep(&mut event.probabilities, &chosen);
    }
    Ok(Happening::PredictionsSampled(Box::new(event)))
}

fn keep<T: Clone>(list: &mut Vec<T>, chosen: &[usize]) {
    *list = chosen
        .iter()
        .filter_map(|row| list.get(*row).cloned())
        .collect();
}

fn denied(reason: &str) -> Happening {
    Happening::Denied(BTreeMap::from([(reason.to_owned(), 1)]))
}

/// The name, or the name with a number where that is taken: Spark allows two columns of
/// one name, Parquet does not.
fn free(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    let free = names.find(|name| !taken.contains(name)).unwrap_or(name);
    taken.insert(free.clone());
    free
}

/// The column's values, with their nulls.
fn array(m: v1::SampleColumn, rows: usize) -> Checked<ArrayRef> {
    let Some(values) = m.values else {
        return Err(Refused("it has no values".into()));
    };
    let length = length(&values);
    if length != rows {
        return Err(Refused(format!("{length} values for {rows} rows")));
    }
    let nulls = nulls(&m.nulls, rows)?;
    let kind = m.r#type.trim().to_ascii_lowercase();
    Ok(match values {
        Values::Booleans(m) => Arc::new(BooleanArray::new(m.values.into(), nulls)),
        Values::Integers(m) => integers(&kind, m.values, nulls)?,
        Values::Doubles(m) if kind == "float" => {
            let values: Vec<f32> = m.values.iter().map(|value| *value as f32).collect();
            Arc::new(Float32Array::new(values.into(), nulls))
        }
        Values::Doubles(m) => Arc::new(Float64Array::new(m.values.into(), nulls)),
        Values::Texts(m) => match decimal(&kind) {
            Some((precision, scale)) => decimals(&m.values, nulls, precision, scale)?,
            None => Arc::new(StringArray::from_iter(present(m.values, nulls.as_ref()))),
        },
        Values::Binaries(m) => Arc::new(BinaryArray::from_iter(present(m.values, nulls.as_ref()))),
        Values::DoubleLists(m) => {
            let lengths = m.values.iter().map(|list| list.values.len());
            let offsets = OffsetBuffer::from_lengths(lengths);
            let items: Vec<f64> = m.values.into_iter().flat_map(|list| list.values).collect();
            let field = Arc::new(Field::new_list_field(DataType::Float64, true));
            list(field, offsets, Arc::new(Float64Array::from(items)), nulls)?
        }
        Values::TextLists(m) => {
            let lengths = m.values.iter().map(|list| list.values.len());
            let offsets = OffsetBuffer::from_lengths(lengths);
            let items: Vec<String> = m.values.into_iter().flat_map(|list| list.values).collect();
            let items = StringArray::from_iter_values(items);
            let field = Arc::new(Field::new_list_field(DataType::Utf8, true));
            list(field, offsets, Arc::new(items), nulls)?
        }
    })
}

fn length(values: &Values) -> usize {
    match values {
        Values::Booleans(m) => m.values.len(),
        Values::Integers(m) => m.values.len(),
        Values::Doubles(m) => m.values.len(),
        Values::Texts(m) => m.values.len(),
        Values::Binaries(m) => m.values.len(),
        Values::DoubleLists(m) => m.values.len(),
        Values::TextLists(m) => m.values.len(),
    }
}

fn nulls(given: &[u32], rows: usize) -> Checked<Option<NullBuffer>> {
    if given.is_empty() {
        return Ok(None);
    }
    let mut valid = vec![true; rows];
    let mut before = None;
    for row in given {
        if before.is_some_and(|before| before >= *row) {
            return Err(Refused(format!(
                "nulls: {row} does not come after the one before it"
            )));
        }
        before = Some(*row);
        match valid.get_mut(*row as usize) {
            Some(valid) => *valid = false,
            None => return Err(Refused(format!("nulls: {row} of {rows} rows"))),
        }
    }
    Ok(Some(valid.into()))
}

/// Values, none where there is null.
fn present<T>(values: Vec<T>, nulls: Option<&NullBuffer>) -> Vec<Option<T>> {
    let values = values.into_iter().enumerate();
    let value = |(row, value)| {
        nulls
            .is_none_or(|nulls| nulls.is_valid(row))
            .then_some(value)
    };
    values.map(value).collect()
}

fn integers(kind: &str, values: Vec<i64>, nulls: Option<NullBuffer>) -> Checked<ArrayRef> {
    Ok(match kind {
        "tinyint" | "byte" => Arc::new(Int8Array::new(
            narrow(kind, &values, nulls.as_ref())?.into(),
            nulls,
        )),
        "smallint" | "short" => Arc::new(Int16Array::new(
            narrow(kind, &values, nulls.as_ref())?.into(),
            nulls,
        )),
        "int" | "integer" => Arc::new(Int32Array::new(
            narrow(kind, &values, nulls.as_ref())?.into(),
            nulls,
        )),
        "date" => Arc::new(Date32Array::new(
            narrow(kind, &values, nulls.as_ref())?.into(),
            nulls,
        )),
        "timestamp" => {
            Arc::new(TimestampMicrosecondArray::new(values.into(), nulls).with_timezone("UTC"))
        }
        "timestamp_ntz" => Arc::new(TimestampMicrosecondArray::new(values.into(), nulls)),
        _ => Arc::new(Int64Array::new(values.into(), nulls)),
    })
}

fn narrow<T: TryFrom<i64> + Default>(
    kind: &str,
    values: &[i64],
    nulls: Option<&NullBuffer>,
) -> Checked<Vec<T>> {
    let value = |(row, value): (usize, &i64)| match T::try_from(*value) {
        Ok(value) => Ok(value),
        // A placeholder.
        Err(_) if nulls.is_some_and(|nulls| nulls.is_null(row)) => Ok(T::default()),
        Err(_) => Err(Refused(format!("row {row}: {value} is no {kind}"))),
    };
    values.iter().enumerate().map(value).collect()
}

/// Precision and scale of `decimal(p,s)`.
fn decimal(kind: &str) -> Option<(u8, i8)> {
    let inside = kind.strip_prefix("decimal(")?.strip_suffix(')')?;
    let (precision, scale) = inside.split_once(',')?;
    let (precision, scale) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
    let fits = (1..=38).contains(&precision) && (0..=precision as i8).contains(&scale);
    fits.then_some((precision, scale))
}

fn decimals(
    texts: &[String],
    nulls: Option<NullBuffer>,
    precision: u8,
    scale: i8,
) -> Checked<ArrayRef> {
    let value = |(row, text): (usize, &String)| {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return Ok(0);
        }
        let parsed = arrow::compute::kernels::cast_utils::parse_decimal::<Decimal128Type>(
            text, precision, scale,
        );
        parsed
            .ok()
            .filter(|value| {
                Decimal128Type::validate_decimal_precision(*value, precision, scale).is_ok()
            })
            .ok_or_else(|| {
                Refused(format!(
                    "row {row}: {text:?} is no decimal({precision},{scale})"
                ))
            })
    };
    let values: Vec<i128> = texts
        .iter()
        .enumerate()
        .map(value)
        .collect::<Checked<_>>()?;
    let array = Decimal128Array::new(values.into(), nulls);
    let array = array.with_precision_and_scale(precision, scale);
    Ok(Arc::new(array.map_err(|error| Refused(error.to_string()))?))
}

fn list(
    field: Arc<Field>,
    offsets: OffsetBuffer<i32>,
    items: ArrayRef,
    nulls: Option<NullBuffer>,
) -> Checked<ArrayRef> {
    let list = ListArray::try_new(field, offsets, items, nulls);
    Ok(Arc::new(list.map_err(|error| Refused(error.to_string()))?))
}

#[cfg(test)]
#[path = "sampled_tests.rs"]
mod tests;
