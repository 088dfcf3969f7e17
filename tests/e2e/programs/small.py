"""A few fits; the arguments say how many, how the program ends, and for what it waits.

A plain Spark program. It prints what it did as JSON lines: the same ones on every run, but
for the time that `stop` took.
"""

import argparse
import json
import os
import sys
import time

from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def wait_for(path):
    say("waiting")
    deadline = time.monotonic() + 120
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            sys.exit(f"{path} did not come")
        time.sleep(0.02)


def stop(spark):
    before = time.monotonic()
    spark.stop()
    say("stopped", seconds=time.monotonic() - before)


def throw(spark):
    raise RuntimeError("this program fails")


ENDS = {
    "stop": stop,
    "return": lambda spark: None,
    "exit": lambda spark: sys.exit(3),
    "throw": throw,
    "os-exit": lambda spark: os._exit(3),
    "jvm-exit": lambda spark: spark._jvm.System.exit(3),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fits", type=int, default=3)
    parser.add_argument("--end", choices=list(ENDS), default="stop")
    parser.add_argument("--wait-before", type=int, default=-1, help="the fit before which to wait")
    parser.add_argument("--wait-for", help="the file to wait for before the fit, and the end")
    arguments = parser.parse_args()

    spark = SparkSession.builder.appName("e2e small").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    data = spark.range(0, 100, 1, 1).selectExpr("cast(id % 17 as double) as x", "3.0 * id as y")
    data = VectorAssembler(inputCols=["x"], outputCol="features").transform(data)
    error = RegressionEvaluator(labelCol="y")
    for number in range(arguments.fits):
        if number == arguments.wait_before:
            wait_for(arguments.wait_for)
        line = LinearRegression(labelCol="y", maxIter=2, regParam=float(number), solver="normal")
        model = line.fit(data)
        value = error.evaluate(model.transform(data))
        say("fit", penalty=float(number), coefficient=model.coefficients[0], value=value)
    if arguments.wait_before == arguments.fits:
        wait_for(arguments.wait_for)
    ENDS[arguments.end](spark)


if __name__ == "__main__":
    main()
