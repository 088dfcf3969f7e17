//! Accepts connections, so many at one time, until it is told to stop.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use modeldb_sql::Engine;
use modeldb_warehouse::Entropy;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{debug, warn};

use crate::catalog::Found;
use crate::door;
use crate::error::{Refusal, Result};
use crate::limits::{CONNECTIONS_MAX, STOP_LIMIT};
use crate::registry::Registry;

/// How long to wait when the system gives no more connections.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Clients that are told at one time that there are too many.
const TURNED_AWAY_MAX: usize = 20;

/// Serves `engine` to whoever connects to `listener`, until `stop` ends; then
/// connections end with what they are doing, within [`STOP_LIMIT`].
pub async fn serve(
    listener: TcpListener,
    engine: Engine,
    entropy: Arc<dyn Entropy>,
    stop: impl Future<Output = ()>,
) {
    let registry = Registry::new(entropy);
    let found = Arc::new(Found::default());
    let (places, others) = (
        Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        Arc::new(Semaphore::new(TURNED_AWAY_MAX)),
    );
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    warn!(%error, "a Postgres connection broke off");
                }
                continue;
            }
        };
        let socket = match accepted {
            Ok((socket, _)) => socket,
            Err(error) => {
                warn!(%error, "cannot accept a Postgres connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // An answer is not held back to go with the next one.
        let _ = socket.set_nodelay(true);
        if let Ok(place) = places.clone().try_acquire_owned() {
            let (engine, found) = (engine.clone(), found.clone());
            let (registry, stopped) = (registry.clone(), stopped.clone());
            connections.spawn(async move {
                let _place = place;
                if let Err(error) = connection(socket, &engine, &found, &registry, stopped).await {
                    log(&error);
                }
            });
        } else if let Ok(place) = others.clone().try_acquire_owned() {
            connections.spawn(async move {
                let _place = place;
                let (reader, writer) = socket.into_split();
                door::turn_away(reader, writer).await;
            });
        }
    }
    stopping.send_replace(true);
    let end = async { while connections.join_next().await.is_some() {} };
    if timeout(STOP_LIMIT, end).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(
    socket: TcpStream,
    engine: &Engine,
    found: &Arc<Found>,
    registry: &Registry,
    stopped: watch::Receiver<bool>,
) -> Result<()> {
    let (reader, writer) = socket.into_split();
    match door::open(reader, writer, engine, found, registry).await? {
        Some((connection, _ticket)) => connection.run(stopped).await,
        None => Ok(()),
    }
}

fn log(error: &Refusal) {
    match error {
        Refusal::Gone(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        Refusal::Gone(error) => debug!(%error, "a Postgres connection ended"),
        Refusal::Told(told) | Refusal::Fatal(told) => {
            debug!(
                code = told.code,
                message = told.message,
                "a Postgres connection was ended"
            );
        }
    }
}
