//! What is in the tables that have rows.

mod information;
pub(super) mod kinds;
mod relations;
mod server;

use super::About;
use super::cells::Row;
use super::shape::{PG_CATALOG, Shape};

/// Makes the rows of a table.
pub(super) type Make = fn(&About) -> Vec<Row>;

/// The tables of `pg_catalog` that have rows.
const CATALOG: &[(&str, Make)] = &[
    ("pg_am", server::access_methods),
    ("pg_attribute", relations::attributes),
    ("pg_authid", server::roles),
    ("pg_class", relations::classes),
    ("pg_collation", server::collations),
    ("pg_database", server::databases),
    ("pg_description", relations::descriptions),
    ("pg_language", server::languages),
    ("pg_namespace", server::namespaces),
    ("pg_proc", kinds::functions),
    ("pg_range", kinds::ranges),
    ("pg_roles", server::roles),
    ("pg_settings", server::settings),
    ("pg_shadow", server::users),
    ("pg_stat_activity", server::activity),
    ("pg_stat_all_tables", relations::all_statistics),
    ("pg_stat_database", server::database_statistics),
    ("pg_stat_ssl", server::encryption),
    ("pg_stat_user_tables", relations::statistics),
    ("pg_tables", relations::tables),
    ("pg_tablespace", server::tablespaces),
    ("pg_timezone_names", server::zones),
    ("pg_type", kinds::types),
    ("pg_user", server::users),
    ("pg_views", relations::views),
];

/// The tables of `information_schema` that have rows.
const INFORMATION: &[(&str, Make)] = &[
    ("applicable_roles", information::roles),
    ("character_sets", information::character_sets),
    ("columns", information::columns),
    ("element_types", information::elements),
    ("enabled_roles", information::roles),
    ("information_schema_catalog_name", information::catalog),
    ("role_table_grants", information::grants),
    ("schemata", information::schemata),
    ("table_privileges", information::grants),
    ("tables", information::tables),
    ("views", information::views),
];

/// What makes the rows of a table; nothing for one that never has any.
pub(super) fn of(shape: &Shape) -> Option<Make> {
    let tables = if shape.schema_name == PG_CATALOG {
        CATALOG
    } else {
        INFORMATION
    };
    let mut tables = tables.iter();
    tables
        .find(|(name, _)| *name == shape.name)
        .map(|(_, make)| *make)
}

/// Whether a table of the catalog may have rows.
pub(crate) fn has_rows(shape: &Shape) -> bool {
    of(shape).is_some()
}
