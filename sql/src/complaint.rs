//! What is wrong with a query, for people and for programs.

use std::fmt;

pub use crate::place::Place;

/// Kinds of what can be wrong, for wires that tell them apart by codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It cannot be read.
    Syntax,
    /// It nests too deeply.
    Deep,
    /// It does more than read.
    Writes,
    /// There is no such table.
    NoTable,
    /// There is no such column.
    NoColumn,
    /// There is no such function.
    NoFunction,
    /// A name means more than one thing.
    Ambiguous,
    /// Two things have one name.
    Twice,
    /// It is understood, and there is nothing that could do it.
    Unsupported,
    /// A value does not have the form that its type wants.
    Value,
    /// A value is beyond its type.
    Range,
    /// Division by zero.
    ByZero,
    /// Anything else.
    Other,
}

/// What is wrong with a query, where, and what was perhaps meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Its kind.
    pub wrong: Wrong,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// What may help.
    pub hint: Option<String>,
    /// The line of the query, and a caret below the place.
    pub(crate) shown: Option<String>,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for more in [&self.shown, &self.hint].into_iter().flatten() {
            write!(f, "\n{more}")?;
        }
        Ok(())
    }
}
