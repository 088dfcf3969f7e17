//! The names that a query sees: one catalog, one schema, the relations of one view.
//!
//! Nothing can be registered or dropped here: the traits' defaults refuse it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::information_schema::{INFORMATION_SCHEMA, InformationSchemaProvider};
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProviderList, SchemaProvider, TableProvider,
};
use datafusion::error::Result;
use modeldb_warehouse::{RelationView, View};

use crate::described::Described;
use crate::files::Cache;
use crate::relation_table::RelationTable;
use crate::{CATALOG, SCHEMA};

/// The catalog of one query.
#[derive(Debug)]
pub(crate) struct Catalog {
    relations: Arc<Relations>,
    information: Arc<InformationSchemaProvider>,
}

impl Catalog {
    /// Of what `view` has; `cache` knows of its files.
    pub(crate) fn new(view: View, cache: Arc<Cache>) -> Self {
        let named = |view: RelationView| (view.relation.name(), view);
        let views = view.relations.into_iter().map(named).collect();
        let relations = Arc::new(Relations { views, cache });
        let described = MemoryCatalogProviderList::new();
        described.register_catalog(CATALOG.into(), Arc::new(Described(relations.clone())));
        Self {
            information: Arc::new(InformationSchemaProvider::new(Arc::new(described))),
            relations,
        }
    }
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        vec![SCHEMA.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        match name {
            SCHEMA => Some(self.relations.clone()),
            INFORMATION_SCHEMA => Some(self.information.clone()),
            _ => None,
        }
    }
}

struct Relations {
    views: BTreeMap<&'static str, RelationView>,
    cache: Arc<Cache>,
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
        Ok(Some(Arc::new(RelationTable::open(
            view.clone(),
            &self.cache,
        )?)))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.views.contains_key(name)
    }
}
