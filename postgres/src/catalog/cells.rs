//! Rows of the catalog: columns are named, and those that are not have a default.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
    ListArray, ListBuilder, RecordBatch, RecordBatchOptions, StringArray, UInt32Array,
    UInt32Builder, new_null_array,
};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Oids(Vec<u32>),
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Option<String>> for Cell {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}

/// Whole numbers of any width.
macro_rules! ints {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Cell {
            fn from(value: $kind) -> Self {
                Self::Int(value.into())
            }
        }
    )*};
}
ints!(u32, i16, i32, i64);

/// A row: names of columns with values.
pub(crate) type Row = Vec<(&'static str, Cell)>;

/// A row of `name => value` pairs.
macro_rules! row {
    ($($name:ident: $value:expr),* $(,)?) => {
        vec![$((stringify!($name), $crate::catalog::cells::Cell::from($value))),*]
    };
}
pub(crate) use row;

/// A batch of `rows` with `schema`.
pub(crate) fn batch(schema: &SchemaRef, rows: &[Row]) -> Result<RecordBatch, ArrowError> {
    let columns = schema.fields().iter().map(|field| {
        let name = field.name().as_str();
        let cells = rows.iter().map(|row| {
            let cell = row.iter().find(|(column, _)| *column == name);
            cell.map(|(_, cell)| cell)
        });
        column(field.data_type(), field.metadata().is_empty(), cells)
    });
    let columns: Vec<ArrayRef> = columns.collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
}

/// What is not given is zero, false or empty; for text and lists of no special type it
/// is null.
fn column<'a>(
    kind: &DataType,
    is_plain: bool,
    cells: impl ExactSizeIterator<Item = Option<&'a Cell>>,
) -> ArrayRef {
    let int = |cell: Option<&Cell>| match cell {
        None => Some(0),
        Some(Cell::Int(value)) => Some(*value),
        Some(_) => None,
    };
    let real = |cell: Option<&Cell>| match cell {
        None => Some(0.0),
        Some(Cell::Real(value)) => Some(*value),
        Some(Cell::Int(value)) => Some(*value as f64),
        Some(_) => None,
    };
    match kind {
        DataType::Boolean => Arc::new(BooleanArray::from_iter(cells.map(|cell| match cell {
            None => Some(false),
            Some(Cell::Bool(value)) => Some(*value),
            Some(_) => None,
        }))),
        DataType::UInt32 => {
            let oid = |cell: Option<&Cell>| match cell {
                // A function is given by its name.
                Some(Cell::Text(name)) if name == "-" => Some(0),
                Some(Cell::Text(name)) => Some(super::oids::of_function(name)),
                cell => int(cell).and_then(|value| u32::try_from(value).ok()),
            };
            Arc::new(UInt32Array::from_iter(cells.map(oid)))
        }
        DataType::Int16 => {
            let cells = cells.map(|cell| int(cell).and_then(|value| i16::try_from(value).ok()));
            Arc::new(Int16Array::from_iter(cells))
        }
        DataType::Int32 => {
            let cells = cells.map(|cell| int(cell).and_then(|value| i32::try_from(value).ok()));
            Arc::new(Int32Array::from_iter(cells))
        }
        DataType::Int64 => Arc::new(Int64Array::from_iter(cells.map(int))),
        DataType::Float32 => Arc::new(Float32Array::from_iter(
            cells.map(|cell| real(cell).map(|value| value as f32)),
        )),
        DataType::Float64 => Arc::new(Float64Array::from_iter(cells.map(real))),
        DataType::Utf8 => Arc::new(StringArray::from_iter(cells.map(|cell| match cell {
            None if is_plain => None,
            None => Some(String::new()),
            Some(Cell::Text(value)) => Some(value.clone()),
            Some(_) => None,
        }))),
        DataType::List(item) => lists(item.data_type(), cells),
        other => new_null_array(other, cells.len()),
    }
}

fn lists<'a>(item: &DataType, cells: impl ExactSizeIterator<Item = Option<&'a Cell>>) -> ArrayRef {
    let cells: Vec<Option<&Cell>> = cells.collect();
    match item {
        DataType::UInt32 => {
            let mut lists = ListBuilder::new(UInt32Builder::new());
            for cell in cells {
                if let Some(Cell::Oids(oids)) = cell {
                    lists.append_value(oids.iter().map(|oid| Some(*oid)));
                } else {
                    lists.append_null();
                }
            }
            Arc::new(lists.finish())
        }
        other => {
            let field = Arc::new(arrow::datatypes::Field::new_list_field(other.clone(), true));
            Arc::new(ListArray::new_null(field, cells.len()))
        }
    }
}
