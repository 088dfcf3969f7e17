//! The schema of the relations as it is told to people and programs: with the types in which
//! answers go out, whatever they are inside. Only to be looked at.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{CatalogProvider, SchemaProvider, Session, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

use crate::SCHEMA;
use crate::information_schema;
use crate::plain::plain_schema;

/// See the module.
#[derive(Debug)]
pub(crate) struct Described<T>(pub(crate) Arc<T>);

impl<T: SchemaProvider + 'static> CatalogProvider for Described<T> {
    fn schema_names(&self) -> Vec<String> {
        vec![SCHEMA.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        (name == SCHEMA).then(|| Arc::new(Self(self.0.clone())) as _)
    }
}

#[async_trait]
impl<T: SchemaProvider + 'static> SchemaProvider for Described<T> {
    fn table_names(&self) -> Vec<String> {
        self.0.table_names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let table = self.0.table(name).await?;
        Ok(table.map(|table| {
            let schema = columns(name, &table.schema());
            Arc::new(DescribedTable { table, schema }) as _
        }))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.0.table_exist(name)
    }
}

/// The columns of a relation or a view as they are told, with comments.
pub(crate) fn columns(table: &str, schema: &SchemaRef) -> SchemaRef {
    let comment = |text: &str| HashMap::from([("comment".to_owned(), text.to_owned())]);
    let plain = plain_schema(schema);
    let fields = plain.fields().iter().map(|field| {
        let field = field.as_ref().clone();
        match information_schema::of_column(table, field.name()) {
            Some(text) => field.with_metadata(comment(text)),
            None => field,
        }
    });
    let whole = information_schema::of_table(table).map(comment);
    let fields: Vec<_> = fields.collect();
    Arc::new(Schema::new_with_metadata(fields, whole.unwrap_or_default()))
}

#[derive(Debug)]
struct DescribedTable {
    table: Arc<dyn TableProvider>,
    schema: SchemaRef,
}

#[async_trait]
impl TableProvider for DescribedTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        self.table.table_type()
    }

    fn get_table_definition(&self) -> Option<&str> {
        self.table.get_table_definition()
    }

    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let what = "a description has no rows".into();
        Err(DataFusionError::Internal(what))
    }
}
