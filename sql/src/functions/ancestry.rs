//! `ancestry('id')`: everything that a model or a dataset came from, oldest first, over all
//! runs; and `common_ancestor('a', 'b')`: the nearest dataset that both came from.

use std::collections::BTreeMap;

use super::lineage::{Lineage, Node};
use super::lookup::Lookup;
use super::made::Made;
use super::{Found, Missing};
use crate::error::Result;

pub(super) async fn rows(lookup: &Lookup<'_>, id: &str) -> Result<Found> {
    let mut lineage = Lineage::new(lookup);
    if lineage.find(id).await?.is_none() {
        return Ok(Err(neither(lookup, id).await?));
    }
    let ancestors = lineage.ancestors(id).await?;
    let nodes = lineage.oldest_first(&ancestors);
    let rows: Vec<_> = nodes.into_iter().enumerate().collect();
    let steps_back = |node: &Node| ancestors.get(&node.id).copied().map(long);
    Made::of(&rows)
        .long("position", |(position, _)| Some(long(*position)))
        .text("kind", |(_, node)| Some(node.kind))
        .text("id", |(_, node)| Some(&node.id))
        .text("name", |(_, node)| node.name.as_deref())
        .text("operation", |(_, node)| node.operation.as_deref())
        .text("detail", |(_, node)| node.detail.as_deref())
        .texts("parents", |(_, node)| &node.parents)
        .texts("source_uris", |(_, node)| &node.source_uris)
        .long("steps_back", |(_, node)| steps_back(node))
        .text("run_id", |(_, node)| Some(&node.run_id))
        .text("project", |(_, node)| Some(&node.project))
        .batch()
        .map(Ok)
}

/// One row, or none where they have nothing in common.
pub(super) async fn common(lookup: &Lookup<'_>, a: &str, b: &str) -> Result<Found> {
    let mut lineage = Lineage::new(lookup);
    for id in [a, b] {
        if lineage.find(id).await?.is_none() {
            return Ok(Err(neither(lookup, id).await?));
        }
    }
    let of_a = lineage.ancestors(a).await?;
    let of_b = lineage.ancestors(b).await?;
    let nearest = nearest(&lineage, &of_a, &of_b);
    let rows: Vec<Common<'_>> = nearest.into_iter().collect();
    Made::of(&rows)
        .text("kind", |common| Some(common.a.kind))
        .text("id", |common| Some(&common.a.id))
        .text("name", |common| common.a.name.as_deref())
        .text("fingerprint", |common| common.a.fingerprint.as_deref())
        .texts("source_uris", |common| &common.a.source_uris)
        .long("steps_from_a", |common| Some(long(common.steps_from_a)))
        .long("steps_from_b", |common| Some(long(common.steps_from_b)))
        .text("run_id", |common| Some(&common.a.run_id))
        .text("id_in_b", |common| Some(&common.b.id))
        .text("run_id_in_b", |common| Some(&common.b.run_id))
        .batch()
        .map(Ok)
}

struct Common<'a> {
    a: &'a Node,
    b: &'a Node,
    steps_from_a: usize,
    steps_from_b: usize,
}

/// What both came from with the fewest steps: the same, or a dataset of the same fingerprint,
/// which is the same sources and the same plan in another run.
fn nearest<'a>(
    lineage: &'a Lineage<'_, '_>,
    of_a: &BTreeMap<String, usize>,
    of_b: &BTreeMap<String, usize>,
) -> Option<Common<'a>> {
    let identity = |node: &Node| {
        let fingerprint = node.fingerprint.clone();
        fingerprint.unwrap_or_else(|| format!("id {}", node.id))
    };
    let mut in_b: BTreeMap<String, (&Node, usize)> = BTreeMap::new();
    for (id, steps) in of_b {
        let Some(node) = lineage.node(id) else {
            continue;
        };
        let known = in_b.entry(identity(node)).or_insert((node, *steps));
        if *steps < known.1 {
            *known = (node, *steps);
        }
    }
    let both = of_a.iter().filter_map(|(id, steps_from_a)| {
        let node = lineage.node(id)?;
        let (other, steps_from_b) = in_b.get(&identity(node))?;
        Some(Common {
            a: node,
            b: other,
            steps_from_a: *steps_from_a,
            steps_from_b: *steps_from_b,
        })
    });
    both.min_by_key(|common| {
        let (a, b) = (common.steps_from_a, common.steps_from_b);
        (a + b, a.abs_diff(b), common.a.id.clone())
    })
}

async fn neither(lookup: &Lookup<'_>, id: &str) -> Result<Missing> {
    let message = format!("there is no model and no dataset {id}");
    let names = "select model_id from models union all select dataset_id from datasets";
    lookup.missing(message, id, names).await
}

fn long(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
