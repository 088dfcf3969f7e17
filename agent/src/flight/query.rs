//! Running the query of a ticket.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow_flight::FlightData;
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::error::FlightError;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt, unfold};
use modeldb_sql::{Answer, Engine, Error, QueryOptions, Result};
use modeldb_warehouse::Access;
use tonic::Status;

use super::code::status;
use super::cut::cut;
use super::handle::Handle;
use super::running::Entry;

type Message = std::result::Result<FlightData, Status>;

/// The answer to the query of `handle`; to its query for each row of parameters, one
/// after the other, where it has several.
pub(super) async fn answer(engine: &Arc<Engine>, access: Access, handle: Handle) -> Result<Answer> {
    let options = QueryOptions::default();
    let Some(rows) = handle.parameters()? else {
        return engine.query(&access, &handle.query, &options).await;
    };
    let (engine, query) = (engine.clone(), handle.query);
    let first = engine
        .query_with(&access, &query, &rows.slice(0, 1), &options)
        .await?;
    if rows.num_rows() == 1 {
        return Ok(first);
    }
    let schema = first.schema();
    let promised = schema.clone();
    let others = unfold(1, move |row| {
        let (engine, query) = (engine.clone(), query.clone());
        let (access, options) = (access.clone(), options.clone());
        let row_of = (row < rows.num_rows()).then(|| rows.slice(row, 1));
        async move {
            let answer = engine.query_with(&access, &query, &row_of?, &options).await;
            Some((answer, row + 1))
        }
    });
    let others = others.map_ok(|answer| answer.boxed()).try_flatten();
    let batches = first.chain(others).map(move |batch| {
        let batch = batch?;
        if batch.schema() == promised {
            Ok(batch)
        } else {
            let message =
                "the columns of the answer have other types for another row of parameters";
            Err(Error::Invalid(message.into()))
        }
    });
    Ok(Answer::new(schema, batches.boxed()))
}

/// `answer` as messages, until `entry` is cancelled.
pub(super) fn messages(answer: Answer, entry: Entry) -> BoxStream<'static, Message> {
    let schema = answer.schema();
    let batches = unfold(Some((answer, entry)), |running| async move {
        let (mut answer, entry) = running?;
        let next = tokio::select! {
            biased;
            () = entry.cancelled() => Err(cancelled()),
            next = answer.next() => next?,
        };
        let rest = next.is_ok().then_some((answer, entry));
        Some((next, rest))
    });
    let parts = batches
        .map_ok(|batch: RecordBatch| stream::iter(cut(batch).into_iter().map(Ok)))
        .try_flatten()
        .map_err(|error: Error| FlightError::Tonic(Box::new(status(&error))));
    FlightDataEncoderBuilder::new()
        .with_schema(schema)
        // They are cut already.
        .with_max_flight_data_size(usize::MAX)
        .build(parts)
        .map_err(Status::from)
        .boxed()
}

/// What the reader of a cancelled answer is told.
pub(super) fn cancelled() -> Error {
    Error::Cancelled("the query was cancelled by its client".into())
}
