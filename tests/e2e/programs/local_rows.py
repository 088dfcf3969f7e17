"""Rows of the driver with functions over them that have state: JSON writers, pattern matchers.

A plain Spark program. It prints digests of what they give while models are fitted on them.
"""

import hashlib
import json
import math

from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def main():
    spark = SparkSession.builder.appName("e2e local rows").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    rows = ", ".join(
        f"({math.sin(row):.9f}, {math.cos(row):.9f}, {row % 2}.0)" for row in range(4000)
    )
    local = spark.sql(
        f"select double(a) a, double(b) b, double(label) label from values {rows} as t(a, b, label)"
    )
    text = F.to_json(F.struct("a", "b", "label"))
    data = local.withColumn("text", text)
    data = data.withColumn("cut", F.regexp_replace("text", "[0-9]{3}", "_"))
    data = VectorAssembler(inputCols=["a", "b"], outputCol="features").transform(data)
    for turn in range(4):
        of_turn = data.withColumn("turn", F.lit(turn)).select("*")
        LogisticRegression(maxIter=1 + turn).fit(of_turn)
        for _ in range(3):
            found = sorted(row.text + row.cut for row in of_turn.select("text", "cut").collect())
            say("digest", of=hashlib.sha256("".join(found).encode()).hexdigest())
    spark.stop()


if __name__ == "__main__":
    main()
