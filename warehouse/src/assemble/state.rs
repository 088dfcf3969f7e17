//! State ids: digests of what was done and of the states that it was done to.
//!
//! `s1:` and the first 32 hexadecimal digits of BLAKE3 over length-prefixed parts.
//! The same work on the same state gives the same id in every run; what cannot be
//! seen is salted with where it happened, never guessed equal.

use crate::event::Component;

/// The digest of `kind` of work with `parts` on the states `parents`.
pub(super) fn state_id<'a>(
    kind: &str,
    parts: impl IntoIterator<Item = &'a str>,
    parents: &[String],
) -> String {
    format!("s1:{}", digest(kind, parts, parents))
}

/// The digest of data that is told by `parts`, made from data with the fingerprints
/// `parents`: equal in every run, whoever made it.
pub(super) fn fingerprint<'a>(
    kind: &str,
    parts: impl IntoIterator<Item = &'a str>,
    parents: &[String],
) -> String {
    format!("f1:{}", digest(kind, parts, parents))
}

fn digest<'a>(kind: &str, parts: impl IntoIterator<Item = &'a str>, parents: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(kind);
    parts.into_iter().for_each(&mut add);
    add("of");
    parents.iter().for_each(|parent| add(parent));
    hasher.finalize().to_hex()[..32].to_owned()
}

/// A component as text, equal for equal work: class and effective parameters. Uids of
/// objects, new in every run, which default names of columns contain, are left out.
pub(super) fn canonical(component: &Component) -> String {
    let mut params: Vec<_> = component
        .params
        .iter()
        .map(|param| format!("{}={}", param.name, without_uids(&param.value.text())))
        .collect();
    params.sort();
    let stages: Vec<_> = component.stages.iter().map(canonical).collect();
    format!(
        "{}({})[{}]",
        component.class,
        params.join(","),
        stages.join(";")
    )
}

/// Text without the random part of spark.ml's uids: `Class_` and twelve hexadecimal digits.
fn without_uids(text: &str) -> String {
    const RANDOM: usize = 12;
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('_') {
        let (before, after) = rest.split_at(place + 1);
        cleaned.push_str(before);
        let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
        rest = if digits == RANDOM {
            &after[RANDOM..]
        } else {
            after
        };
    }
    cleaned + rest
}

/// A predicate without the ids of expressions, which are new in every run.
pub(super) fn without_expression_ids(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '#' && characters.peek().is_some_and(char::is_ascii_digit) {
            while characters.next_if(char::is_ascii_digit).is_some() {}
            characters.next_if_eq(&'L');
        } else {
            cleaned.push(character);
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let of = |parts: &[&str], parents: &[String]| state_id("k", parts.iter().copied(), parents);
        let ids = [
            of(&["ab"], &[]),
            of(&["a", "b"], &[]),
            of(&["a"], &["b".into()]),
            of(&[], &["ab".into()]),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
    }

    #[test]
    fn uids_go() {
        assert_eq!(
            without_uids("VectorAssembler_0a1b2c3d4e5f__output, a_b, x_0123"),
            "VectorAssembler___output, a_b, x_0123"
        );
    }

    #[test]
    fn expression_ids_go() {
        assert_eq!(
            without_expression_ids("(carrier#12 = AA) AND (id#7L > 5) # x"),
            "(carrier = AA) AND (id > 5) # x"
        );
    }
}
