"""Fits, transforms and evaluations of many kinds, from Python.

A plain Spark program. It prints each call that it makes as a JSON line: what was called,
with which parameters, and what came out.
"""

import json
import tempfile

from pyspark.errors.exceptions.base import PySparkException
from pyspark.ml import Pipeline
from pyspark.ml.classification import (
    DecisionTreeClassifier,
    LogisticRegression,
    LogisticRegressionModel,
    RandomForestClassifier,
)
from pyspark.ml.clustering import KMeans
from pyspark.ml.evaluation import (
    BinaryClassificationEvaluator,
    ClusteringEvaluator,
    MulticlassClassificationEvaluator,
    RegressionEvaluator,
)
from pyspark.ml.feature import IndexToString, StringIndexer, VectorAssembler
from pyspark.ml.recommendation import ALS
from pyspark.ml.regression import LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def java_class(thing):
    module = type(thing).__module__.replace("pyspark.", "org.apache.spark.")
    return f"{module}.{type(thing).__name__}"


def parameters(thing, extra=None):
    """The parameters in force, and which of them somebody set."""
    extra = {param.name: value for param, value in (extra or {}).items()}
    every, explicit = {}, sorted(extra)
    for param in thing.params:
        if thing.isDefined(param):
            every[param.name] = extra.get(param.name, thing.getOrDefault(param))
            if thing.isSet(param) and param.name not in extra:
                explicit.append(param.name)
    return {"params": every, "explicit": sorted(explicit)}


def fit(name, estimator, data, extra=None):
    facts = {"name": name, "class": java_class(estimator), "uid": estimator.uid}
    facts |= parameters(estimator, extra)
    try:
        model = estimator.fit(data, extra) if extra else estimator.fit(data)
    except PySparkException as error:
        say("fit", **facts, error=str(error).splitlines()[0])
        return None
    say("fit", **facts)
    return model


def transform(name, transformer, data, model=None, extra=None):
    """`name` is that of the dataset that comes out, `model` that of the fit, if there was one."""
    facts = {"name": name, "class": java_class(transformer), "uid": transformer.uid, "model": model}
    facts |= {"before": data.columns}
    try:
        scored = transformer.transform(data, extra) if extra else transformer.transform(data)
    except PySparkException as error:
        say("transform", **facts, error=str(error).splitlines()[0])
        return None
    say("transform", **facts, after=scored.columns)
    return scored


def evaluate(evaluator, data, model=None, scored=None, filters=(), opaque=False, extra=None):
    """`scored` is the name of the scored dataset, `filters` what lies before the evaluation."""
    effective = evaluator.copy(extra) if extra else evaluator
    column = next(
        effective.getOrDefault(param)
        for param in ("predictionCol", "rawPredictionCol")
        if effective.hasParam(param)
    )
    label = effective.getOrDefault("labelCol") if effective.hasParam("labelCol") else None
    facts = {"class": java_class(evaluator), "metric": effective.getMetricName(), "model": model}
    facts |= {"scored": scored, "filters": list(filters), "opaque": opaque}
    facts |= {"label": label, "prediction": column, "larger": effective.isLargerBetter()}
    try:
        value = evaluator.evaluate(data, extra) if extra else evaluator.evaluate(data)
    except PySparkException as error:
        say("evaluate", **facts, error=str(error).splitlines()[0])
        return
    say("evaluate", **facts, value=value)


def fit_pipeline(names, stages, data):
    """A pipeline of which the last stage is an estimator: what Python's Pipeline calls."""
    model = Pipeline(stages=stages).fit(data)
    columns = data.columns
    for name, stage, fitted in zip(names, stages, model.stages):
        is_model = fitted is not stage
        if is_model:
            say(
                "fit", name=name, uid=stage.uid, **{"class": java_class(stage)}, **parameters(stage)
            )
        if stage is not stages[-1]:
            after = [*columns, fitted.getOutputCol()]
            say(
                "transform",
                name=f"{name}, in fit",
                uid=fitted.uid,
                before=columns,
                after=after,
                model=name if is_model else None,
                **{"class": java_class(fitted)},
            )
            columns = after
    return model


def transform_pipeline(names, stages, model, data):
    """What Python's PipelineModel calls."""
    scored = data
    for name, stage, fitted in zip(names, stages, model.stages):
        is_model = fitted is not stage
        scored = transform(f"{name}, scored", fitted, scored, name if is_model else None)
    return scored


def people(spark):
    return (
        spark.range(0, 500, 1, 2)
        .selectExpr(
            "id",
            "cast(20 + (id * 7) % 45 as double) as age",
            "cast(1 + (id * 13) % 16 as double) as education",
            "cast(20 + (id * 3) % 40 as double) as hours",
            "element_at(array('clerk', 'farmer', 'teacher'), cast(1 + id % 3 as int)) as job",
        )
        .selectExpr(
            "*",
            "cast(age / 10 + education / 2 + hours / 12 + (id * 31) % 7 > 14 as double) as label",
            "1000 * education + 20 * age + (id * 17) % 500 as income",
        )
    )


def classification(spark, prepared, train, test):
    area = BinaryClassificationEvaluator()
    accuracy = MulticlassClassificationEvaluator(metricName="accuracy")

    # A search by hand.
    for penalty in (0.0, 0.1):
        name = f"penalty {penalty}"
        estimator = LogisticRegression(maxIter=5, regParam=penalty)
        model = fit(name, estimator, train)
        scored = transform(f"scored, {name}", model, test, name)
        where = {"model": name, "scored": f"scored, {name}"}
        evaluate(area, scored, **where)
        evaluate(area, scored.filter("hours >= 30"), filters=["hours", "30"], **where)
        evaluate(accuracy, scored, extra={accuracy.metricName: "weightedPrecision"}, **where)

    # Some of the rows, in all ways.
    evaluate(
        accuracy,
        scored.filter(F.col("age") > 30).where("job = 'clerk'"),
        filters=["age", "30", "job", "clerk"],
        **where,
    )
    evaluate(
        accuracy,
        scored.select("label", "prediction", "age")
        .filter("age > 25")
        .withColumn("weight", F.lit(1.0)),
        filters=["age", "25"],
        **where,
    )
    odd = F.udf(lambda number: number % 2 == 1, BooleanType())
    evaluate(accuracy, scored.filter(odd("id")), opaque=True, **where)
    scored.createOrReplaceTempView("scored")
    evaluate(
        accuracy,
        spark.sql("select * from scored where education between 3 and 9"),
        filters=["education", "3", "9"],
        **where,
    )
    extremes = scored.filter("age > 55").union(scored.filter("hours < 25"))
    evaluate(accuracy, extremes, filters=["union", "age", "55", "hours", "25"], **where)
    young = transform("young", model, test.filter("age < 35"), name)
    evaluate(accuracy, young, name, "young", filters=["age", "35"])
    clerks = transform("clerks", model, test.filter("job = 'clerk'"), name)
    evaluate(
        accuracy,
        clerks.filter("hours < 50"),
        name,
        "clerks",
        filters=["job", "clerk", "hours", "50"],
    )
    _, unused = prepared.randomSplit([0.5, 0.5], seed=12)
    old = transform("of an unused split", model, unused.filter("age > 50"), name)
    evaluate(accuracy, old, name, "of an unused split", filters=["age", "50"])
    busy_train, busy = prepared.filter("hours > 25").randomSplit([0.5, 0.5], seed=13)
    busy_model = fit("busy", LogisticRegression(maxIter=2), busy_train)
    evaluate(
        accuracy,
        transform("before the split", busy_model, busy, "busy"),
        "busy",
        "before the split",
    )
    everyone = scored.cache()
    evaluate(area, everyone.repartition(3).orderBy("id"), **where)

    # The same estimator again; the first model stays what it was.
    estimator.setRegParam(0.5)
    again = fit("again", estimator, train)
    scored_again = transform("scored again", again, test, "again")
    evaluate(area, scored_again, "again", "scored again")
    rescored = transform("rescored", model, test, name)
    evaluate(area, rescored, name, "rescored")
    strict = transform("strict", model, test, name, {model.threshold: 0.9})
    evaluate(accuracy, strict, name, "strict")
    overridden = fit("overridden", estimator, train, {estimator.maxIter: 2})
    evaluate(
        area, transform("overridden", overridden, test, "overridden"), "overridden", "overridden"
    )

    # A model that went through a file, while its estimator was fitted again.
    with tempfile.TemporaryDirectory() as directory:
        model.write().overwrite().save(directory)
        loaded = LogisticRegressionModel.load(directory)
    evaluate(area, transform("loaded", loaded, test, name), name, "loaded")

    # Transformers behind the model, and a second model behind the first.
    words = IndexToString(inputCol="prediction", outputCol="words", labels=["no", "yes"])
    evaluate(accuracy, transform("in words", words, scored), name, scored=f"scored, {name}")
    tree = fit(
        "tree",
        DecisionTreeClassifier(
            maxDepth=2,
            predictionCol="tree_prediction",
            rawPredictionCol="tree_raw",
            probabilityCol="tree_probability",
        ),
        train,
    )
    both = transform("both", tree, scored, "tree")
    tree_accuracy = MulticlassClassificationEvaluator(
        metricName="accuracy", predictionCol="tree_prediction"
    )
    evaluate(tree_accuracy, both, "tree", "both")
    evaluate(accuracy, both, name, f"scored, {name}")
    others = spark.range(0, 500, 1, 2).selectExpr("id", "id % 2 as team")
    evaluate(accuracy, scored.join(others, "id"), **where)
    evaluate(tree_accuracy, both.filter("age >= 60"), "tree", "both", filters=["age", "60"])

    # What goes wrong, and is caught.
    fit("failing", LogisticRegression(featuresCol="nowhere"), train)
    transform("failing", model, test.drop("features"), name)
    evaluate(MulticlassClassificationEvaluator(labelCol="nowhere"), scored)

    # Not scored by any model.
    evaluate(accuracy, test.selectExpr("label", "cast(age > 40 as double) as prediction"))


def regression(train, test):
    line = fit("line", LinearRegression(labelCol="income", maxIter=5, predictionCol="guess"), train)
    scored = transform("guessed", line, test, "line")
    for metric in ("rmse", "r2"):
        evaluate(
            RegressionEvaluator(labelCol="income", predictionCol="guess", metricName=metric),
            scored,
            "line",
            "guessed",
        )


def clusters(train, test):
    means = fit("clusters", KMeans(k=3, seed=7, maxIter=4, predictionCol="cluster"), train)
    evaluate(
        ClusteringEvaluator(predictionCol="cluster"),
        transform("clustered", means, test, "clusters"),
        "clusters",
        "clustered",
    )


def recommendation(spark):
    ratings = spark.range(0, 200, 1, 2).selectExpr(
        "cast(id % 20 as int) as user",
        "cast((id * 7) % 11 as int) as item",
        "cast(1 + (id * 13) % 5 as float) as rating",
    )
    als = ALS(userCol="user", itemCol="item", ratingCol="rating", rank=2, maxIter=2, seed=3)
    model = fit("ratings", als, ratings)
    evaluate(
        RegressionEvaluator(labelCol="rating"),
        transform("rated", model, ratings, "ratings"),
        "ratings",
        "rated",
    )


def pipeline(train, test):
    names = ["job", "numbers", "forest"]
    stages = [
        StringIndexer(inputCol="job", outputCol="job_number", handleInvalid="keep"),
        VectorAssembler(inputCols=["age", "hours", "job_number"], outputCol="numbers"),
        RandomForestClassifier(featuresCol="numbers", numTrees=3, maxDepth=2, seed=1),
    ]
    model = fit_pipeline(names, stages, train)
    scored = transform_pipeline(names, stages, model, test)
    evaluate(MulticlassClassificationEvaluator(metricName="f1"), scored, "forest", "forest, scored")
    evaluate(
        MulticlassClassificationEvaluator(metricName="f1"),
        scored.filter("education > 8"),
        "forest",
        "forest, scored",
        filters=["education", "8"],
    )


def search(train, test):
    estimator = LogisticRegression(maxIter=3)
    penalties = [0.01, 1.0]
    validator = CrossValidator(
        estimator=estimator,
        estimatorParamMaps=ParamGridBuilder().addGrid(estimator.regParam, penalties).build(),
        evaluator=BinaryClassificationEvaluator(),
        numFolds=2,
        seed=3,
    )
    model = validator.fit(train)
    say(
        "search",
        uid=estimator.uid,
        penalties=penalties,
        folds=2,
        averages=model.avgMetrics,
        best=model.bestModel.getRegParam(),
        found=BinaryClassificationEvaluator().evaluate(model.transform(test)),
        **{"class": java_class(estimator)},
    )


def main():
    spark = SparkSession.builder.appName("e2e calls in Python").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    raw = people(spark)
    indexer = fit("indexer", StringIndexer(inputCol="job", outputCol="job_index"), raw)
    indexed = transform("indexed", indexer, raw, "indexer")
    assembler = VectorAssembler(
        inputCols=["age", "education", "hours", "job_index"], outputCol="features"
    )
    prepared = transform("prepared", assembler, indexed)
    train, test = prepared.randomSplit([0.7, 0.3], seed=11)
    classification(spark, prepared, train, test)
    regression(train, test)
    clusters(train, test)
    recommendation(spark)
    pipeline(train, test)
    search(train, test)
    say("end", version=spark.version, application=spark.sparkContext.applicationId)
    spark.stop()


if __name__ == "__main__":
    main()
