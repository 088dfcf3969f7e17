//! Stages of pipelines.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::ask::{Ask, Sql};
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Query;
use super::super::shape::{Number, Texts};

/// Models that are told of at once, at most.
pub(super) const MODELS_MAX: usize = 10;

/// A stage, as the function `pipeline` tells it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(in super::super) struct Stage {
    /// `2.0` is the first stage of the third one.
    path: String,
    depth: i64,
    stage_index: i64,
    /// Its fit; null for a transformer that learnt nothing.
    pub model_id: Option<String>,
    class: Option<String>,
    uid: Option<String>,
    params: Option<Texts>,
    /// Those that somebody set; null where that is not known.
    changed_params: Option<Texts>,
    input_columns: Option<Vec<String>>,
    output_columns: Option<Vec<String>>,
    duration_ms: Option<Number>,
}

/// The stages of a model that there is, or a complaint.
pub(super) async fn stages(ask: &Ask, id: &str) -> Result<Vec<Stage>> {
    let text = format!(
        "select path, depth, stage_index, model_id, class, uid, params, changed_params, input_columns, \
         output_columns, duration_ms from pipeline('{id}')"
    );
    ask.rows(&text, None).await
}

/// Which models.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Which {
    /// Ids with commas between them, up to ten.
    pub models: String,
}

/// A model's stages.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Pipeline {
    model_id: String,
    stages: Vec<Stage>,
}

impl Pipeline {
    pub(super) fn of(model_id: &str, stages: Vec<Stage>) -> Self {
        Self {
            model_id: model_id.to_owned(),
            stages,
        }
    }
}

/// The stages of each of these models, in the order of the models.
#[utoipa::path(get, path = "/api/v1/pipelines", params(Which), tag = "models",
    responses((status = 200, body = Vec<Pipeline>), (status = "4XX", body = Problem)))]
pub(super) async fn pipelines(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<Pipeline>>> {
    let ids = super::ids(&which.models, 1, MODELS_MAX)?;
    let pipelines = ids.into_iter().map(async |id| {
        let known = "select model_id from models where model_id = $1 limit 1";
        if app
            .ask
            .batch(&Sql::new(known, [id.into()]))
            .await?
            .num_rows()
            == 0
        {
            return Err(Failure::not_found("model", id));
        }
        let stages = stages(&app.ask, id).await?;
        Ok::<_, Failure>(Pipeline::of(id, stages))
    });
    Ok(Json(try_join_all(pipelines).await?))
}
