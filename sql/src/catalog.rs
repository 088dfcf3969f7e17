//! The names that a query sees: one catalog, one schema with the relations of one moment and
//! the views over them, `information_schema`, and what a front end adds.
//!
//! Nothing can be registered or dropped here: the traits' defaults refuse it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProviderList, SchemaProvider, TableProvider,
};
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::TableType;
use modeldb_warehouse::{RelationView, View};

use crate::described::Described;
use crate::files::Cache;
use crate::information_schema::{INFORMATION_SCHEMA, InformationSchema};
use crate::relation_table::RelationTable;
use crate::views;
use crate::{CATALOG, SCHEMA};

/// The catalog of one query.
#[derive(Debug)]
pub(crate) struct Catalog {
    relations: Arc<Relations>,
    added: Vec<(String, Arc<dyn SchemaProvider>)>,
}

impl Catalog {
    /// Of what `view` has; `cache` knows of its files, `session` plans the views.
    pub(crate) fn new(view: View, cache: Arc<Cache>, session: Arc<SessionState>) -> Self {
        let named = |view: RelationView| (view.relation.name(), view);
        let views = view.relations.into_iter().map(named).collect();
        Self::of(Arc::new(Moment {
            views,
            cache,
            session,
        }))
    }

    fn of(moment: Arc<Moment>) -> Self {
        Self {
            relations: Arc::new(Relations(moment)),
            added: Vec::new(),
        }
    }

    /// The relations and views as they are told, with comments; only to be looked at.
    pub(crate) fn described(&self) -> Arc<dyn SchemaProvider> {
        Arc::new(Described(self.relations.clone()))
    }

    /// The same with further schemas, which go before its own of the same name.
    pub(crate) fn with(self, added: Vec<(String, Arc<dyn SchemaProvider>)>) -> Self {
        Self { added, ..self }
    }

    /// As the only one of a session.
    fn list(self) -> Arc<dyn CatalogProviderList> {
        let list = MemoryCatalogProviderList::new();
        list.register_catalog(CATALOG.to_owned(), Arc::new(self));
        Arc::new(list)
    }
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        let own = [SCHEMA, INFORMATION_SCHEMA].map(str::to_owned);
        let added = self.added.iter().map(|(name, _)| name);
        let added = added.filter(|name| !own.contains(name)).cloned();
        own.iter().cloned().chain(added).collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        if let Some((_, schema)) = self.added.iter().find(|(added, _)| added == name) {
            return Some(schema.clone());
        }
        match name {
            SCHEMA => Some(self.relations.clone()),
            INFORMATION_SCHEMA => {
                let relations = self.relations.clone();
                let session = &self.relations.0.session;
                Some(Arc::new(InformationSchema::new(relations, session)))
            }
            _ => None,
        }
    }
}

/// The relations of one moment, and how they are read.
struct Moment {
    views: BTreeMap<&'static str, RelationView>,
    cache: Arc<Cache>,
    session: Arc<SessionState>,
}

/// The schema that has them.
pub(crate) struct Relations(Arc<Moment>);

impl std::fmt::Debug for Relations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.views.keys()).finish()
    }
}

#[async_trait]
impl SchemaProvider for Relations {
    fn table_names(&self) -> Vec<String> {
        let relations = self.0.views.keys().copied();
        let views = views::ALL.iter().map(|view| view.name);
        relations.chain(views).map(str::to_owned).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(view) = self.0.views.get(name) {
            let table = RelationTable::open(view.clone(), &self.0.cache)?;
            return Ok(Some(Arc::new(table)));
        }
        let Some(view) = views::named(name) else {
            return Ok(None);
        };
        let catalog = Catalog::of(self.0.clone());
        let state = SessionStateBuilder::new_from_existing(self.0.session.as_ref().clone())
            .with_catalog_list(catalog.list())
            .build();
        Ok(Some(view.table(&state).await?))
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        let relation = self.0.views.contains_key(name).then_some(TableType::Base);
        Ok(relation.or_else(|| views::named(name).map(|_| TableType::View)))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.0.views.contains_key(name) || views::named(name).is_some()
    }
}
