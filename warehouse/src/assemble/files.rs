//! Files and tables as datasets: the job that writes one and the jobs that read it are
//! one lineage, since its id comes from its URI alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::state::{fingerprint, state_id};
use crate::clock::Micros;
use crate::event::Column;
use crate::limits::MAX_KNOWN_FILES;
use crate::row::{DatasetRow, Row};

/// Which of them a run has touched: each gets one row per run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Files {
    /// The order in which they were met, by URI.
    touched: BTreeMap<String, u64>,
    met: u64,
}

/// The id of the file or table, the same in every run.
pub(super) fn file_id(uri: &str) -> String {
    let digest = blake3::hash(uri.as_bytes()).to_hex();
    format!("d-{}", &digest[..20])
}

/// The state of what is read from there. What lay there at which time cannot be seen.
pub(super) fn file_state(uri: &str) -> String {
    state_id("file", [uri], &[])
}

/// How a run touches a file or table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    Read,
    Written,
}

impl Files {
    /// The run reads or writes it; `columns` are those of its rows, where they are known.
    pub(super) fn touch(
        &mut self,
        context: &Context<'_>,
        uri: &str,
        touch: Touch,
        columns: &[Column],
        at: Micros,
        rows: &mut Vec<Row>,
    ) {
        if self.touched.contains_key(uri) {
            return;
        }
        self.met += 1;
        self.touched.insert(uri.to_owned(), self.met);
        if self.touched.len() > MAX_KNOWN_FILES {
            let oldest = self.touched.iter().min_by_key(|(_, met)| **met);
            if let Some(oldest) = oldest.map(|(uri, _)| uri.clone()) {
                self.touched.remove(&oldest);
            }
        }
        let written = (touch == Touch::Written).then(|| uri.to_owned());
        rows.push(
            DatasetRow {
                dataset_id: file_id(uri),
                run_id: context.run.run_id.clone(),
                project: context.run.project.clone(),
                name: Some(uri.to_owned()),
                source_uris: vec![uri.to_owned()],
                written_uris: written.into_iter().collect(),
                columns: columns.to_vec(),
                row_count: None,
                fingerprint: Some(fingerprint("file", [uri], &[])),
                state_id: file_state(uri),
                created_at: at,
            }
            .into(),
        );
    }
}
