//! Types of columns and parameters: PostgreSQL's and Arrow's.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, IntervalUnit, TimeUnit};
use postgres_types::{Kind, Type};

/// Key of a field's metadata that names PostgreSQL's type where Arrow's says less.
pub(crate) const TYPE_KEY: &str = "postgres.type";

/// Digits of numbers whose size nobody tells.
const DECIMAL_DIGITS: u8 = 38;
/// Digits after the point of those.
const DECIMAL_SCALE: i8 = 10;

/// The type that a client is told for `field`.
pub(crate) fn of_field(field: &Field) -> Type {
    let told = field.metadata().get(TYPE_KEY);
    if let Some(told) = told.and_then(|name| named(name)) {
        return told;
    }
    of_arrow(field.data_type())
}

/// The type that a client is told for `kind`.
pub(crate) fn of_arrow(kind: &DataType) -> Type {
    match kind {
        DataType::Boolean => Type::BOOL,
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => Type::INT2,
        DataType::Int32 | DataType::UInt16 => Type::INT4,
        DataType::Int64 | DataType::UInt64 => Type::INT8,
        // Ids of the catalog, and nothing else, are of this type.
        DataType::UInt32 => Type::OID,
        DataType::Float16 | DataType::Float32 => Type::FLOAT4,
        DataType::Float64 => Type::FLOAT8,
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => Type::NUMERIC,
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => Type::BYTEA,
        DataType::Date32 | DataType::Date64 => Type::DATE,
        DataType::Time32(_) | DataType::Time64(_) => Type::TIME,
        DataType::Timestamp(_, None) => Type::TIMESTAMP,
        DataType::Timestamp(_, Some(_)) => Type::TIMESTAMPTZ,
        DataType::Interval(_) | DataType::Duration(_) => Type::INTERVAL,
        DataType::Dictionary(_, value) => of_arrow(value),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            array_of(&of_arrow(item.data_type())).unwrap_or(Type::JSON)
        }
        DataType::Map(..) | DataType::Struct(_) | DataType::Union(..) => Type::JSON,
        _ => Type::TEXT,
    }
}

/// The array type of `item`; nothing for what is itself an array, or JSON.
pub(crate) fn array_of(item: &Type) -> Option<Type> {
    Some(match *item {
        Type::BOOL => Type::BOOL_ARRAY,
        Type::INT2 => Type::INT2_ARRAY,
        Type::INT4 => Type::INT4_ARRAY,
        Type::INT8 => Type::INT8_ARRAY,
        Type::OID => Type::OID_ARRAY,
        Type::FLOAT4 => Type::FLOAT4_ARRAY,
        Type::FLOAT8 => Type::FLOAT8_ARRAY,
        Type::NUMERIC => Type::NUMERIC_ARRAY,
        Type::TEXT => Type::TEXT_ARRAY,
        Type::BYTEA => Type::BYTEA_ARRAY,
        Type::DATE => Type::DATE_ARRAY,
        Type::TIME => Type::TIME_ARRAY,
        Type::TIMESTAMP => Type::TIMESTAMP_ARRAY,
        Type::TIMESTAMPTZ => Type::TIMESTAMPTZ_ARRAY,
        Type::INTERVAL => Type::INTERVAL_ARRAY,
        _ => return None,
    })
}

/// In which of Arrow's types a value of `kind` is taken; nothing for a type that is
/// not known here, or left to the query.
pub(crate) fn to_arrow(kind: &Type) -> Option<DataType> {
    Some(match *kind {
        Type::BOOL => DataType::Boolean,
        Type::INT2 => DataType::Int16,
        Type::INT4 => DataType::Int32,
        Type::INT8 => DataType::Int64,
        Type::OID | Type::REGCLASS | Type::REGTYPE | Type::REGPROC | Type::XID => DataType::UInt32,
        Type::FLOAT4 => DataType::Float32,
        Type::FLOAT8 => DataType::Float64,
        Type::NUMERIC => DataType::Decimal128(DECIMAL_DIGITS, DECIMAL_SCALE),
        Type::TEXT
        | Type::VARCHAR
        | Type::BPCHAR
        | Type::NAME
        | Type::CHAR
        | Type::JSON
        | Type::JSONB
        | Type::UUID
        | Type::XML => DataType::Utf8,
        Type::BYTEA => DataType::Binary,
        Type::DATE => DataType::Date32,
        Type::TIME => DataType::Time64(TimeUnit::Nanosecond),
        Type::TIMESTAMP => DataType::Timestamp(TimeUnit::Microsecond, None),
        Type::TIMESTAMPTZ => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Type::INTERVAL => DataType::Interval(IntervalUnit::MonthDayNano),
        _ => match kind.kind() {
            Kind::Array(item) => {
                let item = to_arrow(item)?;
                DataType::List(Arc::new(Field::new_list_field(item, true)))
            }
            _ => return None,
        },
    })
}

/// The bytes that a value takes, or -1.
pub(crate) fn size(kind: &Type) -> i16 {
    match *kind {
        Type::BOOL | Type::CHAR => 1,
        Type::INT2 => 2,
        Type::INT4
        | Type::OID
        | Type::FLOAT4
        | Type::DATE
        | Type::REGPROC
        | Type::REGCLASS
        | Type::REGTYPE
        | Type::XID
        | Type::CID => 4,
        Type::INT8
        | Type::FLOAT8
        | Type::TIME
        | Type::TIMESTAMP
        | Type::TIMESTAMPTZ
        | Type::MONEY => 8,
        Type::INTERVAL | Type::UUID => 16,
        Type::NAME => 64,
        Type::UNKNOWN | Type::CSTRING => -2,
        _ => -1,
    }
}

/// What a type is restricted to: digits of a number; -1 for nothing.
pub(crate) fn modifier(kind: &DataType) -> i32 {
    match kind {
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale)
            if *scale >= 0 =>
        {
            ((i32::from(*precision) << 16) | i32::from(*scale)) + 4
        }
        _ => -1,
    }
}

/// Every type that PostgreSQL 16 has from the start, by its id.
pub(crate) fn all() -> impl Iterator<Item = Type> {
    /// The highest id of a type.
    const LAST: u32 = 6500;
    (1..LAST).filter_map(Type::from_oid)
}

/// The names that SQL has for types beside their own.
const ALIASES: [(&str, &str); 24] = [
    ("bigint", "int8"),
    ("bit varying", "varbit"),
    ("boolean", "bool"),
    ("char", "bpchar"),
    ("character", "bpchar"),
    ("character varying", "varchar"),
    ("dec", "numeric"),
    ("decimal", "numeric"),
    ("double precision", "float8"),
    ("float", "float8"),
    ("int", "int4"),
    ("integer", "int4"),
    ("real", "float4"),
    ("smallint", "int2"),
    ("string", "text"),
    ("time without time zone", "time"),
    ("time with time zone", "timetz"),
    ("timestamp without time zone", "timestamp"),
    ("timestamp with time zone", "timestamptz"),
    ("bpchar", "bpchar"),
    ("\"char\"", "char"),
    ("sql_identifier", "name"),
    ("character_data", "varchar"),
    ("cardinal_number", "int4"),
];

/// The type that is called `name` in SQL: `int`, `pg_catalog.text[]`, `numeric(10,2)`.
pub(crate) fn named(name: &str) -> Option<Type> {
    static NAMES: std::sync::OnceLock<HashMap<String, Type>> = std::sync::OnceLock::new();
    let names = NAMES.get_or_init(|| all().map(|kind| (kind.name().to_owned(), kind)).collect());
    let name = name.trim();
    let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
    let name = name.strip_prefix("information_schema.").unwrap_or(name);
    if let Some(item) = name.strip_suffix("[]") {
        let item = named(item)?;
        return names.get(&format!("_{}", item.name())).cloned();
    }
    // A length inside of the name: `character varying(10)`, `timestamp(6) with time zone`.
    let mut plain = name.to_owned();
    if let (Some(open), Some(close)) = (plain.find('('), plain.find(')')) {
        plain.replace_range(open..=close, "");
    }
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = plain.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower);
    let plain = alias.map_or(lower.trim_matches('"'), |(_, name)| name);
    names.get(plain).cloned()
}

/// What PostgreSQL's `format_type` says.
pub(crate) fn formatted(kind: &Type, modifier: i32) -> String {
    if let Kind::Array(item) = kind.kind()
        && kind.name().starts_with('_')
    {
        return format!("{}[]", formatted(item, modifier));
    }
    let (name, length) = match *kind {
        Type::BOOL => ("boolean", None),
        Type::INT2 => ("smallint", None),
        Type::INT4 => ("integer", None),
        Type::INT8 => ("bigint", None),
        Type::FLOAT4 => ("real", None),
        Type::FLOAT8 => ("double precision", None),
        Type::VARCHAR => ("character varying", Some(())),
        Type::BPCHAR => ("character", Some(())),
        Type::CHAR => ("\"char\"", None),
        Type::TIME => ("time without time zone", None),
        Type::TIMETZ => ("time with time zone", None),
        Type::TIMESTAMP => ("timestamp without time zone", None),
        Type::TIMESTAMPTZ => ("timestamp with time zone", None),
        Type::VARBIT => ("bit varying", None),
        Type::NUMERIC if modifier >= 4 => {
            let digits = modifier - 4;
            return format!("numeric({},{})", digits >> 16, digits & 0xffff);
        }
        _ => (kind.name(), None),
    };
    match length {
        Some(()) if modifier >= 4 => format!("{name}({})", modifier - 4),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types() {
        for (name, kind) in [
            ("int", Type::INT4),
            ("BIGINT", Type::INT8),
            ("pg_catalog.text[]", Type::TEXT_ARRAY),
            ("character varying(20)", Type::VARCHAR),
            ("timestamp(6) with time zone", Type::TIMESTAMPTZ),
            ("\"char\"", Type::CHAR),
            ("char", Type::BPCHAR),
            ("numeric(10,2)", Type::NUMERIC),
            ("regclass", Type::REGCLASS),
        ] {
            assert_eq!(named(name), Some(kind), "{name}");
        }
        assert_eq!(named("nonsense"), None);
        assert_eq!(formatted(&Type::INT4_ARRAY, -1), "integer[]");
        assert_eq!(
            formatted(&Type::NUMERIC, modifier(&DataType::Decimal128(10, 2))),
            "numeric(10,2)"
        );
    }

    #[test]
    fn there_and_back() {
        for kind in [
            Type::INT4,
            Type::TEXT_ARRAY,
            Type::TIMESTAMPTZ,
            Type::INTERVAL,
            Type::OID,
        ] {
            assert_eq!(of_arrow(&to_arrow(&kind).unwrap()), kind);
        }
    }
}
