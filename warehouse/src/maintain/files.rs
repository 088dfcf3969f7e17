//! The data files of a table, as its log tells of them.

use deltalake::DeltaTable;
use deltalake::kernel::Remove;
use serde_json::Value;

use crate::error::Result;
use crate::relation::Relation;
use crate::table::snapshot;

/// A file of a table.
#[derive(Clone, Debug)]
pub(crate) struct DataFile {
    /// Its path below the table's directory.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// The lowest and the highest project in it, each with the lowest and the highest run where it
    /// is the only project; none where the log does not say.
    pub range: Option<(Place, Place)>,
    /// What takes it out of the table.
    pub remove: Remove,
}

/// A place in the order of rows: project and run.
pub(crate) type Place = (String, String);

/// All files of a table.
pub(crate) fn files(table: &DeltaTable, relation: Relation) -> Result<Vec<DataFile>> {
    let snapshot = snapshot(table, relation)?;
    let file = |file: deltalake::kernel::LogicalFileView| DataFile {
        path: file.path().into_owned(),
        bytes: file.size().max(0) as u64,
        range: file.stats().and_then(|stats| range(&stats)),
        remove: file.remove_action(false),
    };
    Ok(snapshot.log_data().iter().map(file).collect())
}

fn range(stats: &str) -> Option<(Place, Place)> {
    let stats: Value = serde_json::from_str(stats).ok()?;
    let value = |bound: &str, column: &str| {
        let value = stats.get(bound)?.get(column)?.as_str()?;
        Some(value.to_owned())
    };
    let lowest = value("minValues", "project")?;
    let highest = value("maxValues", "project")?;
    let run = |bound: &str| match lowest == highest {
        true => value(bound, "run_id").unwrap_or_default(),
        false => String::new(),
    };
    let runs = (run("minValues"), run("maxValues"));
    Some(((lowest, runs.0), (highest, runs.1)))
}
