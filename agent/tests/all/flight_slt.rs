//! The `.slt` files of the SQL crate over Flight SQL, and what only a wire has:
//! codes, schemas, prepared statements, metadata.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow_flight::sql::client::FlightSqlServiceClient;
use arrow_flight::sql::{CommandGetDbSchemas, CommandGetTables, SqlInfo};
use arrow_flight::{FlightInfo, IpcMessage};
use futures::TryStreamExt;
use modeldb_agent::flight::{Client, service};
use modeldb_sql::{Engine, Settings};
use modeldb_warehouse::SystemEntropy;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::Code;
use tonic::transport::Channel;

use crate::fixture::Fixture;

struct Agent {
    url: String,
    _directory: tempfile::TempDir,
}

impl Agent {
    async fn start(name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let fixture = Fixture::named(name, directory.path()).await;
        let engine = Engine::new(Arc::new(fixture), &Settings::default()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let flight = service(Arc::new(engine), Arc::new(SystemEntropy));
        let server = tonic::transport::Server::builder().add_service(flight);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Self {
            url,
            _directory: directory,
        }
    }

    async fn plain(&self) -> FlightSqlServiceClient<Channel> {
        let channel = Channel::from_shared(self.url.clone()).unwrap();
        FlightSqlServiceClient::new(channel.connect().await.unwrap())
    }
}

struct OverFlight(Client);

impl crate::slt::Database for OverFlight {
    async fn query(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), String> {
        let answer = self.0.query(sql).await.map_err(|error| error.to_string())?;
        let schema = answer.schema();
        let batches = answer.try_collect().await;
        Ok((schema, batches.map_err(|error| error.to_string())?))
    }
}

async fn check(name: &str) {
    let agent = Agent::start(name).await;
    let client = OverFlight(Client::connect(&agent.url).await.unwrap());
    crate::slt::check(&client, name).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warehouse_with_rows() {
    check("full").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_larger_questions() {
    check("meta").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_warehouse() {
    check("empty").await;
}

/// All rows of where `info` points to.
async fn rows(client: &mut FlightSqlServiceClient<Channel>, info: FlightInfo) -> RecordBatch {
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let schema = Arc::new(info.try_decode_schema().unwrap());
    let stream = client.do_get(ticket).await.unwrap();
    let batches: Vec<RecordBatch> = stream.try_collect().await.unwrap();
    for batch in &batches {
        assert_eq!(batch.schema(), schema, "what was promised");
    }
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    let column = batch.column_by_name(column).unwrap().as_string::<i32>();
    column.iter().map(|text| text.unwrap().to_owned()).collect()
}

fn code(error: arrow_flight::error::FlightError) -> (Code, String) {
    match error {
        arrow_flight::error::FlightError::Tonic(status) => {
            (status.code(), status.message().to_owned())
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn failures_have_codes_and_texts_for_people() {
    let agent = Agent::start("full").await;
    let mut client = agent.plain().await;
    for query in [
        "select nmae from metrics",
        "drop table runs",
        "selec",
        "",
        "select $1 + 1 +",
    ] {
        let error = client.execute(query.into(), None).await.unwrap_err();
        let (code, text) = code(error);
        assert_eq!(code, Code::InvalidArgument, "{query}: {text}");
        assert!(
            !text.contains("Error(") && !text.contains("Diagnostic"),
            "{text}"
        );
    }
    // While it runs.
    let info = client
        .execute("select 1 / (step - step) from metrics".into(), None)
        .await
        .unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let error = match client.do_get(ticket).await {
        Err(error) => error,
        Ok(stream) => stream.try_collect::<Vec<_>>().await.unwrap_err(),
    };
    assert_eq!(
        code(error),
        (Code::InvalidArgument, "division by zero".into())
    );
}

#[tokio::test]
async fn a_ticket_is_no_way_around_what_is_refused() {
    let agent = Agent::start("full").await;
    let mut client = agent.plain().await;
    let (harmless, forged) = ("select 'only letters here'", "copy models to '/tmp/neve'");
    assert_eq!(harmless.len(), forged.len());
    let info = client.execute(harmless.into(), None).await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap().ticket;
    let at = ticket
        .windows(harmless.len())
        .position(|part| part == harmless.as_bytes());
    let mut bytes = ticket.to_vec();
    bytes[at.unwrap()..][..forged.len()].copy_from_slice(forged.as_bytes());
    for (ticket, told) in [
        (bytes, "COPY is refused"),
        (b"\xff\xff".to_vec(), "this is no ticket of Flight SQL"),
        (Vec::new(), "this is no ticket of Flight SQL"),
    ] {
        let error = client
            .do_get(arrow_flight::Ticket::new(ticket))
            .await
            .unwrap_err();
        let (code, text) = code(error);
        assert_eq!(code, Code::InvalidArgument);
        assert!(text.starts_with(told), "{text}");
    }
}

#[tokio::test]
async fn prepared_statements() {
    let agent = Agent::start("full").await;
    let mut client = agent.plain().await;

    let mut plain = client
        .prepare("select count(*) as n from models".into(), None)
        .await
        .unwrap();
    assert_eq!(plain.dataset_schema().unwrap().field(0).name(), "n");
    assert!(plain.parameter_schema().unwrap().fields().is_empty());
    let info = plain.execute().await.unwrap();
    let answer = rows(&mut client, info).await;
    assert_eq!(answer.column(0).as_primitive::<Int64Type>().value(0), 3);
    plain.close().await.unwrap();

    for query in [
        "select name, step from metrics where step = $1 and name = $2",
        "select name, step from metrics where step = ? and name = ?",
    ] {
        let mut prepared = client.prepare(query.into(), None).await.unwrap();
        let parameters = prepared.parameter_schema().unwrap();
        let types: Vec<String> = parameters
            .fields()
            .iter()
            .map(|f| f.data_type().to_string())
            .collect();
        assert_eq!(types, ["Int64", "Utf8"]);
        for step in [3, 70] {
            let row = RecordBatch::try_from_iter([
                (
                    "$1",
                    Arc::new(Int64Array::from(vec![step])) as Arc<dyn Array>,
                ),
                ("$2", Arc::new(StringArray::from(vec!["loss"]))),
            ]);
            prepared.set_parameters(row.unwrap()).unwrap();
            let info = prepared.execute().await.unwrap();
            let answer = rows(&mut client, info).await;
            assert_eq!(answer.num_rows(), 1);
            assert_eq!(answer.column(1).as_primitive::<Int64Type>().value(0), step);
        }
    }

    let mut unbound = client.prepare("select $1".into(), None).await.unwrap();
    let info = unbound.execute().await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let (code, text) = code(client.do_get(ticket).await.unwrap_err());
    assert_eq!(code, Code::InvalidArgument, "{text}");
}

#[tokio::test]
async fn what_there_is() {
    let agent = Agent::start("full").await;
    let mut client = agent.plain().await;

    let info = client.get_catalogs().await.unwrap();
    let catalogs = rows(&mut client, info).await;
    assert_eq!(texts(&catalogs, "catalog_name"), ["modeldb"]);

    let all = CommandGetDbSchemas {
        catalog: None,
        db_schema_filter_pattern: None,
    };
    let info = client.get_db_schemas(all).await.unwrap();
    let schemas = rows(&mut client, info).await;
    assert_eq!(
        texts(&schemas, "db_schema_name"),
        ["information_schema", "public"]
    );

    let some = CommandGetTables {
        catalog: None,
        db_schema_filter_pattern: Some("pub%".into()),
        table_name_filter_pattern: Some("m%".into()),
        table_types: vec![],
        include_schema: true,
    };
    let info = client.get_tables(some.clone()).await.unwrap();
    let tables = rows(&mut client, info).await;
    assert_eq!(
        texts(&tables, "table_name"),
        ["metrics", "model_summary", "models"]
    );
    assert_eq!(texts(&tables, "table_type"), ["TABLE", "VIEW", "TABLE"]);
    let encoded = tables
        .column_by_name("table_schema")
        .unwrap()
        .as_binary::<i32>();
    let schema: arrow::datatypes::Schema = IpcMessage(encoded.value(0).to_vec().into())
        .try_into()
        .unwrap();
    let expected = modeldb_warehouse::Relation::Metrics.schema();
    for (told, own) in schema.fields().iter().zip(expected.fields()) {
        assert_eq!(
            (told.name(), told.data_type()),
            (own.name(), own.data_type())
        );
        let remarks = told.metadata().get("ARROW:FLIGHT:SQL:REMARKS");
        assert_eq!(remarks, own.metadata().get("comment"), "{}", own.name());
    }
    assert_eq!(schema.fields().len(), expected.fields().len());

    let views = CommandGetTables {
        table_types: vec!["VIEW".into()],
        ..some
    };
    let info = client.get_tables(views).await.unwrap();
    let views = rows(&mut client, info).await;
    assert_eq!(texts(&views, "table_name"), ["model_summary"]);

    let info = client.get_table_types().await.unwrap();
    assert_eq!(
        texts(&rows(&mut client, info).await, "table_type"),
        ["TABLE", "VIEW"]
    );

    let name = vec![
        SqlInfo::FlightSqlServerName,
        SqlInfo::FlightSqlServerVersion,
    ];
    let info = client.get_sql_info(name).await.unwrap();
    assert_eq!(rows(&mut client, info).await.num_rows(), 2);
}

#[tokio::test]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}");
    let text = Client::connect(&url).await.unwrap_err().to_string();
    assert!(
        text.contains(&format!("no agent answers at {url}")),
        "{text}"
    );
    assert!(
        text.contains(&format!("modeldb serve --grpc {address}")),
        "{text}"
    );
    for wrong in ["localhost:7617", "https://localhost:7617", "http://a b"] {
        assert!(Client::connect(wrong).await.is_err(), "{wrong}");
    }
}
