//! An ack means that the batch was synced: the system calls are watched.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use crate::support::*;
use modeldb_proto::v1;
use prost::Message;

/// One gRPC-Web call over HTTP/1.1, by hand: what is written to the socket is then the
/// answer and nothing else. Gives back the message of the answer.
fn grpc_web(address: &str, method: &str, message: &impl Message) -> Vec<u8> {
    let body = message.encode_to_vec();
    let mut socket = TcpStream::connect(address).expect("a connection");
    write!(
        socket,
        "POST /modeldb.v1.Ingest/{method} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/grpc-web+proto\r\nX-Grpc-Web: 1\r\nContent-Length: {}\r\n\r\n",
        body.len() + 5
    )
    .expect("sent");
    let mut frame = vec![0];
    frame.extend_from_slice(&(body.len() as u32).to_be_bytes());
    frame.extend_from_slice(&body);
    socket.write_all(&frame).expect("sent");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).expect("an answer");
    let text = String::from_utf8_lossy(&answer).into_owned();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert!(
        text.contains("grpc-status:0") || text.contains("grpc-status: 0"),
        "{text}"
    );
    let start = answer
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .expect("a body")
        + 4;
    let mut body = &answer[start..];
    if text.to_lowercase().contains("transfer-encoding: chunked") {
        let line = body
            .windows(2)
            .position(|bytes| bytes == b"\r\n")
            .expect("a chunk");
        body = &body[line + 2..];
    }
    let length = u32::from_be_bytes([body[1], body[2], body[3], body[4]]) as usize;
    body[5..5 + length].to_vec()
}

#[test]
fn every_ack_comes_after_a_sync_of_the_journal() {
    const BATCHES: u64 = 5;
    let dir = tempfile::tempdir().expect("a directory");
    let trace = dir.path().join("trace");
    let mut command = Command::new("strace");
    isolate(&mut command);
    command
        .args(["-f", "-yy", "-s", "24", "-o"])
        .arg(&trace)
        .args([
            "-e",
            "trace=write,writev,sendto,sendmsg,fdatasync,fsync",
            PROGRAM,
        ])
        .args(serve_arguments(&dir.path().join("warehouse")))
        // No fold in between: only acks and their syncs are looked at.
        .args(["--fold-interval", "1h"])
        .env("PATH", "/usr/bin:/bin");
    let agent = Agent::spawn(command);
    let port = agent.grpc.rsplit_once(':').expect("a port").1.to_owned();
    for seq in 1..=BATCHES {
        let answer = grpc_web(&agent.grpc, "Push", &request("producer-a", seq, 2));
        let answer = v1::PushResponse::decode(answer.as_slice()).expect("an answer");
        assert_eq!(answer.acked_seq, seq);
    }
    let log = {
        // The signal has to reach the agent, not strace, which ends with it.
        let children = format!("/proc/{0}/task/{0}/children", agent.child.id());
        let traced = std::fs::read_to_string(children).expect("children");
        signal(traced.trim().parse().expect("a process id"), "TERM");
        let mut agent = agent;
        agent.child.wait().expect("ended");
        std::fs::read_to_string(&trace).expect("a trace")
    };

    let mut acks = 0;
    let mut unsynced = false;
    let mut frames = 0;
    for line in log.lines() {
        let call = line
            .split_once(' ')
            .map_or("", |(_, call)| call.trim_start());
        let journal = line.contains(".seg>");
        if call.starts_with("write(") && journal && line.contains("FRM1") {
            frames += 1;
            unsynced = true;
        } else if (call.starts_with("fdatasync(") && journal && line.ends_with("= 0"))
            || (call.starts_with("<... fdatasync resumed>") && line.ends_with("= 0"))
        {
            unsynced = false;
        } else if line.contains("HTTP/1.1 200") && line.contains(&format!(":{port}->")) {
            assert!(!unsynced, "an ack before its sync: {line}\n{log}");
            acks += 1;
        }
    }
    assert_eq!((acks, frames), (BATCHES, BATCHES), "{log}");
}
