//! What there is to be queried, for tools that list it.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::CatalogProvider;
use datafusion::error::Result;
use datafusion::logical_expr::TableType;

use crate::described;

/// A table or a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The schema that it is in.
    pub namespace: String,
    /// Its name there.
    pub name: String,
    /// Whether it is made of others.
    pub is_view: bool,
    /// Its columns.
    pub columns: SchemaRef,
}

/// All of `catalog`, in the order of their names.
pub(crate) async fn list(catalog: &dyn CatalogProvider) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for namespace in catalog.schema_names() {
        let Some(schema) = catalog.schema(&namespace) else {
            continue;
        };
        for name in schema.table_names() {
            let Some(table) = schema.table(&name).await? else {
                continue;
            };
            tables.push(Table {
                namespace: namespace.clone(),
                is_view: table.table_type() == TableType::View,
                columns: described::columns(&name, &table.schema()),
                name,
            });
        }
    }
    tables.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    Ok(tables)
}
