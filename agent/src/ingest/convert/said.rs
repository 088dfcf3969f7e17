//! Notes and free keys.

use modeldb_proto::v1;
use modeldb_warehouse::event::{Annotated, AttributeSet, Happening, Measured, ParamsSet, Target};

use super::{Checked, Inside, Refused, number, param, required, text, value};

/// What can be meant by a producer's own number.
const NUMBERED: [&str; 2] = ["model", "dataset"];
/// What can be meant by where it is said.
const AROUND: [&str; 2] = ["run", "project"];

pub(super) fn annotated(m: v1::Annotated) -> Checked<Happening> {
    Ok(Happening::Annotated(Box::new(Annotated {
        target: target(m.target)?,
        author: text(m.author),
        text: required("text", m.text)?,
    })))
}

pub(super) fn attribute_set(m: v1::AttributeSet) -> Checked<Happening> {
    let key = required("key", m.key)?;
    let value = value(m.value).inside(format!("key {key}"))?;
    Ok(Happening::AttributeSet(Box::new(AttributeSet {
        target: target(m.target)?,
        key,
        value,
    })))
}

pub(super) fn params_set(m: v1::ParamsSet) -> Checked<Happening> {
    Ok(Happening::ParamsSet(ParamsSet {
        operation: number("operation", m.operation)?,
        params: m.params.into_iter().map(param).collect::<Checked<_>>()?,
    }))
}

pub(super) fn measured(m: v1::Measured) -> Checked<Happening> {
    Ok(Happening::Measured(Box::new(Measured {
        model: m.model,
        dataset: m.dataset,
        metric: required("metric", m.metric)?,
        value: m.value,
        step: m.step,
        larger_is_better: m.larger_is_better,
        source: text(m.source),
        slice: text(m.slice),
    })))
}

fn target(m: Option<v1::Target>) -> Checked<Target> {
    let m = m.ok_or_else(|| Refused::new("target is missing"))?;
    let kind = required("target.kind", m.kind)?;
    let is = |kinds: [&str; 2]| kinds.contains(&kind.as_str());
    let told = match (m.id.is_empty(), m.number) {
        (false, 0) => true,
        (true, 0) => is(AROUND),
        (true, _) => is(NUMBERED),
        (false, _) => false,
    };
    if !told {
        return Err(Refused(format!(
            "target: kind {kind}, id {:?} and number {}: an id is accepted, a number for one of {}, \
             neither for one of {}",
            m.id,
            m.number,
            NUMBERED.join(", "),
            AROUND.join(", ")
        )));
    }
    Ok(Target {
        kind,
        id: text(m.id),
        number: m.number,
    })
}
