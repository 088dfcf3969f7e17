//! `modeldb ingest`: spools of programs that are gone.

use std::path::{Path, PathBuf};

use crate::support::*;
use modeldb_proto::v1::PushRequest;
use prost::Message;

const HEADER: &[u8] = b"MDBS\0\0\0\x01";

fn spool(directory: &Path, producer: &str, batches: &[PushRequest]) -> PathBuf {
    let mut bytes = HEADER.to_vec();
    for batch in batches {
        bytes.extend(batch.encode_length_delimited_to_vec());
    }
    let path = directory.join(format!("{producer}.spool"));
    std::fs::write(&path, bytes).expect("a spool");
    path
}

/// Whether it ended well, and what it said.
fn ingest(agent: &Agent, arguments: &[&Path]) -> (bool, String) {
    let mut command = program();
    command.args(["ingest", "--connect", &agent.url()]);
    let output = command.args(arguments).output().expect("a process");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    (output.status.success(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn spools_are_delivered_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let warehouse = dir.path().join("warehouse");
    let spools = dir.path().join("spools");
    std::fs::create_dir(&spools).expect("a directory");
    let agent = Agent::start(&warehouse);
    let batches: Vec<_> = (1..=4).map(|seq| request("producer-a", seq, 2)).collect();
    // The first two arrived before the agent went away.
    let mut client = agent.client().await;
    for batch in &batches[..2] {
        client.push(batch.clone()).await.expect("an ack");
    }
    let first = spool(&spools, "producer-a", &batches[1..]);
    // A driver that was killed while it wrote.
    let mut torn = request("producer-b", 1, 3);
    let second = spool(&spools, "producer-b", &[torn.clone()]);
    torn.seq = 2;
    let mut bytes = std::fs::read(&second).expect("a spool");
    bytes.extend(&torn.encode_length_delimited_to_vec()[..40]);
    std::fs::write(&second, &bytes).expect("a spool");
    let copy = std::fs::read(&first).expect("a spool");

    let (well, said) = ingest(&agent, &[&spools]);
    assert!(well, "{said}");
    assert!(said.contains("producer-a.spool: 2 batches with"), "{said}");
    assert!(said.contains("delivered, 1 were there"), "{said}");
    assert!(!first.exists() && !second.exists(), "{said}");
    std::fs::write(&first, copy).expect("a spool");
    let (well, said) = ingest(&agent, &[Path::new("--keep"), &first]);
    assert!(well, "{said}");
    assert!(
        said.contains("0 batches with 0 events delivered, 3 were there"),
        "{said}"
    );
    assert!(first.exists());
    agent.terminate();
    assert_eq!(uids(&warehouse).await.len(), 4 * 2 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_refused_keeps_back_no_other() {
    let dir = tempfile::tempdir().expect("a directory");
    let warehouse = dir.path().join("warehouse");
    let agent = Agent::start(&warehouse);
    let mut batches: Vec<_> = (1..=4).map(|seq| request("producer-a", seq, 2)).collect();
    // Only the first is acked; the others were spooled one after the other.
    for batch in &mut batches {
        batch.acked_seq = 0;
    }
    batches[1].events.push(vec![0xff; 10]);
    let path = spool(dir.path(), "producer-a", &batches);
    let (well, said) = ingest(&agent, &[&path]);
    assert!(!well, "{said}");
    assert!(said.contains("3 batches with"), "{said}");
    assert!(
        said.contains("batch 2 of producer producer-a: event"),
        "{said}"
    );
    assert!(
        said.contains("1 of 1 spools were not delivered whole"),
        "{said}"
    );
    assert!(!path.exists());
    let refused = std::fs::read(dir.path().join("producer-a.spool.refused")).expect("kept");
    let refused = PushRequest::decode_length_delimited(&refused[HEADER.len()..]);
    assert_eq!(refused.expect("a batch"), batches[1]);
    agent.terminate();
    assert_eq!(uids(&warehouse).await.len(), 3 * 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_said_and_stays() {
    let dir = tempfile::tempdir().expect("a directory");
    let agent = Agent::start(&dir.path().join("warehouse"));
    let other = dir.path().join("other.spool");
    std::fs::write(&other, b"MDBS\0\0\0\x02").expect("a file");
    let gone = dir.path().join("gone.spool");
    let mut late = request("producer-a", 5, 1);
    late.acked_seq = 0;
    let late = spool(dir.path(), "producer-a", &[late]);
    let good = spool(dir.path(), "producer-b", &[request("producer-b", 1, 1)]);
    let (well, said) = ingest(&agent, &[&other, &gone, &late, &good]);
    assert!(!well, "{said}");
    assert!(
        said.contains("other.spool\" is no spool of version 1"),
        "{said}"
    );
    assert!(said.contains("gone.spool\": No such file"), "{said}");
    assert!(
        said.contains("batch 5 of producer producer-a was not taken"),
        "{said}"
    );
    assert!(
        said.contains("3 of 4 spools were not delivered whole"),
        "{said}"
    );
    assert!(other.exists() && late.exists() && !good.exists());

    // A program that runs holds its spool.
    let held = spool(dir.path(), "producer-c", &[request("producer-c", 1, 1)]);
    let file = std::fs::File::options().write(true).read(true).open(&held);
    let file = file.expect("a file");
    let lock = rustix::fs::FlockOperation::LockExclusive;
    rustix::fs::fcntl_lock(&file, lock).expect("a lock");
    let (well, said) = ingest(&agent, &[&held]);
    assert!(!well && said.contains("is in use"), "{said}");
    drop(file);
    let (well, said) = ingest(&agent, &[&held]);
    assert!(well, "{said}");
    let (well, said) = ingest(&agent, &[]);
    assert!(!well && said.contains("<SPOOL>"), "{said}");
}
