//! Turns events, in journal order, into rows.
//!
//! The [`Assembler`] is a state machine without clock, randomness or I/O: the same
//! batches give the same rows, which is what makes replay after a crash safe. A row
//! of an append-only relation comes out once, complete, when its operation has
//! ended. What is open stays in the state, which the journal's checkpoint carries
//! forward, and is shown by [`Assembler::open_rows`] as running.
//!
//! Its state is MessagePack with field names: a field may be added with
//! `#[serde(default)]`, none may be renamed.

mod artifact;
mod calls;
mod columns;
mod context;
mod datasets;
mod files;
mod fit;
mod infer;
mod learnt;
mod locals;
mod replay;
mod run;
mod said;
mod sampled;
mod scored;
mod state;
mod tried;
mod work;

pub use columns::PREDICTION_PARAMS;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use crate::clock::Micros;
use crate::error::{Error, Result};
use crate::event::{Batch, Event, Happening, Producer, RunStarted};
use crate::ids::{ProducerId, RunId, Seq, derived_id};
use crate::limits::{MAX_ENDED_RUNS, MAX_PRODUCERS, MAX_REMEMBERED};
use crate::row::{AttributeRow, Bytes, ProjectRow, Row, RunRow, UnknownEventRow};
use artifact::Artifacts;
use run::RunState;
use said::Said;

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Assembler {
    producers: BTreeMap<ProducerId, ProducerState>,
    projects: BTreeMap<String, ProjectRow>,
    runs: BTreeMap<RunId, RunState>,
    /// What was saved, for loads of later runs.
    #[serde(default)]
    artifacts: Artifacts,
    /// Batches so far.
    #[serde(default)]
    batches: u64,
    /// How much was remembered when something was forgotten last.
    #[serde(default)]
    kept: usize,
}

/// What is known of a producer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ProducerState {
    /// What it is.
    pub kind: String,
    /// The last batch of it that was taken.
    pub seq: Seq,
    /// When that came.
    pub received_at: Micros,
}

/// Where an event stands: its batch and its place in it.
#[derive(Clone, Copy)]
struct Place<'a> {
    producer: &'a ProducerId,
    seq: Seq,
    index: usize,
}

impl Place<'_> {
    /// The id of a row that this event gives.
    fn id(&self, prefix: &str) -> String {
        derived_id(prefix, self.producer, &[self.seq.0, self.index as u64])
    }
}

impl Assembler {
    /// The state that [`Assembler::encode`] gave.
    pub(crate) fn decode(state: &[u8]) -> Result<Self> {
        rmp_serde::from_slice(state)
            .map_err(|error| Error::Damaged(format!("the journal's checkpoint: {error}")))
    }

    /// The state, for a restart to begin with.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        rmp_serde::to_vec_named(self)
            .map_err(|error| Error::Internal(format!("encode the state: {error}")))
    }

    /// Every producer that is remembered.
    pub(crate) fn producers(&self) -> &BTreeMap<ProducerId, ProducerState> {
        &self.producers
    }

    /// Operations of a producer that are open.
    pub(crate) fn open_operations(&self, producer: &ProducerId) -> usize {
        self.runs
            .values()
            .map(|run| run.open_operations(producer))
            .sum()
    }

    /// A producer whose batches up to `seq` are in the tables, though this state knows
    /// nothing of it.
    pub(crate) fn adopt(&mut self, producer: &Producer, seq: Seq, received_at: Micros) {
        self.producers
            .entry(producer.id.clone())
            .or_insert_with(|| ProducerState {
                kind: producer.kind.clone(),
                seq,
                received_at,
            });
    }

    /// Takes a batch and answers the rows that it completes. A batch that was taken
    /// before gives none.
    pub(crate) fn apply(&mut self, batch: &Batch) -> Vec<Row> {
        let known = self.producers.get(&batch.producer.id);
        if known.is_some_and(|known| batch.seq <= known.seq) {
            return Vec::new();
        }
        let state = ProducerState {
            kind: batch.producer.kind.clone(),
            seq: batch.seq,
            received_at: batch.received_at,
        };
        self.producers.insert(batch.producer.id.clone(), state);
        self.batches += 1;
        let mut rows = Vec::new();
        for (index, event) in batch.events.iter().enumerate() {
            let place = Place {
                producer: &batch.producer.id,
                seq: batch.seq,
                index,
            };
            self.apply_event(place, event, &mut rows);
            if let Some(run) = self.runs.get_mut(&event.run) {
                run.heard = self.batches;
            }
        }
        self.forget_oldest();
        rows
    }

    fn apply_event(&mut self, place: Place<'_>, event: &Event, rows: &mut Vec<Row>) {
        match &event.what {
            Happening::RunStarted(started) => self.start_run(place, event, started, rows),
            Happening::RunEnded(ended) => {
                let mut artifacts = std::mem::take(&mut self.artifacts);
                let run = self.run(place, event);
                run.end(place, event.at, ended, &mut artifacts, rows);
                let project = (!run.implied).then(|| run.row.project.clone());
                self.artifacts = artifacts;
                if let Some(project) = project {
                    self.touch_project(&project, event.at, None, rows);
                }
            }
            Happening::Annotated(note) => rows.push(self.said(place, event).note(note)),
            Happening::AttributeSet(set) => {
                let row = self.said(place, event).attribute(set);
                self.edit_project(&row, rows);
                rows.push(row.into());
            }
            Happening::Unknown(unknown) => {
                let run = self.run(place, event);
                rows.push(
                    UnknownEventRow {
                        event_id: place.id("u"),
                        run_id: event.run.to_string(),
                        project: run.row.project.clone(),
                        kind: unknown.kind.into(),
                        payload: Bytes(unknown.payload.clone()),
                        occurred_at: event.at,
                    }
                    .into(),
                );
            }
            what => {
                let mut artifacts = std::mem::take(&mut self.artifacts);
                let run = self.run(place, event);
                run.apply(place, event.at, what, &mut artifacts, rows);
                self.artifacts = artifacts;
            }
        }
    }

    fn start_run(
        &mut self,
        place: Place<'_>,
        event: &Event,
        started: &RunStarted,
        rows: &mut Vec<Row>,
    ) {
        let new = RunState::started(event, place.producer, started);
        self.touch_project(&started.project, event.at, started.user.as_deref(), rows);
        let run = match self.runs.entry(event.run.clone()) {
            Entry::Vacant(vacant) => vacant.insert(new),
            Entry::Occupied(known) => {
                let known = known.into_mut();
                known.started_again(new);
                known
            }
        };
        run.tell(rows);
    }

    fn said<'a>(&'a self, place: Place<'a>, event: &Event) -> Said<'a> {
        let run = self.runs.get(&event.run);
        Said {
            place,
            at: event.at,
            run: run.filter(|run| !run.implied),
        }
    }

    /// The run of an event. One whose start never came (its batch was refused, say) is
    /// made up, so that nothing of it is lost: its rows say project `unknown`.
    fn run(&mut self, place: Place<'_>, event: &Event) -> &mut RunState {
        self.runs.entry(event.run.clone()).or_insert_with(|| {
            let unknown = RunStarted {
                project: "unknown".into(),
                experiment: "default".into(),
                name: event.run.to_string(),
                ..RunStarted::default()
            };
            let mut run = RunState::started(event, place.producer, &unknown);
            run.implied = true;
            run
        })
    }

    /// What is set of a project that is one of its columns is there too.
    fn edit_project(&mut self, set: &AttributeRow, rows: &mut Vec<Row>) {
        if set.target_kind != "project" {
            return;
        }
        let Some(project) = self.projects.get_mut(&set.target_id) else {
            return;
        };
        let text = (!set.value.is_empty()).then(|| set.value.clone());
        match (set.key.as_str(), set.key.strip_prefix("tags.")) {
            ("description", _) => project.description = text,
            ("owner", _) => project.owner = text,
            ("archived", _) => project.archived = set.value == "true",
            (_, Some(tag)) => match text {
                Some(text) => drop(project.tags.insert(tag.to_owned(), text)),
                None => drop(project.tags.remove(tag)),
            },
            _ => return,
        }
        rows.push(project.clone().into());
    }

    fn touch_project(&mut self, name: &str, at: Micros, owner: Option<&str>, rows: &mut Vec<Row>) {
        let project = self
            .projects
            .entry(name.to_owned())
            .or_insert_with(|| ProjectRow {
                project: name.to_owned(),
                created_at: at,
                ..ProjectRow::default()
            });
        project.updated_at = project.updated_at.max(at);
        if project.owner.is_none() {
            project.owner = owner.map(str::to_owned);
        }
        rows.push(project.clone().into());
    }

    /// Every run that is remembered and was told of: its row, and its fits so far.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (&RunRow, u64)> {
        let told = self.runs.values().filter(|run| !run.implied);
        told.map(|run| (&run.row, run.fits))
    }

    /// Rows of what is open: as `running`, or as `abandoned` where `silent` says that
    /// the producer is no longer heard.
    pub(crate) fn open_rows(&self, silent: impl Fn(&ProducerId) -> bool) -> Vec<Row> {
        let mut rows = Vec::new();
        for run in self.runs.values() {
            run.open_rows(&silent, &mut rows);
        }
        rows
    }

    fn forget_oldest(&mut self) {
        while self.producers.len() > MAX_PRODUCERS {
            let oldest = self
                .producers
                .iter()
                .min_by_key(|(_, state)| state.received_at);
            let Some((oldest, _)) = oldest else { return };
            let oldest = oldest.clone();
            self.producers.remove(&oldest);
        }
        self.remember_less(MAX_REMEMBERED);
        let ended = self
            .runs
            .values()
            .filter(|run| run.row.ended_at.is_some())
            .count();
        if ended > MAX_ENDED_RUNS {
            let ended = self
                .runs
                .iter()
                .filter(|(_, run)| run.row.ended_at.is_some());
            let oldest = ended.min_by_key(|(_, run)| run.row.ended_at);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                self.runs.remove(&oldest);
            }
        }
    }

    /// Of all runs together so many datasets and models are remembered, or somewhat more where
    /// some cannot be forgotten since their rows are still to come. Not of the runs of the batch
    /// that was taken last; of those that have ended first, then of those that are silent.
    fn remember_less(&mut self, most: usize) {
        let total = |runs: &BTreeMap<RunId, RunState>| -> usize {
            runs.values().map(RunState::remembered).sum()
        };
        let remembered = total(&self.runs);
        if remembered <= most.max(self.kept + most / 10) {
            return;
        }
        let forgettable: usize = self.runs.values().map(RunState::forgettable).sum();
        let others = remembered - forgettable;
        // Some room, so that this is rare.
        let target = most.saturating_sub(others).max(most / 2) * 9 / 10;
        let mut excess = forgettable.saturating_sub(target);
        let current = self.batches;
        let runs = self.runs.values_mut().filter(|run| run.heard != current);
        let mut runs: Vec<_> = runs.collect();
        runs.sort_by_key(|run| (run.row.ended_at.is_none(), run.heard));
        for run in runs {
            excess -= run.forget(excess);
        }
        self.kept = total(&self.runs);
    }
}

#[cfg(test)]
mod tests;
