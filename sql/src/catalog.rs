//! The names that a query sees: one catalog, one schema, the relations of one view;
//! and what a front end adds.
//!
//! Nothing can be registered or dropped here: the traits' defaults refuse it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use datafusion::error::Result;
use datafusion::execution::SessionState;
use modeldb_warehouse::{RelationView, View};

use crate::SCHEMA;
use crate::relation_table::RelationTable;

/// The catalog of one query.
#[derive(Debug)]
pub(crate) struct Catalog {
    relations: Arc<Relations>,
    added: Vec<(String, Arc<dyn SchemaProvider>)>,
}

impl Catalog {
    /// Of what `view` has; `session` says how its files are read.
    pub(crate) fn new(view: View, session: Arc<SessionState>) -> Self {
        let named = |view: RelationView| (view.relation.name(), view);
        let views = view.relations.into_iter().map(named).collect();
        Self {
            relations: Arc::new(Relations { views, session }),
            added: Vec::new(),
        }
    }

    /// The same with further schemas.
    pub(crate) fn with(self, added: Vec<(String, Arc<dyn SchemaProvider>)>) -> Self {
        Self { added, ..self }
    }
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        let added = self.added.iter().map(|(name, _)| name.clone());
        std::iter::once(SCHEMA.to_owned()).chain(added).collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        if name == SCHEMA {
            return Some(self.relations.clone());
        }
        let mut added = self.added.iter();
        let (_, schema) = added.find(|(added, _)| added == name)?;
        Some(schema.clone())
    }
}

struct Relations {
    views: BTreeMap<&'static str, RelationView>,
    session: Arc<SessionState>,
}

impl std::fmt::Debug for Relations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.views.keys()).finish()
    }
}

#[async_trait]
impl SchemaProvider for Relations {
    fn table_names(&self) -> Vec<String> {
        self.views.keys().map(|&name| name.to_owned()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(view) = self.views.get(name) else {
            return Ok(None);
        };
        let table = RelationTable::open(view.clone(), self.session.clone()).await?;
        Ok(Some(Arc::new(table)))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.views.contains_key(name)
    }
}
