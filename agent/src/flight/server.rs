//! Flight itself, around Flight SQL: what `arrow-flight` answers in words for
//! programmers, or not at all.

use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::{Any, Command};
use arrow_flight::{
    Action, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest, PollInfo,
    SchemaResult, Ticket,
};
use bytes::Bytes;
use futures::StreamExt;
use modeldb_sql::Error;
use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use super::code::status;
use super::service::FlightSql;

/// The service that is added to a gRPC server.
#[derive(Clone, Debug)]
pub struct Server(FlightSql);

impl Server {
    /// Around `inner`.
    pub fn new(inner: FlightSql) -> Self {
        Self(inner)
    }
}

type Answer<T> = Result<Response<T>, Status>;

/// Refuses what is no command of Flight SQL.
fn check(command: Bytes, what: &str) -> Result<(), Status> {
    match Any::decode(command).ok().map(Command::try_from) {
        Some(Ok(command)) if !matches!(command, Command::Unknown(_)) => Ok(()),
        _ => Err(status(&Error::Invalid(format!(
            "this is no {what} of Flight SQL"
        )))),
    }
}

#[tonic::async_trait]
impl FlightService for Server {
    type HandshakeStream = <FlightSql as FlightService>::HandshakeStream;
    type ListFlightsStream = <FlightSql as FlightService>::ListFlightsStream;
    type DoGetStream = <FlightSql as FlightService>::DoGetStream;
    type DoPutStream = <FlightSql as FlightService>::DoPutStream;
    type DoActionStream = <FlightSql as FlightService>::DoActionStream;
    type ListActionsStream = <FlightSql as FlightService>::ListActionsStream;
    type DoExchangeStream = <FlightSql as FlightService>::DoExchangeStream;

    async fn handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Answer<Self::HandshakeStream> {
        self.0.handshake(request).await
    }

    /// None: what can be asked is told by Flight SQL's own commands.
    async fn list_flights(&self, _request: Request<Criteria>) -> Answer<Self::ListFlightsStream> {
        Ok(Response::new(futures::stream::empty().boxed()))
    }

    async fn get_flight_info(&self, request: Request<FlightDescriptor>) -> Answer<FlightInfo> {
        check(request.get_ref().cmd.clone(), "command")?;
        self.0.get_flight_info(request).await
    }

    /// A query is ready when it is known: there is nothing to be polled for.
    async fn poll_flight_info(&self, request: Request<FlightDescriptor>) -> Answer<PollInfo> {
        let info = self.get_flight_info(request).await?.into_inner();
        Ok(Response::new(PollInfo {
            info: Some(info),
            flight_descriptor: None,
            progress: Some(1.0),
            expiration_time: None,
        }))
    }

    async fn get_schema(&self, request: Request<FlightDescriptor>) -> Answer<SchemaResult> {
        let schema = self.get_flight_info(request).await?.into_inner().schema;
        Ok(Response::new(SchemaResult { schema }))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Answer<Self::DoGetStream> {
        check(request.get_ref().ticket.clone(), "ticket")?;
        self.0.do_get(request).await
    }

    async fn do_put(&self, request: Request<Streaming<FlightData>>) -> Answer<Self::DoPutStream> {
        self.0.do_put(request).await
    }

    async fn do_action(&self, request: Request<Action>) -> Answer<Self::DoActionStream> {
        self.0.do_action(request).await
    }

    async fn list_actions(&self, request: Request<Empty>) -> Answer<Self::ListActionsStream> {
        self.0.list_actions(request).await
    }

    async fn do_exchange(
        &self,
        request: Request<Streaming<FlightData>>,
    ) -> Answer<Self::DoExchangeStream> {
        self.0.do_exchange(request).await
    }
}
