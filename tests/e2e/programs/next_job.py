"""A fit on data of which a column that the program never computes takes minutes; then a job.

A plain Spark program, but that it waits until somebody else's job runs, and then says how that
one fared while a job of its own ran.
"""

import json
import time

from pyspark.ml.feature import MinMaxScaler, VectorAssembler
from pyspark.sql import SparkSession


def say(did, **facts):
    print(json.dumps({"did": did, **facts}), flush=True)


def main():
    spark = SparkSession.builder.appName("e2e next job").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    tracker = spark.sparkContext.statusTracker()
    # Half a millisecond for each row.
    data = spark.range(0, 1_000_000, 1, 2).selectExpr(
        "id", "sha2(repeat(cast(id as string), 20000), 256) as never"
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
