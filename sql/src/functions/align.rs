//! `compare_pipelines('a', 'b')`: two models stage by stage, aligned, with what is the same,
//! what differs and what is missing.

use std::collections::BTreeSet;

use super::Found;
use super::lookup::Lookup;
use super::made::Made;
use super::pipeline::{self, Stage};
use crate::error::Result;

/// Two stages that belong together, or one that the other pipeline lacks.
#[derive(Debug)]
pub(super) struct Pair {
    pub a: Option<Stage>,
    pub b: Option<Stage>,
    pub differences: Vec<String>,
}

impl Pair {
    fn stage(&self) -> &Stage {
        static NONE: std::sync::LazyLock<Stage> = std::sync::LazyLock::new(Stage::default);
        self.a.as_ref().or(self.b.as_ref()).unwrap_or(&NONE)
    }

    pub(super) fn status(&self) -> &'static str {
        match (&self.a, &self.b) {
            (Some(_), None) => "only a",
            (None, _) => "only b",
            _ if self.differences.is_empty() => "same",
            _ => "differs",
        }
    }
}

pub(super) async fn rows(lookup: &Lookup<'_>, a: &str, b: &str) -> Result<Found> {
    let mut both = Vec::new();
    for model in [a, b] {
        match pipeline::stages(lookup, model).await? {
            Some(stages) => both.push(stages),
            None => return Ok(Err(lookup.no_model(model).await?)),
        }
    }
    let b = both.pop().unwrap_or_default();
    let a = both.pop().unwrap_or_default();
    let pairs: Vec<_> = align(a, b).into_iter().enumerate().collect();
    Made::of(&pairs)
        .long("position", |(at, _)| i64::try_from(*at).ok())
        .text("class", |(_, pair)| Some(&pair.stage().class))
        .text("status", |(_, pair)| Some(pair.status()))
        .texts("differences", |(_, pair)| &pair.differences)
        .text("a_path", |(_, pair)| Some(&pair.a.as_ref()?.path))
        .text("b_path", |(_, pair)| Some(&pair.b.as_ref()?.path))
        .text("a_model_id", |(_, pair)| {
            pair.a.as_ref()?.model_id.as_deref()
        })
        .text("b_model_id", |(_, pair)| {
            pair.b.as_ref()?.model_id.as_deref()
        })
        .map("a_params", |(_, pair)| Some(&pair.a.as_ref()?.params))
        .map("b_params", |(_, pair)| Some(&pair.b.as_ref()?.params))
        .batch()
        .map(Ok)
}

/// How well two stages belong together; 0 where they do not.
fn likeness(a: &Stage, b: &Stage) -> usize {
    if a.class != b.class || a.depth != b.depth {
        return 0;
    }
    // A stage on the same columns rather than the first of its class.
    let shared = a
        .outputs
        .iter()
        .filter(|name| b.outputs.contains(name))
        .count()
        + a.inputs
            .iter()
            .filter(|name| b.inputs.contains(name))
            .count();
    1 + 2 * shared.min(4) + usize::from(differences(a, b).is_empty())
}

/// The alignment of the most likeness, in order: the longest common subsequence with weights
/// (Needleman and Wunsch 1970, gaps without a cost).
pub(super) fn align(a: Vec<Stage>, b: Vec<Stage>) -> Vec<Pair> {
    let mut best = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let like = likeness(&a[i], &b[j]);
            let together = if like > 0 {
                like + best[i + 1][j + 1]
            } else {
                0
            };
            best[i][j] = together.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() || j < b.len() {
        let like = match (a.get(i), b.get(j)) {
            (Some(a), Some(b)) => likeness(a, b),
            _ => 0,
        };
        if like > 0 && best[i][j] == like + best[i + 1][j + 1] {
            pairs.push(Pair {
                differences: differences(&a[i], &b[j]),
                a: Some(a[i].clone()),
                b: Some(b[j].clone()),
            });
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || best[i + 1][j] >= best[i][j + 1]) {
            pairs.push(alone(Some(a[i].clone()), None));
            i += 1;
        } else {
            pairs.push(alone(None, Some(b[j].clone())));
            j += 1;
        }
    }
    pairs
}

fn alone(a: Option<Stage>, b: Option<Stage>) -> Pair {
    Pair {
        a,
        b,
        differences: Vec::new(),
    }
}

/// `maxIter: 10 | 50`, for parameters and columns.
fn differences(a: &Stage, b: &Stage) -> Vec<String> {
    let names: BTreeSet<&String> = a.params.keys().chain(b.params.keys()).collect();
    let of = |stage: &Stage, name: &str| match stage.params.get(name) {
        Some(value) => stage.anonymous(value),
        None => "-".into(),
    };
    let params = names.into_iter().filter_map(|name| {
        let (a, b) = (of(a, name), of(b, name));
        (a != b).then(|| format!("{name}: {a} | {b}"))
    });
    let columns = [
        ("input_columns", &a.inputs, &b.inputs),
        ("output_columns", &a.outputs, &b.outputs),
    ];
    let columns = columns.into_iter().filter_map(|(name, of_a, of_b)| {
        let of_a = a.anonymous(&of_a.join(", "));
        let of_b = b.anonymous(&of_b.join(", "));
        (of_a != of_b).then(|| format!("{name}: {of_a} | {of_b}"))
    });
    params.chain(columns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(class: &str, input: &str, param: &str) -> Stage {
        Stage {
            class: class.into(),
            uid: format!("{class}_{param}"),
            inputs: vec![input.into()],
            outputs: vec![format!("{class}_{param}__output")],
            params: [("p".to_owned(), param.to_owned())].into(),
            ..Stage::default()
        }
    }

    fn told(a: &[(&str, &str, &str)], b: &[(&str, &str, &str)]) -> Vec<String> {
        let stages = |all: &[(&str, &str, &str)]| -> Vec<Stage> {
            { all.iter() }
                .map(|(class, input, param)| stage(class, input, param))
                .collect()
        };
        align(stages(a), stages(b))
            .iter()
            .map(|pair| {
                let differences = pair.differences.join("; ");
                format!("{} {} {differences}", pair.stage().class, pair.status())
                    .trim()
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn stages_find_their_own() {
        let a = [
            ("Indexer", "x", "1"),
            ("Scaler", "v", "1"),
            ("Tree", "f", "5"),
        ];
        let b = [
            ("Indexer", "y", "1"),
            ("Indexer", "x", "1"),
            ("Tree", "f", "7"),
        ];
        assert_eq!(
            told(&a, &b),
            [
                "Indexer only b",
                "Indexer same",
                "Scaler only a",
                "Tree differs p: 5 | 7"
            ]
        );
        assert_eq!(
            told(&a, &[]),
            ["Indexer only a", "Scaler only a", "Tree only a"]
        );
        assert!(told(&[], &[]).is_empty());
    }
}
