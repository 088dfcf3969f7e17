//! SQL: any query, as a table or as a file; and what there is to be asked.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Array, RecordBatch};
use axum::Json;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use modeldb_sql::{Answer, Format, QueryOptions, format};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::ask::Sql;
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Body;
use super::super::shape::Table;

/// Rows of a table where nobody says how many.
const ROWS: usize = 1000;
/// Rows of a table, at most; a file has all.
const ROWS_MAX: usize = 10_000;
/// Bytes of a table's rows, at most: what a browser shows in good time.
const TABLE_BYTES_MAX: usize = 16 << 20;
/// Pieces of a file that wait to be sent.
const PIECES_MAX: usize = 8;

/// How an answer comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub(in super::super) enum Form {
    /// As a [`SqlAnswer`].
    #[default]
    Table,
    Csv,
    Parquet,
    /// One JSON object per line.
    JsonLines,
}

/// A query.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SqlQuery {
    query: String,
    /// Of a table: 1,000 rows if it is not given, 10,000 at most.
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    form: Form,
}

/// Rows that a query answered.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct SqlAnswer {
    #[serde(flatten)]
    table: Table,
    /// Whether there are more: than were asked for, or than fit into 16 MiB.
    truncated: bool,
    milliseconds: u64,
}

/// Runs a query.
#[utoipa::path(post, path = "/api/v1/sql", tag = "sql", request_body = SqlQuery,
    responses((status = 200, body = SqlAnswer), (status = "4XX", body = Problem)))]
pub(super) async fn run_sql(
    State(app): State<Arc<App>>,
    Body(query): Body<SqlQuery>,
) -> Result<Response> {
    let format = match query.form {
        Form::Table => return Ok(Json(table(&app, &query).await?).into_response()),
        Form::Csv => Format::Csv,
        Form::Parquet => Format::Parquet,
        Form::JsonLines => Format::Json,
    };
    file(&app, &query, format).await
}

async fn table(app: &App, query: &SqlQuery) -> Result<SqlAnswer> {
    let began = tokio::time::Instant::now();
    let most = query.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX);
    let sql = Sql::new(&query.query, None);
    let mut answer = app.ask.answer(&sql, &QueryOptions::default()).await?;
    let schema = answer.schema();
    let (mut batches, mut rows, mut bytes) = (Vec::new(), 0, 0);
    let mut truncated = false;
    while !truncated && let Some(batch) = answer.next().await {
        let batch = batch?;
        let (count, size, room) = (batch.num_rows(), size(&batch), TABLE_BYTES_MAX - bytes);
        // If all rows are of one length.
        let fitting = if size <= room {
            count
        } else {
            count * room / size
        };
        let told = fitting.min(most - rows);
        truncated = told < count;
        bytes += size.min(room);
        rows += told;
        batches.push(batch.slice(0, told));
    }
    drop(answer);
    let batch = arrow::compute::concat_batches(&schema, &batches)
        .map_err(|error| Failure::internal(&error))?;
    let elapsed: Duration = began.elapsed();
    Ok(SqlAnswer {
        table: Table::of(&batch)?,
        truncated,
        milliseconds: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
    })
}

/// Bytes of the rows of `batch`, which may be a part of what its buffers hold.
fn size(batch: &RecordBatch) -> usize {
    let sizes = batch.columns().iter().map(|column| {
        let part = column.to_data().get_slice_memory_size();
        part.unwrap_or_else(|_| column.get_array_memory_size())
    });
    sizes.sum()
}

async fn file(app: &App, query: &SqlQuery, format: Format) -> Result<Response> {
    let sql = Sql::new(&query.query, None);
    let mut answer = app.ask.answer(&sql, &QueryOptions::default()).await?;
    let schema = answer.schema();
    // What fails before there is anything to send fails with a status.
    let first = answer.next().await.transpose()?;
    let answer = Answer::new(schema, stream::iter(first.map(Ok)).chain(answer).boxed());
    let (pieces, mut receive) = mpsc::channel::<io::Result<Bytes>>(PIECES_MAX);
    tokio::spawn(async move {
        let mut out = Pieces(pieces.clone());
        tokio::select! {
            written = format::write(answer, format, &mut out) => if let Err(error) = written {
                // The status is sent: what is left is to break the transfer off.
                let _ = pieces.send(Err(io::Error::other(error.to_string()))).await;
            },
            // Nobody reads any more: the query ends with its answer.
            () = pieces.closed() => {}
        }
    });
    let stream = stream::poll_fn(move |context| receive.poll_recv(context));
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "modeldb.csv"),
        Format::Parquet => ("application/vnd.apache.parquet", "modeldb.parquet"),
        _ => ("application/x-ndjson", "modeldb.jsonl"),
    };
    let mut response = HttpBody::from_stream(stream).into_response();
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Sends what is written to it; whoever writes waits for whoever reads.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        let sent = tokio::task::block_in_place(|| self.0.blocking_send(Ok(piece)));
        match sent {
            Ok(()) => Ok(bytes.len()),
            Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A column of a relation or a view.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct CatalogColumn {
    table_name: String,
    /// `BASE TABLE` or `VIEW`.
    table_type: Option<String>,
    table_comment: Option<String>,
    column_name: Option<String>,
    data_type: Option<String>,
    comment: Option<String>,
}

/// What there is to be asked: the columns of relations and views.
#[utoipa::path(get, path = "/api/v1/catalog", tag = "sql",
    responses((status = 200, body = Vec<CatalogColumn>), (status = "4XX", body = Problem)))]
pub(super) async fn catalog(State(app): State<Arc<App>>) -> Result<Json<Vec<CatalogColumn>>> {
    let text = "select c.table_name, t.table_type, t.table_comment, c.column_name, \
        c.data_type, c.column_comment as comment from information_schema.columns c \
        join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name \
        where c.table_schema = 'public' order by c.table_name, c.ordinal_position";
    Ok(Json(app.ask.rows(text, None).await?))
}
