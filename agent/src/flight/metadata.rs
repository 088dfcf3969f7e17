//! What there is to be queried, for clients that ask.

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow_flight::error::Result;
use arrow_flight::sql::metadata::SqlInfoDataBuilder;
use arrow_flight::sql::{
    CommandGetCatalogs, CommandGetDbSchemas, CommandGetSqlInfo, CommandGetTableTypes,
    CommandGetTables, SqlInfo, SqlSupportedTransaction,
};
use modeldb_sql::{CATALOG, Engine, SCHEMA};
use modeldb_warehouse::Access;

/// What all relations are.
const TABLE: &str = "TABLE";

pub(super) fn catalogs(query: CommandGetCatalogs) -> Result<RecordBatch> {
    let mut catalogs = query.into_builder();
    catalogs.append(CATALOG);
    catalogs.build()
}

pub(super) fn schemas(query: CommandGetDbSchemas) -> Result<RecordBatch> {
    let mut schemas = query.into_builder();
    schemas.append(CATALOG, SCHEMA);
    schemas.build()
}

pub(super) fn tables(
    query: CommandGetTables,
    engine: &Engine,
    access: &Access,
) -> Result<RecordBatch> {
    let mut tables = query.into_builder();
    for relation in engine.relations(access) {
        let schema = relation.schema();
        tables.append(CATALOG, SCHEMA, relation.name(), TABLE, &schema)?;
    }
    tables.build()
}

pub(super) fn table_types(query: CommandGetTableTypes) -> Result<RecordBatch> {
    let mut types = query.into_builder();
    types.append(TABLE);
    types.build()
}

pub(super) fn sql_info_schema() -> &'static Schema {
    SqlInfoDataBuilder::schema()
}

pub(super) fn sql_info(query: CommandGetSqlInfo) -> Result<RecordBatch> {
    let mut infos = SqlInfoDataBuilder::new();
    infos.append(SqlInfo::FlightSqlServerName, "ModelDB");
    infos.append(SqlInfo::FlightSqlServerVersion, env!("CARGO_PKG_VERSION"));
    infos.append(SqlInfo::FlightSqlServerReadOnly, true);
    infos.append(SqlInfo::FlightSqlServerSql, true);
    infos.append(SqlInfo::FlightSqlServerSubstrait, false);
    infos.append(
        SqlInfo::FlightSqlServerTransaction,
        SqlSupportedTransaction::None as i32,
    );
    infos.append(SqlInfo::FlightSqlServerCancel, false);
    infos.append(SqlInfo::SqlDdlCatalog, false);
    infos.append(SqlInfo::SqlDdlSchema, false);
    infos.append(SqlInfo::SqlDdlTable, false);
    infos.append(SqlInfo::SqlIdentifierQuoteChar, "\"");
    query.into_builder(&infos.build()?).build()
}
