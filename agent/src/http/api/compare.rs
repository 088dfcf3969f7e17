//! Two to ten models side by side.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::error::{Failure, Problem, Result};
use super::super::extract::Query;
use super::super::shape::Number;
use super::model::{self, MODEL, Model, Point};
use super::pipelines::{self, MODELS_MAX, Pipeline, Stage};

/// A thing that is known of models.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Fact {
    /// `model`, `data`, `param`, `metric`, `feature` or `source_column`.
    aspect: String,
    name: String,
    /// One for each model, in their order; null where a model has none.
    values: Vec<Option<String>>,
    numbers: Vec<Option<Number>>,
    /// Whether all models have it, and the same.
    same: bool,
    /// Of metrics: whether larger is better.
    larger_is_better: Option<bool>,
}

/// Models side by side.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Comparison {
    /// In the order in which they were named.
    models: Vec<Model>,
    /// By aspect; what differs first.
    facts: Vec<Fact>,
    pipelines: Vec<Pipeline>,
    history: Vec<Point>,
}

#[derive(Deserialize)]
struct Pair {
    aspect: String,
    name: String,
    a: Option<String>,
    b: Option<String>,
    a_double: Option<Number>,
    b_double: Option<Number>,
}

#[derive(Deserialize)]
struct Direction {
    name: String,
    larger_is_better: Option<bool>,
}

/// Compares two to ten models, what differs first.
#[utoipa::path(get, path = "/api/v1/compare", params(pipelines::Which), tag = "models",
    responses((status = 200, body = Comparison), (status = "4XX", body = Problem)))]
pub(super) async fn compare(
    State(app): State<Arc<App>>,
    Query(which): Query<pipelines::Which>,
) -> Result<Json<Comparison>> {
    let ids = super::ids(&which.models, 2, MODELS_MAX)?;
    let listed = super::listed(&ids);
    let ask = &app.ask;
    let pairs = ids[1..].iter().map(async |id| {
        let text = format!(
            "select aspect, name, a, b, a_double, b_double from compare_models('{}', '{id}') \
             where aspect <> 'stage'",
            ids[0]
        );
        ask.rows::<Pair>(&text, None).await
    });
    let stages = ids.iter().map(|id| pipelines::stages(ask, id));
    let models = format!("{MODEL} where model_id in ({listed})");
    let directions = format!(
        "select name, bool_and(larger_is_better) as larger_is_better from metrics \
         where model_id in ({listed}) group by name"
    );
    let models = in_order(&ids, ask.rows(&models, None).await?)?;
    let (pairs, stages, directions) = tokio::try_join!(
        try_join_all(pairs),
        try_join_all(stages),
        ask.rows::<Direction>(&directions, None),
    )?;
    let history = history(&app, &ids, &stages).await?;
    let named = ids.iter().zip(stages);
    let pipelines = named.map(|(id, stages)| Pipeline::of(id, stages));
    Ok(Json(Comparison {
        facts: facts(ids.len(), pairs, directions),
        pipelines: pipelines.collect(),
        models,
        history,
    }))
}

fn in_order(ids: &[&str], models: Vec<Model>) -> Result<Vec<Model>> {
    let named = models
        .into_iter()
        .map(|model| (model.model_id.clone(), model));
    let mut models: BTreeMap<String, Model> = named.collect();
    let found = ids.iter().map(|id| models.remove(*id).ok_or(id));
    let found: Result<Vec<_>, _> = found.collect();
    found.map_err(|id| Failure::not_found("model", id))
}

/// Courses of trainings, those of stages under the pipeline's id.
async fn history(app: &App, ids: &[&str], stages: &[Vec<Stage>]) -> Result<Vec<Point>> {
    let mut owner: BTreeMap<String, String> = BTreeMap::new();
    for (id, stages) in ids.iter().zip(stages) {
        owner.insert((*id).to_owned(), (*id).to_owned());
        for stage in stages {
            if let Some(part) = stage
                .model_id
                .clone()
                .filter(|part| super::id(part).is_ok())
            {
                owner.insert(part, (*id).to_owned());
            }
        }
    }
    let mut points = model::history(&app.ask, owner.keys()).await?;
    for point in &mut points {
        if let Some(owner) = owner.get(&point.model_id) {
            point.model_id.clone_from(owner);
        }
    }
    Ok(points)
}

fn facts(models: usize, pairs: Vec<Vec<Pair>>, directions: Vec<Direction>) -> Vec<Fact> {
    const ASPECTS: [&str; 6] = [
        "metric",
        "param",
        "data",
        "source_column",
        "feature",
        "model",
    ];
    let place = |aspect: &str| ASPECTS.iter().position(|known| *known == aspect);
    let mut all: BTreeMap<(Option<usize>, String), Fact> = BTreeMap::new();
    for (at, pairs) in pairs.into_iter().enumerate() {
        for pair in pairs {
            let key = (place(&pair.aspect), pair.name.clone());
            let fact = all.entry(key).or_insert_with(|| Fact {
                aspect: pair.aspect,
                name: pair.name,
                values: vec![None; models],
                numbers: vec![None; models],
                same: false,
                larger_is_better: None,
            });
            fact.values[0] = pair.a;
            fact.numbers[0] = pair.a_double;
            fact.values[at + 1] = pair.b;
            fact.numbers[at + 1] = pair.b_double;
        }
    }
    let directions: BTreeMap<String, Option<bool>> = directions
        .into_iter()
        .map(|one| (one.name, one.larger_is_better))
        .collect();
    let mut facts: Vec<Fact> = all.into_values().collect();
    for fact in &mut facts {
        fact.same = fact
            .values
            .iter()
            .all(|value| value.is_some() && *value == fact.values[0]);
        if fact.aspect == "metric" {
            let name = fact.name.split(" where ").next().unwrap_or_default();
            fact.larger_is_better = directions.get(name).copied().flatten();
        }
    }
    facts.sort_by_key(|fact| (place(&fact.aspect), fact.same));
    facts
}
