"""The program that is measured: census rows, 18 stages of preparation, fits of several kinds,
evaluations of everyone and of some.

It knows nothing of ModelDB. With --mlflow it turns on MLflow's autologging first, as that
needs. Before it stops it prints as one JSON line when Spark was there, when the work was done,
how many jobs Spark ran, what the models are worth, and the processor time of each thread of
the driver whose name says that it observes.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from pyspark.ml import Pipeline
from pyspark.ml.classification import DecisionTreeClassifier, LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
from pyspark.sql import SparkSession

# The preparation is that of the end-to-end tests' census program.
sys.path.append(str(Path(__file__).resolve().parents[2] / "tests/e2e/programs"))
from census import AMERICAN, stages

PENALTIES = (0.0, 0.01, 0.1)
DEPTHS = (4, 6)


def work(spark, data):
    """Fits and evaluates; answers the metrics."""
    rows = spark.read.csv(data, header=True, inferSchema=True)
    train, test = rows.randomSplit([0.8, 0.2], seed=7)
    prepare = Pipeline(stages=stages()).fit(train)
    train, test = prepare.transform(train), prepare.transform(test)
    area = BinaryClassificationEvaluator()
    accuracy = MulticlassClassificationEvaluator(metricName="accuracy")
    values = []
    estimators = [LogisticRegression(maxIter=10, regParam=penalty) for penalty in PENALTIES]
    estimators += [DecisionTreeClassifier(maxDepth=depth, maxBins=64) for depth in DEPTHS]
    for estimator in estimators:
        scored = estimator.fit(train).transform(test)
        values.append(area.evaluate(scored))
        values.append(accuracy.evaluate(scored))
        values.append(accuracy.evaluate(scored.filter(AMERICAN)))
    return values


def observers(spark):
    """Processor milliseconds of the driver's threads that observe, by name."""
    beans = spark._jvm.java.lang.management.ManagementFactory.getThreadMXBean()
    found = {}
    for thread in beans.getAllThreadIds():
        info = beans.getThreadInfo(thread)
        if info is not None and "modeldb" in info.getThreadName():
            milliseconds = beans.getThreadCpuTime(thread) / 1e6
            name = info.getThreadName()
            found[name] = found.get(name, 0.0) + milliseconds
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--mlflow", help="where MLflow keeps its runs")
    arguments = parser.parse_args()
    if arguments.mlflow:
        import mlflow

        mlflow.set_tracking_uri(arguments.mlflow)
        mlflow.pyspark.ml.autolog()
    spark = SparkSession.builder.appName("overhead").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.range(1).count()
    ready = time.time()
    values = work(spark, arguments.data)
    done = time.time()
    jobs = len(spark.sparkContext.statusTracker().getJobIdsForGroup())
    threads = observers(spark)
    said = {"ready": ready, "done": done, "jobs": jobs, "values": values, "threads": threads}
    print(json.dumps(said), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
