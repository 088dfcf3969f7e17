//! What was saved, and which model it was when it is loaded again, in this run or a later one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::{Action, Context, error_text, status};
use super::locals::Locals;
use super::state::state_id;
use crate::event::{Component, Loaded, Saved};
use crate::ids::derived_id;
use crate::limits::MAX_KNOWN_ARTIFACTS;
use crate::row::{ArtifactRow, Row};

/// What was saved last at each place.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Artifacts {
    saved: BTreeMap<String, Artifact>,
    count: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Artifact {
    order: u64,
    uid: String,
    model_id: Option<String>,
    state_id: Option<String>,
    /// Models inside it, by uid: stages of a pipeline, the best of a search.
    inside: BTreeMap<String, (String, Option<String>)>,
}

impl Artifacts {
    fn remember(&mut self, uri: &str, mut artifact: Artifact) {
        self.count += 1;
        artifact.order = self.count;
        self.saved.insert(canonical_uri(uri).to_owned(), artifact);
        if self.saved.len() > MAX_KNOWN_ARTIFACTS {
            let oldest = self.saved.iter().min_by_key(|(_, saved)| saved.order);
            if let Some(oldest) = oldest.map(|(uri, _)| uri.clone()) {
                self.saved.remove(&oldest);
            }
        }
    }

    /// Model and state of what lies at `uri`, or inside what was saved above it.
    fn find(&self, uri: &str, component: &Component) -> Option<(String, Option<String>)> {
        let mut place = canonical_uri(uri);
        if let Some(saved) = self.saved.get(place) {
            // Something else with another uid may have been put there by somebody else.
            if saved.uid == component.uid || saved.uid.is_empty() {
                return Some((saved.model_id.clone()?, saved.state_id.clone()));
            }
        }
        while let Some((above, _)) = place.rsplit_once('/') {
            place = above;
            if let Some(saved) = self.saved.get(place) {
                return saved.inside.get(&component.uid).cloned();
            }
        }
        None
    }
}

/// Whether a Spark Connect server keeps its sessions' models there: it saves every model, and
/// loads it again when it is used after a while. Nobody asked for that.
pub(super) fn in_connect_cache(uri: &str) -> bool {
    uri.contains("/spark_connect_model_cache/")
}

/// `file:///x` and `file:/x/` are one place.
fn canonical_uri(uri: &str) -> &str {
    let uri = uri.trim_end_matches('/');
    match uri.strip_prefix("file:") {
        Some(path) => {
            let slashes = path.len() - path.trim_start_matches('/').len();
            &path[slashes.saturating_sub(1)..]
        }
        None => uri,
    }
}

pub(super) fn save(
    context: &Context<'_>,
    locals: &mut Locals,
    artifacts: &mut Artifacts,
    saved: &Saved,
    rows: &mut Vec<Row>,
) -> Option<Action> {
    // Parts of what is being saved are told by the whole.
    if saved.parent != 0 {
        return None;
    }
    let component = &saved.component;
    let operation = match saved.model {
        // PySpark makes a new object of what it ran itself to save it.
        0 => locals.made_of(&saved.models),
        operation => operation,
    };
    let model_id = locals.model_id(context, operation);
    let state = locals.model_states.get(&operation).cloned();
    let artifact_id = derived_id("f", context.producer, &[saved.operation]);
    if saved.failure.is_none() {
        let inside = locals
            .inside(operation)
            .into_iter()
            .filter_map(|(uid, operation)| {
                let state = locals.model_states.get(&operation).cloned();
                Some((uid, (locals.model_id(context, operation)?, state)))
            });
        let artifact = Artifact {
            order: 0,
            uid: component.uid.clone(),
            model_id: model_id.clone(),
            state_id: state.clone(),
            inside: inside.collect(),
        };
        artifacts.remember(&saved.uri, artifact);
    }
    if in_connect_cache(&saved.uri) {
        return None;
    }
    let status = status(saved.failure.as_ref());
    rows.push(
        ArtifactRow {
            artifact_id: artifact_id.clone(),
            model_id,
            run_id: context.run.run_id.clone(),
            project: context.run.project.clone(),
            class: component.class.clone(),
            uid: component.uid.clone(),
            uri: saved.uri.clone(),
            format: saved.format.clone(),
            bytes: (saved.bytes != 0).then_some(saved.bytes.min(i64::MAX as u64) as i64),
            sha256: saved.sha256.clone(),
            status: status.into(),
            error: saved.failure.as_ref().map(error_text),
            saved_at: saved.started_at,
        }
        .into(),
    );
    let parents: Vec<_> = state.into_iter().collect();
    Some(Action {
        kind: "save",
        subject_id: artifact_id,
        status,
        state_id: state_id("save", [saved.uri.as_str()], &parents),
        parent_state_ids: parents,
        occurred_at: saved.started_at,
    })
}

/// What is loaded goes by the number of its load from now on, and is the model that was
/// saved, where that is known. It is never taken for another.
pub(super) fn load(
    context: &Context<'_>,
    locals: &mut Locals,
    artifacts: &Artifacts,
    loaded: &Loaded,
) -> Option<Action> {
    let found = artifacts.find(&loaded.uri, &loaded.component);
    let (model_id, state) = found.map_or((None, None), |(id, state)| (Some(id), state));
    let salt = context.model_id(loaded.operation);
    let state = state.unwrap_or_else(|| state_id("load", [salt.as_str()], &[]));
    if loaded.failure.is_none() {
        locals.loaded(loaded.operation, model_id.clone(), state.clone());
    }
    (loaded.parent == 0 && !in_connect_cache(&loaded.uri)).then(|| Action {
        kind: "load",
        subject_id: model_id.unwrap_or(salt),
        status: status(loaded.failure.as_ref()),
        state_id: state,
        parent_state_ids: Vec::new(),
        occurred_at: loaded.started_at,
    })
}

#[cfg(test)]
mod tests {
    use super::canonical_uri;

    #[test]
    fn one_place_has_one_name() {
        for uri in ["file:/a/b", "file:///a/b/", "/a/b"] {
            assert_eq!(canonical_uri(uri), "/a/b");
        }
        assert_eq!(canonical_uri("s3a://bucket/m/"), "s3a://bucket/m");
    }
}
