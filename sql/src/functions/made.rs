//! Rows that a function makes, column by column.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, ListBuilder, MapBuilder, RecordBatch,
    StringArray, StringBuilder,
};
use datafusion::arrow::datatypes::{Field, Schema};

use crate::error::{Error, Result};

/// Columns under construction: of `rows`, each column a value of each.
pub(super) struct Made<'a, T> {
    rows: &'a [T],
    columns: Vec<(&'static str, ArrayRef)>,
}

impl<'a, T> Made<'a, T> {
    pub(super) fn of(rows: &'a [T]) -> Self {
        Self {
            rows,
            columns: Vec::new(),
        }
    }

    pub(super) fn text(self, name: &'static str, value: impl Fn(&'a T) -> Option<&'a str>) -> Self {
        let column: StringArray = self.rows.iter().map(value).collect();
        self.with(name, Arc::new(column))
    }

    pub(super) fn long(self, name: &'static str, value: impl Fn(&'a T) -> Option<i64>) -> Self {
        let column: Int64Array = self.rows.iter().map(value).collect();
        self.with(name, Arc::new(column))
    }

    pub(super) fn double(self, name: &'static str, value: impl Fn(&'a T) -> Option<f64>) -> Self {
        let column: Float64Array = self.rows.iter().map(value).collect();
        self.with(name, Arc::new(column))
    }

    pub(super) fn boolean(self, name: &'static str, value: impl Fn(&'a T) -> Option<bool>) -> Self {
        let column: BooleanArray = self.rows.iter().map(value).collect();
        self.with(name, Arc::new(column))
    }

    pub(super) fn texts(self, name: &'static str, value: impl Fn(&'a T) -> &'a [String]) -> Self {
        let mut lists = ListBuilder::new(StringBuilder::new());
        for row in self.rows {
            lists.append_value(value(row).iter().map(Some));
        }
        self.with(name, Arc::new(lists.finish()))
    }

    pub(super) fn map(
        self,
        name: &'static str,
        value: impl Fn(&'a T) -> Option<&'a BTreeMap<String, String>>,
    ) -> Self {
        let mut maps = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        for row in self.rows {
            let entries = value(row);
            for (key, value) in entries.into_iter().flatten() {
                maps.keys().append_value(key);
                maps.values().append_value(value);
            }
            // As many keys as values were appended.
            let _ = maps.append(entries.is_some());
        }
        self.with(name, Arc::new(maps.finish()))
    }

    fn with(mut self, name: &'static str, column: ArrayRef) -> Self {
        self.columns.push((name, column));
        self
    }

    pub(super) fn batch(self) -> Result<RecordBatch> {
        let field = |(name, column): &(&'static str, ArrayRef)| {
            Field::new(*name, column.data_type().clone(), true)
        };
        let schema = Schema::new(self.columns.iter().map(field).collect::<Vec<_>>());
        let columns = self.columns.into_iter().map(|(_, column)| column).collect();
        RecordBatch::try_new(Arc::new(schema), columns)
            .map_err(|error| Error::Internal(format!("the answer of a function: {error}")))
    }
}
