//! What things are called, and what estimators are like.

/// What a parameter may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    /// One of these texts; numbers among them are numbers.
    Text(&'static [&'static str]),
    /// A number between two, evenly on a logarithmic scale.
    Scale(f64, f64),
    /// The seed of this fit.
    Seed,
}

/// An estimator.
#[derive(Debug)]
pub(super) struct Estimator {
    pub(super) class: &'static str,
    pub(super) problem: &'static str,
    /// Whether it reports what it optimised, iteration by iteration.
    pub(super) iterates: bool,
    pub(super) has_trees: bool,
    pub(super) params: &'static [(&'static str, Value)],
}

use Value::{Scale, Seed, Text};

const BOOLEAN: Value = Text(&["true", "false"]);
const FEATURES: (&str, Value) = ("featuresCol", Text(&["features", "scaled"]));
const LABEL: (&str, Value) = ("labelCol", Text(&["label"]));
const PREDICTION: (&str, Value) = ("predictionCol", Text(&["prediction"]));
const PROBABILITY: (&str, Value) = ("probabilityCol", Text(&["probability"]));
const RAW: (&str, Value) = ("rawPredictionCol", Text(&["rawPrediction"]));
const WEIGHT: (&str, Value) = ("weightCol", Text(&["", "weight"]));
const MAX_ITER: (&str, Value) = ("maxIter", Text(&["10", "20", "50", "100", "200"]));
const TOLERANCE: (&str, Value) = ("tol", Text(&["1.0E-6", "1.0E-4"]));
const DEPTH: (&str, Value) = ("maxDepth", Text(&["3", "5", "8", "12"]));
const SEED: (&str, Value) = ("seed", Seed);

const TREE_PARAMS: [(&str, Value); 11] = [
    DEPTH,
    ("cacheNodeIds", BOOLEAN),
    ("checkpointInterval", Text(&["10"])),
    ("featureSubsetStrategy", Text(&["auto", "sqrt", "log2"])),
    ("impurity", Text(&["gini", "entropy", "variance"])),
    ("maxBins", Text(&["32", "64", "128"])),
    ("maxMemoryInMB", Text(&["256"])),
    ("minInfoGain", Text(&["0.0", "0.01"])),
    ("minInstancesPerNode", Text(&["1", "5", "20"])),
    ("subsamplingRate", Text(&["1.0", "0.8", "0.5"])),
    ("leafCol", Text(&[""])),
];

macro_rules! trees {
    ($($more:expr),* $(,)?) => {
        &[
            TREE_PARAMS[0], TREE_PARAMS[1], TREE_PARAMS[2], TREE_PARAMS[3], TREE_PARAMS[4],
            TREE_PARAMS[5], TREE_PARAMS[6], TREE_PARAMS[7], TREE_PARAMS[8], TREE_PARAMS[9],
            TREE_PARAMS[10], FEATURES, LABEL, PREDICTION, WEIGHT, SEED, $($more),*
        ]
    };
}

macro_rules! linear {
    ($($more:expr),* $(,)?) => {
        &[
            FEATURES, LABEL, PREDICTION, WEIGHT, MAX_ITER, TOLERANCE,
            ("aggregationDepth", Text(&["2"])),
            ("elasticNetParam", Text(&["0.0", "0.2", "0.5", "1.0"])),
            ("fitIntercept", BOOLEAN),
            ("maxBlockSizeInMB", Text(&["0.0"])),
            ("regParam", Scale(1e-4, 10.0)),
            ("standardization", BOOLEAN),
            $($more),*
        ]
    };
}

/// Estimators that predict, the more usual ones more than once.
pub(super) const ESTIMATORS: [Estimator; 7] = [
    Estimator {
        class: "org.apache.spark.ml.classification.LogisticRegression",
        problem: "binary",
        iterates: true,
        has_trees: false,
        params: linear![
            PROBABILITY,
            RAW,
            ("family", Text(&["auto", "binomial"])),
            ("threshold", Text(&["0.5", "0.3"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.classification.RandomForestClassifier",
        problem: "binary",
        iterates: false,
        has_trees: true,
        params: trees![
            PROBABILITY,
            RAW,
            ("bootstrap", BOOLEAN),
            ("numTrees", Text(&["20", "50", "100", "300"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.classification.GBTClassifier",
        problem: "binary",
        iterates: true,
        has_trees: true,
        params: trees![
            PROBABILITY,
            RAW,
            MAX_ITER,
            ("lossType", Text(&["logistic"])),
            ("stepSize", Scale(0.01, 0.5)),
            ("validationTol", Text(&["0.01"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.regression.LinearRegression",
        problem: "regression",
        iterates: true,
        has_trees: false,
        params: linear![
            ("epsilon", Text(&["1.35"])),
            ("loss", Text(&["squaredError", "huber"])),
            ("solver", Text(&["auto", "l-bfgs"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.regression.GBTRegressor",
        problem: "regression",
        iterates: true,
        has_trees: true,
        params: trees![
            MAX_ITER,
            ("lossType", Text(&["squared", "absolute"])),
            ("stepSize", Scale(0.01, 0.5)),
            ("validationTol", Text(&["0.01"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.clustering.KMeans",
        problem: "clustering",
        iterates: false,
        has_trees: false,
        params: &[
            FEATURES,
            PREDICTION,
            WEIGHT,
            MAX_ITER,
            TOLERANCE,
            SEED,
            ("distanceMeasure", Text(&["euclidean", "cosine"])),
            ("initMode", Text(&["k-means||", "random"])),
            ("initSteps", Text(&["2"])),
            ("k", Text(&["2", "4", "8", "16", "32"])),
            ("solver", Text(&["auto"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.recommendation.ALS",
        problem: "recommendation",
        iterates: false,
        has_trees: false,
        params: &[
            PREDICTION,
            MAX_ITER,
            SEED,
            ("alpha", Text(&["1.0", "40.0"])),
            ("blockSize", Text(&["4096"])),
            ("checkpointInterval", Text(&["10"])),
            ("coldStartStrategy", Text(&["nan", "drop"])),
            ("finalStorageLevel", Text(&["MEMORY_AND_DISK"])),
            ("implicitPrefs", BOOLEAN),
            ("intermediateStorageLevel", Text(&["MEMORY_AND_DISK"])),
            ("itemCol", Text(&["item"])),
            ("nonnegative", BOOLEAN),
            ("numItemBlocks", Text(&["10"])),
            ("numUserBlocks", Text(&["10"])),
            ("rank", Text(&["10", "20", "50"])),
            ("ratingCol", Text(&["rating"])),
            ("regParam", Scale(1e-4, 10.0)),
            ("userCol", Text(&["user"])),
        ],
    },
];

/// Stages that prepare columns and are fitted, with input and output.
pub(super) const PREPARERS: [Estimator; 3] = [
    Estimator {
        class: "org.apache.spark.ml.feature.StringIndexer",
        problem: "",
        iterates: false,
        has_trees: false,
        params: &[
            ("handleInvalid", Text(&["error", "keep"])),
            ("inputCol", Text(&["country", "carrier", "device"])),
            ("outputCol", Text(&["indexed"])),
            ("stringOrderType", Text(&["frequencyDesc"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.feature.Imputer",
        problem: "",
        iterates: false,
        has_trees: false,
        params: &[
            ("inputCols", Text(&["age,income"])),
            ("missingValue", Text(&["NaN"])),
            ("outputCols", Text(&["age_filled,income_filled"])),
            ("relativeError", Text(&["0.001"])),
            ("strategy", Text(&["mean", "median"])),
        ],
    },
    Estimator {
        class: "org.apache.spark.ml.feature.StandardScaler",
        problem: "",
        iterates: false,
        has_trees: false,
        params: &[
            ("inputCol", Text(&["features"])),
            ("outputCol", Text(&["scaled"])),
            ("withMean", BOOLEAN),
            ("withStd", BOOLEAN),
        ],
    },
];

/// Metrics of a kind of problem, and whether larger is better.
pub(super) fn metrics(problem: &str) -> &'static [(&'static str, bool)] {
    match problem {
        "binary" => &[
            ("areaUnderROC", true),
            ("areaUnderPR", true),
            ("accuracy", true),
            ("f1", true),
            ("logLoss", false),
            ("weightedRecall", true),
        ],
        "regression" => &[
            ("rmse", false),
            ("mae", false),
            ("r2", true),
            ("var", true),
            ("mse", false),
        ],
        "clustering" => &[("silhouette", true)],
        _ => &[("rmse", false), ("mae", false)],
    }
}

/// Columns of the data, and their types.
pub(super) const COLUMNS: [(&str, &str); 10] = [
    ("age", "double"),
    ("income", "double"),
    ("country", "string"),
    ("carrier", "string"),
    ("device", "string"),
    ("visits", "bigint"),
    ("tenure", "double"),
    ("distance", "double"),
    ("weight", "double"),
    ("label", "double"),
];

/// What projects are about.
pub(super) const TOPICS: [&str; 16] = [
    "churn", "fraud", "pricing", "demand", "ranking", "credit", "delays", "yield", "returns",
    "uplift", "spam", "support", "capacity", "quality", "leads", "energy",
];

/// Where.
pub(super) const PLACES: [&str; 8] = ["eu", "us", "apac", "latam", "global", "uk", "de", "jp"];

/// Who works on them.
pub(super) const PEOPLE: [&str; 12] = [
    "ada",
    "grace",
    "edsger",
    "barbara",
    "alan",
    "katherine",
    "donald",
    "frances",
    "tony",
    "leslie",
    "radia",
    "margaret",
];

/// Slices by which models are evaluated.
pub(super) const SLICES: [&str; 5] = [
    "country = 'US'",
    "country = 'DE'",
    "device = 'mobile'",
    "age > 60.0",
    "carrier = 'AA'",
];
