//! How long questions take of a warehouse that `generate` made: of one client, of many at once;
//! and how soon the first rows of a whole table come, and what memory that takes. Over Flight SQL,
//! from a real agent in a process of its own.
//!
//! ```text
//! cargo run --release -p modeldb-benches --bin queries -- --program target/release/modeldb WAREHOUSE
//! ```

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arrow::array::{AsArray, RecordBatch};
use arrow_flight::sql::client::FlightSqlServiceClient;
use clap::Parser;
use futures::TryStreamExt;
use hdrhistogram::Histogram;
use modeldb_benches::Failure;
use modeldb_benches::agent::Agent;
use modeldb_benches::questions::{QUESTIONS, Question, Subject, ends, subjects};
use modeldb_benches::synthetic::Random;
use serde_json::json;
use tonic::transport::Channel;

/// Models that are asked about.
const SUBJECTS: usize = 100;
/// Questions of a kind that are asked before any counts.
const WARM: usize = 5;
/// How often a client that paces itself asks: once in this time.
const PACE: Duration = Duration::from_secs(1);

#[derive(Parser)]
struct Args {
    /// The warehouse
    warehouse: PathBuf,
    /// The program to measure
    #[arg(long, default_value = "target/release/modeldb")]
    program: PathBuf,
    /// How often each question is asked
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// Clients at once
    #[arg(long, default_value_t = 50)]
    clients: usize,
    /// How long they go on, in seconds; not at all with 0
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Prints figures as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    modeldb_benches::run("queries", run(&args))
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
async fn run(args: &Args) -> Result<(), Failure> {
    let agent = Agent::start(&args.program, &args.warehouse)?;
    let mut client = Client::connect(&agent.url).await?;
    let asked = subjects_of(&mut client).await?;
    let mut all = Vec::new();
    let mut tell = |name: &str, target: Option<f64>, rows: usize, latency: &Histogram<u64>| {
        let (p50, p99) = (ms(latency, 0.5), ms(latency, 0.99));
        if !args.json {
            let target = target.map_or(String::new(), |target| format!("{target:8.0}"));
            println!("{name:32} {p50:8.2} {p99:8.2} {target:8} {rows:8}");
        }
        all.push(json!({"name": name, "p50": p50, "p99": p99, "target": target, "rows": rows}));
    };
    if !args.json {
        println!(
            "{:32} {:>8} {:>8} {:>8} {:>8}",
            "", "p50 ms", "p99 ms", "target", "rows"
        );
    }
    for question in &QUESTIONS {
        let (rows, latency) = ask(&mut client, question, &asked, args.times).await?;
        tell(question.name, question.target, rows, &latency);
    }
    let ends = texts(&client.rows(&ends()).await?, 0);
    let [first, second] = ends.as_slice() else {
        return Err("no deep run".into());
    };
    let walks = [
        (
            "lineage of 1,000 steps",
            format!("select * from ancestry('{first}')"),
        ),
        (
            "common ancestor",
            format!("select * from common_ancestor('{first}', '{second}')"),
        ),
    ];
    for (name, query) in walks {
        let mut latency = Histogram::new(3)?;
        client.count(&query).await?;
        let mut rows = 0;
        for _ in 0..args.times {
            let began = Instant::now();
            rows = client.count(&query).await?;
            latency.record(began.elapsed().as_micros() as u64)?;
        }
        tell(name, Some(100.0), rows, &latency);
    }

    let scan = scan(&mut client, &agent).await?;
    if !args.json {
        println!("all of metrics: {scan}");
    }
    let mut crowds = Vec::new();
    let paces = [Some(PACE), None].into_iter().filter(|_| args.seconds > 0);
    for pace in paces {
        let crowd = crowd(args, &agent, &asked, pace).await?;
        if !args.json {
            println!("{crowd}");
        }
        crowds.push(crowd);
    }
    if args.json {
        println!(
            "{}",
            json!({"questions": all, "scan": scan, "clients": crowds})
        );
    }
    Ok(())
}

fn ms(latency: &Histogram<u64>, quantile: f64) -> f64 {
    latency.value_at_quantile(quantile) as f64 / 1e3
}

/// A connection, warm.
struct Client(FlightSqlServiceClient<Channel>);

impl Client {
    async fn connect(url: &str) -> Result<Self, Failure> {
        let channel = Channel::from_shared(url.to_owned())?.connect().await?;
        Ok(Self(FlightSqlServiceClient::new(channel)))
    }

    async fn stream(
        &mut self,
        query: &str,
    ) -> Result<arrow_flight::decode::FlightRecordBatchStream, Failure> {
        let info = self.0.execute(query.to_owned(), None).await?;
        let endpoint = info.endpoint.into_iter().next();
        let ticket = endpoint.and_then(|endpoint| endpoint.ticket);
        Ok(self.0.do_get(ticket.ok_or("no ticket")?).await?)
    }

    async fn rows(&mut self, query: &str) -> Result<Vec<RecordBatch>, Failure> {
        Ok(self.stream(query).await?.try_collect().await?)
    }

    async fn count(&mut self, query: &str) -> Result<usize, Failure> {
        let batches = self.rows(query).await?;
        Ok(batches.iter().map(RecordBatch::num_rows).sum())
    }
}

fn texts(batches: &[RecordBatch], column: usize) -> Vec<String> {
    let values = batches.iter().flat_map(|batch| {
        let column = batch.column(column).as_string::<i32>();
        column
            .iter()
            .flatten()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    values.collect()
}

async fn subjects_of(client: &mut Client) -> Result<Vec<Subject>, Failure> {
    let rows = client.rows(&subjects(SUBJECTS)).await?;
    let (models, runs, projects) = (texts(&rows, 0), texts(&rows, 1), texts(&rows, 2));
    let all = models.into_iter().zip(runs).zip(projects);
    let all: Vec<_> = all
        .map(|((model, run), project)| Subject {
            model,
            run,
            project,
        })
        .collect();
    if all.is_empty() {
        return Err("the warehouse has no models of a usual run".into());
    }
    Ok(all)
}

/// Asks a question so often. Answers the rows of the last time, and latencies in microseconds.
async fn ask(
    client: &mut Client,
    question: &Question,
    subjects: &[Subject],
    times: usize,
) -> Result<(usize, Histogram<u64>), Failure> {
    let mut latency = Histogram::new(3)?;
    let mut rows = 0;
    for time in 0..WARM + times {
        let queries = (question.queries)(&subjects[time % subjects.len()]);
        rows = 0;
        let began = Instant::now();
        for query in &queries {
            rows += client.count(query).await?;
        }
        if time >= WARM {
            latency.record(began.elapsed().as_micros() as u64)?;
        }
    }
    Ok((rows, latency))
}

/// Reads a whole table: when the first rows come, how many there are, and the agent's memory.
async fn scan(client: &mut Client, agent: &Agent) -> Result<serde_json::Value, Failure> {
    let mut first = Histogram::<u64>::new(3)?;
    for _ in 0..10 {
        let began = Instant::now();
        let mut rows = client.stream("select * from metrics").await?;
        rows.try_next().await?;
        first.record(began.elapsed().as_micros() as u64)?;
    }
    let before = agent.memory()?.1;
    let (mut count, mut peak) = (0, 0);
    let began = Instant::now();
    let mut rows = client.stream("select * from metrics").await?;
    while let Some(batch) = rows.try_next().await? {
        count += batch.num_rows();
        peak = agent.memory()?.1.max(peak);
    }
    Ok(json!({
        "first_ms_p50": ms(&first, 0.5), "first_ms_max": ms(&first, 1.0), "rows": count,
        "seconds": began.elapsed().as_secs_f64(), "mib_before": before, "mib_peak": peak,
    }))
}

/// Many clients at once, each asking one selective question after the other: once in `pace`, or
/// as soon as it has the answer.
async fn crowd(
    args: &Args,
    agent: &Agent,
    subjects: &[Subject],
    pace: Option<Duration>,
) -> Result<serde_json::Value, Failure> {
    let subjects = Arc::new(subjects.to_vec());
    let single = one(&agent.url, &subjects, 0, None, Duration::from_secs(3)).await?;
    let failed = Arc::new(AtomicU64::new(0));
    let duration = Duration::from_secs(args.seconds);
    let clients = (0..args.clients).map(|number| {
        let (url, subjects, failed) = (agent.url.clone(), subjects.clone(), failed.clone());
        tokio::spawn(async move {
            let done = one(&url, &subjects, number as u64, pace, duration).await;
            if done.is_err() {
                failed.fetch_add(1, Ordering::Relaxed);
            }
            done
        })
    });
    let mut all = Histogram::<u64>::new(3)?;
    let mut why = None;
    for client in clients.collect::<Vec<_>>() {
        match client.await? {
            Ok(latency) => all.add(latency)?,
            Err(error) => why = Some(error.to_string()),
        }
    }
    let (p50, p99, single) = (ms(&all, 0.5), ms(&all, 0.99), ms(&single, 0.5));
    Ok(json!({
        "clients": args.clients, "seconds": args.seconds,
        "pace_s": pace.map(|pace| pace.as_secs_f64()), "asked": all.len(),
        "failed_clients": failed.load(Ordering::Relaxed), "why": why,
        "p50": p50, "p99": p99, "single_p50": single, "p99_to_single_p50": p99 / single,
        "mib": agent.memory()?.1,
    }))
}

/// One client for a while. Latencies in microseconds.
async fn one(
    url: &str,
    subjects: &[Subject],
    number: u64,
    pace: Option<Duration>,
    duration: Duration,
) -> Result<Histogram<u64>, Failure> {
    let selective: Vec<_> = QUESTIONS.iter().filter(|q| q.is_selective).collect();
    let mut random = Random::new(&[number]);
    let mut client = Client::connect(url).await?;
    let mut latency = Histogram::new(3)?;
    if let Some(pace) = pace {
        tokio::time::sleep(pace.mul_f64(random.unit())).await;
    }
    let until = Instant::now() + duration;
    while Instant::now() < until {
        let question = random.of(&selective);
        let queries = (question.queries)(random.of(subjects));
        let query = random.of(&queries);
        let began = Instant::now();
        client.count(query).await?;
        let took = began.elapsed();
        latency.record(took.as_micros() as u64)?;
        if let Some(pace) = pace {
            tokio::time::sleep(pace.saturating_sub(took)).await;
        }
    }
    Ok(latency)
}
