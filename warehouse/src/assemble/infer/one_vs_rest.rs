//! `OneVsRest` in Python: a fit for each class on the same data with one more column
//! `mc2b$<class>`, and later a transform by each of these models in turn. The calls are given
//! the parent that they would have in the JVM, so that all that follows sees one fit with
//! components in it, and one transform.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::ONE_VS_REST;
use crate::assemble::artifact::in_connect_cache;
use crate::assemble::columns;
use crate::assemble::datasets::Datasets;
use crate::clock::Micros;
use crate::event::{
    Component, Failure, FitEnded, FitKind, FitStarted, Happening, Param, Transformed, Value,
};
use crate::limits::MAX_INFERRED_SEARCHES;

const ONE_VS_REST_CLASS: &str = "org.apache.spark.ml.classification.OneVsRest";
/// What PySpark names the label of one class against the others.
const CLASS_LABEL: &str = "mc2b$";
/// The column in which PySpark collects the classes' raw predictions.
const COLLECTED: &str = "mbc$acc";
/// Columns of a classifier that are those of the whole.
const OWN: [&str; 3] = ["featuresCol", "predictionCol", "rawPredictionCol"];

/// The fits of `OneVsRest` that may go on, or whose models may be used.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OneVsRests {
    known: VecDeque<OneVsRest>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OneVsRest {
    operation: u64,
    /// The classifier's.
    uid: String,
    /// What it was given.
    dataset: u64,
    component: Component,
    started_at: Micros,
    ended_at: Micros,
    /// The fits, by class, and those among them that go on.
    classes: BTreeMap<u64, u64>,
    open: BTreeMap<u64, Micros>,
    closed: bool,
    /// By thread, the transform that goes on: its number, what went in, and when.
    scoring: BTreeMap<u64, (u64, u64, Micros)>,
}

impl OneVsRest {
    fn made(&self, model: u64) -> bool {
        self.classes.values().any(|operation| *operation == model)
    }

    /// Whether all its fits so far have ended, and it has not.
    fn is_done(&self) -> bool {
        !self.closed && self.open.is_empty()
    }

    fn end(&mut self, failure: Option<Failure>) -> Happening {
        self.closed = true;
        Happening::FitEnded(FitEnded {
            operation: self.operation,
            duration_us: self.ended_at.0.saturating_sub(self.started_at.0),
            model_class: failure
                .is_none()
                .then(|| format!("{ONE_VS_REST_CLASS}Model")),
            problem_type: Some("multiclass".into()),
            failure,
            ..FitEnded::default()
        })
    }
}

impl OneVsRests {
    /// The event as it is to be taken, and before or after it the start or the end of what it is
    /// a part of; none where it is to be taken as it is.
    pub(super) fn expand(
        &mut self,
        what: &Happening,
        at: Micros,
        datasets: &Datasets,
    ) -> Option<Vec<Happening>> {
        match what {
            Happening::FitStarted(started) if started.parent == 0 => {
                if let Some(class) = class_of(&started.estimator)
                    && let Some(dataset) = datasets.only_parent(started.dataset)
                {
                    return Some(self.fit_started(started, class, dataset, at, datasets));
                }
            }
            Happening::FitEnded(ended) => {
                let end = self.fit_ended(ended)?;
                return Some(vec![what.clone(), end]);
            }
            Happening::Transformed(transformed) if transformed.parent == 0 => {
                if let Some(place) = self.place_of(transformed.model)
                    && datasets.has_column(transformed.input, COLLECTED)
                {
                    return Some(self.transformed(place, transformed, datasets));
                }
            }
            _ => {}
        }
        let mut happenings = self.over(what, datasets);
        if happenings.is_empty() {
            return None;
        }
        happenings.push(what.clone());
        Some(happenings)
    }

    /// Ends all that are still open, as far as each of their fits has ended.
    pub(super) fn end(&mut self) -> Vec<Happening> {
        let done = self.known.iter_mut().filter(|one| one.is_done());
        let ended = done.map(|one| one.end(None)).collect();
        self.known.clear();
        ended
    }

    fn fit_started(
        &mut self,
        started: &FitStarted,
        class: u64,
        dataset: u64,
        at: Micros,
        datasets: &Datasets,
    ) -> Vec<Happening> {
        let mut happenings = Vec::new();
        let uid = &started.estimator.uid;
        let label = datasets.columns(started.dataset).first().cloned();
        let whole = component(&started.estimator, label);
        // A parallel search fits copies of one classifier, which differ in their parameters.
        let same = |one: &OneVsRest| {
            one.uid == *uid
                && one.dataset == dataset
                && !one.closed
                && own_params(&one.component).eq(own_params(&whole))
        };
        let mut place = self.known.iter().rposition(same);
        if let Some(known) = place
            && self.known[known].classes.contains_key(&class)
        {
            // The same is fitted again.
            happenings.push(self.known[known].end(None));
            place = None;
        }
        if place.is_none() {
            happenings.push(Happening::FitStarted(Box::new(FitStarted {
                operation: ONE_VS_REST | started.operation,
                parent: 0,
                kind: FitKind::Estimator,
                estimator: whole.clone(),
                dataset,
                candidates: Vec::new(),
                thread: started.thread,
                source_columns: started.source_columns.clone(),
                place: None,
            })));
            self.known.push_back(OneVsRest {
                operation: ONE_VS_REST | started.operation,
                uid: uid.clone(),
                dataset,
                component: whole,
                started_at: at,
                ended_at: at,
                classes: BTreeMap::new(),
                open: BTreeMap::new(),
                closed: false,
                scoring: BTreeMap::new(),
            });
            if self.known.len() > MAX_INFERRED_SEARCHES
                && let Some(mut oldest) = self.known.pop_front()
                && !oldest.closed
            {
                happenings.push(oldest.end(None));
            }
        }
        let mut part = started.clone();
        let newest = self.known.len() - 1;
        if let Some(one) = self.known.get_mut(place.unwrap_or(newest)) {
            one.classes.insert(class, started.operation);
            one.open.insert(started.operation, at);
            part.parent = one.operation;
        }
        happenings.push(Happening::FitStarted(part.into()));
        happenings
    }

    /// The end of the whole, where this one failed.
    fn fit_ended(&mut self, ended: &FitEnded) -> Option<Happening> {
        let mut known = self.known.iter_mut();
        let one = known.find(|one| one.open.contains_key(&ended.operation))?;
        let began = one.open.remove(&ended.operation)?;
        one.ended_at = one.ended_at.max(began.plus_micros(ended.duration_us));
        let fails = ended.failure.is_some() && !one.closed;
        fails.then(|| one.end(ended.failure.clone()))
    }

    /// The last one that made a model.
    fn place_of(&self, model: u64) -> Option<usize> {
        self.known.iter().rposition(|one| one.made(model))
    }

    fn transformed(
        &mut self,
        place: usize,
        transformed: &Transformed,
        datasets: &Datasets,
    ) -> Vec<Happening> {
        let one = &mut self.known[place];
        let mut happenings = Vec::new();
        if !one.closed {
            happenings.push(one.end(None));
        }
        let thread = transformed.thread;
        let first = one.classes.values().next() == Some(&transformed.model);
        if first || !one.scoring.contains_key(&thread) {
            let input = datasets.only_parent(transformed.input).unwrap_or_default();
            let operation = ONE_VS_REST | transformed.operation;
            one.scoring
                .insert(thread, (operation, input, transformed.started_at));
        }
        let (operation, input, started_at) = one.scoring[&thread];
        let mut part = transformed.clone();
        part.parent = operation;
        happenings.push(Happening::Transformed(Box::new(part)));
        let last = one.classes.values().next_back() == Some(&transformed.model);
        if last || transformed.failure.is_some() {
            one.scoring.remove(&thread);
            let ended_at = transformed.started_at.plus_micros(transformed.duration_us);
            let mut transformer = one.component.clone();
            transformer.class = format!("{ONE_VS_REST_CLASS}Model");
            happenings.push(Happening::Transformed(Box::new(Transformed {
                operation,
                parent: 0,
                transformer,
                model: one.operation,
                input,
                output: transformed.output,
                started_at,
                duration_us: ended_at.0.saturating_sub(started_at.0),
                failure: transformed.failure.clone(),
                thread,
            })));
        }
        happenings
    }

    /// Ends those after which something else was called. Other threads of a search go on
    /// meanwhile: what a search fits is over when its models are used, or the search is.
    fn over(&mut self, what: &Happening, datasets: &Datasets) -> Vec<Happening> {
        let (dataset, model) = match what {
            Happening::FitStarted(started) if started.parent == 0 => (started.dataset, 0),
            Happening::Transformed(call) if call.parent == 0 => (call.input, call.model),
            Happening::Evaluated(call) if call.parent == 0 => {
                if call.source.is_some() {
                    return Vec::new();
                }
                (call.dataset, call.model)
            }
            Happening::Saved(saved) if !in_connect_cache(&saved.uri) => (0, saved.model),
            Happening::Written(_) => (0, 0),
            _ => return Vec::new(),
        };
        if !self.known.iter().any(OneVsRest::is_done) {
            return Vec::new();
        }
        let in_search = |dataset| datasets.search_split(dataset).is_some();
        let elsewhere = !in_search(dataset);
        let mut happenings = Vec::new();
        for one in self.known.iter_mut().filter(|one| one.is_done()) {
            if elsewhere || one.made(model) || !in_search(one.dataset) {
                happenings.push(one.end(None));
            }
        }
        happenings
    }
}

/// The class that a classifier tells from the others.
fn class_of(classifier: &Component) -> Option<u64> {
    let label = columns::text(classifier, "labelCol")?;
    label.strip_prefix(CLASS_LABEL)?.parse().ok()
}

/// Those that classifiers of one `OneVsRest` have in common.
fn own_params(whole: &Component) -> impl Iterator<Item = &Param> {
    whole.params.iter().filter(|param| param.name != "labelCol")
}

/// What is known of the whole from one classifier: the classifier's own settings stand under
/// `classifier.`.
fn component(classifier: &Component, label: Option<String>) -> Component {
    let text = |name: &str, text: String| Param {
        name: name.into(),
        value: Value::Text(text),
        is_default: false,
    };
    let mut params = vec![text("classifier", classifier.uid.clone())];
    params.extend(label.map(|label| text("labelCol", label)));
    for param in &classifier.params {
        let mut param = param.clone();
        if param.name == "labelCol" {
            continue;
        }
        if !OWN.contains(&param.name.as_str()) {
            param.name = format!("classifier.{}", param.name);
        }
        params.push(param);
    }
    Component {
        class: ONE_VS_REST_CLASS.into(),
        params,
        ..Component::default()
    }
}
