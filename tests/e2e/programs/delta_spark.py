"""Reads versions of Delta tables with delta-spark, and Parquet files with Spark alone, and writes
what each holds as one Parquet file: `delta_spark.py WANTED`, a JSON list of objects with `path`,
`version` (of a Delta table, or null) and `to`."""

import json
import sys

import pyarrow.parquet
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.ui.enabled", "false")
    .config("spark.databricks.delta.snapshotPartitions", "2")
    .getOrCreate()
)
with open(sys.argv[1], encoding="utf-8") as text:
    for wanted in json.load(text):
        if wanted["version"] is None:
            frame = spark.read.parquet(wanted["path"])
        else:
            reader = spark.read.format("delta").option("versionAsOf", wanted["version"])
            frame = reader.load(wanted["path"])
        pyarrow.parquet.write_table(frame.toArrow(), wanted["to"])
spark.stop()
