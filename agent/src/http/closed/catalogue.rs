//! Which fields models of a project have.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use modeldb_warehouse::Lsn;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tracing::warn;
use utoipa::ToSchema;

use super::super::ask::{Ask, Sql};
use super::super::error::{Failure, Result};
use super::super::shape::{Kind, Number};
use super::field::OWN;

/// How long what is known of a project is taken as it was, while nothing came in: other agents may
/// have taken something.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// How long it is answered although something came in, if to find it anew takes longer than
/// [`PATIENCE`].
const STALE_FOR: Duration = Duration::from_secs(30);
/// How long whoever asks waits for what is found anew.
const PATIENCE: Duration = Duration::from_millis(100);
/// Projects of which it is kept.
const PROJECTS_MAX: usize = 64;
/// Parameters and metrics of a project, at most.
const NAMES_MAX: usize = 20_000;
/// Slices of a metric that are told, at most.
const SLICES_MAX: usize = 50;

/// A field of models.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in super::super) struct FieldInfo {
    /// By which queries name it.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// `model`, `run`, `data`, `parameter` or `metric`.
    pub group: &'static str,
    pub kind: Kind,
    /// Models that have it, of metrics those that were asked for; null where all may.
    pub models: Option<i64>,
    /// Of parameters: models that were given another value than the default.
    pub changed: Option<i64>,
    /// Of parameters and metrics that are numbers.
    pub min: Option<Number>,
    pub max: Option<Number>,
    /// Of parameters: how many different values there are.
    pub values: Option<i64>,
    /// Of metrics: whether larger is better.
    pub larger_is_better: Option<bool>,
    /// Of metrics: whether only trainings told it of themselves.
    pub training: Option<bool>,
    /// Of metrics: the slices that they were measured on.
    pub slices: Vec<String>,
    /// Of parameters: whether stages have it that learn nothing.
    #[serde(skip)]
    pub of_transformers: bool,
}

/// The fields of a project.
#[derive(Debug)]
pub(in super::super) struct Catalogue {
    pub(in super::super) fields: Vec<FieldInfo>,
    by_id: HashMap<String, usize>,
}

impl Catalogue {
    pub(super) fn field(&self, id: &str) -> Option<&FieldInfo> {
        self.by_id.get(id).map(|at| &self.fields[*at])
    }

    fn of(fields: Vec<FieldInfo>) -> Self {
        let ids = fields.iter().enumerate();
        let by_id = ids.map(|(at, field)| (field.id.clone(), at)).collect();
        Self { fields, by_id }
    }

    /// The ids that are most like `id`.
    pub(super) fn near(&self, id: &str) -> Vec<&str> {
        let lower = id.to_lowercase();
        let tail = lower.rsplit(':').next().unwrap_or_default();
        let near = |field: &&FieldInfo| !tail.is_empty() && field.id.to_lowercase().contains(tail);
        let found = self.fields.iter().filter(near).take(5);
        found.map(|field| field.id.as_str()).collect()
    }
}

/// A catalogue, and as of when.
#[derive(Clone, Debug)]
struct Kept {
    at: Instant,
    version: Lsn,
    catalogue: Arc<Catalogue>,
    /// Closes when it was found anew, while somebody does that.
    renewal: Option<watch::Receiver<()>>,
}

/// Catalogues that were asked for lately, by project. To find one takes a second where all of a large
/// warehouse is meant, so that of a moment ago is answered meanwhile.
#[derive(Clone, Debug)]
pub(in super::super) struct Catalogues {
    kept: Arc<Mutex<HashMap<Option<String>, Kept>>>,
    changes: watch::Receiver<Lsn>,
}

impl Catalogues {
    /// `changes` moves with what comes into the warehouse.
    pub(in super::super) fn new(changes: watch::Receiver<Lsn>) -> Self {
        let kept = Arc::default();
        Self { kept, changes }
    }

    /// The catalogue of a project, or of all; `fresh` if one of a moment ago will not do.
    pub(in super::super) async fn of(
        &self,
        ask: &Ask,
        project: Option<&str>,
        fresh: bool,
    ) -> Result<Arc<Catalogue>> {
        if fresh {
            return self.load(ask, project).await;
        }
        let Some(known) = self.known(ask, project) else {
            return self.load(ask, project).await;
        };
        let Some(mut renewal) = known.renewal else {
            return Ok(known.catalogue);
        };
        // It closes, as nothing is ever sent; or it takes too long.
        let _ = timeout(PATIENCE, renewal.changed()).await;
        let newer = self.known(ask, project);
        Ok(newer.map_or(known.catalogue, |kept| kept.catalogue))
    }

    /// What is known and not too old. Sees that it is found anew where something came in.
    fn known(&self, ask: &Ask, project: Option<&str>) -> Option<Kept> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get_mut(&project.map(str::to_owned))?;
        let is_news = kept.version != *self.changes.borrow();
        if kept.at.elapsed() >= if is_news { STALE_FOR } else { KEPT_FOR } {
            return None;
        }
        if is_news && kept.renewal.is_none() {
            let (renewed, renewal) = watch::channel(());
            kept.renewal = Some(renewal);
            let (catalogues, ask) = (self.clone(), ask.clone());
            let project = project.map(str::to_owned);
            tokio::spawn(async move {
                // Who comes when this one is too old tries again, and is told why not.
                if let Err(failure) = catalogues.load(&ask, project.as_deref()).await {
                    warn!(
                        ?failure,
                        ?project,
                        "fields of models could not be found anew"
                    );
                }
                drop(renewed);
            });
        }
        Some(kept.clone())
    }

    async fn load(&self, ask: &Ask, project: Option<&str>) -> Result<Arc<Catalogue>> {
        // Before it is read: what comes in meanwhile is news.
        let (at, version) = (Instant::now(), *self.changes.borrow());
        let catalogue = Arc::new(load(ask, project).await?);
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= PROJECTS_MAX {
            all.clear();
        }
        let kept = Kept {
            at,
            version,
            catalogue: catalogue.clone(),
            renewal: None,
        };
        all.insert(project.map(str::to_owned), kept);
        Ok(catalogue)
    }
}

#[derive(Deserialize)]
struct Param {
    name: String,
    models: i64,
    changed: i64,
    numbers: i64,
    texts: i64,
    min: Option<Number>,
    max: Option<Number>,
    distinct: i64,
    of_transformers: bool,
}

#[derive(Deserialize)]
struct Metric {
    name: String,
    slice: Option<String>,
    models: i64,
    min: Option<Number>,
    max: Option<Number>,
    larger_is_better: Option<bool>,
    training: bool,
}

async fn load(ask: &Ask, project: Option<&str>) -> Result<Catalogue> {
    let mut sql = Sql::default();
    let is_meant = match project {
        Some(project) => format!("= {}", sql.bind(project)),
        None => "is not null".to_owned(),
    };
    let params = Sql {
        text: format!(
            "select name, count(distinct model_id) as models, \
               count(*) filter (where not is_default) as changed, \
               count(value_double) as numbers, count(value) as texts, \
               min(value_double) as min, max(value_double) as max, \
               count(distinct value) as distinct, bool_or(of_transformer) as of_transformers \
             from ( \
               select model_id, name, value, value_double, is_default, false as of_transformer \
                 from params where project {is_meant} \
               union all select pipeline_model_id, name, map_extract(params, name)[1], \
                 try_cast(map_extract(params, name)[1] as double), true, true from ( \
                 select pipeline_model_id, params, unnest(map_keys(params)) as name \
                 from stages where project {is_meant} and model_id is null) as transformers \
             ) as named group by name \
             order by name like '%Col' or name like '%Cols', changed desc, models desc, name \
             limit {}",
            NAMES_MAX + 1
        ),
        values: sql.values.clone(),
    };
    let metrics = Sql {
        text: format!(
            "select e.name, e.slice, min(e.value) as min, max(e.value) as max, \
               count(distinct case when m.role in ('top', 'best') then e.model_id end) as models, \
               bool_and(e.larger_is_better) as larger_is_better, \
               bool_and(e.source = 'training') as training \
             from metrics e join models m on m.model_id = e.model_id where e.project {is_meant} \
             group by e.name, e.slice \
             order by e.slice is null desc, training, models desc, e.name, e.slice limit {}",
            NAMES_MAX + 1
        ),
        values: sql.values,
    };
    let (params, metrics) =
        tokio::try_join!(ask.typed::<Param>(&params), ask.typed::<Metric>(&metrics))?;
    if params.len() > NAMES_MAX || metrics.len() > NAMES_MAX {
        return Err(Failure::invalid(format!(
            "there are more than {NAMES_MAX} parameters or metrics by slice: ask in SQL"
        )));
    }
    let mut fields: Vec<FieldInfo> = OWN.iter().map(own).collect();
    fields.extend(measured(metrics));
    fields.extend(params.into_iter().map(parameter));
    Ok(Catalogue::of(fields))
}

fn own(own: &super::field::Own) -> FieldInfo {
    FieldInfo {
        id: own.id.into(),
        label: own.label.into(),
        group: own.group,
        kind: own.kind,
        models: None,
        changed: None,
        min: None,
        max: None,
        values: None,
        larger_is_better: None,
        training: None,
        slices: Vec::new(),
        of_transformers: false,
    }
}

fn measured(metrics: Vec<Metric>) -> Vec<FieldInfo> {
    let mut order = Vec::new();
    let mut by_name: BTreeMap<String, FieldInfo> = BTreeMap::new();
    for metric in metrics {
        let field = by_name.entry(metric.name.clone()).or_insert_with(|| {
            order.push(metric.name.clone());
            FieldInfo {
                id: format!("metric:{}", metric.name),
                label: metric.name.clone(),
                group: "metric",
                kind: Kind::Number,
                models: Some(metric.models),
                changed: None,
                min: metric.min,
                max: metric.max,
                values: None,
                larger_is_better: metric.larger_is_better,
                training: Some(metric.training),
                slices: Vec::new(),
                of_transformers: false,
            }
        });
        if let Some(slice) = metric.slice
            && field.slices.len() < SLICES_MAX
        {
            field.slices.push(slice);
        }
    }
    order
        .iter()
        .filter_map(|name| by_name.remove(name))
        .collect()
}

fn parameter(param: Param) -> FieldInfo {
    let kind = match param.numbers == param.texts && param.numbers > 0 {
        true => Kind::Number,
        false => Kind::Text,
    };
    FieldInfo {
        id: format!("param:{}", param.name),
        label: param.name,
        group: "parameter",
        kind,
        models: Some(param.models),
        changed: Some(param.changed),
        min: param.min,
        max: param.max,
        values: Some(param.distinct),
        larger_is_better: None,
        training: None,
        slices: Vec::new(),
        of_transformers: param.of_transformers,
    }
}
