//! A connection that is open: messages in, answers out.

use std::sync::Arc;

use crate::front::dialect::Postgres;
use modeldb_sql::split_in;
use pgwire::messages::PgWireFrontendMessage as Message;
use pgwire::messages::copy::{CopyDone, CopyOutResponse};
use pgwire::messages::data::{NoData, ParameterDescription};
use pgwire::messages::extendedquery::{
    Bind, BindComplete, Close, CloseComplete, Describe, Execute, Parse, ParseComplete,
    PortalSuspended, TARGET_TYPE_BYTE_PORTAL, TARGET_TYPE_BYTE_STATEMENT,
};
use pgwire::messages::response::{
    CommandComplete, EmptyQueryResponse, ReadyForQuery, TransactionStatus,
};
use postgres_types::Type;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::command::Command;
use crate::copy::CopyOptions;
use crate::encode::{Rows, data_row};
use crate::error::{Refusal, Result, Told, code, refuse};
use crate::io::Io;
use crate::limits::BATCH_MAX;
use crate::parameters;
use crate::session::{Outcome, Portal, Progress, Session, Statement};

/// A client that was let in.
#[derive(Debug)]
pub(crate) struct Connection<R, W> {
    pub(crate) io: Io<R, W>,
    pub(crate) session: Session,
    /// After an error, whatever comes before the next `Sync` is skipped.
    skips: bool,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Connection<R, W> {
    pub(crate) fn new(io: Io<R, W>, session: Session) -> Self {
        Self {
            io,
            session,
            skips: false,
        }
    }

    /// Answers until the client leaves or the server stops.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<()> {
        self.ready()?;
        self.io.flush().await?;
        loop {
            let message = tokio::select! {
                message = self.io.input.message() => message,
                _ = stop.wait_for(|stop| *stop) => {
                    let text = "terminating connection due to administrator command";
                    Err(Refusal::Fatal(Box::new(Told::new(code::STOPPING, text))))
                }
            };
            let handled = match message {
                Ok(Message::Terminate(_)) => return Ok(()),
                Ok(message) => self.handle(message).await,
                Err(refusal) => Err(refusal),
            };
            match handled {
                Ok(()) => {}
                Err(Refusal::Gone(error)) => return Err(Refusal::Gone(error)),
                Err(Refusal::Fatal(told)) => {
                    self.io.put(&told.response("FATAL"))?;
                    self.io.flush().await?;
                    return Err(Refusal::Fatal(told));
                }
                Err(Refusal::Told(told)) => {
                    self.failed(&told)?;
                    // Some clients go on only when they have seen it.
                    self.io.flush().await?;
                }
            }
        }
    }

    fn failed(&mut self, told: &Told) -> Result<()> {
        self.session.failed();
        self.io.put(&told.response("ERROR"))
    }

    fn ready(&mut self) -> Result<()> {
        self.session.tell_settings(&mut self.io)?;
        self.io.put(&ReadyForQuery::new(self.session.status))
    }

    async fn handle(&mut self, message: Message) -> Result<()> {
        if let Message::Sync(_) = message {
            self.skips = false;
            if self.session.status == TransactionStatus::Idle {
                self.session.close_portals();
            }
            self.ready()?;
            return self.io.flush().await;
        }
        if self.skips && message.is_extended_query() {
            return Ok(());
        }
        if let Message::Query(query) = message {
            self.skips = false;
            if let Err(refusal) = self.simple(&query.query).await {
                match refusal {
                    Refusal::Told(told) => self.failed(&told)?,
                    other => return Err(other),
                }
            }
            if self.session.status == TransactionStatus::Idle {
                self.session.close_portals();
            }
            self.ready()?;
            return self.io.flush().await;
        }
        let done = match message {
            Message::Parse(parse) => self.parse(parse).await,
            Message::Bind(bind) => self.bind(bind),
            Message::Describe(describe) => self.describe(&describe),
            Message::Execute(execute) => self.execute(&execute).await,
            Message::Close(close) => self.close(&close),
            Message::Flush(_) => self.io.flush().await,
            // Left over from a COPY that was refused.
            Message::CopyData(_) | Message::CopyDone(_) | Message::CopyFail(_) => Ok(()),
            other => Err(Refusal::Fatal(Box::new(Told::new(
                code::PROTOCOL,
                format!("unexpected message: {}", kind(&other)),
            )))),
        };
        self.skips = done.is_err();
        done
    }

    /// One statement after the other; the first failure ends it.
    async fn simple(&mut self, text: &str) -> Result<()> {
        let limit = self.session.settings().statement_timeout();
        self.io.begin(limit);
        let statements =
            split_in(&Postgres, text).map_err(|error| Told::of_engine(&error, text, 0))?;
        if statements.is_empty() {
            return self.io.put(&EmptyQueryResponse::new());
        }
        if statements.len() > BATCH_MAX {
            let text = format!("a query has at most {BATCH_MAX} statements");
            return Err(refuse(code::LIMIT, text));
        }
        for statement in statements {
            let offset = text[..statement.start].chars().count();
            let command =
                Command::read(&statement.text).map_err(|refusal| shifted(refusal, offset))?;
            self.session.check(&command)?;
            let statement = Arc::new(Statement {
                command,
                parameters: Vec::new(),
                columns: None,
            });
            let outcome = self
                .session
                .start(&statement, None, offset, &mut self.io)
                .await?;
            self.answer(outcome).await?;
        }
        Ok(())
    }

    /// Sends all of an outcome, rows with their description.
    async fn answer(&mut self, outcome: Outcome) -> Result<()> {
        match outcome {
            Outcome::Done(tag) => self.complete(tag),
            Outcome::Rows(mut rows, word) => {
                self.io.put(&rows.columns.description(&[]))?;
                let sent = self.send(&mut rows, &[], None).await?;
                self.complete(tagged(word, sent))
            }
            Outcome::Copy(rows, options) => self.copy(rows, &options).await,
            Outcome::Fetch {
                cursor,
                limit,
                moves,
            } => {
                if !moves && let Some(columns) = &self.session.portal(&cursor)?.statement.columns {
                    let description = columns.description(&[]);
                    self.io.put(&description)?;
                }
                self.fetch(&cursor, &[], limit, moves).await
            }
        }
    }

    fn complete(&mut self, tag: String) -> Result<()> {
        self.io.put(&CommandComplete::new(tag))
    }

    /// Sends rows as they come, at most `limit`; how many these were.
    async fn send(
        &mut self,
        rows: &mut Rows,
        formats: &[i16],
        limit: Option<usize>,
    ) -> Result<usize> {
        let zone = self.session.settings().zone();
        let explain = |error: &modeldb_sql::Error| Told::of_engine(error, "", 0);
        let mut sent = 0;
        let limit = limit.unwrap_or(usize::MAX);
        while sent < limit && self.io.until(rows.fill(explain)).await? {
            let output = &mut self.io.output;
            sent += rows.take(limit - sent, formats, zone, |row, cells| {
                data_row(row, cells, &mut output.buffer)?;
                Ok(!output.is_full())
            })?;
            if self.io.output.is_full() {
                self.io.send().await?;
            }
        }
        Ok(sent)
    }

    async fn fetch(
        &mut self,
        cursor: &str,
        formats: &[i16],
        limit: Option<usize>,
        moves: bool,
    ) -> Result<()> {
        let state = std::mem::take(&mut self.session.portal(cursor)?.state);
        let Progress::Rows(mut rows, word) = state else {
            self.session.portal(cursor)?.state = state;
            let text = format!("cursor \"{cursor}\" has no rows to fetch");
            return Err(refuse(code::CURSOR_STATE, text));
        };
        // A failure ends the cursor: its rows are lost.
        let count = if moves {
            self.skip(&mut rows, limit).await?
        } else {
            self.send(&mut rows, formats, limit).await?
        };
        self.session.portal(cursor)?.state = Progress::Rows(rows, word);
        self.complete(tagged(if moves { "MOVE" } else { "FETCH" }, count))
    }

    async fn skip(&mut self, rows: &mut Rows, limit: Option<usize>) -> Result<usize> {
        let explain = |error: &modeldb_sql::Error| Told::of_engine(error, "", 0);
        let limit = limit.unwrap_or(usize::MAX);
        let mut skipped = 0;
        while skipped < limit && self.io.until(rows.fill(explain)).await? {
            skipped += rows.skip(limit - skipped);
        }
        Ok(skipped)
    }

    async fn copy(&mut self, mut rows: Rows, options: &CopyOptions) -> Result<()> {
        let zone = self.session.settings().zone();
        let explain = |error: &modeldb_sql::Error| Told::of_engine(error, "", 0);
        let (columns, format) = (rows.columns.clone(), options.code());
        let count = i16::try_from(columns.0.len()).unwrap_or(i16::MAX);
        let formats = vec![format; columns.0.len()];
        self.io
            .put(&CopyOutResponse::new(format as i8, count, formats))?;
        options.head(&columns.0, &mut self.io.output.buffer);
        let mut sent = 0;
        while self.io.until(rows.fill(explain)).await? {
            let output = &mut self.io.output;
            let mut is_first = sent == 0;
            sent += rows.take(usize::MAX, &[format], zone, |row, cells| {
                options.row(is_first, row, cells, &mut output.buffer)?;
                is_first = false;
                Ok(!output.is_full())
            })?;
            if self.io.output.is_full() {
                self.io.send().await?;
            }
        }
        options.tail(sent == 0, &mut self.io.output.buffer);
        self.io.put(&CopyDone::new())?;
        self.complete(tagged("COPY", sent))
    }

    async fn parse(&mut self, parse: Parse) -> Result<()> {
        let limit = self.session.settings().statement_timeout();
        self.io.begin(limit);
        let name = parse.name.unwrap_or_default();
        let given = parse.type_oids.iter().map(|oid| match oid {
            0 => Ok(Type::UNKNOWN),
            oid => Type::from_oid(*oid).ok_or_else(|| {
                refuse(
                    code::NO_OBJECT,
                    format!("there is no type with the OID {oid}"),
                )
            }),
        });
        let given: Vec<Type> = given.collect::<Result<_>>()?;
        let statements = split_in(&Postgres, &parse.query)
            .map_err(|error| Told::of_engine(&error, &parse.query, 0))?;
        if statements.len() > 1 {
            let text = "cannot insert multiple commands into a prepared statement";
            return Err(refuse(code::SYNTAX, text));
        }
        // Nothing is a statement, too.
        let statement = match statements.first() {
            None => Statement {
                command: Command::Query(crate::command::Inner {
                    text: String::new(),
                    start: 0,
                }),
                parameters: Vec::new(),
                columns: None,
            },
            Some(statement) => {
                let offset = parse.query[..statement.start].chars().count();
                let command =
                    Command::read(&statement.text).map_err(|refusal| shifted(refusal, offset))?;
                self.session
                    .prepare(command, offset, &given, &mut self.io)
                    .await?
            }
        };
        if name.is_empty() {
            self.session.statements.remove(&name);
        }
        self.session.keep(name, statement)?;
        self.io.put(&ParseComplete::new())
    }

    fn bind(&mut self, bind: Bind) -> Result<()> {
        let statement = self
            .session
            .statement(bind.statement_name.as_deref().unwrap_or_default())?;
        self.session.check(&statement.command)?;
        let name = bind.portal_name.unwrap_or_default();
        let wanted = statement.parameters.len();
        if bind.parameters.len() != wanted {
            return Err(refuse(
                code::PROTOCOL,
                format!(
                    "bind message supplies {} parameters, but the prepared statement requires {wanted}",
                    bind.parameters.len()
                ),
            ));
        }
        let (formats, values) = (&bind.parameter_format_codes, &bind.parameters);
        let row = match wanted {
            0 => None,
            _ => Some(parameters::row(values, formats, &statement.parameters)?),
        };
        let formats = bind.result_column_format_codes;
        if let Some(format) = formats.iter().find(|format| !(0..=1).contains(*format)) {
            let text = format!("unsupported format code: {format}");
            return Err(refuse(code::PROTOCOL, text));
        }
        if name.is_empty() {
            self.session.portals.remove(&name);
        }
        let portal = Portal {
            statement,
            row,
            formats,
            state: Progress::New,
            is_cursor: false,
            hold: false,
        };
        self.session.open(name, portal)?;
        self.io.put(&BindComplete::new())
    }

    fn describe(&mut self, describe: &Describe) -> Result<()> {
        let name = describe.name.as_deref().unwrap_or_default();
        let (statement, formats) = match describe.target_type {
            TARGET_TYPE_BYTE_STATEMENT => {
                let statement = self.session.statement(name)?;
                let types = statement.parameters.iter().map(Type::oid).collect();
                self.io.put(&ParameterDescription::new(types))?;
                (statement, Vec::new())
            }
            TARGET_TYPE_BYTE_PORTAL => {
                let portal = self.session.portal(name)?;
                (portal.statement.clone(), portal.formats.clone())
            }
            other => {
                let text = format!("invalid DESCRIBE message subtype {other}");
                return Err(refuse(code::PROTOCOL, text));
            }
        };
        match self.session.columns_of(&statement)? {
            Some(columns) => self.io.put(&columns.description(&formats)),
            None => self.io.put(&NoData::new()),
        }
    }

    async fn execute(&mut self, execute: &Execute) -> Result<()> {
        let limit = self.session.settings().statement_timeout();
        self.io.begin(limit);
        let name = execute.name.as_deref().unwrap_or_default();
        let portal = self.session.portal(name)?;
        let (statement, formats) = (portal.statement.clone(), portal.formats.clone());
        let limit = usize::try_from(execute.max_rows)
            .ok()
            .filter(|max| *max > 0);
        if matches!(&statement.command, Command::Query(inner) if inner.text.is_empty()) {
            return self.io.put(&EmptyQueryResponse::new());
        }
        let (mut rows, word) = match std::mem::replace(&mut portal.state, Progress::Done) {
            Progress::Rows(rows, word) => (rows, word),
            Progress::Done => {
                let text = format!("portal \"{name}\" cannot be run anymore");
                return Err(refuse(code::CURSOR_SCROLL, text));
            }
            Progress::New => {
                let row = portal.row.take();
                let outcome = self
                    .session
                    .start(&statement, row.as_ref(), 0, &mut self.io)
                    .await?;
                match outcome {
                    Outcome::Rows(rows, word) => (rows, word),
                    Outcome::Fetch {
                        cursor,
                        limit,
                        moves,
                    } => {
                        return self.fetch(&cursor, &formats, limit, moves).await;
                    }
                    other => return self.answer(other).await,
                }
            }
        };
        let sent = self.send(&mut rows, &formats, limit).await?;
        if limit.is_none_or(|limit| sent < limit) {
            return self.complete(tagged(word, sent));
        }
        self.session.portal(name)?.state = Progress::Rows(rows, word);
        self.io.put(&PortalSuspended::new())
    }

    fn close(&mut self, close: &Close) -> Result<()> {
        let name = close.name.as_deref().unwrap_or_default();
        match close.target_type {
            TARGET_TYPE_BYTE_STATEMENT => drop(self.session.statements.remove(name)),
            TARGET_TYPE_BYTE_PORTAL => drop(self.session.portals.remove(name)),
            other => {
                let text = format!("invalid CLOSE message subtype {other}");
                return Err(refuse(code::PROTOCOL, text));
            }
        }
        self.io.put(&CloseComplete::new())
    }
}

fn tagged(word: &str, count: usize) -> String {
    match word {
        "EXPLAIN" | "SHOW" => word.to_owned(),
        word => format!("{word} {count}"),
    }
}

/// The same, in a text in which it comes later.
fn shifted(refusal: Refusal, offset: usize) -> Refusal {
    match refusal {
        Refusal::Told(mut told) => {
            told.position = told.position.map(|position| position + offset);
            Refusal::Told(told)
        }
        other => other,
    }
}

fn kind(message: &Message) -> &'static str {
    match message {
        Message::PasswordMessageFamily(_) => "a password, which was not asked for",
        Message::Startup(_) | Message::SslNegotiation(_) => "a second startup",
        _ => "it has no place here",
    }
}
