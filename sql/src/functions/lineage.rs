//! How datasets and models came to be, over all runs: a graph that is read run by run, as far
//! back as somebody asks.
//!
//! A dataset comes from others by a step (`dataset_edges`), and by the model that transformed
//! them; a model from the dataset that it learnt from. A dataset that was read from a file
//! comes from the one that an earlier run, or the same, wrote there.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::lookup::{Lookup, list, quoted};
use crate::error::{Error, Result};

/// Datasets and models that are looked at for one answer, at most.
const NODES_MAX: usize = 100_000;
/// Runs that are read for one answer, at most.
const RUNS_MAX: usize = 2_000;

/// A dataset or a model, and what it came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    pub kind: &'static str,
    pub id: String,
    pub run_id: String,
    pub project: String,
    /// A dataset's name, a model's estimator.
    pub name: Option<String>,
    pub fingerprint: Option<String>,
    pub source_uris: Vec<String>,
    written_uris: Vec<String>,
    created_at: i64,
    /// How it came from its parents: the steps, and what they say.
    pub operation: Option<String>,
    pub detail: Option<String>,
    pub parents: Vec<String>,
}

/// What was read so far.
pub(super) struct Lineage<'a, 'b> {
    lookup: &'a Lookup<'b>,
    nodes: HashMap<String, Node>,
    runs: BTreeSet<String>,
    /// Datasets whose files were looked for in other runs.
    traced: BTreeSet<String>,
}

impl<'a, 'b> Lineage<'a, 'b> {
    pub(super) fn new(lookup: &'a Lookup<'b>) -> Self {
        Self {
            lookup,
            nodes: HashMap::new(),
            runs: BTreeSet::new(),
            traced: BTreeSet::new(),
        }
    }

    /// The dataset or model of this id; what can be read of its run was.
    pub(super) async fn find(&mut self, id: &str) -> Result<Option<&Node>> {
        let query = format!(
            "select run_id from models where model_id = {0} \
             union all select run_id from datasets where dataset_id = {0} limit 1",
            quoted(id)
        );
        let runs = self.lookup.ask(&query).await?;
        if let Some(run) = runs.first().and_then(|line| line.text(0)) {
            self.read(&run).await?;
        }
        Ok(self.nodes.get(id))
    }

    pub(super) fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// What `id` came from, and steps back to each: itself is 0.
    pub(super) async fn ancestors(&mut self, id: &str) -> Result<BTreeMap<String, usize>> {
        let mut steps = BTreeMap::from([(id.to_owned(), 0)]);
        let mut level = vec![id.to_owned()];
        let mut distance = 0;
        while !level.is_empty() {
            self.trace_files(&level).await?;
            distance += 1;
            let mut next = Vec::new();
            for child in &level {
                let parents = self.nodes.get(child).map(|node| &node.parents);
                for parent in parents.into_iter().flatten() {
                    if self.nodes.contains_key(parent) && !steps.contains_key(parent) {
                        steps.insert(parent.clone(), distance);
                        next.push(parent.clone());
                    }
                }
            }
            if steps.len() > NODES_MAX {
                return Err(Error::Exhausted(format!(
                    "{id} came from more than {NODES_MAX} datasets and models: query dataset_edges \
                     for a part of them"
                )));
            }
            level = next;
        }
        Ok(steps)
    }

    /// `ids` in an order in which each comes after all that it came from.
    pub(super) fn oldest_first(&self, ids: &BTreeMap<String, usize>) -> Vec<&Node> {
        let within = |id: &&String| ids.contains_key(*id) && self.nodes.contains_key(*id);
        let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut waiting: HashMap<&str, usize> = HashMap::new();
        for id in ids.keys().filter(|id| within(id)) {
            let parents: BTreeSet<&String> = self.nodes[id].parents.iter().filter(within).collect();
            waiting.insert(id, parents.len());
            for parent in parents {
                children.entry(parent).or_default().push(id);
            }
        }
        // Far ones first where nothing else says.
        let mut ready: Vec<&str> = waiting
            .iter()
            .filter(|(_, parents)| **parents == 0)
            .map(|(id, _)| *id)
            .collect();
        ready.sort_by_key(|id| (std::cmp::Reverse(ids[*id]), *id));
        let mut ready = VecDeque::from(ready);
        let mut ordered = Vec::with_capacity(waiting.len());
        while let Some(id) = ready.pop_front() {
            ordered.push(&self.nodes[id]);
            for child in children.remove(id).unwrap_or_default() {
                if let Some(parents) = waiting.get_mut(child) {
                    *parents -= 1;
                    if *parents == 0 {
                        ready.push_back(child);
                    }
                }
            }
        }
        ordered
    }

    /// For those of `ids` that are files without parents: who wrote them.
    async fn trace_files(&mut self, ids: &[String]) -> Result<()> {
        let read: Vec<Node> = ids
            .iter()
            .filter_map(|id| self.nodes.get(id))
            .filter(|node| node.parents.is_empty() && !node.source_uris.is_empty())
            .filter(|node| !self.traced.contains(&node.id))
            .cloned()
            .collect();
        if read.is_empty() {
            return Ok(());
        }
        self.traced.extend(read.iter().map(|node| node.id.clone()));
        let uris: BTreeSet<&String> = read.iter().flat_map(|node| &node.source_uris).collect();
        let uris: Vec<String> = uris.into_iter().cloned().collect();
        let query = format!(
            "select distinct run_id from datasets \
             where cardinality(written_uris) > 0 and array_has_any(written_uris, [{}]) \
             order by run_id limit {}",
            list(&uris),
            RUNS_MAX
        );
        for line in self.lookup.ask(&query).await? {
            self.read(&line.text(0).unwrap_or_default()).await?;
        }
        for node in read {
            let wrote = |other: &&Node| {
                let shared = |uri| node.source_uris.contains(uri);
                other.id != node.id
                    && other.created_at < node.created_at
                    && other.written_uris.iter().any(shared)
            };
            // The last one before it was read.
            let writer = self.nodes.values().filter(wrote);
            let writer = writer.max_by_key(|other| (other.created_at, &other.id));
            let Some(writer) = writer.map(|other| other.id.clone()) else {
                continue;
            };
            if let Some(reader) = self.nodes.get_mut(&node.id) {
                reader.parents.push(writer);
                reader.operation = Some("read".into());
                reader.detail = Some(node.source_uris.join(", "));
            }
        }
        Ok(())
    }

    /// Reads everything of one run.
    async fn read(&mut self, run: &str) -> Result<()> {
        if !self.runs.insert(run.to_owned()) {
            return Ok(());
        }
        if self.runs.len() > RUNS_MAX || self.nodes.len() > NODES_MAX {
            return Err(Error::Exhausted(format!(
                "this lineage leads through more than {RUNS_MAX} runs, or {NODES_MAX} datasets and \
                 models: query dataset_edges for a part of it"
            )));
        }
        let run_id = quoted(run);
        self.read_datasets(&run_id).await?;
        self.read_models(&run_id).await?;
        let query = format!(
            "select e.child_dataset_id, e.parent_dataset_id, e.operation, e.detail, t.model_id \
             from (select * from dataset_edges where run_id = {run_id}) e \
             left join (select transform_id, model_id from transforms where run_id = {run_id}) t \
             on t.transform_id = e.transform_id"
        );
        for line in self.lookup.ask(&query).await? {
            let (Some(child), Some(parent)) = (line.text(0), line.text(1)) else {
                continue;
            };
            let Some(node) = self.nodes.get_mut(&child) else {
                continue;
            };
            node.operation = line.text(2);
            node.detail = line.text(3);
            for from in [Some(parent), line.text(4)].into_iter().flatten() {
                if !node.parents.contains(&from) && from != child {
                    node.parents.push(from);
                }
            }
        }
        Ok(())
    }

    async fn read_datasets(&mut self, run_id: &str) -> Result<()> {
        let query = format!(
            "select dataset_id, run_id, project, name, fingerprint, source_uris, written_uris, \
             cast(arrow_cast(created_at, 'Timestamp(Microsecond, None)') as bigint) \
             from datasets where run_id = {run_id}"
        );
        for line in self.lookup.ask(&query).await? {
            let id = line.text(0).unwrap_or_default();
            let node = Node {
                kind: "dataset",
                id: id.clone(),
                run_id: line.text(1).unwrap_or_default(),
                project: line.text(2).unwrap_or_default(),
                name: line.text(3),
                fingerprint: line.text(4),
                source_uris: line.texts(5),
                written_uris: line.texts(6),
                created_at: line.long(7).unwrap_or_default(),
                ..Node::default()
            };
            self.nodes.insert(id, node);
        }
        Ok(())
    }

    async fn read_models(&mut self, run_id: &str) -> Result<()> {
        let query = format!(
            "select model_id, run_id, project, estimator, dataset_id from models \
             where run_id = {run_id}"
        );
        for line in self.lookup.ask(&query).await? {
            let id = line.text(0).unwrap_or_default();
            let node = Node {
                kind: "model",
                id: id.clone(),
                run_id: line.text(1).unwrap_or_default(),
                project: line.text(2).unwrap_or_default(),
                name: line.text(3),
                operation: Some("fit".into()),
                parents: line.text(4).into_iter().collect(),
                ..Node::default()
            };
            self.nodes.insert(id, node);
        }
        Ok(())
    }
}
