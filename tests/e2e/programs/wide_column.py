"""A model on a table with one column so wide that a batch of its rows fills a small heap.

A plain Spark program that never reads that column. `write` makes the table, without it a model
is fitted.
"""

import argparse
import json

from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import SQLTransformer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession

ROWS = 1500
# Characters of each row in 64s. They pack well, so that the file is small.
WIDTH = 6000


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def write(spark, place, layout):
    spark.range(0, ROWS, 1, 1).selectExpr(
        "id",
        "rand(1) * 10 as a",
        "rand(2) * 5 as b",
        f"concat(cast(id as string), repeat(sha2(cast(id as string), 256), {WIDTH})) as body",
        "split(concat(id, ' ', sha2(cast(id as string), 256)), ' ') as words",
        "rand(1) * 20 - rand(2) * 5 as label",
    ).write.format(layout).save(place)


def fit(spark, place, layout, drop):
    table = spark.read.format(layout).load(place)
    if drop:
        narrow = SQLTransformer(statement="SELECT id, a, b, label FROM __THIS__")
        table = narrow.transform(table)
    data = VectorAssembler(inputCols=["a", "b"], outputCol="features").transform(table)
    scored = LinearRegression(maxIter=2).fit(data).transform(data)
    # Each row in one way or the other, so that files of any order give the same digits.
    say("fit", error=round(RegressionEvaluator().evaluate(scored), 6))
    for _ in range(3):
        say("count", rows=spark.range(1000).count())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("place")
    parser.add_argument("--layout", default="parquet")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--drop", action="store_true", help="a stage leaves the wide column out")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("e2e wide column").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    if arguments.write:
        write(spark, arguments.place, arguments.layout)
    else:
        fit(spark, arguments.place, arguments.layout, arguments.drop)
    spark.stop()


if __name__ == "__main__":
    main()
