//! What a table's log tells of a file.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::pruning::PrunableStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, DFSchema, Statistics};
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::conjunction;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::scalar::ScalarValue;
use deltalake::kernel::LogicalFileView;
use serde_json::Value;

/// Rows, bytes, nulls, and the bounds of integers. Those of texts may be shortened: they bound, and
/// are no values ([`bounds`]); those of floats leave out what is no number, and are left to the row
/// groups' own.
pub(super) fn of(told: &Value, bytes: usize, schema: &Schema) -> Statistics {
    let column = |field: &Arc<Field>| match field.data_type() {
        DataType::Int64 => bounded(told, field),
        _ => ColumnStatistics {
            null_count: nulls(told, field),
            ..ColumnStatistics::new_unknown()
        },
    };
    Statistics {
        num_rows: exact(told["numRecords"].as_u64()),
        total_byte_size: Precision::Inexact(bytes),
        column_statistics: schema.fields().iter().map(column).collect(),
    }
}

/// What values lie between, for [`narrow`].
pub(super) fn bounds(told: &Value, schema: &Schema) -> Statistics {
    let column = |field: &Arc<Field>| bounded(told, field);
    Statistics {
        num_rows: exact(told["numRecords"].as_u64()),
        total_byte_size: Precision::Absent,
        column_statistics: schema.fields().iter().map(column).collect(),
    }
}

/// What the log tells of a file.
pub(super) fn told(file: &LogicalFileView) -> Value {
    let told = file.stats();
    let told = told.and_then(|told| serde_json::from_str(&told).ok());
    told.unwrap_or_default()
}

/// Which of files with these bounds may have rows for all of `filters`.
pub(super) fn narrow(
    bounds: &[Arc<Statistics>],
    schema: &SchemaRef,
    filters: &[Expr],
    session: &dyn Session,
) -> Result<Vec<bool>> {
    let filter = conjunction(filters.iter().cloned());
    let Some(filter) = filter.filter(|_| bounds.len() > 1) else {
        return Ok(vec![true; bounds.len()]);
    };
    let filter = session.create_physical_expr(filter, &DFSchema::try_from(schema.clone())?)?;
    let builder = PruningPredicateBuilder::new().with_file_schema(schema.clone());
    let predicate = builder.try_build(filter)?;
    predicate.prune(&PrunableStatistics::new(bounds.to_vec(), schema.clone()))
}

fn bounded(told: &Value, field: &Field) -> ColumnStatistics {
    ColumnStatistics {
        null_count: nulls(told, field),
        min_value: bound(&told["minValues"][field.name()], field),
        max_value: bound(&told["maxValues"][field.name()], field),
        ..ColumnStatistics::new_unknown()
    }
}

fn nulls(told: &Value, field: &Field) -> Precision<usize> {
    exact(told["nullCount"][field.name()].as_u64())
}

fn exact(count: Option<u64>) -> Precision<usize> {
    match count {
        Some(count) => Precision::Exact(count as usize),
        None => Precision::Absent,
    }
}

fn bound(value: &Value, field: &Field) -> Precision<ScalarValue> {
    let value = match (field.data_type(), value) {
        (DataType::Utf8View, Value::String(text)) => ScalarValue::Utf8View(Some(text.clone())),
        (DataType::Int64, Value::Number(number)) => ScalarValue::Int64(number.as_i64()),
        _ => ScalarValue::Null,
    };
    match value.is_null() {
        true => Precision::Absent,
        false => Precision::Exact(value),
    }
}
