//! Types, and the functions that read and write them.

use std::collections::BTreeMap;

use postgres_types::{Kind, Type};

use super::relations::is_text;
use crate::catalog::cells::{Cell, Row, row};
use crate::catalog::{About, oids};
use crate::types;

/// The letter for what a type is like; `pg_type.typcategory`.
fn category(kind: &Type) -> &'static str {
    match kind.kind() {
        Kind::Array(_) => "A",
        Kind::Pseudo => "P",
        Kind::Range(_) | Kind::Multirange(_) => "R",
        _ => match *kind {
            Type::BOOL => "B",
            Type::INT2
            | Type::INT4
            | Type::INT8
            | Type::FLOAT4
            | Type::FLOAT8
            | Type::NUMERIC
            | Type::MONEY
            | Type::OID
            | Type::REGPROC
            | Type::REGCLASS
            | Type::REGTYPE
            | Type::REGNAMESPACE
            | Type::REGROLE
            | Type::REGOPER
            | Type::REGOPERATOR
            | Type::REGPROCEDURE => "N",
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => "S",
            Type::DATE | Type::TIME | Type::TIMETZ | Type::TIMESTAMP | Type::TIMESTAMPTZ => "D",
            Type::INTERVAL => "T",
            Type::INET | Type::CIDR => "I",
            Type::BIT | Type::VARBIT => "V",
            Type::POINT
            | Type::LSEG
            | Type::PATH
            | Type::BOX
            | Type::POLYGON
            | Type::LINE
            | Type::CIRCLE => "G",
            Type::INT2_VECTOR | Type::OID_VECTOR => "A",
            Type::UNKNOWN => "X",
            Type::CHAR => "Z",
            _ => "U",
        },
    }
}

/// The letter for how a type is made; `pg_type.typtype`.
fn form(kind: &Type) -> &'static str {
    match kind.kind() {
        Kind::Pseudo => "p",
        Kind::Range(_) => "r",
        Kind::Multirange(_) => "m",
        Kind::Enum(_) => "e",
        Kind::Composite(_) => "c",
        Kind::Domain(_) => "d",
        _ => "b",
    }
}

fn element(kind: &Type) -> u32 {
    match kind.kind() {
        Kind::Array(item) => item.oid(),
        _ => match *kind {
            Type::INT2_VECTOR => Type::INT2.oid(),
            Type::OID_VECTOR => Type::OID.oid(),
            Type::NAME => Type::CHAR.oid(),
            _ => 0,
        },
    }
}

/// What the functions of a type begin with.
fn stem(kind: &Type) -> &str {
    match kind.kind() {
        Kind::Array(_) => "array_",
        Kind::Range(_) => "range_",
        Kind::Multirange(_) => "multirange_",
        _ => match *kind {
            Type::DATE
            | Type::TIME
            | Type::TIMETZ
            | Type::TIMESTAMP
            | Type::TIMESTAMPTZ
            | Type::INTERVAL
            | Type::NUMERIC
            | Type::JSON
            | Type::JSONB
            | Type::UUID => "",
            _ => kind.name(),
        },
    }
}

/// The name of the function that does `what` to values of a type.
fn function(kind: &Type, what: &str) -> String {
    let stem = stem(kind);
    if stem.is_empty() {
        return format!("{}_{what}", kind.name());
    }
    // numeric_recv, but int4recv.
    format!("{stem}{what}")
}

pub(super) fn types(about: &About) -> Vec<Row> {
    let all: Vec<Type> = types::all().collect();
    let arrays: BTreeMap<u32, u32> = all
        .iter()
        .filter_map(|kind| match kind.kind() {
            Kind::Array(item) => Some((item.oid(), kind.oid())),
            _ => None,
        })
        .collect();
    let mut rows: Vec<Row> = all
        .iter()
        .map(|kind| {
            let size = types::size(kind);
            let is_small = size > 0 && size <= 8;
            row! {
                oid: kind.oid(),
                typname: kind.name(),
                typnamespace: oids::PG_CATALOG_NAMESPACE,
                typowner: oids::USER,
                typlen: size,
                typbyval: is_small,
                typtype: form(kind),
                typcategory: category(kind),
                typispreferred: [Type::BOOL, Type::TEXT, Type::FLOAT8, Type::OID, Type::TIMESTAMPTZ, Type::INTERVAL].contains(kind),
                typisdefined: true,
                typdelim: ",",
                typsubscript: if element(kind) == 0 { "-" } else { "array_subscript_handler" },
                typelem: element(kind),
                typarray: arrays.get(&kind.oid()).copied().unwrap_or(0),
                typinput: function(kind, "in"),
                typoutput: function(kind, "out"),
                typreceive: function(kind, "recv"),
                typsend: function(kind, "send"),
                typmodin: "-",
                typmodout: "-",
                typanalyze: "-",
                typalign: if is_small && size < 8 { "i" } else { "d" },
                typstorage: if size > 0 { "p" } else { "x" },
                typtypmod: -1,
                typcollation: if is_text(kind) { oids::DEFAULT_COLLATION } else { 0 },
            }
        })
        .collect();
    // Each table's rows have a type.
    rows.extend(about.tables.iter().map(|table| {
        row! {
            oid: oids::of_row_type(table.schema_name, &table.name),
            typname: table.name.as_str(),
            typnamespace: oids::of_namespace(table.schema_name).unwrap_or(0),
            typowner: oids::USER,
            typlen: -1,
            typtype: "c",
            typcategory: "C",
            typisdefined: true,
            typdelim: ",",
            typrelid: table.oid(),
            typsubscript: "-",
            typinput: "record_in",
            typoutput: "record_out",
            typreceive: "record_recv",
            typsend: "record_send",
            typmodin: "-",
            typmodout: "-",
            typanalyze: "-",
            typalign: "d",
            typstorage: "x",
            typtypmod: -1,
        }
    }));
    rows
}

pub(super) fn ranges(_about: &About) -> Vec<Row> {
    let rows = types::all().filter_map(|kind| match kind.kind() {
        Kind::Range(item) => Some(row! {
            rngtypid: kind.oid(),
            rngsubtype: item.oid(),
            rngcanonical: "-",
            rngsubdiff: "-",
        }),
        _ => None,
    });
    rows.collect()
}

/// The name of one of those functions.
pub(crate) fn function_named(oid: u32) -> Option<&'static str> {
    static NAMES: std::sync::OnceLock<BTreeMap<u32, String>> = std::sync::OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let names = function_names().into_keys();
        names.map(|name| (oids::of_function(&name), name)).collect()
    });
    names.get(&oid).map(String::as_str)
}

/// The functions of types: drivers look for those that read binary values.
pub(super) fn functions(_about: &About) -> Vec<Row> {
    let rows = function_names()
        .into_iter()
        .map(|(name, (returns, takes))| {
            row! {
                oid: oids::of_function(&name),
                pronamespace: oids::PG_CATALOG_NAMESPACE,
                proowner: oids::USER,
                prolang: oids::INTERNAL_LANGUAGE,
                procost: 1,
                prosupport: "-",
                prokind: "f",
                proisstrict: true,
                provolatile: "i",
                proparallel: "s",
                pronargs: 1,
                prorettype: returns,
                proargtypes: Cell::Oids(vec![takes]),
                prosrc: name.as_str(),
                proname: name.as_str(),
            }
        });
    rows.collect()
}

/// Their names, what they return and what they take.
fn function_names() -> BTreeMap<String, (u32, u32)> {
    let mut names = BTreeMap::new();
    for kind in types::all() {
        for (what, returns, takes) in [
            ("in", kind.oid(), Type::CSTRING.oid()),
            ("out", Type::CSTRING.oid(), kind.oid()),
            ("recv", kind.oid(), Type::INTERNAL.oid()),
            ("send", Type::BYTEA.oid(), kind.oid()),
        ] {
            names
                .entry(function(&kind, what))
                .or_insert((returns, takes));
        }
    }
    for name in ["record_in", "record_out", "record_recv", "record_send"] {
        names.insert(name.to_owned(), (Type::RECORD.oid(), Type::INTERNAL.oid()));
    }
    names.insert(
        "array_subscript_handler".into(),
        (Type::INTERNAL.oid(), Type::INTERNAL.oid()),
    );
    names
}
