use arrow::array::{Array, AsArray};
use arrow::datatypes::TimeUnit;

use super::*;

fn column(name: &str, kind: &str, nulls: &[u32], values: Values) -> v1::SampleColumn {
    v1::SampleColumn {
        name: name.into(),
        r#type: kind.into(),
        nulls: nulls.to_vec(),
        values: Some(values),
    }
}

fn integers(values: &[i64]) -> Values {
    Values::Integers(v1::IntegerValues {
        values: values.to_vec(),
    })
}

fn texts(values: &[&str]) -> Values {
    Values::Texts(v1::TextValues {
        values: values.iter().map(|text| (*text).to_owned()).collect(),
    })
}

fn sample(columns: Vec<v1::SampleColumn>) -> v1::Sampled {
    v1::Sampled {
        dataset: 1,
        role: "test".into(),
        method: "lowest-hash".into(),
        row_ids: vec!["b".into(), "a".into(), "c".into()],
        columns,
    }
}

fn taken(m: v1::Sampled, policy: &SamplePolicy) -> (Sampled, RecordBatch) {
    let (event, rows) = sampled(m, policy).expect("taken");
    let Happening::Sampled(event) = event else {
        panic!("{event:?}");
    };
    (*event, rows.expect("rows"))
}

fn refused(columns: Vec<v1::SampleColumn>) -> String {
    let refused = sampled(sample(columns), &SamplePolicy::DEFAULT);
    refused.expect_err("refused").to_string()
}

#[test]
fn columns_get_the_types_that_their_names_mean() {
    let doubles = |values: &[f64]| {
        Values::Doubles(v1::DoubleValues {
            values: values.to_vec(),
        })
    };
    let double_list = |values: &[f64]| v1::DoubleValues {
        values: values.to_vec(),
    };
    let columns = vec![
        column("tiny", "tinyint", &[2], integers(&[-128, 127, 1 << 40])),
        column("small", "smallint", &[], integers(&[1, 2, 3])),
        column("whole", "int", &[], integers(&[1, 2, 3])),
        column("big", "bigint", &[], integers(&[i64::MAX, i64::MIN, 0])),
        column("day", "date", &[], integers(&[0, -1, 20_000])),
        column("at", "timestamp", &[], integers(&[0, 1, 2])),
        column("local", "timestamp_ntz", &[], integers(&[0, 1, 2])),
        column("single", "float", &[], doubles(&[0.5, f64::NAN, 1.0])),
        column(
            "double",
            "double",
            &[0],
            doubles(&[0.0, f64::INFINITY, 1.0]),
        ),
        column(
            "price",
            "decimal(10,2)",
            &[1],
            texts(&["12.50", "", "-0.01"]),
        ),
        column("text", "string", &[1], texts(&["größe", "", ""])),
        column(
            "flag",
            "boolean",
            &[],
            Values::Booleans(v1::BooleanValues {
                values: vec![true, false, true],
            }),
        ),
        column(
            "bytes",
            "binary",
            &[],
            Values::Binaries(v1::BinaryValues {
                values: vec![vec![0, 255], vec![], vec![7]],
            }),
        ),
        column(
            "features",
            "vector",
            &[1],
            Values::DoubleLists(v1::DoubleLists {
                values: vec![
                    double_list(&[1.0, 2.0]),
                    double_list(&[]),
                    double_list(&[3.0]),
                ],
            }),
        ),
        column(
            "words",
            "array<string>",
            &[],
            Values::TextLists(v1::TextLists {
                values: vec![
                    v1::TextValues {
                        values: vec!["a".into(), "b".into()],
                    },
                    v1::TextValues::default(),
                    v1::TextValues {
                        values: vec!["c".into()],
                    },
                ],
            }),
        ),
    ];
    let (event, rows) = taken(sample(columns), &SamplePolicy::DEFAULT);
    assert_eq!((event.row_count, event.columns.len()), (3, 15));
    let kinds: Vec<_> = rows
        .schema()
        .fields()
        .iter()
        .map(|field| field.data_type().clone())
        .collect();
    let list = |item| DataType::List(Arc::new(Field::new_list_field(item, true)));
    assert_eq!(
        kinds,
        [
            DataType::Utf8,
            DataType::Int8,
            DataType::Int16,
            DataType::Int32,
            DataType::Int64,
            DataType::Date32,
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            DataType::Timestamp(TimeUnit::Microsecond, None),
            DataType::Float32,
            DataType::Float64,
            DataType::Decimal128(10, 2),
            DataType::Utf8,
            DataType::Boolean,
            DataType::Binary,
            list(DataType::Float64),
            list(DataType::Utf8),
        ]
    );
    let nulls: Vec<_> = rows.columns().iter().map(|c| c.null_count()).collect();
    assert_eq!(nulls, [0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0]);
    let price = rows.column_by_name("price").expect("there");
    let price = price.as_primitive::<Decimal128Type>();
    assert_eq!((price.value(0), price.value(2)), (1250, -1));
}

#[test]
fn what_is_wrong_is_named() {
    assert_eq!(
        refused(vec![column("a", "int", &[], integers(&[1, 2]))]),
        "columns 0 (a): 2 values for 3 rows"
    );
    assert_eq!(
        refused(vec![column("a", "tinyint", &[], integers(&[1, 2, 300]))]),
        "columns 0 (a): row 2: 300 is no tinyint"
    );
    assert_eq!(
        refused(vec![column("a", "int", &[3], integers(&[1, 2, 3]))]),
        "columns 0 (a): nulls: 3 of 3 rows"
    );
    assert_eq!(
        refused(vec![column("a", "int", &[1, 1], integers(&[1, 2, 3]))]),
        "columns 0 (a): nulls: 1 does not come after the one before it"
    );
    for bad in ["12.505.1", "x", "", "123.45"] {
        assert_eq!(
            refused(vec![column(
                "a",
                "decimal(4,2)",
                &[],
                texts(&[bad, "1", "2"])
            )]),
            format!("columns 0 (a): row 0: {bad:?} is no decimal(4,2)")
        );
    }
    let mut empty = column("a", "int", &[], integers(&[]));
    empty.values = None;
    assert_eq!(refused(vec![empty]), "columns 0 (a): it has no values");
    let mut role = sample(Vec::new());
    role.role = "validation".into();
    let role = sampled(role, &SamplePolicy::DEFAULT).expect_err("refused");
    assert!(role.to_string().starts_with("role: \"validation\""));
}

#[test]
fn the_settings_hold_whatever_is_sent() {
    let columns = || {
        vec![
            column("my_ssn", "string", &[], texts(&["1", "2", "3"])),
            column("x", "int", &[], integers(&[1, 2, 3])),
            column("x", "int", &[], integers(&[4, 5, 6])),
            column("row_id", "int", &[], integers(&[7, 8, 9])),
        ]
    };
    let policy = SamplePolicy {
        deny_columns: vec!["*SSN*".into()],
        max_rows: 2,
        ..SamplePolicy::DEFAULT
    };
    let (event, rows) = taken(sample(columns()), &policy);
    assert_eq!(event.denied_columns, ["my_ssn"]);
    let names: Vec<_> = event.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["x", "x_2", "row_id_2"]);
    assert_eq!(event.row_count, 2);
    let ids = rows.column(0).as_string::<i32>();
    assert_eq!((ids.value(0), ids.value(1)), ("b", "a"));

    let nothing = SamplePolicy {
        accept: false,
        ..SamplePolicy::DEFAULT
    };
    let (event, rows) = sampled(sample(columns()), &nothing).expect("taken");
    assert!(matches!(event, Happening::Denied(_)) && rows.is_none());
    let everything = SamplePolicy {
        deny_columns: vec!["*".into()],
        ..SamplePolicy::DEFAULT
    };
    let (event, rows) = sampled(sample(columns()), &everything).expect("taken");
    assert!(matches!(event, Happening::Denied(_)) && rows.is_none());
}

#[test]
fn predictions_are_of_rows() {
    let m = v1::PredictionsSampled {
        model: 1,
        dataset: 2,
        row_ids: vec!["c".into(), "a".into()],
        predictions: vec![1.0, 0.0],
        ..v1::PredictionsSampled::default()
    };
    let one = SamplePolicy {
        max_rows: 1,
        ..SamplePolicy::DEFAULT
    };
    let event = predictions_sampled(m.clone(), &one).expect("taken");
    let Happening::PredictionsSampled(event) = event else {
        panic!("{event:?}");
    };
    assert_eq!(event.row_ids, ["a"]);
    assert_eq!((event.labels.len(), event.predictions), (0, vec![0.0]));
    let mut bad = m;
    bad.labels = vec![1.0];
    let bad = predictions_sampled(bad, &one).expect_err("refused");
    assert!(bad.to_string().contains("labels: 1 for 2 rows"), "{bad}");
}
