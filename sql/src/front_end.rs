//! What a wire may bring to the engine: its dialect, its catalogs, its functions.

use std::fmt::Debug;
use std::sync::Arc;

use datafusion::catalog::SchemaProvider;
use datafusion::execution::SessionState;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::dialect::Dialect;

use crate::error::Result;

/// A way in with a SQL of its own; see [`crate::Engine::behind`].
///
/// Whatever it does, there is one gate: a statement is read from text by the engine
/// and refused unless it only reads, before the front end sees it, and what is planned
/// in the end is verified again. No front end brings tables that lie in files.
pub trait FrontEnd: Debug + Send + Sync {
    /// How its queries are read.
    fn dialect(&self) -> &dyn Dialect;

    /// The session of its queries: `base`, with its functions and settings.
    fn session(&self, base: SessionState) -> Result<SessionState>;

    /// Makes the statement that is planned of one that was accepted. `tables` are the
    /// names of what is in `public`.
    fn rewrite(&self, statement: &mut Statement, tables: &[String]) -> Result<()>;

    /// Schemas beside `public`, by their names.
    fn schemas(&self, public: &Arc<dyn SchemaProvider>) -> Vec<(String, Arc<dyn SchemaProvider>)>;
}
