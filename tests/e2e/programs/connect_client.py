"""A client of a Spark Connect server: two fits, a pipeline, and searches, each measured.

Knows nothing of ModelDB. Argument: the server, sc://host:port.
"""

import json
import sys

from pyspark.ml import Pipeline
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession

# The one that is better comes first, and the numbers come in no order.
PENALTIES = [0.5, 100.0, 20.0]


def tell(did, **what):
    print(json.dumps({"did": did, **what}), flush=True)


def search(estimator, line, data, error, parallelism):
    """Two folds of three configurations."""
    grid = ParamGridBuilder().addGrid(line.regParam, PENALTIES).build()
    validator = CrossValidator(
        estimator=estimator,
        estimatorParamMaps=grid,
        evaluator=error,
        numFolds=2,
        parallelism=parallelism,
        seed=1,
    )
    return validator.fit(data)


def main():
    spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
    data = spark.range(0, 100, 1, 1).selectExpr("cast(id % 17 as double) as x", "3.0 * id as y")
    data = VectorAssembler(inputCols=["x"], outputCol="features").transform(data)
    error = RegressionEvaluator(labelCol="y")
    for penalty in (0.0, 1.0):
        line = LinearRegression(labelCol="y", maxIter=2, regParam=penalty, solver="normal")
        value = error.evaluate(line.fit(data).transform(data))
        tell("fit", penalty=penalty, value=value)

    train, test = data.drop("features").randomSplit([0.7, 0.3], 5)
    assembler = VectorAssembler(inputCols=["x"], outputCol="raw")
    scaler = StandardScaler(inputCol="raw", outputCol="features")
    line = LinearRegression(labelCol="y", maxIter=2, solver="normal")
    pipeline = Pipeline(stages=[assembler, scaler, line])
    value = error.evaluate(pipeline.fit(train).transform(test))
    tell("pipeline", value=value)

    # On features that a transform made: the server makes them anew for every call.
    features = VectorAssembler(inputCols=["x"], outputCol="features").transform(train)
    model = search(line, line, features, error, 1)
    value = error.evaluate(model.transform(features))
    tell("search", means=list(map(float, model.avgMetrics)), value=value)
    # A pipeline whose stages were fitted before on the same data, and three at once.
    for parallelism in (1, 3):
        model = search(pipeline, line, train, error, parallelism)
        value = error.evaluate(model.transform(test))
        tell("searched pipelines", means=list(map(float, model.avgMetrics)), value=value)
    spark.stop()


if __name__ == "__main__":
    main()
