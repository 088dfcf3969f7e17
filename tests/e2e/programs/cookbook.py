"""Asks Spark with two workers the queries of the cookbook, over the Delta tables: `cookbook.py
STATEMENTS DIRECTORY TO`. Writes each answer as a Parquet file, and why a query was refused as a
text."""

import sys
from pathlib import Path

import pyarrow.parquet
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

statements, directory, to = map(Path, sys.argv[1:])
spark = (
    SparkSession.builder.master("local-cluster[2,1,1024]")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.ui.enabled", "false")
    .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "2")
    # The logs are short.
    .config("spark.databricks.delta.snapshotPartitions", "2")
    .getOrCreate()
)
for statement in statements.read_text().split(";\n\n"):
    if statement.strip():
        spark.sql(statement)
# What Spark says otherwise.
PHRASES = {
    "''US''": r"\'US\'",
    "array_has_all(source_columns, ['age', 'country'])": (
        "size(array_except(array('age', 'country'), source_columns)) = 0"
    ),
}
for query in sorted(directory.glob("*.sql")):
    text = query.read_text()
    for ours, theirs in PHRASES.items():
        text = text.replace(ours, theirs)
    try:
        answer = spark.sql(text).toArrow()
    except (PySparkException, Py4JError) as problem:
        (to / query.name).with_suffix(".txt").write_text(str(problem))
    else:
        pyarrow.parquet.write_table(answer, (to / query.name).with_suffix(".parquet"))
spark.stop()
