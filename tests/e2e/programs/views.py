"""Runs the statements of `modeldb views --dialect spark` in Spark with two workers, and writes each
view's rows as a Parquet file: `views.py STATEMENTS DIRECTORY VIEW…`."""

import sys

import pyarrow.parquet
from pyspark.sql import SparkSession

statements, directory, *views = sys.argv[1:]
spark = (
    SparkSession.builder.master("local-cluster[2,1,1024]")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1")
    .getOrCreate()
)
with open(statements, encoding="utf-8") as text:
    for statement in text.read().split(";\n\n"):
        if statement.strip():
            spark.sql(statement)
for view in views:
    pyarrow.parquet.write_table(spark.table(view).toArrow(), f"{directory}/{view}.parquet")
spark.stop()
