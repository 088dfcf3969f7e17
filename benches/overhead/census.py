"""The program that is measured: census rows, 18 stages of preparation, fits of several kinds,
evaluations of everyone and of some.

It knows nothing of ModelDB. With --mlflow it turns on MLflow's autologging first, as that
needs. Before it stops it prints as one JSON line when Spark was there, when the work was done,
how many jobs Spark ran, what the models are worth, and the processor time of each thread of
the driver whose name says that it observes.
"""

import argparse
import json
import time

from pyspark.ml import Pipeline
from pyspark.ml.classification import DecisionTreeClassifier, LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
from pyspark.ml.feature import OneHotEncoder, StringIndexer, VectorAssembler
from pyspark.sql import SparkSession

WORDS = [
    "workclass",
    "education",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "native-country",
]
NUMBERS = ["age", "education-num", "capital-gain", "capital-loss", "hours-per-week"]
PENALTIES = (0.0, 0.01, 0.1)
DEPTHS = (4, 6)


def preparation():
    """Eight indexers, eight encoders, the label and the assembler."""
    index = [
        StringIndexer(inputCol=word, outputCol=f"{word}-index", handleInvalid="keep")
        for word in WORDS
    ]
    encode = [
        OneHotEncoder(inputCols=[f"{word}-index"], outputCols=[f"{word}-vector"]) for word in WORDS
    ]
    label = StringIndexer(inputCol="income", outputCol="label", stringOrderType="alphabetAsc")
    vectors = [f"{word}-vector" for word in WORDS]
    return [
        *index,
        *encode,
        label,
        VectorAssembler(inputCols=[*NUMBERS, *vectors], outputCol="features"),
    ]


def work(spark, data):
    """Fits and evaluates; answers the metrics."""
    rows = spark.read.csv(data, header=True, inferSchema=True)
    train, test = rows.randomSplit([0.8, 0.2], seed=7)
    prepare = Pipeline(stages=preparation()).fit(train)
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
        values.append(accuracy.evaluate(scored.filter("`native-country` = 'United-States'")))
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
