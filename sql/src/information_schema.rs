//! `information_schema`: DataFusion's own, with what each relation, view and column is.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::information_schema::InformationSchemaProvider;
use datafusion::catalog::{
    MemTable, MemoryCatalogProviderList, SchemaProvider, Session, TableProvider,
};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::{ExecutionPlan, collect};
use modeldb_warehouse::Relation;

use crate::CATALOG;
use crate::catalog::Relations;
use crate::described::Described;
use crate::functions::Function;
use crate::views;

/// A table of ours in it.
const TABLE_FUNCTIONS: &str = "table_functions";

/// Its name.
pub(crate) const INFORMATION_SCHEMA: &str = "information_schema";

#[derive(Debug)]
pub(crate) struct InformationSchema(InformationSchemaProvider);

impl InformationSchema {
    /// Of `relations`; `session` has the functions.
    pub(crate) fn new(relations: Arc<Relations>, session: &SessionState) -> Self {
        use datafusion::catalog::CatalogProviderList;
        let list = MemoryCatalogProviderList::new();
        list.register_catalog(CATALOG.to_owned(), Arc::new(Described(relations)));
        let provider = InformationSchemaProvider::new(Arc::new(list));
        Self(provider.with_table_functions(session.table_functions().clone()))
    }
}

#[async_trait]
impl SchemaProvider for InformationSchema {
    fn table_names(&self) -> Vec<String> {
        let own = std::iter::once(TABLE_FUNCTIONS.to_owned());
        self.0.table_names().into_iter().chain(own).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if name == TABLE_FUNCTIONS {
            return Ok(Some(Arc::new(table_functions()?)));
        }
        let Some(table) = self.0.table(name).await? else {
            return Ok(None);
        };
        let comment: Comment = match name {
            "tables" => |row| of_table(row.table),
            "columns" => |row| of_column(row.table, row.column),
            _ => return Ok(Some(table)),
        };
        let name = format!("{}_comment", name.trim_end_matches('s'));
        let mut fields = table.schema().fields().to_vec();
        fields.push(Arc::new(Field::new(name, DataType::Utf8, true)));
        Ok(Some(Arc::new(Commented {
            table,
            schema: Arc::new(Schema::new(fields)),
            comment,
        })))
    }

    fn table_exist(&self, name: &str) -> bool {
        name == TABLE_FUNCTIONS || self.0.table_exist(name)
    }
}

/// A row for each of our table functions.
fn table_functions() -> Result<MemTable> {
    let texts = |of: fn(Function) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(Function::ALL.map(of)))
    };
    let batch = RecordBatch::try_from_iter([
        ("function_name", texts(Function::name)),
        ("usage", texts(Function::usage)),
        ("function_comment", texts(Function::comment)),
    ])?;
    MemTable::try_new(batch.schema(), vec![vec![batch]])
}

/// What a row is about.
struct About<'a> {
    table: &'a str,
    column: &'a str,
}

type Comment = fn(&About<'_>) -> Option<&'static str>;

/// What a relation or a view is.
pub(crate) fn of_table(table: &str) -> Option<&'static str> {
    let relation = Relation::named(table).map(Relation::comment);
    relation.or_else(|| views::named(table).map(views::View::comment))
}

/// What a column of it holds.
pub(crate) fn of_column(table: &str, column: &str) -> Option<&'static str> {
    match Relation::named(table) {
        Some(relation) => {
            let mut columns = relation.columns().iter();
            let found = columns.find(|known| known.name == column);
            found.map(|found| found.comment)
        }
        None => views::named(table)?.column_comment(column),
    }
}

/// A table of DataFusion's, and a comment in each row.
struct Commented {
    table: Arc<dyn TableProvider>,
    schema: SchemaRef,
    comment: Comment,
}

impl std::fmt::Debug for Commented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Commented").finish_non_exhaustive()
    }
}

impl Commented {
    fn add(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let texts = |name: &str| -> Result<ArrayRef> {
            match batch.column_by_name(name) {
                Some(column) => Ok(cast(column, &DataType::Utf8)?),
                None => Ok(Arc::new(StringArray::new_null(batch.num_rows()))),
            }
        };
        let (tables, columns) = (texts("table_name")?, texts("column_name")?);
        let names = tables
            .as_string::<i32>()
            .iter()
            .zip(columns.as_string::<i32>());
        let comment = |(table, column): (Option<&str>, Option<&str>)| {
            (self.comment)(&About {
                table: table.unwrap_or_default(),
                column: column.unwrap_or_default(),
            })
        };
        let comments: StringArray = names.map(comment).collect();
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(comments));
        Ok(RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}

#[async_trait]
impl TableProvider for Commented {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = self.table.scan(session, None, &[], None).await?;
        let batches = collect(plan, session.task_ctx()).await?;
        let batches = batches.iter().map(|batch| self.add(batch));
        let batches = batches.collect::<Result<Vec<_>, DataFusionError>>()?;
        let table = MemTable::try_new(self.schema.clone(), vec![batches])?;
        table.scan(session, projection, filters, limit).await
    }
}
