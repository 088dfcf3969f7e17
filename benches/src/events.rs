//! Events as a Spark census job sends them: for each fit its training set, the start
//! with fifteen parameters, the end, a transform and an evaluation. The mean size of
//! an event is printed with the figures.

use modeldb_proto::v1;
use modeldb_proto::v1::event::Kind;
use prost::Message;

/// A batch of `count` events; `seq` is its number.
pub fn batch(producer: &str, seq: u64, count: usize) -> v1::PushRequest {
    let mut events = Vec::with_capacity(count);
    if seq == 1 {
        let started = v1::RunStarted {
            project: "bench".into(),
            name: producer.into(),
            ..v1::RunStarted::default()
        };
        events.push(event(producer, Kind::RunStarted(started)));
    }
    let mut number = seq * 1_000_000;
    while events.len() < count {
        number += 1;
        for kind in fit(number) {
            if events.len() < count {
                events.push(event(producer, kind));
            }
        }
    }
    v1::PushRequest {
        producer: Some(v1::Producer {
            id: producer.into(),
            kind: "bench".into(),
            version: "1".into(),
        }),
        seq,
        acked_seq: seq - 1,
        events,
    }
}

fn event(producer: &str, kind: Kind) -> Vec<u8> {
    let event = v1::Event {
        run_id: format!("run-of-{producer}"),
        occurred_at_us: 1_700_000_000_000_000,
        kind: Some(kind),
    };
    event.encode_to_vec()
}

fn fit(number: u64) -> [Kind; 5] {
    let (training, scored) = (2 * number, 2 * number + 1);
    let mut columns: Vec<_> = (0..15)
        .map(|n| column(&format!("column_{n}"), "double"))
        .collect();
    columns.push(column("features", "vector"));
    let seen = v1::DatasetSeen {
        dataset: training,
        columns,
        ..v1::DatasetSeen::default()
    };
    let started = v1::FitStarted {
        operation: 4 * number,
        kind: v1::FitKind::Estimator as i32,
        estimator: Some(component(
            "org.apache.spark.ml.classification.LogisticRegression",
            number,
        )),
        dataset: training,
        ..v1::FitStarted::default()
    };
    let ended = v1::FitEnded {
        operation: 4 * number,
        duration_us: 1_234_567,
        outcome: v1::Outcome::Finished as i32,
        model_class: "org.apache.spark.ml.classification.LogisticRegressionModel".into(),
        problem_type: "binary".into(),
        ..v1::FitEnded::default()
    };
    let transformed = v1::Transformed {
        operation: 4 * number + 1,
        transformer: Some(component(
            "org.apache.spark.ml.classification.LogisticRegressionModel",
            number,
        )),
        model: 4 * number,
        input: training,
        output: scored,
        ..v1::Transformed::default()
    };
    let evaluated = v1::Evaluated {
        operation: 4 * number + 2,
        evaluator: Some(component(
            "org.apache.spark.ml.evaluation.BinaryClassificationEvaluator",
            number,
        )),
        dataset: scored,
        metric: "areaUnderROC".into(),
        value: 0.75,
        larger_is_better: Some(true),
        ..v1::Evaluated::default()
    };
    [
        Kind::DatasetSeen(seen),
        Kind::FitStarted(started),
        Kind::FitEnded(ended),
        Kind::Transformed(transformed),
        Kind::Evaluated(evaluated),
    ]
}

fn column(name: &str, r#type: &str) -> v1::Column {
    v1::Column {
        name: name.into(),
        r#type: r#type.into(),
    }
}

fn component(class_name: &str, number: u64) -> v1::Component {
    let param = |(name, value): (&str, f64)| v1::Param {
        name: name.into(),
        value: Some(v1::ParamValue {
            kind: Some(v1::param_value::Kind::Number(value)),
        }),
        is_default: value == 0.0,
    };
    let names = [
        "aggregationDepth",
        "elasticNetParam",
        "fitIntercept",
        "maxBlockSizeInMB",
        "maxIter",
        "regParam",
        "standardization",
        "threshold",
        "tol",
        "seed",
        "stepSize",
        "blockSize",
    ];
    let mut params: Vec<_> = names.into_iter().map(|name| param((name, 0.0))).collect();
    params[5] = param(("regParam", number as f64));
    for (name, value) in [
        ("featuresCol", "features"),
        ("labelCol", "label"),
        ("predictionCol", "prediction"),
    ] {
        params.push(v1::Param {
            name: name.into(),
            value: Some(v1::ParamValue {
                kind: Some(v1::param_value::Kind::Text(value.into())),
            }),
            is_default: true,
        });
    }
    v1::Component {
        class_name: class_name.into(),
        uid: format!("LogisticRegression_{number:012x}"),
        params,
        ..v1::Component::default()
    }
}
