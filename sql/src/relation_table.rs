//! A relation as a table: what its Delta table has, less what was replaced, and
//! what is not in it yet.
//!
//! Whatever columns the files have, the schema is the relation's own (a column that they lack is
//! null), so that a query means the same before and after its rows were folded into files.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, RecordBatchOptions, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{Column, InListExpr, binary, is_null};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::union::UnionExec;
use modeldb_warehouse::{Relation, RelationView};

use crate::files::{Cache, DataFiles, text_as_views};

/// One relation as of one moment, to be scanned.
#[derive(Debug)]
pub(crate) struct RelationTable {
    relation: Relation,
    schema: SchemaRef,
    /// None while nothing was ever folded.
    files: Option<Arc<DataFiles>>,
    hot: Vec<RecordBatch>,
    replaced: BTreeSet<String>,
}

impl RelationTable {
    /// Of `view`. No file is read here.
    pub(crate) fn open(view: RelationView, cache: &Cache) -> Result<Self> {
        let schema = text_as_views(&view.relation.schema());
        let files = match view.table.version() {
            Some(_) => Some(cache.files(view.relation, &view.table, &schema)?),
            None => None,
        };
        Ok(Self {
            relation: view.relation,
            schema,
            files,
            hot: view.hot,
            replaced: view.replaced,
        })
    }

    /// The columns at `wanted` of what the files have.
    async fn scan_files(
        &self,
        files: &DataFiles,
        session: &dyn Session,
        wanted: &[usize],
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let key = self.relation.key().filter(|_| !self.replaced.is_empty());
        let Some(key) = key else {
            return files.scan(session, wanted, filters, limit).await;
        };
        let key = self.schema.index_of(key)?;
        let mut with_key = wanted.to_vec();
        if !wanted.contains(&key) {
            with_key.push(key);
        }
        // A limit holds after the replaced rows are gone.
        let plan = files.scan(session, &with_key, filters, None).await?;
        let current = self.is_current(self.schema.field(key).name(), &plan.schema())?;
        let plan: Arc<dyn ExecutionPlan> = Arc::new(FilterExec::try_new(current, plan)?);
        if with_key.len() == wanted.len() {
            return Ok(plan);
        }
        let column = |(at, index): (usize, &usize)| {
            let name = self.schema.field(*index).name().clone();
            (
                Arc::new(Column::new(&name, at)) as Arc<dyn PhysicalExpr>,
                name,
            )
        };
        let columns: Vec<_> = wanted.iter().enumerate().map(column).collect();
        Ok(Arc::new(ProjectionExec::try_new(columns, plan)?))
    }

    /// `key is null or key not in (replaced)`.
    fn is_current(&self, key: &str, schema: &Schema) -> Result<Arc<dyn PhysicalExpr>> {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new_with_schema(key, schema)?);
        let replaced: ArrayRef = Arc::new(StringArray::from_iter_values(&self.replaced));
        let kind = schema.field_with_name(key)?.data_type().clone();
        let replaced = cast(&replaced, &kind)?;
        let kept = InListExpr::try_new_from_array(column.clone(), replaced, true, schema)?;
        binary(is_null(column)?, Operator::Or, Arc::new(kept), schema)
    }

    /// The columns at `wanted` of the rows that no file has yet.
    fn scan_hot(&self, wanted: &[usize], limit: Option<usize>) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = Arc::new(self.schema.project(wanted)?);
        let batch = |batch: &RecordBatch| -> Result<RecordBatch> {
            let columns = wanted.iter().zip(schema.fields());
            let columns =
                columns.map(|(index, field)| cast(batch.column(*index), field.data_type()));
            let columns = columns.collect::<Result<Vec<_>, _>>()?;
            let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let batch = RecordBatch::try_new_with_options(schema.clone(), columns, &rows)?;
            Ok(batch)
        };
        let batches = self.hot.iter().map(batch).collect::<Result<Vec<_>>>()?;
        let hot = MemorySourceConfig::try_new(&[batches], schema.clone(), None)?;
        Ok(DataSourceExec::from_data_source(hot.with_limit(limit)))
    }
}

#[async_trait]
impl TableProvider for RelationTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Files skip by them, row groups too; which rows remain is decided above.
    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        let mut parts: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        if let Some(files) = &self.files {
            let files = self.scan_files(files, session, wanted, filters, limit);
            parts.push(files.await?);
        }
        if self.hot.iter().any(|batch| batch.num_rows() > 0) {
            parts.push(self.scan_hot(wanted, limit)?);
        }
        match parts.pop() {
            None => Ok(Arc::new(EmptyExec::new(Arc::new(
                self.schema.project(wanted)?,
            )))),
            Some(only) if parts.is_empty() => Ok(only),
            Some(last) => {
                parts.push(last);
                UnionExec::try_new(parts)
            }
        }
    }
}
