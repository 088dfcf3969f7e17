"""Two SparkContexts in turn; the second has two sessions. A plain Spark program."""

import json

from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.sql import SparkSession


def fit(spark):
    data = spark.range(0, 20, 1, 1).selectExpr("double(id) as x")
    data = VectorAssembler(inputCols=["x"], outputCol="numbers").transform(data)
    StandardScaler(inputCol="numbers", outputCol="scaled").fit(data)


def main():
    for number, name in enumerate(["first context", "second context"]):
        spark = SparkSession.builder.appName(name).getOrCreate()
        sessions = [spark, spark.newSession()][: number + 1]
        for session in sessions:
            fit(session)
        print(json.dumps({"did": "context", "fits": len(sessions)}), flush=True)
        spark.stop()


if __name__ == "__main__":
    main()
