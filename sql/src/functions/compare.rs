//! `compare_models('a', 'b')`: what is known of two models side by side, one row for each
//! thing, with whether it is the same.

use std::collections::BTreeMap;

use super::Found;
use super::align::align;
use super::lookup::{Line, Lookup, quoted};
use super::made::Made;
use super::pipeline::{self, anonymous};
use crate::error::Result;

/// A thing that can be compared, of one model.
#[derive(Clone, Debug, PartialEq)]
struct Fact {
    text: String,
    number: Option<f64>,
}

impl Fact {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            number: None,
        }
    }

    fn number(number: f64) -> Self {
        Self {
            text: number.to_string(),
            number: Some(number),
        }
    }
}

/// In which order aspects are shown.
const ASPECTS: [&str; 7] = [
    "model",
    "data",
    "param",
    "metric",
    "feature",
    "source_column",
    "stage",
];

/// By aspect and name.
type Facts = BTreeMap<(usize, String), Fact>;

#[derive(Debug)]
struct Row {
    aspect: &'static str,
    name: String,
    a: Option<Fact>,
    b: Option<Fact>,
}

impl Row {
    fn difference(&self) -> &'static str {
        match (&self.a, &self.b) {
            (Some(a), Some(b)) if a.text == b.text => "same",
            (Some(_), Some(_)) => "differs",
            (Some(_), None) => "only a",
            (None, _) => "only b",
        }
    }
}

pub(super) async fn rows(lookup: &Lookup<'_>, a: &str, b: &str) -> Result<Found> {
    let mut both = Vec::new();
    for model in [a, b] {
        match facts(lookup, model).await? {
            Some(facts) => both.push(facts),
            None => return Ok(Err(lookup.no_model(model).await?)),
        }
    }
    let mut of_b = both.pop().unwrap_or_default();
    let of_a = both.pop().unwrap_or_default();
    let mut all: BTreeMap<(usize, String), (Option<Fact>, Option<Fact>)> = of_a
        .into_iter()
        .map(|(key, fact)| {
            let other = of_b.remove(&key);
            (key, (Some(fact), other))
        })
        .collect();
    all.extend(
        of_b.into_iter()
            .map(|(key, fact)| (key, (None, Some(fact)))),
    );
    let mut rows: Vec<Row> = all
        .into_iter()
        .map(|((aspect, name), (a, b))| Row {
            aspect: ASPECTS[aspect],
            name,
            a,
            b,
        })
        .collect();
    rows.extend(stages(lookup, a, b).await?);
    // Differences first, within each aspect.
    let order = |row: &Row| ASPECTS.iter().position(|aspect| *aspect == row.aspect);
    rows.sort_by_key(|row| (order(row), row.difference() == "same"));
    Made::of(&rows)
        .text("aspect", |row| Some(row.aspect))
        .text("name", |row| Some(&row.name))
        .text("a", |row| Some(&row.a.as_ref()?.text))
        .text("b", |row| Some(&row.b.as_ref()?.text))
        .text("difference", |row| Some(row.difference()))
        .double("a_double", |row| row.a.as_ref()?.number)
        .double("b_double", |row| row.b.as_ref()?.number)
        .batch()
        .map(Ok)
}

async fn stages(lookup: &Lookup<'_>, a: &str, b: &str) -> Result<Vec<Row>> {
    let of_a = pipeline::stages(lookup, a).await?.unwrap_or_default();
    let of_b = pipeline::stages(lookup, b).await?.unwrap_or_default();
    let pairs = align(of_a, of_b).into_iter().enumerate();
    let fact = |stage: Option<&pipeline::Stage>| {
        let stage = stage?;
        let params = stage.params.iter();
        let params: Vec<String> = params
            .map(|(name, value)| format!("{name}={}", stage.anonymous(value)))
            .collect();
        Some(Fact::text(
            format!("{} {}", stage.class, params.join(" ")).trim_end(),
        ))
    };
    let row = |(at, pair): (usize, super::align::Pair)| Row {
        aspect: "stage",
        name: at.to_string(),
        a: fact(pair.a.as_ref()),
        b: fact(pair.b.as_ref()),
    };
    Ok(pairs.map(row).collect())
}

/// What is known of a model; none where there is none.
async fn facts(lookup: &Lookup<'_>, model: &str) -> Result<Option<Facts>> {
    let id = quoted(model);
    let names = [
        "estimator",
        "model_class",
        "kind",
        "role",
        "problem_type",
        "status",
        "label_column",
        "prediction_column",
        "project",
        "run_id",
        "uid",
    ];
    let query = format!(
        "select {}, duration_ms, feature_columns, source_columns, dataset_id from models \
         where model_id = {id} limit 1",
        names.join(", ")
    );
    let Some(fit) = lookup.ask(&query).await?.into_iter().next() else {
        return Ok(None);
    };
    let mut facts = Facts::new();
    for (index, name) in names.into_iter().enumerate() {
        if let (Some(text), false) = (fit.text(index), name == "uid") {
            facts.insert((0, name.into()), Fact::text(text));
        }
    }
    let count = names.len();
    if let Some(duration) = fit.double(count) {
        facts.insert((0, "duration_ms".into()), Fact::number(duration));
    }
    for name in fit.texts(count + 2) {
        facts.insert((5, name.clone()), Fact::text("yes"));
    }
    if let Some(dataset) = fit.text(count + 3) {
        data(lookup, &dataset, &mut facts).await?;
    }
    params(
        lookup,
        &id,
        &fit.text(count - 1).unwrap_or_default(),
        &mut facts,
    )
    .await?;
    metrics(lookup, &id, &mut facts).await?;
    features(lookup, &id, &fit.texts(count + 1), &mut facts).await?;
    Ok(Some(facts))
}

async fn data(lookup: &Lookup<'_>, dataset: &str, facts: &mut Facts) -> Result<()> {
    let query = format!(
        "select name, fingerprint, array_to_string(source_uris, ', '), row_count from datasets \
         where dataset_id = {} limit 1",
        quoted(dataset)
    );
    for line in lookup.ask(&query).await? {
        for (index, name) in ["name", "fingerprint", "source_uris"]
            .into_iter()
            .enumerate()
        {
            if let Some(text) = line.text(index).filter(|text| !text.is_empty()) {
                facts.insert((1, name.into()), Fact::text(text));
            }
        }
        if let Some(count) = line.long(3) {
            facts.insert((1, "row_count".into()), Fact::number(count as f64));
        }
    }
    Ok(())
}

async fn params(lookup: &Lookup<'_>, id: &str, uid: &str, facts: &mut Facts) -> Result<()> {
    let query = format!("select name, value, value_double from params where model_id = {id}");
    for line in lookup.ask(&query).await? {
        let text = anonymous(&line.text(1).unwrap_or_default(), uid);
        let number = line.double(2);
        facts.insert((2, line.text(0).unwrap_or_default()), Fact { text, number });
    }
    Ok(())
}

/// The last value of each; what was measured before that has a number.
async fn metrics(lookup: &Lookup<'_>, id: &str, facts: &mut Facts) -> Result<()> {
    let query = format!(
        "select name, slice, value, step, dataset_id from metrics where model_id = {id} \
         order by recorded_at desc, step desc, metric_id desc"
    );
    let mut histories: BTreeMap<String, Fact> = BTreeMap::new();
    for line in lookup.ask(&query).await? {
        let value = Fact::number(line.double(2).unwrap_or(f64::NAN));
        let name = metric_name(&line);
        if line.long(3).is_some() {
            histories.entry(name).or_insert(value);
            continue;
        }
        let mut numbered = name.clone();
        let mut number = 1;
        while facts.contains_key(&(3, numbered.clone())) {
            number += 1;
            numbered = format!("{name} #{number}");
        }
        facts.insert((3, numbered), value);
    }
    for (name, value) in histories {
        facts.insert((3, format!("{name} (last step)")), value);
    }
    Ok(())
}

fn metric_name(line: &Line) -> String {
    let name = line.text(0).unwrap_or_default();
    match line.text(1) {
        Some(slice) => format!("{name} where {slice}"),
        None => name,
    }
}

/// Slots with their weight; columns where no slots are known.
async fn features(
    lookup: &Lookup<'_>,
    id: &str,
    columns: &[String],
    facts: &mut Facts,
) -> Result<()> {
    let query = format!(
        "select coalesce(name, case when position = -1 then '(intercept)' \
         else concat('slot ', position) end), class_index, coalesce(coefficient, importance) \
         from features where model_id = {id}"
    );
    let slots = lookup.ask(&query).await?;
    for line in &slots {
        let name = line.text(0).unwrap_or_default();
        let name = match line.long(1) {
            Some(class) => format!("{name} (class {class})"),
            None => name,
        };
        let weight = line.double(2);
        let fact = weight.map_or_else(|| Fact::text("yes"), Fact::number);
        facts.insert((4, name), fact);
    }
    if slots.is_empty() {
        for name in columns {
            facts.insert((4, name.clone()), Fact::text("yes"));
        }
    }
    Ok(())
}
