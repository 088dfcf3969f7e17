//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::command::delete::DeleteArgs;
use crate::command::ingest::IngestArgs;
use crate::command::maintain::MaintainArgs;
use crate::command::publish::PublishArgs;
use crate::command::sql::SqlArgs;
use crate::command::status::StatusArgs;
use crate::command::views::ViewsArgs;

/// ModelDB tracks every machine-learning model that is trained, and answers
/// questions about them in SQL.
#[derive(Debug, Parser)]
#[command(name = "modeldb", version, about, max_term_width = 100)]
pub struct Cli {
    /// A file of settings; modeldb.toml is read when it is there
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    #[allow(missing_docs, reason = "clap makes help of doc comments")]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the agent: take events, keep the tables, answer SQL
    Serve(Box<ServeArgs>),
    /// Ask the warehouse a question in SQL
    Sql(SqlArgs),
    /// Show what is in the warehouse and what the agent is doing
    Status(StatusArgs),
    /// Compact the tables, remove what is old, beside running agents
    Maintain(MaintainArgs),
    /// Write a copy of each table as one Parquet file, for tools that know only that
    Publish(PublishArgs),
    /// Print the relations and views in the SQL of another engine over the same files
    Views(ViewsArgs),
    /// Delete a project, a run or a model: rows, samples and saved models
    Delete(DeleteArgs),
    /// Deliver what programs spooled while no agent was reachable
    Ingest(IngestArgs),
    /// Run a Python script and track it: as `python -m modeldb run`
    #[command(disable_help_flag = true)]
    Run(PythonArgs),
    /// Bring a history of another tool: as `python -m modeldb import`
    #[command(disable_help_flag = true)]
    Import(PythonArgs),
}

/// What the Python package is given.
#[derive(Debug, Args)]
pub struct PythonArgs {
    /// Options and arguments: `modeldb run --help` tells them
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGUMENTS"
    )]
    pub arguments: Vec<std::ffi::OsString>,
}

/// Each overrides the setting of its name.
#[derive(Debug, Default, Args)]
#[allow(missing_docs, reason = "the help texts are there")]
pub struct ServeArgs {
    /// Where the tables lie: a path, or a file:// or memory:// URL
    #[arg(long, value_name = "URL")]
    pub warehouse: Option<String>,
    /// gRPC and gRPC-Web: ingest, Flight SQL, health [default: 127.0.0.1:7617]
    #[arg(long, value_name = "HOST:PORT")]
    pub grpc: Option<String>,
    /// HTTP: health and metrics [default: 127.0.0.1:7618]
    #[arg(long, value_name = "HOST:PORT")]
    pub http: Option<String>,
    /// Names by which browsers may reach the page, beside addresses and localhost [default: none]
    #[arg(long, value_name = "NAMES")]
    pub http_hosts: Option<String>,
    /// Postgres wire: SQL for psql, drivers and tools of PostgreSQL [default: 127.0.0.1:7619]
    #[arg(long, value_name = "HOST:PORT")]
    pub postgres: Option<String>,
    /// What an ack promises [possible values: local]
    #[arg(long, value_name = "KIND")]
    pub ack: Option<String>,
    /// Directory of the journal [default: <warehouse>/_journal]
    #[arg(long, value_name = "DIR")]
    pub journal: Option<String>,
    /// How often rows are folded into the tables [default: 5s]
    #[arg(long, value_name = "DURATION")]
    pub fold_interval: Option<String>,
    /// Silence after which what a producer left open shows as abandoned [default: 10m]
    #[arg(long, value_name = "DURATION")]
    pub abandon_after: Option<String>,
    /// Whether sampled rows and predictions are taken: accept or deny [default: accept]
    #[arg(long, value_name = "WHAT")]
    pub samples: Option<String>,
    /// Columns of samples that are dropped, as patterns such as *ssn* [default: none]
    #[arg(long, value_name = "PATTERNS")]
    pub samples_deny_columns: Option<String>,
    /// Rows taken of one sample [default: 10000]
    #[arg(long, value_name = "ROWS")]
    pub samples_max_rows: Option<String>,
    /// How large a saved model may be that is copied into the warehouse [default: 4g]
    #[arg(long, value_name = "BYTES")]
    pub artifacts_max_bytes: Option<String>,
    /// How often the agent does what `modeldb maintain` does, or off [default: 1d]
    #[arg(long, value_name = "DURATION")]
    pub maintain_every: Option<String>,
    #[command(flatten)]
    pub sql: SqlLimits,
    /// Allow listeners on other than loopback addresses, without TLS and tokens
    #[arg(long)]
    pub insecure: bool,
    /// What is logged, to standard error [default: info]
    #[arg(long, value_name = "FILTER")]
    pub log: Option<String>,
    /// How it is logged: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

impl ServeArgs {
    /// The flags that were given, by the name of their setting.
    pub fn given(self) -> impl Iterator<Item = (&'static str, String)> {
        let insecure = self.insecure.then(|| "true".to_owned());
        [
            ("warehouse", self.warehouse),
            ("grpc", self.grpc),
            ("http", self.http),
            ("http_hosts", self.http_hosts),
            ("postgres", self.postgres),
            ("ack", self.ack),
            ("journal", self.journal),
            ("fold_interval", self.fold_interval),
            ("abandon_after", self.abandon_after),
            ("samples", self.samples),
            ("samples_deny_columns", self.samples_deny_columns),
            ("samples_max_rows", self.samples_max_rows),
            ("artifacts_max_bytes", self.artifacts_max_bytes),
            ("maintain_every", self.maintain_every),
            ("insecure", insecure),
            ("log", self.log),
            ("log_format", self.log_format),
        ]
        .into_iter()
        .chain(self.sql.given())
        .filter_map(|(name, value)| value.map(|value| (name, value)))
    }
}

/// What queries may use; each overrides the setting of its name.
#[derive(Debug, Default, Args)]
#[allow(missing_docs, reason = "the help texts are there")]
pub struct SqlLimits {
    /// Memory of all queries together [default: 1g]
    #[arg(long, value_name = "BYTES")]
    pub sql_memory: Option<String>,
    /// Memory of one query, beyond which it spills or fails [default: 512m]
    #[arg(long, value_name = "BYTES")]
    pub sql_query_memory: Option<String>,
    /// What all queries together may have spilled at one time [default: 16g]
    #[arg(long, value_name = "BYTES")]
    pub sql_spill: Option<String>,
    /// Where queries spill [default: the system's directory for temporary files]
    #[arg(long, value_name = "DIR")]
    pub sql_spill_dir: Option<String>,
    /// How long one query may take, or off [default: 10m]
    #[arg(long, value_name = "DURATION")]
    pub sql_timeout: Option<String>,
    /// How long an answer waits for its reader [default: 5m]
    #[arg(long, value_name = "DURATION")]
    pub sql_idle_timeout: Option<String>,
    /// Rows that one answer may have, or off [default: off]
    #[arg(long, value_name = "ROWS")]
    pub sql_rows: Option<String>,
    /// Queries that compute at one time [default: 4 for each core]
    #[arg(long, value_name = "QUERIES")]
    pub sql_concurrency: Option<String>,
    /// Queries that may wait for their turn [default: 1000]
    #[arg(long, value_name = "QUERIES")]
    pub sql_queue: Option<String>,
    /// How long a query waits for its turn [default: 1m]
    #[arg(long, value_name = "DURATION")]
    pub sql_queue_timeout: Option<String>,
}

impl SqlLimits {
    fn given(self) -> [(&'static str, Option<String>); 10] {
        [
            ("sql_memory", self.sql_memory),
            ("sql_query_memory", self.sql_query_memory),
            ("sql_spill", self.sql_spill),
            ("sql_spill_dir", self.sql_spill_dir),
            ("sql_timeout", self.sql_timeout),
            ("sql_idle_timeout", self.sql_idle_timeout),
            ("sql_rows", self.sql_rows),
            ("sql_concurrency", self.sql_concurrency),
            ("sql_queue", self.sql_queue),
            ("sql_queue_timeout", self.sql_queue_timeout),
        ]
    }
}
