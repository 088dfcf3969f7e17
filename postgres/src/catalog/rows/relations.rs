//! Tables and views, their columns, and what there is to say about both.

use modeldb_sql::SCHEMA;
use postgres_types::{Kind, Type};

use crate::catalog::cells::{Cell, Row, row};
use crate::catalog::{About, Table, oids};
use crate::types;

/// The letter for a kind of table.
fn kind(table: &Table) -> &'static str {
    if table.is_view { "v" } else { "r" }
}

pub(super) fn classes(about: &About) -> Vec<Row> {
    let rows = about.tables.iter().map(|table| {
        let columns = table.schema.fields().len() as i64;
        row! {
            oid: table.oid(),
            relname: table.name.as_str(),
            relnamespace: oids::of_namespace(table.schema_name).unwrap_or(0),
            reltype: oids::of_row_type(table.schema_name, &table.name),
            relowner: oids::USER,
            relam: if table.is_view { 0 } else { oids::HEAP },
            reltuples: Cell::Real(-1.0),
            relpersistence: "p",
            relkind: kind(table),
            relnatts: columns,
            relispopulated: true,
            relreplident: "n",
        }
    });
    rows.collect()
}

pub(super) fn attributes(about: &About) -> Vec<Row> {
    let mut rows = Vec::new();
    for table in about.tables.iter() {
        let oid = table.oid();
        for (index, column) in table.schema.fields().iter().enumerate() {
            let kind = types::of_field(column);
            let is_list = matches!(kind.kind(), Kind::Array(_));
            rows.push(row! {
                attrelid: oid,
                attname: column.name().as_str(),
                atttypid: kind.oid(),
                attlen: types::size(&kind),
                attnum: index as i64 + 1,
                attcacheoff: -1,
                atttypmod: types::modifier(column.data_type()),
                attndims: i16::from(is_list),
                attbyval: types::size(&kind) > 0 && types::size(&kind) <= 8,
                attalign: "i",
                attstorage: if types::size(&kind) > 0 { "p" } else { "x" },
                attislocal: true,
                attstattarget: -1,
                attcollation: if is_text(&kind) { oids::DEFAULT_COLLATION } else { 0 },
            });
        }
    }
    rows
}

/// Whether values are compared by a collation.
pub(super) fn is_text(kind: &Type) -> bool {
    matches!(
        *kind,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::TEXT_ARRAY
    )
}

pub(super) fn descriptions(about: &About) -> Vec<Row> {
    let class = oids::of_table("pg_catalog", "pg_class");
    let mut rows = Vec::new();
    for table in about.tables.iter() {
        let oid = table.oid();
        let whole = table.comment.clone().map(|comment| (0, comment));
        let columns = table.schema.fields().iter().enumerate();
        let columns = columns
            .filter_map(|(index, column)| Some((index as i64 + 1, table.comment_of(column)?)));
        for (number, comment) in whole.into_iter().chain(columns) {
            rows.push(
                row! { objoid: oid, classoid: class, objsubid: number, description: comment },
            );
        }
    }
    rows
}

pub(super) fn tables(about: &About) -> Vec<Row> {
    let tables = about.tables.iter().filter(|table| !table.is_view);
    let rows = tables.map(|table| {
        row! {
            schemaname: table.schema_name,
            tablename: table.name.as_str(),
            tableowner: about.identity.user.as_ref(),
            tablespace: Cell::Null,
        }
    });
    rows.collect()
}

pub(super) fn views(about: &About) -> Vec<Row> {
    let views = about.tables.iter().filter(|table| table.is_view);
    let rows = views.map(|table| {
        row! {
            schemaname: table.schema_name,
            viewname: table.name.as_str(),
            viewowner: about.identity.user.as_ref(),
        }
    });
    rows.collect()
}

fn statistics_of<'a>(tables: impl Iterator<Item = &'a Table>) -> Vec<Row> {
    let rows = tables.filter(|table| !table.is_view).map(|table| {
        row! { relid: table.oid(), schemaname: table.schema_name, relname: table.name.as_str() }
    });
    rows.collect()
}

pub(super) fn all_statistics(about: &About) -> Vec<Row> {
    statistics_of(about.tables.iter())
}

pub(super) fn statistics(about: &About) -> Vec<Row> {
    statistics_of(
        about
            .tables
            .iter()
            .filter(|table| table.schema_name == SCHEMA),
    )
}
