//! PostgreSQL's catalog: `pg_catalog` and `information_schema`, about what the engine has.
//!
//! The tables have PostgreSQL's columns and types. Those about things that do not exist
//! here (indexes, triggers, ...) have no rows.

pub(crate) mod cells;
pub(crate) mod oids;
mod rows;
pub(crate) mod shape;

use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{Field, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{MemTable, SchemaProvider, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::TableType;

use crate::front::Identity;
use crate::session::SharedSettings;
pub(crate) use rows::has_rows;
pub(crate) use rows::kinds::function_named;
use shape::{INFORMATION_SCHEMA, PG_CATALOG};

/// A table that the catalog tells of.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) schema_name: &'static str,
    pub(crate) name: String,
    pub(crate) is_view: bool,
    pub(crate) schema: SchemaRef,
    pub(crate) comment: Option<String>,
}

impl Table {
    pub(crate) fn oid(&self) -> u32 {
        oids::of_table(self.schema_name, &self.name)
    }

    /// What a column holds.
    pub(crate) fn comment_of(&self, column: &Field) -> Option<String> {
        column.metadata().get("comment").cloned()
    }
}

/// The tables that were found before, and by which names: what columns they have does not
/// change while the program runs, and views have to be planned to tell.
#[derive(Debug, Default)]
pub(crate) struct Found(Mutex<Vec<Known>>);

/// The names of what there is, and what that looks like.
type Known = (Vec<String>, Arc<Vec<Table>>);

/// Sets of tables that are remembered: one for each set that somebody may read.
const FOUND_MAX: usize = 16;

impl Found {
    fn get(&self, names: &[String]) -> Option<Arc<Vec<Table>>> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = found.iter();
        found
            .find(|(known, _)| known == names)
            .map(|(_, tables)| tables.clone())
    }

    /// What the table of this number is for, or its column with that number, from 1; none where
    /// nothing of the catalog was read yet.
    pub(crate) fn comment(&self, oid: u32, column: usize) -> Option<String> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tables = found.iter().flat_map(|(_, tables)| tables.iter());
        let table = tables.find(|table| table.oid() == oid)?;
        match column.checked_sub(1) {
            None => table.comment.clone(),
            Some(index) => table.comment_of(table.schema.fields().get(index)?),
        }
    }

    fn keep(&self, names: Vec<String>, tables: &Arc<Vec<Table>>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.truncate(FOUND_MAX - 1);
        found.insert(0, (names, tables.clone()));
    }
}

/// What the catalog is about.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) tables: Arc<Vec<Table>>,
    pub(crate) identity: Identity,
    pub(crate) settings: SharedSettings,
}

/// One of the catalog's schemas.
#[derive(Debug)]
pub(crate) struct Catalog {
    name: &'static str,
    public: Arc<dyn SchemaProvider>,
    identity: Identity,
    settings: SharedSettings,
    found: Arc<Found>,
}

/// The catalog's schemas, about what is in `public`.
pub(crate) fn schemas(
    public: &Arc<dyn SchemaProvider>,
    identity: &Identity,
    settings: &SharedSettings,
    found: &Arc<Found>,
) -> Vec<(String, Arc<dyn SchemaProvider>)> {
    let schema = |name: &'static str| {
        let catalog = Catalog {
            name,
            public: public.clone(),
            identity: identity.clone(),
            settings: settings.clone(),
            found: found.clone(),
        };
        (name.to_owned(), Arc::new(catalog) as _)
    };
    vec![schema(PG_CATALOG), schema(INFORMATION_SCHEMA)]
}

impl Catalog {
    async fn about(&self) -> Result<About> {
        let names = self.public.table_names();
        let tables = match self.found.get(&names) {
            Some(tables) => tables,
            None => {
                let tables = Arc::new(self.find(&names).await?);
                self.found.keep(names, &tables);
                tables
            }
        };
        Ok(About {
            tables,
            identity: self.identity.clone(),
            settings: self.settings.clone(),
        })
    }

    async fn find(&self, names: &[String]) -> Result<Vec<Table>> {
        let mut tables = Vec::new();
        for name in names.iter().cloned() {
            let Some(table) = self.public.table(&name).await? else {
                continue;
            };
            let schema = table.schema();
            tables.push(Table {
                schema_name: modeldb_sql::SCHEMA,
                is_view: table.table_type() == TableType::View,
                comment: schema.metadata().get("comment").cloned(),
                schema,
                name,
            });
        }
        tables.extend(shape::all().iter().map(|shape| Table {
            schema_name: shape.schema_name,
            name: shape.name.to_owned(),
            is_view: shape.is_view,
            schema: shape.schema.clone(),
            comment: None,
        }));
        Ok(tables)
    }
}

#[async_trait]
impl SchemaProvider for Catalog {
    fn table_names(&self) -> Vec<String> {
        let shapes = shape::all()
            .iter()
            .filter(|shape| shape.schema_name == self.name);
        shapes.map(|shape| shape.name.to_owned()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(shape) = shape::find(self.name, name) else {
            return Ok(None);
        };
        let rows = match rows::of(shape) {
            Some(rows) => rows(&self.about().await?),
            None => Vec::new(),
        };
        let batch = cells::batch(&shape.schema, &rows)?;
        Ok(Some(Arc::new(MemTable::try_new(
            shape.schema.clone(),
            vec![vec![batch]],
        )?)))
    }

    fn table_exist(&self, name: &str) -> bool {
        shape::find(self.name, name).is_some()
    }
}
