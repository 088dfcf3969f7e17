//! An open warehouse: acks, folds, restarts, readers.

use crate::support::*;
use modeldb_warehouse::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acked_is_visible_at_once_here_and_to_readers() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let ack = push(&warehouse, "producer-a", 1, 3).await;
    assert_eq!(
        ack,
        Ack {
            acked: Seq(1),
            lost: None
        }
    );
    let reader = reader(dir.path()).await;
    for source in [warehouse.as_ref() as &dyn Source, &reader] {
        assert_eq!(
            column(source, Relation::Models, "status").await,
            ["finished", "finished", "finished", "running"]
        );
        assert_eq!(column(source, Relation::Runs, "status").await, ["running"]);
        assert_eq!(column(source, Relation::Params, "value").await.len(), 4);
    }
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn folding_moves_rows_into_the_tables_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let reader = reader(dir.path()).await;
    for seq in 1..=5 {
        push(&warehouse, "producer-a", seq, 3).await;
        push(&warehouse, "producer-b", seq, 2).await;
        if seq % 2 == 0 {
            warehouse.fold().await.expect("folded");
            let status = warehouse.status().await.expect("a status");
            assert!(
                status
                    .relations
                    .iter()
                    .all(|relation| relation.unfolded_rows == 0)
            );
            assert_eq!(status.folded, status.durable);
            assert_eq!(
                status.journal.segments, 0,
                "the journal forgot what is folded"
            );
        }
        for source in [warehouse.as_ref() as &dyn Source, &reader] {
            let ids = column(source, Relation::Models, "model_id").await;
            assert_eq!(
                ids.len(),
                7 * seq as usize,
                "5 finished and 2 open of each round"
            );
            assert_eq!(distinct(&ids), ids.len());
            assert_eq!(
                column(source, Relation::Runs, "run_id").await,
                ["run-of-producer-a", "run-of-producer-b"]
            );
            assert_eq!(
                column(source, Relation::Projects, "project").await,
                ["tests"]
            );
        }
    }
    tasks.finish(&warehouse).await.expect("closed");
    drop(warehouse);
    // Open fits are in no table, and survive in the journal's checkpoint.
    let (warehouse, tasks) = open(dir.path()).await;
    let statuses = column(warehouse.as_ref(), Relation::Models, "status").await;
    assert_eq!(
        statuses
            .iter()
            .filter(|status| *status == "running")
            .count(),
        10
    );
    assert_eq!(statuses.len(), 35);
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resent_batch_lands_once_before_and_after_folds_and_restarts() {
    let dir = tempfile::tempdir().expect("a directory");
    for restart in 0..3 {
        let (warehouse, tasks) = open(dir.path()).await;
        for seq in 1..=3 {
            for _ in 0..2 {
                assert_eq!(push(&warehouse, "producer-a", seq, 2).await.acked, Seq(seq));
            }
            if restart == 1 {
                warehouse.fold().await.expect("folded");
            }
        }
        // The same batch many times at once.
        let pushes = (0..20).map(|_| push(&warehouse, "producer-a", 4, 2));
        for ack in futures::future::join_all(pushes).await {
            assert_eq!(ack.acked, Seq(4));
        }
        let ids = column(warehouse.as_ref(), Relation::Models, "model_id").await;
        assert_eq!((ids.len(), distinct(&ids)), (12, 12), "restart {restart}");
        let actions = column(warehouse.as_ref(), Relation::Actions, "action_id").await;
        assert_eq!(
            (actions.len(), distinct(&actions)),
            (8, 8),
            "restart {restart}"
        );
        if restart == 0 {
            tasks.abort().await;
        } else {
            tasks.finish(&warehouse).await.expect("closed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn order_is_kept_and_loss_is_told() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    push(&warehouse, "producer-a", 1, 1).await;
    let access = Access::everything();
    let gap = warehouse
        .push(&access, batch("producer-a", 3, 1), Seq(1))
        .await;
    let message = gap.expect_err("a gap").to_string();
    assert!(
        message.contains("batch 3 of producer producer-a came before batch 2"),
        "{message}"
    );
    // Another agent had acked 2 to 5, and this warehouse never saw them.
    let ack = warehouse
        .push(&access, batch("producer-a", 6, 1), Seq(5))
        .await
        .expect("taken");
    assert_eq!(
        ack,
        Ack {
            acked: Seq(6),
            lost: Some((Seq(2), Seq(5)))
        }
    );
    assert_eq!(
        warehouse
            .acked(&producer("producer-a"))
            .await
            .expect("a mark"),
        Seq(6)
    );
    assert_eq!(
        warehouse
            .acked(&producer("producer-z"))
            .await
            .expect("a mark"),
        Seq(0)
    );
    tasks.finish(&warehouse).await.expect("closed");
    let late = warehouse
        .push(&access, batch("producer-a", 7, 1), Seq(6))
        .await;
    assert!(matches!(late, Err(Error::Unavailable(_))), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_producer_is_given_up_and_taken_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = ManualClock::at(Micros(1_000_000));
    let opened = Warehouse::open(
        &settings(dir.path()),
        clock.clone(),
        std::sync::Arc::new(SystemEntropy),
    )
    .await;
    let (warehouse, tasks) = opened.expect("open");
    push(&warehouse, "producer-a", 1, 0).await;
    assert_eq!(
        column(warehouse.as_ref(), Relation::Models, "status").await,
        ["running"]
    );
    clock.advance(HOUR * 2);
    assert_eq!(
        column(warehouse.as_ref(), Relation::Models, "status").await,
        ["abandoned"]
    );
    assert_eq!(
        column(warehouse.as_ref(), Relation::Runs, "status").await,
        ["abandoned"]
    );
    warehouse
        .acked(&producer("producer-a"))
        .await
        .expect("a sign of life");
    assert_eq!(
        column(warehouse.as_ref(), Relation::Models, "status").await,
        ["running"]
    );
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warehouse_in_memory_works_the_same() {
    let settings = Settings {
        location: "memory://".into(),
        ..settings(std::path::Path::new(""))
    };
    let clock = std::sync::Arc::new(SystemClock);
    let opened = Warehouse::open(&settings, clock, std::sync::Arc::new(SystemEntropy)).await;
    let (warehouse, tasks) = opened.expect("open");
    push(&warehouse, "producer-a", 1, 3).await;
    warehouse.fold().await.expect("folded");
    push(&warehouse, "producer-a", 2, 3).await;
    assert_eq!(
        column(warehouse.as_ref(), Relation::Models, "model_id")
            .await
            .len(),
        8
    );
    tasks.finish(&warehouse).await.expect("closed");
}

/// Past a hundred commits delta-rs writes checkpoints of the log and reads those.
#[tokio::test(flavor = "multi_thread")]
async fn many_folds_in_a_place_with_an_odd_name() {
    const FOLDS: u64 = 101;
    let dir = tempfile::tempdir().expect("a directory");
    let place = dir.path().join("wåre house #1?");
    let (warehouse, tasks) = open(&place).await;
    for seq in 1..=FOLDS {
        push(&warehouse, "producer-a", seq, 1).await;
        warehouse.fold().await.expect("folded");
    }
    let status = warehouse.status().await.expect("a status");
    assert_eq!(status.folds.folds, FOLDS);
    tasks.finish(&warehouse).await.expect("closed");
    assert!(place.join("models/_delta_log/_last_checkpoint").exists());

    let (warehouse, tasks) = open(&place).await;
    let ack = push(&warehouse, "producer-a", FOLDS, 1).await;
    assert_eq!(ack.acked, Seq(FOLDS));
    let reader = reader(&place).await;
    for source in [warehouse.as_ref() as &dyn Source, &reader] {
        let ids = column(source, Relation::Models, "model_id").await;
        assert_eq!(
            (ids.len(), distinct(&ids)),
            (2 * FOLDS as usize, 2 * FOLDS as usize)
        );
    }
    tasks.finish(&warehouse).await.expect("closed");
}

/// The journal is lost, or given up as the documents say: what the tables have is known
/// all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_producer_comes_back_after_the_journal_was_given_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    for seq in 1..=3 {
        push(&warehouse, "producer-a", seq, 2).await;
    }
    tasks.finish(&warehouse).await.expect("closed");
    std::fs::remove_dir_all(dir.path().join(JOURNAL_DIR)).expect("removed");

    let (warehouse, tasks) = open(dir.path()).await;
    let mark = warehouse
        .acked(&producer("producer-a"))
        .await
        .expect("a mark");
    assert_eq!(mark, Seq(3));
    for seq in 3..=4 {
        assert_eq!(push(&warehouse, "producer-a", seq, 2).await.lost, None);
    }
    let finished = |statuses: Vec<String>| statuses.iter().filter(|s| *s == "finished").count();
    for _ in 0..2 {
        let ids = column(warehouse.as_ref(), Relation::Models, "model_id").await;
        assert_eq!(distinct(&ids), ids.len());
        assert_eq!(
            finished(column(warehouse.as_ref(), Relation::Models, "status").await),
            8
        );
        let names = column(warehouse.as_ref(), Relation::Runs, "name").await;
        assert_eq!(names, ["producer-a"], "the real run, not a made-up one");
        warehouse.fold().await.expect("folded");
    }
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_elsewhere_is_found_and_not_left_behind() {
    let dir = tempfile::tempdir().expect("a directory");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let settings = Settings {
        journal: Some(elsewhere.path().to_owned()),
        ..settings(dir.path())
    };
    let open_with = |settings: Settings| async move {
        let clock = std::sync::Arc::new(SystemClock);
        Warehouse::open(&settings, clock, std::sync::Arc::new(SystemEntropy)).await
    };
    let (warehouse, tasks) = open_with(settings.clone()).await.expect("open");
    push(&warehouse, "producer-a", 1, 2).await;
    let reader = reader(dir.path()).await;
    assert_eq!(column(&reader, Relation::Models, "model_id").await.len(), 3);
    let inside = crate::support::settings(dir.path());
    let second = open_with(inside.clone()).await.expect_err("in use");
    assert!(matches!(second, Error::Conflict(_)), "{second}");
    tasks.abort().await;

    let left_behind = open_with(inside.clone())
        .await
        .expect_err("refused")
        .to_string();
    assert!(
        left_behind.contains("1 entries that are not in the tables"),
        "{left_behind}"
    );
    let (warehouse, tasks) = open_with(settings).await.expect("open");
    tasks.finish(&warehouse).await.expect("closed");
    let (warehouse, tasks) = open_with(inside).await.expect("the tables have it all");
    assert_eq!(
        column(warehouse.as_ref(), Relation::Runs, "name").await,
        ["producer-a"]
    );
    tasks.finish(&warehouse).await.expect("closed");
}

/// Every read of the files beside an agent that folds all the time sees each row once.
#[tokio::test(flavor = "multi_thread")]
async fn readers_beside_folds_see_every_row_once() {
    const ROUNDS: usize = 12;
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    push(&warehouse, "producer-a", 1, 2).await;
    let reader = reader(dir.path()).await;
    let (read, mut reads) = tokio::sync::watch::channel(0_usize);
    let writer = warehouse.clone();
    let writing = tokio::spawn(async move {
        for round in 1..=ROUNDS {
            // Two folds for each read, begun whenever the read before is over: where in the
            // next read they fall is chance. Without end, no read would fit between them.
            for seq in [2 * round, 2 * round + 1] {
                push(&writer, "producer-a", seq as u64, 2).await;
                writer.fold().await.expect("folded");
            }
            let waited = reads.wait_for(|reads| *reads >= round).await;
            waited.expect("a reader");
        }
    });
    let mut before = 3;
    for number in 1..=ROUNDS {
        let ids = column(&reader, Relation::Models, "model_id").await;
        assert_eq!(distinct(&ids), ids.len(), "read {number}");
        assert!(
            ids.len() >= before,
            "read {number}: {} rows after {before}",
            ids.len()
        );
        before = ids.len();
        read.send_replace(number);
    }
    writing.await.expect("no panic");
    let ids = column(&reader, Relation::Models, "model_id").await;
    assert_eq!(ids.len(), 3 * (2 * ROUNDS + 1));
    tasks.finish(&warehouse).await.expect("closed");
}
