//! `information_schema`: the same facts in the words of the SQL standard.

use modeldb_sql::{CATALOG, SCHEMA};
use postgres_types::{Kind, Type};

use crate::catalog::cells::{Cell, Row, row};
use crate::catalog::shape::PG_CATALOG;
use crate::catalog::{About, oids};
use crate::types;

fn yes(is: bool) -> &'static str {
    if is { "YES" } else { "NO" }
}

pub(super) fn tables(about: &About) -> Vec<Row> {
    let rows = about.tables.iter().map(|table| {
        row! {
            table_catalog: CATALOG,
            table_schema: table.schema_name,
            table_name: table.name.as_str(),
            table_type: if table.is_view { "VIEW" } else { "BASE TABLE" },
            self_referencing_column_name: Cell::Null,
            user_defined_type_catalog: Cell::Null,
            user_defined_type_schema: Cell::Null,
            user_defined_type_name: Cell::Null,
            is_insertable_into: "NO",
            is_typed: "NO",
        }
    });
    rows.collect()
}

/// What the standard calls a type.
fn data_type(kind: &Type) -> String {
    match kind.kind() {
        Kind::Array(_) => "ARRAY".into(),
        _ => types::formatted(kind, -1),
    }
}

pub(super) fn columns(about: &About) -> Vec<Row> {
    let mut rows = Vec::new();
    for table in about.tables.iter() {
        for (index, column) in table.schema.fields().iter().enumerate() {
            let kind = types::of_field(column);
            let (precision, radix, scale) = match kind {
                Type::INT2 => (Cell::Int(16), Cell::Int(2), Cell::Int(0)),
                Type::INT4 => (Cell::Int(32), Cell::Int(2), Cell::Int(0)),
                Type::INT8 => (Cell::Int(64), Cell::Int(2), Cell::Int(0)),
                Type::FLOAT4 => (Cell::Int(24), Cell::Int(2), Cell::Null),
                Type::FLOAT8 => (Cell::Int(53), Cell::Int(2), Cell::Null),
                _ => (Cell::Null, Cell::Null, Cell::Null),
            };
            let is_time = [
                Type::TIMESTAMP,
                Type::TIMESTAMPTZ,
                Type::TIME,
                Type::INTERVAL,
            ]
            .contains(&kind);
            rows.push(row! {
                table_catalog: CATALOG,
                table_schema: table.schema_name,
                table_name: table.name.as_str(),
                column_name: column.name().as_str(),
                ordinal_position: index as i64 + 1,
                is_nullable: yes(column.is_nullable()),
                data_type: data_type(&kind),
                character_maximum_length: Cell::Null,
                character_octet_length: if kind == Type::TEXT { Cell::Int(1 << 30) } else { Cell::Null },
                numeric_precision: precision,
                numeric_precision_radix: radix,
                numeric_scale: scale,
                datetime_precision: if is_time { Cell::Int(6) } else { Cell::Null },
                interval_precision: Cell::Null,
                character_set_catalog: Cell::Null,
                character_set_schema: Cell::Null,
                character_set_name: Cell::Null,
                collation_catalog: Cell::Null,
                collation_schema: Cell::Null,
                collation_name: Cell::Null,
                domain_catalog: Cell::Null,
                domain_schema: Cell::Null,
                domain_name: Cell::Null,
                udt_catalog: CATALOG,
                udt_schema: PG_CATALOG,
                udt_name: kind.name(),
                scope_catalog: Cell::Null,
                scope_schema: Cell::Null,
                scope_name: Cell::Null,
                maximum_cardinality: Cell::Null,
                dtd_identifier: (index + 1).to_string(),
                is_self_referencing: "NO",
                is_identity: "NO",
                identity_cycle: "NO",
                is_generated: "NEVER",
                is_updatable: "NO",
            });
        }
    }
    rows
}

pub(super) fn elements(about: &About) -> Vec<Row> {
    let mut rows = Vec::new();
    for table in about
        .tables
        .iter()
        .filter(|table| table.schema_name == SCHEMA)
    {
        for (index, column) in table.schema.fields().iter().enumerate() {
            let kind = types::of_field(column);
            let Kind::Array(item) = kind.kind() else {
                continue;
            };
            rows.push(row! {
                object_catalog: CATALOG,
                object_schema: table.schema_name,
                object_name: table.name.as_str(),
                object_type: if table.is_view { "VIEW" } else { "TABLE" },
                collection_type_identifier: (index + 1).to_string(),
                data_type: data_type(item),
                udt_catalog: CATALOG,
                udt_schema: PG_CATALOG,
                udt_name: item.name(),
            });
        }
    }
    rows
}

pub(super) fn schemata(about: &About) -> Vec<Row> {
    let rows = oids::NAMESPACES.iter().map(|(name, _)| {
        row! {
            catalog_name: CATALOG,
            schema_name: *name,
            schema_owner: about.identity.user.as_ref(),
            default_character_set_catalog: Cell::Null,
            default_character_set_schema: Cell::Null,
            default_character_set_name: Cell::Null,
        }
    });
    rows.collect()
}

pub(super) fn views(about: &About) -> Vec<Row> {
    let views = about.tables.iter().filter(|table| table.is_view);
    let rows = views.map(|table| {
        row! {
            table_catalog: CATALOG,
            table_schema: table.schema_name,
            table_name: table.name.as_str(),
            check_option: "NONE",
            is_updatable: "NO",
            is_insertable_into: "NO",
            is_trigger_updatable: "NO",
            is_trigger_deletable: "NO",
            is_trigger_insertable_into: "NO",
        }
    });
    rows.collect()
}

pub(super) fn catalog(_about: &About) -> Vec<Row> {
    vec![row! { catalog_name: CATALOG }]
}

pub(super) fn roles(about: &About) -> Vec<Row> {
    let user = about.identity.user.as_ref();
    vec![row! { grantee: user, role_name: user, is_grantable: "NO" }]
}

pub(super) fn character_sets(_about: &About) -> Vec<Row> {
    vec![row! {
        character_set_catalog: Cell::Null,
        character_set_schema: Cell::Null,
        character_set_name: "UTF8",
        character_repertoire: "UCS",
        form_of_use: "UTF8",
        default_collate_catalog: CATALOG,
        default_collate_schema: PG_CATALOG,
        default_collate_name: "C.UTF-8",
    }]
}

pub(super) fn grants(about: &About) -> Vec<Row> {
    let user = about.identity.user.as_ref();
    let rows = about.tables.iter().map(|table| {
        row! {
            grantor: user,
            grantee: user,
            table_catalog: CATALOG,
            table_schema: table.schema_name,
            table_name: table.name.as_str(),
            privilege_type: "SELECT",
            is_grantable: "NO",
            with_hierarchy: "YES",
        }
    });
    rows.collect()
}
