//! From the wire's types to the warehouse's: the one place that does it, and where
//! what producers send is checked. A batch is good as a whole or refused as a whole.

mod learnt;
mod said;
mod sampled;

use std::fmt::Display;

use arrow::record_batch::RecordBatch;
use modeldb_proto::v1;
use modeldb_warehouse::event::{
    Batch, CandidateParam, Column, Columns, Component, DataSource, DatasetSeen, Derivation,
    Evaluated, Event, Failure, FitEnded, FitKind, FitPlace, FitStarted, Happening, Loaded, Param,
    Producer, RunEnded, RunStarted, Saved, SearchMetric, Transformed, Unknown, Value, Written,
};
use modeldb_warehouse::limits::{MAX_BATCH_BYTES, MAX_BATCH_EVENTS};
use modeldb_warehouse::{ArtifactFile, Micros, Piece, ProducerId, RunId, Seq};
use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, skip_field};

use super::policy::SamplePolicy;

/// Stages inside stages that a component may have.
const MAX_NESTING: usize = 16;
/// The year 10000, in microseconds since 1970.
const LATEST: i64 = 253_402_300_800_000_000;
/// A hundred years, in microseconds.
const LONGEST: i64 = 100 * 366 * 86_400_000_000;
/// The first field number of a kind of event.
const FIRST_KIND: u32 = 10;

/// What is wrong with a message, from the outside in: `batch 7 of producer x: event 3:
/// fit_started: operation: 0 …`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl Refused {
    fn new(what: impl Display) -> Self {
        Self(what.to_string())
    }

    fn inside(self, place: impl Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

type Checked<T> = Result<T, Refused>;

trait Inside<T> {
    fn inside(self, place: impl Display) -> Checked<T>;
}

impl<T> Inside<T> for Checked<T> {
    fn inside(self, place: impl Display) -> Checked<T> {
        self.map_err(|refused| refused.inside(place))
    }
}

/// A batch that was checked, and the rows of its samples: the events that tell of them
/// lack their places until those are kept.
#[derive(Debug)]
pub struct Taken {
    /// What was sent, within the policy.
    pub batch: Batch,
    /// Rows, each by the place of its event in the batch.
    pub samples: Vec<(usize, RecordBatch)>,
}

impl Taken {
    /// The rows of the event at `index` are at `uri`.
    pub fn kept(&mut self, index: usize, uri: String) {
        if let Some(Happening::Sampled(sampled)) = self
            .batch
            .events
            .get_mut(index)
            .map(|event| &mut event.what)
        {
            sampled.uri = uri;
        }
    }
}

/// A whole request, of which samples are taken as `policy` says.
pub fn batch(
    request: v1::PushRequest,
    received_at: Micros,
    policy: &SamplePolicy,
) -> Checked<Taken> {
    let producer = producer(request.producer)?;
    let place = format!("batch {} of producer {}", request.seq, producer.id);
    if request.seq == 0 || request.seq > i64::MAX as u64 {
        return Err(Refused::new("seq: numbers from 1 are accepted").inside(place));
    }
    if request.acked_seq >= request.seq {
        let what = format!(
            "acked_seq is {}: it has to be less than the batch's own number",
            request.acked_seq
        );
        return Err(Refused(what).inside(place));
    }
    if request.events.len() > MAX_BATCH_EVENTS {
        let what = format!(
            "{} events; up to {MAX_BATCH_EVENTS} are accepted",
            request.events.len()
        );
        return Err(Refused(what).inside(place));
    }
    let bytes: usize = request.events.iter().map(Vec::len).sum();
    if bytes > MAX_BATCH_BYTES {
        let what = format!("{bytes} bytes of events; up to {MAX_BATCH_BYTES} are accepted");
        return Err(Refused(what).inside(place));
    }
    let events = request.events.iter().enumerate();
    let mut samples = Vec::new();
    let events = events.map(|(index, bytes)| {
        let (event, rows) = event(bytes, policy).inside(format!("event {index}"))?;
        samples.extend(rows.map(|rows| (index, rows)));
        Ok(event)
    });
    let events = events.collect::<Checked<Vec<_>>>().inside(place)?;
    let batch = Batch {
        producer,
        seq: Seq(request.seq),
        received_at,
        events,
    };
    Ok(Taken { batch, samples })
}

/// A piece of a saved model. Whether it belongs to its artifact the warehouse knows.
pub fn piece(request: v1::PutArtifactRequest) -> Checked<Piece> {
    producer(request.producer)?;
    let file = |file: v1::ArtifactFile| ArtifactFile {
        path: file.path,
        size: file.size,
        sha256: file.sha256,
    };
    Ok(Piece {
        sha256: request.sha256,
        files: request.files.into_iter().map(file).collect(),
        file: request.file as usize,
        offset: request.offset,
        content: request.content,
    })
}

/// Who sends.
pub fn producer(producer: Option<v1::Producer>) -> Checked<Producer> {
    let producer = producer.ok_or_else(|| Refused::new("producer is missing"))?;
    let id = ProducerId::parse(&producer.id).map_err(Refused::new);
    Ok(Producer {
        id: id.inside("producer.id")?,
        kind: producer.kind,
        version: producer.version,
    })
}

fn event(bytes: &[u8], policy: &SamplePolicy) -> Checked<(Event, Option<RecordBatch>)> {
    let event = v1::Event::decode(bytes).map_err(Refused::new)?;
    let run = RunId::parse(&event.run_id).map_err(Refused::new);
    let run = run.inside("run_id")?;
    let mut rows = None;
    let what = match event.kind {
        Some(kind) => known(kind, policy, &mut rows)?,
        None => Happening::Unknown(Unknown {
            kind: unknown_kind(bytes)?,
            payload: bytes.to_vec(),
        }),
    };
    let event = Event {
        run,
        at: moment("occurred_at_us", event.occurred_at_us)?,
        what,
    };
    Ok((event, rows))
}

/// The field number of a kind that this version does not know.
fn unknown_kind(mut bytes: &[u8]) -> Checked<u32> {
    while !bytes.is_empty() {
        let (field, wire_type) = decode_key(&mut bytes).map_err(Refused::new)?;
        if field >= FIRST_KIND && wire_type == WireType::LengthDelimited {
            return Ok(field);
        }
        skip_field(wire_type, field, &mut bytes, DecodeContext::default()).map_err(Refused::new)?;
    }
    Err(Refused::new("it has no kind"))
}

/// `rows` are those of a sample.
fn known(
    kind: v1::event::Kind,
    policy: &SamplePolicy,
    rows: &mut Option<RecordBatch>,
) -> Checked<Happening> {
    use v1::event::Kind;
    match kind {
        Kind::RunStarted(m) => Ok(run_started(m)),
        Kind::RunEnded(m) => run_ended(m).inside("run_ended"),
        Kind::DatasetSeen(m) => dataset_seen(m).inside("dataset_seen"),
        Kind::FitStarted(m) => fit_started(m).inside("fit_started"),
        Kind::FitEnded(m) => fit_ended(m).inside("fit_ended"),
        Kind::Transformed(m) => transformed(m).inside("transformed"),
        Kind::Evaluated(m) => evaluated(m).inside("evaluated"),
        Kind::ModelLearnt(m) => learnt::model_learnt(m).inside("model_learnt"),
        Kind::WorkDone(m) => learnt::work_done(m).inside("work_done"),
        Kind::Saved(m) => saved(m).inside("saved"),
        Kind::Loaded(m) => loaded(m).inside("loaded"),
        Kind::Written(m) => written(m).inside("written"),
        Kind::Sampled(m) => sampled::sampled(m, policy)
            .map(|(what, of)| {
                *rows = of;
                what
            })
            .inside("sampled"),
        Kind::PredictionsSampled(m) => {
            sampled::predictions_sampled(m, policy).inside("predictions_sampled")
        }
        Kind::Annotated(m) => said::annotated(m).inside("annotated"),
        Kind::AttributeSet(m) => said::attribute_set(m).inside("attribute_set"),
        Kind::ParamsSet(m) => said::params_set(m).inside("params_set"),
        Kind::Measured(m) => said::measured(m).inside("measured"),
        Kind::CaptureReported(m) => Ok(Happening::CaptureReported(
            m.not_captured
                .into_iter()
                .map(|(reason, count)| (reason, count.min(i64::MAX as u64)))
                .collect(),
        )),
    }
}

fn run_started(m: v1::RunStarted) -> Happening {
    let or = |text: String, otherwise: &str| match text.is_empty() {
        true => otherwise.to_owned(),
        false => text,
    };
    Happening::RunStarted(Box::new(RunStarted {
        project: or(m.project, "default"),
        experiment: or(m.experiment, "default"),
        name: or(m.name, &m.application_id),
        parent_run_id: text(m.parent_run_id),
        user: text(m.user),
        host: text(m.host),
        application_id: text(m.application_id),
        framework: text(m.framework),
        framework_version: text(m.framework_version),
        code_version: text(m.code_version),
        command: text(m.command),
        settings: m.settings.into_iter().collect(),
        tags: m.tags.into_iter().collect(),
        capture_mode: text(m.capture_mode),
        attached_by: text(m.attached_by),
        capture_note: text(m.capture_note),
        client: text(m.client),
    }))
}

fn run_ended(m: v1::RunEnded) -> Checked<Happening> {
    let failure = outcome(m.outcome, m.failure)?;
    Ok(Happening::RunEnded(RunEnded { failure }))
}

fn dataset_seen(m: v1::DatasetSeen) -> Checked<Happening> {
    let column = |column: v1::Column| Column {
        name: column.name,
        data_type: column.r#type,
    };
    let derivation = |derivation: v1::Derivation| {
        Ok(Derivation {
            parent: derivation.parent,
            operation: required("derived_from.operation", derivation.operation)?,
            detail: text(derivation.detail),
            split: derivation.split,
            filters_after_split: text(derivation.filters_after_split),
            digest: text(derivation.digest),
        })
    };
    Ok(Happening::DatasetSeen(DatasetSeen {
        dataset: number("dataset", m.dataset)?,
        columns: m.columns.into_iter().map(column).collect(),
        derived_from: m
            .derived_from
            .into_iter()
            .map(derivation)
            .collect::<Checked<_>>()?,
        name: text(m.name),
        sources: m
            .sources
            .into_iter()
            .map(|given| source("sources.uri", given))
            .collect::<Checked<_>>()?,
        same_as: m.same_as,
        intermediate: m.intermediate,
        digest: text(m.digest),
        row_count: m.row_count.and_then(|count| i64::try_from(count).ok()),
    }))
}

fn source(field: &str, m: v1::Source) -> Checked<DataSource> {
    Ok(DataSource {
        uri: required(field, m.uri)?,
        format: text(m.format),
    })
}

fn fit_started(m: v1::FitStarted) -> Checked<Happening> {
    let kind = match m.kind() {
        v1::FitKind::Estimator => FitKind::Estimator,
        v1::FitKind::Pipeline => FitKind::Pipeline,
        v1::FitKind::Search => FitKind::Search,
        v1::FitKind::Unspecified => {
            return Err(Refused(format!(
                "kind: {} is not accepted: 1, 2 and 3 are",
                m.kind
            )));
        }
    };
    Ok(Happening::FitStarted(Box::new(FitStarted {
        operation: number("operation", m.operation)?,
        parent: m.parent,
        kind,
        estimator: component("estimator", m.estimator)?,
        dataset: m.dataset,
        candidates: candidates(m.candidates)?,
        thread: m.thread,
        source_columns: m.source_columns_known.then_some(m.source_columns),
        place: m.place.map(place).transpose()?,
    })))
}

/// Where a fit can stand under another.
const ROLES: [&str; 5] = ["stage", "candidate", "fold", "best", "component"];

fn place(m: v1::Place) -> Checked<FitPlace> {
    if !ROLES.contains(&m.role.as_str()) {
        return Err(Refused(format!(
            "place.role: {:?} is not accepted: one of {} is",
            m.role,
            ROLES.join(", ")
        )));
    }
    let index = |field: &str, number: Option<u64>| {
        let index = number.map(|number| place_index(field, number));
        index.transpose()
    };
    Ok(FitPlace {
        stage_index: index("place.stage_index", m.stage_index)?,
        candidate_index: index("place.candidate_index", m.candidate_index)?,
        fold: index("place.fold", m.fold)?,
        role: m.role,
    })
}

fn place_index(field: &str, number: u64) -> Checked<i64> {
    match u32::try_from(number) {
        Ok(number) => Ok(number.into()),
        Err(_) => Err(Refused(format!(
            "{field}: {number} is not accepted: up to {} is",
            u32::MAX
        ))),
    }
}

fn candidates(told: Vec<v1::Candidate>) -> Checked<Vec<Vec<CandidateParam>>> {
    let candidate = |candidate: v1::Candidate| {
        let params = candidate.params.into_iter();
        params.map(candidate_param).collect()
    };
    told.into_iter().map(candidate).collect()
}

fn candidate_param(m: v1::CandidateParam) -> Checked<CandidateParam> {
    let given = m
        .param
        .ok_or_else(|| Refused::new("candidates: a param is missing"))?;
    Ok(CandidateParam {
        uid: m.uid,
        param: param(given).inside("candidates")?,
    })
}

fn fit_ended(m: v1::FitEnded) -> Checked<Happening> {
    Ok(Happening::FitEnded(FitEnded {
        operation: number("operation", m.operation)?,
        duration_us: duration(m.duration_us)?,
        failure: outcome(m.outcome, m.failure)?,
        model_class: text(m.model_class),
        problem_type: text(m.problem_type),
        candidate_metrics: m.candidate_metrics,
        metric: text(m.metric),
        larger_is_better: m.larger_is_better,
        search_metrics: m
            .search_metrics
            .into_iter()
            .map(search_metric)
            .collect::<Checked<_>>()?,
        candidates: candidates(m.candidates)?,
        best_candidate: m
            .best_candidate
            .map(|number| place_index("best_candidate", number))
            .transpose()?,
    }))
}

fn search_metric(m: v1::SearchMetric) -> Checked<SearchMetric> {
    Ok(SearchMetric {
        metric: required("search_metrics.metric", m.metric)?,
        larger_is_better: m.larger_is_better,
        fold_values: m.fold_values.into_iter().map(|of| of.values).collect(),
    })
}

fn transformed(m: v1::Transformed) -> Checked<Happening> {
    Ok(Happening::Transformed(Box::new(Transformed {
        operation: number("operation", m.operation)?,
        parent: m.parent,
        transformer: component("transformer", m.transformer)?,
        model: m.model,
        input: m.input,
        output: m.output,
        started_at: moment("started_at_us", m.started_at_us)?,
        duration_us: duration(m.duration_us)?,
        failure: m.failure.map(failure),
        thread: m.thread,
    })))
}

fn evaluated(m: v1::Evaluated) -> Checked<Happening> {
    Ok(Happening::Evaluated(Box::new(Evaluated {
        operation: number("operation", m.operation)?,
        parent: m.parent,
        evaluator: component("evaluator", m.evaluator)?,
        dataset: m.dataset,
        metric: required("metric", m.metric)?,
        value: m.value,
        larger_is_better: m.larger_is_better,
        started_at: moment("started_at_us", m.started_at_us)?,
        duration_us: duration(m.duration_us)?,
        failure: m.failure.map(failure),
        thread: m.thread,
        model: m.model,
        source: text(m.source),
    })))
}

fn saved(m: v1::Saved) -> Checked<Happening> {
    Ok(Happening::Saved(Box::new(Saved {
        operation: number("operation", m.operation)?,
        parent: m.parent,
        model: m.model,
        component: component("component", m.component)?,
        uri: required("uri", m.uri)?,
        format: text(m.format),
        started_at: moment("started_at_us", m.started_at_us)?,
        duration_us: duration(m.duration_us)?,
        failure: m.failure.map(failure),
        bytes: m.bytes,
        sha256: text(m.sha256),
        models: m.models,
    })))
}

fn loaded(m: v1::Loaded) -> Checked<Happening> {
    Ok(Happening::Loaded(Box::new(Loaded {
        operation: number("operation", m.operation)?,
        parent: m.parent,
        component: component("component", m.component)?,
        uri: required("uri", m.uri)?,
        started_at: moment("started_at_us", m.started_at_us)?,
        duration_us: duration(m.duration_us)?,
        failure: m.failure.map(failure),
    })))
}

fn written(m: v1::Written) -> Checked<Happening> {
    let target = m.target.ok_or_else(|| Refused::new("target is missing"))?;
    Ok(Happening::Written(Written {
        dataset: number("dataset", m.dataset)?,
        target: source("target.uri", target)?,
        mode: text(m.mode),
    }))
}

fn component(field: &str, component: Option<v1::Component>) -> Checked<Component> {
    let given = component.ok_or_else(|| Refused(format!("{field} is missing")))?;
    nested_component(given, MAX_NESTING).inside(field)
}

fn nested_component(m: v1::Component, levels: usize) -> Checked<Component> {
    if levels == 0 {
        return Err(Refused(format!(
            "stages: more than {MAX_NESTING} levels deep"
        )));
    }
    let stage = |stage| nested_component(stage, levels - 1).inside("stages");
    Ok(Component {
        class: required("class_name", m.class_name)?,
        uid: m.uid,
        params: m.params.into_iter().map(param).collect::<Checked<_>>()?,
        stages: m.stages.into_iter().map(stage).collect::<Checked<_>>()?,
        columns: m.columns.map(|columns| Columns {
            inputs: columns.inputs,
            outputs: columns.outputs,
            label: text(columns.label),
            prediction: text(columns.prediction),
        }),
    })
}

fn param(m: v1::Param) -> Checked<Param> {
    let name = required("params: name", m.name)?;
    let value = value(m.value).inside(format!("param {name}"))?;
    Ok(Param {
        name,
        value,
        is_default: m.is_default,
    })
}

fn value(m: Option<v1::ParamValue>) -> Checked<Value> {
    use v1::param_value::Kind;
    match m.and_then(|value| value.kind) {
        Some(Kind::Text(text)) => Ok(Value::Text(text)),
        Some(Kind::Number(number)) => Ok(Value::Number(number)),
        Some(Kind::Integer(integer)) => Ok(Value::Integer(integer)),
        Some(Kind::Boolean(boolean)) => Ok(Value::Boolean(boolean)),
        Some(Kind::Json(json)) => match serde_json::from_str::<serde::de::IgnoredAny>(&json) {
            Ok(_) => Ok(Value::Json(json)),
            Err(error) => Err(Refused(format!("its value is not JSON: {error}"))),
        },
        None => Err(Refused::new("it has no value")),
    }
}

fn outcome(outcome: i32, given: Option<v1::Failure>) -> Checked<Option<Failure>> {
    match v1::Outcome::try_from(outcome) {
        Ok(v1::Outcome::Finished) => Ok(None),
        Ok(v1::Outcome::Failed) => Ok(Some(failure(given.unwrap_or_default()))),
        Ok(v1::Outcome::Unspecified) | Err(_) => Err(Refused(format!(
            "outcome: {outcome} is not accepted: 1 (finished) and 2 (failed) are"
        ))),
    }
}

fn failure(m: v1::Failure) -> Failure {
    Failure {
        class: m.error_class,
        message: m.message,
    }
}

/// Text that may be left out.
fn text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn required(field: &str, text: String) -> Checked<String> {
    match text.is_empty() {
        true => Err(Refused(format!("{field} is empty"))),
        false => Ok(text),
    }
}

fn number(field: &str, number: u64) -> Checked<u64> {
    match number {
        0 => Err(Refused(format!(
            "{field}: 0 is not accepted: numbers from 1 are"
        ))),
        number => Ok(number),
    }
}

/// A time of the years 1970 to 9999, which every reader of the tables can show.
fn moment(field: &str, microseconds: i64) -> Checked<Micros> {
    match microseconds {
        0..LATEST => Ok(Micros(microseconds)),
        _ => Err(Refused(format!(
            "{field}: {microseconds} is not accepted: microseconds since 1970, before the year \
             10000, are"
        ))),
    }
}

fn duration(microseconds: i64) -> Checked<i64> {
    match microseconds {
        0..LONGEST => Ok(microseconds),
        _ => Err(Refused(format!(
            "duration_us: {microseconds} is not accepted: microseconds up to a hundred years are"
        ))),
    }
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
