//! The queries that tools send, in `postgres/tests/tools`: each runs in both protocols.

use std::path::Path;

use crate::Server;

/// The queries of a file, which semicolons at the ends of lines separate.
fn queries(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let queries = text.split(";\n").map(|query| {
        let lines = query.lines().filter(|line| !line.starts_with("--"));
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    });
    queries.filter(|query| !query.is_empty()).collect()
}

async fn all_run(fixture: &str) {
    let server = Server::start(fixture).await;
    let client = server.client().await;
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools");
    let mut failures = String::new();
    let mut count = 0;
    for file in std::fs::read_dir(directory).unwrap() {
        let file = file.unwrap().path();
        for query in queries(&file) {
            count += 1;
            let simple = client.simple_query(&query).await.map(|_| ());
            let extended = client.query(&query, &[]).await.map(|_| ());
            if let Err(error) = simple.and(extended) {
                let told = error.as_db_error().map(|error| error.message().to_owned());
                let told = told.unwrap_or_else(|| error.to_string());
                let name = file.file_name().unwrap().display();
                failures.push_str(&format!("\n{name}: {query}\n  {told}\n"));
            }
        }
    }
    assert!(count > 100);
    assert!(failures.is_empty(), "{failures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_of_tools_run() {
    all_run("full").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_of_tools_run_on_an_empty_warehouse() {
    all_run("empty").await;
}

/// What drivers make of the answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_they_learn() {
    let server = Server::start("full").await;
    let client = server.client().await;
    let one = async |query: &str| -> String {
        let rows = client.simple_query(query).await;
        let rows = rows.unwrap_or_else(|error| panic!("{query}: {error:?}"));
        let row = rows.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        row.and_then(|row| row.get(0))
            .unwrap_or("nothing")
            .to_owned()
    };
    for (query, answer) in [
        (
            "select count(*) > 15 from pg_class where relnamespace = 'public'::regnamespace",
            "t",
        ),
        (
            "select 'models'::regclass::oid = oid from pg_class where relname = 'models'",
            "t",
        ),
        ("select 'public.models'::regclass", "models"),
        (
            "select oid::regclass from pg_class where relname = 'runs'",
            "runs",
        ),
        ("select 'int4'::regtype", "integer"),
        (
            "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'models'::regclass and attname = 'params'",
            "json",
        ),
        (
            "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'models'::regclass and attname = 'started_at'",
            "timestamp with time zone",
        ),
        (
            "select data_type from information_schema.columns where table_name = 'metrics' and column_name = 'value'",
            "double precision",
        ),
        (
            "select udt_name from information_schema.columns where table_name = 'models' and column_name = 'source_columns'",
            "_text",
        ),
        (
            "select obj_description('models'::regclass, 'pg_class')",
            "One row per fit.",
        ),
        (
            "select col_description('projects'::regclass, 1)",
            "The project's name.",
        ),
        (
            "select description from pg_description where objoid = 'runs'::regclass and objsubid = 1",
            "The run.",
        ),
        ("select current_user", "ann"),
        ("select current_database()", "modeldb"),
        ("select current_setting('server_version_num')", "160006"),
        ("select set_config('application_name', 'x', false)", "x"),
        ("select has_table_privilege('models', 'SELECT')", "t"),
        ("select has_table_privilege('models', 'INSERT')", "f"),
        ("select pg_size_pretty(123456789::bigint)", "118 MB"),
        ("select (array['a','b'])[2]", "b"),
        ("select typname from pg_type where oid = 1009", "_text"),
        ("select typinput from pg_type where oid = 23", "int4in"),
        ("select '{\"a\": {\"b\": 2}}'::json -> 'a' ->> 'b'", "2"),
        (
            "select to_char(timestamp '2026-05-03 14:07:09', 'YYYY-MM-DD HH24:MI:SS.US')",
            "2026-05-03 14:07:09.000000",
        ),
        (
            "select to_timestamp('2023-01-02 03:04:05.000000', 'YYYY-MM-DD HH24:MI:SS.US')",
            "2023-01-02 03:04:05+00",
        ),
        ("select to_timestamp(0)", "1970-01-01 00:00:00+00"),
        (
            "select timestamptz '2026-05-03 10:00:00+00' at time zone 'Europe/Berlin'",
            "2026-05-03 12:00:00",
        ),
        ("select 'a_c' like 'a/_c' escape '/'", "t"),
        ("select 'abc' like 'a/_c' escape '/'", "f"),
        ("select 'Infinity'::float8", "Infinity"),
        ("select array[1, null, 3]", "{1,NULL,3}"),
        ("select true::text || 1.5::text", "true1.5"),
        (
            "select count(*) from models where status = any('{finished,failed}')",
            "3",
        ),
        ("select count(*) from generate_series(1, 3)", "3"),
        ("select quote_ident('My Table')", "\"My Table\""),
        (
            "select count(*) from pg_settings where name = 'TimeZone'",
            "1",
        ),
        (
            "select timestamptz '2026-05-03 10:00:00Z'::text",
            "2026-05-03 10:00:00+00",
        ),
    ] {
        assert_eq!(one(query).await, answer, "{query}");
    }
}
