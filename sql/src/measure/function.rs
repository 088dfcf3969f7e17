//! A measure as DataFusion's aggregate function: pairs are gathered, then measured.

use std::mem::size_of_val;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, TypeSignature, Volatility,
};
use datafusion::scalar::ScalarValue;

use super::Measure;

/// The function of a measure.
pub(crate) fn of(measure: Measure) -> Arc<AggregateUDF> {
    let numbers = TypeSignature::Exact(vec![DataType::Float64, DataType::Float64]);
    let lists = DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)));
    let one_of = match measure {
        Measure::LogLoss => vec![
            TypeSignature::Exact(vec![DataType::Float64, lists]),
            numbers,
        ],
        _ => vec![numbers],
    };
    Arc::new(AggregateUDF::from(Function {
        measure,
        signature: Signature::one_of(one_of, Volatility::Immutable),
    }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    measure: Measure,
    signature: Signature,
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &str {
        self.measure.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn accumulator(&self, _arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Pairs {
            measure: self.measure,
            pairs: Vec::new(),
        }))
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |name: &str| {
            let item = Arc::new(Field::new_list_field(DataType::Float64, true));
            let name = format!("{}[{name}]", arguments.name);
            Arc::new(Field::new(name, DataType::List(item), true))
        };
        Ok(vec![list("labels"), list("predictions")])
    }
}

#[derive(Debug)]
struct Pairs {
    measure: Measure,
    pairs: Vec<(f64, f64)>,
}

impl Pairs {
    fn add(&mut self, labels: &Float64Array, predictions: &Float64Array) {
        let pairs = labels.iter().zip(predictions);
        self.pairs.extend(pairs.filter_map(|(a, b)| Some((a?, b?))));
    }
}

impl Accumulator for Pairs {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let pairs = pairs(self.measure, &values[0], &values[1]);
        self.pairs.extend(pairs.flatten());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (labels, predictions) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for (a, b) in labels.iter().zip(predictions.iter()) {
            if let (Some(a), Some(b)) = (a, b) {
                self.add(
                    a.as_primitive::<Float64Type>(),
                    b.as_primitive::<Float64Type>(),
                );
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = |of: fn(&(f64, f64)) -> f64| {
            let values = Float64Array::from_iter_values(self.pairs.iter().map(of));
            SingleRowListArrayBuilder::new(Arc::new(values)).build_list_scalar()
        };
        Ok(vec![list(|pair| pair.0), list(|pair| pair.1)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.measure.of(&mut self.pairs)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.pairs.capacity() * size_of::<(f64, f64)>()
    }
}

/// By row, a label and what is compared with it: a prediction, or of probabilities the
/// label's own. None where either is null.
pub(crate) fn pairs<'a>(
    measure: Measure,
    labels: &'a ArrayRef,
    said: &'a ArrayRef,
) -> impl Iterator<Item = Option<(f64, f64)>> + 'a {
    let lists = said.as_list_opt::<i32>();
    let numbers = said.as_primitive_opt::<Float64Type>();
    let labels = labels.as_primitive::<Float64Type>().iter().enumerate();
    labels.map(move |(row, label)| {
        let label = label?;
        let said = match (lists, numbers) {
            (Some(lists), _) => of_label(lists, row, label)?,
            (None, numbers) => {
                let said = numbers.filter(|said| said.is_valid(row))?.value(row);
                match measure {
                    // The probability of 1.
                    Measure::LogLoss => {
                        if label > 0.5 {
                            said
                        } else {
                            1.0 - said
                        }
                    }
                    _ => said,
                }
            }
        };
        Some((label, said))
    })
}

/// The probability of the label: labels are places in the list.
fn of_label(lists: &ListArray, row: usize, label: f64) -> Option<f64> {
    if lists.is_null(row) || label < 0.0 {
        return None;
    }
    let given = cast(&lists.value(row), &DataType::Float64).ok()?;
    let given = given.as_primitive::<Float64Type>();
    let place = label as usize;
    (place < given.len() && given.is_valid(place)).then(|| given.value(place))
}
