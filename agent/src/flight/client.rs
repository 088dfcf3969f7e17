//! The client's side: questions to an agent somewhere.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use arrow_flight::error::FlightError;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::sql::client::FlightSqlServiceClient;
use arrow_flight::{FlightInfo, Ticket};
use futures::{StreamExt, TryStreamExt};
use modeldb_sql::{Answer, Error, Result};
use tonic::transport::{Channel, Endpoint};

use super::{ANSWER_MAX, code};

/// How long an agent may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often an idle connection is tried, so that a query whose agent is gone ends.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// A connection to an agent.
#[derive(Clone, Debug)]
pub struct Client {
    inner: FlightSqlServiceClient<Channel>,
}

impl Client {
    /// Connects to `url`, e.g. `http://127.0.0.1:7617`.
    pub async fn connect(url: &str) -> Result<Self> {
        if url.starts_with("https://") {
            return Err(Error::Invalid(format!(
                "{url}: TLS is not supported yet; give http://HOST:PORT"
            )));
        }
        if !url.starts_with("http://") {
            return Err(Error::Invalid(format!(
                "{url} is no address of an agent; give http://HOST:PORT"
            )));
        }
        let endpoint = Endpoint::from_shared(url.to_owned())
            .map_err(|error| Error::Invalid(format!("{url} is no URL: {error}")))?
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEP_ALIVE);
        let channel = endpoint.connect().await.map_err(|error| {
            let mut cause = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                cause = error.to_string();
                source = error.source();
            }
            let address = url.trim_start_matches("http://").trim_end_matches('/');
            Error::Unavailable(format!(
                "no agent answers at {url}: {cause}\n\
                 `modeldb serve --grpc {address}` starts one there"
            ))
        })?;
        let inner = FlightServiceClient::new(channel).max_decoding_message_size(ANSWER_MAX);
        Ok(Self {
            inner: FlightSqlServiceClient::new_from_inner(inner),
        })
    }

    /// The answer to `query`.
    pub async fn query(&self, query: &str) -> Result<Answer> {
        let mut client = self.inner.clone();
        let info = client.execute(query.to_owned(), None).await;
        let info = info.map_err(|error| failure(&error))?;
        let (ticket, schema) = parts(info)?;
        let batches = client.do_get(ticket).await;
        let batches = batches.map_err(|error| failure(&error))?;
        let promised = schema.clone();
        let batches = batches
            .map_err(|error| failure(&error))
            .and_then(move |batch| {
                let kept = batch.schema() == promised;
                let broken = || Error::Internal("the agent changed the answer's schema".into());
                futures::future::ready(kept.then_some(batch).ok_or_else(broken))
            });
        Ok(Answer::new(schema, batches.boxed()))
    }
}

/// The one place where the answer is, and its schema.
fn parts(mut info: FlightInfo) -> Result<(Ticket, arrow::datatypes::SchemaRef)> {
    let mut endpoints = std::mem::take(&mut info.endpoint).into_iter();
    let (Some(endpoint), None) = (endpoints.next(), endpoints.next()) else {
        return Err(Error::Internal(
            "the agent gave no place for the answer".into(),
        ));
    };
    let ticket = endpoint.ticket;
    let ticket = ticket.ok_or_else(|| Error::Internal("the agent gave no ticket".into()))?;
    let schema = info.try_decode_schema();
    let schema =
        schema.map_err(|error| Error::Internal(format!("the answer's schema: {error}")))?;
    Ok((ticket, Arc::new(schema)))
}

fn failure(error: &FlightError) -> Error {
    match error {
        FlightError::Tonic(status) => code::error(status),
        other => Error::Internal(other.to_string()),
    }
}
