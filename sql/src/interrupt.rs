//! Ending a query that computes.
//!
//! A task is ended when it gives way to others. DataFusion's operators do that now and
//! then by Tokio's budget where they read rows, but two kinds of work may go on for
//! minutes in between: joins that make many rows of few, and joins that look at many
//! pairs and keep none. So joins take from the budget for what they give, and their
//! conditions look at a flag; so do the steps of planning.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::arrow::datatypes::{FieldRef, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{JoinType, config::ConfigOptions};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{ColumnarValue, LogicalPlan};
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::lit;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, NestedLoopJoinExec, NestedLoopJoinExecBuilder, SortMergeJoinExec,
};
use datafusion::physical_plan::unnest::UnnestExec;

use crate::error::Error;

/// Whether a query is to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on it is.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            let error = Error::Cancelled("the query was cancelled".into());
            return Err(DataFusionError::External(Box::new(error)));
        }
        Ok(())
    }

    /// `session`, whose queries end when this says so.
    pub(crate) fn heeded_by(&self, session: &SessionState) -> SessionStateBuilder {
        let step = Arc::new(Step(self.clone()));
        let logical = session.optimizers().iter();
        let logical = logical.flat_map(|rule| [step.clone() as _, rule.clone()]);
        let physical = session.physical_optimizers().iter();
        let physical = physical.flat_map(|rule| [step.clone() as _, rule.clone()]);
        let last: Arc<dyn PhysicalOptimizerRule + Send + Sync> =
            Arc::new(InterruptibleJoins(self.clone()));
        SessionStateBuilder::new_from_existing(session.clone())
            .with_optimizer_rules(logical.collect())
            .with_physical_optimizer_rules(physical.chain([last]).collect())
    }
}

/// Between two rules of the optimizers.
#[derive(Debug)]
struct Step(Interrupt);

impl OptimizerRule for Step {
    fn name(&self) -> &str {
        "interrupt"
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        self.0.check()?;
        Ok(Transformed::no(plan))
    }
}

impl PhysicalOptimizerRule for Step {
    fn name(&self) -> &str {
        "interrupt"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.0.check()?;
        Ok(plan)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The last rule: see the module.
#[derive(Debug)]
struct InterruptibleJoins(Interrupt);

impl PhysicalOptimizerRule for InterruptibleJoins {
    fn name(&self) -> &str {
        "interruptible_joins"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let changed = plan.transform_up(|plan| {
            let join = if let Some(join) = plan.downcast_ref::<NestedLoopJoinExec>() {
                let filter = self.filter(join.filter(), join.join_type());
                let join = NestedLoopJoinExecBuilder::from(join).with_filter(filter);
                Arc::new(join.build()?)
            } else if let Some(join) = plan.downcast_ref::<HashJoinExec>() {
                let filter = self.filter(join.filter(), join.join_type());
                join.builder().with_filter(filter).build_exec()?
            } else if plan.is::<CrossJoinExec>()
                || plan.is::<SortMergeJoinExec>()
                || plan.is::<UnnestExec>()
            {
                plan
            } else {
                return Ok(Transformed::no(plan));
            };
            Ok(Transformed::yes(Arc::new(CooperativeExec::new(join)) as _))
        });
        Ok(changed?.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

impl InterruptibleJoins {
    /// The condition of a join, to be looked at for every chunk of pairs. A join that
    /// only tells whether there is a match gives nothing for a pair: it gets a condition
    /// where it has none.
    fn filter(&self, own: Option<&JoinFilter>, kind: &JoinType) -> Option<JoinFilter> {
        let (inner, columns, schema) = match own {
            Some(own) => (
                own.expression().clone(),
                own.column_indices().to_vec(),
                own.schema().clone(),
            ),
            None => match kind {
                JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => return None,
                _ => (lit(true), Vec::new(), Arc::new(Schema::empty())),
            },
        };
        let condition = Condition {
            inner,
            interrupt: self.0.clone(),
        };
        Some(JoinFilter::new(Arc::new(condition), columns, schema))
    }
}

/// An expression that fails when its query is to end.
#[derive(Debug)]
struct Condition {
    inner: Arc<dyn PhysicalExpr>,
    interrupt: Interrupt,
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.inner.eq(&other.inner)
    }
}

impl Eq for Condition {}

impl Hash for Condition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl PhysicalExpr for Condition {
    fn return_field(&self, schema: &Schema) -> Result<FieldRef> {
        self.inner.return_field(schema)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        self.interrupt.check()?;
        self.inner.evaluate(batch)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.inner]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let Some(inner) = children.pop() else {
            return Ok(self);
        };
        let interrupt = self.interrupt.clone();
        Ok(Arc::new(Self { inner, interrupt }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt_sql(f)
    }
}
