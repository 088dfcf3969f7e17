//! Notes and free keys.

use modeldb_proto::v1;
use modeldb_warehouse::event::{Annotated, AttributeSet, Happening, Target};

use super::{Checked, Inside, Refused, required, text, value};

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
