//! What the protocol promises: types both ways, cursors, transactions, codes, limits.

use std::time::{Duration, Instant};

use futures::TryStreamExt;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::Server;

/// The values of the rows of a simple query.
async fn texts(client: &Client, query: &str) -> Vec<Vec<Option<String>>> {
    let messages = client.simple_query(query).await;
    let messages = messages.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.map(|row| {
        (0..row.len())
            .map(|index| row.get(index).map(str::to_owned))
            .collect()
    })
    .collect()
}

async fn code(client: &Client, query: &str) -> String {
    let error = client
        .simple_query(query)
        .await
        .map(|_| ())
        .expect_err(query);
    error
        .code()
        .unwrap_or_else(|| panic!("{query}: {error}"))
        .code()
        .to_owned()
}

#[tokio::test]
async fn codes_and_places() {
    let server = Server::start("full").await;
    let client = server.client().await;
    for (query, expected) in [
        ("selec 1", "42601"),
        ("select * from nothing", "42P01"),
        ("select nmae from metrics", "42703"),
        ("select nothing(1)", "42883"),
        (
            "select model_id from models m join params p on true",
            "42702",
        ),
        ("select 1/0", "22012"),
        ("select 'x'::int", "22P02"),
        ("insert into models values (1)", "25006"),
        ("drop table models", "25006"),
        ("copy models to '/tmp/never'", "25006"),
        ("copy models from stdin", "25006"),
        ("create table t (a int)", "25006"),
        ("set nonsense = 1", "42704"),
        ("set timezone = 'Mars'", "22023"),
        ("show nonsense", "42704"),
        ("set datafusion.execution.batch_size = 1", "42704"),
        ("execute nothing", "26000"),
        ("fetch 1 from nothing", "34000"),
        ("declare c cursor for select 1", "25P01"),
        ("listen x", "0A000"),
        ("savepoint a", "25P01"),
    ] {
        assert_eq!(code(&client, query).await, expected, "{query}");
    }
    let error = client
        .simple_query("select 1; select 'é', nmae from metrics")
        .await;
    let error = error.map(|_| ()).unwrap_err();
    let place = error.as_db_error().unwrap().position().unwrap().clone();
    assert_eq!(place, tokio_postgres::error::ErrorPosition::Original(23));
    assert!(
        error
            .as_db_error()
            .unwrap()
            .hint()
            .unwrap()
            .contains("did you mean name?")
    );
}

#[tokio::test]
async fn names_of_columns() {
    let server = Server::start("full").await;
    let client = server.client().await;
    let statement = client
        .prepare("select avg(value), count(*), 1, 1, current_user, session_user, value as x, step from metrics group by value, step")
        .await
        .unwrap();
    let names: Vec<&str> = statement
        .columns()
        .iter()
        .map(|column| column.name())
        .collect();
    assert_eq!(
        names,
        [
            "avg",
            "count",
            "?column?",
            "?column?",
            "current_user",
            "session_user",
            "x",
            "step"
        ]
    );
    let types: Vec<Type> = statement
        .columns()
        .iter()
        .map(|c| c.type_().clone())
        .collect();
    assert_eq!(types[..3], [Type::FLOAT8, Type::INT8, Type::INT8]);
}

#[tokio::test]
async fn parameters() {
    let server = Server::start("full").await;
    let client = server.client().await;
    // What the query tells.
    let statement = client
        .prepare("select name from metrics where step = $1 limit $2")
        .await
        .unwrap();
    assert_eq!(statement.params(), [Type::INT8, Type::INT8]);
    let rows = client.query(&statement, &[&3i64, &1i64]).await.unwrap();
    assert_eq!(rows.len(), 1);
    // What it does not tell is text.
    let row = client.query_one("select $1", &[&"é"]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "é");
    // What the client tells.
    let types = [
        Type::INT4,
        Type::FLOAT8,
        Type::BOOL,
        Type::TIMESTAMPTZ,
        Type::BYTEA,
    ];
    let statement = client
        .prepare_typed("select $1, $2, $3, $4, $5", &types)
        .await
        .unwrap();
    let moment = std::time::UNIX_EPOCH + Duration::from_micros(1_777_802_400_000_001);
    let bytes: &[u8] = &[0, 255];
    let row = client
        .query_one(
            &statement,
            &[&7i32, &f64::NEG_INFINITY, &true, &moment, &bytes],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, i32>(0), 7);
    assert_eq!(row.get::<_, f64>(1), f64::NEG_INFINITY);
    assert!(row.get::<_, bool>(2));
    assert_eq!(row.get::<_, std::time::SystemTime>(3), moment);
    assert_eq!(row.get::<_, &[u8]>(4), bytes);
    // Lists.
    let names: Vec<&str> = vec!["accuracy", "loss"];
    let rows = client
        .query(
            "select distinct name from metrics where name = any($1)",
            &[&names],
        )
        .await;
    assert_eq!(rows.unwrap().len(), 2);
    let statement = client
        .prepare_typed("select $1", &[Type::INT4_ARRAY])
        .await
        .unwrap();
    let row = client
        .query_one(&statement, &[&vec![Some(1i32), None]])
        .await
        .unwrap();
    assert_eq!(row.get::<_, Vec<Option<i32>>>(0), [Some(1), None]);
    let none: Option<&str> = None;
    let row = client
        .query_one("select $1::text is null", &[&none])
        .await
        .unwrap();
    assert!(row.get::<_, bool>(0));
}

#[tokio::test]
async fn a_portal_is_read_piece_by_piece() {
    let server = Server::start("full").await;
    let mut client = server.client().await;
    let transaction = client.transaction().await.unwrap();
    let portal = transaction
        .bind(
            "select value from generate_series(1, 2500) as s(value)",
            &[],
        )
        .await
        .unwrap();
    let mut sizes = Vec::new();
    loop {
        let rows = transaction.query_portal(&portal, 1000).await.unwrap();
        sizes.push(rows.len());
        if rows.len() < 1000 {
            break;
        }
    }
    assert_eq!(sizes, [1000, 1000, 500]);
    transaction.rollback().await.unwrap();
}

#[tokio::test]
async fn cursors() {
    let server = Server::start("full").await;
    let client = server.client().await;
    texts(
        &client,
        "begin; declare c no scroll cursor for select v from generate_series(1, 5) as s(v)",
    )
    .await;
    assert_eq!(texts(&client, "fetch 2 from c").await.len(), 2);
    assert_eq!(texts(&client, "move 1 in c").await.len(), 0);
    // The extended protocol knows the columns of a FETCH.
    let statement = client.prepare("fetch forward 1 from c").await.unwrap();
    assert_eq!(statement.columns()[0].name(), "v");
    let row = client.query_one(&statement, &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 4);
    assert_eq!(
        texts(&client, "fetch all c").await,
        [[Some("5".to_owned())]]
    );
    assert_eq!(texts(&client, "fetch all c").await.len(), 0);
    assert_eq!(code(&client, "fetch backward 1 from c").await, "55000");
    texts(
        &client,
        "rollback; begin; declare h cursor with hold for select 1; commit",
    )
    .await;
    assert_eq!(texts(&client, "fetch 1 h; close h").await.len(), 1);
    assert_eq!(code(&client, "fetch 1 h").await, "34000");
}

#[tokio::test]
async fn transactions() {
    let server = Server::start("full").await;
    let client = server.client().await;
    texts(&client, "begin").await;
    assert_eq!(code(&client, "select nope").await, "42703");
    assert_eq!(code(&client, "select 1").await, "25P02");
    assert_eq!(code(&client, "savepoint a").await, "25P02");
    texts(&client, "rollback").await;
    texts(&client, "begin; savepoint a").await;
    assert_eq!(code(&client, "select nope").await, "42703");
    texts(&client, "rollback to a; select 1; release a; commit").await;
    assert_eq!(code(&client, "begin; rollback to b").await, "3B001");
    texts(&client, "rollback").await;
    // The first failure ends what was sent together.
    assert_eq!(
        code(
            &client,
            "set application_name = 'one'; select nope; set application_name = 'two'"
        )
        .await,
        "42703"
    );
    assert_eq!(
        texts(&client, "show application_name").await,
        [[Some("one".to_owned())]]
    );
}

#[tokio::test]
async fn settings() {
    let server = Server::start("full").await;
    let client = server.client().await;
    let other = server.client().await;
    let moment = "select timestamptz '2026-05-03 10:00:00+00'";
    texts(&client, "set time zone 'Asia/Kolkata'").await;
    assert_eq!(
        texts(&client, moment).await,
        [[Some("2026-05-03 15:30:00+05:30".to_owned())]]
    );
    assert_eq!(
        texts(&other, moment).await,
        [[Some("2026-05-03 10:00:00+00".to_owned())]]
    );
    texts(&client, "reset timezone").await;
    assert_eq!(
        texts(&client, moment).await,
        [[Some("2026-05-03 10:00:00+00".to_owned())]]
    );
    assert!(texts(&client, "show all").await.len() > 50);
    texts(&client, "prepare p (int, text) as select $1 + 1, $2").await;
    assert_eq!(
        texts(&client, "execute p(1 + 1, 'x')").await,
        [[Some("3".to_owned()), Some("x".to_owned())]]
    );
    assert_eq!(code(&other, "execute p(1, 'x')").await, "26000");
    texts(&client, "discard all").await;
    assert_eq!(code(&client, "execute p(1, 'x')").await, "26000");
}

#[tokio::test]
async fn copies() {
    let server = Server::start("full").await;
    let client = server.client().await;
    let copied = async |query: &str| {
        let stream = client.copy_out(query).await.unwrap();
        let parts: Vec<_> = stream.try_collect().await.unwrap();
        parts.concat()
    };
    let query = "copy (select 'a,b' as x, null::int as y, array[1, 2] as z) to stdout";
    assert_eq!(copied(query).await, b"a,b\t\\N\t{1,2}\n");
    let csv = copied(&format!("{query} (format csv, header)")).await;
    assert_eq!(csv, b"x,y,z\n\"a,b\",,\"{1,2}\"\n");
    let binary = copied(&format!("{query} (format binary)")).await;
    assert!(binary.starts_with(b"PGCOPY\n\xff\r\n\0") && binary.ends_with(&[0xff, 0xff]));
    let lines = copied("copy models (model_id) to stdout").await;
    assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 3);
}

/// A query that computes for long and gives no row.
const LONG: &str =
    "select count(*) from range(30000) a, range(1000000000) b where a.value + b.value < 0";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_ends_when_it_is_cancelled_or_late() {
    let server = Server::start("empty").await;
    let client = server.client().await;
    let token = client.cancel_token();
    let began = Instant::now();
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        token.cancel_query(NoTls).await.unwrap();
    };
    let (answer, ()) = tokio::join!(client.simple_query(LONG), cancel);
    let error = answer.map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    // A cancel that comes when nothing runs cancels nothing.
    client.cancel_token().cancel_query(NoTls).await.unwrap();
    // The client does not wait until the server has read it.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(texts(&client, "select 1").await.len(), 1);

    texts(&client, "set statement_timeout = 300").await;
    let began = Instant::now();
    assert_eq!(code(&client, LONG).await, "57014");
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    let error = client.query(LONG, &[]).await.map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
    texts(&client, "reset statement_timeout; select 1").await;
}

#[tokio::test]
async fn one_client_has_so_many_statements() {
    let server = Server::start("empty").await;
    let client = server.client().await;
    let mut kept = Vec::new();
    for _ in 0..modeldb_postgres::limits::STATEMENTS_MAX {
        kept.push(client.prepare("show timezone").await.unwrap());
    }
    let error = client
        .prepare("show timezone")
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.code().unwrap().code(), "54000");
}

#[tokio::test]
async fn what_is_no_message_ends_only_its_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::start("empty").await;
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0, 0, 0, 8, 0, 3, 0, 0],
        &[0xff; 64],
        &[0, 0, 0, 9, 0, 3, 0, 0, b'x'],
    ] {
        let address = ("127.0.0.1", server.port);
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
    }
    assert_eq!(texts(&server.client().await, "select 1").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_stops() {
    let mut server = Server::start("empty").await;
    let client = server.client().await;
    let long = tokio::spawn(async move { client.simple_query(LONG).await.map(|_| ()) });
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.stop();
    let ended = tokio::time::timeout(Duration::from_secs(5), long).await;
    assert!(ended.unwrap().unwrap().is_err());
}
