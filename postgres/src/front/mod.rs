//! PostgreSQL's SQL over the engine: its statements are rewritten to the engine's, its
//! types and functions are added, its catalog lies beside the tables.

mod correlation;
pub(crate) mod dialect;
mod empty;
mod expressions;
mod from;
mod functions;
pub(crate) mod names;
mod reg;
mod rewrite;
mod subqueries;
pub(crate) mod template;
mod typing;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use datafusion::catalog::SchemaProvider;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::dialect::Dialect;
use modeldb_sql::{Error, FrontEnd, Result, SCHEMA};

use crate::catalog::{self, Found, oids, shape};
use crate::session::SharedSettings;
use dialect::Postgres;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) user: Arc<str>,
    pub(crate) number: i32,
}

/// What functions know of the session.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) identity: Identity,
    pub(crate) settings: SharedSettings,
    /// The tables by number: schema and name.
    tables: RwLock<HashMap<u32, (&'static str, String)>>,
    /// What they and their columns are for.
    found: Arc<Found>,
}

impl Context {
    /// The number of the table called `name`, which may have its schema before it.
    pub(crate) fn table_named(&self, name: &str) -> Option<u32> {
        let parts: Vec<String> = name.split('.').map(unquoted).collect();
        let (schemas, name): (Vec<&str>, &str) = match parts.as_slice() {
            [name] => (vec![shape::PG_CATALOG, SCHEMA], name),
            [schema, name] | [_, schema, name] => (vec![schema], name),
            _ => return None,
        };
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        let oids = schemas.iter().map(|schema| oids::of_table(schema, name));
        let mut oids = oids.filter(|oid| tables.get(oid).is_some_and(|(_, known)| known == name));
        oids.next()
    }

    /// The schema and the name of a table.
    pub(crate) fn table(&self, oid: u32) -> Option<(&'static str, String)> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        tables.get(&oid).cloned()
    }

    /// What a table is for, or its column with that number.
    pub(crate) fn comment(&self, oid: u32, column: usize) -> Option<String> {
        self.found.comment(oid, column)
    }

    fn know(&self, names: &[String]) {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            tables.insert(oids::of_table(SCHEMA, name), (SCHEMA, name.clone()));
        }
    }
}

/// A name without its quotes.
fn unquoted(name: &str) -> String {
    let name = name.trim();
    match name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
    {
        Some(name) => name.replace("\"\"", "\""),
        None => name.to_lowercase(),
    }
}

/// One session's front end.
#[derive(Debug)]
pub(crate) struct Front {
    context: Arc<Context>,
    found: Arc<Found>,
}

impl Front {
    pub(crate) fn new(settings: SharedSettings, identity: Identity, found: Arc<Found>) -> Self {
        let shapes = shape::all().iter();
        let tables = shapes.map(|shape| {
            let oid = oids::of_table(shape.schema_name, shape.name);
            (oid, (shape.schema_name, shape.name.to_owned()))
        });
        let context = Arc::new(Context {
            identity,
            settings,
            tables: RwLock::new(tables.collect()),
            found: found.clone(),
        });
        Self { context, found }
    }
}

impl FrontEnd for Front {
    fn dialect(&self) -> &dyn Dialect {
        &Postgres
    }

    fn session(&self, base: SessionState) -> Result<SessionState> {
        let failed = |error: String| Error::Internal(format!("a session: {error}"));
        let zone = {
            let settings = self
                .context
                .settings
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            settings.find("TimeZone").unwrap_or("UTC").to_owned()
        };
        let mut config = base.config().clone();
        config.options_mut().execution.time_zone = Some(zone);
        // The catalog has an information_schema of its own.
        config.options_mut().catalog.information_schema = false;
        let mut state = SessionStateBuilder::new_from_existing(base)
            .with_config(config)
            .with_type_planner(Arc::new(typing::Types))
            .build();
        let literals = Arc::new(typing::Literals);
        FunctionRegistry::register_expr_planner(&mut state, literals)
            .map_err(|error| failed(error.to_string()))?;
        functions::register(&mut state, &self.context)
            .map_err(|error| failed(error.to_string()))?;
        Ok(state)
    }

    fn rewrite(&self, statement: &mut Statement, tables: &[String]) -> Result<()> {
        self.context.know(tables);
        rewrite::statement(statement, tables)
    }

    fn schemas(&self, public: &Arc<dyn SchemaProvider>) -> Vec<(String, Arc<dyn SchemaProvider>)> {
        catalog::schemas(
            public,
            &self.context.identity,
            &self.context.settings,
            &self.found,
        )
    }
}
