//! `/api/v1`: what the page asks, described by an OpenAPI document that is made of this code.

mod compare;
mod datasets;
mod history;
mod live;
mod model;
mod models;
mod notes;
mod pipelines;
mod profile;
mod projects;
mod rows;
mod runs;
mod sql;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::error::{Failure, Result};

/// Things of one page, where nobody says how many, and at most.
const PAGE: u64 = 100;
const PAGE_MAX: u64 = 1000;
/// Bytes of a request, at most.
const BODY_MAX: usize = 1 << 20;

#[derive(OpenApi)]
#[openapi(info(
    title = "ModelDB",
    description = "What the page of a ModelDB agent asks. Times are RFC 3339 in UTC. Whatever \
                   fails is told as a Problem."
))]
struct Described;

type Routes = OpenApiRouter<Arc<App>>;

fn described() -> (Router<Arc<App>>, Document) {
    let routes: Routes = OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(projects::projects, projects::edit_project))
        .routes(routes!(projects::headlines))
        .routes(routes!(models::fields))
        .routes(routes!(models::query_models))
        .routes(routes!(model::model))
        .routes(routes!(model::trees))
        .routes(routes!(model::features))
        .routes(routes!(rows::scored_rows))
        .routes(routes!(rows::trace))
        .routes(routes!(pipelines::pipelines))
        .routes(routes!(compare::compare))
        .routes(routes!(datasets::datasets))
        .routes(routes!(datasets::dataset))
        .routes(routes!(datasets::columns))
        .routes(routes!(history::history))
        .routes(routes!(runs::runs))
        .routes(routes!(runs::run))
        .routes(routes!(notes::write_note, notes::set_attribute))
        .routes(routes!(sql::run_sql))
        .routes(routes!(sql::catalog))
        .routes(routes!(live::events))
        .routes(routes!(live::status));
    routes.split_for_parts()
}

/// The routes of the API.
pub(super) fn router(app: Arc<App>) -> Router {
    let (routes, document) = described();
    routes
        .route("/api/v1/openapi.json", get(async move || Json(document)))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(app)
}

/// Ids that a client may put into SQL text, where functions take them: ours, or a producer's.
fn id(text: &str) -> Result<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
    match !text.is_empty() && text.len() <= 256 && text.chars().all(plain) {
        true => Ok(text),
        false => {
            let shown: String = text.chars().take(100).collect();
            Err(Failure::invalid(format!(
                "{shown:?} is no id: 1 to 256 characters of [A-Za-z0-9._:-] are accepted"
            )))
        }
    }
}

/// Ids that were checked, as literals with commas between them.
fn listed(ids: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let literals = ids.into_iter().map(|id| format!("'{}'", id.as_ref()));
    literals.collect::<Vec<_>>().join(", ")
}

/// The part of a list that is wanted.
fn page(limit: Option<u64>, offset: u64) -> String {
    let limit = limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    format!("limit {limit} offset {offset}")
}

/// Ids between commas, `least` to `most` of them.
fn ids(text: &str, least: usize, most: usize) -> Result<Vec<&str>> {
    let mut ids: Vec<&str> = Vec::new();
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        if !ids.contains(&id(one)?) {
            ids.push(one);
        }
    }
    match (least..=most).contains(&ids.len()) {
        true => Ok(ids),
        false => Err(Failure::invalid(format!(
            "{} different models are named; {least} to {most} are accepted",
            ids.len()
        ))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    /// The page's types are made of the checked-in description. To bring it up to date:
    /// `curl http://127.0.0.1:7618/api/v1/openapi.json | python3 -m json.tool >web/openapi.json`,
    /// then `npm run api` in web/.
    #[test]
    fn the_description_that_is_checked_in_is_that_of_the_code() {
        let checked_in = include_str!("../../../../web/openapi.json");
        let checked_in: Value = serde_json::from_str(checked_in).unwrap();
        let (_, document) = described();
        let current: Value = serde_json::to_value(document).unwrap();
        let parts = |document: &Value| -> BTreeMap<String, Value> {
            let sections = [&document["paths"], &document["components"]["schemas"]];
            let all = sections
                .into_iter()
                .flat_map(|section| section.as_object().unwrap());
            all.map(|(name, part)| (name.clone(), part.clone()))
                .collect()
        };
        let (checked_in, current) = (parts(&checked_in), parts(&current));
        for name in checked_in.keys().chain(current.keys()) {
            assert_eq!(
                checked_in.get(name),
                current.get(name),
                "{name} in web/openapi.json"
            );
        }
    }

    #[test]
    fn ids_are_checked() {
        assert_eq!(ids("a,b, a ,", 1, 2).unwrap(), ["a", "b"]);
        assert!(ids("a,b,c", 1, 2).is_err());
        assert!(ids("a,b'", 1, 2).is_err());
        assert!(id(&"x".repeat(257)).is_err());
    }
}
