//! `modeldb delete`: removes a project, a run or a model from a warehouse.

use std::io::Write;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use modeldb_warehouse::{Clock, Error, Maintenance, Result, Target};

use super::maintain::{open, removed};
use crate::settings::Settings;

/// What to delete.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// What it is
    #[arg(value_enum)]
    pub kind: Kind,
    /// Its name or id
    pub id: String,
    /// The warehouse; the one of the settings otherwise
    #[arg(long, value_name = "URL")]
    pub warehouse: Option<String>,
    /// Remove the data files that had the rows at once, and older versions of the tables with
    /// them; otherwise they go with the vacuum, after the setting vacuum_after
    #[arg(long)]
    pub purge: bool,
    /// Tell what there is to delete, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What can be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Project,
    Run,
    Model,
}

/// Does it, and says what was removed.
pub async fn run(
    args: DeleteArgs,
    settings: &Settings,
    clock: Arc<dyn Clock>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let target = match args.kind {
        Kind::Project => Target::Project(args.id),
        Kind::Run => Target::Run(args.id),
        Kind::Model => Target::Model(args.id),
    };
    let deleted = if args.dry_run {
        let location = args.warehouse.as_deref().unwrap_or(&settings.warehouse);
        let maintenance = Maintenance::open(location, clock).await?;
        maintenance.delete(&target, args.purge, true).await?
    } else {
        let session = open(args.warehouse, settings, clock).await?;
        let maintenance = session.maintenance();
        let deleted = maintenance.delete(&target, args.purge, false).await;
        // Whatever came of it.
        let ended = session.end().await;
        let deleted = deleted?;
        ended?;
        deleted
    };
    let what = if args.dry_run {
        "would delete"
    } else {
        "deleted"
    };
    let mut text = format!("{what} {target}: {}", removed(&deleted));
    if !deleted.published.is_empty() {
        let tables = deleted.published.iter().map(|relation| relation.name());
        let tables: Vec<_> = tables.collect();
        text += &format!("; published anew: {}", tables.join(", "));
    }
    if !args.purge && !args.dry_run {
        text += "\nfiles of older versions have the rows until they are vacuumed; --purge removes \
                 them at once";
    }
    writeln!(out, "{text}").map_err(|error| Error::storage("print", error))
}
