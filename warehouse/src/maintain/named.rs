//! What rows name outside of the tables: sampled rows by their place, saved models by their
//! digest. Of all rows, those that are only in the journal yet and open ones included.

use std::collections::BTreeSet;

use deltalake::datafusion::prelude::{DataFrame, Expr, SessionContext, col};
use futures::TryStreamExt;

use super::scan::{self, Of, texts};
use crate::access::Access;
use crate::error::Result;
use crate::reader::Reader;
use crate::relation::Relation;
use crate::view::{RelationView, View};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// Places of sampled rows, below the warehouse.
    pub samples: BTreeSet<String>,
    /// Digests of saved models.
    pub artifacts: BTreeSet<String>,
}

impl Named {
    /// By the rows there are now.
    pub(super) async fn read(reader: &Reader) -> Result<Self> {
        let (view, _) = reader.look(&Access::everything()).await?;
        Ok(Self {
            samples: values(&view, Relation::Samples, "uri", None).await?,
            artifacts: values(&view, Relation::Artifacts, "sha256", None).await?,
        })
    }

    /// By those rows of one relation that satisfy `which`.
    pub(super) async fn read_of(reader: &Reader, relation: Relation, which: &Expr) -> Result<Self> {
        let (view, _) = reader.look(&Access::everything()).await?;
        let mut named = Self::default();
        match relation {
            Relation::Samples => {
                named.samples = values(&view, relation, "uri", Some(which)).await?;
            }
            Relation::Artifacts => {
                named.artifacts = values(&view, relation, "sha256", Some(which)).await?;
            }
            _ => {}
        }
        Ok(named)
    }
}

async fn values(
    view: &View,
    relation: Relation,
    column: &str,
    which: Option<&Expr>,
) -> Result<BTreeSet<String>> {
    let mut values = BTreeSet::new();
    let Some(view) = of(view, relation) else {
        return Ok(values);
    };
    let mut parts = vec![hot(view)?];
    if view.table.version().is_some() {
        parts.push(scan::rows(&view.table, relation, Of::Table).await?);
    }
    for rows in parts {
        let rows = match which {
            Some(which) => rows.filter(which.clone()),
            None => Ok(rows),
        };
        let rows = rows
            .and_then(|rows| rows.filter(col(column).is_not_null()))
            .and_then(|rows| rows.select(vec![col(column)]))
            .map_err(|error| scan::failed(relation, error))?;
        let rows = rows.execute_stream().await;
        let mut rows = rows.map_err(|error| scan::failed(relation, error))?;
        while let Some(batch) =
            { rows.try_next().await }.map_err(|error| scan::failed(relation, error))?
        {
            let found = texts(&batch, 0, relation)?;
            values.extend(found.iter().flatten().map(str::to_owned));
        }
    }
    Ok(values)
}

/// Of a view, one relation.
pub(super) fn of(view: &View, relation: Relation) -> Option<&RelationView> {
    view.relations.iter().find(|view| view.relation == relation)
}

/// Rows that the table does not have.
pub(super) fn hot(view: &RelationView) -> Result<DataFrame> {
    let batches = match view.hot.is_empty() {
        true => vec![arrow::array::RecordBatch::new_empty(view.relation.schema())],
        false => view.hot.clone(),
    };
    let rows = SessionContext::new().read_batches(batches);
    rows.map_err(|error| scan::failed(view.relation, error))
}
