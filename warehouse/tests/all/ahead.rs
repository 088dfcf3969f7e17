//! `ack = local` for a warehouse on an object store: batches are acked from a disk of this machine,
//! and get to the object store afterwards.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::support::faulty::{Dice, Faulty};
use crate::support::*;
use modeldb_warehouse::*;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use tokio::sync::RwLock;

type Opened = (Arc<Warehouse>, Tasks);

async fn try_open(objects: &Arc<Faulty>, journals: &Path) -> Result<Opened> {
    let objects: Arc<dyn ObjectStore> = objects.clone();
    let store = Store::from_objects("memory:///w", objects)?;
    let settings = Settings {
        journal: Some(journals.to_owned()),
        fold_interval: Duration::from_millis(150),
        ..settings(Path::new("unused"))
    };
    let clock = Arc::new(SystemClock);
    Warehouse::open_at(store, &settings, clock, Arc::new(SystemEntropy)).await
}

async fn agent(objects: &Arc<Faulty>, journals: &Path) -> Opened {
    try_open(objects, journals).await.expect("an agent")
}

async fn models(warehouse: &Warehouse) -> usize {
    let ids = column(warehouse, Relation::Models, "model_id").await;
    assert_eq!(distinct(&ids), ids.len(), "each model once");
    ids.len()
}

fn left_in(journals: &Path) -> usize {
    std::fs::read_dir(journals).map_or(0, |entries| entries.count())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acked_gets_to_the_store_after_a_crash() {
    let objects = Faulty::new(Arc::new(InMemory::new()), 1, 0);
    let here = tempfile::tempdir().expect("a directory");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let (first, tasks) = agent(&objects, here.path()).await;
    push(&first, "producer-a", 1, 2).await;
    assert_eq!(models(&first).await, 3, "at once, as what is in the store");
    objects.go_away();
    for seq in 2..=4 {
        push(&first, "producer-a", seq, 2).await;
    }
    tasks.abort().await;
    drop(first);
    objects.heal();
    let (other, other_tasks) = agent(&objects, elsewhere.path()).await;
    assert_eq!(models(&other).await, 3, "the rest is on a disk elsewhere");
    // It may have been one of another warehouse.
    std::fs::create_dir(here.path().join("agent-of-another")).expect("a directory");
    let (second, second_tasks) = agent(&objects, here.path()).await;
    assert_eq!(models(&second).await, 4 * 3);
    assert_eq!(left_in(here.path()), 2, "its own, and what is not its own");
    push(&second, "producer-a", 5, 2).await;
    assert_eq!(models(&second).await, 5 * 3);
    second_tasks.finish(&second).await.expect("closed");
    assert_eq!(left_in(here.path()), 1, "all is in the store");
    other_tasks.finish(&other).await.expect("closed");
    let (last, last_tasks) = agent(&objects, elsewhere.path()).await;
    assert_eq!(models(&last).await, 5 * 3);
    last_tasks.finish(&last).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_that_goes_elsewhere_waits_for_its_batches() {
    let objects = Faulty::new(Arc::new(InMemory::new()), 1, 0);
    let here = tempfile::tempdir().expect("a directory");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let (first, tasks) = agent(&objects, here.path()).await;
    let (second, second_tasks) = agent(&objects, elsewhere.path()).await;
    push(&first, "producer-a", 1, 2).await;
    assert_eq!(models(&first).await, 3, "it is in the store");
    objects.go_away();
    push(&first, "producer-a", 2, 2).await;
    tasks.abort().await;
    drop(first);
    objects.heal();
    let access = Access::everything();
    let next = second
        .push(&access, batch("producer-a", 3, 2), Seq(2))
        .await;
    let asked = next.expect_err("it waits");
    let Error::Unavailable(asked) = asked else {
        panic!("{asked:?}");
    };
    assert!(
        asked.contains("batches 2 to 2 of producer producer-a"),
        "{asked}"
    );
    let (third, third_tasks) = agent(&objects, here.path()).await;
    // As a producer does, until the third's are in the store.
    let ack = loop {
        let again = batch("producer-a", 3, 2);
        match second.push(&access, again, Seq(2)).await {
            Ok(ack) => break ack,
            Err(Error::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(ack.lost, None);
    assert_eq!(models(&second).await, 3 * 3);
    second_tasks.finish(&second).await.expect("closed");
    third_tasks.finish(&third).await.expect("closed");
}

/// Agents die with what they acked; others of the same machines finish it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acked_is_lost_and_nothing_doubled() {
    const AGENTS: usize = 3;
    const PRODUCERS: u64 = 4;
    const BATCHES: u64 = 25;
    for seed in [11, 12, 13] {
        let objects = Faulty::new(Arc::new(InMemory::new()), seed, 4);
        let dice = Arc::new(Dice::new(seed));
        let dirs: Vec<_> = (0..AGENTS)
            .map(|_| tempfile::tempdir().expect("a directory"))
            .collect();
        let slots: Vec<RwLock<Option<Opened>>> = (0..AGENTS).map(|_| RwLock::new(None)).collect();
        let slots = Arc::new(slots);
        let produce = |number: u64| {
            let (slots, dice) = (slots.clone(), dice.clone());
            tokio::spawn(async move {
                let name = format!("producer-{number}");
                let mut at = number as usize % AGENTS;
                for seq in 1..=BATCHES {
                    loop {
                        let slot = slots[at].read().await;
                        let agent = slot.as_ref().map(|(agent, _)| agent.clone());
                        drop(slot);
                        if let Some(agent) = agent {
                            let access = Access::everything();
                            let push = agent.push(&access, batch(&name, seq, 1), Seq(seq - 1));
                            let pushed = tokio::time::timeout(Duration::from_secs(5), push).await;
                            if let Ok(Ok(ack)) = pushed {
                                assert_eq!(ack.lost, None, "batch {seq} of {name}");
                                break;
                            }
                        }
                        at = dice.roll(AGENTS as u64) as usize;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            })
        };
        let producing: Vec<_> = (0..PRODUCERS).map(produce).collect();
        let all = futures::future::join_all(producing);
        tokio::pin!(all);
        let ends = loop {
            let pause = Duration::from_millis(100 + dice.roll(300));
            if let Ok(ends) = tokio::time::timeout(pause, &mut all).await {
                break ends;
            }
            let place = dice.roll(AGENTS as u64) as usize;
            if let Some((agent, tasks)) = slots[place].write().await.take() {
                tasks.abort().await;
                drop(agent);
            }
            *slots[place].write().await = try_open(&objects, dirs[place].path()).await.ok();
        };
        ends.into_iter().for_each(|end| end.expect("a producer"));
        objects.heal();
        for (slot, dir) in slots.iter().zip(&dirs) {
            if let Some((_, tasks)) = slot.write().await.take() {
                tasks.abort().await;
            }
            let (agent, tasks) = agent(&objects, dir.path()).await;
            tasks.finish(&agent).await.expect("closed");
            assert_eq!(left_in(dir.path()), 0, "seed {seed}");
        }
        let (agent, tasks) = agent(&objects, dirs[0].path()).await;
        let expected = (PRODUCERS * BATCHES * 2) as usize;
        assert_eq!(models(&agent).await, expected, "seed {seed}");
        tasks.finish(&agent).await.expect("closed");
    }
}
