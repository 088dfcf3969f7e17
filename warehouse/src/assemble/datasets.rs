//! The datasets of one producer in one run: what each is made from, its row and the edges
//! that lead to it.
//!
//! A dataset's row is written when the dataset is first used, since by then it is known
//! what made it; steps inside a plan are used by what was made from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::files::{Files, Touch, file_id, file_state};
use super::state::{fingerprint, state_id, without_expression_ids};
use crate::clock::Micros;
use crate::event::{Column, DataSource, DatasetSeen, Derivation, Transformed, Written};
use crate::limits::{MAX_KNOWN_DATASETS, MAX_KNOWN_FILES, MAX_LINEAGE_STEPS, MAX_SOURCE_URIS};
use crate::row::{DatasetEdgeRow, DatasetRow, Row};

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Datasets {
    known: BTreeMap<u64, Dataset>,
    /// Numbers that mean a dataset that was met before under another.
    #[serde(default)]
    aliases: BTreeMap<u64, u64>,
    /// The dataset that was written last to each place.
    #[serde(default)]
    written: BTreeMap<String, u64>,
}

/// A dataset that is known.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Dataset {
    columns: Vec<String>,
    state_id: String,
    /// Steps that the producer read off the dataset's plan.
    pub derived_from: Vec<Derivation>,
    /// Whether `derived_from` was written to `dataset_edges`. It waits until the
    /// dataset is used, since a transform that made it says more than its plan does.
    edges_written: bool,
    /// Transforms that gave it, the outermost last.
    pub made_by: Vec<MadeBy>,
    /// What its row says, until that is written.
    #[serde(default)]
    unwritten: Option<Box<Unwritten>>,
    /// Files and tables that it reads by itself.
    #[serde(default)]
    sources: Vec<DataSource>,
    /// All that lie underneath, sorted.
    #[serde(default)]
    source_uris: Vec<String>,
    #[serde(default)]
    fingerprint: Option<String>,
    /// Of what was read, the datasets that this run had written there before.
    #[serde(default)]
    pub read_back: Vec<u64>,
}

/// The part of a row that nothing else needs.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Unwritten {
    name: Option<String>,
    columns: Vec<Column>,
    written_uris: Vec<String>,
    /// Whether it is a step inside a plan only.
    intermediate: bool,
    created_at: Micros,
    #[serde(default)]
    row_count: Option<i64>,
}

/// A transform that gave a dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MadeBy {
    pub model: u64,
    pub input: u64,
    pub added: Vec<String>,
}

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
        if seen.same_as != 0 && self.known.contains_key(&seen.same_as) {
            self.alias(seen.dataset, seen.same_as);
            return;
        }
        let dataset = Dataset {
            columns: seen.columns.iter().map(|c| c.name.clone()).collect(),
            state_id: self.state_of_new(context, seen),
            derived_from: seen.derived_from.iter().map(fold_is_split).collect(),
            unwritten: Some(Box::new(Unwritten {
                name: seen.name.clone(),
                columns: seen.columns.clone(),
                written_uris: Vec::new(),
                intermediate: seen.intermediate,
                created_at: at,
                row_count: seen.row_count,
            })),
            sources: seen.sources.clone(),
            source_uris: self.uris_under(seen),
            fingerprint: self.fingerprint_of_new(seen),
            read_back: self.read_back(seen),
            ..Dataset::default()
        };
        self.known.insert(seen.dataset, dataset);
        while self.known.len() > MAX_KNOWN_DATASETS {
            if let Some((number, mut oldest)) = self.known.pop_first()
                && !oldest.is_intermediate()
            {
                rows.extend(oldest.row(context, number));
            }
        }
    }

    /// How many are remembered.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// How many can be forgotten.
    pub(super) fn forgettable(&self) -> usize {
        let known = self.known.values();
        known.filter(|dataset| dataset.is_forgettable()).count()
    }

    /// Forgets up to so many, those that were met first; answers how many.
    pub(super) fn forget(&mut self, count: usize) -> usize {
        let known = self.known.iter();
        let old = known.filter(|(_, dataset)| dataset.is_forgettable());
        let old: Vec<_> = old.take(count).map(|(number, _)| *number).collect();
        for number in &old {
            self.known.remove(number);
        }
        old.len()
    }

    fn read_back(&self, seen: &DatasetSeen) -> Vec<u64> {
        let written = |source: &DataSource| self.written.get(&source.uri).copied();
        seen.sources.iter().filter_map(written).collect()
    }

    /// From now on `number` means the dataset `first`.
    pub(super) fn alias(&mut self, number: u64, first: u64) {
        if number == first || number == 0 || first == 0 {
            return;
        }
        // What was told of it by itself is told by the first.
        self.known.remove(&number);
        self.aliases.insert(number, first);
        while self.aliases.len() > MAX_KNOWN_DATASETS {
            self.aliases.pop_first();
        }
    }

    /// Whether any number means a dataset that was met before under another.
    pub(super) fn has_aliases(&self) -> bool {
        !self.aliases.is_empty()
    }

    /// The number under which the dataset was met first.
    pub(super) fn resolve(&self, number: u64) -> u64 {
        let mut number = number;
        for _ in 0..MAX_LINEAGE_STEPS {
            match self.aliases.get(&number) {
                Some(first) => number = *first,
                None => break,
            }
        }
        number
    }

    pub(super) fn get(&self, dataset: u64) -> Option<&Dataset> {
        self.known.get(&dataset)
    }

    /// What is read and how: data that came from no parent. Where some of it is not known
    /// it is salted: it could be anything.
    fn state_of_new(&self, context: &Context<'_>, seen: &DatasetSeen) -> String {
        let mut parents: Vec<_> = seen
            .derived_from
            .iter()
            .map(|derivation| self.state(context, derivation.parent))
            .collect();
        parents.extend(seen.sources.iter().map(|source| file_state(&source.uri)));
        match steps(seen) {
            Some(steps) => state_id("derive", steps.iter().map(String::as_str), &parents),
            None => {
                let salt = context.dataset_id(seen.dataset);
                state_id("dataset", [salt.as_str()], &parents)
            }
        }
    }

    /// None unless every step down to files, tables or rows that are known can be read.
    fn fingerprint_of_new(&self, seen: &DatasetSeen) -> Option<String> {
        if !seen.derived_from.iter().all(|d| d.digest.is_some()) {
            return None;
        }
        let steps = steps(seen)?;
        let parents = seen.derived_from.iter();
        let parents = parents.map(|d| self.known.get(&d.parent)?.fingerprint.clone());
        let mut parents = parents.collect::<Option<Vec<_>>>()?;
        let files = seen.sources.iter();
        parents.extend(files.map(|source| fingerprint("file", [source.uri.as_str()], &[])));
        Some(fingerprint(
            "derive",
            steps.iter().map(String::as_str),
            &parents,
        ))
    }

    /// Files and tables under a new dataset, sorted.
    fn uris_under(&self, seen: &DatasetSeen) -> Vec<String> {
        let parents = seen.derived_from.iter();
        let parents = parents.filter_map(|d| self.known.get(&d.parent));
        let own = seen.sources.iter().map(|source| source.uri.clone());
        let uris = parents.flat_map(|parent| parent.source_uris.iter().cloned());
        sorted(uris.chain(own))
    }

    pub(super) fn state(&self, context: &Context<'_>, dataset: u64) -> String {
        let known = self.known.get(&dataset);
        known.map_or_else(
            || state_id("dataset", [context.dataset_id(dataset).as_str()], &[]),
            |known| known.state_id.clone(),
        )
    }

    /// The dataset goes into an operation: now is the time to tell of it, and of the steps
    /// inside plans that lead to it.
    pub(super) fn used(
        &mut self,
        context: &Context<'_>,
        files: &mut Files,
        dataset: u64,
        rows: &mut Vec<Row>,
    ) {
        let mut open = vec![dataset];
        while let Some(number) = open.pop() {
            let Some(known) = self.known.get_mut(&number) else {
                continue;
            };
            let at = known
                .unwritten
                .as_ref()
                .map(|unwritten| unwritten.created_at);
            let columns = known
                .unwritten
                .as_ref()
                .map(|unwritten| unwritten.columns.clone());
            rows.extend(known.row(context, number));
            if std::mem::replace(&mut known.edges_written, true) || !known.made_by.is_empty() {
                continue;
            }
            for source in &known.sources {
                // Beside parents, the columns are not those of the file.
                let columns = columns.as_deref().filter(|_| known.derived_from.is_empty());
                let at = at.unwrap_or_default();
                let columns = columns.unwrap_or_default();
                files.touch(context, &source.uri, Touch::Read, columns, at, rows);
                rows.push(edge(
                    context,
                    file_id(&source.uri),
                    context.dataset_id(number),
                    "read",
                    source.format.clone(),
                ));
            }
            let parents = known.derived_from.iter().filter(|d| d.parent != 0);
            let parents: Vec<_> = parents
                .map(|derivation| {
                    rows.push(edge(
                        context,
                        context.dataset_id(derivation.parent),
                        context.dataset_id(number),
                        &derivation.operation,
                        derivation.detail.as_deref().map(without_expression_ids),
                    ));
                    derivation.parent
                })
                .collect();
            let steps = parents.into_iter().filter(|parent| {
                let parent = self.known.get(parent);
                parent.is_some_and(Dataset::is_intermediate)
            });
            open.extend(steps);
        }
    }

    /// Tells of every dataset that nothing used. Steps inside plans that are left lie inside
    /// transforms, which tell more.
    pub(super) fn all_used(
        &mut self,
        context: &Context<'_>,
        files: &mut Files,
        rows: &mut Vec<Row>,
    ) {
        let numbers = self
            .known
            .iter()
            .filter(|(_, known)| !known.is_intermediate());
        let numbers: Vec<_> = numbers.map(|(number, _)| *number).collect();
        for number in numbers {
            self.used(context, files, number, rows);
        }
    }

    /// Rows of datasets that nothing used yet.
    pub(super) fn open_rows(&self, context: &Context<'_>, rows: &mut Vec<Row>) {
        let known = self
            .known
            .iter()
            .filter(|(_, known)| !known.is_intermediate());
        rows.extend(known.filter_map(|(number, known)| {
            let unwritten = known.unwritten.as_deref()?;
            Some(known.row_of(context, *number, unwritten).into())
        }));
    }

    /// It is written to a file or table.
    pub(super) fn written(
        &mut self,
        context: &Context<'_>,
        files: &mut Files,
        written: &Written,
        at: Micros,
        rows: &mut Vec<Row>,
    ) {
        let uri = &written.target.uri;
        self.written.insert(uri.clone(), written.dataset);
        while self.written.len() > MAX_KNOWN_FILES {
            self.written.pop_first();
        }
        let known = self.known.get_mut(&written.dataset);
        let mut columns = Vec::new();
        if let Some(unwritten) = known.and_then(|known| known.unwritten.as_deref_mut()) {
            unwritten.written_uris.push(uri.clone());
            columns.clone_from(&unwritten.columns);
        }
        self.used(context, files, written.dataset, rows);
        files.touch(context, uri, Touch::Written, &columns, at, rows);
        let how = [&written.target.format, &written.mode];
        let how: Vec<_> = how.into_iter().flatten().map(String::as_str).collect();
        rows.push(edge(
            context,
            context.dataset_id(written.dataset),
            file_id(uri),
            "write",
            (!how.is_empty()).then(|| how.join(" ")),
        ));
    }

    /// The names of its columns, as far as they are known.
    pub(super) fn columns(&self, dataset: u64) -> &[String] {
        self.known.get(&dataset).map_or(&[], |known| &known.columns)
    }

    /// Whether a column's name begins so.
    pub(super) fn has_column(&self, dataset: u64, prefix: &str) -> bool {
        let mut columns = self.columns(dataset).iter();
        columns.any(|column| column.starts_with(prefix))
    }

    /// What its plan was made from, if that is one dataset.
    pub(super) fn only_parent(&self, dataset: u64) -> Option<u64> {
        match self.known.get(&dataset)?.derived_from.as_slice() {
            [one] if one.parent != 0 => Some(one.parent),
            _ => None,
        }
    }

    /// Whether a transform gave it.
    pub(super) fn is_made(&self, dataset: u64) -> bool {
        let known = self.known.get(&dataset);
        known.is_some_and(|known| !known.made_by.is_empty())
    }

    /// A transform gave a dataset whose state is now `state`: answers the columns that
    /// it added, where both schemas are known.
    pub(super) fn transformed(
        &mut self,
        transformed: &Transformed,
        state: String,
    ) -> Option<Vec<String>> {
        let added = self.added(transformed.input, transformed.output);
        let under = self.known.get(&transformed.input);
        let under = under.map(|input| input.source_uris.clone());
        let output = self.known.entry(transformed.output).or_default();
        if output.made_by.is_empty() {
            output.state_id = state;
            let own = std::mem::take(&mut output.source_uris);
            output.source_uris = sorted(under.into_iter().flatten().chain(own));
        }
        output.made_by.push(MadeBy {
            model: transformed.model,
            input: transformed.input,
            added: added.clone().unwrap_or_default(),
        });
        added
    }

    /// The columns that `output` has and `input` has not, where both schemas are known.
    fn added(&self, input: u64, output: u64) -> Option<Vec<String>> {
        let before = self.known.get(&input)?;
        let after = self.known.get(&output)?.columns.iter();
        let new = after.filter(|column| !before.columns.contains(column));
        Some(new.cloned().collect())
    }
}

/// How a search of PySpark split the data.
pub(super) struct SearchSplit {
    /// The search's uid.
    pub uid: String,
    /// The dataset that was filtered, the one with the random column where that is known.
    pub made_from: u64,
    /// What the search was given.
    pub searched: u64,
    /// What the filter gave.
    pub set: u64,
    /// Whether that is for training.
    pub training: bool,
}

impl Datasets {
    /// The search that split the data that a dataset comes from.
    pub(super) fn search_split(&self, dataset: u64) -> Option<SearchSplit> {
        let mut number = dataset;
        for _ in 0..MAX_LINEAGE_STEPS {
            let known = self.known.get(&number)?;
            if !known
                .columns
                .iter()
                .any(|column| search_uid(column).is_some())
            {
                return None;
            }
            if let Some((uid, training, made_from)) = known.fold() {
                return Some(SearchSplit {
                    uid,
                    made_from,
                    searched: self.searched(made_from),
                    set: number,
                    training,
                });
            }
            number = known.origin()?;
        }
        None
    }

    /// Whether a search made it as one side of a fold.
    pub(super) fn is_split_set(&self, dataset: u64) -> bool {
        let known = self.known.get(&dataset);
        known.is_some_and(|known| known.fold().is_some())
    }

    /// The nearest dataset without a random column: what the search was given.
    fn searched(&self, made_from: u64) -> u64 {
        let mut number = made_from;
        for _ in 0..MAX_LINEAGE_STEPS {
            let Some(known) = self.known.get(&number) else {
                break;
            };
            if !known
                .columns
                .iter()
                .any(|column| search_uid(column).is_some())
            {
                return number;
            }
            match known.origin() {
                Some(origin) => number = origin,
                None => break,
            }
        }
        0
    }

    /// The nearest datasets that `dataset` is, or comes from, and that are `wanted`.
    pub(super) fn origins(&self, dataset: u64, wanted: impl Fn(u64) -> bool) -> Vec<u64> {
        let mut found = Vec::new();
        let mut open = vec![dataset];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(number) = open.pop() {
            if !seen.insert(number) || seen.len() > MAX_LINEAGE_STEPS {
                continue;
            }
            if wanted(number) {
                found.push(number);
                continue;
            }
            let Some(known) = self.known.get(&number) else {
                continue;
            };
            match known.made_by.as_slice() {
                [] => open.extend(known.derived_from.iter().map(|d| d.parent)),
                made_by => open.extend(made_by.iter().map(|made| made.input)),
            }
        }
        found
    }
}

impl Dataset {
    /// What it was made from, or first of all was.
    fn origin(&self) -> Option<u64> {
        let made = self.made_by.first().map(|made| made.input);
        made.or_else(|| self.derived_from.first().map(|d| d.parent))
    }

    /// The search that made it as one side of a fold, whether that is for training, and what
    /// was filtered.
    fn fold(&self) -> Option<(String, bool, u64)> {
        if !self.made_by.is_empty() {
            return None;
        }
        self.derived_from.iter().find_map(|derivation| {
            let detail = derivation.detail.as_deref()?;
            let uid = search_uid(detail).filter(|_| derivation.split)?;
            // PySpark filters the validation set and takes the rest for training.
            let training = detail.trim_start_matches('(').starts_with("NOT");
            Some((uid.to_owned(), training, derivation.parent))
        })
    }

    /// Whether no row of it is to come, but for one of a step inside a plan.
    fn is_forgettable(&self) -> bool {
        self.unwritten.is_none() && self.edges_written || self.is_intermediate()
    }

    fn is_intermediate(&self) -> bool {
        let unwritten = self.unwritten.as_ref();
        unwritten.is_some_and(|unwritten| unwritten.intermediate)
    }

    /// Its row, once.
    fn row(&mut self, context: &Context<'_>, number: u64) -> Option<Row> {
        let unwritten = self.unwritten.take()?;
        Some(self.row_of(context, number, &unwritten).into())
    }

    fn row_of(&self, context: &Context<'_>, number: u64, unwritten: &Unwritten) -> DatasetRow {
        DatasetRow {
            dataset_id: context.dataset_id(number),
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            name: unwritten.name.clone(),
            source_uris: self.source_uris.clone(),
            written_uris: unwritten.written_uris.clone(),
            columns: unwritten.columns.clone(),
            row_count: unwritten.row_count,
            fingerprint: self.fingerprint.clone(),
            state_id: self.state_id.clone(),
            created_at: unwritten.created_at,
        }
    }
}

fn edge(
    context: &Context<'_>,
    parent_dataset_id: String,
    child_dataset_id: String,
    operation: &str,
    detail: Option<String>,
) -> Row {
    DatasetEdgeRow {
        run_id: context.run.run_id.clone(),
        project: context.run.project.clone(),
        parent_dataset_id,
        child_dataset_id,
        operation: operation.to_owned(),
        detail,
        transform_id: None,
    }
    .into()
}

/// Each URI once, in order, as many as a row may name.
fn sorted(uris: impl Iterator<Item = String>) -> Vec<String> {
    let uris: std::collections::BTreeSet<_> = uris.collect();
    uris.into_iter().take(MAX_SOURCE_URIS).collect()
}

/// What was done, a text for each step, where all of it can be read.
fn steps(seen: &DatasetSeen) -> Option<Vec<String>> {
    if seen.derived_from.is_empty() && seen.sources.is_empty() && seen.digest.is_none() {
        return None;
    }
    let own = seen.digest.iter().cloned().map(Some);
    seen.derived_from.iter().map(step).chain(own).collect()
}

/// A digest or, of a producer that gives none, the predicate of a filter.
fn step(derivation: &Derivation) -> Option<String> {
    if derivation.parent == 0 {
        return None;
    }
    if derivation.digest.is_some() {
        return derivation.digest.clone();
    }
    // Rows drawn at random are told by a seed that is not told here.
    let detail = derivation.detail.as_deref()?;
    let legible = derivation.operation == "filter" && !derivation.split;
    (legible && !detail.contains("opaque")).then(|| without_expression_ids(detail))
}

/// PySpark's searches make folds by filters on a random column that they name after
/// themselves: these are splits, and no choice of the user's.
fn fold_is_split(derivation: &Derivation) -> Derivation {
    let mut derivation = derivation.clone();
    let detail = derivation.detail.as_deref();
    if derivation.operation == "filter" && detail.is_some_and(|d| search_uid(d).is_some()) {
        derivation.operation = "split".into();
        derivation.split = true;
        derivation.filters_after_split = None;
    }
    derivation
}

/// The search after which a random column in this text is named.
fn search_uid(text: &str) -> Option<&str> {
    let search = ["CrossValidator_", "TrainValidationSplit_"];
    let begin = search.iter().filter_map(|search| text.find(search)).min()?;
    let length = text[begin..].find("_rand")?;
    Some(&text[begin..begin + length])
}
