"""What Spark numbers as it goes, and what depends on that: the range partitioner samples by an
RDD's number, so where a sorted RDD is cut, and with it a binned area under the ROC curve.

A plain Spark program; `--pause` is the time in seconds that it does nothing after each model.
"""

import argparse
import json
import time

from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pause", type=float, default=3)
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("e2e numbers").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    rows = spark.range(40_000).selectExpr(
        "id % 997 / 997.0 AS a",
        "id % 1009 / 1009.0 AS b",
        "cast(id % 997 + id % 1009 + id * 7919 % 1000 > 1500 AS double) AS label",
    )
    train, test = rows.randomSplit([0.5, 0.5], seed=7)
    # What Spark would run adaptively.
    grouped = rows.groupBy(F.expr("round(a * b, 4)").alias("ab")).agg(
        F.max("a").alias("a"), F.max("b").alias("b"), F.max("label").alias("label")
    )
    grouped = VectorAssembler(inputCols=["a", "b"], outputCol="features").transform(grouped).cache()
    grouped.count()
    for penalty in (0.0, 0.1, 1.0):
        assembler = VectorAssembler(inputCols=["a", "b"], outputCol="features")
        regression = LogisticRegression(maxIter=5, regParam=penalty)
        model = Pipeline(stages=[assembler, regression]).fit(train)
        area = BinaryClassificationEvaluator().evaluate(model.transform(test))
        say("model", area=repr(area))
        time.sleep(arguments.pause)
        regression = LogisticRegression(maxIter=3, regParam=penalty).fit(grouped)
        area = BinaryClassificationEvaluator().evaluate(regression.transform(grouped))
        say("cached", area=repr(area))
        time.sleep(arguments.pause)
        plan = test.filter("a > 0.5")._jdf.queryExecution().analyzed().toString()
        say("numbers", rdd=spark.sparkContext.parallelize([1], 1)._jrdd.id(), plan=plan)
    spark.stop()


if __name__ == "__main__":
    main()
