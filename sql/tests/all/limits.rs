//! What queries may use: each limit says which one it is, and leaves the others alone.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use modeldb_sql::{Engine, Error, QueryOptions, Settings, Threads};
use modeldb_warehouse::Access;

use crate::support::fixture::Fixture;

/// More rows than any query of a test reads to its end.
const ENDLESS: &str = "generate_series(1, 1000000000000)";

/// What has to live as long as an engine.
type Kept = (tempfile::TempDir, tokio::sync::RwLockReadGuard<'static, ()>);

async fn engine(settings: Settings) -> (Arc<Engine>, Kept) {
    let shared = crate::QUERY_THREADS.read().await;
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::named("empty", directory.path()).await;
    let settings = Settings {
        partitions: Some(2),
        ..settings
    };
    let engine = Engine::new(Arc::new(fixture), &settings).unwrap();
    let engine = engine.on(Threads::new(Some(2)).unwrap());
    (Arc::new(engine), (directory, shared))
}

async fn rows(engine: &Engine, query: &str, options: &QueryOptions) -> Result<usize, Error> {
    let answer = engine.query(&Access::everything(), query, options).await?;
    let batches: Vec<_> = answer.try_collect().await?;
    Ok(batches.iter().map(|batch| batch.num_rows()).sum())
}

async fn failure(engine: &Engine, query: &str) -> Error {
    rows(engine, query, &QueryOptions::default())
        .await
        .unwrap_err()
}

const SORTED: &str = "select max(r) from (select row_number() over (order by value desc, value % 7) as r \
     from generate_series(1, 1000000))";
const JOINED: &str = "select count(*) from generate_series(1, 1000000) a \
     join generate_series(1, 1000000) b on a.value = b.value and a.value + b.value > 7";

#[tokio::test]
async fn memory_of_one_query() {
    let (engine, _kept) = engine(Settings {
        query_memory: 8 << 20,
        ..Settings::default()
    })
    .await;
    // It spills, and gives the same.
    let all = QueryOptions::default();
    assert_eq!(rows(&engine, SORTED, &all).await.unwrap(), 1);
    let groups = "select value % 500000 as g, count(*), max(value) from \
                  generate_series(1, 1000000) group by g";
    assert_eq!(rows(&engine, groups, &all).await.unwrap(), 500_000);
    match failure(&engine, JOINED).await {
        Error::Exhausted(text) => {
            assert!(text.contains("more than 8m of memory"), "{text}");
            assert!(text.contains("sql_query_memory"), "{text}");
        }
        other => panic!("{other:?}"),
    }
    // The others are not touched.
    assert_eq!(rows(&engine, "select 1", &all).await.unwrap(), 1);
}

/// What lies between two operators goes to files when memory is short. See
/// `max_spill_file_size_bytes` in `engine.rs`.
#[tokio::test]
async fn operators_that_spill_between_them_do_not_wait_without_end() {
    let (engine, _kept) = engine(Settings {
        query_memory: 2 << 20,
        batch_rows: 64,
        ..Settings::default()
    })
    .await;
    let groups = "select value % 13 as g, count(distinct md5(cast(value % 337 as varchar))) \
                  from generate_series(1, 40000) group by g";
    let options = QueryOptions {
        time_limit: Some(Duration::from_secs(60)),
        ..QueryOptions::default()
    };
    for _ in 0..12 {
        match rows(&engine, groups, &options).await {
            Ok(count) => assert_eq!(count, 13),
            Err(Error::Exhausted(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn memory_of_all() {
    let (engine, _kept) = engine(Settings {
        memory: 4 << 20,
        ..Settings::default()
    })
    .await;
    match failure(&engine, JOINED).await {
        Error::Exhausted(text) => {
            assert!(
                text.contains("more than 4m") && text.contains("setting sql_memory"),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn spill() {
    let (engine, _kept) = engine(Settings {
        query_memory: 8 << 20,
        spill: 1 << 19,
        ..Settings::default()
    })
    .await;
    match failure(&engine, SORTED).await {
        Error::Exhausted(text) => {
            assert!(
                text.contains("512.0 KB") && text.contains("sql_spill"),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn spilled_files_are_where_they_should_be_and_go() {
    let spill = tempfile::tempdir().unwrap();
    let (engine, _kept) = engine(Settings {
        query_memory: 8 << 20,
        spill_directory: Some(spill.path().into()),
        ..Settings::default()
    })
    .await;
    let files = || {
        let mut open = vec![spill.path().to_owned()];
        let mut files = 0;
        while let Some(directory) = open.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    files += 1;
                }
            }
        }
        files
    };
    let query = format!("select value from {ENDLESS} order by value desc");
    let options = QueryOptions::default();
    let running = engine.query(&Access::everything(), &query, &options).await;
    let mut running = running.unwrap();
    let wait = async |what: &dyn Fn() -> bool| {
        for _ in 0..300 {
            if what() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    };
    let spilled = async { assert!(wait(&|| files() > 0).await) };
    tokio::select! {
        () = spilled => {}
        _ = running.next() => panic!("it has an end"),
    }
    drop(running);
    assert!(
        wait(&|| files() == 0).await,
        "what is spilled goes with its query"
    );
}

#[tokio::test]
async fn rows_of_an_answer() {
    let (engine, _kept) = engine(Settings {
        rows: Some(10_000),
        ..Settings::default()
    })
    .await;
    let all = QueryOptions::default();
    let query = |rows: u64| format!("select * from generate_series(1, {rows})");
    assert_eq!(rows(&engine, &query(10_000), &all).await.unwrap(), 10_000);
    match failure(&engine, &query(10_001)).await {
        Error::TooLarge(text) => {
            assert!(
                text.contains("more than 10000 rows") && text.contains("sql_rows"),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
    // What is read is not limited.
    let counted = "select count(*) from generate_series(1, 1000000)";
    assert_eq!(rows(&engine, counted, &all).await.unwrap(), 1);
}

#[tokio::test]
async fn time() {
    let (engine, _kept) = engine(Settings {
        time_limit: Some(Duration::from_millis(300)),
        ..Settings::default()
    })
    .await;
    let query = format!("select count(*) from {ENDLESS} where value < 0");
    match failure(&engine, &query).await {
        Error::TimedOut(text) => {
            assert!(
                text.contains("300ms") && text.contains("sql_timeout"),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
    let own = QueryOptions {
        time_limit: Some(Duration::from_millis(100)),
        ..QueryOptions::default()
    };
    match rows(&engine, &query, &own).await.unwrap_err() {
        Error::TimedOut(text) => assert!(text.contains("100ms, the limit that came"), "{text}"),
        other => panic!("{other:?}"),
    }
}

/// The time in which an answer waits for its reader is not the query's.
#[tokio::test]
async fn slow_readers_are_no_slow_queries() {
    let (engine, _kept) = engine(Settings {
        time_limit: Some(Duration::from_secs(2)),
        concurrency: Some(1),
        idle_limit: Duration::from_secs(30),
        ..Settings::default()
    })
    .await;
    let all = QueryOptions::default();
    let query = "select * from generate_series(1, 100000)";
    let answer = engine.query(&Access::everything(), query, &all).await;
    let mut answer = answer.unwrap();
    let mut read = 0;
    while let Some(batch) = answer.next().await {
        read += batch.unwrap().num_rows();
        if read < 40_000 {
            tokio::time::sleep(Duration::from_millis(700)).await;
            // It keeps nobody from computing meanwhile.
            assert_eq!(rows(&engine, "select 1", &all).await.unwrap(), 1);
        }
    }
    assert_eq!(read, 100_000);
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let (engine, _kept) = engine(Settings {
        idle_limit: Duration::from_millis(200),
        ..Settings::default()
    })
    .await;
    let all = QueryOptions::default();
    let query = format!("select * from {ENDLESS}");
    let answer = engine.query(&Access::everything(), &query, &all).await;
    let mut answer = answer.unwrap();
    answer.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let end = loop {
        match answer.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("it has an end"),
        }
    };
    match end {
        Error::Cancelled(text) => {
            assert!(
                text.contains("200ms") && text.contains("sql_idle_timeout"),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn queries_at_one_time() {
    let (engine, _kept) = engine(Settings {
        concurrency: Some(1),
        queue: 1,
        queue_limit: Duration::from_millis(200),
        ..Settings::default()
    })
    .await;
    let options = QueryOptions::default();
    let access = Access::everything();
    let busy = format!("select count(*) from {ENDLESS}");
    let mut first = engine.query(&access, &busy, &options).await.unwrap();
    let others = async {
        let (second, third) = futures::join!(
            rows(&engine, "select 2", &options),
            rows(&engine, "select 3", &options)
        );
        for (outcome, text) in [
            (second, "waited for 200ms"),
            (third, "1 queries run and 1 wait"),
        ] {
            match outcome.unwrap_err() {
                Error::Busy(told) => assert!(told.contains(text), "{told}"),
                other => panic!("{other:?}"),
            }
        }
    };
    tokio::select! {
        () = others => {}
        _ = first.next() => panic!("it has an end"),
    }
    drop(first);
    assert_eq!(rows(&engine, "select 4", &options).await.unwrap(), 1);
}

#[tokio::test]
async fn nobody_is_asked_for_a_billion_tables() {
    let (engine, _kept) = engine(Settings::default()).await;
    let mut query = "with t0 as (select * from models)".to_owned();
    for time in 1..40 {
        let before = time - 1;
        query += &format!(
            ", t{time} as (select a.model_id from t{before} a join t{before} b using (model_id))"
        );
    }
    match failure(&engine, &(query + " select count(*) from t39")).await {
        Error::TooLarge(text) => assert!(text.contains("more than 1000 tables"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn functions_that_make_much_of_little() {
    let (engine, _kept) = engine(Settings::default()).await;
    for query in [
        "select range(0, 10000000000)",
        "select generate_series(0, -10000000000, -1)",
        "select range(timestamp '2000-01-01', timestamp '2030-01-01', interval '1 microsecond')",
        "select sum(cardinality(range(value, value + 100000))) from generate_series(1, 100000)",
        "select sum(cardinality(range(1, value))) from generate_series(1, 1000000)",
        "select repeat('xy', 1000000000)",
        "select max(repeat('x', cast(value as int) * 1000)) from generate_series(1, 100000)",
        "select array_repeat(1, 5000000000)",
        "select array_resize([1], 5000000000)",
    ] {
        match failure(&engine, query).await {
            Error::TooLarge(text) => assert!(text.contains("would make"), "{query}: {text}"),
            other => panic!("{query}: {other:?}"),
        }
    }
    let all = QueryOptions::default();
    for (query, count) in [
        ("select unnest(range(1, 1000001))", 1_000_000),
        (
            "select unnest(range(date '2026-01-01', date '2026-02-01', interval '1 day'))",
            31,
        ),
        ("select unnest(generate_series(10, 1, -3))", 4),
        (
            "select range(1, null), repeat(null, 3), array_repeat('x', 3), lpad('x', 3, '-')",
            1,
        ),
    ] {
        assert_eq!(rows(&engine, query, &all).await.unwrap(), count, "{query}");
    }
}

/// Each of these would be the end of the program if it went down as deep as it is told to.
#[tokio::test]
async fn long_chains() {
    let (engine, _kept) = engine(Settings::default()).await;
    let all = QueryOptions::default();
    for many in [1_990, 100_000] {
        let (sets, tables) = (many.min(490), many.min(490));
        let pairs = many.min(990);
        let mut nested = "with t0 as (select 1 as a)".to_owned();
        for level in 1..tables {
            nested += &format!(", t{level} as (select a from t{} where a > 0)", level - 1);
        }
        nested += &format!(" select * from t{}", tables - 1);
        let chained = |first: &str, part: &str| format!("select {first}{}", part.repeat(many));
        let queries = [
            ("or", chained("true", " or true")),
            ("sum", format!("select 1{}", " + 1".repeat(pairs))),
            ("text", format!("select ''{}", " || ''".repeat(pairs))),
            (
                "comparisons",
                format!("select 1 < 2{}", " and 1 < 2".repeat(pairs)),
            ),
            ("minus", format!("select {}1", "- ".repeat(many))),
            ("cast", chained("1", "::int")),
            ("element", chained("make_array(1)", "[1]")),
            ("null", chained("1", " is null")),
            (
                "function",
                format!("select {}1{}", "abs(".repeat(many), ")".repeat(many)),
            ),
            ("in", chained("1", " in (1)")),
            ("values", format!("select 1 in (1{})", ", -1".repeat(many))),
            (
                "union",
                format!("select 1{}", " union all select 1".repeat(sets)),
            ),
            ("with", nested),
        ];
        for (what, query) in queries {
            let outcome = rows(&engine, &query, &all).await;
            match outcome {
                Ok(_) | Err(Error::Invalid(_) | Error::Query(_) | Error::TooLarge(_)) => {}
                Err(other) => panic!("{what}: {other:?}"),
            }
        }
    }
}
