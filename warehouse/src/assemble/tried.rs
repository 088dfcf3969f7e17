//! What a search tried: its configurations, and the metric of each in each fold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::context::Context;
use crate::clock::Micros;
use crate::event::{CandidateParam, FitEnded, SearchMetric};
use crate::ids::derived_id;
use crate::limits::MAX_SEARCH_FITS;
use crate::row::{CandidateRow, MetricRow, Row, TextMap};

/// See the module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tried {
    /// Configuration and fold of each fit.
    fits: BTreeMap<u64, (i64, i64)>,
    /// The metric, by configuration and fold.
    values: BTreeMap<i64, BTreeMap<i64, f64>>,
    metric: Option<String>,
    larger_is_better: Option<bool>,
    /// The configuration that was fitted again.
    best: Option<i64>,
}

impl Tried {
    /// A fit of a configuration began.
    pub(super) fn fit(&mut self, operation: u64, candidate: i64, fold: Option<i64>) {
        if self.fits.len() < MAX_SEARCH_FITS {
            self.fits
                .insert(operation, (candidate, fold.unwrap_or_default()));
        }
    }

    /// The best configuration is fitted again.
    pub(super) fn best(&mut self, candidate: Option<i64>) {
        self.best = candidate;
    }

    /// Configurations get other numbers.
    pub(super) fn renumber(&mut self, number: impl Fn(i64) -> i64) {
        for (candidate, _) in self.fits.values_mut() {
            *candidate = number(*candidate);
        }
        let values = std::mem::take(&mut self.values).into_iter();
        self.values = values.map(|(old, of)| (number(old), of)).collect();
        self.best = self.best.map(number);
    }

    pub(super) fn has(&self, operation: u64) -> bool {
        self.fits.contains_key(&operation)
    }

    /// An evaluator measured one of the fits.
    pub(super) fn measured(
        &mut self,
        operation: u64,
        metric: &str,
        value: f64,
        larger_is_better: Option<bool>,
    ) {
        let Some((candidate, fold)) = self.fits.get(&operation) else {
            return;
        };
        self.values
            .entry(*candidate)
            .or_default()
            .insert(*fold, value);
        self.metric.get_or_insert_with(|| metric.to_owned());
        self.larger_is_better = self.larger_is_better.or(larger_is_better);
    }

    /// Rows of the configurations, once the search has ended, and their averages as metrics:
    /// those that the search told, else those of the folds.
    pub(super) fn rows(&self, search: &Ended<'_>, rows: &mut Vec<Row>) {
        let told = search.ended.map_or(&[][..], |ended| &ended.search_metrics);
        let Some((chosen_by, others)) = told.split_first() else {
            let Some(ended) = search.ended else {
                return self.measured_rows(search, &[], rows);
            };
            // What the search says it is, where it does.
            let mut measured = self.clone();
            measured.metric = ended.metric.clone().or(measured.metric);
            measured.larger_is_better = ended.larger_is_better.or(measured.larger_is_better);
            return measured.measured_rows(search, &ended.candidate_metrics, rows);
        };
        let best = search.ended.and_then(|ended| ended.best_candidate);
        self.told(chosen_by, best).measured_rows(search, &[], rows);
        for (number, other) in (1..).zip(others) {
            let other = self.told(other, None);
            for index in 0..search.candidates.len() {
                let average = other.average(index, &[]);
                rows.extend(other.average_row(search, number, index, average));
            }
        }
    }

    /// What it tried, by what the search itself says of a metric.
    fn told(&self, metric: &SearchMetric, best: Option<i64>) -> Self {
        let known = |(fold, value): (i64, &f64)| (!value.is_nan()).then_some((fold, *value));
        let folds = |of: &Vec<f64>| (0_i64..).zip(of).filter_map(known).collect();
        let values = (0_i64..).zip(&metric.fold_values);
        Self {
            fits: BTreeMap::new(),
            values: values
                .map(|(candidate, of)| (candidate, folds(of)))
                .collect(),
            metric: Some(metric.metric.clone()),
            larger_is_better: metric.larger_is_better,
            best: best.or(self.best),
        }
    }

    fn measured_rows(&self, search: &Ended<'_>, averages: &[f64], rows: &mut Vec<Row>) {
        let folds = self.values.values().flat_map(BTreeMap::keys).max();
        let folds = folds.map_or(0, |last| last + 1);
        for (index, params) in search.candidates.iter().enumerate() {
            let values = self.values.get(&(index as i64));
            let value = |fold| values.and_then(|values| values.get(&fold)).copied();
            let average = self.average(index, averages);
            let std = self.all_folds(index).filter(|known| known.len() > 1);
            rows.push(
                CandidateRow {
                    search_model_id: search.context.model_id(search.operation),
                    candidate_index: index as i64,
                    params: params.clone(),
                    metric: self.metric.clone(),
                    mean: average,
                    std: std.as_deref().map(deviation),
                    fold_values: (0..folds).map(value).collect(),
                    is_best: self.best == Some(index as i64),
                    run_id: search.context.run.run_id.clone(),
                    project: search.context.run.project.clone(),
                }
                .into(),
            );
            rows.extend(self.average_row(search, 0, index, average));
        }
    }

    /// The average of a configuration as a metric; `number` tells the metrics of a search apart.
    fn average_row(
        &self,
        search: &Ended<'_>,
        number: u64,
        index: usize,
        average: Option<f64>,
    ) -> Option<Row> {
        let Ended {
            context, operation, ..
        } = *search;
        let row = MetricRow {
            metric_id: derived_id("e", context.producer, &[operation, index as u64, number, 0]),
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            model_id: Some(context.model_id(operation)),
            name: self.metric.clone()?,
            value: average?,
            candidate_index: Some(index as i64),
            larger_is_better: self.larger_is_better,
            label_column: search.label.clone(),
            source: "search".into(),
            recorded_at: search.at,
            ..MetricRow::default()
        };
        Some(row.into())
    }

    /// The average of a configuration, as told, else over its folds.
    fn average(&self, index: usize, told: &[f64]) -> Option<f64> {
        let over_folds = || self.all_folds(index).as_deref().map(average);
        told.get(index).copied().or_else(over_folds)
    }

    /// The values of a configuration in the folds of the search; none where one is missing.
    fn all_folds(&self, index: usize) -> Option<Vec<f64>> {
        let folds = self.values.values().flat_map(BTreeMap::keys).max()? + 1;
        let values = self.values.get(&(index as i64))?;
        (0..folds).map(|fold| values.get(&fold).copied()).collect()
    }
}

/// A search that has ended, or will not.
pub(super) struct Ended<'a> {
    pub context: &'a Context<'a>,
    /// The search.
    pub operation: u64,
    /// What each configuration sets.
    pub candidates: &'a [TextMap],
    /// The label that it learns.
    pub label: Option<String>,
    /// How it ended.
    pub ended: Option<&'a FitEnded>,
    pub at: Micros,
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation of all values, as numpy's `std`, which PySpark reports.
fn deviation(values: &[f64]) -> f64 {
    let mean = average(values);
    let squares: Vec<_> = values.iter().map(|value| (value - mean).powi(2)).collect();
    average(&squares).sqrt()
}

/// What each configuration sets, by the parameter's name; by `uid.name` where several
/// components have a parameter of that name that is tried.
pub(super) fn configurations(candidates: &[Vec<CandidateParam>]) -> Vec<TextMap> {
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for set in candidates.iter().flatten() {
        let owners = owners.entry(&set.param.name).or_default();
        owners.insert(&set.uid);
    }
    let key = |set: &CandidateParam| match owners[set.param.name.as_str()].len() {
        1 => set.param.name.clone(),
        _ => format!("{}.{}", set.uid, set.param.name),
    };
    let params = |candidate: &Vec<CandidateParam>| {
        let entry = |set: &CandidateParam| (key(set), set.param.value.text());
        candidate.iter().map(entry).collect()
    };
    candidates.iter().map(params).collect()
}
