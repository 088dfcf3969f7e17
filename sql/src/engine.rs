//! The engine: from a query's text to its answer.
//!
//! Each query reads one fresh view of the warehouse, in a session of its own: no
//! query can change what another sees. The memory and spill limits and the cache
//! of file footers are shared by all.

use std::sync::{Arc, OnceLock};

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::CatalogProvider;
use datafusion::common::ParamValues;
use datafusion::error::DataFusionError;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::object_store::ObjectStore;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionConfig;
use datafusion::scalar::ScalarValue;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use futures::StreamExt;
use modeldb_warehouse::{Access, Relation, Source};
use tokio::runtime::Handle;

use crate::answer::Answer;
use crate::blame::{self, Names};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::front_end::FrontEnd;
use crate::functions::{self, Function, Lookup};
use crate::options::QueryOptions;
use crate::plain::{plain_batch, plain_schema};
use crate::run::run;
use crate::settings::Settings;
use crate::stores::Stores;
use crate::threads::Threads;
use crate::{CATALOG, SCHEMA, parameters, statement};

/// Answers queries over one warehouse.
///
/// A clone shares all limits with it.
///
/// Queries are planned where they are asked, and run on the threads of [`Engine::on`].
#[derive(Clone)]
pub struct Engine {
    source: Arc<dyn Source>,
    base: SessionState,
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
            .with_memory_pool(Arc::new(FairSpillPool::new(settings.memory)))
            .with_disk_manager_builder(spill)
            .with_object_store_registry(Arc::new(Stores::default()))
            .build_arc()
            .map_err(|error| Error::Unavailable(format!("cannot spill: {}", error.message())))?;
        let base = SessionStateBuilder::new()
            .with_config(config(settings))
            .with_runtime_env(runtime)
            .with_default_features()
            .build();
        Ok(Self {
            source,
            base,
            threads: None,
            front_end: None,
        })
    }

    /// The same, with queries that run on `threads` instead of those of whoever asks.
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

    /// The relations that `access` may read, in the order of their names.
    pub fn relations(&self, access: &Access) -> Vec<Relation> {
        let mut relations: Vec<Relation> = Relation::ALL
            .into_iter()
            .filter(|&relation| access.may_read(relation))
            .collect();
        relations.sort_unstable_by_key(|relation| relation.name());
        relations
    }

    /// The answer to `query`, over what is there now.
    pub async fn query(
        &self,
        access: &Access,
        query: &str,
        options: &QueryOptions,
    ) -> Result<Answer> {
        let session = self.session(access, options).await?;
        let plan = session.plan(query).await?;
        session.execute(plan, query).await
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
        let session = self.session(access, options).await?;
        let plan = session.bind(session.plan(query).await?, query, parameters)?;
        session.execute(plan, query).await
    }

    /// What `query` would answer and wants to know, without running it.
    pub async fn prepare(
        &self,
        access: &Access,
        query: &str,
        options: &QueryOptions,
    ) -> Result<Prepared> {
        let session = self.session(access, options).await?;
        let plan = session.plan(query).await?;
        Ok(Prepared {
            schema: plain_schema(plan.schema().as_arrow()),
            parameters: session.parameters(&plan, query)?,
        })
    }

    /// The schema of the answer to `query` with `parameters`, without running it.
    pub async fn prepare_with(
        &self,
        access: &Access,
        query: &str,
        parameters: &RecordBatch,
        options: &QueryOptions,
    ) -> Result<SchemaRef> {
        let session = self.session(access, options).await?;
        let plan = session.bind(session.plan(query).await?, query, parameters)?;
        Ok(plain_schema(plan.schema().as_arrow()))
    }

    async fn session(&self, access: &Access, options: &QueryOptions) -> Result<Session> {
        let view = self.source.view(access).await?;
        let base = self.base.runtime_env().as_ref().clone();
        let runtime = RuntimeEnv {
            object_store_registry: Arc::new(Stores::default()),
            ..base
        };
        let tables = view
            .relations
            .iter()
            .map(|view| view.relation.name().to_owned());
        let tables = tables.collect();
        let objects = view.objects.clone();
        let mut catalog = Catalog::new(view, Arc::new(self.base.clone()));
        if let (Some(front_end), Some(public)) = (&self.front_end, catalog.schema(SCHEMA)) {
            catalog = catalog.with(front_end.schemas(&public));
        }
        let state = SessionStateBuilder::new_from_existing(self.base.clone())
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
            runtime: self.threads.as_ref().and_then(|threads| threads.handle()),
            front_end: self.front_end.clone(),
            parameter_types: options.parameter_types.clone(),
            parameter_count: OnceLock::new(),
        })
    }
}

/// One query's own session.
struct Session {
    context: SessionContext,
    names: Names,
    /// Where samples lie.
    objects: Arc<dyn ObjectStore>,
    runtime: Option<Handle>,
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
            let _ = self.parameter_count.set(parameters::count(&mut statement));
            front_end.rewrite(&mut statement, &self.names.tables)?;
        }
        let lookup = Lookup {
            context: &self.context,
            objects: &self.objects,
            runtime: self.runtime.as_ref(),
            blame: &|error| self.blame(query, error),
        };
        functions::resolve(query, &statement, &self.context, &lookup).await?;
        let plan = parameters::plan(&self.context.state(), statement, &self.parameter_types).await;
        let plan = plan.map_err(|error| self.blame(query, &error))?;
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false)
            .verify_plan(&plan)
            .map_err(|error| self.blame(query, &error))?;
        Ok(plan)
    }

    /// A field for each parameter of `plan`.
    fn parameters(&self, plan: &LogicalPlan, query: &str) -> Result<SchemaRef> {
        let types = plan
            .get_parameter_types()
            .map_err(|error| self.blame(query, &error))?;
        let count = self.parameter_count.get().copied().unwrap_or(types.len());
        let mut fields = Vec::with_capacity(count);
        for number in 1..=count {
            let name = format!("${number}");
            let left_out = || {
                self.parameter_count.get()?;
                Some(self.parameter_types.get(number - 1).cloned().flatten())
            };
            let Some(kind) = types.get(&name).cloned().or_else(left_out) else {
                let mut names: Vec<&str> = types.keys().map(String::as_str).collect();
                names.sort_unstable();
                return Err(Error::Invalid(format!(
                    "parameters are $1, $2 and so on without a gap; the query has {}",
                    names.join(", ")
                )));
            };
            let kind = kind.unwrap_or(DataType::Utf8);
            fields.push(Field::new(name, kind, true));
        }
        Ok(Arc::new(Schema::new(fields)))
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

    /// Plans how, and starts; nothing runs before the answer is polled.
    async fn execute(self, plan: LogicalPlan, query: &str) -> Result<Answer> {
        let unbound = plan.get_parameter_names();
        let unbound = unbound.map_err(|error| self.blame(query, &error))?;
        if !unbound.is_empty() {
            return Err(wrong_number(unbound.len(), 0));
        }
        let schema = plain_schema(plan.schema().as_arrow());
        let state = self.context.state();
        let batches = async {
            let plan = state.create_physical_plan(&plan).await?;
            execute_stream(plan, state.task_ctx())
        };
        let batches = batches.await.map_err(|error| self.blame(query, &error))?;
        let runtime = self.runtime.clone().unwrap_or_else(Handle::current);
        let (outer, query) = (schema.clone(), query.to_owned());
        let batches = run(&runtime, batches).map(move |batch| {
            batch
                .and_then(|batch| Ok(plain_batch(&batch, &schema)?))
                .map_err(|error| self.blame(&query, &error))
        });
        Ok(Answer::new(outer, batches.boxed()))
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
        .with_information_schema(true)
        .with_batch_size(settings.batch_rows);
    if let Some(partitions) = settings.partitions {
        config = config.with_target_partitions(partitions);
    }
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    // Text is text on every wire: older clients know no views.
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.parquet.schema_force_view_types = false;
    // Rows are filtered while Parquet is decoded, not only row groups.
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    config
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
