//! One run: its row, its actions, and what each producer told inside it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Place;
use super::artifact::{self, Artifacts};
use super::calls::{evaluate, transform};
use super::context::{Action, Context, error_text, status};
use super::datasets::Datasets;
use super::files::{Files, file_id};
use super::fit::{OpenFit, param_row};
use super::infer::{self, Scene};
use super::learnt::{learn, measure};
use super::locals::Locals;
use super::sampled::{predict, sample};
use super::state::state_id;
use crate::clock::Micros;
use crate::event::{Event, Happening, RunEnded, RunStarted};
use crate::ids::{ProducerId, derived_id};
use crate::row::{ActionRow, Capture, Row, RunRow};

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunState {
    pub row: RunRow,
    /// Whether the run's start never came. Such a run has no row: the table may have the
    /// real one, of which this state knows nothing.
    #[serde(default)]
    pub implied: bool,
    /// Fits so far.
    #[serde(default)]
    pub fits: u64,
    /// What the agent's settings kept out; the producer's own counts come on top.
    #[serde(default)]
    denied: BTreeMap<String, i64>,
    /// Actions so far.
    sequence: i64,
    /// Numbers of operations and datasets are local to a producer.
    locals: BTreeMap<ProducerId, Locals>,
    /// Files and tables that it touched.
    #[serde(default)]
    files: Files,
    /// When something last came of it, in the order of batches.
    #[serde(default)]
    pub heard: u64,
}

impl RunState {
    pub(super) fn started(event: &Event, producer: &ProducerId, started: &RunStarted) -> Self {
        let started = started.clone();
        let row = RunRow {
            run_id: event.run.to_string(),
            project: started.project,
            experiment: started.experiment,
            name: started.name,
            parent_run_id: started.parent_run_id,
            status: "running".into(),
            user: started.user,
            host: started.host,
            application_id: started.application_id,
            framework: started.framework,
            framework_version: started.framework_version,
            code_version: started.code_version,
            command: started.command,
            settings: started.settings,
            capture: Capture {
                mode: started.capture_mode,
                not_captured: BTreeMap::new(),
            },
            tags: started.tags,
            started_at: event.at,
            producer: producer.to_string(),
            attached_by: started.attached_by,
            capture_note: started.capture_note,
            client: started.client,
            ..RunRow::default()
        };
        Self {
            row,
            implied: false,
            fits: 0,
            denied: BTreeMap::new(),
            sequence: 0,
            locals: BTreeMap::new(),
            files: Files::default(),
            heard: 0,
        }
    }

    /// How many datasets and models are remembered.
    pub(super) fn remembered(&self) -> usize {
        self.locals.values().map(Locals::remembered).sum()
    }

    /// How many of them can be forgotten.
    pub(super) fn forgettable(&self) -> usize {
        self.locals.values().map(Locals::forgettable).sum()
    }

    /// Forgets up to so many of them, those that came first; answers how many.
    pub(super) fn forget(&mut self, count: usize) -> usize {
        let mut forgotten = 0;
        for locals in self.locals.values_mut() {
            forgotten += locals.forget(count - forgotten);
        }
        forgotten
    }

    /// The id of a model that a producer fitted or loaded in it.
    pub(super) fn model_id(&self, producer: &ProducerId, operation: u64) -> String {
        let context = Context {
            run: &self.row,
            producer,
        };
        match self.locals.get(producer) {
            Some(locals) => locals.model_id_of(&context, operation),
            None => context.model_id(operation),
        }
    }

    pub(super) fn open_operations(&self, producer: &ProducerId) -> usize {
        let locals = self.locals.get(producer);
        locals.map_or(0, |locals| locals.fits.len())
    }

    pub(super) fn apply(
        &mut self,
        place: Place<'_>,
        at: Micros,
        what: &Happening,
        artifacts: &mut Artifacts,
        rows: &mut Vec<Row>,
    ) {
        let locals = self.locals.entry(place.producer.clone()).or_default();
        let context = Context {
            run: &self.row,
            producer: place.producer,
        };
        let what = resolved(what, &locals.datasets);
        if infer::is_connect(&context) {
            match &*what {
                Happening::Transformed(made) => {
                    let first = locals.replays.replayed(made);
                    // One that was forgotten is told anew.
                    if let Some(first) = first.filter(|n| locals.datasets.get(*n).is_some()) {
                        locals.datasets.alias(made.output, first);
                        locals.inference.replayed(made, first);
                        return;
                    }
                }
                Happening::DatasetSeen(seen) => {
                    let first = locals.replays.seen_before(seen);
                    if let Some(first) = first.filter(|n| locals.datasets.get(*n).is_some()) {
                        locals.datasets.alias(seen.dataset, first);
                        return;
                    }
                }
                _ => {}
            }
        }
        let expanded = match infer::applies(&context) {
            true => locals.inference.expand(&what, at, &locals.datasets),
            false => None,
        };
        match expanded {
            None => self.take(place, at, &what, artifacts, rows),
            Some(happenings) => {
                for what in happenings {
                    self.take(place, at, &what, artifacts, rows);
                }
            }
        }
    }

    /// Takes what happened, or what was found to have happened.
    fn take(
        &mut self,
        place: Place<'_>,
        at: Micros,
        what: &Happening,
        artifacts: &mut Artifacts,
        rows: &mut Vec<Row>,
    ) {
        let locals = self.locals.entry(place.producer.clone()).or_default();
        let context = Context {
            run: &self.row,
            producer: place.producer,
        };
        let files = &mut self.files;
        let mut inferred = Vec::new();
        let mut inference = infer::applies(&context).then(|| std::mem::take(&mut locals.inference));
        if let Some(inference) = &mut inference {
            let mut scene = Scene {
                context: &context,
                locals,
                files,
                sequence: &mut self.sequence,
                rows,
                actions: &mut inferred,
            };
            inference.before(&mut scene, what, at);
        }
        let first = rows.len();
        let action = match what {
            Happening::DatasetSeen(seen) => {
                locals.datasets.see(&context, seen, at, rows);
                None
            }
            // A number that was used before: what it meant then holds.
            Happening::FitStarted(started) if locals.knows(started.operation) => None,
            Happening::FitStarted(started) => {
                self.sequence += 1;
                locals.datasets.used(&context, files, started.dataset, rows);
                self.fits += u64::from(!infer::is_inferred(started.operation));
                let parent = locals.fits.get_mut(&started.parent);
                let state = locals.datasets.state(&context, started.dataset);
                let fit = OpenFit::start(parent, started, at, self.sequence, state);
                locals.fits.insert(started.operation, fit);
                None
            }
            Happening::FitEnded(ended) => {
                let fit = locals.fits.remove(&ended.operation);
                fit.map(|fit| {
                    let (sequence, dataset) = (fit.sequence(), fit.dataset());
                    let parent = locals.fits.get_mut(&fit.parent());
                    if let (Some(parent), None) = (parent, &ended.failure) {
                        parent.finished_part(fit.as_part());
                    }
                    let parts = fit.parts();
                    let action = fit.end(&context, ended, rows);
                    locals.fitted(ended.operation, action.state_id.clone(), dataset, parts);
                    (Some(sequence), action)
                })
            }
            Happening::Transformed(transformed) => {
                let action = transform(&context, locals, files, transformed, rows);
                Some((None, action))
            }
            Happening::Evaluated(evaluated) => {
                let action = evaluate(&context, locals, files, place, evaluated, rows);
                action.map(|action| (None, action))
            }
            Happening::Saved(saved) => {
                let action = artifact::save(&context, locals, artifacts, saved, rows);
                action.map(|action| (None, action))
            }
            Happening::Loaded(loaded) => {
                let action = artifact::load(&context, locals, artifacts, loaded);
                action.map(|action| (None, action))
            }
            Happening::Written(written) => {
                locals.datasets.written(&context, files, written, at, rows);
                let parents = vec![locals.datasets.state(&context, written.dataset)];
                let uri = &written.target.uri;
                let action = Action {
                    kind: "write",
                    subject_id: file_id(uri),
                    status: "finished",
                    state_id: state_id("write", [uri.as_str()], &parents),
                    parent_state_ids: parents,
                    occurred_at: at,
                };
                Some((None, action))
            }
            Happening::ModelLearnt(learnt) => {
                learn(&context, locals, place, at, learnt, rows);
                None
            }
            Happening::ParamsSet(set) => {
                match locals.fits.get_mut(&set.operation) {
                    Some(fit) => fit.set_params(&set.params),
                    None => {
                        let model_id = locals.model_id_of(&context, set.operation);
                        let params = set.params.iter();
                        rows.extend(params.map(|param| param_row(&context, &model_id, param)));
                    }
                }
                None
            }
            Happening::Measured(measured) => {
                measure(&context, locals, files, place, at, measured, rows);
                None
            }
            Happening::WorkDone(done) => {
                locals.work.done(&context, done, rows);
                None
            }
            Happening::Sampled(sampled) => {
                sample(&context, locals, files, place, at, sampled, rows);
                None
            }
            Happening::PredictionsSampled(sampled) => {
                predict(&context, locals, files, sampled, rows);
                None
            }
            Happening::Denied(counts) => {
                add(&mut self.denied, counts);
                add(&mut self.row.capture.not_captured, counts);
                self.tell(rows);
                None
            }
            Happening::CaptureReported(not_captured) => {
                self.row.capture.not_captured = self.denied.clone();
                add(&mut self.row.capture.not_captured, not_captured);
                self.tell(rows);
                None
            }
            // These are taken where all runs are known.
            Happening::RunStarted(_)
            | Happening::RunEnded(_)
            | Happening::Annotated(_)
            | Happening::AttributeSet(_)
            | Happening::Unknown(_) => None,
        };
        let mut concluded = Vec::new();
        if let Some(mut inference) = inference
            && let Some(locals) = self.locals.get_mut(place.producer)
        {
            let mut scene = Scene {
                context: &Context {
                    run: &self.row,
                    producer: place.producer,
                },
                locals,
                files: &mut self.files,
                sequence: &mut self.sequence,
                rows,
                actions: &mut concluded,
            };
            inference.after(&mut scene, what, first);
            locals.inference = inference;
        }
        for (sequence, action) in inferred {
            self.act(place, sequence, action, rows);
        }
        if let Some((sequence, action)) = action {
            if let (Some(operation), Some(locals)) =
                (what.operation(), self.locals.get_mut(place.producer))
            {
                let context = Context {
                    run: &self.row,
                    producer: place.producer,
                };
                locals
                    .work
                    .made(&context, operation, &action.subject_id, rows);
            }
            self.act(place, sequence, action, rows);
        }
        for (sequence, action) in concluded {
            self.act(place, sequence, action, rows);
        }
    }

    /// Adds an action; `sequence` is its place when it was given one at its start.
    fn act(
        &mut self,
        place: Place<'_>,
        sequence: Option<i64>,
        action: Action,
        rows: &mut Vec<Row>,
    ) {
        let sequence = sequence.unwrap_or_else(|| {
            self.sequence += 1;
            self.sequence
        });
        rows.push(
            ActionRow {
                action_id: derived_id(
                    "a",
                    place.producer,
                    &[place.seq.0, place.index as u64, sequence as u64],
                ),
                run_id: self.row.run_id.clone(),
                project: self.row.project.clone(),
                sequence,
                kind: action.kind.into(),
                subject_id: action.subject_id,
                status: action.status.into(),
                state_id: action.state_id,
                parent_state_ids: action.parent_state_ids,
                occurred_at: action.occurred_at,
            }
            .into(),
        );
    }

    pub(super) fn end(
        &mut self,
        place: Place<'_>,
        at: Micros,
        ended: &RunEnded,
        artifacts: &mut Artifacts,
        rows: &mut Vec<Row>,
    ) {
        let last = self.locals.iter_mut();
        let last = last.map(|(producer, locals)| (producer.clone(), locals.inference.last()));
        for (producer, happenings) in last.collect::<Vec<_>>() {
            let place = Place {
                producer: &producer,
                ..place
            };
            for what in happenings {
                self.take(place, at, &what, artifacts, rows);
            }
        }
        let mut locals = std::mem::take(&mut self.locals);
        let mut actions = Vec::new();
        for (producer, locals) in &mut locals {
            let context = Context {
                run: &self.row,
                producer,
            };
            if infer::applies(&context) {
                let mut inference = std::mem::take(&mut locals.inference);
                inference.end(&mut Scene {
                    context: &context,
                    locals,
                    files: &mut self.files,
                    sequence: &mut self.sequence,
                    rows,
                    actions: &mut actions,
                });
            }
            // Inner operations have higher numbers: close them first.
            while let Some((operation, fit)) = locals.fits.pop_last() {
                let sequence = fit.sequence();
                let action = fit.abandon(&context, at, rows);
                locals
                    .work
                    .made(&context, operation, &action.subject_id, rows);
                actions.push((Some(sequence), action));
            }
            locals.work.end(&context, rows);
            locals.datasets.all_used(&context, &mut self.files, rows);
        }
        for (sequence, action) in actions {
            self.act(place, sequence, action, rows);
        }
        self.row.status = status(ended.failure.as_ref()).into();
        self.row.error = ended.failure.as_ref().map(error_text);
        self.row.ended_at = Some(at);
        self.tell(rows);
    }

    /// The run's row as it is now.
    pub(super) fn tell(&self, rows: &mut Vec<Row>) {
        if !self.implied {
            rows.push(self.row.clone().into());
        }
    }

    /// The start of a run of which something is known already: where that came without a
    /// start, this is it; a second start says nothing new.
    pub(super) fn started_again(&mut self, started: RunState) {
        if self.implied {
            self.row = started.row;
            self.implied = false;
        }
    }

    pub(super) fn open_rows(&self, silent: &impl Fn(&ProducerId) -> bool, rows: &mut Vec<Row>) {
        let owner = ProducerId::from(self.row.producer.clone());
        if !self.implied && self.row.ended_at.is_none() && silent(&owner) {
            let mut row = self.row.clone();
            row.status = "abandoned".into();
            rows.push(row.into());
        }
        for (producer, locals) in &self.locals {
            let context = Context {
                run: &self.row,
                producer,
            };
            let status = if silent(producer) {
                "abandoned"
            } else {
                "running"
            };
            for fit in locals.fits.values() {
                fit.open_rows(&context, status, rows);
            }
            locals.inference.open_rows(rows);
            locals.datasets.open_rows(&context, rows);
        }
    }
}

/// What happened, with the numbers under which its datasets were met first.
fn resolved<'a>(what: &'a Happening, datasets: &Datasets) -> Cow<'a, Happening> {
    if !datasets.has_aliases() {
        return Cow::Borrowed(what);
    }
    let mut what = what.clone();
    let resolve = |number: &mut u64| *number = datasets.resolve(*number);
    match &mut what {
        Happening::DatasetSeen(seen) => {
            resolve(&mut seen.same_as);
            seen.derived_from
                .iter_mut()
                .for_each(|d| resolve(&mut d.parent));
        }
        Happening::FitStarted(started) => resolve(&mut started.dataset),
        Happening::Transformed(transformed) => {
            resolve(&mut transformed.input);
            resolve(&mut transformed.output);
        }
        Happening::Evaluated(evaluated) => resolve(&mut evaluated.dataset),
        Happening::Measured(measured) => resolve(&mut measured.dataset),
        Happening::Written(written) => resolve(&mut written.dataset),
        Happening::Sampled(sampled) => resolve(&mut sampled.dataset),
        Happening::PredictionsSampled(sampled) => resolve(&mut sampled.dataset),
        _ => {}
    }
    Cow::Owned(what)
}

fn add(counts: &mut BTreeMap<String, i64>, more: &BTreeMap<String, u64>) {
    for (reason, count) in more {
        let total = counts.entry(reason.clone()).or_default();
        *total = total.saturating_add_unsigned(*count);
    }
}
