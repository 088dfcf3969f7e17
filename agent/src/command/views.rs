//! `modeldb views`: relations and views for other engines over the same files.

use std::io::Write;

use clap::Args;
use modeldb_sql::{Dialect, Tables};
use modeldb_warehouse::{Error, Result, Store};

/// For whom.
#[derive(Debug, Args)]
pub struct ViewsArgs {
    /// The engine: spark, duckdb or trino
    #[arg(long, value_name = "ENGINE")]
    pub dialect: String,
    /// What it reads: delta, the tables, or parquet, what `modeldb publish` wrote
    #[arg(long, value_name = "WHAT", default_value = "delta")]
    pub tables: String,
    /// The warehouse; the one of the settings otherwise
    #[arg(long, value_name = "URL")]
    pub warehouse: Option<String>,
}

/// Prints the statements.
pub fn run(args: &ViewsArgs, warehouse: &str, out: &mut dyn Write) -> Result<()> {
    let unknown = |what: &str, given: &str, accepted: &str| {
        Error::Invalid(format!("{what} {given:?}: {accepted} are accepted"))
    };
    let dialect = Dialect::named(&args.dialect)
        .ok_or_else(|| unknown("--dialect", &args.dialect, "spark, duckdb and trino"))?;
    let tables = match args.tables.as_str() {
        "delta" => Tables::Delta,
        "parquet" => Tables::Parquet,
        other => return Err(unknown("--tables", other, "delta and parquet")),
    };
    let location = args.warehouse.as_deref().unwrap_or(warehouse);
    let store = Store::open(location, false)?;
    // Engines know local files by their paths.
    let url = match store.local() {
        Some(path) => path.display().to_string(),
        None => store.url().to_string(),
    };
    write!(out, "{}", dialect.statements(&url, tables))
        .map_err(|error| Error::Storage(format!("cannot print: {error}")))
}
