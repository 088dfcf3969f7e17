//! The formulas.

use std::collections::BTreeMap;

/// The smallest probability that a logarithm is taken of, as in Spark's `logLoss`.
const PROBABILITY_MIN: f64 = 1e-15;

/// A measure of pairs of a label and what was predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Measure {
    /// Share of predictions that are the label.
    Accuracy,
    /// F1 of each label, weighted by how many rows have it (Spark's `f1`).
    F1,
    /// Precision of each label, weighted likewise (Spark's `weightedPrecision`).
    WeightedPrecision,
    /// Recall of each label, weighted likewise (Spark's `weightedRecall`).
    WeightedRecall,
    /// Area under the ROC curve: of a label above 0.5 and one that is not, how often the first
    /// has the higher score, ties counted half (Hanley and McNeil 1982). Null where there
    /// is one kind of label only.
    Auc,
    /// Mean of the squared differences.
    Mse,
    /// Its root.
    Rmse,
    /// Mean of the absolute differences.
    Mae,
    /// 1 less the share of the labels' variance that is left. Null where labels do not vary.
    R2,
    /// Mean of the negated natural logarithms of the probabilities that the labels were given.
    LogLoss,
}

impl Measure {
    pub(crate) const ALL: [Self; 10] = [
        Self::Accuracy,
        Self::F1,
        Self::WeightedPrecision,
        Self::WeightedRecall,
        Self::Auc,
        Self::Mse,
        Self::Rmse,
        Self::Mae,
        Self::R2,
        Self::LogLoss,
    ];

    /// The function's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::F1 => "f1",
            Self::WeightedPrecision => "weighted_precision",
            Self::WeightedRecall => "weighted_recall",
            Self::Auc => "auc",
            Self::Mse => "mse",
            Self::Rmse => "rmse",
            Self::Mae => "mae",
            Self::R2 => "r2",
            Self::LogLoss => "log_loss",
        }
    }

    /// What Spark and scikit-learn call it.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::F1 => &["f1_weighted"],
            Self::WeightedPrecision => &["precision_weighted"],
            Self::WeightedRecall => &["recall_weighted"],
            Self::Auc => &["area_under_roc", "roc_auc", "auroc"],
            Self::Mse => &["mean_squared_error"],
            Self::Rmse => &["root_mean_squared_error"],
            Self::Mae => &["mean_absolute_error"],
            Self::R2 => &["r2_score"],
            Self::LogLoss => &["cross_entropy"],
            Self::Accuracy => &["accuracy_score"],
        }
    }

    /// By its name or one that a library gives it, whatever its case: `areaUnderROC`, `logLoss`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
        let is = |measure: &Self| {
            let mut names =
                std::iter::once(measure.name()).chain(measure.aliases().iter().copied());
            names.any(|known| plain(known) == plain(name))
        };
        Self::ALL.into_iter().find(is)
    }

    /// Its direction.
    pub(crate) fn larger_is_better(self) -> bool {
        !matches!(self, Self::Mse | Self::Rmse | Self::Mae | Self::LogLoss)
    }

    /// Whether it compares numbers; the others compare classes.
    pub(crate) fn is_of_numbers(self) -> bool {
        matches!(self, Self::Mse | Self::Rmse | Self::Mae | Self::R2)
    }

    /// Of pairs of a label and a prediction; for [`Measure::Auc`] a score, for
    /// [`Measure::LogLoss`] the probability of the label.
    pub(crate) fn of(self, pairs: &mut [(f64, f64)]) -> Option<f64> {
        if pairs.is_empty() {
            return None;
        }
        let count = pairs.len() as f64;
        let mean = |value: fn(f64, f64) -> f64, pairs: &[(f64, f64)]| {
            pairs.iter().map(|(a, b)| value(*a, *b)).sum::<f64>() / count
        };
        match self {
            Self::Accuracy => Some(mean(|a, b| f64::from(u8::from(a == b)), pairs)),
            Self::Mse => Some(mean(|a, b| (a - b).powi(2), pairs)),
            Self::Rmse => Some(mean(|a, b| (a - b).powi(2), pairs).sqrt()),
            Self::Mae => Some(mean(|a, b| (a - b).abs(), pairs)),
            Self::LogLoss => Some(mean(|_, p| -p.max(PROBABILITY_MIN).ln(), pairs)),
            Self::R2 => r2(pairs),
            Self::Auc => auc(pairs),
            Self::F1 | Self::WeightedPrecision | Self::WeightedRecall => Some(self.weighted(pairs)),
        }
    }

    fn weighted(self, pairs: &[(f64, f64)]) -> f64 {
        // Right, predicted, there; by label.
        let mut labels: BTreeMap<u64, [f64; 3]> = BTreeMap::new();
        for (label, prediction) in pairs {
            let right = f64::from(u8::from(label == prediction));
            labels.entry(key(*prediction)).or_default()[1] += 1.0;
            let of = labels.entry(key(*label)).or_default();
            of[0] += right;
            of[2] += 1.0;
        }
        let share = |part: f64, of: f64| if of == 0.0 { 0.0 } else { part / of };
        let one = |[right, predicted, there]: &[f64; 3]| {
            let (precision, recall) = (share(*right, *predicted), share(*right, *there));
            let value = match self {
                Self::WeightedPrecision => precision,
                Self::WeightedRecall => recall,
                _ => share(2.0 * precision * recall, precision + recall),
            };
            value * there
        };
        labels.values().map(one).sum::<f64>() / pairs.len() as f64
    }
}

/// Equal numbers have equal keys.
fn key(label: f64) -> u64 {
    // -0 is 0.
    (label + 0.0).to_bits()
}

fn r2(pairs: &[(f64, f64)]) -> Option<f64> {
    let mean = pairs.iter().map(|(label, _)| label).sum::<f64>() / pairs.len() as f64;
    let left: f64 = pairs
        .iter()
        .map(|(label, said)| (label - said).powi(2))
        .sum();
    let all: f64 = pairs.iter().map(|(label, _)| (label - mean).powi(2)).sum();
    (all != 0.0).then(|| 1.0 - left / all)
}

/// By the sum of ranks, which is Mann and Whitney's U.
fn auc(pairs: &mut [(f64, f64)]) -> Option<f64> {
    pairs.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (mut ranks, mut positive, mut before) = (0.0, 0.0, 0.0);
    for tied in pairs.chunk_by(|a, b| a.1 == b.1) {
        let count = tied.len() as f64;
        let of_these = tied.iter().filter(|(label, _)| *label > 0.5).count() as f64;
        ranks += of_these * (before + (count + 1.0) / 2.0);
        positive += of_these;
        before += count;
    }
    let negative = before - positive;
    let pairs = positive * negative;
    (pairs > 0.0).then(|| (ranks - positive * (positive + 1.0) / 2.0) / pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(measure: Measure, pairs: &[(f64, f64)], expected: f64) {
        let value = measure.of(&mut pairs.to_vec()).expect("a value");
        assert!(
            (value - expected).abs() < 1e-12,
            "{measure:?} {value} {expected}"
        );
    }

    /// Values of scikit-learn 1.7 for the same rows.
    #[test]
    fn values_are_those_of_others() {
        let classes = [
            (0.0, 0.0),
            (0.0, 1.0),
            (1.0, 1.0),
            (1.0, 1.0),
            (2.0, 0.0),
            (2.0, 2.0),
            (1.0, 2.0),
        ];
        near(Measure::Accuracy, &classes, 4.0 / 7.0);
        near(Measure::F1, &classes, 0.571_428_571_428_571_4);
        near(
            Measure::WeightedPrecision,
            &classes,
            0.571_428_571_428_571_4,
        );
        near(Measure::WeightedRecall, &classes, 4.0 / 7.0);
        let scores = [(0.0, 0.1), (0.0, 0.4), (1.0, 0.35), (1.0, 0.8)];
        near(Measure::Auc, &scores, 0.75);
        let tied = [(0.0, 0.5), (1.0, 0.5), (0.0, 0.5), (1.0, 0.9)];
        near(Measure::Auc, &tied, 0.75);
        let numbers = [(3.0, 2.5), (-0.5, 0.0), (2.0, 2.0), (7.0, 8.0)];
        near(Measure::Mse, &numbers, 0.375);
        near(Measure::Rmse, &numbers, 0.375_f64.sqrt());
        near(Measure::Mae, &numbers, 0.5);
        near(Measure::R2, &numbers, 0.948_608_137_044_967_9);
        near(
            Measure::LogLoss,
            &[(1.0, 0.9), (0.0, 0.8)],
            (-(0.9_f64.ln()) - 0.8_f64.ln()) / 2.0,
        );
    }

    #[test]
    fn what_cannot_be_told_is_none() {
        for measure in Measure::ALL {
            assert_eq!(measure.of(&mut []), None);
        }
        assert_eq!(Measure::Auc.of(&mut [(1.0, 0.5), (1.0, 0.7)]), None);
        assert_eq!(Measure::R2.of(&mut [(1.0, 0.5), (1.0, 0.7)]), None);
    }

    #[test]
    fn names_of_libraries_are_known() {
        for (name, measure) in [
            ("areaUnderROC", Measure::Auc),
            ("logLoss", Measure::LogLoss),
            ("weightedPrecision", Measure::WeightedPrecision),
            ("RMSE", Measure::Rmse),
            ("f1", Measure::F1),
        ] {
            assert_eq!(Measure::named(name), Some(measure));
        }
        assert_eq!(Measure::named("charm"), None);
    }
}
