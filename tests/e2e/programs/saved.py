"""Saves and loads of models of several kinds, from Python.

A plain Spark program. It prints what it saved and loaded as JSON lines.
"""

import json
import pathlib
import sys

from py4j.protocol import Py4JJavaError
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LogisticRegression, LogisticRegressionModel
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def size_of(path):
    """The bytes of a saved model's files, checksums of the file system's own apart."""
    files = [f for f in pathlib.Path(path).rglob("*") if f.is_file() and f.suffix != ".crc"]
    return sum(f.stat().st_size for f in files)


def main(directory):
    spark = SparkSession.builder.appName("e2e saved").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    data = spark.range(0, 200, 1, 1).selectExpr(
        "cast(id % 20 as double) as x",
        "cast(id % 7 as double) as y",
        "cast(id % 20 + id % 3 > 10 as double) as label",
    )
    assembler = VectorAssembler(inputCols=["x", "y"], outputCol="features")
    regression = LogisticRegression(maxIter=3)
    ready = assembler.transform(data).cache()

    model = regression.fit(ready)
    alone = f"{directory}/alone"
    model.save(alone)
    say("save", uid=model.uid, path=alone, bytes=size_of(alone))
    try:
        model.save(alone)
    except Py4JJavaError as error:
        say("refused", path=alone, message=error.java_exception.getMessage())
    model.write().overwrite().save(alone)
    say("save", uid=model.uid, path=alone, bytes=size_of(alone))

    loaded = LogisticRegressionModel.load(alone)
    say("load", uid=loaded.uid, path=alone)
    scored = loaded.transform(ready)
    value = BinaryClassificationEvaluator().evaluate(scored)
    say("evaluate", uid=loaded.uid, value=value)

    pipeline = Pipeline(stages=[assembler, regression]).fit(data)
    whole = f"file://{directory}/whole"
    pipeline.save(whole)
    say("save", uid=pipeline.uid, path=whole, bytes=size_of(f"{directory}/whole"))
    again = PipelineModel.load(whole)
    say("load pipeline", uid=again.uid, path=whole, stages=[s.uid for s in again.stages])
    again.transform(data).count()

    unfitted = f"{directory}/unfitted"
    regression.save(unfitted)
    say("save", uid=regression.uid, path=unfitted, bytes=size_of(unfitted))
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1])
