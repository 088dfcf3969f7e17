//! Threads that do nothing but run queries.
//!
//! An operator may compute for long without a pause. On the threads that also
//! serve connections and signals, nobody could cancel it then.

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, Result};

/// Bytes of a thread's stack. Planners go down a query by recursion: `chain.rs` and
/// `size.rs` say how deep it may be. Memory is taken only for what is used.
const STACK: usize = 64 << 20;

/// A runtime of queries. Dropping it leaves what still computes behind.
#[derive(Debug)]
pub struct Threads(Option<Runtime>);

impl Threads {
    /// As many as `count`; as many as there are cores if that is not given.
    pub fn new(count: Option<usize>) -> Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder
            .thread_name("query")
            .thread_stack_size(STACK)
            .enable_all();
        if let Some(count) = count {
            builder.worker_threads(count.max(1));
        }
        let runtime = builder
            .build()
            .map_err(|error| Error::Unavailable(format!("cannot start threads: {error}")))?;
        Ok(Self(Some(runtime)))
    }

    pub(crate) fn handle(&self) -> Option<Handle> {
        self.0.as_ref().map(|runtime| runtime.handle().clone())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
