//! The engine: from a query's text to its answer.
//!
//! Each query reads one fresh view of the warehouse, in a session of its own: no
//! query can change what another sees. The limits of what all may use and the cache
//! of file footers are shared.

use std::sync::{Arc, OnceLock};

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ParamValues;
use datafusion::common::config::ConfigNonZeroUsize;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::logical_expr::registry::FunctionRegistry;
use datafusion::object_store::ObjectStore;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionConfig;
use datafusion::scalar::ScalarValue;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use modeldb_warehouse::{Access, Source};
use tokio::runtime::Handle;

use crate::answer::Answer;
use crate::blame::{self, Names};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::files::Cache;
use crate::front_end::FrontEnd;
use crate::functions::{self, Function, Lookup};
use crate::gate::{Gate, Slot};
use crate::interrupt::Interrupt;
use crate::memory::{QueryPool, Total};
use crate::options::QueryOptions;
use crate::pinned::unpin;
use crate::plain::{plain_batch, plain_schema};
use crate::run::{Ready, Task, run};
use crate::settings::Settings;
use crate::stores::Stores;
use crate::tables::{self, Table};
use crate::threads::Threads;
use crate::time::TimeLeft;
use crate::{
    CATALOG, SCHEMA, bounded, chain, extremes, measure, parameters, scalar, size, statement, typed,
    views,
};

/// Sorts of one query for which memory is kept back to merge what they spilled.
const SORTS_WITHIN_MEMORY: usize = 8;

/// How many rows of a hundred are thought to satisfy a condition of which nothing is known.
const FILTERED_PERCENT: u8 = 50;

/// Bytes of footers and page indexes that are kept, of files of all tables.
const FOOTERS_BYTES: usize = 128 << 20;

/// Answers queries over one warehouse.
///
/// A clone shares all limits with it.
///
/// Queries are planned and computed on the threads of [`Engine::on`]. A future of this,
/// or an [`Answer`], that is dropped ends its query.
#[derive(Clone)]
pub struct Engine {
    source: Arc<dyn Source>,
    base: SessionState,
    files: Arc<Cache>,
    settings: Settings,
    memory: Arc<Total>,
    gate: Gate,
    threads: Option<Arc<Threads>>,
    front_end: Option<Arc<dyn FrontEnd>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// A query that was planned but not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The schema that its answer will have.
    pub schema: SchemaRef,
    /// A field for each parameter, in order: `$1`, `$2`, .... Its type is that of
    /// text where the query does not tell.
    pub parameters: SchemaRef,
}

impl Engine {
    /// Over `source`, within `settings`.
    pub fn new(source: Arc<dyn Source>, settings: &Settings) -> Result<Self> {
        let spill = match &settings.spill_directory {
            Some(directory) => DiskManagerMode::Directories(vec![directory.clone()]),
            None => DiskManagerMode::OsTmpDirectory,
        };
        let spill = DiskManagerBuilder::default()
            .with_mode(spill)
            .with_max_temp_directory_size(settings.spill);
        let runtime = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(spill)
            .with_object_store_registry(Arc::new(Stores::default()))
            .with_metadata_cache_limit(FOOTERS_BYTES)
            .build_arc()
            .map_err(|error| Error::Unavailable(format!("cannot spill: {}", error.message())))?;
        let base = SessionStateBuilder::new()
            .with_config(config(settings))
            .with_runtime_env(runtime)
            .with_default_features()
            .build();
        let mut base = with_functions(base);
        for function in bounded::functions(&base) {
            base.register_udf(function)
                .map_err(|error| Error::Internal(error.to_string()))?;
        }
        Ok(Self {
            source,
            base,
            files: Arc::default(),
            settings: settings.clone(),
            memory: Arc::new(Total::new(settings.memory)),
            gate: Gate::new(settings),
            threads: None,
            front_end: None,
        })
    }

    /// The same, with queries on `threads` instead of those of whoever asks.
    #[must_use]
    pub fn on(self, threads: Threads) -> Self {
        Self {
            threads: Some(Arc::new(threads)),
            ..self
        }
    }

    /// The same, for those who come through `front_end`. It shares everything else.
    pub fn behind(&self, front_end: Arc<dyn FrontEnd>) -> Result<Self> {
        Ok(Self {
            base: front_end.session(self.base.clone())?,
            front_end: Some(front_end),
            ..self.clone()
        })
    }

    /// The tables and views that `access` may read, in the order of their names.
    pub async fn tables(&self, access: &Access) -> Result<Vec<Table>> {
        let list = async |session: Session| {
            let tables = match session.context.catalog(CATALOG) {
                Some(catalog) => tables::list(catalog.as_ref()).await,
                None => Ok(Vec::new()),
            };
            tables.map_err(|error| session.blame("", &error))
        };
        let turn = self.turn(access, &QueryOptions::default(), list).await?;
        Ok(turn.done)
    }

    /// The answer to `query`, over what is there now.
    pub async fn query(
        &self,
        access: &Access,
        query: &str,
        options: &QueryOptions,
    ) -> Result<Answer> {
        self.answer(access, query, None, options).await
    }

    /// The answer to `query` with the columns of `parameters`, which has one row,
    /// as `$1`, `$2`, ....
    pub async fn query_with(
        &self,
        access: &Access,
        query: &str,
        parameters: &RecordBatch,
        options: &QueryOptions,
    ) -> Result<Answer> {
        self.answer(access, query, Some(parameters), options).await
    }

    /// What `query` would answer and wants to know, without running it.
    pub async fn prepare(
        &self,
        access: &Access,
        query: &str,
        options: &QueryOptions,
    ) -> Result<Prepared> {
        let (text, options) = &unpin(query, options)?;
        let text = text.clone();
        let plan = async move |session: Session| {
            let plan = session.plan(&text).await?;
            Ok(Prepared {
                schema: plain_schema(plan.schema().as_arrow()),
                parameters: session.parameters(&plan, &text)?,
            })
        };
        Ok(self.turn(access, options, plan).await?.done)
    }

    /// The schema of the answer to `query` with `parameters`, without running it.
    pub async fn prepare_with(
        &self,
        access: &Access,
        query: &str,
        parameters: &RecordBatch,
        options: &QueryOptions,
    ) -> Result<SchemaRef> {
        let (text, options) = &unpin(query, options)?;
        let (text, parameters) = (text.clone(), parameters.clone());
        let plan = async move |session: Session| {
            let plan = session.bind(session.plan(&text).await?, &text, &parameters)?;
            Ok(plain_schema(plan.schema().as_arrow()))
        };
        Ok(self.turn(access, options, plan).await?.done)
    }

    async fn answer(
        &self,
        access: &Access,
        query: &str,
        parameters: Option<&RecordBatch>,
        options: &QueryOptions,
    ) -> Result<Answer> {
        let (text, options) = &unpin(query, options)?;
        let (text, parameters) = (text.clone(), parameters.cloned());
        let start = async move |session: Session| {
            let mut plan = session.plan(&text).await?;
            if let Some(parameters) = &parameters {
                plan = session.bind(plan, &text, parameters)?;
            }
            let schema = plain_schema(plan.schema().as_arrow());
            let stream = session.start(plan, &text).await?;
            Ok((schema, stream, session, text))
        };
        let turn = self.turn(access, options, start).await?;
        let (schema, plan, session, text) = turn.done;
        let outer = schema.clone();
        let query = Ready {
            plan,
            finish: Box::new(move |batch| {
                batch
                    .and_then(|batch| Ok(plain_batch(&batch, &schema)?))
                    .map_err(|error| session.blame(&text, &error))
            }),
            gate: self.gate.clone(),
            slot: turn.slot,
            time: turn.time,
            idle_limit: self.settings.idle_limit,
            rows_max: self.settings.rows,
        };
        Ok(Answer::new(
            outer,
            run(&self.runtime(), turn.interrupt, query),
        ))
    }

    /// What `work` makes of a session, when it is the query's turn.
    async fn turn<T, F>(
        &self,
        access: &Access,
        options: &QueryOptions,
        work: impl FnOnce(Session) -> F,
    ) -> Result<Turn<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let mut time = TimeLeft::new(options.time_limit, self.settings.time_limit);
        let interrupt = Interrupt::default();
        let slot = time.limit(self.gate.enter()).await??;
        let session = time
            .limit(self.session(access, options, &interrupt))
            .await??;
        let work = work(session);
        // The slot is free again when nothing is computed any more, not when nobody waits.
        let work = async move { (work.await, slot) };
        let mut task = Task::spawn(&self.runtime(), interrupt.clone(), work);
        let (done, slot) = time.limit(task.end()).await??;
        Ok(Turn {
            done: done?,
            slot,
            time,
            interrupt,
        })
    }

    fn runtime(&self) -> Handle {
        let own = self.threads.as_ref().and_then(|threads| threads.handle());
        own.unwrap_or_else(Handle::current)
    }

    async fn session(
        &self,
        access: &Access,
        options: &QueryOptions,
        interrupt: &Interrupt,
    ) -> Result<Session> {
        let mut view = self.source.view(access).await?;
        if let Some(moment) = options.as_of {
            view = view.at(moment).await?;
        }
        let base = self.base.runtime_env().as_ref().clone();
        let memory = QueryPool::new(self.settings.query_memory, self.memory.clone());
        let runtime = RuntimeEnv {
            object_store_registry: Arc::new(Stores::default()),
            memory_pool: Arc::new(memory),
            ..base
        };
        let tables = view
            .relations
            .iter()
            .map(|view| view.relation.name().to_owned());
        let tables = tables.chain(views::ALL.iter().map(|view| view.name.to_owned()));
        let tables = tables.collect();
        let objects = view.objects.clone();
        let session = Arc::new(self.base.clone());
        let mut catalog = Catalog::new(view, self.files.clone(), session);
        if let Some(front_end) = &self.front_end {
            let added = front_end.schemas(&catalog.described());
            catalog = catalog.with(added);
        }
        let state = interrupt
            .heeded_by(&self.base)
            .with_runtime_env(Arc::new(runtime))
            .with_catalog_list(Arc::new(
                datafusion::catalog::MemoryCatalogProviderList::new(),
            ))
            .build();
        let context = SessionContext::new_with_state(state);
        context.register_catalog(CATALOG, Arc::new(catalog));
        Ok(Session {
            names: Names {
                tables,
                functions: function_names(&self.base),
            },
            context,
            objects,
            front_end: self.front_end.clone(),
            parameter_types: options.parameter_types.clone(),
            parameter_count: OnceLock::new(),
        })
    }
}

/// A query whose turn it is, and what was made of it.
struct Turn<T> {
    done: T,
    slot: Slot,
    time: TimeLeft,
    interrupt: Interrupt,
}

/// One query's own session.
struct Session {
    context: SessionContext,
    names: Names,
    /// Where samples lie.
    objects: Arc<dyn ObjectStore>,
    front_end: Option<Arc<dyn FrontEnd>>,
    parameter_types: Vec<Option<DataType>>,
    /// How many parameters the query has, when it was planned.
    parameter_count: OnceLock<usize>,
}

impl Session {
    fn blame(&self, query: &str, error: &DataFusionError) -> Error {
        blame::explain(query, &self.names, error)
    }

    async fn plan(&self, query: &str) -> Result<LogicalPlan> {
        let generic = GenericDialect {};
        let front_end = self.front_end.as_deref();
        let dialect = front_end.map_or(&generic as _, FrontEnd::dialect);
        let mut statement = statement::parse(dialect, query)?;
        if let Some(front_end) = front_end {
            // What it leaves out may have had parameters.
            let _ = self.parameter_count.set(typed::count(&mut statement));
            front_end.rewrite(&mut statement, &self.names.tables)?;
        }
        size::check(&statement)?;
        let lookup = Lookup {
            context: &self.context,
            objects: &self.objects,
            names: &self.names,
            query,
        };
        functions::resolve(query, &statement, &self.context, &lookup).await?;
        let state = self.context.state();
        let plan = match front_end {
            Some(_) => typed::plan(&state, statement, &self.parameter_types).await,
            None => state.statement_to_plan(statement).await,
        };
        let mut plan = plan.map_err(|error| self.blame(query, &error))?;
        if let LogicalPlan::DescribeTable(table) = &mut plan {
            table.schema = plain_schema(&table.schema);
        }
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false)
            .verify_plan(&plan)
            .map_err(|error| self.blame(query, &error))?;
        chain::check_types(plan.schema().fields())?;
        Ok(plan)
    }

    /// A field for each parameter of `plan`.
    fn parameters(&self, plan: &LogicalPlan, query: &str) -> Result<SchemaRef> {
        let types = plan
            .get_parameter_types()
            .map_err(|error| self.blame(query, &error))?;
        let counted = self.parameter_count.get().copied();
        parameters::schema(plan, &types, counted, &self.parameter_types)
    }

    fn bind(
        &self,
        plan: LogicalPlan,
        query: &str,
        parameters: &RecordBatch,
    ) -> Result<LogicalPlan> {
        let wanted = self.parameters(&plan, query)?.fields().len();
        if parameters.num_columns() != wanted {
            return Err(wrong_number(wanted, parameters.num_columns()));
        }
        if wanted == 0 {
            return Ok(plan);
        }
        if parameters.num_rows() != 1 {
            return Err(Error::Invalid(format!(
                "a query is run for one row of parameters; {} were given",
                parameters.num_rows()
            )));
        }
        let columns = parameters.columns().iter();
        let bind = || -> Result<LogicalPlan, DataFusionError> {
            let values = columns
                .map(|column| ScalarValue::try_from_array(column, 0))
                .collect::<Result<Vec<_>, _>>()?;
            plan.with_param_values(ParamValues::from(values))
        };
        bind().map_err(|error| self.blame(query, &error))
    }

    /// Plans how; nothing is computed before the stream is polled.
    async fn start(&self, plan: LogicalPlan, query: &str) -> Result<SendableRecordBatchStream> {
        let unbound = plan.get_parameter_names();
        let unbound = unbound.map_err(|error| self.blame(query, &error))?;
        if !unbound.is_empty() {
            return Err(wrong_number(unbound.len(), 0));
        }
        let state = self.context.state();
        let stream = async {
            let plan = state.create_physical_plan(&plan).await?;
            execute_stream(plan, state.task_ctx())
        };
        stream.await.map_err(|error| self.blame(query, &error))
    }
}

fn wrong_number(wanted: usize, given: usize) -> Error {
    Error::Invalid(format!(
        "parameters in the query: {wanted}; values given for them: {given}"
    ))
}

fn config(settings: &Settings) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, SCHEMA)
        // Ours is a schema of the catalog.
        .with_information_schema(false)
        .with_batch_size(settings.batch_rows);
    if let Some(partitions) = settings.partitions {
        config = config.with_target_partitions(partitions);
    }
    let partitions = config.target_partitions().max(1);
    let options = config.options_mut();
    // What each sort keeps back for merging what it spilled has to fit, too.
    let kept_back = settings.query_memory / (SORTS_WITHIN_MEMORY * partitions);
    let execution = &mut options.execution;
    execution.sort_spill_reservation_bytes = execution.sort_spill_reservation_bytes.min(kept_back);
    // A file for each batch that does not fit into memory between two operators: with files that
    // stay open DataFusion 55 waits without end (https://github.com/apache/datafusion/issues/24883).
    if let Ok(any) = ConfigNonZeroUsize::try_new(1) {
        execution.max_spill_file_size_bytes = any;
    }
    // Of two tables the one with fewer rows is held in memory to be joined. A filter leaves more
    // than the fifth that is assumed by default: most of ours, which would not have fitted.
    options.optimizer.default_filter_selectivity = FILTERED_PERCENT;
    options.sql_parser.collect_spans = true;
    // Text is text on every wire: older clients know no views.
    options.sql_parser.map_string_types_to_utf8view = false;
    config
}

/// `state` with functions of our own.
fn with_functions(state: SessionState) -> SessionState {
    let scalar = { state.scalar_functions().values().cloned() }.chain(scalar::functions());
    let aggregate = { state.aggregate_functions().values().cloned() }
        .chain(extremes::functions(&state))
        .chain(measure::functions())
        .chain(scalar::aggregates());
    let (scalar, aggregate) = (scalar.collect(), aggregate.collect());
    SessionStateBuilder::new_from_existing(state)
        .with_scalar_functions(scalar)
        .with_aggregate_functions(aggregate)
        .build()
}

/// The names of all functions.
fn function_names(state: &SessionState) -> Vec<String> {
    let scalar = state.scalar_functions().keys();
    let aggregate = state.aggregate_functions().keys();
    let window = state.window_functions().keys();
    let table = state.table_functions().keys();
    let all = scalar.chain(aggregate).chain(window).chain(table);
    let own = Function::ALL.map(|function| function.name().to_owned());
    all.cloned().chain(own).collect()
}
