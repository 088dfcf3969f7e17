//! The types of SQL here, for clients that ask (JDBC's `getTypeInfo`, ODBC's
//! `SQLGetTypeInfo`).

use arrow::datatypes::DataType;
use arrow_flight::error::Result;
use arrow_flight::sql::metadata::{XdbcTypeInfo, XdbcTypeInfoData, XdbcTypeInfoDataBuilder};
use arrow_flight::sql::{Nullable, Searchable, XdbcDataType, XdbcDatetimeSubcode};

/// Digits of microseconds.
const MICROSECONDS: i32 = 6;

/// All of them, in the order of their codes.
pub(super) fn all() -> Result<XdbcTypeInfoData> {
    use XdbcDataType as Type;
    let mut types = vec![
        number("BOOLEAN", Type::XdbcBit, 1, None),
        number("TINYINT", Type::XdbcTinyint, 8, Some(2)),
        number("BIGINT", Type::XdbcBigint, 64, Some(2)),
        literal("BYTEA", Type::XdbcVarbinary, "X'"),
        literal("VARCHAR", Type::XdbcVarchar, "'"),
        XdbcTypeInfo {
            create_params: Some(vec!["precision".into(), "scale".into()]),
            minimum_scale: Some(0),
            maximum_scale: Some(38),
            fixed_prec_scale: true,
            ..number("DECIMAL", Type::XdbcDecimal, 38, Some(10))
        },
        number("INTEGER", Type::XdbcInteger, 32, Some(2)),
        number("SMALLINT", Type::XdbcSmallint, 16, Some(2)),
        number("REAL", Type::XdbcReal, 24, Some(2)),
        number("DOUBLE", Type::XdbcDouble, 53, Some(2)),
        // The code of dates is that of years.
        moment(
            "DATE",
            Type::XdbcDate,
            10,
            XdbcDatetimeSubcode::XdbcSubcodeYear,
        ),
        moment(
            "TIME",
            Type::XdbcTime,
            15,
            XdbcDatetimeSubcode::XdbcSubcodeTime,
        ),
        moment(
            "TIMESTAMP",
            Type::XdbcTimestamp,
            26,
            XdbcDatetimeSubcode::XdbcSubcodeTimestamp,
        ),
    ];
    types.sort_by_key(|kind| kind.data_type as i32);
    let mut builder = XdbcTypeInfoDataBuilder::new();
    types.into_iter().for_each(|kind| builder.append(kind));
    builder.build()
}

/// What a column of this type is called; nothing for those that SQL has no name for.
pub(super) fn name(kind: &DataType) -> Option<&'static str> {
    Some(match kind {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 | DataType::UInt8 => "TINYINT",
        DataType::Int16 | DataType::UInt16 => "SMALLINT",
        DataType::Int32 | DataType::UInt32 => "INTEGER",
        DataType::Int64 | DataType::UInt64 => "BIGINT",
        DataType::Float16 | DataType::Float32 => "REAL",
        DataType::Float64 => "DOUBLE",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "BYTEA",
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time32(_) | DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, _) => "TIMESTAMP",
        DataType::Decimal128(_, _) | DataType::Decimal256(_, _) => "DECIMAL",
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(_, _) => "ARRAY",
        DataType::Map(_, _) => "MAP",
        DataType::Struct(_) => "STRUCT",
        _ => return None,
    })
}

fn named(name: &str, kind: XdbcDataType) -> XdbcTypeInfo {
    XdbcTypeInfo {
        type_name: name.into(),
        data_type: kind,
        nullable: Nullable::NullabilityNullable,
        searchable: Searchable::Full,
        local_type_name: Some(name.into()),
        sql_data_type: kind,
        ..XdbcTypeInfo::default()
    }
}

fn number(name: &str, kind: XdbcDataType, size: i32, radix: Option<i32>) -> XdbcTypeInfo {
    XdbcTypeInfo {
        column_size: Some(size),
        unsigned_attribute: Some(false),
        auto_increment: Some(false),
        num_prec_radix: radix,
        ..named(name, kind)
    }
}

fn literal(name: &str, kind: XdbcDataType, prefix: &str) -> XdbcTypeInfo {
    XdbcTypeInfo {
        column_size: Some(i32::MAX),
        literal_prefix: Some(prefix.into()),
        literal_suffix: Some("'".into()),
        case_sensitive: true,
        ..named(name, kind)
    }
}

fn moment(name: &str, kind: XdbcDataType, size: i32, subcode: XdbcDatetimeSubcode) -> XdbcTypeInfo {
    XdbcTypeInfo {
        column_size: Some(size),
        literal_prefix: Some(format!("{name} '")),
        literal_suffix: Some("'".into()),
        maximum_scale: Some(MICROSECONDS),
        sql_data_type: XdbcDataType::XdbcDatetime,
        datetime_subcode: Some(subcode),
        ..named(name, kind)
    }
}
