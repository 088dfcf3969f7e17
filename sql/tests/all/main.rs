//! SQL over fixtures, in one program: each would link the engine again.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod cancel;
mod cookbook;
mod formats;
mod limits;
mod older;
mod slt;
mod support;

/// Written to by the test that measures the threads of queries, read by others that have any.
static QUERY_THREADS: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());
