"""Gives runs to an MLflow server as its clients do; one JSON line in the end. Runs in the
environment that has MLflow."""

from __future__ import annotations

import json
import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

PARAMS, METRICS, TAGS = 20, 10, 5


def runs(client: MlflowClient, experiment: str, first: int, count: int) -> None:
    for number in range(first, first + count):
        run = client.create_run(experiment, run_name=f"run {number}")
        now = int(time.time() * 1000)
        client.log_batch(
            run.info.run_id,
            metrics=[Metric(f"metric_{m}", number * m / 3.0, now, 0) for m in range(METRICS)],
            params=[Param(f"param_{p}", str(number * p / 7.0)) for p in range(PARAMS)],
            tags=[RunTag(f"tag_{t}", f"value {t} of {number}") for t in range(TAGS)],
        )
        client.set_terminated(run.info.run_id)


def steps(client: MlflowClient, experiment: str, count: int) -> None:
    """As many in a batch as the server takes."""
    run = client.create_run(experiment)
    for first in range(0, count, 1000):
        now = int(time.time() * 1000)
        points = range(first, min(first + 1000, count))
        metrics = [Metric("loss", 1.0 / (step + 1), now, step) for step in points]
        client.log_batch(run.info.run_id, metrics=metrics)


def main() -> None:
    url, what, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    client = MlflowClient(url)
    experiment = client.get_experiment_by_name("comparison")
    found = experiment.experiment_id if experiment else client.create_experiment("comparison")
    began = time.monotonic()
    if what == "runs":
        runs(client, found, first, count)
    else:
        steps(client, found, count)
    print(json.dumps({"seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
