//! Models by the thousand.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::app::App;
use super::super::closed::{self, FieldInfo, ModelAnswer, ModelQuery};
use super::super::error::{Problem, Result};
use super::super::extract::{Body, Query};

/// Of which project.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Of {
    /// Of all, if it is not given.
    project: Option<String>,
}

/// What can be asked of a project's models.
#[utoipa::path(get, path = "/api/v1/fields", params(Of), tag = "models",
    responses((status = 200, body = Vec<FieldInfo>), (status = "4XX", body = Problem)))]
pub(super) async fn fields(
    State(app): State<Arc<App>>,
    Query(of): Query<Of>,
) -> Result<Json<Vec<FieldInfo>>> {
    let catalogue = app
        .catalogues
        .of(&app.ask, of.project.as_deref(), false)
        .await?;
    Ok(Json(catalogue.fields.clone()))
}

/// Rows of models, or groups of them.
#[utoipa::path(post, path = "/api/v1/models", tag = "models", request_body = ModelQuery,
    responses((status = 200, body = ModelAnswer), (status = "4XX", body = Problem)))]
pub(super) async fn query_models(
    State(app): State<Arc<App>>,
    Body(query): Body<ModelQuery>,
) -> Result<Json<ModelAnswer>> {
    Ok(Json(
        closed::answer(&app.ask, &app.catalogues, &query).await?,
    ))
}
