"""A fit on data of which a column that the program never computes takes minutes; then a job.

A plain Spark program, but that it waits until somebody else's job runs, and then says how that
one fared while a job of its own ran.
"""

import json
import sys
import time

from pyspark.ml.feature import MinMaxScaler, VectorAssembler
from pyspark.sql import SparkSession

ROWS = 4_000_000


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def main():
    spark = SparkSession.builder.appName("e2e next job").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    tracker = spark.sparkContext.statusTracker()
    spark.range(0, ROWS, 1, 2).write.parquet(sys.argv[1])
    data = spark.read.parquet(sys.argv[1]).selectExpr(
        "id", "sha2(repeat(cast(id as string), 2000), 256) as never"
    )
    vectors = VectorAssembler(inputCols=["id"], outputCol="vector").transform(data)
    MinMaxScaler(inputCol="vector", outputCol="scaled").fit(vectors)
    jobs = []
    while not jobs or not any(
        tracker.getStageInfo(stage).numActiveTasks
        for job in jobs
        for stage in tracker.getJobInfo(job).stageIds
        if tracker.getStageInfo(stage)
    ):
        time.sleep(0.05)
        jobs = list(tracker.getJobIdsForGroup("modeldb-sampling"))
    say("count", rows=spark.range(10).count())
    # What Spark tells of a job that was cancelled comes a little later.
    while any(tracker.getJobInfo(job).status == "RUNNING" for job in jobs):
        time.sleep(0.05)
    say("others", status=[tracker.getJobInfo(job).status for job in jobs])
    spark.stop()


if __name__ == "__main__":
    main()
