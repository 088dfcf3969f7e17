//! Many agents on one bucket of an S3 server (s3s-fs, as `scripts/servers` installs it): batches
//! and events that all of them take together, in objects of the store before they are acked.
//!
//! ```text
//! cargo run --release -p modeldb-benches --bin agents -- --program target/release/modeldb
//! ```

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use clap::Parser;
use modeldb_benches::Failure;
use modeldb_benches::agent::Agent;
use modeldb_benches::load::load;

const BUCKET: &str = "models";
const KEY: &str = "an-access-key";
const SECRET: &str = "a-secret-key";

#[derive(Parser)]
struct Args {
    /// The program to measure
    #[arg(long, default_value = "target/release/modeldb")]
    program: PathBuf,
    /// The server
    #[arg(long, default_value = "build/servers/bin/s3s-fs")]
    server: PathBuf,
    /// Agents, one load after the other
    #[arg(long, value_delimiter = ',', default_values_t = [1, 4, 16, 64])]
    agents: Vec<usize>,
    /// Events in a batch
    #[arg(long, default_value_t = 64)]
    batch: usize,
    /// How long each load lasts, in seconds
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    modeldb_benches::run("agents", run(&args))
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
async fn run(args: &Args) -> Result<(), Failure> {
    println!("agents   acks/s  events/s   p50 ms   p99 ms  MiB each");
    for count in &args.agents {
        let dir = tempfile::tempdir()?;
        let server = Server::start(&args.server, dir.path())?;
        let environment = [
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_ENDPOINT_URL", server.url.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("MODELDB_FOLD_INTERVAL", "10s".to_owned()),
        ];
        let url = format!("s3://{BUCKET}/warehouse");
        let agents: Result<Vec<_>, _> = (0..*count)
            .map(|_| Agent::start_at(&args.program, &url, &environment))
            .collect();
        let agents = agents?;
        let duration = Duration::from_secs(args.seconds);
        let loads = agents.iter().enumerate().map(|(number, agent)| {
            let (url, batch) = (agent.url.clone(), args.batch);
            let name = format!("agent-{number}");
            async move { load(&url, &name, 1, batch, duration).await }
        });
        let loads = futures::future::try_join_all(loads).await?;
        let mut latency = hdrhistogram::Histogram::<u64>::new(3)?;
        for one in &loads {
            latency.add(one)?;
        }
        let acks = latency.len() as f64 / args.seconds as f64;
        let memory: Result<Vec<_>, _> = agents.iter().map(Agent::memory).collect();
        let memory: u64 = memory?.iter().map(|(total, _)| total).sum();
        println!(
            "{count:6}  {acks:7.0}  {:8.0}  {:7.1}  {:7.1}  {:8}",
            acks * args.batch as f64,
            latency.value_at_quantile(0.5) as f64 / 1e3,
            latency.value_at_quantile(0.99) as f64 / 1e3,
            memory / *count as u64
        );
    }
    Ok(())
}

struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(program: &Path, directory: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(directory.join(BUCKET))?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let child = Command::new(program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .args(["--access-key", KEY, "--secret-key", SECRET])
            .arg(directory)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        };
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("the S3 server did not start".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its directory is a temporary one.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
