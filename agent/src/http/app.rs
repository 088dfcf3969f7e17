//! What all of the API shares.

use std::sync::Arc;

use modeldb_sql::Engine;
use modeldb_warehouse::Warehouse;
use tokio::sync::watch;

use super::Doors;
use super::ask::Ask;
use super::closed::Catalogues;
use super::edit::Editor;

/// The state of the API.
#[derive(Debug)]
pub(super) struct App {
    pub ask: Ask,
    pub catalogues: Catalogues,
    pub editor: Editor,
    pub warehouse: Arc<Warehouse>,
    pub doors: Doors,
    pub ready: watch::Receiver<bool>,
}

impl App {
    pub(super) fn new(
        warehouse: Arc<Warehouse>,
        engine: Engine,
        doors: Doors,
        ready: watch::Receiver<bool>,
    ) -> Self {
        Self {
            ask: Ask::new(engine),
            catalogues: Catalogues::new(warehouse.changes()),
            editor: Editor::new(warehouse.clone()),
            warehouse,
            doors,
            ready,
        }
    }
}
