//! Table functions: `sample('dataset_id')`, `compare_models('a', 'b')`, ….
//!
//! What they answer depends on what lies in the warehouse, so it is looked up before the query
//! is planned, through the query's own view; planning then finds it ready. Arguments are
//! therefore literals. Answers are small: a query holds a bounded number of them.

mod align;
mod ancestry;
mod calls;
mod compare;
mod lineage;
mod lookup;
mod made;
mod pipeline;
mod sample;
mod scored;
mod similar;
mod slices;
mod table_function;
mod trace;
mod wide;
mod worst;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::Expr;
use datafusion::scalar::ScalarValue;
use datafusion::sql::parser::Statement;

use crate::blame;
use crate::error::{Error, Result};
use calls::Call;
pub(crate) use lookup::Lookup;
pub(crate) use table_function::Function;

/// Calls in one query, at most.
const CALLS_MAX: usize = 16;

type Answers = HashMap<(Function, Vec<String>), Arc<dyn TableProvider>>;

/// Looks up what the calls in `statement` answer, and makes it ready in `context`.
pub(crate) async fn resolve(
    query: &str,
    statement: &Statement,
    context: &SessionContext,
    lookup: &Lookup<'_>,
) -> Result<()> {
    let calls = calls::of(query, statement)?;
    if calls.len() > CALLS_MAX {
        return Err(Error::Invalid(format!(
            "{} calls of table functions; at most {CALLS_MAX} are accepted in one query",
            calls.len()
        )));
    }
    let mut answers = Answers::new();
    for call in calls {
        let key = (call.function, call.arguments.clone());
        if let Entry::Vacant(place) = answers.entry(key) {
            place.insert(answer(query, &call, lookup).await?);
        }
    }
    let answers = Arc::new(answers);
    let called: BTreeSet<Function> = answers.keys().map(|(function, _)| *function).collect();
    for function in called {
        let answers = answers.clone();
        context.register_udtf(function.name(), Arc::new(Ready { function, answers }));
    }
    Ok(())
}

async fn answer(query: &str, call: &Call, lookup: &Lookup<'_>) -> Result<Arc<dyn TableProvider>> {
    let blame =
        |missing: Missing| blame::pointed(query, &missing.message, call.place, missing.hint);
    let given: Vec<&str> = call.arguments.iter().map(String::as_str).collect();
    let found = match (call.function, given.as_slice()) {
        (Function::Sample, [dataset]) => sample::rows(lookup, dataset).await?,
        (Function::Trace, [model, row]) => trace::rows(lookup, model, row).await?,
        (Function::Pipeline, [model]) => pipeline::rows(lookup, model).await?,
        (Function::Ancestry, [id]) => ancestry::rows(lookup, id).await?,
        (Function::CommonAncestor, [a, b]) => ancestry::common(lookup, a, b).await?,
        (Function::CompareModels, [a, b]) => compare::rows(lookup, a, b).await?,
        (Function::ComparePipelines, [a, b]) => align::rows(lookup, a, b).await?,
        (Function::SimilarModels, [model, count]) => similar::rows(lookup, model, count).await?,
        (Function::SliceMetrics, [metric, predicate, project @ ..]) => {
            slices::rows(lookup, metric, predicate, project.first().copied()).await?
        }
        (Function::WorstSlices, [model, metric]) => worst::rows(lookup, model, metric).await?,
        (Function::ModelsWide, [project]) => {
            return wide::table(lookup, project).await?.map_err(blame);
        }
        (function, _) => Err(Missing::plain(function.usage())),
    };
    let batch = found.map_err(blame)?;
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]])
        .map_err(|error| Error::Internal(format!("the answer of a function: {error}")))?;
    Ok(Arc::new(table))
}

/// What a call asks for and there is not.
#[derive(Debug)]
struct Missing {
    message: String,
    hint: Option<String>,
}

impl Missing {
    fn plain(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }
}

/// Rows, or why there are none that were meant.
type Found = std::result::Result<RecordBatch, Missing>;

/// A function whose answers were looked up.
#[derive(Debug)]
struct Ready {
    function: Function,
    answers: Arc<Answers>,
}

impl TableFunctionImpl for Ready {
    fn call_with_args(&self, args: TableFunctionArgs) -> PlanResult<Arc<dyn TableProvider>> {
        let arguments: Option<Vec<String>> = args.exprs().iter().map(literal).collect();
        let answer = arguments.and_then(|arguments| self.answers.get(&(self.function, arguments)));
        match answer {
            Some(table) => Ok(table.clone()),
            None => Err(DataFusionError::Plan(self.function.usage().into())),
        }
    }
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Literal(ScalarValue::Utf8(Some(text)), _) => Some(text.clone()),
        Expr::Literal(ScalarValue::Int64(Some(number)), _) => Some(number.to_string()),
        Expr::Literal(ScalarValue::UInt64(Some(number)), _) => Some(number.to_string()),
        _ => None,
    }
}
