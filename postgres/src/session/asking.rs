//! What is asked of the engine.

use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Session, Statement};
use crate::command::Inner;
use crate::encode::{Columns, Rows};
use crate::error::{Result, Told, code, refuse};
use crate::io::Io;
use crate::parameters;

impl Session {
    /// Runs a query for the rows that a client knows the columns of.
    pub(super) async fn rows<R, W>(
        &mut self,
        inner: &Inner,
        statement: &Statement,
        row: Option<&RecordBatch>,
        offset: usize,
        io: &mut Io<R, W>,
    ) -> Result<Rows>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let engine = self.engine()?;
        let mut options = self.options(&statement.parameters)?;
        let access = &self.access;
        let explain = |error| Told::of_engine(&error, &inner.text, offset + inner.start);
        let work = async {
            let answer = match row {
                Some(row) => {
                    // A number is bound with the digits that it has.
                    let types = row
                        .schema()
                        .fields()
                        .iter()
                        .map(|f| Some(f.data_type().clone()))
                        .collect();
                    options.parameter_types = types;
                    engine.query_with(access, &inner.text, row, &options).await
                }
                None => engine.query(access, &inner.text, &options).await,
            };
            Ok(answer.map_err(explain)?)
        };
        let answer = io.until(work).await?;
        let columns = statement
            .columns
            .clone()
            .unwrap_or_else(|| Columns::of(&answer.schema()));
        Ok(Rows::new(columns, answer))
    }

    /// The values that `EXECUTE` gives, which are any expressions.
    pub(super) async fn arguments<R, W>(
        &mut self,
        prepared: &Statement,
        arguments: &[Inner],
        offset: usize,
        io: &mut Io<R, W>,
    ) -> Result<RecordBatch>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        use futures::TryStreamExt;
        if arguments.len() != prepared.parameters.len() {
            return Err(refuse(
                code::SYNTAX,
                format!(
                    "wrong number of parameters: the statement has {}, and {} are given",
                    prepared.parameters.len(),
                    arguments.len()
                ),
            ));
        }
        let Some(first) = arguments.first() else {
            return parameters::batch(Vec::new());
        };
        let texts: Vec<String> = arguments
            .iter()
            .map(|argument| format!("({})", argument.text))
            .collect();
        let query = format!("select {}", texts.join(", "));
        let engine = self.engine()?;
        let options = self.options(&[])?;
        let access = &self.access;
        let work = async {
            let explain = |error| Told::of_engine(&error, &query, offset + first.start);
            let answer = engine
                .query(access, &query, &options)
                .await
                .map_err(explain)?;
            let batches: Vec<RecordBatch> = answer.try_collect().await.map_err(explain)?;
            Ok(batches)
        };
        let batches = io.until(work).await?;
        let row = batches.iter().find(|batch| batch.num_rows() > 0);
        let row = row.ok_or_else(|| refuse(code::INTERNAL, "no values"))?;
        let columns = row.columns().iter().zip(&prepared.parameters);
        let columns = columns.map(|(column, kind)| {
            arrow::compute::cast(&column.slice(0, 1), &parameters::arrow_of(kind))
                .map_err(|error| refuse(code::VALUE, error.to_string()))
        });
        parameters::batch(columns.collect::<Result<_>>()?)
    }

    pub(super) fn all_settings(&self) -> Result<RecordBatch> {
        let settings = self.settings();
        let (names, values): (Vec<&str>, Vec<&str>) = settings.all().unzip();
        let notes = vec![""; names.len()];
        let columns = [("name", names), ("setting", values), ("description", notes)];
        let columns =
            columns.map(|(name, column)| (name, Arc::new(StringArray::from(column)) as _));
        RecordBatch::try_from_iter(columns)
            .map_err(|error| refuse(code::INTERNAL, error.to_string()))
    }
}
