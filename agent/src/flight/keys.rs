//! Keys between tables: there are none to tell of, in the form that clients expect.

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};

/// What an answer about primary keys looks like.
pub(super) fn primary() -> Schema {
    Schema::new(vec![
        text("catalog_name", true),
        text("db_schema_name", true),
        text("table_name", false),
        text("column_name", false),
        text("key_name", true),
        Field::new("key_sequence", DataType::Int32, false),
    ])
}

/// What one about foreign keys does: imported, exported, and between two tables.
pub(super) fn foreign() -> Schema {
    Schema::new(vec![
        text("pk_catalog_name", true),
        text("pk_db_schema_name", true),
        text("pk_table_name", false),
        text("pk_column_name", false),
        text("fk_catalog_name", true),
        text("fk_db_schema_name", true),
        text("fk_table_name", false),
        text("fk_column_name", false),
        Field::new("key_sequence", DataType::Int32, false),
        text("fk_key_name", true),
        text("pk_key_name", true),
        Field::new("update_rule", DataType::UInt8, false),
        Field::new("delete_rule", DataType::UInt8, false),
    ])
}

/// No key.
pub(super) fn none(schema: Schema) -> RecordBatch {
    RecordBatch::new_empty(schema.into())
}

fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}
