//! What an engine may use.

use std::path::PathBuf;

/// Limits of an engine, shared by all its queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes that all running queries together may hold in memory; sorts, joins
    /// and aggregations beyond it go to `spill_directory`. Default 1 GiB.
    pub memory: usize,
    /// Bytes that may be spilled at one time. Default 16 GiB.
    pub spill: u64,
    /// Where spilled rows go; the operating system's temporary directory if not given.
    pub spill_directory: Option<PathBuf>,
    /// Into how many parts a query is split; the number of cores if not given.
    pub partitions: Option<usize>,
    /// Rows per batch of an answer. Default 8192.
    pub batch_rows: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            spill: 16 << 30,
            spill_directory: None,
            partitions: None,
            batch_rows: 8192,
        }
    }
}
