//! PostgreSQL's SQL over the engine.

pub(crate) mod names;

use std::sync::Arc;

use datafusion::catalog::SchemaProvider;
use datafusion::execution::SessionState;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::dialect::{Dialect, PostgreSqlDialect};
use modeldb_sql::{FrontEnd, Result};

use crate::session::SharedSettings;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) user: Arc<str>,
    pub(crate) number: i32,
}

/// One session's front end.
#[derive(Debug)]
pub(crate) struct Front {
    settings: SharedSettings,
    identity: Identity,
}

impl Front {
    pub(crate) fn new(settings: SharedSettings, identity: Identity) -> Self {
        Self { settings, identity }
    }
}

impl FrontEnd for Front {
    fn dialect(&self) -> &dyn Dialect {
        &PostgreSqlDialect {}
    }

    fn session(&self, base: SessionState) -> Result<SessionState> {
        let _ = (&self.settings, &self.identity);
        Ok(base)
    }

    fn rewrite(&self, _statement: &mut Statement, _tables: &[String]) -> Result<()> {
        Ok(())
    }

    fn schemas(&self, _public: &Arc<dyn SchemaProvider>) -> Vec<(String, Arc<dyn SchemaProvider>)> {
        Vec::new()
    }
}
