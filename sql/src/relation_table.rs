//! A relation as a table: what its Delta table has, less what was replaced, and
//! what is not in it yet.
//!
//! Whatever types the files have, the schema is the relation's own, so that a
//! query means the same before and after its rows were folded into files.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::metadata::FieldMetadata;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{
    CastExpr, Column, InListExpr, Literal, binary, is_null,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::scalar::ScalarValue;
use modeldb_warehouse::{Relation, RelationView};

/// One relation as of one moment, to be scanned.
#[derive(Debug)]
pub(crate) struct RelationTable {
    relation: Relation,
    schema: SchemaRef,
    /// None while nothing was ever folded.
    files: Option<Arc<dyn TableProvider>>,
    hot: Vec<RecordBatch>,
    replaced: BTreeSet<String>,
}

impl RelationTable {
    /// Of `view`. No file is read here.
    pub(crate) async fn open(view: RelationView, session: Arc<SessionState>) -> Result<Self> {
        let files = if view.table.version().is_some() {
            let files = view.table.table_provider().with_session(session);
            Some(Arc::new(files.build().await?) as Arc<dyn TableProvider>)
        } else {
            None
        };
        Ok(Self {
            relation: view.relation,
            schema: view.relation.schema(),
            files,
            hot: view.hot,
            replaced: view.replaced,
        })
    }

    /// The columns at `wanted` of what the files have.
    async fn scan_files(
        &self,
        files: &dyn TableProvider,
        session: &dyn Session,
        wanted: &[usize],
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let stored = files.schema();
        let key = self.relation.key().filter(|_| !self.replaced.is_empty());
        let names = wanted.iter().map(|&index| self.schema.field(index).name());
        let mut projection: Vec<usize> = names
            .map(String::as_str)
            .chain(key)
            .filter_map(|name| stored.index_of(name).ok())
            .collect();
        projection.sort_unstable();
        projection.dedup();
        // A file written before a column was added cannot be asked about it.
        let known: Vec<Expr> = filters
            .iter()
            .filter(|filter| self.are_stored(&stored, filter))
            .cloned()
            .collect();
        // The limit holds after the replaced rows are gone.
        let limit = if key.is_none() && known.len() == filters.len() {
            limit
        } else {
            None
        };
        let mut plan = files
            .scan(session, Some(&projection), &known, limit)
            .await?;
        if let Some(key) = key
            && plan.schema().index_of(key).is_ok()
        {
            plan = Arc::new(FilterExec::try_new(
                self.is_current(key, &plan.schema())?,
                plan,
            )?);
        }
        self.project(plan, wanted)
    }

    /// Whether the files have all columns of `filter`, with the relation's types.
    fn are_stored(&self, stored: &Schema, filter: &Expr) -> bool {
        filter.column_refs().into_iter().all(|column| {
            match (
                stored.field_with_name(column.name()),
                self.schema.field_with_name(column.name()),
            ) {
                (Ok(stored), Ok(own)) => stored.data_type() == own.data_type(),
                _ => false,
            }
        })
    }

    /// `key is null or key not in (replaced)`.
    fn is_current(&self, key: &str, schema: &Schema) -> Result<Arc<dyn PhysicalExpr>> {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new_with_schema(key, schema)?);
        let replaced: ArrayRef = Arc::new(StringArray::from_iter_values(&self.replaced));
        let kind = schema.field_with_name(key)?.data_type().clone();
        let replaced = datafusion::arrow::compute::cast(&replaced, &kind)?;
        let kept = InListExpr::try_new_from_array(column.clone(), replaced, true, schema)?;
        binary(is_null(column)?, Operator::Or, Arc::new(kept), schema)
    }

    /// `plan` with exactly the columns at `wanted`, in the relation's types; null
    /// where the files do not have a column yet.
    fn project(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        wanted: &[usize],
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let stored = plan.schema();
        let expected = self.schema.project(wanted)?;
        if stored.fields() == expected.fields() {
            return Ok(plan);
        }
        let column = |index: &usize| -> Result<(Arc<dyn PhysicalExpr>, String)> {
            let field = Arc::new(self.schema.field(*index).clone());
            let name = field.name().clone();
            let Ok(at) = stored.index_of(&name) else {
                let null = ScalarValue::try_new_null(field.data_type())?;
                let comment = FieldMetadata::from(field.as_ref());
                return Ok((
                    Arc::new(Literal::new_with_metadata(null, Some(comment))),
                    name,
                ));
            };
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(&name, at));
            if stored.field(at) == field.as_ref() {
                Ok((column, name))
            } else {
                let cast = CastExpr::new_with_target_field(column, field, None);
                Ok((Arc::new(cast), name))
            }
        };
        let columns = wanted.iter().map(column).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(ProjectionExec::try_new(columns, plan)?))
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
            let files = files.as_ref();
            parts.push(
                self.scan_files(files, session, wanted, filters, limit)
                    .await?,
            );
        }
        if self.hot.iter().any(|batch| batch.num_rows() > 0) {
            let hot = std::slice::from_ref(&self.hot);
            let hot = MemorySourceConfig::try_new(hot, self.schema(), Some(wanted.clone()))?;
            parts.push(DataSourceExec::from_data_source(hot.with_limit(limit)));
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
