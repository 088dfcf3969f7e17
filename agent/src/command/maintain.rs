//! `modeldb maintain`: compacts tables and removes what is old, beside running agents.

use std::io::Write;
use std::sync::Arc;

use clap::Args;
use modeldb_warehouse::{
    Clock, Deleted, Error, Gone, Maintenance, Relation, Result, Session, Step, SystemEntropy,
};

use crate::settings::Settings;

/// What to maintain.
#[derive(Debug, Args)]
pub struct MaintainArgs {
    /// The warehouse; the one of the settings otherwise
    #[arg(long, value_name = "URL")]
    pub warehouse: Option<String>,
    /// Tell what there is to do, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Publish every table in the end, as the setting maintain_publish says
    #[arg(long)]
    pub publish: bool,
}

/// Does it, and prints each step when it is done.
pub async fn run(
    args: MaintainArgs,
    settings: &Settings,
    clock: Arc<dyn Clock>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let mut wanted = settings.maintenance.clone();
    wanted.publish |= args.publish;
    let mut steps = 0;
    let mut tell = |step: Step| {
        steps += 1;
        // Whoever watched may be gone; the work goes on.
        let _ = writeln!(out, "{}", line(&step)).and_then(|()| out.flush());
    };
    if args.dry_run {
        let location = args.warehouse.as_deref().unwrap_or(&settings.warehouse);
        let maintenance = Maintenance::open(location, clock).await?;
        maintenance.run(&wanted, true, &mut tell).await?;
    } else {
        let session = open(args.warehouse, settings, clock).await?;
        let maintained = session.maintenance().run(&wanted, false, &mut tell).await;
        // Whatever came of it.
        let ended = session.end().await;
        maintained.and(ended)?;
    }
    let end = match (steps, args.dry_run) {
        (0, _) => "nothing to do",
        (_, true) => "nothing was changed",
        (_, false) => "done",
    };
    writeln!(out, "{end}").map_err(|error| Error::storage("print", error))
}

/// Opens a warehouse to change it, and says which agent gives way for that.
pub(super) async fn open(
    location: Option<String>,
    settings: &Settings,
    clock: Arc<dyn Clock>,
) -> Result<Session> {
    let mut settings = settings.warehouse();
    settings.location = location.unwrap_or(settings.location);
    let session = Session::open(&settings, clock, Arc::new(SystemEntropy)).await?;
    if let Some(agent) = session.gave_way() {
        // Apart from what was asked for.
        let _ = writeln!(
            std::io::stderr(),
            "agent {agent} folded into {}: until this ends, this does",
            settings.location
        );
    }
    Ok(session)
}

/// A step, for people.
pub(super) fn line(step: &Step) -> String {
    let name = |relation: &Relation| relation.name();
    match step {
        Step::Retention(kind, deleted) => {
            format!("retention of {}: {}", kind.name(), removed(deleted))
        }
        Step::Compaction(of, done) if done.files_after == 0 => format!(
            "compact {}: {} files, {} bytes",
            name(of),
            done.files_before,
            done.bytes_before
        ),
        Step::Compaction(of, done) => format!(
            "compact {}: {} files, {} bytes, became {}, {} bytes",
            name(of),
            done.files_before,
            done.bytes_before,
            done.files_after,
            done.bytes_after
        ),
        Step::Log(of, entries) => format!("log of {}: {entries} old entries removed", name(of)),
        Step::DataFiles(of, gone) => format!("vacuum {}: {} removed", name(of), objects(gone)),
        Step::Samples(gone) => format!("vacuum samples' rows: {} removed", objects(gone)),
        Step::Artifacts(gone) => format!("vacuum saved models: {} removed", objects(gone)),
        Step::Publication(copy) => format!(
            "publish {}: version {}, {} rows, {} bytes",
            copy.path, copy.version, copy.rows, copy.bytes
        ),
        Step::GaveWay(of, why) => format!("leave {} for the next time: {why}", name(of)),
    }
}

/// What was removed, for people.
pub(super) fn removed(deleted: &Deleted) -> String {
    let rows = deleted.rows.iter();
    let rows = rows.map(|(relation, rows)| format!("{rows} of {}", relation.name()));
    let rows: Vec<_> = rows.collect();
    let mut text = format!("rows: {}", rows.join(", "));
    for (gone, what) in [
        (&deleted.samples, "samples"),
        (&deleted.artifacts, "saved models"),
        (&deleted.data_files, "older data"),
    ] {
        if gone.objects > 0 {
            text += &format!("; {what}: {}", objects(gone));
        }
    }
    text
}

fn objects(gone: &Gone) -> String {
    format!("{} files, {} bytes", gone.objects, gone.bytes)
}
