//! What `benches/tracking/compare.py` gives to MLflow's server, given to an agent: runs with twenty
//! parameters, ten metrics and five tags each, and one metric with many steps. Figures as JSON.
//!
//! ```text
//! cargo run --release -p modeldb-benches --bin runs -- --program target/release/modeldb
//! ```

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Parser;
use modeldb_benches::Failure;
use modeldb_benches::agent::Agent;
use modeldb_proto::v1;
use modeldb_proto::v1::event::Kind;
use modeldb_proto::v1::ingest_client::IngestClient;
use prost::Message;

const PARAMS: u64 = 20;
const METRICS: u64 = 10;
const TAGS: u64 = 5;
/// Values of the one metric that come in one batch, as they come to MLflow.
const STEPS_IN_BATCH: u64 = 1_000;

#[derive(Parser)]
struct Args {
    /// The program to measure
    #[arg(long, default_value = "target/release/modeldb")]
    program: PathBuf,
    /// Runs of each load
    #[arg(long, default_value_t = 5_000)]
    runs: u64,
    /// Values of the one metric
    #[arg(long, default_value_t = 100_000)]
    steps: u64,
    /// Only fills a warehouse there with so many runs, and measures nothing
    #[arg(long)]
    keep: Option<PathBuf>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    modeldb_benches::run("runs", measure(&args))
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
async fn measure(args: &Args) -> Result<(), Failure> {
    if let Some(warehouse) = &args.keep {
        let agent = Agent::start(&args.program, warehouse)?;
        deliver(agent.url.clone(), 0, args.runs, 16).await?;
        agent.stop()?;
        compacted(&args.program, warehouse)?;
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    let mut loads = Vec::new();
    // Clients, and runs that one batch has: a program that tracks one run sends it by itself.
    for (clients, in_batch) in [(1, 1), (4, 1), (4, 16)] {
        let warehouse = dir.path().join(format!("runs-{clients}-{in_batch}"));
        let agent = Agent::start(&args.program, &warehouse)?;
        let idle = agent.memory()?.0;
        let cpu = agent.cpu_ms()?;
        let began = Instant::now();
        let mut tasks = Vec::new();
        for client in 0..clients {
            let (url, runs) = (agent.url.clone(), args.runs / clients);
            tasks.push(tokio::spawn(deliver(url, client, runs, in_batch)));
        }
        for task in tasks {
            task.await??;
        }
        let seconds = began.elapsed().as_secs_f64();
        let peak = agent.memory()?.0;
        let cpu = agent.stop()? - cpu;
        loads.push(serde_json::json!({
            "clients": clients,
            "runs_in_batch": in_batch,
            "runs": args.runs,
            "runs_per_s": args.runs as f64 / seconds,
            "server_cpu_ms_per_run": cpu / args.runs as f64,
            "idle_mib": idle,
            "resident_mib": peak,
            "bytes_per_run": compacted(&args.program, &warehouse)? / args.runs,
        }));
    }
    let agent = Agent::start(&args.program, &dir.path().join("steps"))?;
    let began = Instant::now();
    follow(&agent.url, args.steps).await?;
    let seconds = began.elapsed().as_secs_f64();
    let points = args.steps as f64 / seconds;
    println!(
        "{}",
        serde_json::json!({ "loads": loads, "points_per_s": points })
    );
    Ok(())
}

/// Runs, each whole; the next batch when the one before is durable.
async fn deliver(url: String, client: u64, runs: u64, in_batch: u64) -> Result<(), Failure> {
    let name = format!("client-{client}");
    let mut ingest = IngestClient::connect(url).await?;
    let numbers: Vec<u64> = (0..runs).map(|number| client * runs + number).collect();
    for (index, numbers) in numbers.chunks(in_batch as usize).enumerate() {
        let events = numbers.iter().flat_map(|number| run(*number));
        ingest
            .push(request(&name, index as u64 + 1, events.collect()))
            .await?;
    }
    Ok(())
}

/// One metric of one model, value after value.
async fn follow(url: &str, steps: u64) -> Result<(), Failure> {
    let mut ingest = IngestClient::connect(url.to_owned()).await?;
    let run_id = "run-of-the-metric";
    let [started, fit, ..] = begin(0);
    let first = vec![event(run_id, started), event(run_id, fit)];
    ingest.push(request("client-steps", 1, first)).await?;
    for (index, from) in (0..steps).step_by(STEPS_IN_BATCH as usize).enumerate() {
        let history = (from..steps.min(from + STEPS_IN_BATCH)).map(|step| v1::HistoryPoint {
            metric: "loss".into(),
            step: Some(step as i64),
            value: 1.0 / (step + 1) as f64,
            larger_is_better: Some(false),
        });
        let learnt = v1::ModelLearnt {
            operation: 1,
            history: history.collect(),
            ..v1::ModelLearnt::default()
        };
        let events = vec![event(run_id, Kind::ModelLearnt(learnt))];
        ingest
            .push(request("client-steps", index as u64 + 2, events))
            .await?;
    }
    Ok(())
}

fn request(producer: &str, seq: u64, events: Vec<Vec<u8>>) -> v1::PushRequest {
    v1::PushRequest {
        producer: Some(v1::Producer {
            id: producer.into(),
            kind: "bench".into(),
            version: "1".into(),
        }),
        seq,
        acked_seq: seq - 1,
        events,
    }
}

fn event(run_id: &str, kind: Kind) -> Vec<u8> {
    let event = v1::Event {
        run_id: run_id.into(),
        occurred_at_us: 1_700_000_000_000_000,
        kind: Some(kind),
    };
    event.encode_to_vec()
}

fn begin(number: u64) -> [Kind; 3] {
    let tags = (0..TAGS).map(|tag| (format!("tag_{tag}"), format!("value {tag} of {number}")));
    let params = (0..PARAMS).map(|param| v1::Param {
        name: format!("param_{param}"),
        value: Some(v1::ParamValue {
            kind: Some(v1::param_value::Kind::Number((number * param) as f64 / 7.0)),
        }),
        is_default: false,
    });
    let started = v1::RunStarted {
        project: "comparison".into(),
        name: format!("run {number}"),
        tags: tags.collect(),
        ..v1::RunStarted::default()
    };
    let fit = v1::FitStarted {
        operation: 1,
        kind: v1::FitKind::Estimator as i32,
        estimator: Some(v1::Component {
            class_name: "org.example.Estimator".into(),
            uid: format!("est_{number}"),
            params: params.collect(),
            ..v1::Component::default()
        }),
        ..v1::FitStarted::default()
    };
    let ended = v1::FitEnded {
        operation: 1,
        duration_us: 1_000_000,
        outcome: v1::Outcome::Finished as i32,
        ..v1::FitEnded::default()
    };
    [
        Kind::RunStarted(started),
        Kind::FitStarted(fit),
        Kind::FitEnded(ended),
    ]
}

/// The events of a whole run.
fn run(number: u64) -> Vec<Vec<u8>> {
    let run_id = format!("run-{number:06}");
    let metrics = (0..METRICS).map(|metric| {
        Kind::Evaluated(v1::Evaluated {
            operation: 2 + metric,
            evaluator: Some(v1::Component {
                class_name: "org.example.Evaluator".into(),
                uid: "evaluator".into(),
                ..v1::Component::default()
            }),
            metric: format!("metric_{metric}"),
            value: (number * metric) as f64 / 3.0,
            model: 1,
            ..v1::Evaluated::default()
        })
    });
    let ended = Kind::RunEnded(v1::RunEnded {
        outcome: v1::Outcome::Finished as i32,
        ..v1::RunEnded::default()
    });
    let kinds = begin(number).into_iter().chain(metrics).chain([ended]);
    kinds.map(|kind| event(&run_id, kind)).collect()
}

/// Bytes of all tables, compacted, with nothing in them that is not needed any more.
fn compacted(program: &Path, warehouse: &Path) -> Result<u64, Failure> {
    let done = Command::new(program)
        .args(["maintain", "--warehouse"])
        .arg(warehouse)
        .output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into());
    }
    let done = Command::new(program)
        .args(["status", "--format", "json", "--warehouse"])
        .arg(warehouse)
        .output()?;
    let status: serde_json::Value = serde_json::from_slice(&done.stdout)?;
    let relations = status["relations"].as_array().ok_or("no relations")?;
    let bytes = relations.iter().filter_map(|r| r["bytes"].as_u64());
    Ok(bytes.sum())
}
