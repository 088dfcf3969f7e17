//! `pipeline('model_id')`: the stages of a model, those of pipelines inside it too. A search
//! is shown as its best model; a model that is no pipeline is its only stage.

use std::collections::{BTreeMap, HashMap};

use modeldb_warehouse::PREDICTION_PARAMS;

use super::Found;
use super::lookup::{Line, Lookup, list, quoted};
use super::made::Made;
use crate::error::Result;

/// Pipelines inside pipelines, at most.
const DEPTH_MAX: usize = 16;

/// A stage of a pipeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stage {
    /// `2.0`: the first stage of the third one.
    pub path: String,
    pub depth: i64,
    pub index: i64,
    pub model_id: Option<String>,
    pub class: String,
    pub uid: String,
    pub params: BTreeMap<String, String>,
    /// Those that somebody set; none where it is not known.
    pub changed: Option<BTreeMap<String, String>>,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub duration_ms: Option<f64>,
}

impl Stage {
    /// `text` without the stage's own uid, by which otherwise nothing of two would be the same.
    pub(super) fn anonymous(&self, text: &str) -> String {
        anonymous(text, &self.uid)
    }
}

/// `text` with `<uid>` in place of `uid`, which columns that a component made up carry.
pub(super) fn anonymous(text: &str, uid: &str) -> String {
    match uid.is_empty() {
        true => text.to_owned(),
        false => text.replace(uid, "<uid>"),
    }
}

pub(super) async fn rows(lookup: &Lookup<'_>, model: &str) -> Result<Found> {
    let Some(stages) = stages(lookup, model).await? else {
        return Ok(Err(lookup.no_model(model).await?));
    };
    Made::of(&stages)
        .text("path", |stage| Some(&stage.path))
        .long("depth", |stage| Some(stage.depth))
        .long("stage_index", |stage| Some(stage.index))
        .text("model_id", |stage| stage.model_id.as_deref())
        .text("class", |stage| Some(&stage.class))
        .text("uid", |stage| Some(&stage.uid))
        .map("params", |stage| Some(&stage.params))
        .map("changed_params", |stage| stage.changed.as_ref())
        .texts("input_columns", |stage| &stage.inputs)
        .texts("output_columns", |stage| &stage.outputs)
        .double("duration_ms", |stage| stage.duration_ms)
        .batch()
        .map(Ok)
}

/// The stages in order, each before those inside it; none where there is no such model.
pub(super) async fn stages(lookup: &Lookup<'_>, model: &str) -> Result<Option<Vec<Stage>>> {
    let id = quoted(model);
    let query = format!(
        "select model_id, coalesce(model_class, estimator), uid, params, feature_columns, \
         prediction_column, duration_ms from models where model_id = {id} \
         or (parent_model_id = {id} and role = 'best') \
         order by case when model_id = {id} then 0 else 1 end"
    );
    let found = lookup.ask(&query).await?;
    if found
        .iter()
        .all(|line| line.text(0).as_deref() != Some(model))
    {
        return Ok(None);
    }
    // A search is its best model.
    let fit = &found[found.len() - 1];
    let root = fit.text(0).unwrap_or_default();
    let mut stages = Vec::new();
    let mut level = vec![(root, String::new())];
    for depth in 0..DEPTH_MAX {
        if level.is_empty() {
            break;
        }
        let mut below = below(lookup, &level, depth).await?;
        if depth > 0 {
            below.extend(chosen(lookup, &level, depth).await?);
        }
        level = inner(lookup, &below).await?;
        stages.extend(below);
    }
    if stages.is_empty() {
        let params = fit.map(3);
        stages.push(Stage {
            path: "0".into(),
            model_id: fit.text(0),
            class: fit.text(1).unwrap_or_default(),
            uid: fit.text(2).unwrap_or_default(),
            outputs: written(&params, fit.text(5)),
            params,
            inputs: fit.texts(4),
            duration_ms: fit.double(6),
            ..Stage::default()
        });
    }
    let place = |stage: &Stage| -> Vec<i64> {
        let parts = stage.path.split('.');
        parts.filter_map(|part| part.parse().ok()).collect()
    };
    stages.sort_by_key(place);
    know_more(lookup, &mut stages).await?;
    Ok(Some(stages))
}

/// The stages of pipelines, which come with the paths that they have.
async fn below(
    lookup: &Lookup<'_>,
    pipelines: &[(String, String)],
    depth: usize,
) -> Result<Vec<Stage>> {
    let ids: Vec<String> = pipelines.iter().map(|(id, _)| id.clone()).collect();
    let query = format!(
        "select pipeline_model_id, stage_index, model_id, class, uid, params, input_columns, \
         output_columns from stages where pipeline_model_id in ({})",
        list(&ids)
    );
    let stage = |line: &Line| {
        let pipeline = line.text(0)?;
        let (_, path) = pipelines.iter().find(|(id, _)| *id == pipeline)?;
        let index = line.long(1).unwrap_or_default();
        Some(Stage {
            path: match path.is_empty() {
                true => index.to_string(),
                false => format!("{path}.{index}"),
            },
            depth: i64::try_from(depth).unwrap_or_default(),
            index,
            model_id: line.text(2),
            class: line.text(3).unwrap_or_default(),
            uid: line.text(4).unwrap_or_default(),
            params: line.map(5),
            inputs: line.texts(6),
            outputs: line.texts(7),
            ..Stage::default()
        })
    };
    Ok(lookup.ask(&query).await?.iter().filter_map(stage).collect())
}

/// The best models of searches among `models`, where they are no pipelines: each is the only
/// stage inside the search.
async fn chosen(
    lookup: &Lookup<'_>,
    models: &[(String, String)],
    depth: usize,
) -> Result<Vec<Stage>> {
    let ids: Vec<String> = models.iter().map(|(id, _)| id.clone()).collect();
    let query = format!(
        "select model_id, estimator, uid, params, feature_columns, prediction_column from models where model_id in ({}) and role = 'best' \
         and kind <> 'pipeline'",
        list(&ids)
    );
    let stage = |line: &Line| {
        let model = line.text(0)?;
        let (_, path) = models.iter().find(|(id, _)| *id == model)?;
        let params = line.map(3);
        Some(Stage {
            path: format!("{path}.0"),
            depth: i64::try_from(depth).unwrap_or_default(),
            model_id: Some(model),
            class: line.text(1).unwrap_or_default(),
            uid: line.text(2).unwrap_or_default(),
            outputs: written(&params, line.text(5)),
            params,
            inputs: line.texts(4),
            ..Stage::default()
        })
    };
    Ok(lookup.ask(&query).await?.iter().filter_map(stage).collect())
}

/// The columns that a model outside of a pipeline writes: spark.ml has their names in parameters.
fn written(params: &BTreeMap<String, String>, prediction: Option<String>) -> Vec<String> {
    let names = ["outputCol"].iter().chain(&PREDICTION_PARAMS);
    let named = names.filter_map(|name| params.get(*name));
    let named: Vec<String> = named.filter(|name| !name.is_empty()).cloned().collect();
    match named.is_empty() {
        true => prediction.into_iter().collect(),
        false => named,
    }
}

/// The pipelines among `stages`, or the best models of searches among them, with their paths.
async fn inner(lookup: &Lookup<'_>, stages: &[Stage]) -> Result<Vec<(String, String)>> {
    let paths: HashMap<String, String> = stages
        .iter()
        .filter_map(|stage| Some((stage.model_id.clone()?, stage.path.clone())))
        .collect();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = paths.keys().cloned().collect();
    let ids = list(&ids);
    let query = format!(
        "select model_id, coalesce(case when role = 'best' then parent_model_id end, model_id) \
         from models where (model_id in ({ids}) and kind = 'pipeline') \
         or (parent_model_id in ({ids}) and role = 'best')"
    );
    let found = lookup.ask(&query).await?;
    let place = |line: &Line| {
        let model = line.text(0)?;
        let path = paths.get(&model).or_else(|| paths.get(&line.text(1)?));
        Some((model, path?.clone()))
    };
    Ok(found.iter().filter_map(place).collect())
}

/// What only the fits of stages tell.
async fn know_more(lookup: &Lookup<'_>, stages: &mut [Stage]) -> Result<()> {
    let ids: Vec<String> = stages
        .iter()
        .filter_map(|stage| stage.model_id.clone())
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let ids = list(&ids);
    let query = format!("select model_id, duration_ms from models where model_id in ({ids})");
    for line in lookup.ask(&query).await? {
        for stage in stages.iter_mut().filter(|s| s.model_id == line.text(0)) {
            stage.duration_ms = line.double(1);
            stage.changed.get_or_insert_default();
        }
    }
    let query = format!(
        "select model_id, name, value from params where model_id in ({ids}) and not is_default"
    );
    for line in lookup.ask(&query).await? {
        for stage in stages.iter_mut().filter(|s| s.model_id == line.text(0)) {
            if let (Some(name), Some(value)) = (line.text(1), line.text(2)) {
                stage.changed.get_or_insert_default().insert(name, value);
            }
        }
    }
    Ok(())
}
