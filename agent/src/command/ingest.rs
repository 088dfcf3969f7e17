//! `modeldb ingest`: delivers what a bridge or a client spooled while no agent was reachable.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use modeldb_proto::v1::ingest_client::IngestClient;
use modeldb_proto::v1::{PushRequest, PushResponse, SyncRequest};
use modeldb_warehouse::{Error, Result};
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::spool::Spool;

/// How often one batch is offered to an agent that cannot take it now.
const TRIES: u32 = 60;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// Through any agent of the warehouse; what had arrived another way is dropped there.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Files `<producer>.spool`, or directories with such files
    #[arg(required = true, value_name = "SPOOL")]
    pub spools: Vec<PathBuf>,
    /// The agent that takes them [default: the one of the settings, on this machine]
    #[arg(long, value_name = "URL")]
    pub connect: Option<String>,
    /// Leave the files where they are
    #[arg(long)]
    pub keep: bool,
}

/// What became of one spool.
#[derive(Debug, Default)]
struct Delivered {
    batches: u64,
    events: usize,
    /// The agent had them already.
    known: u64,
    refused: Vec<String>,
}

/// Delivers all of them, one after the other; `agent` is the address of the settings. One that
/// cannot be delivered does not keep back the others.
pub async fn run(args: IngestArgs, agent: &str, out: &mut dyn Write) -> Result<()> {
    let url = args.connect.clone().unwrap_or_else(|| agent.to_owned());
    let client = IngestClient::connect(url.clone()).await;
    let mut client = client.map_err(|error| {
        Error::Unavailable(format!(
            "no agent answers at {url}: {error}. `modeldb serve` starts one"
        ))
    })?;
    let mut failed = 0;
    let spools = spools(&args.spools)?;
    for path in &spools {
        let done = one(&mut client, path, args.keep).await;
        failed += usize::from(!matches!(&done, Ok(delivered) if delivered.refused.is_empty()));
        print(path, done, out).map_err(|error| Error::storage("print", error))?;
    }
    if failed > 0 {
        let all = spools.len();
        return Err(Error::Invalid(format!(
            "{failed} of {all} spools were not delivered whole"
        )));
    }
    Ok(())
}

fn print(path: &Path, done: Result<Delivered>, out: &mut dyn Write) -> std::io::Result<()> {
    let name = path.display();
    match done {
        Ok(delivered) => {
            let Delivered {
                batches,
                events,
                known,
                refused,
            } = delivered;
            writeln!(
                out,
                "{name}: {batches} batches with {events} events delivered, {known} were there"
            )?;
            for message in refused {
                writeln!(
                    out,
                    "{name}: refused, and kept in *.spool.refused: {message}"
                )?;
            }
            Ok(())
        }
        Err(error) => writeln!(out, "{name}: {error}"),
    }
}

/// Those in directories, too.
fn spools(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut spools = Vec::new();
    for path in given {
        if !path.is_dir() {
            spools.push(path.clone());
            continue;
        }
        let cannot = |cause| Error::storage(format_args!("list {path:?}"), cause);
        for entry in std::fs::read_dir(path).map_err(cannot)? {
            let file = entry.map_err(cannot)?.path();
            if file
                .extension()
                .is_some_and(|extension| extension == "spool")
            {
                spools.push(file);
            }
        }
    }
    spools.sort();
    spools.dedup();
    Ok(spools)
}

async fn one(client: &mut IngestClient<Channel>, path: &Path, keep: bool) -> Result<Delivered> {
    let mut spool = Spool::open(path)?;
    let mut delivered = Delivered::default();
    while let Some((seq, message)) = deliver(client, &spool, &mut delivered).await? {
        spool.refuse(seq)?;
        delivered.refused.push(message);
    }
    if !keep {
        spool.remove()?;
    }
    Ok(delivered)
}

/// Delivers what the agent has not, up to a batch that it refuses: its number, and why.
async fn deliver(
    client: &mut IngestClient<Channel>,
    spool: &Spool,
    delivered: &mut Delivered,
) -> Result<Option<(u64, String)>> {
    delivered.known = 0;
    let mut acked = None;
    for batch in spool.batches()? {
        let batch = batch?;
        let have = match acked {
            Some(acked) => acked,
            None => sync(client, &batch).await?,
        };
        acked = Some(have);
        if batch.seq <= have {
            delivered.known += 1;
            continue;
        }
        let (seq, events) = (batch.seq, batch.events.len());
        match push(client, &batch).await {
            Ok(answer) if answer.lost_from > 0 => {
                return Err(Error::Damaged(format!(
                    "batch {seq} was taken, but batches {} to {}, which an agent had acked, are \
                     not in this warehouse: is it the one that the program sent them to?",
                    answer.lost_from, answer.lost_to
                )));
            }
            Ok(answer) => acked = Some(answer.acked_seq),
            Err(status) if status.code() == Code::InvalidArgument => {
                return Ok(Some((seq, status.message().to_owned())));
            }
            Err(status) => return Err(not_taken(&batch, &status)),
        }
        delivered.batches += 1;
        delivered.events += events;
    }
    Ok(None)
}

async fn sync(client: &mut IngestClient<Channel>, batch: &PushRequest) -> Result<u64> {
    let request = SyncRequest {
        producer: batch.producer.clone(),
        acked_seq: batch.acked_seq,
    };
    let answer = client.sync(request).await;
    let answer = answer.map_err(|status| not_taken(batch, &status))?;
    Ok(answer.into_inner().acked_seq)
}

async fn push(
    client: &mut IngestClient<Channel>,
    batch: &PushRequest,
) -> Result<PushResponse, Status> {
    let mut tries = 1;
    loop {
        match client.push(batch.clone()).await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status)
                if tries < TRIES
                    && matches!(status.code(), Code::ResourceExhausted | Code::Unavailable) => {}
            Err(status) => return Err(status),
        }
        tries += 1;
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

fn not_taken(batch: &PushRequest, status: &Status) -> Error {
    let producer = batch.producer.clone().unwrap_or_default().id;
    Error::Unavailable(format!(
        "batch {} of producer {producer} was not taken: {}. What was delivered is there; run it \
         again for the rest",
        batch.seq,
        status.message()
    ))
}
