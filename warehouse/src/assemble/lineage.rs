//! The datasets of one producer in one run: where each came from, and which model
//! scored it.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::state::{state_id, without_expression_ids};
use crate::clock::Micros;
use crate::event::{DatasetSeen, Derivation, Transformed};
use crate::limits::{MAX_KNOWN_DATASETS, MAX_LINEAGE_STEPS};
use crate::row::{DatasetEdgeRow, DatasetRow, Row};

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Datasets {
    known: BTreeMap<u64, Dataset>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Dataset {
    columns: Vec<String>,
    state_id: String,
    /// Steps that the producer read off the dataset's plan.
    derived_from: Vec<Derivation>,
    /// Whether `derived_from` was written to `dataset_edges`. It waits until the
    /// dataset is used, since a transform that made it says more than its plan does.
    edges_written: bool,
    /// Transforms that gave it, the outermost last.
    made_by: Vec<MadeBy>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MadeBy {
    model: u64,
    input: u64,
    added: Vec<String>,
}

/// The model behind a scored dataset, the dataset that it scored, and the filters that
/// lie between its output and the rows that were asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scored {
    pub model: u64,
    pub input: u64,
    pub slice: Option<String>,
}

/// What stands in a slice for a filter that cannot be read.
const OPAQUE: &str = "opaque";

impl Datasets {
    pub(super) fn see(
        &mut self,
        context: &Context<'_>,
        seen: &DatasetSeen,
        at: Micros,
        rows: &mut Vec<Row>,
    ) {
        if self.known.contains_key(&seen.dataset) {
            return;
        }
        let state_id = self.state_of_new(context, seen);
        rows.push(
            DatasetRow {
                dataset_id: context.dataset_id(seen.dataset),
                run_id: context.run.run_id.clone(),
                project: context.run.project.clone(),
                name: seen.name.clone(),
                columns: seen.columns.clone(),
                state_id: state_id.clone(),
                created_at: at,
                ..DatasetRow::default()
            }
            .into(),
        );
        let dataset = Dataset {
            columns: seen
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            state_id,
            derived_from: seen.derived_from.iter().map(fold_is_split).collect(),
            ..Dataset::default()
        };
        self.known.insert(seen.dataset, dataset);
        while self.known.len() > MAX_KNOWN_DATASETS {
            self.known.pop_first();
        }
    }

    /// A dataset without known parents could be anything: its state is its own. So is
    /// that of one whose step the producer could not read.
    fn state_of_new(&self, context: &Context<'_>, seen: &DatasetSeen) -> String {
        let parents: Vec<_> = seen
            .derived_from
            .iter()
            .map(|derivation| self.state(context, derivation.parent))
            .collect();
        // Rows drawn at random are told by a seed that is not told here.
        let legible = |d: &Derivation| {
            let detail = d.detail.as_deref().unwrap_or(OPAQUE);
            d.operation == "filter" && d.parent != 0 && !d.split && !detail.contains(OPAQUE)
        };
        if !seen.derived_from.is_empty() && seen.derived_from.iter().all(legible) {
            let steps: Vec<_> = seen
                .derived_from
                .iter()
                .map(|d| without_expression_ids(d.detail.as_deref().unwrap_or_default()))
                .collect();
            state_id("filter", steps.iter().map(String::as_str), &parents)
        } else {
            let salt = context.dataset_id(seen.dataset);
            state_id("dataset", [salt.as_str()], &parents)
        }
    }

    pub(super) fn state(&self, context: &Context<'_>, dataset: u64) -> String {
        let known = self.known.get(&dataset);
        known.map_or_else(
            || state_id("dataset", [context.dataset_id(dataset).as_str()], &[]),
            |known| known.state_id.clone(),
        )
    }

    /// The dataset goes into an operation: now is the time to tell how it was derived.
    pub(super) fn used(&mut self, context: &Context<'_>, dataset: u64, rows: &mut Vec<Row>) {
        let Some(known) = self.known.get_mut(&dataset) else {
            return;
        };
        if std::mem::replace(&mut known.edges_written, true) || !known.made_by.is_empty() {
            return;
        }
        for derivation in known.derived_from.iter().filter(|d| d.parent != 0) {
            rows.push(
                DatasetEdgeRow {
                    run_id: context.run.run_id.clone(),
                    project: context.run.project.clone(),
                    parent_dataset_id: context.dataset_id(derivation.parent),
                    child_dataset_id: context.dataset_id(dataset),
                    operation: derivation.operation.clone(),
                    detail: derivation.detail.clone(),
                    transform_id: None,
                }
                .into(),
            );
        }
    }

    /// Every dataset counts as used.
    pub(super) fn all_used(&mut self, context: &Context<'_>, rows: &mut Vec<Row>) {
        let numbers: Vec<_> = self.known.keys().copied().collect();
        for number in numbers {
            self.used(context, number, rows);
        }
    }

    /// A transform gave a dataset whose state is now `state`: answers the columns that
    /// it added, where both schemas are known.
    pub(super) fn transformed(
        &mut self,
        transformed: &Transformed,
        state: String,
    ) -> Option<Vec<String>> {
        let before = self
            .known
            .get(&transformed.input)
            .map(|input| &input.columns);
        let output = self.known.get(&transformed.output);
        let added = before.zip(output).map(|(before, output)| {
            let new = output
                .columns
                .iter()
                .filter(|column| !before.contains(column));
            new.cloned().collect::<Vec<_>>()
        });
        let output = self.known.entry(transformed.output).or_default();
        if output.made_by.is_empty() {
            output.state_id = state;
        }
        output.made_by.push(MadeBy {
            model: transformed.model,
            input: transformed.input,
            added: added.clone().unwrap_or_default(),
        });
        added
    }

    /// The nearest model upstream of `dataset` that wrote the column `prediction`; the
    /// nearest model when no column is named. Of a pipeline and its last stage, which
    /// give the same dataset, it is the pipeline. None where rows come from several.
    pub(super) fn scored_by(&self, dataset: u64, prediction: Option<&str>) -> Option<Scored> {
        let mut queue = VecDeque::from([(dataset, Vec::new())]);
        let mut found: Option<Scored> = None;
        let mut steps = 0;
        while let Some((number, filters)) = queue.pop_front() {
            steps += 1;
            if steps > MAX_LINEAGE_STEPS {
                return None;
            }
            let Some(dataset) = self.known.get(&number) else {
                continue;
            };
            let wrote = |made: &&MadeBy| {
                let named = |column| made.added.iter().any(|added| added == column);
                made.model != 0 && prediction.is_none_or(named)
            };
            let Some(made) = dataset.made_by.iter().rev().find(wrote) else {
                queue.extend(dataset.inputs(&filters));
                continue;
            };
            let before = self.filters_since_split(made.input);
            let slice = slice(filters.iter().chain(&before));
            match &mut found {
                None => {
                    found = Some(Scored {
                        model: made.model,
                        input: made.input,
                        slice,
                    });
                }
                Some(other) if other.model != made.model => return None,
                Some(other) if other.slice != slice => other.slice = Some(OPAQUE.into()),
                Some(_) => {}
            }
        }
        found
    }

    /// The filters between the split that `dataset` comes from and its rows, the last one
    /// first; none where it comes from no split: then it is what the model was meant for.
    fn filters_since_split(&self, dataset: u64) -> Vec<Filter> {
        let mut queue = VecDeque::from([(dataset, Vec::new())]);
        for _ in 0..MAX_LINEAGE_STEPS {
            let Some((number, filters)) = queue.pop_front() else {
                break;
            };
            let Some(dataset) = self.known.get(&number) else {
                continue;
            };
            let split = dataset.derived_from.iter().find(|d| d.split);
            if let Some(split) = split.filter(|_| dataset.made_by.is_empty()) {
                let mut filters = filters;
                filters.extend(split.filters_after_split.clone().map(Some));
                return filters;
            }
            queue.extend(dataset.inputs(&filters));
        }
        Vec::new()
    }
}

/// The condition of a filter; none where it cannot be read.
type Filter = Option<String>;

impl Dataset {
    /// What it was made from, each with the filters on the way, the last one first.
    fn inputs(&self, filters: &[Filter]) -> Vec<(u64, Vec<Filter>)> {
        let through = |d: &Derivation| {
            let mut filters = filters.to_vec();
            if d.operation == "filter" || d.detail.as_deref() == Some(OPAQUE) {
                filters.push(d.detail.clone().filter(|detail| detail != OPAQUE));
            }
            (d.parent, filters)
        };
        match self.made_by.as_slice() {
            [] => self.derived_from.iter().map(through).collect(),
            made_by => made_by
                .iter()
                .map(|made| (made.input, filters.to_vec()))
                .collect(),
        }
    }
}

/// PySpark's searches make folds by filters on a random column that they name after
/// themselves: these are splits, and no choice of the user's.
fn fold_is_split(derivation: &Derivation) -> Derivation {
    let is_fold = |detail: &str| {
        ["CrossValidator_", "TrainValidationSplit_"]
            .iter()
            .any(|search| detail.contains(search) && detail.contains("_rand"))
    };
    let mut derivation = derivation.clone();
    if derivation.operation == "filter" && derivation.detail.as_deref().is_some_and(is_fold) {
        derivation.operation = "split".into();
        derivation.split = true;
        derivation.filters_after_split = None;
    }
    derivation
}

/// Filters, the last one first, as one text.
fn slice<'a>(filters: impl DoubleEndedIterator<Item = &'a Filter>) -> Option<String> {
    let text = |filter: &Filter| match filter {
        Some(text) => without_expression_ids(text),
        None => OPAQUE.to_owned(),
    };
    let texts: Vec<_> = filters.rev().map(text).collect();
    (!texts.is_empty()).then(|| texts.join(" AND "))
}
