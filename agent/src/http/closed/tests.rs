//! Closed queries over a small warehouse: `meta` of the SQL crate's tests.

use std::sync::Arc;

use modeldb_sql::{Engine, Settings};
use modeldb_warehouse::Lsn;
use serde_json::{Value, json};

use super::super::ask::Ask;
use super::{Catalogues, ModelQuery, answer};
use crate::http::error::Failure;

#[path = "../../../../sql/tests/all/support/fixture.rs"]
mod fixture;

async fn ask(query: Value) -> Result<Value, Failure> {
    let directory = tempfile::tempdir().unwrap();
    let fixture = fixture::Fixture::named("meta", directory.path()).await;
    let engine = Engine::new(Arc::new(fixture), &Settings::default()).unwrap();
    let query: ModelQuery =
        serde_json::from_value(query).map_err(|error| Failure::invalid(error.to_string()))?;
    let catalogues = Catalogues::new(tokio::sync::watch::channel(Lsn(0)).1);
    let answer = answer(&Ask::new(engine), &catalogues, &query).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

async fn check(query: Value, rows: Value) {
    let answer = ask(query.clone()).await;
    let answer = answer.unwrap_or_else(|failure| panic!("{query}: {failure:?}"));
    assert_eq!(
        answer["rows"],
        rows,
        "{query}\n{}",
        answer["sql"].as_str().unwrap()
    );
}

async fn refused(query: Value, parts: &[&str]) {
    let failure = ask(query.clone()).await.err();
    let failure = failure.unwrap_or_else(|| panic!("{query} is answered"));
    let text = format!("{failure:?}");
    for part in parts {
        assert!(text.contains(part), "{query}: {text} lacks {part}");
    }
}

#[tokio::test]
async fn rows_of_models_with_metrics_and_parameters_best_first() {
    check(
        json!({
            "columns": [
                {"field": "model_id"}, {"field": "family"}, {"field": "metric:auc"},
                {"field": "metric:auc", "slice": "(country = 'US')"}, {"field": "param:maxIter"}
            ],
            "filters": [{"field": "metric:auc", "op": {"missing": false}}],
            "sort": [{"output": 2, "descending": true}],
            "limit": 2
        }),
        json!([
            ["m-pipe2", "LogisticRegression", 0.9, null, 20.0],
            ["m-pipe", "LogisticRegression", 0.85, 0.95, 10.0]
        ]),
    )
    .await;
}

#[tokio::test]
async fn what_is_not_known_is_refused_by_name() {
    refused(
        json!({"columns": [{"field": "metric:acu"}]}),
        &["metric:acu", "fields"],
    )
    .await;
    refused(
        json!({"columns": [{"field": "model_id; drop table models"}]}),
        &["drop table"],
    )
    .await;
    refused(
        json!({"columns": [{"field": "model_id", "extra": 1}]}),
        &["extra"],
    )
    .await;
    refused(
        json!({"columns": [{"field": "model_id"}], "limit": 100_000}),
        &["limit", "10000"],
    )
    .await;
    refused(
        json!({"dimensions": [{"field": "family"}], "measures": [{"aggregate": "evil"}]}),
        &["evil", "mean"],
    )
    .await;
    refused(
        json!({"dimensions": [{"field": "family"}],
            "measures": [{"aggregate": "mean", "field": "family"}]}),
        &["family", "numbers"],
    )
    .await;
    refused(
        json!({"columns": [{"field": "model_id"}],
            "filters": [{"field": "duration_ms", "op": {"range": {"min": "1 or 1=1"}}}]}),
        &["duration_ms", "a number"],
    )
    .await;
    refused(json!({}), &["columns", "dimensions"]).await;
}

/// Values are bound: whatever is in them, they are only compared.
#[tokio::test]
async fn values_are_values() {
    for evil in ["' or '1'='1", "\\'; select 1 --", "$1", "%", "🦀\u{202e}"] {
        check(
            json!({"columns": [{"field": "model_id"}],
                "filters": [{"field": "family", "op": {"in": [evil]}}]}),
            json!([]),
        )
        .await;
        check(
            json!({"project": evil, "dimensions": [{"field": "role"}],
                "measures": [{"aggregate": "count"}]}),
            json!([]),
        )
        .await;
    }
}

#[tokio::test]
async fn groups_by_family_and_slice() {
    check(
        json!({
            "dimensions": [{"field": "family"}, {"field": "slice"}],
            "measures": [{"aggregate": "best", "field": "metric:auc"}, {"aggregate": "count"}],
            "filters": [{"field": "metric:auc", "op": {"missing": false}}]
        }),
        json!([
            ["LogisticRegression", "(country = 'US')", 0.95, 1],
            ["LogisticRegression", "all rows", 0.9, 3]
        ]),
    )
    .await;
}

#[tokio::test]
async fn the_commonest_and_the_others() {
    check(
        json!({
            "scope": "all",
            "dimensions": [{"field": "estimator", "top": 1}],
            "measures": [{"aggregate": "count"}]
        }),
        json!([["LogisticRegression", 5], ["other", 3]]),
    )
    .await;
}

#[tokio::test]
async fn bins_and_quartiles() {
    check(
        json!({
            "scope": "all",
            "dimensions": [{"field": "param:maxIter", "bins": 3}],
            "measures": [{"aggregate": "count"}, {"aggregate": "median", "field": "param:maxIter"},
                {"aggregate": "q3", "field": "param:maxIter"}],
            "filters": [{"field": "param:maxIter", "op": {"range": {"min": 0}}}]
        }),
        json!([[10.0, 6, 10.0, 10.0], [20.0, 2, 20.0, 20.0]]),
    )
    .await;
}

#[tokio::test]
async fn lists_have_one_of_the_values() {
    check(
        json!({
            "columns": [{"field": "model_id"}],
            "filters": [{"field": "source_columns", "op": {"in": ["country"]}},
                {"field": "source_columns", "op": {"not_in": ["age"]}}],
            "sort": [{"output": 0}]
        }),
        json!([]),
    )
    .await;
}

/// A measure can name what tells models apart, as a dimension can.
#[tokio::test]
async fn slices_are_counted() {
    check(
        json!({"measures": [{"aggregate": "distinct", "field": "slice"}],
            "filters": [{"field": "metric:auc", "op": {"missing": false}}]}),
        json!([[2]]),
    )
    .await;
}

/// Nothing is on the page, but the total is still told.
#[tokio::test]
async fn an_empty_page() {
    let query = json!({"columns": [{"field": "model_id"}, {"field": "metric:auc"}],
        "filters": [{"field": "search", "op": {"contains": "nothing like this"}}]});
    let answer = ask(query).await.unwrap();
    assert_eq!((&answer["rows"], &answer["total"]), (&json!([]), &json!(0)));
}

/// The table shows the class that a pipeline ends in, so a search finds it.
#[tokio::test]
async fn a_search_finds_families() {
    let query = json!({"columns": [{"field": "model_id"}, {"field": "family"}], "sort": [{"output": 0}],
        "filters": [{"field": "search", "op": {"contains": "logisticreg"}}]});
    let answer = ask(query).await.unwrap();
    let rows = answer["rows"].as_array().unwrap();
    assert!(
        rows.contains(&json!(["m-pipe2", "LogisticRegression"])),
        "{rows:?}"
    );
    assert!(
        rows.iter().all(|row| row[1] == "LogisticRegression"),
        "{rows:?}"
    );
}

/// What a model is known to have read, and what is not known.
#[tokio::test]
async fn columns_that_stages_read() {
    let query = json!({"columns": [{"field": "model_id"}, {"field": "source_columns"},
        {"field": "feature_columns"}, {"field": "columns_read"}], "scope": "all"});
    let answer = ask(query).await.unwrap();
    let mut known = 0;
    for row in answer["rows"].as_array().unwrap() {
        let Some(read) = row[3].as_array() else {
            assert_eq!((&row[1], &row[2]), (&Value::Null, &Value::Null), "{row}");
            continue;
        };
        known += 1;
        for part in [&row[1], &row[2]] {
            let part = part.as_array().into_iter().flatten();
            assert!(part.clone().all(|column| read.contains(column)), "{row}");
        }
    }
    assert!(known > 0);
}

#[tokio::test]
async fn values_are_limited_over_all_filters() {
    let filter = |from: usize| {
        let values = (from..from + 600).map(|n| n.to_string());
        json!({"field": "model_id", "op": {"in": values.collect::<Vec<_>>()}})
    };
    let query = json!({"columns": [{"field": "model_id"}], "filters": [filter(0), filter(600)]});
    refused(query, &["1200 values", "1000"]).await;
    let query = json!({"columns": [{"field": "model_id"}],
        "filters": [{"field": "started_at", "op": {"range": {"min": "abc"}}}]});
    refused(query, &["started_at", "abc", "RFC 3339"]).await;
}
