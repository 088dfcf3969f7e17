//! The program as a process: kills, restarts, signals, refusals.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::*;
use modeldb_proto::v1;
use modeldb_warehouse::{Clock, SystemClock};

/// Kills the agent in the middle of a stream of batches, several times; the producer
/// goes on, as producers do, from what was acked.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_agent_loses_nothing_acked_and_doubles_nothing() {
    const BATCHES: u64 = 60;
    const FITS: u64 = 4;
    let dir = tempfile::tempdir().expect("a directory");
    let mut acked = 0;
    for kill_at in [7, 19, 23, 41, BATCHES] {
        let agent = Agent::start(dir.path());
        let mut client = agent.client().await;
        let at_start = uids(dir.path()).await.len() as u64;
        assert!(
            at_start >= acked * FITS,
            "{at_start} models, {acked} batches acked"
        );
        while acked < kill_at {
            let pushed = client.push(request("producer-a", acked + 1, FITS)).await;
            acked = pushed.expect("an ack").into_inner().acked_seq;
        }
        // One more is on its way when the agent dies: it may land or not, but not twice.
        if acked < BATCHES {
            let mut other = client.clone();
            let next = request("producer-a", acked + 1, FITS);
            let unacked = tokio::spawn(async move { other.push(next).await });
            tokio::time::sleep(Duration::from_micros(300 * kill_at)).await;
            agent.kill();
            let _ = unacked.await.expect("no panic");
        } else {
            agent.kill();
        }
    }
    let expected: BTreeSet<_> = (1..=BATCHES)
        .flat_map(|seq| (1..=FITS).map(move |fit| format!("batch_{seq}_fit_{fit}")))
        .collect();
    let found = uids(dir.path()).await;
    assert_eq!(found.len() as u64, BATCHES * FITS, "none twice");
    assert_eq!(
        found.into_iter().collect::<BTreeSet<_>>(),
        expected,
        "every one"
    );
    // The next agent folds what the killed one left.
    let log = Agent::start(dir.path()).terminate();
    assert!(log.contains("stopped"), "{log}");
    assert_eq!(uids(dir.path()).await.len() as u64, BATCHES * FITS);
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_folds_what_was_acked_and_ends() {
    let dir = tempfile::tempdir().expect("a directory");
    let agent = Agent::start(dir.path());
    let mut client = agent.client().await;
    client
        .push(request("producer-a", 1, 5))
        .await
        .expect("an ack");
    agent.terminate();
    let journal = std::fs::read_dir(dir.path().join("_journal")).expect("a listing");
    let segments = journal.filter(|entry| {
        let path = entry.as_ref().expect("an entry").path();
        path.extension().is_some_and(|extension| extension == "seg")
    });
    assert_eq!(segments.count(), 0, "the tables have everything");
    assert_eq!(uids(dir.path()).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_maintained_published_and_deleted_from_beside_an_agent() {
    let dir = tempfile::tempdir().expect("a directory");
    let warehouse = dir.path().display().to_string();
    let agent = Agent::start(dir.path());
    let mut client = agent.client().await;
    let says = |arguments: &[&str], parts: &[&str]| {
        let arguments = [arguments, &["--warehouse", &warehouse]].concat();
        let output = run(&arguments);
        let text =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("text"));
        for part in parts {
            assert!(text.concat().contains(part), "{text:?} lacks {part:?}");
        }
        output.status.success()
    };
    let pushed = client.push(request("producer-a", 1, 3)).await;
    pushed.expect("an ack");
    assert!(says(&["maintain", "--dry-run"], &["nothing to do"]));
    agent.terminate();
    let agent = Agent::start(dir.path());
    let mut client = agent.client().await;
    let pushed = client.push(request("producer-a", 2, 3)).await;
    pushed.expect("an ack");
    agent.terminate();
    let agent = Agent::start(dir.path());
    assert!(says(
        &["maintain", "--dry-run"],
        &["compact models: 2 files", "nothing was changed"]
    ));
    assert!(says(
        &["maintain"],
        &["compact models: 2 files", "became 1", "done"]
    ));
    assert!(says(
        &["publish"],
        &["publish parquet/models.parquet", "6 rows"]
    ));
    assert!(!says(
        &["delete", "project", "nobody"],
        &["modeldb: there is no project nobody"]
    ));
    assert_eq!(uids(dir.path()).await.len(), 6);
    let mut client = agent.client().await;
    let pushed = client.push(request("producer-a", 3, 3)).await;
    pushed.expect("an ack");
    agent.terminate();
    assert_eq!(uids(dir.path()).await.len(), 9, "the agent goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_batch_is_refused_whole_and_harms_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let agent = Agent::start(dir.path());
    let mut client = agent.client().await;
    let mut bad = request("producer-a", 1, 3);
    bad.events.push(vec![0xff; 10]);
    let refused = client.push(bad).await.expect_err("refused");
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    assert!(
        refused
            .message()
            .contains("batch 1 of producer producer-a: event 7: "),
        "{refused}"
    );
    assert!(uids(dir.path()).await.is_empty());
    let ack = client
        .push(request("producer-a", 1, 3))
        .await
        .expect("an ack");
    assert_eq!(ack.into_inner().acked_seq, 1);
    let gap = client.push(request("producer-a", 5, 3)).await;
    // It says that 4 was acked: data loss, which is told and does not stop the rest.
    let answer = gap.expect("an ack").into_inner();
    assert_eq!((answer.lost_from, answer.lost_to), (2, 4));
    let mut gap = request("producer-a", 9, 3);
    gap.acked_seq = 5;
    let refused = client.push(gap).await.expect_err("refused");
    assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
    let sync = v1::SyncRequest {
        producer: request("producer-a", 1, 0).producer,
        acked_seq: 5,
    };
    assert_eq!(
        client
            .sync(sync)
            .await
            .expect("a mark")
            .into_inner()
            .acked_seq,
        5
    );
    let log = agent.terminate();
    assert!(log.contains("DATA LOSS"), "{log}");
}

/// A journal that can no longer be kept is the end of the agent, not of its producers:
/// it stops with a message and an exit code, and acks nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_journal_fails_stops_and_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut agent = Agent::start(dir.path());
    let mut client = agent.client().await;
    client
        .push(request("producer-a", 1, 2))
        .await
        .expect("an ack");
    std::fs::remove_dir_all(dir.path().join("_journal")).expect("removed");
    let end = tokio::task::block_in_place(|| agent.child.wait().expect("ended"));
    assert_eq!(end.code(), Some(1));
    let log = agent.rest_of_log();
    assert!(
        log.contains("modeldb: cannot write") && log.contains("_journal/checkpoint"),
        "{log}"
    );
    assert!(client.push(request("producer-a", 2, 2)).await.is_err());
    // What was acked had been folded before the journal was to forget it.
    assert_eq!(uids(dir.path()).await.len(), 2);
}

fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn what_cannot_start_says_why() {
    let dir = tempfile::tempdir().expect("a directory");
    let agent = Agent::start(dir.path());
    let other = tempfile::tempdir().expect("a directory");
    let (here, there) = (
        dir.path().display().to_string(),
        other.path().display().to_string(),
    );
    let says = |arguments: &[&str], parts: &[&str]| {
        let message = refusal(arguments);
        for part in parts {
            assert!(message.contains(part), "{message:?} lacks {part:?}");
        }
    };
    says(
        &["serve", "--warehouse", &there, "--grpc", &agent.grpc],
        &[
            "gRPC cannot listen on",
            &agent.grpc,
            "another program",
            "--grpc HOST:PORT",
        ],
    );
    let free = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let serve = |rest: &[&'static str]| [&["serve"], free.as_slice(), rest].concat();
    let with = |arguments: Vec<&'static str>, warehouse: &str, parts: &[&str]| {
        let warehouse = ["--warehouse", warehouse];
        says(
            &[arguments.as_slice(), warehouse.as_slice()].concat(),
            parts,
        );
    };
    with(
        serve(&[]),
        &here,
        &["in use by the process", &agent.child.id().to_string()],
    );
    with(
        serve(&[]),
        "/proc/nowhere",
        &["cannot create the warehouse /proc/nowhere"],
    );
    with(
        serve(&["--fold-interval", "soon"]),
        &there,
        &["--fold-interval", "\"soon\"", "500ms"],
    );
    with(
        serve(&["--ack", "object"]),
        &there,
        &["on a disk", "ack", "\"object\"", "local"],
    );
    with(
        vec!["serve", "--http", "127.0.0.1:0", "--grpc", "0.0.0.0:0"],
        &there,
        &["0.0.0.0:0", "loopback", "--insecure"],
    );
    std::fs::write(
        other.path().join("modeldb.json"),
        r#"{"format_version": 99}"#,
    )
    .expect("written");
    with(serve(&[]), &there, &["format version 99", "newer modeldb"]);
    says(&["status", "--warehouse", &there], &["format version 99"]);
    says(
        &["status", "--connect", "http://127.0.0.1:1"],
        &["no agent answers at http://127.0.0.1:1", "modeldb serve"],
    );
    let output = program()
        .env("MODELDB_WAREHOUS", "x")
        .arg("status")
        .output()
        .expect("a process");
    let message = String::from_utf8(output.stderr).expect("text");
    assert!(
        message.contains("MODELDB_WAREHOUS") && message.contains("\"warehous\""),
        "{message}"
    );
    agent.terminate();
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_metrics_are_told() {
    let dir = tempfile::tempdir().expect("a directory");
    let agent = Agent::start(dir.path());
    agent
        .client()
        .await
        .push(request("producer-a", 1, 2))
        .await
        .expect("an ack");
    let get = |path: &str| {
        use std::io::{Read, Write};
        let mut socket = std::net::TcpStream::connect(&agent.http).expect("a connection");
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            agent.http
        )
        .expect("sent");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("an answer");
        answer
    };
    assert!(get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(get("/readyz").contains("ready"));
    assert!(get("/metrics").contains("modeldb_journal_durable_lsn 1"));
    let channel = Channel::from_shared(agent.url())
        .expect("a URL")
        .connect()
        .await
        .expect("a connection");
    let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
    let request = tonic_health::pb::HealthCheckRequest {
        service: "modeldb.v1.Ingest".into(),
    };
    let answer = health.check(request).await.expect("an answer").into_inner();
    assert_eq!(
        answer.status(),
        tonic_health::pb::health_check_response::ServingStatus::Serving
    );
    agent.terminate();
}

use tonic::transport::Channel;

/// A query that is pinned answers from what the tables had then: of files, and of an agent.
#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_as_of_a_moment() {
    // Moments of a log are those of its files, to the second on some systems.
    const APART: Duration = Duration::from_millis(1200);
    let dir = tempfile::tempdir().expect("a directory");
    let warehouse = dir.path().display().to_string();
    let fold = async |seq| {
        let agent = Agent::start(dir.path());
        let pushed = agent
            .client()
            .await
            .push(request("producer-a", seq, 3))
            .await;
        pushed.expect("an ack");
        agent.terminate();
    };
    let now = || SystemClock.now().0 / 1_000_000;
    let before = now() - 60;
    fold(1).await;
    tokio::time::sleep(APART).await;
    let between = now();
    tokio::time::sleep(APART).await;
    fold(2).await;
    let agent = Agent::start(dir.path());
    let url = agent.url();
    let places = [["--warehouse", &warehouse], ["--connect", &url]];
    for place in places {
        let counted = |pins: &str| {
            let query = format!("{pins} select count(*) as n from models");
            let output = run(&[&["sql", "--format", "csv", &query], &place[..]].concat());
            let told = [output.stdout, output.stderr].concat();
            String::from_utf8(told)
                .expect("text")
                .replace("n\n", "")
                .trim()
                .to_owned()
        };
        let pin = |seconds: i64| {
            let time = std::process::Command::new("date")
                .args(["--utc", "--iso-8601=seconds", &format!("--date=@{seconds}")])
                .output();
            let time = String::from_utf8(time.expect("date").stdout).expect("text");
            format!("set modeldb.as_of = '{}';", time.trim())
        };
        assert_eq!(counted(""), "6", "{place:?}");
        assert_eq!(counted(&pin(between)), "3", "{place:?}");
        assert_eq!(counted(&pin(before)), "0", "{place:?}");
        let again = format!("{} reset modeldb.as_of;", pin(between));
        assert_eq!(counted(&again), "6", "{place:?}");
        let told = counted("set modeldb.as_of = 'soon';");
        assert!(told.contains("soon is no moment"), "{told}");
    }
    agent.terminate();
}
