//! One warehouse on an object store, many agents.

use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use modeldb_warehouse::*;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};

fn objects() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

async fn agent(objects: &Arc<dyn ObjectStore>) -> (Arc<Warehouse>, Tasks) {
    let store = Store::from_objects("memory:///team/models", objects.clone()).expect("a store");
    let clock = Arc::new(SystemClock);
    let settings = settings(std::path::Path::new("unused"));
    let opened = Warehouse::open_at(store, &settings, clock, Arc::new(SystemEntropy)).await;
    opened.expect("an open warehouse")
}

async fn folds(warehouse: &Warehouse) -> bool {
    let status = warehouse.status().await.expect("a status");
    status.folds.holds_lease
}

/// Waits for what another agent does by itself.
async fn until(what: &str, is: impl AsyncFn() -> bool) {
    for _ in 0..600 {
        if is().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not happen in 30 s: {what}");
}

async fn models(warehouse: &Warehouse) -> Vec<String> {
    column(warehouse, Relation::Models, "model_id").await
}

/// Every model of `pushed` batches with two finished fits and an open one each.
async fn sees(warehouse: &Warehouse, pushed: usize) -> bool {
    let ids = models(warehouse).await;
    assert_eq!(distinct(&ids), ids.len(), "each model once");
    ids.len() == 3 * pushed
}

async fn journal_objects(objects: &Arc<dyn ObjectStore>) -> usize {
    use futures::TryStreamExt;
    let prefix = "team/models/_journal".into();
    let listed: Vec<_> = objects
        .list(Some(&prefix))
        .try_collect()
        .await
        .expect("listed");
    listed.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_agent_answers_for_all() {
    let objects = objects();
    let (first, first_tasks) = agent(&objects).await;
    let (second, second_tasks) = agent(&objects).await;
    let (third, third_tasks) = agent(&objects).await;
    assert!(folds(&first).await);
    assert!(!folds(&second).await && !folds(&third).await);
    for (index, warehouse) in [&first, &second, &third].into_iter().enumerate() {
        for seq in 1..=3 {
            push(warehouse, &format!("producer-{index}"), seq, 2).await;
            // What it took itself, at once.
            let own = models(warehouse).await;
            assert!(own.len() >= 3 * seq as usize);
        }
    }
    for warehouse in [&first, &second, &third] {
        until("all rows are seen", async || sees(warehouse, 9).await).await;
    }
    first.fold().await.expect("folded");
    assert_eq!(
        journal_objects(&objects).await,
        0,
        "what is folded is forgotten"
    );
    for warehouse in [&first, &second, &third] {
        until("folded rows are seen", async || sees(warehouse, 9).await).await;
    }
    push(&second, "producer-1", 4, 2).await;
    for warehouse in [&first, &second, &third] {
        until("later rows are seen", async || sees(warehouse, 10).await).await;
    }
    for (warehouse, tasks) in [
        (first, first_tasks),
        (second, second_tasks),
        (third, third_tasks),
    ] {
        tasks.finish(&warehouse).await.expect("closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_takes_over_from_one_that_died() {
    let objects = objects();
    let (first, first_tasks) = agent(&objects).await;
    let (second, second_tasks) = agent(&objects).await;
    for seq in 1..=2 {
        push(&first, "producer-a", seq, 2).await;
        push(&second, "producer-b", seq, 2).await;
        first.fold().await.expect("folded");
    }
    push(&first, "producer-a", 3, 2).await;
    push(&second, "producer-b", 3, 2).await;
    first_tasks.abort().await;
    drop(first);
    until("the second holds the lease", async || folds(&second).await).await;
    second.fold().await.expect("folded");
    assert_eq!(
        journal_objects(&objects).await,
        0,
        "the dead one's journal is folded"
    );
    assert!(sees(&second, 6).await);
    // Its producer goes on elsewhere, and sends once more what it was not sure of.
    let (third, third_tasks) = agent(&objects).await;
    let access = Access::everything();
    let again = third.push(&access, batch("producer-a", 3, 2), Seq(2)).await;
    let acked = |acked| Ack {
        acked: Seq(acked),
        lost: None,
    };
    assert_eq!(again.expect("an ack"), acked(3));
    let ack = third.push(&access, batch("producer-a", 4, 2), Seq(3)).await;
    assert_eq!(ack.expect("an ack"), acked(4));
    until("it is seen", async || sees(&second, 7).await).await;
    third_tasks.finish(&third).await.expect("closed");
    second_tasks.finish(&second).await.expect("closed");
    let (fourth, tasks) = agent(&objects).await;
    assert!(folds(&fourth).await, "the lease was given back");
    assert!(sees(&fourth, 7).await);
    let statuses = column(fourth.as_ref(), Relation::Models, "status").await;
    let open = statuses.iter().filter(|status| *status == "running");
    assert_eq!(open.count(), 7, "what is open survives all of them");
    tasks.finish(&fourth).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_goes_to_and_fro() {
    let objects = objects();
    let (first, first_tasks) = agent(&objects).await;
    let (second, second_tasks) = agent(&objects).await;
    let access = Access::everything();
    for seq in 1..=8 {
        let at = if seq % 2 == 0 { &first } else { &second };
        let ack = at
            .push(&access, batch("producer-a", seq, 2), Seq(seq - 1))
            .await;
        assert_eq!(ack.expect("an ack").lost, None, "batch {seq}");
        if seq == 5 {
            first.fold().await.expect("folded");
        }
    }
    for warehouse in [&first, &second] {
        until("all rows are seen", async || sees(warehouse, 8).await).await;
    }
    first_tasks.finish(&first).await.expect("closed");
    second_tasks.finish(&second).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_make_one_warehouse() {
    let objects = objects();
    let opened = futures::future::join_all((0..8).map(|_| agent(&objects))).await;
    let pushes = opened
        .iter()
        .enumerate()
        .map(|(index, (warehouse, _))| async move {
            for seq in 1..=5 {
                push(warehouse, &format!("producer-{index}"), seq, 2).await;
            }
        });
    futures::future::join_all(pushes).await;
    let mut holders = 0;
    for (warehouse, _) in &opened {
        holders += usize::from(folds(warehouse).await);
        until("all rows are seen", async || sees(warehouse, 40).await).await;
    }
    assert_eq!(holders, 1);
    for (warehouse, tasks) in opened {
        tasks.finish(&warehouse).await.expect("closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_journal_object_is_told() {
    let objects = objects();
    let (first, first_tasks) = agent(&objects).await;
    let (second, second_tasks) = agent(&objects).await;
    for seq in 1..=3 {
        push(&first, "producer-a", seq, 2).await;
    }
    let status = first.status().await.expect("a status");
    let lost = format!("team/models/_journal/{}/{:020}.jnl", status.agent, 2);
    objects
        .delete(&lost.as_str().into())
        .await
        .expect("deleted");
    let refused = second
        .view(&Access::everything())
        .await
        .expect_err("refused");
    let text = refused.to_string();
    assert!(matches!(refused, Error::Damaged(_)), "{text}");
    assert!(
        text.contains(status.agent.as_str()) && text.contains("missing"),
        "{text}"
    );
    // Its own agent has it in memory.
    assert!(sees(&first, 3).await);
    first_tasks.finish(&first).await.expect("closed");
    second_tasks.finish(&second).await.expect("closed");
}
