"""Prepares data in many ways, writes it, and fits one model in the end.

A plain Spark program. Arguments: a directory to write into.
"""

import json
import sys
from pathlib import Path

from pyspark.ml.classification import LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


directory = Path(sys.argv[1])
spark = SparkSession.builder.appName("e2e lineage").getOrCreate()

people = directory / "people.csv"
people.write_text(
    "id,age,hours,town\n"
    + "".join(f"{i},{20 + i % 40},{10 + i % 30},t{i % 5}\n" for i in range(200))
)
towns = directory / "towns.json"
towns.write_text("".join(json.dumps({"town": f"t{i}", "size": i * 10}) + "\n" for i in range(5)))

# A job of preparation: nothing of spark.ml.
raw = spark.read.csv(str(people), header=True, inferSchema=True)
raw.createOrReplaceTempView("people")
spark.read.json(str(towns)).createOrReplaceTempView("towns")
joined = spark.sql(
    "with big as (select town, size from towns where size > 5)"
    " select p.*, big.size from people p join big on p.town = big.town"
    " where p.age < (select max(age) from people)"
)
ranked = joined.withColumn(
    "rank", F.row_number().over(Window.partitionBy("town").orderBy("id"))
).withColumn("long", F.col("hours") > 20)
prepared = directory / "prepared"
ranked.write.mode("overwrite").parquet(str(prepared))
counts = ranked.groupBy("town").agg(F.avg("age").alias("mean")).orderBy("town").limit(3)
counts.write.saveAsTable("counts")
spark.sql("insert into counts select town, cast(size as double) from towns where size = 0")
spark.range(3).write.format("noop").mode("overwrite").save()

# A job that reads what the other has written.
data = spark.read.parquet(str(prepared)).withColumn("label", (F.col("hours") % 2).cast("double"))
data = data.withColumn("double", F.col("age") * 2)
train, test = data.filter("age > 20").randomSplit([0.7, 0.3], seed=11)
assembler = VectorAssembler(inputCols=["double", "size"], outputCol="features")
model = LogisticRegression(maxIter=2).fit(assembler.transform(train))
model.write().overwrite().save(str(directory / "model"))
scored = model.transform(assembler.transform(test))
value = BinaryClassificationEvaluator().evaluate(scored.filter("town = 't1' or town = 't2'"))
again = train.alias("l").join(train.alias("r"), "id").select("l.age", "r.hours")
say("evaluate", value=value, rows=again.count())
scored.select("id", "prediction").write.mode("append").json(str(directory / "scored"))
say("end", prepared=str(prepared))
spark.stop()
