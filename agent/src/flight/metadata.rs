//! What there is to be queried, for clients that ask.

use std::collections::{BTreeSet, HashMap};

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use arrow_flight::error::Result;
use arrow_flight::sql::{
    CommandGetCatalogs, CommandGetDbSchemas, CommandGetTableTypes, CommandGetTables,
};
use modeldb_sql::{CATALOG, SCHEMA, Table};

use super::types;

const TABLE: &str = "TABLE";
const VIEW: &str = "VIEW";

/// Key of a column's comment in the warehouse's schemas.
const COMMENT: &str = "comment";
/// Key of the same for clients of Flight SQL.
const REMARKS: &str = "ARROW:FLIGHT:SQL:REMARKS";

pub(super) fn catalogs(query: CommandGetCatalogs) -> Result<RecordBatch> {
    let mut catalogs = query.into_builder();
    catalogs.append(CATALOG);
    catalogs.build()
}

pub(super) fn schemas(query: CommandGetDbSchemas, tables: &[Table]) -> Result<RecordBatch> {
    let mut schemas = query.into_builder();
    let named = tables.iter().map(|table| table.namespace.as_str());
    for name in named.chain([SCHEMA]).collect::<BTreeSet<_>>() {
        schemas.append(CATALOG, name);
    }
    schemas.build()
}

pub(super) fn tables(query: CommandGetTables, tables: &[Table]) -> Result<RecordBatch> {
    let mut found = query.into_builder();
    for table in tables {
        let kind = if table.is_view { VIEW } else { TABLE };
        let columns = described(table);
        found.append(CATALOG, &table.namespace, &table.name, kind, &columns)?;
    }
    found.build()
}

pub(super) fn table_types(query: CommandGetTableTypes) -> Result<RecordBatch> {
    let mut types = query.into_builder();
    for kind in [TABLE, VIEW] {
        types.append(kind);
    }
    types.build()
}

/// The columns of `table`, each with where it is and what it means.
fn described(table: &Table) -> Schema {
    let place = |key: &str, value: &str| (format!("ARROW:FLIGHT:SQL:{key}"), value.to_owned());
    let fields = table.columns.fields().iter().map(|field| {
        let mut metadata: HashMap<String, String> = field.metadata().clone();
        if let Some(comment) = metadata.get(COMMENT).cloned() {
            metadata.insert(REMARKS.into(), comment);
        }
        metadata.extend([
            place("CATALOG_NAME", CATALOG),
            place("SCHEMA_NAME", &table.namespace),
            place("TABLE_NAME", &table.name),
            place("IS_READ_ONLY", "1"),
            place("IS_SEARCHABLE", "1"),
        ]);
        let kind = types::name(field.data_type()).map(|name| place("TYPE_NAME", name));
        metadata.extend(kind);
        let field: Field = field.as_ref().clone();
        field.with_metadata(metadata)
    });
    Schema::new(fields.collect::<Vec<_>>())
}
