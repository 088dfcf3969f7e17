//! Producers under load.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use modeldb_proto::v1::ingest_client::IngestClient;
use tonic::Code;

use crate::{Failure, events};

/// How long a producer waits that was told that the agent is behind.
const BEHIND_PAUSE: Duration = Duration::from_millis(50);

/// For so long, from so many producers, each sending its next batch of `size` events when the one
/// before is acked. Latencies of acks, in microseconds.
pub async fn load(
    url: &str,
    name: &str,
    producers: usize,
    size: usize,
    duration: Duration,
) -> Result<Histogram<u64>, Failure> {
    let until = Instant::now() + duration;
    let one = |number: usize| {
        let (url, name) = (url.to_owned(), format!("{name}-{number}"));
        async move {
            let mut client = IngestClient::connect(url).await?;
            let mut latency = Histogram::<u64>::new(3)?;
            let mut seq = 0;
            while Instant::now() < until {
                seq += 1;
                let request = events::batch(&name, seq, size);
                let sent = Instant::now();
                while let Err(refused) = client.push(request.clone()).await {
                    if refused.code() != Code::ResourceExhausted {
                        return Err(refused.into());
                    }
                    // As producers do: the agent has to catch up.
                    tokio::time::sleep(BEHIND_PAUSE).await;
                }
                latency.record(sent.elapsed().as_micros() as u64)?;
            }
            Ok::<_, Failure>(latency)
        }
    };
    let tasks: Vec<_> = (0..producers)
        .map(|number| tokio::spawn(one(number)))
        .collect();
    let mut all = Histogram::new(3)?;
    for task in tasks {
        all.add(task.await??)?;
    }
    Ok(all)
}
