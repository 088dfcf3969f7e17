//! Shapes of answers that several parts of the API share.

use std::borrow::Cow;
use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use modeldb_sql::format::json_rows;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::error::{Failure, Result};

/// A moment, as RFC 3339 text in UTC with microseconds.
pub(super) type Time = String;

/// Text by name.
pub(super) type Texts = BTreeMap<String, Option<String>>;

/// A number; what is none travels as text, since JSON has no NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            number if number.is_finite() => serializer.serialize_f64(number),
            number if number.is_nan() => serializer.serialize_str("NaN"),
            number if number > 0.0 => serializer.serialize_str("Infinity"),
            _ => serializer.serialize_str("-Infinity"),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self)
    }
}

impl PartialSchema for Number {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(["NaN", "Infinity", "-Infinity"]))
            .build();
        OneOfBuilder::new()
            .item(ObjectBuilder::new().schema_type(Type::Number).build())
            .item(text)
            .description(Some("A number; what is none, as text."))
            .into()
    }
}

impl ToSchema for Number {
    fn name() -> Cow<'static, str> {
        "Number".into()
    }
}

/// What values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Text,
    Number,
    Integer,
    Boolean,
    Time,
    /// A list, an object or anything else, as JSON.
    Json,
}

impl Kind {
    pub(super) fn of(kind: &DataType) -> Self {
        match kind {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Boolean => Self::Boolean,
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => Self::Time,
            kind if kind.is_integer() => Self::Integer,
            kind if kind.is_numeric() => Self::Number,
            _ => Self::Json,
        }
    }
}

/// A column of a table.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TableColumn {
    name: String,
    kind: Kind,
    /// The type as SQL has it.
    sql_type: String,
}

/// Columns, and rows of their values.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Table {
    pub columns: Vec<TableColumn>,
    /// A row has a value for each column. Numbers that are none are the texts `NaN`,
    /// `Infinity` and `-Infinity`; times are RFC 3339.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub rows: Box<RawValue>,
}

impl Table {
    pub(super) fn of(batch: &RecordBatch) -> Result<Self> {
        let schema = batch.schema();
        let column = |field: &arrow::datatypes::FieldRef| TableColumn {
            name: field.name().clone(),
            kind: Kind::of(field.data_type()),
            sql_type: field.data_type().to_string(),
        };
        let rows = json_rows(batch).map_err(|error| Failure::internal(&error))?;
        Ok(Self {
            columns: schema.fields().iter().map(column).collect(),
            rows: RawValue::from_string(rows).map_err(|error| Failure::internal(&error))?,
        })
    }
}
