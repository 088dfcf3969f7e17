//! What an engine may use.

use std::path::PathBuf;
use std::time::Duration;

/// Limits of an engine. Errors call them by the names of the program's settings,
/// which are here in parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes that all running queries together may hold in memory (`sql_memory`).
    /// Default 1 GiB.
    pub memory: usize,
    /// Bytes that one query may hold in memory (`sql_query_memory`); what sorts,
    /// aggregations and nested loops need beyond it goes to `spill_directory`.
    /// Default 512 MiB.
    pub query_memory: usize,
    /// Bytes that all queries together may have spilled at one time (`sql_spill`).
    /// Default 16 GiB.
    pub spill: u64,
    /// Where spilled rows go (`sql_spill_dir`); the operating system's temporary
    /// directory if not given.
    pub spill_directory: Option<PathBuf>,
    /// How long one query may take (`sql_timeout`), without the time in which its
    /// answer waits for its reader. Default 10 minutes.
    pub time_limit: Option<Duration>,
    /// How long an answer waits for its reader before it is given up
    /// (`sql_idle_timeout`). Default 5 minutes.
    pub idle_limit: Duration,
    /// Rows that one answer may have (`sql_rows`). Default any number.
    pub rows: Option<u64>,
    /// Queries that are planned and computed at one time (`sql_concurrency`).
    /// Default 4 for each core.
    pub concurrency: Option<usize>,
    /// Queries that may wait for that (`sql_queue`). Default 1000.
    pub queue: usize,
    /// How long one may wait (`sql_queue_timeout`). Default 1 minute.
    pub queue_limit: Duration,
    /// Into how many parts a query is split; the number of cores if not given.
    pub partitions: Option<usize>,
    /// Rows per batch of an answer. Default 8192.
    pub batch_rows: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            query_memory: 512 << 20,
            spill: 16 << 30,
            spill_directory: None,
            time_limit: Some(Duration::from_secs(600)),
            idle_limit: Duration::from_secs(300),
            rows: None,
            concurrency: None,
            queue: 1000,
            queue_limit: Duration::from_secs(60),
            partitions: None,
            batch_rows: 8192,
        }
    }
}
