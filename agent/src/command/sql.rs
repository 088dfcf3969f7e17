//! `modeldb sql`: questions to a warehouse or to an agent.

mod prompt;

use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Args;
use modeldb_sql::format::{WriteError, write};
use modeldb_sql::{Answer, Engine, Format, Pin, QueryOptions, Settings, Statement, Threads, split};
use modeldb_warehouse::{Access, Clock, Error, Micros, Reader, Result, Source};

use crate::flight::Client;

/// Bytes that are collected before they are written out.
const OUTPUT_BUFFER: usize = 64 << 10;

/// What is asked, of whom, and how the answer is written.
#[derive(Clone, Debug, Args)]
pub struct SqlArgs {
    /// The query, or several with semicolons between them; without it a prompt, or
    /// what comes in over standard input
    #[arg(value_name = "QUERY")]
    pub query: Option<String>,
    /// A file of queries; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "query")]
    pub file: Option<PathBuf>,
    /// How answers are written: table, csv, json (an object per line) or parquet
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// The warehouse to read; the one of the settings otherwise
    #[arg(long, value_name = "URL", conflicts_with = "connect")]
    pub warehouse: Option<String>,
    /// The agent to ask instead, e.g. http://127.0.0.1:7617
    #[arg(long, value_name = "URL")]
    pub connect: Option<String>,
}

/// Asks, and writes the answers to `out`.
///
/// `warehouse` and `limits` are those of the settings, `history` the file in which a prompt
/// keeps what was asked. Stops at the first query that fails; that nobody reads the
/// output any more is no failure.
pub async fn run(
    args: SqlArgs,
    warehouse: &str,
    limits: &Settings,
    clock: Arc<dyn Clock>,
    history: Option<&Path>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let is_terminal = std::io::stdout().is_terminal();
    if is_terminal && !args.format.is_text() {
        return Err(Error::Invalid(format!(
            "{} is not for a terminal: send it to a file, as in `modeldb sql … > answer.{}`",
            args.format.name(),
            args.format.name()
        )));
    }
    let script = Script::read(&args)?;
    let database = match &args.connect {
        Some(url) => Database::of(Answers::Agent(Box::new(Client::connect(url).await?))),
        None => {
            let warehouse = args.warehouse.as_deref().unwrap_or(warehouse);
            Database::files(Arc::new(Reader::open(warehouse, clock).await?), limits)?
        }
    };
    match script {
        Some(script) => script.run(&database, args.format, out).await,
        None => prompt::run(&database, args.format, history, out).await,
    }
}

/// Who answers, and as of when.
#[derive(Debug)]
pub(crate) struct Database {
    source: Answers,
    /// The statement that pins those after it to a moment, as it was given, and that moment.
    pinned: Mutex<Option<(String, Micros)>>,
}

#[derive(Debug)]
enum Answers {
    /// An engine in this process, over the files of a warehouse.
    Files(Box<Engine>),
    /// An agent.
    Agent(Box<Client>),
}

impl Database {
    /// Over `source`. Who asks here waits as long as they like, and has all the memory.
    pub(crate) fn files(source: Arc<dyn Source>, limits: &Settings) -> Result<Self> {
        let settings = Settings {
            query_memory: limits.memory,
            time_limit: None,
            idle_limit: Duration::MAX,
            ..limits.clone()
        };
        let engine = Engine::new(source, &settings)?;
        // Ctrl-C is heard on other threads than those that compute.
        let engine = engine.on(Threads::new(None)?);
        Ok(Self::of(Answers::Files(Box::new(engine))))
    }

    fn of(source: Answers) -> Self {
        Self {
            source,
            pinned: Mutex::default(),
        }
    }

    async fn query(&self, query: &str) -> modeldb_sql::Result<Answer> {
        let pinned = self.pinned().clone();
        match &self.source {
            Answers::Files(engine) => {
                let options = QueryOptions {
                    as_of: pinned.map(|(_, moment)| moment),
                    ..QueryOptions::default()
                };
                engine.query(&Access::everything(), query, &options).await
            }
            // An agent keeps nothing between queries.
            Answers::Agent(client) => match pinned {
                Some((pin, _)) => client.query(&format!("{pin}; {query}")).await,
                None => client.query(query).await,
            },
        }
    }

    fn pinned(&self) -> MutexGuard<'_, Option<(String, Micros)>> {
        self.pinned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the answer to `query`; one that pins has none, and counts for those after it.
    pub(crate) async fn answer(
        &self,
        query: &str,
        format: Format,
        out: &mut (dyn Write + Send),
    ) -> std::result::Result<(), WriteError> {
        if let Some(pin) = Pin::read(query)? {
            let moment = pin.moment();
            *self.pinned() = moment.map(|moment| (query.to_owned(), moment));
            return Ok(());
        }
        let answer = self.query(query).await?;
        let mut out = BufWriter::with_capacity(OUTPUT_BUFFER, out);
        let written = write(answer, format, &mut out).await;
        // What was written before a failure is the asker's too.
        out.flush()?;
        written.map(|_| ())
    }
}

/// Queries to be run one after the other.
#[derive(Debug)]
struct Script {
    /// Where they come from; nothing for the command line.
    origin: Option<String>,
    statements: Vec<Statement>,
}

impl Script {
    /// From the command line, a file, or standard input unless that is a terminal.
    fn read(args: &SqlArgs) -> Result<Option<Self>> {
        let stdin = |text: &mut String| {
            std::io::stdin()
                .read_to_string(text)
                .map_err(|error| Error::storage("read standard input", error))
        };
        let mut text = String::new();
        let origin = match (&args.query, &args.file) {
            (Some(query), _) => {
                text.clone_from(query);
                None
            }
            (None, Some(file)) if file.as_os_str() != "-" => {
                text = std::fs::read_to_string(file)
                    .map_err(|error| Error::storage(format!("read {}", file.display()), error))?;
                Some(file.display().to_string())
            }
            (None, file) => {
                if file.is_none() && std::io::stdin().is_terminal() {
                    return Ok(None);
                }
                stdin(&mut text)?;
                Some("standard input".to_owned())
            }
        };
        Self::parse(origin, &text, args.format).map(Some)
    }

    fn parse(origin: Option<String>, text: &str, format: Format) -> Result<Self> {
        let statements = split(text).map_err(Error::from);
        let statements = statements.map_err(|error| named(origin.as_deref(), error))?;
        let named = |text: String| named(origin.as_deref(), Error::Invalid(text));
        if statements.is_empty() {
            return Err(named("there is no query".into()));
        }
        let is_query = |statement: &&Statement| !matches!(Pin::read(&statement.text), Ok(Some(_)));
        let queries = statements.iter().filter(is_query).count();
        if format == Format::Parquet && queries > 1 {
            return Err(named(format!(
                "a Parquet file holds one answer, and there are {queries} queries"
            )));
        }
        Ok(Self { origin, statements })
    }

    async fn run(
        &self,
        database: &Database,
        format: Format,
        out: &mut (dyn Write + Send),
    ) -> Result<()> {
        for statement in &self.statements {
            match database.answer(&statement.text, format, out).await {
                Ok(()) => {}
                Err(error) if error.is_broken_pipe() => return Ok(()),
                Err(WriteError::Query(error)) => {
                    let origin = self.origin.as_ref();
                    let place = origin.map(|origin| match self.statements.len() {
                        1 => origin.clone(),
                        _ => format!("{origin}, the query at line {}", statement.line),
                    });
                    return Err(named(place.as_deref(), error.into()));
                }
                Err(WriteError::Output(error)) => {
                    return Err(Error::storage("write the answer", error));
                }
            }
        }
        Ok(())
    }
}

/// `error` with the place it is about in front.
fn named(place: Option<&str>, error: Error) -> Error {
    let Some(place) = place else {
        return error;
    };
    match error {
        Error::Invalid(text) => Error::Invalid(format!("{place}: {text}")),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: SqlArgs,
    }

    #[test]
    fn arguments_are_checked() {
        let parse = |args: &[&str]| Cli::try_parse_from([&["sql"], args].concat());
        let args = parse(&["select 1", "--format", "json"]).unwrap().args;
        assert_eq!(args.format, Format::Json);
        let error = parse(&["--format", "xml"]).unwrap_err().to_string();
        assert!(
            error.contains("accepted are table, csv, json, parquet"),
            "{error}"
        );
        assert!(parse(&["select 1", "-f", "x.sql"]).is_err());
        assert!(parse(&["--warehouse", "/w", "--connect", "http://h:1"]).is_err());
    }

    #[test]
    fn scripts_are_checked_before_they_run() {
        let parse = |text, format| Script::parse(Some("x.sql".into()), text, format);
        assert_eq!(
            parse("select 1; select 2;", Format::Csv)
                .unwrap()
                .statements
                .len(),
            2
        );
        let error = |text, format| parse(text, format).unwrap_err().to_string();
        assert_eq!(error("-- none\n", Format::Csv), "x.sql: there is no query");
        assert!(error("select 1; select 2", Format::Parquet).contains("one answer"));
        let pinned = "set modeldb.as_of = '2026-05-03'; select 1";
        assert!(parse(pinned, Format::Parquet).is_ok());
        assert!(error("select 'open", Format::Csv).starts_with("x.sql: syntax error"));
    }
}
