//! The server's side of Flight SQL.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::error::FlightError;
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::metadata::SqlInfoDataBuilder;
use arrow_flight::sql::server::{FlightSqlService, PeekableFlightDataStream};
use arrow_flight::sql::{
    ActionBeginSavepointRequest, ActionBeginSavepointResult, ActionBeginTransactionRequest,
    ActionBeginTransactionResult, ActionCancelQueryRequest, ActionCancelQueryResult,
    ActionClosePreparedStatementRequest, ActionCreatePreparedStatementRequest,
    ActionCreatePreparedStatementResult, ActionCreatePreparedSubstraitPlanRequest,
    CommandGetCatalogs, CommandGetCrossReference, CommandGetDbSchemas, CommandGetExportedKeys,
    CommandGetImportedKeys, CommandGetPrimaryKeys, CommandGetSqlInfo, CommandGetTableTypes,
    CommandGetTables, CommandGetXdbcTypeInfo, CommandPreparedStatementQuery,
    CommandPreparedStatementUpdate, CommandStatementIngest, CommandStatementQuery,
    CommandStatementSubstraitPlan, CommandStatementUpdate, DoPutPreparedStatementResult,
    ProstMessageExt, SqlInfo, TicketStatementQuery,
};
use arrow_flight::{
    Action, ActionType, CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus,
    FlightDescriptor, FlightEndpoint, FlightInfo, HandshakeRequest, HandshakeResponse, Ticket,
};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use modeldb_sql::{Engine, Error, QueryOptions};
use modeldb_warehouse::{Access, Entropy};
use prost::Message;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tonic::{Request, Response, Status, Streaming};

use super::code::status;
use super::handle::Handle;
use super::running::Running;
use super::{info, keys, metadata, query, session, types};

type DoGet = <FlightSql as FlightService>::DoGetStream;
type DoAction = <FlightSql as FlightService>::DoActionStream;

type Handshake = <FlightSql as FlightService>::HandshakeStream;

const AUTHORIZATION: &str = "authorization";
const ANYBODY: &str = "Bearer anybody";
const CANCEL: &str = "CancelFlightInfo";

/// What whoever wants to change something is told.
const READ_ONLY: &str = "this server answers queries and changes nothing: SELECT, WITH, VALUES, \
     SHOW, DESCRIBE and EXPLAIN are accepted, asked as queries and not as updates";
const NO_TRANSACTIONS: &str = "there are no transactions here: each query sees what there is when \
     it begins, and nothing can be changed";
const NO_SUBSTRAIT: &str = "Substrait plans are not taken: send SQL";

/// Answers Flight SQL.
#[derive(Clone, Debug)]
pub struct FlightSql {
    engine: Arc<Engine>,
    entropy: Arc<dyn Entropy>,
    running: Arc<Running>,
}

impl FlightSql {
    /// Over `engine`; `entropy` names queries that run.
    pub fn new(engine: Arc<Engine>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            engine,
            entropy,
            running: Arc::default(),
        }
    }

    async fn prepared_schema(&self, access: &Access, handle: &Handle) -> Result<SchemaRef, Error> {
        let options = QueryOptions::default();
        match handle.parameters()? {
            Some(rows) => {
                let row = rows.slice(0, 1);
                let engine = &self.engine;
                engine
                    .prepare_with(access, &handle.query, &row, &options)
                    .await
            }
            None => {
                let prepared = self.engine.prepare(access, &handle.query, &options).await;
                Ok(prepared?.schema)
            }
        }
    }

    /// The same handle, by which its query can be cancelled while it runs.
    fn named(&self, handle: Handle) -> Handle {
        handle.named(self.entropy.fresh_name())
    }

    async fn run(&self, access: Access, handle: Handle) -> Result<Response<DoGet>, Status> {
        let id = handle.id.clone();
        let entry = self
            .running
            .begin(id.unwrap_or_else(|| self.entropy.fresh_name()));
        let answer = tokio::select! {
            biased;
            () = entry.cancelled() => Err(query::cancelled()),
            answer = query::answer(&self.engine, access, handle) => answer,
        };
        Ok(Response::new(query::messages(
            answer.map_err(refused)?,
            entry,
        )))
    }

    /// Cancels what `info` tells of, where it runs here.
    fn cancel(&self, info: &FlightInfo) -> Result<CancelStatus, Status> {
        use arrow_flight::sql::{Any, Command};
        let foreign = || refused(Error::Invalid("this is no query of this server".into()));
        let tickets = info.endpoint.iter().filter_map(|at| at.ticket.as_ref());
        let mut outcome = CancelStatus::NotCancellable;
        for ticket in tickets {
            let command = Any::decode(ticket.ticket.clone()).map_err(|_| foreign())?;
            let handle = match Command::try_from(command).map_err(|_| foreign())? {
                Command::TicketStatementQuery(ticket) => ticket.statement_handle,
                Command::CommandPreparedStatementQuery(query) => query.prepared_statement_handle,
                _ => return Err(foreign()),
            };
            let handle = Handle::read(handle).map_err(refused)?;
            if handle.id.is_some_and(|id| self.running.cancel(&id)) {
                outcome = CancelStatus::Cancelled;
            }
        }
        Ok(outcome)
    }
}

/// What the sender of a request may do: everything, until there are tokens.
fn access(_metadata: &MetadataMap) -> Access {
    Access::everything()
}

fn refused(error: Error) -> Status {
    status(&error)
}

fn invalid(error: &prost::DecodeError) -> Status {
    refused(Error::Invalid(format!(
        "the request cannot be read: {error}"
    )))
}

fn unreadable(error: FlightError) -> Status {
    match error {
        FlightError::Tonic(status) => *status,
        other => refused(Error::Invalid(format!(
            "the parameters cannot be read: {other}"
        ))),
    }
}

fn unusable(error: impl std::fmt::Display) -> Status {
    status(&Error::Internal(error.to_string()))
}

/// Where to get an answer with `schema`: here, with `ticket`.
fn info_of(
    schema: &Schema,
    ticket: &impl ProstMessageExt,
    descriptor: FlightDescriptor,
) -> Result<Response<FlightInfo>, Status> {
    let ticket = Ticket::new(ticket.as_any().encode_to_vec());
    let info = FlightInfo::new()
        .try_with_schema(schema)
        .map_err(unusable)?
        .with_descriptor(descriptor)
        .with_endpoint(FlightEndpoint::new().with_ticket(ticket));
    Ok(Response::new(info))
}

/// `schema` in Arrow's interchange format.
fn encoded(schema: &Schema) -> Result<Bytes, Status> {
    let info = FlightInfo::new().try_with_schema(schema);
    Ok(info.map_err(unusable)?.schema)
}

fn one(batch: arrow_flight::error::Result<RecordBatch>) -> Result<Response<DoGet>, Status> {
    let batch = batch.map_err(unusable)?;
    let data = FlightDataEncoderBuilder::new()
        .with_schema(batch.schema())
        .build(stream::once(async { Ok(batch) }));
    Ok(Response::new(data.map_err(Status::from).boxed()))
}

fn no_keys(schema: Schema) -> Result<Response<DoGet>, Status> {
    one(Ok(keys::none(schema)))
}

fn read_only<T>() -> Result<T, Status> {
    Err(refused(Error::Invalid(READ_ONLY.into())))
}

fn no_transactions<T>() -> Result<T, Status> {
    Err(Status::unimplemented(NO_TRANSACTIONS))
}

fn no_substrait<T>() -> Result<T, Status> {
    Err(Status::unimplemented(NO_SUBSTRAIT))
}

#[tonic::async_trait]
impl FlightSqlService for FlightSql {
    type FlightService = Self;

    async fn register_sql_info(&self, _id: i32, _result: &SqlInfo) {}

    /// Anybody may come in until there are tokens. Drivers that have a user and a
    /// password, or a token, want a token back.
    async fn do_handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Handshake>, Status> {
        let given = request.metadata().get(AUTHORIZATION);
        let is_token = |value: &&MetadataValue<Ascii>| {
            value
                .to_str()
                .is_ok_and(|value| value.starts_with("Bearer "))
        };
        let token = given.filter(is_token).cloned();
        let token = token.unwrap_or_else(|| MetadataValue::from_static(ANYBODY));
        let answer = stream::iter([Ok(HandshakeResponse::default())]).boxed();
        let mut response = Response::new(answer as Handshake);
        response.metadata_mut().insert(AUTHORIZATION, token);
        Ok(response)
    }

    async fn get_flight_info_statement(
        &self,
        command: CommandStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let handle = self.named(Handle::new(command.query));
        let access = access(request.metadata());
        let schema = self.prepared_schema(&access, &handle).await;
        let ticket = TicketStatementQuery {
            statement_handle: handle.write(),
        };
        let schema = schema.map_err(refused)?;
        info_of(&schema, &ticket, request.into_inner())
    }

    async fn do_get_statement(
        &self,
        ticket: TicketStatementQuery,
        request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        let handle = Handle::read(ticket.statement_handle).map_err(refused)?;
        self.run(access(request.metadata()), handle).await
    }

    async fn do_action_create_prepared_statement(
        &self,
        command: ActionCreatePreparedStatementRequest,
        request: Request<Action>,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        let access = access(request.metadata());
        let options = QueryOptions::default();
        let prepared = self.engine.prepare(&access, &command.query, &options).await;
        let prepared = prepared.map_err(refused)?;
        Ok(ActionCreatePreparedStatementResult {
            prepared_statement_handle: Handle::new(command.query).write(),
            dataset_schema: encoded(&prepared.schema)?,
            parameter_schema: encoded(&prepared.parameters)?,
        })
    }

    async fn do_action_close_prepared_statement(
        &self,
        _command: ActionClosePreparedStatementRequest,
        _request: Request<Action>,
    ) -> Result<(), Status> {
        Ok(())
    }

    async fn do_put_prepared_statement_query(
        &self,
        command: CommandPreparedStatementQuery,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<DoPutPreparedStatementResult, Status> {
        let handle = Handle::read(command.prepared_statement_handle).map_err(refused)?;
        let data = request
            .into_inner()
            .into_peekable()
            .map_err(FlightError::from);
        let batches = FlightRecordBatchStream::new_from_flight_data(data);
        let rows: Vec<RecordBatch> = batches.try_collect().await.map_err(unreadable)?;
        let handle = handle.bind(&rows).map_err(refused)?;
        Ok(DoPutPreparedStatementResult {
            prepared_statement_handle: Some(handle.write()),
        })
    }

    async fn get_flight_info_prepared_statement(
        &self,
        command: CommandPreparedStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let handle = Handle::read(command.prepared_statement_handle).map_err(refused)?;
        let access = access(request.metadata());
        let schema = self.prepared_schema(&access, &handle).await;
        let ticket = CommandPreparedStatementQuery {
            prepared_statement_handle: self.named(handle).write(),
        };
        let schema = schema.map_err(refused)?;
        info_of(&schema, &ticket, request.into_inner())
    }

    async fn do_get_prepared_statement(
        &self,
        command: CommandPreparedStatementQuery,
        request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        let handle = Handle::read(command.prepared_statement_handle).map_err(refused)?;
        self.run(access(request.metadata()), handle).await
    }

    async fn get_flight_info_catalogs(
        &self,
        command: CommandGetCatalogs,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info_of(
            &command.into_builder().schema(),
            &command,
            request.into_inner(),
        )
    }

    async fn do_get_catalogs(
        &self,
        command: CommandGetCatalogs,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        one(metadata::catalogs(command))
    }

    async fn get_flight_info_schemas(
        &self,
        command: CommandGetDbSchemas,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let schema = command.clone().into_builder().schema();
        info_of(&schema, &command, request.into_inner())
    }

    async fn do_get_schemas(
        &self,
        command: CommandGetDbSchemas,
        request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        let tables = self.engine.tables(&access(request.metadata())).await;
        one(metadata::schemas(command, &tables.map_err(refused)?))
    }

    async fn get_flight_info_tables(
        &self,
        command: CommandGetTables,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let schema = command.clone().into_builder().schema();
        info_of(&schema, &command, request.into_inner())
    }

    async fn do_get_tables(
        &self,
        command: CommandGetTables,
        request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        let tables = self.engine.tables(&access(request.metadata())).await;
        one(metadata::tables(command, &tables.map_err(refused)?))
    }

    async fn get_flight_info_table_types(
        &self,
        command: CommandGetTableTypes,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info_of(
            &command.into_builder().schema(),
            &command,
            request.into_inner(),
        )
    }

    async fn do_get_table_types(
        &self,
        command: CommandGetTableTypes,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        one(metadata::table_types(command))
    }

    async fn get_flight_info_sql_info(
        &self,
        command: CommandGetSqlInfo,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let schema = SqlInfoDataBuilder::schema();
        info_of(schema, &command, request.into_inner())
    }

    async fn do_get_sql_info(
        &self,
        command: CommandGetSqlInfo,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        one(info::all().and_then(|all| command.into_builder(&all).build()))
    }

    async fn get_flight_info_primary_keys(
        &self,
        command: CommandGetPrimaryKeys,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info_of(&keys::primary(), &command, request.into_inner())
    }

    async fn do_get_primary_keys(
        &self,
        _command: CommandGetPrimaryKeys,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        no_keys(keys::primary())
    }

    async fn get_flight_info_exported_keys(
        &self,
        command: CommandGetExportedKeys,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info_of(&keys::foreign(), &command, request.into_inner())
    }

    async fn do_get_exported_keys(
        &self,
        _command: CommandGetExportedKeys,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        no_keys(keys::foreign())
    }

    async fn get_flight_info_imported_keys(
        &self,
        command: CommandGetImportedKeys,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info_of(&keys::foreign(), &command, request.into_inner())
    }

    async fn do_get_imported_keys(
        &self,
        _command: CommandGetImportedKeys,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        no_keys(keys::foreign())
    }

    async fn get_flight_info_cross_reference(
        &self,
        command: CommandGetCrossReference,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info_of(&keys::foreign(), &command, request.into_inner())
    }

    async fn do_get_cross_reference(
        &self,
        _command: CommandGetCrossReference,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        no_keys(keys::foreign())
    }

    async fn get_flight_info_xdbc_type_info(
        &self,
        command: CommandGetXdbcTypeInfo,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let types = types::all().map_err(unusable)?;
        info_of(&types.schema(), &command, request.into_inner())
    }

    async fn do_get_xdbc_type_info(
        &self,
        command: CommandGetXdbcTypeInfo,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        one(types::all().and_then(|all| all.record_batch(command.data_type)))
    }

    async fn get_flight_info_substrait_plan(
        &self,
        _command: CommandStatementSubstraitPlan,
        _request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        no_substrait()
    }

    async fn do_put_substrait_plan(
        &self,
        _command: CommandStatementSubstraitPlan,
        _request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        no_substrait()
    }

    async fn do_action_create_prepared_substrait_plan(
        &self,
        _command: ActionCreatePreparedSubstraitPlanRequest,
        _request: Request<Action>,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        no_substrait()
    }

    async fn do_put_statement_update(
        &self,
        _command: CommandStatementUpdate,
        _request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        read_only()
    }

    async fn do_put_prepared_statement_update(
        &self,
        _command: CommandPreparedStatementUpdate,
        _request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        read_only()
    }

    async fn do_put_statement_ingest(
        &self,
        _command: CommandStatementIngest,
        _request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        read_only()
    }

    async fn do_action_begin_transaction(
        &self,
        _command: ActionBeginTransactionRequest,
        _request: Request<Action>,
    ) -> Result<ActionBeginTransactionResult, Status> {
        no_transactions()
    }

    async fn do_action_begin_savepoint(
        &self,
        _command: ActionBeginSavepointRequest,
        _request: Request<Action>,
    ) -> Result<ActionBeginSavepointResult, Status> {
        no_transactions()
    }

    async fn do_action_cancel_query(
        &self,
        command: ActionCancelQueryRequest,
        _request: Request<Action>,
    ) -> Result<ActionCancelQueryResult, Status> {
        let info = FlightInfo::decode(command.info).map_err(|error| invalid(&error))?;
        // Its numbers mean the same as those of the newer action.
        let result = self.cancel(&info)? as i32;
        Ok(ActionCancelQueryResult { result })
    }

    async fn list_custom_actions(&self) -> Option<Vec<Result<ActionType, Status>>> {
        let action = |kind: &str, description: &str| {
            Ok(ActionType {
                r#type: kind.into(),
                description: description.into(),
            })
        };
        Some(vec![
            action(
                CANCEL,
                "Cancels a query that runs. CancelFlightInfoRequest, CancelFlightInfoResult",
            ),
            action(
                "SetSessionOptions",
                "Checks catalog and schema. SetSessionOptionsRequest, SetSessionOptionsResult",
            ),
            action(
                "GetSessionOptions",
                "Tells catalog and schema. GetSessionOptionsRequest, GetSessionOptionsResult",
            ),
            action(
                "CloseSession",
                "Does nothing: no session is kept. CloseSessionRequest, CloseSessionResult",
            ),
        ])
    }

    async fn do_action_fallback(
        &self,
        request: Request<Action>,
    ) -> Result<Response<DoAction>, Status> {
        let action = request.into_inner();
        let body = if action.r#type == CANCEL {
            let request = CancelFlightInfoRequest::decode(action.body);
            let info = request.map_err(|error| invalid(&error))?.info;
            let status = self.cancel(&info.unwrap_or_default())? as i32;
            CancelFlightInfoResult { status }.encode_to_vec()
        } else if let Some(answer) = session::answer(&action.r#type, &action.body) {
            answer.map_err(|error| invalid(&error))?
        } else {
            let message = format!("there is no action {:?} here", action.r#type);
            return Err(Status::unimplemented(message));
        };
        let result = arrow_flight::Result { body: body.into() };
        Ok(Response::new(stream::iter([Ok(result)]).boxed()))
    }
}
