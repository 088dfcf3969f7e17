//! The wire from outside, with a client of PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod arrow_of;
#[path = "../../../sql/tests/all/support/fixture.rs"]
mod fixture;
mod protocol;
#[path = "../../../sql/tests/all/support/slt.rs"]
mod slt;
mod slt_files;
mod tools;

use std::sync::Arc;

use modeldb_sql::{Engine, Settings, Threads};
use modeldb_warehouse::SystemEntropy;
use tokio::sync::oneshot;
use tokio_postgres::{Client, NoTls};

use fixture::Fixture;

/// A server over a fixture.
pub(crate) struct Server {
    pub(crate) port: u16,
    stop: Option<oneshot::Sender<()>>,
    _directory: tempfile::TempDir,
}

impl Server {
    pub(crate) async fn start(name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let fixture = Fixture::named(name, directory.path()).await;
        let engine = Engine::new(Arc::new(fixture), &Settings::default()).unwrap();
        let engine = engine.on(Threads::new(Some(2)).unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        tokio::spawn(modeldb_postgres::serve(
            listener,
            engine,
            Arc::new(SystemEntropy),
            stopped,
        ));
        Self {
            port,
            stop: Some(stop),
            _directory: directory,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        let config = format!("host=127.0.0.1 port={} user=ann dbname=modeldb", self.port);
        let (client, connection) = tokio_postgres::connect(&config, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }
}
