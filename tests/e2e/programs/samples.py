"""Models scored on one test set, and on training sets that are more or less cheap to read.

A plain Spark program. It prints as JSON lines what samples of it should hold, computed by
itself: the rows with the lowest hashes, what each model said of them, and how well it did on
the Americans among them.
"""

import argparse
import json

from pyspark.ml import Pipeline
from pyspark.ml.classification import DecisionTreeClassifier, LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
from pyspark.ml.feature import OneHotEncoder, StringIndexer, VectorAssembler
from pyspark.ml.tuning import TrainValidationSplit
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.storagelevel import StorageLevel

KEPT = ["age", "amount", "born", "country", "id", "info", "label", "seen", "tags", "vip", "weights"]


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def customers(spark):
    """Rows that differ from run to run in nothing."""
    return spark.range(0, 600, 1, 2).selectExpr(
        "id",
        "element_at(array('US', 'DE', 'FR'), cast(id % 3 as int) + 1) as country",
        "if(id % 11 = 0, null, cast(18 + (id * 37) % 60 as double)) as age",
        "concat('sec', 'ret-', id) as private_name",
        "id % 7 = 0 as vip",
        "date_add(date '1990-01-01', cast(id as int)) as born",
        "timestamp_micros(1600000000000000 + id * 1000001) as seen",
        "cast(id as decimal(10, 2)) / 4 as amount",
        "array(cast(id as string), 'x') as tags",
        "array(cast(id as int), 2) as weights",
        "named_struct('a', id, 'b', 'y') as info",
        "map('k', id) as extra",
        "cast((id * 37) % 60 > 20 + 15 * (id % 3) or id % 13 = 0 as double) as label",
    )


def pipelines():
    index = StringIndexer(inputCol="country", outputCol="country_index")
    one_hot = OneHotEncoder(inputCol="country_index", outputCol="country_vector")
    years = F.expr("coalesce(age, 40)")
    with_country = VectorAssembler(inputCols=["years", "country_vector"], outputCol="features")
    without = VectorAssembler(inputCols=["years"], outputCol="features")
    return years, {
        "regression": Pipeline(
            stages=[index, one_hot, with_country, LogisticRegression(maxIter=5)]
        ),
        "tree": Pipeline(stages=[without, DecisionTreeClassifier(maxDepth=2)]),
    }


def models(data, rows):
    years, of = pipelines()
    train, test = data.withColumn("years", years).randomSplit([0.7, 0.3], seed=7)
    hashed = F.xxhash64(*sorted([*KEPT, "years"]))
    order = hashed.bitwiseXOR(F.lit(-(2**63)))
    for role, part in (("train", train), ("test", test)):
        lowest = part.select("id", F.hex(hashed).alias("hash")).orderBy(order)
        say(role, rows=[[r["hash"].lower().zfill(16), r["id"]] for r in lowest.collect()])
    for name, pipeline in of.items():
        model = pipeline.fit(train)
        scored = model.transform(test)
        value = BinaryClassificationEvaluator().evaluate(scored)
        again = MulticlassClassificationEvaluator(metricName="accuracy").evaluate(scored)
        lowest = scored.withColumn("hash", F.hex(hashed)).orderBy(order).limit(rows).collect()
        americans = [row for row in lowest if row["country"] == "US"]
        say(
            "model",
            name=name,
            uid=model.stages[-1].uid,
            auc=value,
            accuracy=again,
            predictions=[
                [r["hash"].lower().zfill(16), r["label"], r["prediction"], list(r["probability"])]
                for r in lowest
            ],
            americans=sum(r["label"] == r["prediction"] for r in americans) / len(americans),
            features=[list(r["features"]) for r in lowest],
        )


def training_sets(spark, directory):
    """Fits on each of these; the name is that of a column."""
    customers(spark).selectExpr("id", "country", "id * 7 as income").write.parquet(directory)
    files = spark.read.parquet(directory)
    shouted = F.udf(lambda text: text.upper())
    cached = files.join(files.select("id", F.lit("right").alias("side")), "id")
    cached = cached.withColumn("is_cached", F.lit(1)).persist(StorageLevel.MEMORY_ONLY)
    cached.count()
    sets = {
        "is_files": files.filter("id > 3").withColumn("income_class", F.expr("income > 900")),
        "is_sampled": files.sample(fraction=0.5, seed=3),
        "is_cached": cached,
        "is_below_cached": cached.filter("id > 5"),
        "is_joined": files.join(files.select("id"), "id"),
        "is_grouped": files.groupBy("country").count(),
        "is_sorted": files.orderBy("id"),
        "is_limited": files.limit(20),
        "is_python": files.withColumn("country", shouted("country")),
        "is_rdd": spark.sparkContext.parallelize([("US",), ("DE",)]).toDF(["country"]),
        "is_random": files.withColumn("other", F.expr("uuid()")),
    }
    for name, data in sets.items():
        StringIndexer(inputCol="country", outputCol="n").fit(data.withColumn(name, F.lit(1)))
        say("training set", name=name)


def search(spark):
    """PySpark runs the search itself, so that each of its fits looks like one by itself."""
    data = VectorAssembler(inputCols=["years"], outputCol="features").transform(
        customers(spark).selectExpr("coalesce(age, 40) as years", "label", "1 as is_searched")
    )
    tree = DecisionTreeClassifier(maxDepth=1)
    TrainValidationSplit(
        estimator=tree,
        estimatorParamMaps=[{tree.maxBins: 8}],
        evaluator=BinaryClassificationEvaluator(),
        seed=1,
    ).fit(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--files", help="a directory from which the models have their rows")
    parser.add_argument("--sets", help="a directory for the files of training sets")
    parser.add_argument("--search", action="store_true")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("e2e samples").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    data = customers(spark)
    if arguments.files:
        data.write.parquet(arguments.files)
        data = spark.read.parquet(arguments.files)
    models(data, arguments.rows)
    if arguments.sets:
        training_sets(spark, arguments.sets)
    if arguments.search:
        search(spark)
    say("jobs", count=spark.sparkContext._jsc.sc().dagScheduler().nextJobId())
    spark.stop()


if __name__ == "__main__":
    main()
