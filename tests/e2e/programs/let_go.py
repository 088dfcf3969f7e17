"""Cached data that the program lets go of just after a fit, and functions that count their calls.

A plain Spark program. It prints how often its functions were called, which is once a row, and
how many RDDs are still stored.
"""

import json
import time

from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

ROWS = 4000


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def main():
    spark = SparkSession.builder.appName("e2e let go").getOrCreate()
    context = spark.sparkContext
    # Whoever looked for a block that is gone says so.
    context.setLogLevel("OFF")
    calls = context.accumulator(0)

    def number(row):
        calls.add(1)
        return float(row % 97)

    counted = F.udf(number, "double")
    label = (F.col("id") % 2).cast("double").alias("label")
    assembler = VectorAssembler(inputCols=["a"], outputCol="features")
    for turn in range(8):
        before = calls.value
        base = spark.range(0, ROWS, 1, 2).select(counted("id").alias("a"), label)
        data = assembler.transform(base).select("features", "label").cache()
        data.count()
        LogisticRegression(maxIter=2).fit(data)
        time.sleep(0.01 * turn)
        data.unpersist()
        time.sleep(1)
        stored = context._jsc.getPersistentRDDs().size()
        say("table", calls=calls.value - before, stored=stored)
    for turn in range(4):
        rows = context.parallelize(range(ROWS), 2).map(lambda row: (number(row), row % 2.0))
        data = assembler.transform(rows.toDF(["a", "label"]))
        stored = data._jdf.queryExecution().analyzed().collectLeaves().head().rdd()
        stored.cache()
        data.count()
        before = calls.value
        LogisticRegression(maxIter=2).fit(data)
        time.sleep(0.01 * turn)
        stored.unpersist(False)
        time.sleep(1)
        say("rdd", calls=calls.value - before)
    kept = assembler.transform(spark.range(0, ROWS, 1, 2).select(counted("id").alias("a"), label))
    kept = kept.select("features", "label").cache()
    kept.count()
    LogisticRegression(maxIter=2).fit(kept)
    time.sleep(3)
    say("kept", calls=calls.value)
    spark.stop()


if __name__ == "__main__":
    main()
