//! `similar_models('id', n)`: the models most like one, of all projects, best first.
//!
//! Likeness is from 0 to 1: the mean of whether estimator and problem are the same, of the
//! share of parameters that are equal, and of the share of columns that both learnt from (Jaccard
//! index each). The parameters of a pipeline are those of its stages.

use std::collections::{BTreeMap, BTreeSet};

use super::lookup::{Lookup, list, quoted};
use super::made::Made;
use super::pipeline::anonymous;
use super::{Found, Missing};
use crate::error::Result;

/// Models that can be asked for.
const MODELS_MAX: usize = 1_000;
/// Models whose parameters are compared, for each one that is asked for, and at least.
const CANDIDATES_EACH: usize = 10;
const CANDIDATES_MIN: usize = 200;

struct Similar {
    model_id: String,
    project: Option<String>,
    run_id: Option<String>,
    estimator: Option<String>,
    columns: f64,
    class: f64,
    params: f64,
}

impl Similar {
    fn likeness(&self) -> f64 {
        (self.class + self.params + self.columns) / 3.0
    }
}

pub(super) async fn rows(lookup: &Lookup<'_>, model: &str, count: &str) -> Result<Found> {
    let number = count.parse().ok();
    let Some(number) = number.filter(|number| (1..=MODELS_MAX).contains(number)) else {
        return Ok(Err(Missing::plain(format!(
            "{count} models: a number from 1 to {MODELS_MAX} is accepted"
        ))));
    };
    let query = format!(
        "select estimator, problem_type, kind, params, \
         case when cardinality(source_columns) > 0 then source_columns else feature_columns end \
         from models where model_id = {} limit 1",
        quoted(model)
    );
    let Some(fit) = lookup.ask(&query).await?.into_iter().next() else {
        return Ok(Err(lookup.no_model(model).await?));
    };
    let text = |index| quoted(&fit.text(index).unwrap_or_default());
    let (estimator, problem, kind) = (text(0), text(1), text(2));
    let params = fit.map(3);
    let columns = fit.texts(4);
    let own = match columns.is_empty() {
        true => "arrow_cast([], 'List(Utf8)')".to_owned(),
        false => format!("[{}]", list(&columns)),
    };
    let candidates = (number * CANDIDATES_EACH).max(CANDIDATES_MIN);
    let query = format!(
        "select model_id, project, run_id, estimator, \
         case when estimator = {estimator} then 1.0 \
              when problem_type = {problem} then 0.5 else 0.0 end as class, \
         case when cardinality(array_union(columns, {own})) = 0 then 1.0 \
              else cast(cardinality(array_intersect(columns, {own})) as double) \
                   / cast(cardinality(array_union(columns, {own})) as double) end as shared, \
         params from ( \
           select *, case when cardinality(source_columns) > 0 then source_columns \
                          else feature_columns end as columns \
           from models where kind = {kind} and model_id <> {} \
           and role in ('top', 'best', 'stage', 'component') \
           and (estimator = {estimator} or problem_type = {problem})) \
         order by class + shared desc, model_id limit {candidates}",
        quoted(model)
    );
    let found = lookup.ask(&query).await?;
    let mut ids: Vec<String> = found.iter().filter_map(|line| line.text(0)).collect();
    ids.push(model.to_owned());
    let staged = staged(lookup, &ids).await?;
    let all = |model: &str, own: Params| match staged.get(model) {
        Some(params) => own.into_iter().chain(params.clone()).collect(),
        None => own,
    };
    let params: Params = all(model, params);
    let mut similar: Vec<Similar> = { found.iter() }
        .map(|line| Similar {
            model_id: line.text(0).unwrap_or_default(),
            project: line.text(1),
            run_id: line.text(2),
            estimator: line.text(3),
            class: line.double(4).unwrap_or_default(),
            columns: line.double(5).unwrap_or_default(),
            params: shared(
                &params,
                &all(&line.text(0).unwrap_or_default(), line.map(6)),
            ),
        })
        .collect();
    similar.sort_by(|x, y| {
        let order = y.likeness().total_cmp(&x.likeness());
        order.then_with(|| x.model_id.cmp(&y.model_id))
    });
    similar.truncate(number);
    Made::of(&similar)
        .text("model_id", |similar| Some(&similar.model_id))
        .double("likeness", |similar| Some(similar.likeness()))
        .text("estimator", |similar| similar.estimator.as_deref())
        .double("same_class", |similar| Some(similar.class))
        .double("shared_params", |similar| Some(similar.params))
        .double("shared_columns", |similar| Some(similar.columns))
        .text("project", |similar| similar.project.as_deref())
        .text("run_id", |similar| similar.run_id.as_deref())
        .batch()
        .map(Ok)
}

type Params = BTreeMap<String, String>;

/// The parameters of pipelines' stages, by pipeline.
async fn staged(lookup: &Lookup<'_>, models: &[String]) -> Result<BTreeMap<String, Params>> {
    let query = format!(
        "select pipeline_model_id, stage_index, class, params, uid from stages \
         where pipeline_model_id in ({}) order by pipeline_model_id, stage_index",
        list(models)
    );
    let mut staged: BTreeMap<String, Params> = BTreeMap::new();
    for line in lookup.ask(&query).await? {
        let params = staged.entry(line.text(0).unwrap_or_default()).or_default();
        let class = line.text(2).unwrap_or_default();
        let of_class = |key: &&String| {
            let number = key.strip_prefix(&format!("{class} #"));
            number.is_some_and(|number| !number.contains('.'))
        };
        let stage = format!("{class} #{}", params.keys().filter(of_class).count());
        let uid = line.text(4).unwrap_or_default();
        for (name, value) in line.map(3) {
            params.insert(format!("{stage}.{name}"), anonymous(&value, &uid));
        }
        params.insert(stage, "yes".into());
    }
    Ok(staged)
}

/// The share of parameters that are the same, of those that either has.
fn shared(a: &Params, b: &Params) -> f64 {
    let all: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    if all.is_empty() {
        return 1.0;
    }
    let same = all.iter().filter(|name| a.get(**name) == b.get(**name));
    same.count() as f64 / all.len() as f64
}
