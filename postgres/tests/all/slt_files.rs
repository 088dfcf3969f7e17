//! The `.slt` files of the SQL crate over the wire, in both protocols.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use tokio_postgres::Client;

use crate::Server;
use crate::arrow_of::batch;

struct OverPostgres(Client);

/// What a client is told, message and hint.
fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => match error.hint() {
            Some(hint) => format!("{}\n{hint}", error.message()),
            None => error.message().to_owned(),
        },
        None => error.to_string(),
    }
}

impl crate::slt::Database for OverPostgres {
    async fn query(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), String> {
        // The simple protocol answers with as many rows, or with the same error.
        let simple = self.0.simple_query(sql).await;
        // As if nobody had asked before.
        let _ = self.0.simple_query("rollback").await;
        self.0.simple_query("discard all").await.unwrap();
        let statement = self.0.prepare(sql).await;
        let answer = async {
            let statement = statement?;
            // The client itself refuses to send a query with too few values.
            if let (false, Err(error)) = (statement.params().is_empty(), &simple) {
                return Ok(Err(told(error)));
            }
            let rows = self.0.query(&statement, &[]).await?;
            let names = statement.columns().iter();
            let names: Vec<_> = names
                .map(|c| (c.name().to_owned(), c.type_().clone()))
                .collect();
            Ok(Ok((names, rows)))
        };
        match (answer.await, simple) {
            (Ok(Err(error)), _) => Err(error),
            (Ok(Ok((names, rows))), Ok(simple)) => {
                let is_row = |m: &&tokio_postgres::SimpleQueryMessage| {
                    matches!(m, tokio_postgres::SimpleQueryMessage::Row(_))
                };
                assert_eq!(simple.iter().filter(is_row).count(), rows.len(), "{sql}");
                let (schema, batch) = batch(&names, &rows);
                Ok((schema, vec![batch]))
            }
            (Err(error), Err(simple)) => {
                let text: tokio_postgres::Error = error;
                assert_eq!(told(&text), told(&simple), "{sql}");
                Err(told(&text))
            }
            (Ok(_), Err(error)) => panic!("only the simple protocol fails: {}", told(&error)),
            // Several statements at once, which only the simple protocol takes.
            (Err(error), Ok(_)) => Err(told(&error)),
        }
    }

    fn name(&self) -> &'static str {
        "postgres"
    }

    /// Without the line and the caret: clients are told the place as a number.
    fn told(&self, error: &str) -> String {
        let mut lines: Vec<&str> = error.lines().collect();
        let is_place = |line: &&str| {
            let number = line
                .strip_prefix("line ")
                .and_then(|rest| rest.split_once(": "));
            number.is_some_and(|(number, _)| number.parse::<usize>().is_ok())
        };
        if let Some(at) = lines.iter().position(is_place) {
            lines.drain(at..=at + 1);
        }
        lines.join("\n")
    }
}

async fn check(name: &str) {
    let server = Server::start(name).await;
    crate::slt::check(&OverPostgres(server.client().await), name).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warehouse_with_rows() {
    check("full").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_warehouse() {
    check("empty").await;
}
