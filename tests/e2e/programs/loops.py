"""Pipelines and searches, which PySpark runs as loops in Python.

A plain Spark program. It prints what it did as JSON lines.
"""

import json

from pyspark.errors.exceptions.base import PySparkException
from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder, TrainValidationSplit
from pyspark.sql import SparkSession


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def people(spark):
    return spark.range(0, 300, 1, 1).selectExpr(
        "cast(20 + (id * 7) % 45 as double) as age",
        "cast(20 + (id * 3) % 40 as double) as hours",
        "element_at(array('clerk', 'farmer', 'teacher'), cast(1 + id % 3 as int)) as job",
        "cast((id * 7) % 45 + (id * 31) % 20 > 30 as double) as label",
    )


def stages():
    return [
        StringIndexer(inputCol="job", outputCol="jobIndex"),
        VectorAssembler(inputCols=["age", "hours", "jobIndex"], outputCol="numbers"),
        StandardScaler(inputCol="numbers", outputCol="features"),
        LogisticRegression(maxIter=3),
    ]


def search(kind, estimator, last, data, test, **settings):
    """A search over the last stage's penalty; answers its model."""
    penalties = [0.01, 1.0]
    search = kind(
        estimator=estimator,
        estimatorParamMaps=ParamGridBuilder().addGrid(last.regParam, penalties).build(),
        evaluator=BinaryClassificationEvaluator(),
        seed=3,
        **settings,
    )
    model = search.fit(data)
    averages = model.avgMetrics if kind is CrossValidator else model.validationMetrics
    best = model.bestModel.stages[-1] if isinstance(estimator, Pipeline) else model.bestModel
    say(
        "search",
        uid=search.uid,
        kind=kind.__name__,
        penalties=penalties,
        averages=averages,
        best=best.getRegParam(),
        stages=[stage.uid for stage in estimator.getStages()]
        if isinstance(estimator, Pipeline)
        else [estimator.uid],
        found=BinaryClassificationEvaluator().evaluate(model.transform(test)),
    )
    return search


def main():
    spark = SparkSession.builder.appName("e2e loops").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    train, test = people(spark).randomSplit([0.7, 0.3], seed=11)

    parts = stages()
    model = Pipeline(stages=parts).fit(train)
    value = BinaryClassificationEvaluator().evaluate(model.transform(test))
    on_train = BinaryClassificationEvaluator().evaluate(model.transform(train))
    say("pipeline", stages=[part.uid for part in parts], values=[value, on_train])

    # The same work by hand: what came of it is used again.
    hand = stages()
    indexed = hand[0].fit(train).transform(train)
    numbers = hand[1].transform(indexed)
    scaled = hand[2].fit(numbers).transform(numbers)
    fitted = hand[3].fit(scaled)
    value = BinaryClassificationEvaluator().evaluate(fitted.transform(scaled))
    say("by hand", stages=[part.uid for part in hand], value=value)

    parts = stages()
    searched = Pipeline(stages=parts)
    search(CrossValidator, searched, parts[-1], train, test, numFolds=3, parallelism=2)
    parts = stages()
    search(TrainValidationSplit, Pipeline(stages=parts), parts[-1], train, test)

    # A search as the last stage of a pipeline.
    parts = stages()
    grid = ParamGridBuilder().addGrid(parts[-1].regParam, [0.5, 2.0]).build()
    inner = CrossValidator(
        estimator=parts[-1],
        estimatorParamMaps=grid,
        evaluator=BinaryClassificationEvaluator(),
        numFolds=2,
        seed=3,
    )
    model = Pipeline(stages=[*parts[:-1], inner]).fit(train)
    value = BinaryClassificationEvaluator().evaluate(model.transform(test))
    say(
        "nested",
        stages=[*(part.uid for part in parts[:-1]), inner.uid],
        averages=model.stages[-1].avgMetrics,
        value=value,
    )

    # One stage fails: a label that is not there.
    parts = stages()
    parts[-1].setLabelCol("nothing")
    try:
        Pipeline(stages=parts).fit(train)
    except PySparkException as error:
        say("failed", stages=[part.uid for part in parts], error=type(error).__name__)
    say("end")
    spark.stop()


if __name__ == "__main__":
    main()
