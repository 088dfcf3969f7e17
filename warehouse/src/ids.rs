//! Names of things and positions, one type each, so that none is taken for another.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Shortest text of an id that a client chooses, in characters.
pub const ID_MIN: usize = 8;
/// Longest text of an id that a client chooses, in characters.
pub const ID_MAX: usize = 128;

/// What is wrong with the text of an id.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not an id: {ID_MIN} to {ID_MAX} characters of [A-Za-z0-9._:-] are accepted")]
pub struct BadId {
    text: String,
}

macro_rules! client_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl From<String> for $name {
            fn from(stored: String) -> Self {
                Self(stored.into())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.to_string()
            }
        }

        impl $name {
            /// Checks the text: see [`BadId`] for what is accepted.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let allowed = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
                if (ID_MIN..=ID_MAX).contains(&text.len()) && text.chars().all(allowed) {
                    Ok(Self(text.into()))
                } else {
                    let text = text.chars().take(ID_MAX).collect();
                    Err(BadId { text })
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

client_id!(
    /// A process that sends events: one JVM, one Python interpreter.
    ProducerId
);
client_id!(
    /// A run: one Spark application, one tracked script.
    RunId
);
client_id!(
    /// An agent: the owner of one journal, the same after a restart.
    AgentId
);

/// The number of a batch of one producer, from 1, without gaps; 0 is "none yet".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Seq(pub u64);

/// A position in one journal: the number of an entry, from 1; 0 is "before the first".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Lsn(pub u64);

impl Lsn {
    /// The position after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A position in each of several journals.
pub(crate) type Positions = BTreeMap<AgentId, Lsn>;

/// The id of a row, derived from where it comes from, so that the same event
/// gives the same row whatever way and however often it arrives.
///
/// `prefix` says what the id names (`m` model, `d` dataset, …); `place` is the
/// number that the producer gave it, or the place of its event in its batch.
pub fn derived_id(prefix: &str, producer: &ProducerId, place: &[u64]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(prefix.as_bytes());
    hasher.update(&[0]);
    hasher.update(producer.as_str().as_bytes());
    for number in place {
        hasher.update(&number.to_be_bytes());
    }
    format!("{prefix}-{}", &hasher.finalize().to_hex()[..20])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked() {
        assert!(ProducerId::parse("3f1c0d2a-aaaa-bbbb").is_ok());
        for bad in ["", "short", "with space", "naïve-id", &"x".repeat(129)] {
            assert!(ProducerId::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn derived_ids_depend_on_every_part() {
        let p = ProducerId::parse("producer-1").expect("an id");
        let q = ProducerId::parse("producer-2").expect("an id");
        let ids = [
            derived_id("m", &p, &[1]),
            derived_id("d", &p, &[1]),
            derived_id("m", &q, &[1]),
            derived_id("m", &p, &[2]),
            derived_id("m", &p, &[1, 0]),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
    }
}
