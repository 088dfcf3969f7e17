//! The server: its one database, its users, its settings.

use modeldb_sql::CATALOG;

use crate::catalog::cells::{Cell, Row, row};
use crate::catalog::{About, oids};

/// The number that PostgreSQL has for UTF-8.
const UTF8: i32 = 6;

pub(super) fn databases(_about: &About) -> Vec<Row> {
    vec![row! {
        oid: oids::DATABASE,
        datname: CATALOG,
        datdba: oids::USER,
        encoding: UTF8,
        datlocprovider: "c",
        datallowconn: true,
        datconnlimit: -1,
        dattablespace: oids::DEFAULT_TABLESPACE,
        datcollate: "C.UTF-8",
        datctype: "C.UTF-8",
    }]
}

pub(super) fn namespaces(_about: &About) -> Vec<Row> {
    let rows = oids::NAMESPACES.iter().map(|(name, oid)| {
        row! { oid: *oid, nspname: *name, nspowner: oids::USER }
    });
    rows.collect()
}

pub(super) fn roles(about: &About) -> Vec<Row> {
    vec![row! {
        oid: oids::USER,
        rolname: about.identity.user.as_ref(),
        rolinherit: true,
        rolcanlogin: true,
        rolconnlimit: -1,
    }]
}

pub(super) fn users(about: &About) -> Vec<Row> {
    vec![row! { usename: about.identity.user.as_ref(), usesysid: oids::USER, passwd: "********" }]
}

pub(super) fn settings(about: &About) -> Vec<Row> {
    let settings = about
        .settings
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let rows = settings.all().map(|(name, value)| {
        row! {
            name: name,
            setting: value,
            category: "Client Connection Defaults",
            short_desc: "",
            context: "user",
            vartype: "string",
            source: "default",
            boot_val: value,
            reset_val: value,
        }
    });
    rows.collect()
}

pub(super) fn activity(about: &About) -> Vec<Row> {
    vec![row! {
        datid: oids::DATABASE,
        datname: CATALOG,
        pid: about.identity.number,
        leader_pid: Cell::Null,
        usesysid: oids::USER,
        usename: about.identity.user.as_ref(),
        client_port: Cell::Null,
        state: "active",
        backend_xid: Cell::Null,
        backend_xmin: Cell::Null,
        query_id: Cell::Null,
        backend_type: "client backend",
    }]
}

pub(super) fn encryption(about: &About) -> Vec<Row> {
    vec![row! { pid: about.identity.number, bits: Cell::Null }]
}

pub(super) fn database_statistics(_about: &About) -> Vec<Row> {
    vec![row! { datid: oids::DATABASE, datname: CATALOG, numbackends: 1 }]
}

pub(super) fn tablespaces(_about: &About) -> Vec<Row> {
    let names = [
        ("pg_default", oids::DEFAULT_TABLESPACE),
        ("pg_global", 1664),
    ];
    let rows = names.map(|(name, oid)| row! { oid: oid, spcname: name, spcowner: oids::USER });
    rows.to_vec()
}

pub(super) fn access_methods(_about: &About) -> Vec<Row> {
    let methods = [
        ("heap", oids::HEAP, "t"),
        ("btree", 403, "i"),
        ("hash", 405, "i"),
    ];
    let rows = methods.map(|(name, oid, kind)| row! { oid: oid, amname: name, amtype: kind });
    rows.to_vec()
}

pub(super) fn languages(_about: &About) -> Vec<Row> {
    let languages = [
        ("internal", oids::INTERNAL_LANGUAGE),
        ("c", 13),
        ("sql", 14),
    ];
    let rows = languages.map(|(name, oid)| row! { oid: oid, lanname: name, lanowner: oids::USER });
    rows.to_vec()
}

pub(super) fn collations(_about: &About) -> Vec<Row> {
    let collations = [
        ("default", oids::DEFAULT_COLLATION, "d"),
        ("C", 950, "c"),
        ("POSIX", 951, "c"),
    ];
    let rows = collations.map(|(name, oid, provider)| {
        row! {
            oid: oid,
            collname: name,
            collnamespace: oids::PG_CATALOG_NAMESPACE,
            collowner: oids::USER,
            collprovider: provider,
            collisdeterministic: true,
            collencoding: -1,
            collcollate: name,
            collctype: name,
        }
    });
    rows.to_vec()
}

pub(super) fn zones(_about: &About) -> Vec<Row> {
    vec![row! { name: "UTC", abbrev: "UTC" }]
}
