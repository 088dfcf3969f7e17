//! The names that a query sees: one catalog, one schema with the relations of one moment and
//! the views over them, and `information_schema`.
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

use crate::information_schema::{INFORMATION_SCHEMA, InformationSchema};
use crate::relation_table::RelationTable;
use crate::views;
use crate::{CATALOG, SCHEMA};

/// The catalog of one query.
#[derive(Clone, Debug)]
pub(crate) struct Catalog(Arc<Relations>);

impl Catalog {
    /// Of what `view` has; `session` says how its files are read.
    pub(crate) fn new(view: View, session: Arc<SessionState>) -> Self {
        let named = |view: RelationView| (view.relation.name(), view);
        let views = view.relations.into_iter().map(named).collect();
        Self(Arc::new(Relations(Arc::new(Moment { views, session }))))
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
        vec![SCHEMA.to_owned(), INFORMATION_SCHEMA.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        match name {
            SCHEMA => Some(self.0.clone()),
            INFORMATION_SCHEMA => {
                let relations = Arc::new(Relations(self.0.0.clone()));
                Some(Arc::new(InformationSchema::new(
                    relations,
                    &self.0.0.session,
                )))
            }
            _ => None,
        }
    }
}

/// The relations of one moment, and how they are read.
struct Moment {
    views: BTreeMap<&'static str, RelationView>,
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
            let table = RelationTable::open(view.clone(), self.0.session.clone()).await?;
            return Ok(Some(Arc::new(table)));
        }
        let Some(view) = views::named(name) else {
            return Ok(None);
        };
        let catalog = Catalog(Arc::new(Self(self.0.clone())));
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
