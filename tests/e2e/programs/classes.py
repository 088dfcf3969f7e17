"""Loads the classes that drivers of the tests load, for an archive of them (`scripts/spark-classes`)."""

from __future__ import annotations

import sys
import tempfile

from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression, RandomForestClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql.functions import col

spark = SparkSession.builder.getOrCreate()
with tempfile.TemporaryDirectory() as directory:
    rows = [(float(i % 7), float(i % 5), "ab"[i % 2], float(i % 2)) for i in range(60)]
    made = spark.createDataFrame(rows, ["x", "y", "letter", "label"])
    made.write.parquet(f"{directory}/parquet")
    made.write.option("header", True).csv(f"{directory}/csv")
    csv = spark.read.csv(f"{directory}/csv", header=True, inferSchema=True)
    data = spark.read.parquet(f"{directory}/parquet").join(csv.select("x").distinct(), "x")
    train, test = data.where(col("y") < 4).randomSplit([0.7, 0.3], seed=1)
    stages = [
        StringIndexer(inputCol="letter", outputCol="index"),
        VectorAssembler(inputCols=["x", "y", "index"], outputCol="raw"),
        StandardScaler(inputCol="raw", outputCol="features"),
    ]
    for last in (LogisticRegression(maxIter=2), RandomForestClassifier(numTrees=2)):
        model = Pipeline(stages=[*stages, last]).fit(train)
        scored = model.transform(test)
        BinaryClassificationEvaluator().evaluate(scored)
        scored.groupBy("prediction").count().collect()
        model.write().overwrite().save(f"{directory}/model")
spark.stop()
sys.exit(0)
