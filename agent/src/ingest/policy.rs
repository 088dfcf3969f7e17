//! What of the sampled data this agent takes, whatever is sent. What it does not take is
//! dropped before anything is written.

use std::collections::BTreeSet;

/// See the module; the settings `samples`, `samples_deny_columns` and `samples_max_rows`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplePolicy {
    /// Whether samples are taken at all.
    pub accept: bool,
    /// Columns that are not taken: `*` stands for any characters, `?` for one; upper and
    /// lower case are the same.
    pub deny_columns: Vec<String>,
    /// Rows of one sample that are taken: those with the smallest ids.
    pub max_rows: usize,
}

impl SamplePolicy {
    /// Takes whatever comes, up to a number of rows.
    pub const DEFAULT: Self = Self {
        accept: true,
        deny_columns: Vec::new(),
        max_rows: 10_000,
    };

    /// Whether a column of this name stays out.
    pub fn denies(&self, column: &str) -> bool {
        let column: Vec<char> = column.to_lowercase().chars().collect();
        let patterns = self.deny_columns.iter();
        let mut patterns = patterns.map(|pattern| pattern.to_lowercase().chars().collect());
        patterns.any(|pattern: Vec<char>| matches(&pattern, &column))
    }

    /// The rows that are taken, in their order; none where all are. So of two messages
    /// with the same rows the same are taken.
    pub(super) fn chosen(&self, row_ids: &[String]) -> Option<Vec<usize>> {
        if row_ids.len() <= self.max_rows {
            return None;
        }
        let mut smallest: Vec<usize> = (0..row_ids.len()).collect();
        smallest.sort_by(|a, b| row_ids[*a].cmp(&row_ids[*b]));
        smallest.truncate(self.max_rows);
        let chosen: BTreeSet<usize> = smallest.into_iter().collect();
        Some(chosen.into_iter().collect())
    }
}

/// The greedy match: after a `*` that did not work out, one more character belongs to it.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denying(patterns: &[&str]) -> SamplePolicy {
        SamplePolicy {
            deny_columns: patterns.iter().map(|p| (*p).to_owned()).collect(),
            ..SamplePolicy::DEFAULT
        }
    }

    #[test]
    fn patterns_are_of_whole_names() {
        let policy = denying(&["*ssn*", "name", "card_?"]);
        for denied in ["ssn", "SSN_hash", "my-ssn", "Name", "card_1"] {
            assert!(policy.denies(denied), "{denied}");
        }
        for taken in ["sn", "names", "card_12", "card_", ""] {
            assert!(!policy.denies(taken), "{taken}");
        }
        assert!(denying(&["*"]).denies("anything"));
        assert!(denying(&["a*b*c"]).denies("a-b-b-c"));
        assert!(!SamplePolicy::DEFAULT.denies("ssn"));
    }

    #[test]
    fn the_rows_with_the_smallest_ids_are_taken() {
        let policy = SamplePolicy {
            max_rows: 2,
            ..SamplePolicy::DEFAULT
        };
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(policy.chosen(&ids(&["c", "a", "b"])), Some(vec![1, 2]));
        assert_eq!(policy.chosen(&ids(&["c", "a"])), None);
    }
}
