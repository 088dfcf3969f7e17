"""A client of a Spark Connect server: two fits, a transform, an evaluation of each.

Knows nothing of ModelDB. Argument: the server, sc://host:port.
"""

import json
import sys

from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession


def main():
    spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
    data = spark.range(0, 100, 1, 1).selectExpr("cast(id % 17 as double) as x", "3.0 * id as y")
    data = VectorAssembler(inputCols=["x"], outputCol="features").transform(data)
    error = RegressionEvaluator(labelCol="y")
    for penalty in (0.0, 1.0):
        line = LinearRegression(labelCol="y", maxIter=2, regParam=penalty, solver="normal")
        value = error.evaluate(line.fit(data).transform(data))
        print(json.dumps({"did": "fit", "penalty": penalty, "value": value}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
