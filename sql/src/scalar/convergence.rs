//! `iterations_until(step, value, tolerance)`: of a training history, the first step at which
//! the value changed by no more than `tolerance` since the step before; null where it never
//! did. An aggregate: `group by model_id, name`.

use std::mem::size_of_val;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;

pub(super) fn function() -> AggregateUDF {
    let arguments = vec![DataType::Int64, DataType::Float64, DataType::Float64];
    AggregateUDF::from(IterationsUntil(Signature::exact(
        arguments,
        Volatility::Immutable,
    )))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct IterationsUntil(Signature);

impl AggregateUDFImpl for IterationsUntil {
    fn name(&self) -> &str {
        "iterations_until"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn accumulator(&self, _arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::<History>::default())
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |name: &str, kind| {
            Arc::new(Field::new(
                format!("{}[{name}]", arguments.name),
                kind,
                true,
            ))
        };
        let list = |kind| DataType::List(Arc::new(Field::new_list_field(kind, true)));
        Ok(vec![
            field("steps", list(DataType::Int64)),
            field("values", list(DataType::Float64)),
            field("tolerance", DataType::Float64),
        ])
    }
}

#[derive(Debug, Default)]
struct History {
    points: Vec<(i64, f64)>,
    tolerance: Option<f64>,
}

impl History {
    fn add(&mut self, steps: &Int64Array, values: &Float64Array) {
        let points = steps.iter().zip(values);
        self.points
            .extend(points.filter_map(|(step, value)| Some((step?, value?))));
    }
}

impl Accumulator for History {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let tolerances = values[2].as_primitive::<Float64Type>();
        self.tolerance = self
            .tolerance
            .or_else(|| tolerances.iter().flatten().next());
        let steps = values[0].as_primitive::<Int64Type>();
        self.add(steps, values[1].as_primitive::<Float64Type>());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (steps, values) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for (steps, values) in steps.iter().zip(values.iter()) {
            if let (Some(steps), Some(values)) = (steps, values) {
                let steps = steps.as_primitive::<Int64Type>();
                self.add(steps, values.as_primitive::<Float64Type>());
            }
        }
        let tolerances = states[2].as_primitive::<Float64Type>();
        self.tolerance = self
            .tolerance
            .or_else(|| tolerances.iter().flatten().next());
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = |values: ArrayRef| SingleRowListArrayBuilder::new(values).build_list_scalar();
        let steps = Int64Array::from_iter_values(self.points.iter().map(|point| point.0));
        let values = Float64Array::from_iter_values(self.points.iter().map(|point| point.1));
        Ok(vec![
            list(Arc::new(steps)),
            list(Arc::new(values)),
            ScalarValue::Float64(self.tolerance),
        ])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let tolerance = self.tolerance.unwrap_or_default();
        self.points.sort_by_key(|point| point.0);
        let mut changes = self.points.windows(2);
        let settled = changes.find(|pair| (pair[1].1 - pair[0].1).abs() <= tolerance);
        Ok(ScalarValue::Int64(settled.map(|pair| pair[1].0)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.points.capacity() * size_of::<(i64, f64)>()
    }
}
