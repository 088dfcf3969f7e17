//! Makes a warehouse with many models, as agents that have been at work for two years and their
//! maintenance would have left it; see `synthetic`.
//!
//! ```text
//! cargo run --release -p modeldb-benches --bin generate -- --models 1000000 DIRECTORY
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use modeldb_benches::Failure;
use modeldb_benches::synthetic::{Rows, projects};
use modeldb_warehouse::row::{Row, to_batch};
use modeldb_warehouse::{
    Bulk, Maintenance, MaintenanceSettings, Relation, Settings, Store, SystemClock, SystemEntropy,
    Warehouse,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Rows that are made Arrow and written at a time.
const BATCH_ROWS: usize = 16_384;
/// Batches of one relation that wait to be written.
const WAITING: usize = 1;
/// Models whose predictions are sampled.
const SAMPLED_MODELS: f64 = 3_000.0;
/// But not more of all that a program fits by itself, which are a third of all models.
const SAMPLED_PART: f64 = 0.1;

#[derive(Parser)]
struct Args {
    /// The new warehouse
    directory: PathBuf,
    /// Models in it
    #[arg(long, default_value_t = 10_000)]
    models: usize,
    /// Another one gives other rows
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    modeldb_benches::run("generate", run(&args))
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
async fn run(args: &Args) -> Result<(), Failure> {
    let began = Instant::now();
    let location = args.directory.display().to_string();
    make(&location).await?;
    let store = Store::open(&location, false)?;
    let mut tables = Tables::begin(&store).await?;
    let part = (3.0 * SAMPLED_MODELS / args.models as f64).min(SAMPLED_PART);
    let mut sampled = 0.0;
    for project in projects(args.models, args.seed) {
        let mut runs = Vec::new();
        for planned in project.runs() {
            let mut run = planned.make();
            if planned.is_sampled(part) && sampled < SAMPLED_MODELS {
                sampled += run.sample(&store).await? as f64;
            }
            let rows = run.end();
            runs.extend(rows.get(&Relation::Runs).into_iter().flatten().cloned());
            tables.add(rows).await?;
        }
        let row = project.row(&runs);
        tables
            .add(Rows::from([(Relation::Projects, vec![row])]))
            .await?;
    }
    for (relation, count) in tables.commit().await? {
        println!("{:14} {count:10} rows", relation.name());
    }
    let maintenance = Maintenance::open_at(store, Arc::new(SystemClock)).await?;
    let settings = MaintenanceSettings::default();
    maintenance.run(&settings, false, &mut |_| {}).await?;
    println!("{:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// An empty warehouse.
async fn make(location: &str) -> Result<(), Failure> {
    let settings = Settings {
        location: location.to_owned(),
        journal: None,
        fold_interval: Duration::from_secs(60),
        abandon_after: Duration::from_secs(3600),
        lease_term: Duration::from_secs(60),
        artifacts_max_bytes: 0,
        maintenance: MaintenanceSettings::default(),
    };
    let opened = Warehouse::open(&settings, Arc::new(SystemClock), Arc::new(SystemEntropy));
    let (warehouse, tasks) = opened.await?;
    Ok(tasks.finish(&warehouse).await?)
}

/// Every table, each written by a task of its own.
struct Tables(BTreeMap<Relation, Table>);

struct Table {
    waiting: Vec<Row>,
    sender: mpsc::Sender<Vec<Row>>,
    task: JoinHandle<Result<usize, modeldb_warehouse::Error>>,
}

impl Tables {
    async fn begin(store: &Store) -> Result<Self, Failure> {
        let mut tables = BTreeMap::new();
        for relation in Relation::ALL {
            let (sender, mut batches) = mpsc::channel::<Vec<Row>>(WAITING);
            let mut bulk = Bulk::begin(store, relation).await?;
            let task = tokio::spawn(async move {
                while let Some(rows) = batches.recv().await {
                    bulk.write(&to_batch(relation, &rows)?).await?;
                }
                bulk.commit().await
            });
            let waiting = Vec::new();
            let table = Table {
                waiting,
                sender,
                task,
            };
            tables.insert(relation, table);
        }
        Ok(Self(tables))
    }

    /// Adds rows of one run, or those that come after.
    async fn add(&mut self, rows: Rows) -> Result<(), Failure> {
        for (relation, rows) in rows {
            let table = self.0.get_mut(&relation).ok_or("no such table")?;
            table.waiting.extend(rows);
            if table.waiting.len() >= BATCH_ROWS {
                let rows = std::mem::take(&mut table.waiting);
                // One that has failed says why in the end.
                let _ = table.sender.send(rows).await;
            }
        }
        Ok(())
    }

    async fn commit(self) -> Result<Vec<(Relation, usize)>, Failure> {
        let mut counts = Vec::new();
        for (relation, table) in self.0 {
            if !table.waiting.is_empty() {
                let _ = table.sender.send(table.waiting).await;
            }
            drop(table.sender);
            counts.push((relation, table.task.await??));
        }
        Ok(counts)
    }
}
