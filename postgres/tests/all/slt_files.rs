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
        let statement = self.0.prepare(sql).await;
        let answer = async {
            let statement = statement?;
            let rows = self.0.query(&statement, &[]).await?;
            let names = statement.columns().iter();
            let names: Vec<_> = names
                .map(|c| (c.name().to_owned(), c.type_().clone()))
                .collect();
            Ok((names, rows))
        };
        match (answer.await, simple) {
            (Ok((names, rows)), Ok(simple)) => {
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
            (Err(error), Ok(_)) => {
                panic!("only the extended protocol fails: {sql}: {}", told(&error))
            }
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
        if let Some(at) = lines.iter().position(|line| is_place(&line)) {
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
