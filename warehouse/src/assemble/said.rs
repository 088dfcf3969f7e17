//! Notes and free keys: rows of their own, of what they are about.

use super::Place;
use super::run::RunState;
use crate::clock::Micros;
use crate::event::{Annotated, AttributeSet, Target};
use crate::ids::derived_id;
use crate::row::{AnnotationRow, AttributeRow, Row};

/// Where something is said: in a run that was told of, or outside of all.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub place: Place<'a>,
    pub at: Micros,
    pub run: Option<&'a RunState>,
}

impl Said<'_> {
    pub(super) fn note(self, note: &Annotated) -> Row {
        let told = self.run.map(|run| &run.row);
        // Whose run says it, is known; who says it from elsewhere, as on the page, is not.
        let own = told.filter(|run| run.producer == self.place.producer.as_str());
        let author = note.author.clone();
        AnnotationRow {
            annotation_id: self.place.id("n"),
            run_id: told.map(|run| run.run_id.clone()),
            project: self.project(&note.target),
            target_kind: note.target.kind.clone(),
            target_id: self.target_id(&note.target),
            author: author.or_else(|| own.and_then(|run| run.user.clone())),
            text: note.text.clone(),
            created_at: self.at,
        }
        .into()
    }

    pub(super) fn attribute(self, set: &AttributeSet) -> AttributeRow {
        AttributeRow {
            target_kind: set.target.kind.clone(),
            target_id: self.target_id(&set.target),
            key: set.key.clone(),
            value: set.value.text(),
            value_double: set.value.number(),
            run_id: self.run.map(|run| run.row.run_id.clone()),
            project: self.project(&set.target),
            recorded_at: self.at,
        }
    }

    fn project(self, target: &Target) -> Option<String> {
        match (target.kind.as_str(), &target.id) {
            ("project", Some(name)) => Some(name.clone()),
            _ => self.run.map(|run| run.row.project.clone()),
        }
    }

    fn target_id(self, target: &Target) -> String {
        if let Some(id) = &target.id {
            return id.clone();
        }
        let producer = self.place.producer;
        let Some(run) = self.run else {
            return derived_id(prefix(&target.kind), producer, &[target.number]);
        };
        match target.kind.as_str() {
            "project" => run.row.project.clone(),
            "run" => run.row.run_id.clone(),
            "model" => run.model_id(producer, target.number),
            kind => derived_id(prefix(kind), producer, &[target.number]),
        }
    }
}

/// What ids of a kind begin with.
fn prefix(kind: &str) -> &str {
    match kind {
        "model" => "m",
        "dataset" => "d",
        "transform" => "t",
        "metric" => "e",
        "artifact" => "f",
        other => other,
    }
}
