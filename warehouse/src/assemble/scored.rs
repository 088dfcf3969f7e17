//! Which model scored a dataset, and which rows of it.

use std::collections::{BTreeSet, VecDeque};

use super::datasets::{Dataset, Datasets, MadeBy};
use super::state::without_expression_ids;
use crate::event::Derivation;
use crate::limits::MAX_LINEAGE_STEPS;

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
    /// What `model` made of `dataset` by itself, without telling the scored rows; `meant_for` is
    /// what it learnt from, and what it was measured on as a whole.
    pub(super) fn scored_as(&self, model: u64, dataset: u64, meant_for: &[u64]) -> Scored {
        let mut filters = self.filters_since_split(dataset);
        if filters.is_empty() {
            filters = self.filters_since(dataset, &self.with_all_rows_of(meant_for));
        }
        Scored {
            model,
            input: dataset,
            slice: slice(filters.iter()),
        }
    }

    /// The filters between any of `wholes` and `dataset`, the last one first; none where it
    /// does not come from them.
    fn filters_since(&self, dataset: u64, wholes: &BTreeSet<u64>) -> Vec<Filter> {
        let mut queue = VecDeque::from([(dataset, Vec::new())]);
        let mut met = BTreeSet::new();
        while let Some((number, filters)) = queue.pop_front() {
            if wholes.contains(&number) {
                return filters;
            }
            if met.len() > MAX_LINEAGE_STEPS || !met.insert(number) {
                continue;
            }
            if let Some(dataset) = self.get(number) {
                queue.extend(dataset.inputs(&filters));
            }
        }
        Vec::new()
    }

    /// Datasets and those that they have all rows of.
    fn with_all_rows_of(&self, datasets: &[u64]) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        let mut queue: VecDeque<_> = datasets.iter().copied().collect();
        while let Some(number) = queue.pop_front() {
            if found.len() > MAX_LINEAGE_STEPS || !found.insert(number) {
                continue;
            }
            let known =
                { self.get(number) }.filter(|known| known.derived_from.iter().all(|d| !d.split));
            let inputs = known.map(|known| known.inputs(&[])).unwrap_or_default();
            let whole = { inputs.into_iter() }.filter(|(_, filters)| filters.is_empty());
            queue.extend(whole.map(|(number, _)| number));
        }
        found
    }

    /// What chose rows since the split, or since they were read, where no model is known.
    pub(super) fn chosen(&self, dataset: u64) -> Option<String> {
        let since_split = self.filters_since_split(dataset);
        if !since_split.is_empty() {
            return slice(since_split.iter());
        }
        let mut number = dataset;
        let mut filters = Vec::new();
        for _ in 0..MAX_LINEAGE_STEPS {
            let inputs = self.get(number).map(|known| known.inputs(&filters));
            // Of several inputs there is no telling.
            let Some([(input, through)]) = inputs.as_deref() else {
                break;
            };
            (number, filters) = (*input, through.clone());
        }
        slice(filters.iter())
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
            let Some(dataset) = self.get(number) else {
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
            let Some(dataset) = self.get(number) else {
                continue;
            };
            let split = dataset.derived_from.iter().find(|d| d.split);
            if let Some(split) = split.filter(|_| dataset.made_by.is_empty()) {
                let mut filters = filters;
                filters.extend(split.filters_after_split.clone().map(Filter::Condition));
                return filters;
            }
            queue.extend(dataset.inputs(&filters));
        }
        Vec::new()
    }
}

/// What chose rows on the way.
#[derive(Clone, Debug)]
enum Filter {
    /// A filter's condition.
    Condition(String),
    /// A filter that cannot be read.
    Opaque,
    /// A union of rows that were chosen differently: what chose those of one part says
    /// nothing of the whole.
    Union,
}

impl Filter {
    fn of(derivation: &Derivation) -> Option<Self> {
        let detail = derivation.detail.as_deref();
        match derivation.operation.as_str() {
            "union" if detail == Some(OPAQUE) => Some(Self::Union),
            _ if detail == Some(OPAQUE) => Some(Self::Opaque),
            "filter" => Some(detail.map_or(Self::Opaque, |text| Self::Condition(text.into()))),
            // Not all rows either, whichever they are.
            part @ ("limit" | "sample") => {
                let detail = detail.unwrap_or_default();
                Some(Self::Condition(format!("{part} {detail}").trim().into()))
            }
            _ => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Condition(text) => without_expression_ids(text),
            Self::Opaque | Self::Union => OPAQUE.to_owned(),
        }
    }
}

impl Dataset {
    /// What it was made from, each with the filters on the way, the last one first.
    fn inputs(&self, filters: &[Filter]) -> Vec<(u64, Vec<Filter>)> {
        let through = |d: &Derivation| {
            let mut filters = filters.to_vec();
            filters.extend(Filter::of(d));
            (d.parent, filters)
        };
        match self.made_by.as_slice() {
            [] if self.derived_from.is_empty() => {
                let written = self.read_back.iter();
                written.map(|number| (*number, filters.to_vec())).collect()
            }
            [] => self.derived_from.iter().map(through).collect(),
            made_by => made_by
                .iter()
                .map(|made| (made.input, filters.to_vec()))
                .collect(),
        }
    }
}

/// Filters, the last one first, as one text.
fn slice<'a>(filters: impl Iterator<Item = &'a Filter>) -> Option<String> {
    let mut texts = Vec::new();
    for filter in filters {
        texts.push(filter.text());
        if matches!(filter, Filter::Union) {
            break;
        }
    }
    // As a filter by both at once has it.
    let both = |first, second| format!("({first} AND {second})");
    texts.into_iter().rev().reduce(both)
}
