//! Numbers of what the catalog tells of: those that PostgreSQL has given, and our own.

use modeldb_sql::SCHEMA;

use super::shape::{INFORMATION_SCHEMA, PG_CATALOG};

pub(crate) const PG_CATALOG_NAMESPACE: u32 = 11;
pub(crate) const PUBLIC_NAMESPACE: u32 = 2200;
pub(crate) const INFORMATION_NAMESPACE: u32 = 13_000;
pub(crate) const DATABASE: u32 = 16_384;
pub(crate) const USER: u32 = 10;
pub(crate) const HEAP: u32 = 2;
pub(crate) const DEFAULT_TABLESPACE: u32 = 1663;
pub(crate) const DEFAULT_COLLATION: u32 = 100;
pub(crate) const INTERNAL_LANGUAGE: u32 = 12;

/// The classes that things may be of, as PostgreSQL numbers them.
const CLASSES: [(&str, u32); 12] = [
    ("pg_type", 1247),
    ("pg_attribute", 1249),
    ("pg_proc", 1255),
    ("pg_class", 1259),
    ("pg_database", 1262),
    ("pg_authid", 1260),
    ("pg_tablespace", 1213),
    ("pg_constraint", 2606),
    ("pg_namespace", 2615),
    ("pg_rewrite", 2618),
    ("pg_trigger", 2620),
    ("pg_description", 2609),
];

/// The schemas and their numbers.
pub(crate) const NAMESPACES: [(&str, u32); 3] = [
    (PG_CATALOG, PG_CATALOG_NAMESPACE),
    (SCHEMA, PUBLIC_NAMESPACE),
    (INFORMATION_SCHEMA, INFORMATION_NAMESPACE),
];

/// The number of a schema.
pub(crate) fn of_namespace(name: &str) -> Option<u32> {
    let mut schemas = NAMESPACES.iter();
    schemas
        .find(|(known, _)| *known == name)
        .map(|(_, oid)| *oid)
}

/// The number of a table: always the same for the same name.
pub(crate) fn of_table(schema: &str, name: &str) -> u32 {
    if schema == PG_CATALOG
        && let Some((_, oid)) = CLASSES.iter().find(|(known, _)| *known == name)
    {
        return *oid;
    }
    hashed(&[schema, ".", name])
}

/// The number of the type of a table's rows.
pub(crate) fn of_row_type(schema: &str, name: &str) -> u32 {
    hashed(&["row ", schema, ".", name])
}

/// The number of a function.
pub(crate) fn of_function(name: &str) -> u32 {
    hashed(&["function ", name])
}

/// A number above those that PostgreSQL gives itself (FNV-1a, 30 bits).
fn hashed(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    0x4000_0000 | (hash >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use modeldb_warehouse::Relation;
    use std::collections::HashSet;

    #[test]
    fn no_two_tables_have_one_number() {
        let relations = Relation::ALL
            .iter()
            .map(|relation| (SCHEMA, relation.name()));
        let shapes = super::super::shape::all()
            .iter()
            .map(|s| (s.schema_name, s.name));
        let all: Vec<_> = relations.chain(shapes).collect();
        let oids: HashSet<u32> = all
            .iter()
            .map(|(schema, name)| of_table(schema, name))
            .collect();
        assert_eq!(oids.len(), all.len());
    }
}
