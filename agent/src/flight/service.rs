//! The server's side of Flight SQL.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::error::FlightError;
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::server::{FlightSqlService, PeekableFlightDataStream};
use arrow_flight::sql::{
    ActionClosePreparedStatementRequest, ActionCreatePreparedStatementRequest,
    ActionCreatePreparedStatementResult, CommandGetCatalogs, CommandGetDbSchemas,
    CommandGetSqlInfo, CommandGetTableTypes, CommandGetTables, CommandPreparedStatementQuery,
    CommandStatementQuery, DoPutPreparedStatementResult, ProstMessageExt, SqlInfo,
    TicketStatementQuery,
};
use arrow_flight::{Action, FlightDescriptor, FlightEndpoint, FlightInfo, Ticket};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use modeldb_sql::{Engine, Error, QueryOptions};
use modeldb_warehouse::Access;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use super::code::status;
use super::handle::Handle;
use super::metadata;

type DoGet = <FlightSql as FlightService>::DoGetStream;

/// Answers Flight SQL.
#[derive(Clone, Debug)]
pub struct FlightSql {
    engine: Arc<Engine>,
}

impl FlightSql {
    /// Over `engine`.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    async fn prepared_schema(&self, access: &Access, handle: &Handle) -> Result<SchemaRef, Error> {
        let options = QueryOptions::default();
        match handle.parameters()? {
            Some(row) => {
                self.engine
                    .prepare_with(access, &handle.query, &row, &options)
                    .await
            }
            None => Ok(self
                .engine
                .prepare(access, &handle.query, &options)
                .await?
                .schema),
        }
    }
}

/// What the sender of a request may do: everything, until there are tokens.
fn access(_metadata: &MetadataMap) -> Access {
    Access::everything()
}

fn refused(error: Error) -> Status {
    status(&error)
}

fn unusable(error: impl std::fmt::Display) -> Status {
    status(&Error::Internal(error.to_string()))
}

/// Where to get an answer with `schema`: here, with `ticket`.
fn info(
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

fn many(answer: modeldb_sql::Answer) -> Response<DoGet> {
    let schema = answer.schema();
    let batches = answer.map_err(|error| FlightError::Tonic(Box::new(status(&error))));
    let data = FlightDataEncoderBuilder::new()
        .with_schema(schema)
        .build(batches);
    Response::new(data.map_err(Status::from).boxed())
}

#[tonic::async_trait]
impl FlightSqlService for FlightSql {
    type FlightService = Self;

    async fn register_sql_info(&self, _id: i32, _result: &SqlInfo) {}

    async fn get_flight_info_statement(
        &self,
        command: CommandStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let access = access(request.metadata());
        let prepared = self
            .engine
            .prepare(&access, &command.query, &QueryOptions::default())
            .await;
        let ticket = TicketStatementQuery {
            statement_handle: command.query.into_bytes().into(),
        };
        info(
            &prepared.map_err(refused)?.schema,
            &ticket,
            request.into_inner(),
        )
    }

    async fn do_get_statement(
        &self,
        ticket: TicketStatementQuery,
        request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        let query = std::str::from_utf8(&ticket.statement_handle)
            .map_err(|_| refused(Error::Invalid("this is no ticket of this service".into())))?;
        let answer = self
            .engine
            .query(&access(request.metadata()), query, &QueryOptions::default())
            .await;
        Ok(many(answer.map_err(refused)?))
    }

    async fn do_action_create_prepared_statement(
        &self,
        command: ActionCreatePreparedStatementRequest,
        request: Request<Action>,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        let access = access(request.metadata());
        let prepared = self
            .engine
            .prepare(&access, &command.query, &QueryOptions::default())
            .await;
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
        let mut rows: Vec<RecordBatch> = Vec::new();
        let mut batches = FlightRecordBatchStream::new_from_flight_data(data);
        while let Some(batch) = batches.try_next().await.map_err(Status::from)? {
            if batch.num_rows() > 0 {
                rows.push(batch);
            }
            if rows.iter().map(RecordBatch::num_rows).sum::<usize>() > 1 {
                let text = "a query is run for one row of parameters; several were given";
                return Err(refused(Error::Invalid(text.into())));
            }
        }
        let handle = match rows.first() {
            Some(row) => handle.bind(row).map_err(refused)?,
            None => handle,
        };
        Ok(DoPutPreparedStatementResult {
            prepared_statement_handle: Some(handle.write()),
        })
    }

    async fn get_flight_info_prepared_statement(
        &self,
        command: CommandPreparedStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let handle = Handle::read(command.prepared_statement_handle.clone()).map_err(refused)?;
        let schema = self
            .prepared_schema(&access(request.metadata()), &handle)
            .await;
        let schema = schema.map_err(refused)?;
        info(&schema, &command, request.into_inner())
    }

    async fn do_get_prepared_statement(
        &self,
        command: CommandPreparedStatementQuery,
        request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        let handle = Handle::read(command.prepared_statement_handle).map_err(refused)?;
        let (access, options) = (access(request.metadata()), QueryOptions::default());
        let answer = match handle.parameters().map_err(refused)? {
            Some(row) => {
                self.engine
                    .query_with(&access, &handle.query, &row, &options)
                    .await
            }
            None => self.engine.query(&access, &handle.query, &options).await,
        };
        Ok(many(answer.map_err(refused)?))
    }

    async fn get_flight_info_catalogs(
        &self,
        command: CommandGetCatalogs,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info(
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
        info(&schema, &command, request.into_inner())
    }

    async fn do_get_schemas(
        &self,
        command: CommandGetDbSchemas,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        one(metadata::schemas(command))
    }

    async fn get_flight_info_tables(
        &self,
        command: CommandGetTables,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let schema = command.clone().into_builder().schema();
        info(&schema, &command, request.into_inner())
    }

    async fn do_get_tables(
        &self,
        command: CommandGetTables,
        request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        let access = access(request.metadata());
        one(metadata::tables(command, &self.engine, &access))
    }

    async fn get_flight_info_table_types(
        &self,
        command: CommandGetTableTypes,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        info(
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
        let schema = metadata::sql_info_schema();
        info(schema, &command, request.into_inner())
    }

    async fn do_get_sql_info(
        &self,
        command: CommandGetSqlInfo,
        _request: Request<Ticket>,
    ) -> Result<Response<DoGet>, Status> {
        one(metadata::sql_info(command))
    }
}
