//! Notes and free keys.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use modeldb_warehouse::event::Value as EventValue;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::ask::Ask;
use super::super::closed::Scalar;
use super::super::edit::TEXT_MAX;
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Body;
use super::super::shape::Time;

/// A note.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Note {
    annotation_id: String,
    author: Option<String>,
    text: Option<String>,
    created_at: Option<Time>,
}

/// The notes about something, the newest first.
pub(super) async fn about(ask: &Ask, kind: &str, id: &str) -> Result<Vec<Note>> {
    let text = "select annotation_id, author, text, created_at from annotations \
        where target_kind = $1 and target_id = $2 order by created_at desc limit 500";
    ask.rows(text, [kind.into(), id.into()]).await
}

/// What something is said about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub(in super::super) enum TargetKind {
    Project,
    Run,
    Model,
    Dataset,
}

impl TargetKind {
    fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Run => "run",
            Self::Model => "model",
            Self::Dataset => "dataset",
        }
    }

    /// Where it is told of, by its id.
    fn lookup(self) -> &'static str {
        match self {
            Self::Project => {
                "select cast(null as varchar) as run_id from projects where project = $1 limit 1"
            }
            Self::Run => "select run_id from runs where run_id = $1 limit 1",
            Self::Model => "select run_id from models where model_id = $1 limit 1",
            Self::Dataset => "select run_id from datasets where dataset_id = $1 limit 1",
        }
    }
}

#[derive(Deserialize)]
struct Place {
    run_id: Option<String>,
}

async fn place(app: &App, kind: TargetKind, id: &str) -> Result<Option<String>> {
    let found: Vec<Place> = app.ask.rows(kind.lookup(), [id.into()]).await?;
    let found = found.into_iter().next();
    let found = found.ok_or_else(|| Failure::not_found(kind.name(), id))?;
    Ok(found.run_id)
}

fn short(what: &str, text: &str) -> Result<()> {
    match (1..=TEXT_MAX).contains(&text.len()) {
        true => Ok(()),
        false => Err(Failure::invalid(format!(
            "{what} has {} bytes; 1 to {TEXT_MAX} are accepted",
            text.len()
        ))),
    }
}

/// A note to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewNote {
    target_kind: TargetKind,
    target_id: String,
    text: String,
    #[serde(default)]
    author: Option<String>,
}

/// Writes a note about something.
#[utoipa::path(post, path = "/api/v1/notes", tag = "notes", request_body = NewNote,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn write_note(
    State(app): State<Arc<App>>,
    Body(note): Body<NewNote>,
) -> Result<StatusCode> {
    short("the note", note.text.trim())?;
    let author = note.author.filter(|author| !author.trim().is_empty());
    author
        .as_deref()
        .map_or(Ok(()), |author| short("the author", author))?;
    let run = place(&app, note.target_kind, &note.target_id).await?;
    let kind = note.target_kind.name();
    app.editor
        .note(kind, &note.target_id, run.as_deref(), author, note.text)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A free key to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewAttribute {
    target_kind: TargetKind,
    target_id: String,
    /// Dots separate levels.
    key: String,
    value: Scalar,
}

/// Sets a free key of something; the newest value holds.
#[utoipa::path(put, path = "/api/v1/attributes", tag = "notes", request_body = NewAttribute,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn set_attribute(
    State(app): State<Arc<App>>,
    Body(set): Body<NewAttribute>,
) -> Result<StatusCode> {
    short("the key", &set.key)?;
    let value = match set.value {
        Scalar::Boolean(truth) => EventValue::Boolean(truth),
        Scalar::Number(number) => EventValue::Number(number),
        Scalar::Text(text) => EventValue::Text(text),
    };
    if value.text().len() > TEXT_MAX {
        return Err(Failure::invalid(format!(
            "the value has more than {TEXT_MAX} bytes"
        )));
    }
    let run = place(&app, set.target_kind, &set.target_id).await?;
    let kind = set.target_kind.name();
    app.editor
        .set(kind, &set.target_id, run.as_deref(), [(set.key, value)])
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
