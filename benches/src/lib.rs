//! What the benchmarks share.

pub mod agent;
pub mod events;
pub mod load;
pub mod questions;
pub mod synthetic;

use std::process::ExitCode;

/// Why a benchmark could not be ended.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What each `main` does: runs a benchmark, and says why it could not be ended.
pub fn run(name: &str, benchmark: impl Future<Output = Result<(), Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(benchmark));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}
