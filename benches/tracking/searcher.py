"""Fills MLflow's store with runs, and asks its server for them; one JSON line in the end. Runs in
the environment that has MLflow."""

from __future__ import annotations

import json
import socket
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

PARAMS, METRICS, TAGS = 20, 10, 5
EXPERIMENT = "comparison"
TIMES = 10


def fill(database: str, runs: int) -> None:
    from mlflow.entities import Metric, Param, RunStatus, RunTag
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore(database, "mlflow-artifacts:/")
    experiment = store.create_experiment(EXPERIMENT)
    for number in range(runs):
        now = int(time.time() * 1000)
        run = store.create_run(experiment, "user", now, [], f"run {number}")
        store.log_batch(
            run.info.run_id,
            metrics=[Metric(f"metric_{m}", number * m / 3.0, now, 0) for m in range(METRICS)],
            params=[Param(f"param_{p}", str(number * p / 7.0)) for p in range(PARAMS)],
            tags=[RunTag(f"tag_{t}", f"value {t} of {number}") for t in range(TAGS)],
        )
        store.update_run_info(run.info.run_id, RunStatus.FINISHED, now + 1000, None)


class Quick(socket.socket):
    """A socket that acknowledges at once. The kernel forgets it again: it is told each time."""

    def recv_into(self, *arguments: Any, **more: Any) -> int:
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return super().recv_into(*arguments, **more)

    def sendall(self, *arguments: Any, **more: Any) -> None:
        super().sendall(*arguments, **more)
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def quicken() -> None:
    """All connections of urllib3, which MLflow's client uses."""
    from urllib3 import connection

    connect = connection.HTTPConnection._new_conn

    def quick(self: Any) -> socket.socket:
        made = connect(self)
        timeout = made.gettimeout()
        found = Quick(fileno=made.detach())
        found.settimeout(timeout)
        return found

    connection.HTTPConnection._new_conn = quick


def milliseconds(call: Callable[[], int], times: int) -> dict[str, float]:
    rows = call()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1e3)
    return {"ms": statistics.median(took), "rows": rows}


def search(url: str) -> dict[str, dict[str, float]]:
    import mlflow
    from mlflow import MlflowClient

    client = MlflowClient(url)
    mlflow.set_tracking_uri(url)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    ids = [experiment.experiment_id]

    def top(condition: str) -> int:
        order = ["metrics.metric_3 DESC"]
        return len(client.search_runs(ids, condition, order_by=order, max_results=100))

    def frame() -> int:
        return len(mlflow.search_runs(ids, max_results=1_000_000))

    by_metric = "metrics.metric_3 > 100"
    selective = f"{by_metric} and params.param_5 = '700.0'"
    return {
        "top 100": milliseconds(lambda: top(""), TIMES),
        "top 100, by the metric": milliseconds(lambda: top(by_metric), TIMES),
        "top 100, selective": milliseconds(lambda: top(selective), TIMES),
        "all, as a data frame": milliseconds(frame, 2),
    }


def main() -> None:
    what, where, how = sys.argv[1:4]
    if what == "fill":
        fill(where, int(how))
        return
    if how == "TCP_QUICKACK":
        quicken()
    print(json.dumps(search(where)))


if __name__ == "__main__":
    main()
