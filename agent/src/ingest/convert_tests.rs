use super::*;

/// With nothing denied.
fn batch(request: v1::PushRequest, received_at: Micros) -> Checked<Batch> {
    super::batch(request, received_at, &SamplePolicy::DEFAULT).map(|taken| taken.batch)
}

fn request(events: Vec<v1::Event>) -> v1::PushRequest {
    v1::PushRequest {
        producer: Some(v1::Producer {
            id: "producer-1".into(),
            kind: "test".into(),
            version: "1".into(),
        }),
        seq: 7,
        acked_seq: 6,
        events: events.iter().map(Message::encode_to_vec).collect(),
    }
}

fn event_of(kind: v1::event::Kind) -> v1::Event {
    v1::Event {
        run_id: "run-00001".into(),
        occurred_at_us: 5,
        kind: Some(kind),
    }
}

fn fit() -> v1::FitStarted {
    v1::FitStarted {
        operation: 1,
        kind: v1::FitKind::Estimator as i32,
        estimator: Some(v1::Component {
            class_name: "LR".into(),
            uid: "lr".into(),
            ..v1::Component::default()
        }),
        dataset: 1,
        ..v1::FitStarted::default()
    }
}

fn refused(request: v1::PushRequest) -> String {
    batch(request, Micros(0)).expect_err("refused").to_string()
}

#[test]
fn a_good_batch_is_taken() {
    let request = request(vec![event_of(v1::event::Kind::FitStarted(fit()))]);
    let batch = batch(request, Micros(9)).expect("taken");
    assert_eq!(batch.seq, Seq(7));
    let Happening::FitStarted(started) = &batch.events[0].what else {
        panic!("{batch:?}");
    };
    assert_eq!(started.estimator.class, "LR");
}

#[test]
fn what_is_wrong_is_named_from_the_outside_in() {
    let good = event_of(v1::event::Kind::FitStarted(fit()));
    let bad = |change: fn(&mut v1::FitStarted)| {
        let mut fit = fit();
        change(&mut fit);
        refused(request(vec![
            good.clone(),
            event_of(v1::event::Kind::FitStarted(fit)),
        ]))
    };
    let place = "batch 7 of producer producer-1: event 1: fit_started: ";
    assert_eq!(
        bad(|fit| fit.operation = 0),
        format!("{place}operation: 0 is not accepted: numbers from 1 are")
    );
    assert_eq!(
        bad(|fit| fit.kind = 9),
        format!("{place}kind: 9 is not accepted: 1, 2 and 3 are")
    );
    assert_eq!(
        bad(|fit| fit.estimator = None),
        format!("{place}estimator is missing")
    );
    let mut ended = v1::FitEnded {
        operation: 1,
        outcome: v1::Outcome::Finished as i32,
        ..v1::FitEnded::default()
    };
    for microseconds in [-1, i64::MAX] {
        ended.duration_us = microseconds;
        let event = event_of(v1::event::Kind::FitEnded(ended.clone()));
        assert!(refused(request(vec![event])).contains("fit_ended: duration_us"));
    }
    for microseconds in [i64::MIN, i64::MAX] {
        let mut event = event_of(v1::event::Kind::FitStarted(fit()));
        event.occurred_at_us = microseconds;
        assert!(refused(request(vec![event])).contains("occurred_at_us"));
    }
    let params = bad(|fit| {
        let param = v1::Param {
            name: "maxIter".into(),
            ..v1::Param::default()
        };
        fit.estimator.as_mut().expect("one").params = vec![param];
    });
    assert_eq!(
        params,
        format!("{place}estimator: param maxIter: it has no value")
    );
}

#[test]
fn envelopes_are_checked() {
    let mut bad = request(vec![]);
    bad.seq = 0;
    assert!(refused(bad).contains("numbers from 1"));
    let mut bad = request(vec![]);
    bad.acked_seq = 7;
    assert!(refused(bad).contains("acked_seq is 7"));
    let mut bad = request(vec![]);
    bad.producer = None;
    assert!(refused(bad).contains("producer is missing"));
    let mut bad = request(vec![]);
    bad.producer.as_mut().expect("one").id = "a b".into();
    assert!(refused(bad).contains("\"a b\" is not an id"));
    let mut bad = request(vec![]);
    bad.events = vec![vec![0xff, 0xff]];
    assert!(refused(bad).contains("event 0: "));
    let mut bad = request(vec![]);
    bad.events = vec![Vec::new(); MAX_BATCH_EVENTS + 1];
    assert!(refused(bad).contains("10001 events; up to 10000 are accepted"));
    let mut bad = request(vec![]);
    bad.events = vec![vec![0; MAX_BATCH_BYTES + 1]];
    assert!(refused(bad).contains("bytes of events"));
}

#[test]
fn a_kind_of_a_newer_producer_is_kept_whole() {
    let mut bytes = v1::Event {
        run_id: "run-00001".into(),
        occurred_at_us: 5,
        kind: None,
    }
    .encode_to_vec();
    // Field 99, three bytes.
    bytes.extend_from_slice(&[0x9a, 0x06, 3, 1, 2, 3]);
    let mut newer = request(vec![]);
    newer.events = vec![bytes.clone()];
    let batch = batch(newer, Micros(0)).expect("taken");
    let Happening::Unknown(unknown) = &batch.events[0].what else {
        panic!("{batch:?}");
    };
    assert_eq!((unknown.kind, &unknown.payload), (99, &bytes));

    // No kind at all is not a newer kind.
    let empty = request(vec![v1::Event {
        run_id: "run-00001".into(),
        ..v1::Event::default()
    }]);
    assert!(refused(empty).contains("it has no kind"));
}

#[test]
fn what_fits_learnt_is_checked() {
    use v1::event::Kind;
    let learnt = v1::ModelLearnt {
        operation: 3,
        features: vec![v1::Feature {
            position: -1,
            name: "(Intercept)".into(),
            ..v1::Feature::default()
        }],
        tree_nodes: vec![v1::TreeNode {
            parent: -1,
            feature: -1,
            ..v1::TreeNode::default()
        }],
        ..v1::ModelLearnt::default()
    };
    let good = request(vec![event_of(Kind::ModelLearnt(learnt.clone()))]);
    let batch = batch(good, Micros(0)).expect("taken");
    let Happening::ModelLearnt(taken) = &batch.events[0].what else {
        panic!("{batch:?}");
    };
    let root = &taken.tree_nodes[0];
    assert_eq!((root.parent, root.feature, &root.side), (None, None, &None));

    let place = "batch 7 of producer producer-1: event 0: model_learnt: ";
    let mut bad = learnt.clone();
    bad.features[0].position = -2;
    assert_eq!(
        refused(request(vec![event_of(Kind::ModelLearnt(bad))])),
        format!("{place}features 0: position: -2 is not accepted: numbers from -1 are")
    );
    let mut bad = learnt.clone();
    bad.tree_nodes[0].side = "middle".into();
    assert!(
        refused(request(vec![event_of(Kind::ModelLearnt(bad))]))
            .contains("tree_nodes 0: side: \"middle\" is not accepted")
    );
    let mut bad = learnt;
    bad.history = vec![v1::HistoryPoint::default()];
    assert!(
        refused(request(vec![event_of(Kind::ModelLearnt(bad))]))
            .contains("history 0: metric is empty")
    );
}

#[test]
fn what_is_said_is_about_something() {
    use v1::event::Kind;
    let about = |kind: &str, id: &str, number: u64| {
        let target = v1::Target {
            kind: kind.into(),
            id: id.into(),
            number,
        };
        let note = v1::Annotated {
            target: Some(target),
            text: "a note".into(),
            ..v1::Annotated::default()
        };
        request(vec![event_of(Kind::Annotated(note))])
    };
    for good in [
        about("model", "m-1", 0),
        about("model", "", 3),
        about("run", "", 0),
        about("stage", "s", 0),
    ] {
        batch(good, Micros(0)).expect("taken");
    }
    for bad in [
        about("model", "", 0),
        about("model", "m-1", 3),
        about("run", "", 3),
    ] {
        assert!(refused(bad).contains("annotated: target: kind "));
    }
    assert!(refused(about("", "m-1", 0)).contains("target.kind is empty"));
    let set = v1::AttributeSet {
        key: "owner".into(),
        ..v1::AttributeSet::default()
    };
    let set = request(vec![event_of(Kind::AttributeSet(set))]);
    assert!(refused(set).contains("attribute_set: key owner: it has no value"));
}
