//! A grid for people, and how many rows it has.
//!
//! The grid is as wide as its widest cell, so rows are held before they are
//! drawn, a page at a time: long answers repeat the header at each page.

use std::io::Write;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::arrow::util::pretty::pretty_format_batches;

use super::{Sink, WriteError};

/// Rows that are drawn together.
const PAGE_ROWS: usize = 10_000;

/// Characters of a cell that are shown.
const CELL_MAX: usize = 10_000;

pub(super) struct Table<'a> {
    schema: SchemaRef,
    page: Vec<RecordBatch>,
    held: usize,
    rows: usize,
    out: &'a mut (dyn Write + Send),
}

impl<'a> Table<'a> {
    pub(super) fn new(schema: SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        Self {
            schema,
            page: Vec::new(),
            held: 0,
            rows: 0,
            out,
        }
    }

    fn draw(&mut self) -> Result<(), WriteError> {
        if self.schema.fields().is_empty() {
            return Ok(());
        }
        if self.page.is_empty() {
            self.page.push(RecordBatch::new_empty(self.schema.clone()));
        }
        let cells = self.page.drain(..).map(|batch| cells(&batch));
        let cells = cells.collect::<Result<Vec<_>, _>>();
        let grid = cells
            .and_then(|cells| Ok(pretty_format_batches(&cells)?.to_string()))
            .map_err(WriteError::from_arrow)?;
        self.held = 0;
        Ok(writeln!(self.out, "{grid}")?)
    }
}

impl Sink for Table<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut from = 0;
        while from < batch.num_rows() {
            let take = (batch.num_rows() - from).min(PAGE_ROWS - self.held);
            self.page.push(batch.slice(from, take));
            self.held += take;
            from += take;
            if self.held == PAGE_ROWS {
                self.draw()?;
            }
        }
        self.rows += batch.num_rows();
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), WriteError> {
        if self.held > 0 || self.rows == 0 {
            self.draw()?;
        }
        let rows = if self.rows == 1 { "row" } else { "rows" };
        writeln!(self.out, "({} {rows})", self.rows)?;
        Ok(self.out.flush()?)
    }
}

/// `batch` as text, as it is shown.
fn cells(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let options = FormatOptions::default().with_null("");
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let formatter = ArrayFormatter::try_new(column.as_ref(), &options)?;
        let mut texts = StringBuilder::new();
        for row in 0..column.len() {
            texts.append_value(shown(&formatter.value(row).try_to_string()?));
        }
        fields.push(Field::new(shown(field.name()), DataType::Utf8, true));
        columns.push(Arc::new(texts.finish()));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// `text` without characters that would steer a terminal, and not endless.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (count, c) in text.chars().enumerate() {
        if count == CELL_MAX {
            shown.push('…');
            break;
        }
        match c {
            '\n' => shown.push('\n'),
            '\t' => shown.push_str("    "),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}
