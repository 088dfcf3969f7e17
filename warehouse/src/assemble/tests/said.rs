//! Notes and free keys.

use super::*;
use crate::event::{Annotated, AttributeSet, Target, Value};

fn target(kind: &str, id: Option<&str>, number: u64) -> Target {
    Target {
        kind: kind.into(),
        id: id.map(Into::into),
        number,
    }
}

fn note(target: Target) -> Happening {
    Happening::Annotated(Box::new(Annotated {
        target,
        author: None,
        text: "größe".into(),
    }))
}

fn set(target: Target, value: Value) -> Happening {
    Happening::AttributeSet(Box::new(AttributeSet {
        target,
        key: "model.stage".into(),
        value,
    }))
}

#[test]
fn things_are_named_by_id_or_by_number_or_by_where_it_is_said() {
    let mut t = Teller::new();
    t.dataset(1, &["features", "late"], &[]);
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 1);
    t.fitted(1);
    t.tell(note(target("model", None, 1)));
    t.tell(note(target("dataset", None, 1)));
    t.tell(note(target("run", None, 0)));
    t.tell(note(target("project", Some("weather"), 0)));
    let notes: Vec<_> = { t.rows.iter() }
        .filter_map(|row| match row {
            Row::Annotations(note) => Some(note),
            _ => None,
        })
        .collect();
    let about = |at: usize| (notes[at].target_id.as_str(), notes[at].project.as_deref());
    let (model, dataset) = (t.model_id(1), t.dataset_id(1));
    assert_eq!(about(0), (model.as_str(), Some("flights")));
    assert_eq!(about(1), (dataset.as_str(), Some("flights")));
    assert_eq!(about(2), ("run-00001", Some("flights")));
    assert_eq!(about(3), ("weather", Some("weather")));
    assert_eq!(notes[0].author.as_deref(), Some("ada"));
    assert_eq!(notes[0].run_id.as_deref(), Some("run-00001"));
    assert_ne!(notes[0].annotation_id, notes[1].annotation_id);
}

/// What is said outside of all runs makes none.
#[test]
fn no_run_is_made_up() {
    let mut t = Teller::new();
    t.run = RunId::parse("nobody-knows-it").expect("an id");
    t.tell(set(target("model", Some("m-1"), 0), Value::Number(0.5)));
    let Some(Row::Attributes(told)) = t.rows.last() else {
        panic!("{:?}", t.rows);
    };
    assert_eq!(
        (told.run_id.as_deref(), told.project.as_deref()),
        (None, None)
    );
    assert_eq!((told.value.as_str(), told.value_double), ("0.5", Some(0.5)));
    assert_eq!(told.target_id, "m-1");
    assert_eq!(t.assembler.runs.len(), 1);
}

/// Columns of `projects` can be set as keys of the project; others are keys only.
#[test]
fn keys_of_a_project_are_its_columns() {
    let mut t = Teller::new();
    let about = || target("project", Some("flights"), 0);
    for (key, value) in [
        ("description", Value::Text("fewer late flights".into())),
        ("owner", Value::Text("grace".into())),
        ("archived", Value::Boolean(true)),
        ("tags.team", Value::Text("ops".into())),
        ("tags.gone", Value::Text("x".into())),
        ("tags.gone", Value::Text(String::new())),
        ("colour", Value::Text("red".into())),
    ] {
        t.tell(Happening::AttributeSet(Box::new(AttributeSet {
            target: about(),
            key: key.into(),
            value,
        })));
    }
    // Of a project that nobody told of there is no row to change.
    let nobodys = target("project", Some("none"), 0);
    t.tell(set(nobodys, Value::Text("x".into())));
    let mut projects = t.rows.iter().filter_map(|row| match row {
        Row::Projects(project) => Some(project),
        _ => None,
    });
    let project = projects.next_back().expect("a project");
    assert_eq!(project.project, "flights");
    assert_eq!(project.description.as_deref(), Some("fewer late flights"));
    assert_eq!(project.owner.as_deref(), Some("grace"));
    assert!(project.archived);
    let tags: Vec<_> = project.tags.iter().collect();
    assert_eq!(tags, [(&"team".to_owned(), &"ops".to_owned())]);
    let keys = t
        .rows
        .iter()
        .filter(|row| matches!(row, Row::Attributes(_)));
    assert_eq!(keys.count(), 8);
}
