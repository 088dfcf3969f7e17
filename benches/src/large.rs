//! A warehouse with many models: how fast it takes more, how much memory that takes, and how long
//! an agent takes to start on it after it was killed.
//!
//! ```text
//! cargo run --release -p modeldb-benches --bin large -- --program target/release/modeldb
//! ```

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use clap::Parser;
use modeldb_benches::Failure;
use modeldb_benches::agent::Agent;
use modeldb_benches::load::load;

const PRODUCERS: usize = 16;
const BATCH: usize = 256;
/// Events of one model in the load.
const EVENTS_OF_MODEL: usize = 5;

#[derive(Parser)]
struct Args {
    /// The program to measure
    #[arg(long, default_value = "target/release/modeldb")]
    program: PathBuf,
    /// Models that are stored at first
    #[arg(long, default_value_t = 1_000_000)]
    models: usize,
    /// How long the load on them lasts, in seconds
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Where the warehouse is made, and left; a temporary directory otherwise
    #[arg(long)]
    directory: Option<PathBuf>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    modeldb_benches::run("large", run(&args))
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
async fn run(args: &Args) -> Result<(), Failure> {
    let temporary = tempfile::tempdir()?;
    let warehouse = match &args.directory {
        Some(directory) => directory.clone(),
        None => temporary.path().join("warehouse"),
    };
    let agent = Agent::start(&args.program, &warehouse)?;
    let began = Instant::now();
    let (mut batches, mut turn) = (0, 0);
    while batches * BATCH < args.models * EVENTS_OF_MODEL {
        turn += 1;
        let name = format!("turn-{turn}");
        let acks = load(&agent.url, &name, PRODUCERS, BATCH, Duration::from_secs(5)).await?;
        batches += acks.len() as usize;
    }
    let models = batches * BATCH / EVENTS_OF_MODEL;
    let seconds = began.elapsed().as_secs_f64();
    let rate = (batches * BATCH) as f64 / seconds;
    println!("{models} models in {seconds:.0} s: {rate:.0} events/s");
    agent.stop()?;
    let done = Command::new(&args.program)
        .args(["maintain", "--warehouse"])
        .arg(&warehouse)
        .output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into());
    }

    let began = Instant::now();
    let agent = Agent::start(&args.program, &warehouse)?;
    println!("start on them: {:.2} s", began.elapsed().as_secs_f64());
    let duration = Duration::from_secs(args.seconds);
    let name = format!("turn-{}", turn + 1);
    let loading = load(&agent.url, &name, PRODUCERS, BATCH, duration);
    let watching = async {
        let (mut peak, mut ticks) = (0, tokio::time::interval(Duration::from_millis(100)));
        while Instant::now() < began + duration {
            ticks.tick().await;
            peak = agent.memory()?.0.max(peak);
        }
        Ok::<_, String>(peak)
    };
    let (acks, peak) = tokio::join!(loading, watching);
    let acks = acks?;
    println!(
        "load on them: {:.0} events/s, p99 {:.1} ms, up to {} MiB resident",
        (acks.len() as usize * BATCH) as f64 / args.seconds as f64,
        acks.value_at_quantile(0.99) as f64 / 1e3,
        peak?
    );
    drop(agent);
    let journal = bytes(&warehouse.join("_journal"))?;
    let began = Instant::now();
    let agent = Agent::start(&args.program, &warehouse)?;
    println!(
        "start after kill -9, {:.1} MB of journal: {:.2} s",
        journal as f64 / 1e6,
        began.elapsed().as_secs_f64()
    );
    agent.stop()?;
    Ok(())
}

fn bytes(directory: &Path) -> Result<u64, Failure> {
    let mut sum = 0;
    for file in std::fs::read_dir(directory)? {
        let file = file?;
        if file.path().extension().is_some_and(|e| e == "seg") {
            sum += file.metadata()?.len();
        }
    }
    Ok(sum)
}
