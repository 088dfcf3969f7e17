//! A real agent in a process of its own, and a producer that talks to it.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::Arc;

use futures::TryStreamExt;
use modeldb_proto::v1;
use modeldb_proto::v1::ingest_client::IngestClient;
use modeldb_sql::{Engine, QueryOptions, Settings};
use modeldb_warehouse::{Access, Reader, SystemClock};
use prost::Message;
use tonic::transport::Channel;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_modeldb");

/// An agent that was started and said that it is ready.
pub struct Agent {
    pub child: Child,
    pub grpc: String,
    pub http: String,
    log: BufReader<ChildStderr>,
}

/// The program with settings that leave the user's own alone.
pub fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    isolate(&mut command);
    command
}

/// Only what the test says reaches the program.
pub fn isolate(command: &mut Command) {
    command
        .env_clear()
        .env("HOME", std::env::temp_dir())
        .current_dir(std::env::temp_dir());
}

pub fn serve_arguments(warehouse: &Path) -> Vec<String> {
    let warehouse = warehouse.display().to_string();
    let arguments = [
        "serve",
        "--warehouse",
        &warehouse,
        "--grpc",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--postgres",
        "127.0.0.1:0",
        "--log-format",
        "json",
    ];
    arguments.map(str::to_owned).to_vec()
}

impl Agent {
    pub fn start(warehouse: &Path) -> Self {
        let mut command = program();
        command.args(serve_arguments(warehouse));
        Self::spawn(command)
    }

    /// Starts `command`, which ends up as an agent.
    #[expect(clippy::zombie_processes, reason = "dropping the agent waits for it")]
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("a process");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            if log.read_line(&mut line).expect("a line") == 0 {
                let end = child.wait().expect("ended");
                panic!("the agent did not start, {end}: {seen}");
            }
            seen += &line;
            let Ok(event) = serde_json::from_str::<serde_json::Value>(&line) else {
                continue;
            };
            if event["message"] == "agent ready" {
                let address = |name: &str| event[name].as_str().expect("an address").to_owned();
                let (grpc, http) = (address("grpc"), address("http"));
                return Self {
                    child,
                    grpc,
                    http,
                    log,
                };
            }
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.grpc)
    }

    pub async fn client(&self) -> IngestClient<Channel> {
        IngestClient::connect(self.url())
            .await
            .expect("a connection")
    }

    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// What it logs until its end.
    pub fn rest_of_log(&mut self) -> String {
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.log, &mut rest).expect("its log");
        rest
    }

    /// SIGTERM, and what it still logged; it has to end well.
    pub fn terminate(mut self) -> String {
        signal(self.child.id(), "TERM");
        let rest = self.rest_of_log();
        let status = self.child.wait().expect("ended");
        assert!(status.success(), "{status}: {rest}");
        rest
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended; a test that failed leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &process.to_string()])
        .status();
    assert!(sent.expect("kill").success());
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("a process")
}

/// A batch: its run's start with number 1, and `fits` finished fits.
pub fn request(producer: &str, seq: u64, fits: u64) -> v1::PushRequest {
    let event = |kind| {
        let event = v1::Event {
            run_id: format!("run-of-{producer}"),
            occurred_at_us: 1_700_000_000_000_000,
            kind: Some(kind),
        };
        event.encode_to_vec()
    };
    let mut events = Vec::new();
    if seq == 1 {
        events.push(event(v1::event::Kind::RunStarted(v1::RunStarted {
            project: "tests".into(),
            name: producer.into(),
            ..v1::RunStarted::default()
        })));
    }
    for fit in 1..=fits {
        let operation = seq * 1_000_000 + fit;
        events.push(event(v1::event::Kind::FitStarted(v1::FitStarted {
            operation,
            kind: v1::FitKind::Estimator as i32,
            estimator: Some(v1::Component {
                class_name: "org.example.Estimator".into(),
                uid: format!("batch_{seq}_fit_{fit}"),
                ..v1::Component::default()
            }),
            dataset: 1,
            ..v1::FitStarted::default()
        })));
        events.push(event(v1::event::Kind::FitEnded(v1::FitEnded {
            operation,
            duration_us: 7,
            outcome: v1::Outcome::Finished as i32,
            ..v1::FitEnded::default()
        })));
    }
    v1::PushRequest {
        producer: Some(v1::Producer {
            id: producer.into(),
            kind: "test".into(),
            version: "1".into(),
        }),
        seq,
        acked_seq: seq - 1,
        events,
    }
}

/// The uids of all models, through SQL over the warehouse's files.
pub async fn uids(warehouse: &Path) -> Vec<String> {
    let location = warehouse.display().to_string();
    let reader = Reader::open(&location, Arc::new(SystemClock))
        .await
        .expect("a reader");
    let engine = Engine::new(Arc::new(reader), &Settings::default()).expect("an engine");
    let answer = engine
        .query(
            &Access::everything(),
            "select uid from models order by uid",
            &QueryOptions::default(),
        )
        .await;
    let batches: Vec<_> = answer
        .expect("an answer")
        .try_collect()
        .await
        .expect("rows");
    let mut uids = Vec::new();
    for batch in &batches {
        let column = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8);
        let column = column.expect("text");
        let column = arrow::array::AsArray::as_string::<i32>(&column).clone();
        uids.extend(column.iter().flatten().map(str::to_owned));
    }
    uids
}
