//! What tables of the catalog there are, and their columns.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::types::TYPE_KEY;

const COLUMNS: &str = include_str!("columns.txt");

pub(crate) const PG_CATALOG: &str = "pg_catalog";
pub(crate) const INFORMATION_SCHEMA: &str = "information_schema";

/// A table of the catalog.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) schema_name: &'static str,
    pub(crate) name: &'static str,
    pub(crate) is_view: bool,
    pub(crate) schema: SchemaRef,
}

/// All, in the order of their names.
pub(crate) fn all() -> &'static [Shape] {
    static ALL: OnceLock<Vec<Shape>> = OnceLock::new();
    ALL.get_or_init(|| {
        let lines = COLUMNS.lines().filter(|line| !line.starts_with('#'));
        let mut all: Vec<Shape> = lines.filter_map(shape).collect();
        all.sort_by_key(|shape| (shape.schema_name, shape.name));
        all
    })
}

/// The table `name` of a schema of the catalog.
pub(crate) fn find(schema: &str, name: &str) -> Option<&'static Shape> {
    static NAMES: OnceLock<HashMap<(&'static str, &'static str), &'static Shape>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let named = all()
            .iter()
            .map(|shape| ((shape.schema_name, shape.name), shape));
        named.collect()
    });
    names.get(&(schema, name)).copied()
}

fn shape(line: &'static str) -> Option<Shape> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let (schema_name, name) = name.split_once('.').unwrap_or((PG_CATALOG, name));
    let fields: Vec<Field> = words
        .filter_map(|word| word.split_once(':'))
        .map(|(name, kind)| field(name, kind))
        .collect();
    Some(Shape {
        schema_name,
        name: name.trim_end_matches('*'),
        is_view: name.ends_with('*'),
        schema: Arc::new(Schema::new(fields)),
    })
}

/// A column of the type that PostgreSQL calls `kind`.
pub(crate) fn field(name: &str, kind: &str) -> Field {
    let list = |item: DataType| DataType::List(Arc::new(Field::new_list_field(item, true)));
    let arrow = match kind {
        "oid" | "xid" | "regproc" => DataType::UInt32,
        "bool" => DataType::Boolean,
        "int2" => DataType::Int16,
        "int4" => DataType::Int32,
        "int8" => DataType::Int64,
        "float4" => DataType::Float32,
        "float8" => DataType::Float64,
        "timestamptz" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        "interval" => DataType::Interval(arrow::datatypes::IntervalUnit::MonthDayNano),
        "numeric" => DataType::Decimal128(38, 0),
        "bytea" => DataType::Binary,
        "int2[]" | "int2vector" => list(DataType::Int16),
        "oid[]" | "oidvector" => list(DataType::UInt32),
        "float4[]" => list(DataType::Float32),
        "text[]" | "name[]" | "char[]" => list(DataType::Utf8),
        _ => DataType::Utf8,
    };
    // The type's own name where Arrow's says less.
    let told = match kind {
        "name" | "char" | "int2vector" | "oidvector" | "xid" | "regproc" => Some(kind),
        _ => None,
    };
    let metadata: BTreeMap<String, String> = told
        .map(|kind| {
            (
                TYPE_KEY.to_owned(),
                if kind == "char" {
                    "\"char\"".into()
                } else {
                    kind.to_owned()
                },
            )
        })
        .into_iter()
        .collect();
    Field::new(name, arrow, true).with_metadata(metadata.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is() {
        let class = find(PG_CATALOG, "pg_class").unwrap();
        assert_eq!(class.schema.fields().len(), 33);
        assert!(!class.is_view);
        assert!(find(PG_CATALOG, "pg_roles").unwrap().is_view);
        let index = find(PG_CATALOG, "pg_index").unwrap();
        let keys = index.schema.field_with_name("indkey").unwrap();
        assert!(matches!(keys.data_type(), DataType::List(_)));
        assert!(find(INFORMATION_SCHEMA, "columns").is_some());
        assert_eq!(find(PG_CATALOG, "columns").map(|shape| shape.name), None);
    }
}
