//! Names that were perhaps meant.

use datafusion::common::utils::datafusion_strsim::levenshtein;

/// How many are offered.
const OFFERED: usize = 3;

/// Those of `names` that look like `name`, the nearest first.
pub(crate) fn near<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let distance = levenshtein(&wanted, &lower);
            let length = wanted.chars().count().max(lower.chars().count());
            let contained = wanted.len() > 2 && lower.contains(&wanted);
            let swapped = distance == 2 && letters(&wanted) == letters(&lower);
            (distance * 5 <= length * 2 || contained || swapped).then_some((distance, candidate))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .map(|(_, name)| name)
        .take(OFFERED)
        .collect()
}

fn letters(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    letters
}

/// `did you mean a, b or c?`, or nothing.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let names = near(name, names);
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() {
        format!("did you mean {last}?")
    } else {
        format!("did you mean {} or {last}?", others.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near() {
        let names = ["models", "metrics", "params", "runs"];
        assert_eq!(near("modles", names), ["models"]);
        assert_eq!(near("MODEL", names), ["models"]);
        assert_eq!(near("rusn", names), ["runs"]);
        assert!(near("customers", names).is_empty());
        assert_eq!(
            did_you_mean("paras", names).as_deref(),
            Some("did you mean params?")
        );
    }
}
