"""Models on one test set, of which one rewrites a column, and whose file changes in between.

A plain Spark program. `rows` is the number of rows, of which each has a long text.
"""

import argparse
import json
import time
from pathlib import Path

from pyspark.ml import Pipeline
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import SQLTransformer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession

NOTE = 700


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def lines(rows, hundreds):
    """All of the same length, whatever the age."""
    for row in range(rows):
        yield f"{row:06d},{hundreds}{row % 100:02d},{row % 7}.5,{'x' * NOTE}{row % 10}\n"


def model(name, test, train, *stages):
    assembler = VectorAssembler(inputCols=["age"], outputCol="features")
    regression = LinearRegression(maxIter=2)
    fitted = Pipeline(stages=[*stages, assembler, regression]).fit(train)
    error = RegressionEvaluator().evaluate(fitted.transform(test))
    say("model", name=name, error=round(error, 6))


def wait_for_samples(spark):
    """Until all so far are taken: no job of theirs runs for longer than they wait for a chance."""
    tracker = spark.sparkContext.statusTracker()
    quiet = 0
    while quiet < 60:
        infos = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup("modeldb-sampling")]
        quiet = 0 if any(info and info.status == "RUNNING" for info in infos) else quiet + 1
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("place", type=Path)
    parser.add_argument("--rows", type=int, default=3000)
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("e2e changed").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    arguments.place.mkdir()
    file = arguments.place / "test.csv"
    file.write_text("".join(lines(arguments.rows, 1)))
    test = spark.read.csv(str(file), schema="id int, age int, label double, note string")
    train = spark.range(100).selectExpr(
        "cast(id as int) as id",
        "cast(id as int) as age",
        "cast(id as double) as label",
        "'' as note",
    )
    model("plain", test, train)
    wait_for_samples(spark)
    larger = SQLTransformer(statement="SELECT id, age * 1000 AS age, label, note FROM __THIS__")
    model("larger", test, train, larger)
    wait_for_samples(spark)
    file.write_text("".join(lines(arguments.rows, 9)))
    model("after", test, train)
    spark.stop()


if __name__ == "__main__":
    main()
