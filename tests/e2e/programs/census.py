"""The census workflow of the original ModelDB, from Python: 18 stages of preparation, a random
split, three searches of three folds over 6, 12 and 6 configurations, and who does best on
Americans.

A plain Spark program; its argument is the CSV file. It prints what it did as JSON lines.
"""

import json
import sys

from pyspark.ml import Pipeline
from pyspark.ml.classification import (
    DecisionTreeClassifier,
    LogisticRegression,
    RandomForestClassifier,
)
from pyspark.ml.evaluation import MulticlassClassificationEvaluator
from pyspark.ml.feature import OneHotEncoder, StringIndexer, VectorAssembler
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession

WORDS = [
    "workclass",
    "education",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "native-country",
]
NUMBERS = ["age", "education-num", "capital-gain", "capital-loss", "hours-per-week"]
AMERICAN = "`native-country` = 'United-States'"


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def stages():
    """Eight indexers, eight encoders, the label and the assembler."""
    indexers = [
        StringIndexer(inputCol=word, outputCol=f"{word}-index", handleInvalid="keep")
        for word in WORDS
    ]
    encoders = [
        OneHotEncoder(inputCols=[f"{word}-index"], outputCols=[f"{word}-vector"]) for word in WORDS
    ]
    label = StringIndexer(inputCol="income", outputCol="label", stringOrderType="alphabetAsc")
    vectors = [f"{word}-vector" for word in WORDS]
    assembler = VectorAssembler(inputCols=NUMBERS + vectors, outputCol="features")
    return [*indexers, *encoders, label, assembler]


def search(name, estimator, grid, parallelism, train, test, chosen):
    """Searches, and evaluates the best on everyone and on Americans, chosen before or after."""
    accuracy = MulticlassClassificationEvaluator(metricName="accuracy")
    candidates = grid.build()
    validator = CrossValidator(
        estimator=estimator,
        estimatorParamMaps=candidates,
        evaluator=accuracy,
        numFolds=3,
        parallelism=parallelism,
        seed=7,
    )
    model = validator.fit(train)
    say(
        "search",
        name=name,
        uid=validator.uid,
        estimator=estimator.uid,
        candidates=[{param.name: str(value) for param, value in c.items()} for c in candidates],
        averages=model.avgMetrics,
        best=model.avgMetrics.index(max(model.avgMetrics)),
    )
    scored = model.transform(test)
    say("evaluate", name=name, rows="all", value=accuracy.evaluate(scored))
    if chosen == "before":
        some = model.transform(test.filter(AMERICAN))
    else:
        some = scored.filter(AMERICAN)
    say("evaluate", name=name, rows="american", value=accuracy.evaluate(some))


def main():
    spark = SparkSession.builder.appName("census in Python").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    raw = spark.read.csv(sys.argv[1], header=True, inferSchema=True)
    pipeline = Pipeline(stages=stages())
    prepare = pipeline.fit(raw)
    say("pipeline", uid=pipeline.uid, stages=len(prepare.stages))
    train, test = prepare.transform(raw).randomSplit([0.7, 0.3], seed=1996)
    train, test = train.cache(), test.cache()

    regression = LogisticRegression(maxIter=4)
    six = (
        ParamGridBuilder()
        .addGrid(regression.regParam, [0.01, 0.1, 0.5])
        .addGrid(regression.elasticNetParam, [0.0, 0.5])
    )
    search("regression", regression, six, 1, train, test, "after")

    tree = DecisionTreeClassifier(seed=1)
    twelve = (
        ParamGridBuilder()
        .addGrid(tree.maxDepth, [1, 2, 3])
        .addGrid(tree.minInstancesPerNode, [1, 50])
        .addGrid(tree.maxBins, [8, 32])
    )
    search("tree", tree, twelve, 2, train, test, "before")

    # The third search learns from numbers alone.
    numbers = VectorAssembler(
        inputCols=["age", "education-num", "hours-per-week"], outputCol="numbers"
    )
    forest = RandomForestClassifier(featuresCol="numbers", numTrees=3, seed=1)
    six_more = (
        ParamGridBuilder()
        .addGrid(forest.maxDepth, [1, 2, 3])
        .addGrid(forest.subsamplingRate, [0.5, 1.0])
    )
    search(
        "forest", forest, six_more, 1, numbers.transform(train), numbers.transform(test), "after"
    )
    spark.stop()


if __name__ == "__main__":
    main()
