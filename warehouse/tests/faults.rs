//! Agents that die, producers that go from one to another, tables that are compacted meanwhile by
//! agents and from outside, and an object store that fails: nothing acked is lost, nothing is there
//! twice.
//!
//! `MODELDB_FAULTS_SEED` repeats a seed that a failure named: the same faults and deaths, though
//! not the same interleaving of tasks.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a seed comes from whoever repeats it, and is told to whoever may want to"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use modeldb_warehouse::*;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use support::faulty::{Dice, Faulty};
use support::*;
use tokio::sync::RwLock;

const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
const AGENTS: usize = 3;
const PRODUCERS: u64 = 4;
const BATCHES: u64 = 25;
/// Finished fits of a batch; one more is left open.
const FITS: u64 = 2;
const ROWS: usize = (PRODUCERS * BATCHES * (FITS + 1)) as usize;

/// An agent, or the place of one that died.
type Slot = RwLock<Option<(Arc<Warehouse>, Option<Tasks>)>>;

fn often() -> Settings {
    let mut settings = settings(std::path::Path::new("unused"));
    settings.fold_interval = Duration::from_millis(150);
    settings.maintenance.upkeep.compact_files = 2;
    settings
}

async fn open_agent(objects: Arc<dyn ObjectStore>) -> Result<(Arc<Warehouse>, Tasks)> {
    let store = Store::from_objects("memory:///w", objects)?;
    let clock = Arc::new(SystemClock);
    Warehouse::open_at(store, &often(), clock, Arc::new(SystemEntropy)).await
}

/// As `modeldb maintain` does; `steps` counts what went through.
async fn maintain(objects: Arc<dyn ObjectStore>, steps: &AtomicU64) -> Result<()> {
    let store = Store::from_objects("memory:///w", objects)?;
    let (clock, settings) = (Arc::new(SystemClock), often());
    let session = Session::open_at(store, &settings, clock, Arc::new(SystemEntropy)).await?;
    let (maintenance, wanted) = (session.maintenance(), &settings.maintenance);
    let mut count = |_| {
        steps.fetch_add(1, Ordering::Relaxed);
    };
    let done = maintenance.run(wanted, false, &mut count).await;
    session.end().await.and(done)
}

/// Delivers every batch, to whichever agent takes it.
async fn produce(number: u64, slots: Arc<Vec<Slot>>, dice: Arc<Dice>) {
    let name = format!("producer-{number}");
    let mut at = number as usize % AGENTS;
    for seq in 1..=BATCHES {
        loop {
            if dice.roll(10) == 0 {
                at = dice.roll(AGENTS as u64) as usize;
            }
            let agent = slots[at]
                .read()
                .await
                .as_ref()
                .map(|(agent, _)| agent.clone());
            let pushed = match &agent {
                Some(agent) => {
                    let access = Access::everything();
                    let push = agent.push(&access, batch(&name, seq, FITS), Seq(seq - 1));
                    tokio::time::timeout(Duration::from_secs(5), push).await
                }
                None => Ok(Err(Error::Unavailable("it is dead".into()))),
            };
            match pushed {
                Ok(Ok(ack)) => {
                    assert_eq!(ack.lost, None, "batch {seq} of {name}");
                    break;
                }
                Ok(Err(Error::Invalid(why) | Error::Damaged(why))) => panic!("{why}"),
                Ok(Err(_)) | Err(_) => {
                    at = dice.roll(AGENTS as u64) as usize;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}

/// Kills agents, starts others in their places, and looks at what they show.
async fn disturb(slots: Arc<Vec<Slot>>, objects: Arc<dyn ObjectStore>, dice: Arc<Dice>) {
    loop {
        tokio::time::sleep(Duration::from_millis(100 + dice.roll(400))).await;
        let place = dice.roll(AGENTS as u64) as usize;
        let agent = slots[place]
            .read()
            .await
            .as_ref()
            .map(|(agent, _)| agent.clone());
        match agent {
            Some(agent) if dice.roll(3) > 0 => {
                if let Ok(view) = agent.view(&Access::everything()).await {
                    let view = Fixed(view);
                    let ids = column(&view, Relation::Models, "model_id").await;
                    assert_eq!(distinct(&ids), ids.len(), "each model once");
                }
            }
            _ => {
                let killed = slots[place].write().await.take();
                if let Some((_, Some(tasks))) = killed {
                    tasks.abort().await;
                }
                if let Ok((agent, tasks)) = open_agent(objects.clone()).await {
                    *slots[place].write().await = Some((agent, Some(tasks)));
                }
            }
        }
    }
}

/// Maintains the warehouse from outside, again and again; killed or stopped by a fault at any moment.
async fn keep(objects: Arc<dyn ObjectStore>, dice: Arc<Dice>, steps: Arc<AtomicU64>) {
    loop {
        tokio::time::sleep(Duration::from_millis(dice.roll(500))).await;
        let killed_after = Duration::from_millis(500 + dice.roll(5_000));
        let maintained = maintain(objects.clone(), &steps);
        let _ = tokio::time::timeout(killed_after, maintained).await;
    }
}

/// One view, to look at more than once.
#[derive(Debug)]
struct Fixed(View);

#[async_trait::async_trait]
impl Source for Fixed {
    async fn view(&self, _: &Access) -> Result<View> {
        Ok(self.0.clone())
    }
}

async fn with_seed(seed: u64) {
    let memory: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let faulty = Faulty::new(memory.clone(), seed, 4);
    let objects: Arc<dyn ObjectStore> = faulty.clone();
    let dice = Arc::new(Dice::new(seed ^ 0x5eed));
    let slots: Arc<Vec<Slot>> = Arc::new((0..AGENTS).map(|_| RwLock::new(None)).collect());
    let disturbing = tokio::spawn(disturb(slots.clone(), objects.clone(), dice.clone()));
    // Of its own, so that the others' go as they went without it.
    let keepers_dice = Arc::new(Dice::new(seed ^ 0x6b65_6570));
    let steps = Arc::new(AtomicU64::new(0));
    let keeping = keep(objects.clone(), keepers_dice, steps.clone());
    let keeping = tokio::spawn(keeping);
    let producing = (0..PRODUCERS).map(|n| tokio::spawn(produce(n, slots.clone(), dice.clone())));
    let produced = tokio::time::timeout(
        Duration::from_secs(300),
        futures::future::join_all(producing.collect::<Vec<_>>()),
    );
    for end in produced.await.expect("every batch is acked in the end") {
        end.expect("a producer");
    }
    assert!(!disturbing.is_finished(), "what it looked at was wrong");
    disturbing.abort();
    let _ = disturbing.await;
    keeping.abort();
    let _ = keeping.await;
    faulty.heal();
    // All of them die; what they acked is in the store.
    for slot in slots.iter() {
        if let Some((_, Some(tasks))) = slot.write().await.take() {
            tasks.abort().await;
        }
    }
    let (agent, tasks) = open_agent(objects.clone()).await.expect("an agent");
    let ids = column(agent.as_ref(), Relation::Models, "model_id").await;
    assert_eq!((ids.len(), distinct(&ids)), (ROWS, ROWS));
    maintain(objects, &steps).await.expect("maintained");
    for _ in 0..600 {
        if agent.status().await.expect("a status").folds.holds_lease {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    push(&agent, "producer-at-the-end", 1, 0).await;
    agent.fold().await.expect("folded");
    let ids = column(agent.as_ref(), Relation::Models, "model_id").await;
    assert_eq!((ids.len(), distinct(&ids)), (ROWS + 1, ROWS + 1));
    let finished = column(agent.as_ref(), Relation::Models, "status").await;
    let finished = finished.iter().filter(|status| *status == "finished");
    assert_eq!(finished.count() as u64, PRODUCERS * BATCHES * FITS);
    let status = agent.status().await.expect("a status");
    let stored = status
        .relations
        .iter()
        .find(|r| r.relation == Relation::Models);
    assert_eq!(stored.expect("models").rows, PRODUCERS * BATCHES * FITS);
    tasks.finish(&agent).await.expect("closed");
    println!("{steps:?} steps of maintenance from outside");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acked_is_lost_and_nothing_doubled() {
    let seeds = match std::env::var("MODELDB_FAULTS_SEED") {
        Ok(seed) => vec![seed.parse().expect("MODELDB_FAULTS_SEED is a number")],
        Err(_) => SEEDS.to_vec(),
    };
    for seed in seeds {
        println!("seed {seed}");
        with_seed(seed).await;
    }
}

/// A server that takes conditions of writes for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_overwrites_is_refused() {
    let objects = Arc::new(support::faulty::Careless::default());
    let refused = open_agent(objects.clone()).await.expect_err("refused");
    assert!(matches!(refused, Error::Invalid(_)), "{refused}");
    assert!(refused.to_string().contains("If-None-Match"), "{refused}");
    let mark = objects.get(&"w/modeldb.json".into()).await;
    assert!(mark.is_err(), "nothing was made");
}
