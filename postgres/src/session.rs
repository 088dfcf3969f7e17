//! One client's session: its settings, prepared statements, portals and transaction.

mod asking;
mod transactions;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{RecordBatch, StringArray};
use modeldb_sql::{Engine, Pin, QueryOptions};
use modeldb_warehouse::Access;
use pgwire::messages::response::TransactionStatus;
use pgwire::messages::startup::ParameterStatus;
use postgres_types::Type;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::catalog::Found;
use crate::command::{Command, Inner};
use crate::copy::CopyOptions;
use crate::encode::{Columns, Rows};
use crate::error::{Result, Told, code, refuse};
use crate::front::{Front, Identity};
use crate::io::Io;
use crate::limits::{PORTALS_MAX, STATEMENTS_MAX};
use crate::settings::Settings;
use crate::types;

/// Settings that queries read and may set, too.
pub(crate) type SharedSettings = Arc<Mutex<Settings>>;

/// A statement that was prepared.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) command: Command,
    pub(crate) parameters: Vec<Type>,
    /// What it answers; nothing for what has no rows, or whose rows others know.
    pub(crate) columns: Option<Columns>,
}

/// A statement with values for its parameters.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) statement: Arc<Statement>,
    pub(crate) row: Option<RecordBatch>,
    pub(crate) formats: Vec<i16>,
    pub(crate) state: Progress,
    /// Whether it was made by `DECLARE`.
    pub(crate) is_cursor: bool,
    /// Whether it outlives the transaction.
    pub(crate) hold: bool,
}

/// How far a portal is.
#[derive(Debug, Default)]
pub(crate) enum Progress {
    #[default]
    New,
    Rows(Rows, &'static str),
    Done,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done(String),
    /// Rows, and the word before their number in the end.
    Rows(Rows, &'static str),
    Copy(Rows, CopyOptions),
    /// Rows of a cursor, which keeps the others.
    Fetch {
        cursor: String,
        limit: Option<usize>,
        moves: bool,
    },
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Session {
    engine: Engine,
    /// The engine as this session sees it, and the zone it was made for.
    own: Option<(Engine, String)>,
    front: Arc<Front>,
    access: Access,
    settings: SharedSettings,
    pub(crate) statements: HashMap<String, Arc<Statement>>,
    pub(crate) portals: HashMap<String, Portal>,
    pub(crate) status: TransactionStatus,
    savepoints: Vec<String>,
    /// What the client was told of settings.
    told: BTreeMap<&'static str, String>,
}

impl Session {
    pub(crate) fn new(
        engine: Engine,
        access: Access,
        settings: Settings,
        identity: Identity,
        found: Arc<Found>,
    ) -> Self {
        let settings = Arc::new(Mutex::new(settings));
        Self {
            engine,
            own: None,
            front: Arc::new(Front::new(settings.clone(), identity, found)),
            access,
            settings,
            statements: HashMap::new(),
            portals: HashMap::new(),
            status: TransactionStatus::Idle,
            savepoints: Vec::new(),
            told: BTreeMap::new(),
        }
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the client which settings changed.
    pub(crate) fn tell_settings<R, W>(&mut self, io: &mut Io<R, W>) -> Result<()>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let now: BTreeMap<&'static str, String> = {
            let settings = self.settings();
            let told = settings.told().into_iter();
            told.map(|(name, value)| (name, value.to_owned())).collect()
        };
        for (name, value) in &now {
            if self.told.get(name) != Some(value) {
                io.put(&ParameterStatus::new((*name).to_owned(), value.clone()))?;
            }
        }
        self.told = now;
        Ok(())
    }

    /// The engine with this session's dialect and zone.
    fn engine(&mut self) -> Result<Engine> {
        let zone = self.settings().get("TimeZone")?.to_owned();
        if let Some((engine, made_for)) = &self.own
            && *made_for == zone
        {
            return Ok(engine.clone());
        }
        let engine = self.engine.behind(self.front.clone());
        let engine = engine.map_err(|error| Told::new(code::INTERNAL, error.to_string()))?;
        self.own = Some((engine.clone(), zone));
        Ok(engine)
    }

    /// How queries are asked, with such parameters.
    fn options(&self, types: &[Type]) -> Result<QueryOptions> {
        let pin = Pin::of_text(self.settings().get(crate::settings::AS_OF)?);
        let pin = pin.map_err(|error| refuse(code::BAD_SETTING, error.to_string()))?;
        Ok(QueryOptions {
            as_of: pin.moment(),
            parameter_types: types.iter().map(types::to_arrow).collect(),
            ..QueryOptions::default()
        })
    }

    /// What `inner`, which begins at `offset`, wants and answers. Types that are given
    /// are kept.
    async fn planned(
        &mut self,
        inner: &Inner,
        offset: usize,
        given: &[Type],
    ) -> Result<(Vec<Type>, Columns)> {
        let engine = self.engine()?;
        let options = self.options(given)?;
        let prepared = engine.prepare(&self.access, &inner.text, &options).await;
        let prepared =
            prepared.map_err(|error| Told::of_engine(&error, &inner.text, offset + inner.start))?;
        let fields = prepared.parameters.fields().iter().enumerate();
        let parameters = fields.map(|(index, field)| match given.get(index) {
            Some(kind) if *kind != Type::UNKNOWN && kind.oid() != 0 => kind.clone(),
            _ => types::of_field(field),
        });
        Ok((parameters.collect(), Columns::of(&prepared.schema)))
    }

    /// Prepares `command`, which begins at `offset` of what the client sent.
    pub(crate) async fn prepare<R, W>(
        &mut self,
        command: Command,
        offset: usize,
        given: &[Type],
        io: &mut Io<R, W>,
    ) -> Result<Statement>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        self.check(&command)?;
        let mut statement = Statement {
            parameters: Vec::new(),
            columns: None,
            command,
        };
        let inner = match &statement.command {
            Command::Query(inner) => inner.clone(),
            Command::Declare { query, .. } | Command::Copy { query, .. } => query.clone(),
            Command::Show(name) => {
                let (name, _) = self.settings().show(name).map(|(n, v)| (n, v.to_owned()))?;
                statement.columns = Some(Columns::of(&text_row(&[(&name, "")])?.schema()));
                return Ok(statement);
            }
            Command::ShowAll => {
                statement.columns = Some(Columns::of(&self.all_settings()?.schema()));
                return Ok(statement);
            }
            Command::Execute { name, .. } => {
                statement.columns = self.statement(name)?.columns.clone();
                return Ok(statement);
            }
            _ => return Ok(statement),
        };
        let is_query = matches!(statement.command, Command::Query(_));
        let (parameters, columns) = io.until(self.planned(&inner, offset, given)).await?;
        statement.parameters = parameters;
        statement.columns = is_query.then_some(columns);
        Ok(statement)
    }

    /// Refuses what may not follow a failure in a transaction.
    pub(crate) fn check(&self, command: &Command) -> Result<()> {
        if self.status == TransactionStatus::Error && !command.ends_transaction() {
            return Err(refuse(
                code::FAILED_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block",
            ));
        }
        Ok(())
    }

    pub(crate) fn statement(&self, name: &str) -> Result<Arc<Statement>> {
        self.statements.get(name).cloned().ok_or_else(|| {
            refuse(
                code::NO_STATEMENT,
                format!("prepared statement \"{name}\" does not exist"),
            )
        })
    }

    pub(crate) fn portal(&mut self, name: &str) -> Result<&mut Portal> {
        self.portals
            .get_mut(name)
            .ok_or_else(|| refuse(code::NO_CURSOR, format!("cursor \"{name}\" does not exist")))
    }

    /// Keeps a statement under a name.
    pub(crate) fn keep(&mut self, name: String, statement: Statement) -> Result<()> {
        if !name.is_empty() && self.statements.contains_key(&name) {
            let text = format!("prepared statement \"{name}\" already exists");
            return Err(refuse(code::TWO_STATEMENTS, text));
        }
        if self.statements.len() >= STATEMENTS_MAX && !self.statements.contains_key(&name) {
            let told = Told::new(
                code::LIMIT,
                format!("a connection has at most {STATEMENTS_MAX} prepared statements"),
            );
            return Err(told
                .hint("DEALLOCATE or close those that are not needed any more.")
                .into());
        }
        self.statements.insert(name, Arc::new(statement));
        Ok(())
    }

    /// Opens a portal under a name.
    pub(crate) fn open(&mut self, name: String, portal: Portal) -> Result<()> {
        if !name.is_empty() && self.portals.contains_key(&name) {
            let text = format!("cursor \"{name}\" already exists");
            return Err(refuse(code::TWO_CURSORS, text));
        }
        if self.portals.len() >= PORTALS_MAX {
            let text = format!("a connection has at most {PORTALS_MAX} open cursors and portals");
            return Err(Told::new(code::LIMIT, text)
                .hint("Close those that are read.")
                .into());
        }
        self.portals.insert(name, portal);
        Ok(())
    }

    /// The columns of a portal or cursor.
    pub(crate) fn columns_of(&self, statement: &Statement) -> Result<Option<Columns>> {
        match &statement.command {
            Command::Fetch {
                cursor,
                moves: false,
                ..
            } => {
                let portal = self.portals.get(cursor).ok_or_else(|| {
                    refuse(
                        code::NO_CURSOR,
                        format!("cursor \"{cursor}\" does not exist"),
                    )
                })?;
                Ok(portal.statement.columns.clone())
            }
            _ => Ok(statement.columns.clone()),
        }
    }

    /// Does what `statement` says; rows are left to be sent. What the client sent has
    /// it at `offset`.
    pub(crate) async fn start<R, W>(
        &mut self,
        statement: &Arc<Statement>,
        row: Option<&RecordBatch>,
        offset: usize,
        io: &mut Io<R, W>,
    ) -> Result<Outcome>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        self.check(&statement.command)?;
        let done = |tag: &str| Ok(Outcome::Done(tag.to_owned()));
        match &statement.command {
            Command::Query(inner) => {
                let rows = self.rows(inner, statement, row, offset, io).await?;
                Ok(Outcome::Rows(rows, tag(&inner.text)))
            }
            Command::Copy { query, options } => {
                let rows = self.rows(query, statement, row, offset, io).await?;
                Ok(Outcome::Copy(rows, options.clone()))
            }
            Command::Declare { name, hold, query } => {
                if self.status == TransactionStatus::Idle && !hold {
                    let text = "DECLARE CURSOR can only be used in transaction blocks";
                    return Err(refuse(code::NO_TRANSACTION, text));
                }
                let rows = self.rows(query, statement, row, offset, io).await?;
                let mut cursor = Statement::clone(statement);
                cursor.columns = Some(rows.columns.clone());
                self.open(
                    name.clone(),
                    Portal {
                        statement: Arc::new(cursor),
                        row: None,
                        formats: Vec::new(),
                        state: Progress::Rows(rows, "SELECT"),
                        is_cursor: true,
                        hold: *hold,
                    },
                )?;
                done("DECLARE CURSOR")
            }
            Command::Fetch {
                cursor,
                count,
                moves,
            } => {
                self.portal(cursor)?;
                Ok(Outcome::Fetch {
                    cursor: cursor.clone(),
                    limit: match count {
                        crate::command::Count::All => None,
                        crate::command::Count::Rows(rows) => Some(*rows),
                    },
                    moves: *moves,
                })
            }
            Command::Close(name) => {
                match name {
                    Some(name) => {
                        self.portal(name)?;
                        self.portals.remove(name);
                    }
                    None => self.portals.retain(|_, portal| !portal.is_cursor),
                }
                done(if name.is_some() {
                    "CLOSE CURSOR"
                } else {
                    "CLOSE CURSOR ALL"
                })
            }
            Command::Prepare { name, types, query } => {
                let kinds = types.iter().map(|name| {
                    types::named(name).ok_or_else(|| {
                        refuse(code::NO_OBJECT, format!("type \"{name}\" does not exist"))
                    })
                });
                let kinds: Vec<Type> = kinds.collect::<Result<_>>()?;
                let query = Command::Query(query.clone());
                let prepared = self.prepare(query, offset, &kinds, io).await?;
                self.keep(name.clone(), prepared)?;
                done("PREPARE")
            }
            Command::Execute { name, arguments } => {
                let prepared = self.statement(name)?;
                let row = self.arguments(&prepared, arguments, offset, io).await?;
                let row = (!prepared.parameters.is_empty()).then_some(&row);
                Box::pin(self.start(&prepared, row, 0, io)).await
            }
            Command::Deallocate(name) => {
                match name {
                    Some(name) => {
                        self.statement(name)?;
                        self.statements.remove(name);
                    }
                    None => self.statements.clear(),
                }
                done(if name.is_some() {
                    "DEALLOCATE"
                } else {
                    "DEALLOCATE ALL"
                })
            }
            Command::Show(name) => {
                let (name, value) = self.settings().show(name).map(|(n, v)| (n, v.to_owned()))?;
                Ok(Outcome::Rows(
                    Rows::of_batch(&text_row(&[(&name, &value)])?)?,
                    "SHOW",
                ))
            }
            Command::ShowAll => Ok(Outcome::Rows(
                Rows::of_batch(&self.all_settings()?)?,
                "SHOW",
            )),
            Command::Set { name, value, local } => {
                self.settings().set(name, value.as_deref(), *local)?;
                done("SET")
            }
            Command::SetTransaction => done("SET"),
            Command::Reset(name) => {
                self.settings().set(name, None, false)?;
                done("RESET")
            }
            Command::ResetAll => {
                self.settings().reset_all();
                done("RESET")
            }
            Command::Discard(tag) => done(tag),
            Command::DiscardAll => {
                if self.status != TransactionStatus::Idle {
                    let text = "DISCARD ALL cannot run inside a transaction block";
                    return Err(refuse("25001", text));
                }
                self.settings().reset_all();
                self.statements.clear();
                self.portals.clear();
                done("DISCARD ALL")
            }
            Command::Unlisten => done("UNLISTEN"),
            command => self.transaction(command, io).map(Outcome::Done),
        }
    }
}

/// The word that tells the end of a query's rows.
fn tag(query: &str) -> &'static str {
    let word = query
        .trim_start()
        .split(|c: char| !c.is_ascii_alphabetic())
        .next();
    match word.unwrap_or_default().to_uppercase().as_str() {
        "EXPLAIN" => "EXPLAIN",
        "SHOW" => "SHOW",
        _ => "SELECT",
    }
}

/// A row of texts.
fn text_row(values: &[(&str, &str)]) -> Result<RecordBatch> {
    let columns = values.iter().map(|(name, value)| {
        (
            *name,
            Arc::new(StringArray::from(vec![*value])) as arrow::array::ArrayRef,
        )
    });
    RecordBatch::try_from_iter(columns).map_err(|error| refuse(code::INTERNAL, error.to_string()))
}
