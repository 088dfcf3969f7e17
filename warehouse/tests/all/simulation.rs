//! Agents that die and whose clocks jump, producers that go from one to another, tables that are
//! compacted meanwhile by agents and from outside, and an object store that fails: nothing acked
//! is lost, nothing is there twice, and who lost the lease folds nothing.
//!
//! In simulated time on one thread, and on threads. Faults, deaths, clocks and names come from a seed:
//! `SIMULATION_SEED` repeats one that a failure named, `SIMULATION_SEEDS` is how many are tried. Not from the
//! seed comes in which order tasks get on: the Delta library reads on threads of its own.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a seed comes from whoever repeats it, and is told to whoever may want to"
)]

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::faulty::{Dice, Faulty};
use crate::support::simulated::{SimClock, SimEntropy, Watched, Witness};
use crate::support::*;
use modeldb_warehouse::*;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::RwLock;
use tokio::time::Instant;

/// How many seeds are tried where nobody says.
const SIMULATED: u64 = 3;
const ON_THREADS: u64 = 1;
const AGENTS: usize = 3;
const PRODUCERS: u64 = 4;
const BATCHES: u64 = 25;
/// Finished fits of a batch; one more is left open.
const FITS: u64 = 2;
const ROWS: usize = (PRODUCERS * BATCHES * (FITS + 1)) as usize;
/// Of a thousand requests, so many fail before their effect, and so many after it.
const PER_MILLE: u64 = 4;

/// The last batch of each producer.
type Acked = BTreeMap<u64, u64>;

/// An agent, or the place of one that died.
type Slot = RwLock<Option<Agent>>;

struct Agent {
    warehouse: Arc<Warehouse>,
    tasks: Tasks,
    clock: Arc<SimClock>,
}

/// Everything that there is.
struct World {
    memory: Arc<dyn ObjectStore>,
    witness: Arc<Witness>,
    dice: Arc<Dice>,
    /// Of maintenance from outside, so that what else happens goes on as without it.
    keepers_dice: Arc<Dice>,
    began: Instant,
    processes: AtomicU64,
    slots: Vec<Slot>,
    /// The last batch of each producer that was acked.
    acked: Mutex<Acked>,
    /// Steps of maintenance from outside.
    steps: AtomicU64,
}

fn often() -> Settings {
    let mut settings = settings(std::path::Path::new("unused"));
    settings.fold_interval = Duration::from_millis(150);
    settings.maintenance.upkeep.compact_files = 2;
    settings
}

impl World {
    fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            memory: Arc::new(InMemory::new()),
            witness: Arc::default(),
            dice: Arc::new(Dice::new(seed)),
            keepers_dice: Arc::new(Dice::new(seed ^ 0x6b65_6570)),
            began: Instant::now(),
            processes: AtomicU64::new(0),
            slots: (0..AGENTS).map(|_| RwLock::new(None)).collect(),
            acked: Mutex::default(),
            steps: AtomicU64::new(0),
        })
    }

    /// The store, for one more process.
    fn objects(&self, per_mille: u64) -> Arc<dyn ObjectStore> {
        let process = self.processes.fetch_add(1, Ordering::Relaxed);
        let seen = Watched::new(process, self.memory.clone(), self.witness.clone());
        Faulty::new(Arc::new(seen), self.dice.roll(u64::MAX), per_mille)
    }

    async fn open(
        objects: Arc<dyn ObjectStore>,
        settings: &Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<(Arc<Warehouse>, Tasks)> {
        let store = Store::from_objects("memory:///w", objects)?;
        Warehouse::open_at(store, settings, clock, entropy).await
    }

    async fn agent(&self, per_mille: u64) -> Result<Agent> {
        let clock = SimClock::new(self.began, &self.dice);
        let entropy = Arc::new(SimEntropy(self.dice.clone()));
        let objects = self.objects(per_mille);
        let opened = Self::open(objects, &often(), clock.clone(), entropy).await?;
        Ok(Agent {
            warehouse: opened.0,
            tasks: opened.1,
            clock,
        })
    }

    async fn at(&self, place: usize) -> Option<Arc<Warehouse>> {
        let slot = self.slots[place].read().await;
        slot.as_ref().map(|agent| agent.warehouse.clone())
    }

    /// As `modeldb maintain` does.
    async fn maintain(&self, per_mille: u64) -> Result<()> {
        let store = Store::from_objects("memory:///w", self.objects(per_mille))?;
        let clock = SimClock::new(self.began, &self.keepers_dice);
        let entropy = Arc::new(SimEntropy(self.keepers_dice.clone()));
        let settings = often();
        let session = Session::open_at(store, &settings, clock, entropy).await?;
        let (maintenance, wanted) = (session.maintenance(), &settings.maintenance);
        let mut count = |_| {
            self.steps.fetch_add(1, Ordering::Relaxed);
        };
        let done = maintenance.run(wanted, false, &mut count).await;
        session.end().await.and(done)
    }

    /// Every model that was acked before is in what is seen now, and each is there once; as far as
    /// that can be read.
    async fn check(&self, source: &dyn Source, acked: &Acked, who: &str) {
        let read = try_column(source, Relation::Models, "model_id").await;
        // It may be one that the store does not answer.
        let Ok(ids) = read.map_err(|error| println!("{who}: {error}")) else {
            return;
        };
        assert_eq!(distinct(&ids), ids.len(), "{who}: each model once");
        let expected = acked.values().sum::<u64>() * (FITS + 1);
        assert!(ids.len() as u64 >= expected, "{who} lacks acked models");
    }

    fn acked(&self) -> Acked {
        self.acked.lock().expect("acked").clone()
    }
}

/// Delivers every batch, to whichever agent takes it.
async fn produce(number: u64, world: Arc<World>) {
    let name = format!("producer-{number}");
    let mut at = number as usize % AGENTS;
    for seq in 1..=BATCHES {
        loop {
            if world.dice.roll(10) == 0 {
                at = world.dice.roll(AGENTS as u64) as usize;
            }
            let pushed = match world.at(at).await {
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
                    world.acked.lock().expect("acked").insert(number, seq);
                    tokio::time::sleep(Duration::from_millis(world.dice.roll(200))).await;
                    break;
                }
                Ok(Err(Error::Invalid(why) | Error::Damaged(why))) => panic!("{why}"),
                Ok(Err(_)) | Err(_) => {
                    at = world.dice.roll(AGENTS as u64) as usize;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}

/// Kills agents, starts others in their places, sets their clocks, and looks at what they show.
async fn disturb(world: Arc<World>) {
    let (mut before, mut acked) = (VecDeque::new(), Acked::new());
    loop {
        tokio::time::sleep(Duration::from_millis(100 + world.dice.roll(400))).await;
        before.push_back((Instant::now(), world.acked()));
        let place = world.dice.roll(AGENTS as u64) as usize;
        match (world.at(place).await, world.dice.roll(4)) {
            (Some(agent), 0 | 1) => {
                // What others took an agent may not know for a moment.
                while let Some((at, then)) = before.front()
                    && at.elapsed() > limits::FOLLOW_INTERVAL
                {
                    acked = then.clone();
                    before.pop_front();
                }
                if let Ok(view) = agent.view(&Access::everything()).await {
                    world.check(&Fixed(view), &acked, "an agent").await;
                }
            }
            (Some(_), 2) => {
                if let Some(agent) = world.slots[place].read().await.as_ref() {
                    agent.clock.jump(&world.dice);
                }
            }
            _ => {
                let killed = world.slots[place].write().await.take();
                if let Some(agent) = killed {
                    agent.tasks.abort().await;
                }
                let now = world.acked();
                if let Ok(view) = outside(&world).await {
                    world.check(&Fixed(view), &now, "a reader").await;
                }
                *world.slots[place].write().await = world.agent(PER_MILLE).await.ok();
            }
        }
    }
}

/// What the store alone has to say, to somebody whom it answers.
async fn outside(world: &World) -> Result<View> {
    let store = Store::from_objects("memory:///w", world.memory.clone())?;
    let reader = Reader::open_at(store, Arc::new(SystemClock)).await?;
    Ok(reader.look(&Access::everything()).await?.0)
}

/// Maintains the warehouse from outside, again and again; killed or stopped by a fault at any moment.
async fn keep(world: Arc<World>) {
    let dice = world.keepers_dice.clone();
    loop {
        tokio::time::sleep(Duration::from_millis(dice.roll(500))).await;
        let killed_after = Duration::from_millis(500 + dice.roll(5_000));
        let _ = tokio::time::timeout(killed_after, world.maintain(PER_MILLE)).await;
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
    let world = World::new(seed);
    let disturbing = tokio::spawn(disturb(world.clone()));
    let keeping = tokio::spawn(keep(world.clone()));
    let producing = (0..PRODUCERS).map(|n| tokio::spawn(produce(n, world.clone())));
    let produced = tokio::time::timeout(
        Duration::from_secs(600),
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
    // All of them die; what they acked is in the store.
    for slot in &world.slots {
        if let Some(agent) = slot.write().await.take() {
            agent.tasks.abort().await;
        }
    }
    let requests = world.witness.requests();
    let Agent {
        warehouse: agent,
        tasks,
        ..
    } = world.agent(0).await.expect("an agent");
    let ids = column(agent.as_ref(), Relation::Models, "model_id").await;
    assert_eq!((ids.len(), distinct(&ids)), (ROWS, ROWS));
    // The agent takes the lease over where maintenance is slow to show that it lives.
    loop {
        match world.maintain(0).await {
            Err(Error::Conflict(_)) => {}
            done => break done.expect("maintained"),
        }
    }
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
    let finished = PRODUCERS * BATCHES * FITS;
    let states = column(agent.as_ref(), Relation::Models, "status").await;
    let states = states.iter().filter(|status| *status == "finished");
    assert_eq!(states.count() as u64, finished);
    let status = agent.status().await.expect("a status");
    for relation in [Relation::Models, Relation::Params, Relation::Actions] {
        let mut relations = status.relations.iter();
        let stored = relations.find(|r| r.relation == relation).expect("there");
        assert_eq!(stored.rows, finished, "{}", relation.name());
    }
    tasks.finish(&agent).await.expect("closed");
    let (folds, fenced) = world.witness.folds();
    assert!(fenced.is_empty(), "without the lease: {fenced:?}");
    let simulated = world.began.elapsed().as_secs_f64();
    println!(
        "seed {seed}: {folds} tables folded into, {:?} steps of maintenance from outside, \
         {:?} processes, {} requests, {simulated:.1} s",
        world.steps, world.processes, requests
    );
}

fn seeds(count: u64) -> Vec<u64> {
    let number = |name: &str| {
        let value = std::env::var(name).ok()?;
        Some(
            value
                .parse()
                .unwrap_or_else(|_| panic!("{name} is a number")),
        )
    };
    match number("SIMULATION_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("SIMULATION_SEEDS").unwrap_or(count)).collect(),
    }
}

/// One thread, on which time passes only when nobody has anything to do.
fn simulation() -> Runtime {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.expect("a runtime")
}

#[test]
fn nothing_acked_is_lost_and_nothing_doubled_in_simulated_time() {
    for seed in seeds(SIMULATED) {
        println!("SIMULATION_SEED={seed}");
        simulation().block_on(with_seed(seed));
    }
}

#[test]
fn nothing_acked_is_lost_and_nothing_doubled_on_threads() {
    for seed in seeds(ON_THREADS) {
        println!("SIMULATION_SEED={seed}");
        let runtime = Builder::new_multi_thread().enable_all().build();
        runtime.expect("a runtime").block_on(with_seed(seed));
    }
}

/// A server that takes conditions of writes for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_overwrites_is_refused() {
    let objects = Arc::new(crate::support::faulty::Careless::default());
    let refused = World::open(
        objects.clone(),
        &often(),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    )
    .await
    .expect_err("refused");
    assert!(matches!(refused, Error::Invalid(_)), "{refused}");
    assert!(refused.to_string().contains("If-None-Match"), "{refused}");
    let mark = objects.get(&"w/modeldb.json".into()).await;
    assert!(mark.is_err(), "nothing was made");
}
