//! `modeldb publish`: a copy of each table as one Parquet file.

use std::io::Write;
use std::sync::Arc;

use clap::Args;
use modeldb_warehouse::{Clock, Maintenance, Result, Step};

use super::maintain::line;
use crate::settings::Settings;

/// What to publish.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// The warehouse; the one of the settings otherwise
    #[arg(long, value_name = "URL")]
    pub warehouse: Option<String>,
}

/// Does it, and prints each copy.
pub async fn run(
    args: PublishArgs,
    settings: &Settings,
    clock: Arc<dyn Clock>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let location = args.warehouse.as_deref().unwrap_or(&settings.warehouse);
    let maintenance = Maintenance::open(location, clock).await?;
    let mut tell = |step: Step| {
        // Whoever watched may be gone; the work goes on.
        let _ = writeln!(out, "{}", line(&step)).and_then(|()| out.flush());
    };
    maintenance.publish(&mut tell).await
}
