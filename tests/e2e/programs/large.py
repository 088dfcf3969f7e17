"""A file of which a sample reads some partitions only, split, and scored by two models.

A plain Spark program. It prints which rows of these partitions have the lowest hashes.
"""

import argparse
import json

from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

SCHEMA = "id bigint, a double, label double, padding string"


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("partitions", type=int, nargs="+", help="those that are looked at")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("e2e large").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    # Files of one size, one for each partition.
    spark.range(0, 40_000, 1, 4).selectExpr(
        "id", "id % 997 / 997.0 AS a", "cast(id % 3 = 0 AS double) AS label", "repeat('x', 600)"
    ).write.csv(arguments.file)
    rows = spark.read.schema(SCHEMA).csv(arguments.file)
    train, test = rows.randomSplit([0.5, 0.5], seed=7)
    hashed = F.xxhash64(*sorted(rows.columns))
    order = hashed.bitwiseXOR(F.lit(-(2**63)))
    for role, part in (("train", train), ("test", test)):
        read = part.withColumn("of", F.spark_partition_id())
        read = read.filter(F.col("of").isin(arguments.partitions))
        lowest = read.select(F.hex(hashed).alias("hash")).orderBy(order).limit(1000).collect()
        say(role, of=rows.rdd.getNumPartitions(), ids=[r["hash"].lower().zfill(16) for r in lowest])
    for penalty in (0.0, 0.1):
        assembler = VectorAssembler(inputCols=["a"], outputCol="features")
        regression = LogisticRegression(maxIter=3, regParam=penalty)
        model = Pipeline(stages=[assembler, regression]).fit(train)
        say("model", area=BinaryClassificationEvaluator().evaluate(model.transform(test)))
    spark.stop()


if __name__ == "__main__":
    main()
