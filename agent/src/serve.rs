//! `modeldb serve`: starts in order, stops in order.
//!
//! Start: listeners, warehouse (which replays its journal), services, ready.
//! Stop, on SIGTERM or SIGINT: not ready; no new connections and a limited time for
//! the calls under way; what was taken becomes durable and is folded; end. A second
//! signal, or the limits, end it at once: what was acked is durable already.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use modeldb_sql::Engine;
use modeldb_warehouse::{Error, Result, SystemClock, SystemEntropy, Tasks, Warehouse};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic_web::GrpcWebLayer;
use tracing::{info, warn};

use crate::ingest::{IngestService, SamplePolicy};
use crate::listen::bind;
use crate::settings::Settings;
use crate::status::StatusService;

/// How long calls under way may go on after a signal.
const CALLS_LIMIT: Duration = Duration::from_secs(5);
/// How long the last fold may take.
const FOLD_LIMIT: Duration = Duration::from_secs(30);

/// An agent that runs inside this process.
#[derive(Debug)]
pub struct Agent {
    /// Where gRPC is served.
    pub grpc: SocketAddr,
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// Where the Postgres wire is served.
    pub postgres: SocketAddr,
    warehouse: Arc<Warehouse>,
    tasks: Tasks,
    servers: Vec<JoinHandle<Result<()>>>,
    ready: watch::Sender<bool>,
}

/// Runs an agent until a signal or a failure.
pub async fn run(settings: &Settings) -> Result<()> {
    let mut signals = Signals::new()?;
    let mut agent = Agent::start(settings).await?;
    info!(
        grpc = %agent.grpc, http = %agent.http, postgres = %agent.postgres, warehouse = %settings.warehouse,
        version = env!("CARGO_PKG_VERSION"), "agent ready"
    );
    let end = tokio::select! {
        name = signals.next() => {
            info!(signal = name, "stopping");
            Ok(())
        }
        failure = agent.failed() => Err(failure),
    };
    tokio::select! {
        stopped = agent.stop() => end.and(stopped),
        name = signals.next() => {
            warn!(signal = name, "stopping at once; what was acked is in the journal");
            end
        }
    }
}

impl Agent {
    /// Opens the warehouse and serves it.
    pub async fn start(settings: &Settings) -> Result<Self> {
        let insecure = settings.insecure;
        let grpc = bind("gRPC", "grpc", settings.grpc, insecure).await?;
        let http = bind("HTTP", "http", settings.http, insecure).await?;
        let postgres = bind("Postgres", "postgres", settings.postgres, insecure).await?;
        let address = |listener: &tokio::net::TcpListener| {
            let address = listener.local_addr();
            address.map_err(|error| Error::Storage(format!("a listener has no address: {error}")))
        };
        let (grpc_address, http_address) = (address(&grpc)?, address(&http)?);
        let postgres_address = address(&postgres)?;

        let clock = Arc::new(SystemClock);
        let (warehouse, tasks) =
            Warehouse::open(&settings.warehouse(), clock, Arc::new(SystemEntropy)).await?;

        let engine = Engine::new(warehouse.clone(), &settings.sql)?;
        // Queries have threads of their own: a heavy one does not hold up what is taken in.
        let engine = engine.on(modeldb_sql::Threads::new(None)?);

        let (ready, is_ready) = watch::channel(true);
        let servers = vec![
            tokio::spawn(serve_grpc(
                grpc,
                warehouse.clone(),
                engine.clone(),
                settings.samples.clone(),
                is_ready.clone(),
            )),
            tokio::spawn(serve_postgres(postgres, engine.clone(), is_ready.clone())),
            tokio::spawn(serve_http(
                http,
                crate::http::router(
                    warehouse.clone(),
                    engine,
                    crate::http::Doors {
                        grpc: grpc_address,
                        postgres: postgres_address,
                    },
                    settings.http_hosts.clone(),
                    is_ready.clone(),
                ),
                is_ready,
            )),
        ];
        Ok(Self {
            grpc: grpc_address,
            http: http_address,
            postgres: postgres_address,
            warehouse,
            tasks,
            servers,
            ready,
        })
    }

    /// Ends when a part of it does, which none should.
    async fn failed(&mut self) -> Error {
        let (end, _, _) = tokio::select! {
            error = self.tasks.failed() => return error,
            end = futures::future::select_all(&mut self.servers) => end,
        };
        match end {
            Ok(Ok(())) => Error::Internal("a server stopped by itself".into()),
            Ok(Err(error)) => error,
            Err(panic) => Error::Internal(panic.to_string()),
        }
    }

    /// Stops in order, each step within its limit.
    pub async fn stop(self) -> Result<()> {
        self.ready.send_replace(false);
        let deadline = tokio::time::Instant::now() + CALLS_LIMIT;
        for mut server in self.servers {
            if server.is_finished() {
                continue;
            }
            if tokio::time::timeout_at(deadline, &mut server)
                .await
                .is_err()
            {
                warn!(
                    seconds = CALLS_LIMIT.as_secs(),
                    "calls under way were cut off"
                );
                server.abort();
            }
        }
        match tokio::time::timeout(FOLD_LIMIT, self.tasks.finish(&self.warehouse)).await {
            Ok(finished) => finished?,
            Err(_) => warn!(
                seconds = FOLD_LIMIT.as_secs(),
                "the last fold did not end; the journal keeps the rows"
            ),
        }
        info!("stopped");
        Ok(())
    }
}

async fn until_not(mut ready: watch::Receiver<bool>) {
    // The sender is gone only when the agent is.
    let _ = ready.wait_for(|ready| !ready).await;
}

async fn serve_grpc(
    listener: tokio::net::TcpListener,
    warehouse: Arc<Warehouse>,
    engine: Engine,
    samples: SamplePolicy,
    ready: watch::Receiver<bool>,
) -> Result<()> {
    let (health, health_service) = tonic_health::server::health_reporter();
    let ingest = IngestService::server(warehouse.clone(), samples);
    let status = StatusService::server(warehouse);
    health
        .set_service_status("", tonic_health::ServingStatus::Serving)
        .await;
    health
        .set_service_status("modeldb.v1.Ingest", tonic_health::ServingStatus::Serving)
        .await;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(modeldb_proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let no_reflection = |error| Error::Internal(format!("reflection: {error}"));
    // Tools of the last years ask in the one, older ones in the other.
    let reflection_v1 = reflection().build_v1().map_err(no_reflection)?;
    let reflection_v1alpha = reflection().build_v1alpha().map_err(no_reflection)?;
    let stop = async move {
        until_not(ready).await;
        health
            .set_service_status("", tonic_health::ServingStatus::NotServing)
            .await;
        health
            .set_service_status("modeldb.v1.Ingest", tonic_health::ServingStatus::NotServing)
            .await;
    };
    // An answer is not held back to go with the next one.
    let connections = TcpListenerStream::new(listener)
        .map(|accepted| accepted.and_then(|socket| socket.set_nodelay(true).map(|()| socket)));
    tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(GrpcWebLayer::new())
        .add_service(ingest)
        .add_service(status)
        .add_service(crate::flight::service(
            Arc::new(engine),
            Arc::new(SystemEntropy),
        ))
        .add_service(health_service)
        .add_service(reflection_v1)
        .add_service(reflection_v1alpha)
        .serve_with_incoming_shutdown(connections, stop)
        .await
        .map_err(|error| Error::Storage(format!("gRPC: {error}")))
}

async fn serve_postgres(
    listener: tokio::net::TcpListener,
    engine: Engine,
    ready: watch::Receiver<bool>,
) -> Result<()> {
    let entropy = Arc::new(SystemEntropy);
    modeldb_postgres::serve(listener, engine, entropy, until_not(ready)).await;
    Ok(())
}

async fn serve_http(
    listener: tokio::net::TcpListener,
    router: axum::Router,
    ready: watch::Receiver<bool>,
) -> Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(until_not(ready))
        .into_future()
        .await
        .map_err(|error| Error::Storage(format!("HTTP: {error}")))
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        let handle = |kind| {
            signal(kind).map_err(|error| Error::Storage(format!("cannot handle signals: {error}")))
        };
        Ok(Self {
            terminate: handle(SignalKind::terminate())?,
            interrupt: handle(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
