//! `min` and `max` of groups, in which NaN is the greatest number, as it is in PostgreSQL, in
//! comparisons and sorts, and without groups. In DataFusion 55 what comes after NaN in a group
//! takes its place, whatever it is.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, Float32Type, Float64Type};
use datafusion::error::Result;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, GroupsAccumulator, ReversedUDAF,
    SetMonotonicity, Signature, StatisticsArgs,
};
use datafusion::scalar::ScalarValue;
use datafusion_functions_aggregate_common::aggregate::groups_accumulator::prim_op::PrimitiveGroupsAccumulator;

/// Both, over those that `session` knows.
pub(crate) fn functions(session: &SessionState) -> Vec<Arc<AggregateUDF>> {
    let known = session.aggregate_functions();
    let both = [("min", false), ("max", true)].into_iter();
    let both = both.filter_map(|(name, is_max)| {
        let inner = known.get(name)?.clone();
        Some(Arc::new(AggregateUDF::from(Extreme { inner, is_max })))
    });
    both.collect()
}

#[derive(Debug)]
struct Extreme {
    inner: Arc<AggregateUDF>,
    is_max: bool,
}

impl PartialEq for Extreme {
    fn eq(&self, other: &Self) -> bool {
        self.is_max == other.is_max
    }
}

impl Eq for Extreme {}

impl Hash for Extreme {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_max.hash(state);
    }
}

macro_rules! of_floats {
    ($self:ident, $kind:ident, $native:ident, $type:ident) => {
        match $self.is_max {
            true => Box::new(
                PrimitiveGroupsAccumulator::<$type, _>::new($kind, |greatest, new| {
                    if new.is_nan() || new > *greatest {
                        *greatest = new;
                    }
                })
                .with_starting_value($native::NEG_INFINITY),
            ),
            false => Box::new(
                PrimitiveGroupsAccumulator::<$type, _>::new($kind, |least, new| {
                    if least.is_nan() || new < *least {
                        *least = new;
                    }
                })
                .with_starting_value($native::NAN),
            ),
        }
    };
}

impl AggregateUDFImpl for Extreme {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        let kind = args.return_field.data_type();
        Ok(match kind {
            DataType::Float64 => of_floats!(self, kind, f64, Float64Type),
            DataType::Float32 => of_floats!(self, kind, f32, Float32Type),
            _ => return self.inner.create_groups_accumulator(args),
        })
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.create_sliding_accumulator(args)
    }

    fn is_descending(&self) -> Option<bool> {
        self.inner.is_descending()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.inner.reverse_udf()
    }

    fn value_from_stats(&self, args: &StatisticsArgs) -> Option<ScalarValue> {
        self.inner.value_from_stats(args)
    }

    fn set_monotonicity(&self, kind: &DataType) -> SetMonotonicity {
        self.inner.inner().set_monotonicity(kind)
    }

    fn default_value(&self, kind: &DataType) -> Result<ScalarValue> {
        self.inner.default_value(kind)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }
}
