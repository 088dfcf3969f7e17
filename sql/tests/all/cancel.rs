//! Whoever goes away leaves no core busy, whatever the query does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use modeldb_sql::{Engine, QueryOptions, Settings, Threads};
use modeldb_warehouse::Access;

use crate::support::fixture::Fixture;

/// How long each query computes before it is left.
const HEAD_START: Duration = Duration::from_millis(250);
/// Within which it has to stop; what is wanted is a second, on a machine that does
/// nothing else.
const STOPPED: Duration = Duration::from_secs(5);
/// A thread that computes nothing for so long has stopped.
const QUIET: Duration = Duration::from_millis(200);

/// None of them ends by itself in any time. `big` has 10^12 rows, `some` a million.
const QUERIES: [(&str, &str); 27] = [
    ("scan", "select count(*) from big where value < 0"),
    (
        "answer",
        "select value from big where value % 100000007 = 0",
    ),
    ("cross join", "select count(*) from some a, big b"),
    (
        "loop without rows",
        "select count(*) from some a join some b on a.value + b.value < 0",
    ),
    (
        "loop, left",
        "select count(*) from some a left join some b on a.value + b.value < 0",
    ),
    (
        "loop, full",
        "select count(*) from some a full join some b on a.value + b.value < 0",
    ),
    (
        "loop, exists",
        "select count(*) from some a where exists (select 1 from some b where a.value + b.value < 0)",
    ),
    (
        "loop, not exists",
        "select count(*) from some a where not exists \
         (select 1 from some b where a.value + b.value < 0)",
    ),
    (
        "hash join with many rows",
        "select count(*) from some a join some b on a.value % 2 = b.value % 2",
    ),
    (
        "hash join without rows",
        "select count(*) from some a join some b on a.value % 2 = b.value % 2 and \
         a.value + b.value < 0",
    ),
    (
        "hash join, left",
        "select count(*) from some a left join some b on a.value % 2 = b.value % 2 and \
         a.value + b.value < 0",
    ),
    (
        "hash join, in",
        "select count(*) from big a where a.value % 2 in (select value % 2 from some)",
    ),
    (
        "hash join, not in",
        "select count(*) from some a where a.value % 2 not in (select value % 2 from big)",
    ),
    (
        "hash join, exists",
        "select count(*) from some a where exists (select 1 from some b where \
         a.value % 2 = b.value % 2 and a.value + b.value < 0)",
    ),
    ("groups", "select value, count(*) from big group by value"),
    ("distinct", "select count(distinct value % 1000) from big"),
    ("median", "select median(value) from big"),
    (
        "sort",
        "select value from big order by value % 1000007 desc",
    ),
    (
        "top",
        "select value from big order by value % 1000007 desc limit 10",
    ),
    ("offset", "select value from big offset 999999999999"),
    (
        "window",
        "select max(r) from (select row_number() over (order by value % 1000007) as r from big)",
    ),
    (
        "sliding window",
        "select max(m) from (select min(value) over (order by value rows between 10000 preceding \
         and current row) as m from big)",
    ),
    (
        "regular expression",
        "select count(*) from big where regexp_like(repeat('ab', 100) || value, '(a|b)*c+d')",
    ),
    (
        "recursion",
        "with recursive n as (select 1 as i union all select i + 1 from n) select max(i) from n",
    ),
    (
        "recursion without rows",
        "with recursive n as (select 1 as i union all select i from n) select max(i) from n \
         where i > 1",
    ),
    (
        "unnest",
        "select count(*) from (select unnest(range(1, 1000)) from big)",
    ),
    (
        "union",
        "select count(*) from (select value from big union select value from big)",
    ),
];

/// Processor time of the threads that run queries, so far.
fn busy() -> Duration {
    let mut ticks = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        // A thread may end meanwhile.
        let Ok(stat) = std::fs::read_to_string(task.unwrap().path().join("stat")) else {
            continue;
        };
        let (name, rest) = stat.rsplit_once(") ").unwrap();
        if name.ends_with("(query") {
            let fields: Vec<&str> = rest.split(' ').collect();
            ticks += fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        }
    }
    // Linux counts them in hundredths of a second.
    Duration::from_millis(ticks * 10)
}

/// How long it took until nothing was computed any more.
async fn until_quiet() -> Duration {
    let begun = Instant::now();
    let mut last = (busy(), Instant::now());
    while last.1.elapsed() < QUIET && begun.elapsed() < STOPPED * 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = busy();
        if now > last.0 {
            last = (now, Instant::now());
        }
    }
    last.1.duration_since(begun)
}

// The only test of this program with threads named so: limits.rs waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_stops() {
    let _alone = crate::QUERY_THREADS.write().await;
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::named("empty", directory.path()).await;
    let settings = Settings {
        partitions: Some(2),
        spill_directory: Some(directory.path().into()),
        ..Settings::default()
    };
    let engine = Engine::new(Arc::new(fixture), &settings).unwrap();
    let engine = engine.on(Threads::new(Some(2)).unwrap());
    let mut slow = Vec::new();
    for (what, query) in QUERIES {
        let query = query
            .replace("big", "generate_series(1, 1000000000000)")
            .replace("some", "generate_series(1, 1000000)");
        let before = busy();
        let answer = async {
            let options = QueryOptions::default();
            let mut answer = engine
                .query(&Access::everything(), &query, &options)
                .await
                .unwrap();
            while let Some(batch) = answer.next().await {
                batch.unwrap();
            }
        };
        let ended = tokio::time::timeout(HEAD_START, answer).await.is_ok();
        assert!(!ended, "{what} ended by itself");
        let took = until_quiet().await;
        assert!(busy() > before, "{what} computed nothing");
        eprintln!("{what}: {took:?}");
        if took > STOPPED {
            slow.push(what);
        }
    }
    assert!(slow.is_empty(), "they went on: {slow:?}");
}
