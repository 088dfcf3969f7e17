//! What the server can do, for clients that ask (`CommandGetSqlInfo`): JDBC's
//! `DatabaseMetaData` and ODBC's `SQLGetInfo` are made of it.

use std::collections::BTreeMap;

use arrow_flight::error::Result;
use arrow_flight::sql::metadata::{SqlInfoData, SqlInfoDataBuilder};
use arrow_flight::sql::{
    SqlInfo, SqlNullOrdering, SqlOuterJoinsSupportLevel, SqlSupportedCaseSensitivity,
    SqlSupportedTransaction, SqlSupportsConvert,
};
use modeldb_sql::{QUERY_MAX, TABLES_MAX};

/// Words of the language that are no words of SQL:2003.
const KEYWORDS: &[&str] = &[
    "ANALYZE", "ANTI", "DESCRIBE", "EXPLAIN", "ILIKE", "LIMIT", "OFFSET", "QUALIFY", "RLIKE",
    "SEMI", "SHOW", "VERBOSE",
];
const NUMERIC: &[&str] = &[
    "ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "CEIL", "COS", "COT", "DEGREES", "EXP", "FLOOR", "LN",
    "LOG", "LOG10", "LOG2", "PI", "POWER", "RADIANS", "RANDOM", "ROUND", "SIGN", "SIN", "SQRT",
    "TAN", "TRUNC",
];
const TEXT: &[&str] = &[
    "ASCII",
    "BIT_LENGTH",
    "BTRIM",
    "CHAR_LENGTH",
    "CHR",
    "CONCAT",
    "CONCAT_WS",
    "INITCAP",
    "LEFT",
    "LENGTH",
    "LEVENSHTEIN",
    "LOWER",
    "LPAD",
    "LTRIM",
    "OCTET_LENGTH",
    "REGEXP_LIKE",
    "REGEXP_REPLACE",
    "REPEAT",
    "REPLACE",
    "REVERSE",
    "RIGHT",
    "RPAD",
    "RTRIM",
    "SPLIT_PART",
    "STARTS_WITH",
    "STRPOS",
    "SUBSTR",
    "TRANSLATE",
    "UPPER",
];
const SYSTEM: &[&str] = &["COALESCE", "NULLIF", "NVL", "VERSION"];
const TIME: &[&str] = &[
    "CURRENT_DATE",
    "CURRENT_TIME",
    "DATE_BIN",
    "DATE_PART",
    "DATE_TRUNC",
    "FROM_UNIXTIME",
    "MAKE_DATE",
    "NOW",
    "TO_CHAR",
    "TO_DATE",
    "TO_TIMESTAMP",
];

/// Bits of what is supported, as `FlightSql.proto` numbers them.
const GROUP_BY_ANYTHING: i32 = 0b11;
const CORE_GRAMMAR: i32 = 0b11;
const ENTRY_LEVEL: i32 = 0b1;
const ALL_SUBQUERIES: i32 = 0b1111;
const ALL_UNIONS: i32 = 0b11;
const NO_TRANSACTION: i32 = 0b1;
const FORWARD_ONLY: i32 = 0b10;
const READ_ONLY: i32 = 0b10;

/// Everything there is to be told.
pub(super) fn all() -> Result<SqlInfoData> {
    let mut infos = SqlInfoDataBuilder::new();
    server(&mut infos);
    language(&mut infos);
    limits(&mut infos);
    cursors(&mut infos);
    infos.build()
}

fn server(infos: &mut SqlInfoDataBuilder) {
    infos.append(SqlInfo::FlightSqlServerName, "ModelDB");
    infos.append(SqlInfo::FlightSqlServerVersion, env!("CARGO_PKG_VERSION"));
    infos.append(SqlInfo::FlightSqlServerArrowVersion, arrow::ARROW_VERSION);
    let transaction = SqlSupportedTransaction::None as i32;
    infos.append(SqlInfo::FlightSqlServerTransaction, transaction);
    // Handles hold what they stand for: they never end.
    infos.append(SqlInfo::FlightSqlServerStatementTimeout, 0_i32);
    infos.append(SqlInfo::FlightSqlServerTransactionTimeout, 0_i32);
    for (info, can) in [
        (SqlInfo::FlightSqlServerReadOnly, true),
        (SqlInfo::FlightSqlServerSql, true),
        (SqlInfo::FlightSqlServerSubstrait, false),
        (SqlInfo::FlightSqlServerCancel, true),
        (SqlInfo::FlightSqlServerBulkIngestion, false),
        (SqlInfo::FlightSqlServerIngestTransactionsSupported, false),
        (SqlInfo::SqlDdlCatalog, false),
        (SqlInfo::SqlDdlSchema, false),
        (SqlInfo::SqlDdlTable, false),
    ] {
        infos.append(info, can);
    }
}

fn language(infos: &mut SqlInfoDataBuilder) {
    // What is not quoted is folded to lower case; what is quoted stays as it is.
    let folded = SqlSupportedCaseSensitivity::SqlCaseSensitivityLowercase as i32;
    let quoted = SqlSupportedCaseSensitivity::SqlCaseSensitivityUnknown as i32;
    // Of levels by their names in `FlightSql.proto`; JDBC and ODBC read bits.
    let outer = [
        SqlOuterJoinsSupportLevel::SqlLimitedOuterJoins,
        SqlOuterJoinsSupportLevel::SqlFullOuterJoins,
    ];
    let outer = outer
        .iter()
        .fold(0, |bits, level| bits | (1 << *level as i32));
    for (info, number) in [
        (SqlInfo::SqlIdentifierCase, folded),
        (SqlInfo::SqlQuotedIdentifierCase, quoted),
        (
            SqlInfo::SqlNullOrdering,
            SqlNullOrdering::SqlNullsSortedHigh as i32,
        ),
        (SqlInfo::SqlSupportedGroupBy, GROUP_BY_ANYTHING),
        (SqlInfo::SqlSupportedGrammar, CORE_GRAMMAR),
        (SqlInfo::SqlAnsi92SupportedLevel, ENTRY_LEVEL),
        (SqlInfo::SqlOuterJoinsSupportLevel, outer),
        (SqlInfo::SqlSchemasSupportedActions, 0),
        (SqlInfo::SqlCatalogsSupportedActions, 0),
        (SqlInfo::SqlSupportedPositionedCommands, 0),
        (SqlInfo::SqlSupportedSubqueries, ALL_SUBQUERIES),
        (SqlInfo::SqlSupportedUnions, ALL_UNIONS),
    ] {
        infos.append(info, number);
    }
    for (info, words) in [
        (SqlInfo::SqlKeywords, KEYWORDS),
        (SqlInfo::SqlNumericFunctions, NUMERIC),
        (SqlInfo::SqlStringFunctions, TEXT),
        (SqlInfo::SqlSystemFunctions, SYSTEM),
        (SqlInfo::SqlDatetimeFunctions, TIME),
    ] {
        infos.append(info, words);
    }
    for (info, text) in [
        (SqlInfo::SqlIdentifierQuoteChar, "\""),
        (SqlInfo::SqlSearchStringEscape, "\\"),
        (SqlInfo::SqlExtraNameCharacters, ""),
        (SqlInfo::SqlSchemaTerm, "schema"),
        (SqlInfo::SqlProcedureTerm, "procedure"),
        (SqlInfo::SqlCatalogTerm, "catalog"),
    ] {
        infos.append(info, text);
    }
    for (info, can) in [
        (SqlInfo::SqlAllTablesAreSelectable, true),
        (SqlInfo::SqlSupportsColumnAliasing, true),
        (SqlInfo::SqlNullPlusNullIsNull, true),
        (SqlInfo::SqlSupportsTableCorrelationNames, true),
        (SqlInfo::SqlSupportsDifferentTableCorrelationNames, false),
        (SqlInfo::SqlSupportsExpressionsInOrderBy, true),
        (SqlInfo::SqlSupportsOrderByUnrelated, true),
        (SqlInfo::SqlSupportsLikeEscapeClause, true),
        (SqlInfo::SqlSupportsNonNullableColumns, true),
        (SqlInfo::SqlSupportsIntegrityEnhancementFacility, false),
        (SqlInfo::SqlCatalogAtStart, true),
        (SqlInfo::SqlSelectForUpdateSupported, false),
        (SqlInfo::SqlStoredProceduresSupported, false),
        (SqlInfo::SqlCorrelatedSubqueriesSupported, true),
        (SqlInfo::SqlNamedParametersSupported, false),
        (SqlInfo::SqlStoredFunctionsUsingCallSyntaxSupported, false),
    ] {
        infos.append(info, can);
    }
    infos.append(SqlInfo::SqlSupportsConvert, conversions());
}

/// From each type to those that `CAST` makes of it.
fn conversions() -> std::collections::HashMap<i32, Vec<i32>> {
    use SqlSupportsConvert as Type;
    let numbers = [
        Type::SqlConvertBigint,
        Type::SqlConvertBit,
        Type::SqlConvertDecimal,
        Type::SqlConvertFloat,
        Type::SqlConvertInteger,
        Type::SqlConvertNumeric,
        Type::SqlConvertReal,
        Type::SqlConvertSmallint,
        Type::SqlConvertTinyint,
    ];
    let moments = [Type::SqlConvertDate, Type::SqlConvertTimestamp];
    let text = [Type::SqlConvertVarchar];
    let to = |types: &[&[Type]]| types.concat().iter().map(|kind| *kind as i32).collect();
    let mut conversions = BTreeMap::new();
    for number in numbers {
        conversions.insert(number as i32, to(&[&numbers, &text]));
    }
    for moment in moments {
        conversions.insert(moment as i32, to(&[&moments, &text]));
    }
    conversions.insert(text[0] as i32, to(&[&numbers, &moments, &text]));
    conversions.into_iter().collect()
}

/// Zero where there is no limit, or none that is known.
fn limits(infos: &mut SqlInfoDataBuilder) {
    for info in [
        SqlInfo::SqlMaxBinaryLiteralLength,
        SqlInfo::SqlMaxCharLiteralLength,
        SqlInfo::SqlMaxColumnNameLength,
        SqlInfo::SqlMaxColumnsInGroupBy,
        SqlInfo::SqlMaxColumnsInIndex,
        SqlInfo::SqlMaxColumnsInOrderBy,
        SqlInfo::SqlMaxColumnsInSelect,
        SqlInfo::SqlMaxColumnsInTable,
        SqlInfo::SqlMaxConnections,
        SqlInfo::SqlMaxCursorNameLength,
        SqlInfo::SqlMaxIndexLength,
        SqlInfo::SqlDbSchemaNameLength,
        SqlInfo::SqlMaxProcedureNameLength,
        SqlInfo::SqlMaxCatalogNameLength,
        SqlInfo::SqlMaxRowSize,
        SqlInfo::SqlMaxStatements,
        SqlInfo::SqlMaxTableNameLength,
        SqlInfo::SqlMaxUsernameLength,
    ] {
        infos.append(info, 0_i64);
    }
    infos.append(SqlInfo::SqlMaxStatementLength, QUERY_MAX as i64);
    infos.append(SqlInfo::SqlMaxTablesInSelect, TABLES_MAX as i64);
    infos.append(SqlInfo::SqlMaxRowSizeIncludesBlobs, true);
}

/// One query at a time, read from its beginning to its end, and no transaction.
fn cursors(infos: &mut SqlInfoDataBuilder) {
    for (info, number) in [
        (
            SqlInfo::SqlSupportedTransactionsIsolationLevels,
            NO_TRANSACTION,
        ),
        (SqlInfo::SqlSupportedResultSetTypes, FORWARD_ONLY),
        (
            SqlInfo::SqlSupportedConcurrenciesForResultSetUnspecified,
            READ_ONLY,
        ),
        (
            SqlInfo::SqlSupportedConcurrenciesForResultSetForwardOnly,
            READ_ONLY,
        ),
        (
            SqlInfo::SqlSupportedConcurrenciesForResultSetScrollSensitive,
            0,
        ),
        (
            SqlInfo::SqlSupportedConcurrenciesForResultSetScrollInsensitive,
            0,
        ),
    ] {
        infos.append(info, number);
    }
    // A 32-bit number by `FlightSql.proto`; JDBC fails on any but a 64-bit one.
    infos.append(SqlInfo::SqlDefaultTransactionIsolation, 0_i64);
    for info in [
        SqlInfo::SqlTransactionsSupported,
        SqlInfo::SqlDataDefinitionCausesTransactionCommit,
        SqlInfo::SqlDataDefinitionsInTransactionsIgnored,
        SqlInfo::SqlBatchUpdatesSupported,
        SqlInfo::SqlSavepointsSupported,
        SqlInfo::SqlLocatorsUpdateCopy,
    ] {
        infos.append(info, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All but Substrait's versions, which are null without it.
    #[test]
    fn nothing_is_left_out() {
        let told = all().unwrap().record_batch([]).unwrap().num_rows();
        let known = (0..1000).filter(|number| SqlInfo::try_from(*number).is_ok());
        assert_eq!(told, known.count() - 2);
    }
}
