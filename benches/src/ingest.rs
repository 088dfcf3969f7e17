//! Durable acks per second and their latency, time from ack to visible, idle memory:
//! of a real agent in a process of its own, over loopback.
//!
//! ```text
//! cargo run --release -p modeldb-benches --bin ingest -- --program target/release/modeldb
//! ```
//!
//! Each line is one load: so many producers, each sending its next batch as soon as
//! the one before is acked (synced to the journal and applied).

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use arrow_flight::sql::client::FlightSqlServiceClient;
use clap::Parser;
use futures::TryStreamExt;
use hdrhistogram::Histogram;
use modeldb_benches::Failure;
use modeldb_benches::agent::Agent;
use modeldb_benches::events;
use modeldb_benches::load::load;
use modeldb_proto::v1::ingest_client::IngestClient;
use tonic::transport::Channel;

/// Loads: producers, events in a batch.
const LOADS: [(usize, usize); 6] = [(1, 1), (1, 16), (1, 256), (16, 1), (16, 16), (16, 256)];
/// Queries that look for an event that was just acked.
const LOOKS: u64 = 50;

#[derive(Parser)]
struct Args {
    /// The program to measure
    #[arg(long, default_value = "target/release/modeldb")]
    program: PathBuf,
    /// How long each load lasts, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    modeldb_benches::run("ingest", run(&args))
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
async fn run(args: &Args) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism()?;
    println!(
        "{} on {cores} cores, {} s a load",
        args.program.display(),
        args.seconds
    );
    let dir = tempfile::tempdir()?;
    let idle = Agent::start(&args.program, &dir.path().join("idle"))?;
    let (total, anonymous) = idle.memory()?;
    println!("idle agent: {total} MiB resident, {anonymous} MiB of it not backed by files");
    drop(idle);

    println!(
        "\nproducers  batch  event bytes   acks/s   events/s   p50 ms   p99 ms   max ms   resident MiB"
    );
    for (index, (producers, size)) in LOADS.into_iter().enumerate() {
        let warehouse = dir.path().join(format!("load-{index}"));
        let agent = Agent::start(&args.program, &warehouse)?;
        let duration = Duration::from_secs(args.seconds);
        let latency = load(&agent.url, "producer", producers, size, duration).await?;
        let acks = latency.len() as f64 / args.seconds as f64;
        let bytes = events::batch("producer-0", 2, 1000);
        let bytes = bytes.events.iter().map(Vec::len).sum::<usize>() / 1000;
        let ms = |quantile| latency.value_at_quantile(quantile) as f64 / 1e3;
        println!(
            "{producers:9}  {size:5}  {bytes:11}  {acks:7.0}  {:9.0}  {:7.2}  {:7.2}  {:7.2}  {:13}",
            acks * size as f64,
            ms(0.5),
            ms(0.99),
            latency.max() as f64 / 1e3,
            agent.memory()?.0
        );
    }

    let agent = Agent::start(&args.program, &dir.path().join("looks"))?;
    let looks = look(&agent.url).await?;
    println!(
        "\nfrom ack to visible in SQL: all {LOOKS} events were there at the first look; \
         a look takes p50 {:.1} ms, p99 {:.1} ms (connection open, Flight SQL)",
        looks.value_at_quantile(0.5) as f64 / 1e3,
        looks.value_at_quantile(0.99) as f64 / 1e3
    );
    Ok(())
}

/// Sends an event, and right after its ack looks for it in SQL; fails when it is not
/// there at the first look. Answers how long a look takes, in microseconds.
async fn look(url: &str) -> Result<Histogram<u64>, Failure> {
    let mut client = IngestClient::connect(url.to_owned()).await?;
    let channel = Channel::from_shared(url.to_owned())?.connect().await?;
    let mut sql = FlightSqlServiceClient::new(channel);
    let mut latency = Histogram::new(3)?;
    for seq in 1..=LOOKS {
        client.push(events::batch("producer-0", seq, 16)).await?;
        let acked = Instant::now();
        let uid = format!("LogisticRegression_{:012x}", seq * 1_000_000 + 1);
        let query = format!("select model_id from models where uid = '{uid}'");
        let info = sql.execute(query, None).await?;
        let mut rows = 0;
        for endpoint in info.endpoint {
            let ticket = endpoint.ticket.ok_or("an endpoint without a ticket")?;
            let batches: Vec<_> = sql.do_get(ticket).await?.try_collect().await?;
            rows += batches.iter().map(|batch| batch.num_rows()).sum::<usize>();
        }
        latency.record(acked.elapsed().as_micros() as u64)?;
        if rows != 1 {
            return Err(format!("{rows} rows of {uid} right after its ack").into());
        }
    }
    Ok(latency)
}
