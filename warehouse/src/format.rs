//! The mark of a warehouse: `modeldb.json` at its root.
//!
//! It says that this is a warehouse, in which version of the layout, and which
//! relations have to be there. It is written before the first table, in state
//! `creating`, and again when all tables are there, in state `ready`; so a crash in
//! between is told apart from a warehouse that lost a table.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::relation::Relation;
use crate::store::Store;

/// Version of the layout that this program writes, and the highest that it reads.
pub const FORMAT_VERSION: u32 = 1;
const MARK: &str = "modeldb.json";

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    format_version: u32,
    state: MarkState,
    /// Names of the tables that are there.
    #[serde(default)]
    pub relations: Vec<String>,
    #[serde(default)]
    created_by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MarkState {
    Creating,
    Ready,
}

impl Mark {
    /// Reads the mark; none where there is no warehouse.
    pub(crate) async fn read(store: &Store) -> Result<Option<Self>> {
        let Some(bytes) = store.get(MARK).await? else {
            return Ok(None);
        };
        let place = format!("{}{MARK}", store.url());
        // The version comes first: a newer layout may have another shape.
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| {
            Error::Damaged(format!(
                "{place} is not JSON: {error}. Restore it from a copy"
            ))
        })?;
        let version = value
            .get("format_version")
            .and_then(serde_json::Value::as_u64);
        match version {
            Some(version) if version > u64::from(FORMAT_VERSION) => {
                return Err(Error::TooNew(format!(
                    "the warehouse {} has format version {version}; this program reads up to \
                     {FORMAT_VERSION}: use a newer modeldb",
                    store.url()
                )));
            }
            Some(_) => {}
            None => {
                return Err(Error::Damaged(format!(
                    "{place} has no format_version. Restore it from a copy"
                )));
            }
        }
        let mark = serde_json::from_value(value)
            .map_err(|error| Error::Damaged(format!("{place}: {error}. Restore it from a copy")))?;
        Ok(Some(mark))
    }

    /// Reads the mark, or makes one where many may do so at once.
    pub(crate) async fn read_or_begin(store: &Store) -> Result<Self> {
        match Self::read(store).await? {
            Some(mark) => Ok(mark),
            None => Self::begin(store).await,
        }
    }

    /// Marks the place as one where a warehouse is being made. A place that holds
    /// something else is refused.
    pub(crate) async fn begin(store: &Store) -> Result<Self> {
        let mark = Self {
            format_version: FORMAT_VERSION,
            state: MarkState::Creating,
            relations: Vec::new(),
            created_by: format!("modeldb {}", env!("CARGO_PKG_VERSION")),
        };
        let listing = store.objects().list_with_delimiter(None).await;
        let listing =
            listing.map_err(|error| Error::storage(format_args!("list {}", store.url()), error))?;
        let ours = |name: &str| name.starts_with('_') || name.starts_with('.') || name == "lease";
        let names = listing.objects.iter().map(|object| &object.location);
        let mut names = names.chain(&listing.common_prefixes);
        if let Some(foreign) = names.find(|path| !ours(path.as_ref())) {
            return Err(Error::Invalid(format!(
                "{} is no warehouse and not empty (it has {foreign}, and no {MARK}): \
                 name an empty or a new directory",
                store.url()
            )));
        }
        if store.create(MARK, mark.encode()?).await? {
            store.sync(&[MARK])?;
            return Ok(mark);
        }
        let other = Self::read(store).await?;
        other.ok_or_else(|| {
            Error::Unavailable(format!(
                "{}{MARK} was there and is gone: try again",
                store.url()
            ))
        })
    }

    /// Whether every table is there that this program knows.
    pub(crate) fn is_ready(&self) -> bool {
        self.state == MarkState::Ready && Relation::ALL.into_iter().all(|r| self.promises(r))
    }

    /// Whether this relation's table has to be there.
    pub(crate) fn promises(&self, relation: Relation) -> bool {
        self.relations.iter().any(|name| name == relation.name())
    }

    /// Every table is there.
    pub(crate) async fn ready(&mut self, store: &Store) -> Result<()> {
        // Those that only a newer version knows are still promised.
        let missing = Relation::ALL.into_iter().filter(|r| !self.promises(*r));
        let missing: Vec<_> = missing.map(|r| r.name().to_owned()).collect();
        if self.state == MarkState::Ready && missing.is_empty() {
            return Ok(());
        }
        self.state = MarkState::Ready;
        self.relations.extend(missing);
        self.write(store).await
    }

    async fn write(&self, store: &Store) -> Result<()> {
        store.put(MARK, self.encode()?).await
    }

    fn encode(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
            .map_err(|error| Error::Internal(format!("encode {MARK}: {error}")))
    }
}
