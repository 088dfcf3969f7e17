"""Stages and a metric that are written in Python, in pipelines, a search and one-vs-rest.

A plain Spark program. It prints what it did as one JSON object.
"""

import json

from pyspark import keyword_only
from pyspark.ml import Estimator, Model, Pipeline, Transformer
from pyspark.ml.classification import LogisticRegression, OneVsRest
from pyspark.ml.evaluation import Evaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.param.shared import (
    HasInputCol,
    HasLabelCol,
    HasOutputCol,
    HasPredictionCol,
)
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


class Doubler(Transformer, HasInputCol, HasOutputCol):
    """Twice a column."""

    @keyword_only
    def __init__(self, inputCol=None, outputCol=None):
        super().__init__()
        self._set(**self._input_kwargs)

    def _transform(self, dataset):
        return dataset.withColumn(self.getOutputCol(), 2 * F.col(self.getInputCol()))


class Average(Estimator, HasInputCol, HasLabelCol, HasPredictionCol):
    """Predicts the average label of rows on the same side of the average input."""

    @keyword_only
    def __init__(self, inputCol=None, labelCol="label", predictionCol="prediction"):
        super().__init__()
        self._set(**self._input_kwargs)

    def _fit(self, dataset):
        middle = dataset.agg(F.avg(self.getInputCol())).first()[0]
        model = AverageModel()
        model.middle = middle
        return self._copyValues(model)


class AverageModel(Model, HasInputCol, HasLabelCol, HasPredictionCol):
    """See Average."""

    middle = 0.0

    def _transform(self, dataset):
        above = F.col(self.getInputCol()) > self.middle
        return dataset.withColumn(self.getPredictionCol(), above.cast("double"))


class Hits(Evaluator, HasLabelCol, HasPredictionCol):
    """How many predictions are right."""

    def _evaluate(self, dataset):
        right = F.col(self.getLabelCol()) == F.col(self.getPredictionCol())
        return dataset.filter(right).count()


def main():
    spark = SparkSession.builder.appName("e2e own").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    people = spark.range(0, 200, 1, 1).selectExpr(
        "cast((id * 7) % 45 as double) as age",
        "cast((id * 3) % 40 as double) as hours",
        "cast((id * 7) % 45 + (id * 31) % 20 > 30 as double) as label",
        "cast(id % 3 as double) as kind",
    )
    train, test = people.randomSplit([0.7, 0.3], seed=11)
    doubler = Doubler(inputCol="age", outputCol="twice")
    average = Average(inputCol="twice")
    pipeline = Pipeline(stages=[doubler, average])
    model = pipeline.fit(train)
    scored = model.transform(test)
    told = {"hits": Hits().evaluate(scored), "stages": [doubler.uid, average.uid]}
    told["adults"] = Hits().evaluate(scored.filter("age > 18"))

    grid = ParamGridBuilder().addGrid(average.inputCol, ["twice", "hours"]).build()
    search = CrossValidator(
        estimator=pipeline, estimatorParamMaps=grid, evaluator=Hits(), numFolds=2, seed=5
    )
    found = search.fit(train)
    told |= {"averages": list(found.avgMetrics), "search": search.uid}

    ready = VectorAssembler(inputCols=["age", "hours"], outputCol="features").transform(train)
    classes = OneVsRest(classifier=LogisticRegression(maxIter=2), labelCol="kind", parallelism=2)
    told["classes"] = classes.uid
    classes.fit(ready).transform(ready).count()
    try:
        Pipeline(stages=[Doubler(inputCol="nothing", outputCol="twice"), average]).fit(train)
    except Exception as error:
        told["error"] = type(error).__name__
    print(json.dumps(told), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
