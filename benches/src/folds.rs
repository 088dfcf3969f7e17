//! What a fold costs, from the first to the last of many: a warehouse in this process, on
//! the local disk, that folds a few batches at a time.
//!
//! ```text
//! cargo run --release --bin folds -- --folds 10000
//! ```
//!
//! Every fold takes a batch of each of `PRODUCERS` jobs. Time stands for itself: the clock of
//! the warehouse is put forward by the usual interval after each fold, so that what is done
//! by age is done as it would be.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use hdrhistogram::Histogram;
use modeldb_benches::Failure;
use modeldb_warehouse::event::{
    Batch, Component, Event, FitEnded, FitKind, FitStarted, Happening, Param, Producer, RunEnded,
    RunStarted, Unknown, Value,
};
use modeldb_warehouse::{
    Access, Clock, MaintenanceSettings, ManualClock, Micros, ProducerId, RunId, Seq, Settings,
    SystemClock, SystemEntropy, Warehouse,
};

/// Jobs that run at the same time.
const PRODUCERS: u64 = 4;
/// Fits of a job between two folds.
const FITS: u64 = 5;
/// Time between two folds.
const INTERVAL: Duration = Duration::from_secs(5);
/// How long nothing happens between two folds in place of that: upkeep has its time there.
const PAUSE: Duration = Duration::from_millis(25);
/// Folds over which a latency is taken.
const WINDOW: u64 = 100;

#[derive(Parser)]
struct Args {
    /// Folds to make
    #[arg(long, default_value_t = 10_000)]
    folds: u64,
    /// Folds after which a job ends and another begins
    #[arg(long, default_value_t = 40)]
    folds_per_run: u64,
    /// Rows of one table only, of which the state remembers nothing: what a commit costs, alone
    #[arg(long)]
    plain: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    modeldb_benches::run("folds", run(&args))
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
async fn run(args: &Args) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let clock = ManualClock::at(SystemClock.now());
    let settings = Settings {
        location: dir.path().display().to_string(),
        journal: None,
        fold_interval: Duration::from_secs(24 * 3600),
        lease_term: Duration::from_secs(20),
        abandon_after: Duration::from_secs(24 * 3600),
        artifacts_max_bytes: 1 << 30,
        maintenance: MaintenanceSettings::default(),
    };
    let opened = Warehouse::open(&settings, clock.clone(), Arc::new(SystemEntropy)).await?;
    let (warehouse, tasks) = opened;
    println!(
        "{} folds of {PRODUCERS} batches with {FITS} fits each, {} folds a run",
        args.folds, args.folds_per_run
    );
    println!("\n     folds   p50 ms   p99 ms   max ms    files   versions   state KiB");
    let mut window = Histogram::<u64>::new(3)?;
    let mut first = None;
    for fold in 1..=args.folds {
        for producer in 0..PRODUCERS {
            let run = (fold - 1) / args.folds_per_run * PRODUCERS + producer;
            let seq = (fold - 1) % args.folds_per_run + 1;
            let last = seq == args.folds_per_run;
            let batch = batch(run, seq, last, args.plain, clock.now());
            let before = Seq(seq - 1);
            warehouse.push(&Access::everything(), batch, before).await?;
        }
        let begun = Instant::now();
        warehouse.fold().await?;
        window.record(begun.elapsed().as_micros() as u64)?;
        clock.advance(INTERVAL);
        tokio::time::sleep(PAUSE).await;
        let shown = fold == WINDOW || fold % 1_000 == 0 || fold == args.folds;
        if fold % WINDOW == 0 || shown {
            if shown {
                let ms = |quantile| window.value_at_quantile(quantile) as f64 / 1e3;
                let status = warehouse.status().await?;
                let files: u64 = status.relations.iter().map(|r| r.files).sum();
                let versions: u64 = status.relations.iter().map(|r| r.version).sum();
                let state = dir.path().join("_journal/checkpoint").metadata()?.len() >> 10;
                println!(
                    "{fold:10}  {:7.1}  {:7.1}  {:7.1}  {files:7}  {versions:9}  {state:10}",
                    ms(0.5),
                    ms(0.99),
                    window.max() as f64 / 1e3,
                );
                let now = (ms(0.5), ms(0.99));
                let (median, tail) = *first.get_or_insert(now);
                if fold == args.folds {
                    println!(
                        "\nthe last {WINDOW} against the {WINDOW} up to the {WINDOW}th: \
                         median {:.2} times, p99 {:.2} times",
                        now.0 / median,
                        now.1 / tail
                    );
                }
            }
            window.reset();
        }
    }
    tasks.finish(&warehouse).await?;
    Ok(())
}

/// Batch `seq` of a job: the start of its run, when it is the first, and the end, when it is the
/// last; and fits between.
fn batch(run: u64, seq: u64, is_last: bool, plain: bool, now: Micros) -> Batch {
    let name = format!("producer-{run:06}");
    let id = |text: &str| RunId::from(format!("run-of-{text}"));
    let event = |what| Event {
        run: id(&name),
        at: now,
        what,
    };
    let mut events = Vec::new();
    if seq == 1 {
        events.push(event(Happening::RunStarted(Box::new(RunStarted {
            project: format!("project-{}", run % 20),
            experiment: "default".into(),
            name: name.clone(),
            ..RunStarted::default()
        }))));
    }
    let (fits, others) = if plain { (0, FITS) } else { (FITS, 0) };
    for kind in 0..others {
        events.push(event(Happening::Unknown(Unknown {
            kind: 100_000 + kind as u32,
            payload: vec![kind as u8; 100],
        })));
    }
    for fit in 1..=fits {
        let operation = seq * 1_000 + fit;
        let params = (0..10).map(|param| Param {
            name: format!("param{param}"),
            value: Value::Integer((fit * param) as i64),
            is_default: param > 2,
        });
        events.push(event(Happening::FitStarted(Box::new(FitStarted {
            operation,
            parent: 0,
            kind: FitKind::Estimator,
            estimator: Component {
                class: "org.apache.spark.ml.classification.LogisticRegression".into(),
                uid: format!("LogisticRegression_{operation:012x}"),
                params: params.collect(),
                stages: Vec::new(),
                columns: None,
            },
            dataset: 1,
            candidates: Vec::new(),
            thread: 0,
            source_columns: None,
            place: None,
        }))));
        events.push(event(Happening::FitEnded(FitEnded {
            operation,
            duration_us: 5_000,
            model_class: Some("org.apache.spark.ml.classification.LogisticRegressionModel".into()),
            ..FitEnded::default()
        })));
    }
    if is_last {
        events.push(event(Happening::RunEnded(RunEnded { failure: None })));
    }
    Batch {
        producer: Producer {
            id: ProducerId::from(name.clone()),
            kind: "bench".into(),
            version: "1".into(),
        },
        seq: Seq(seq),
        received_at: now,
        events,
    }
}
