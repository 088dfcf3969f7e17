#!/usr/bin/env python3
"""What it takes to ask MLflow's server and ours for the best of 5,000 runs, and for all of them as
a data frame. Runs have twenty parameters, ten metrics and five tags each, as in `compare.py`.

    cargo build --release --workspace --bins
    benches/tracking/search.py

MLflow's runs are put into its store (SQLite) by its own store's code, without its server, which
would take ten minutes; then its server answers `search_runs`, once as it is, and once with
TCP_QUICKACK on the client's sockets: without it, half of what it takes is a delayed ACK.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import adbc_driver_flightsql.dbapi as flight

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "overhead"))
sys.path.insert(0, str(HERE))

from compare import serve
from run import MLFLOW, agent, environment

# Metrics are number * m / 3, parameters number * p / 7: a run's number decides.
TOP = """
    select e.run_id, r.name, e.value from metrics e join runs r on r.run_id = e.run_id
    where e.name = 'metric_3' {filter} order by e.value desc limit 100"""
OURS = {
    "top 100": TOP.format(filter=""),
    "top 100, by the metric": TOP.format(filter="and e.value > 100"),
    "top 100, selective": """
        select e.run_id, r.name, e.value from params p
        join metrics e on e.model_id = p.model_id and e.name = 'metric_3' and e.value > 100
        join runs r on r.run_id = e.run_id
        where p.name = 'param_5' and p.value_double = 700.0
        order by e.value desc limit 100""",
}
PARAMS = "select run_id, name, value from params"
METRICS = "select run_id, name, value from metrics"
RUNS = "select run_id, name, status, started_at, ended_at from runs"
TIMES = 20


def milliseconds(call: Callable[[], int], times: int = TIMES) -> dict[str, float]:
    rows = call()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1e3)
    return {"ms": statistics.median(took), "rows": rows}


def ours(program: Path, filler: Path, runs: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        command = [str(filler), "--program", str(program), "--runs", str(runs)]
        subprocess.run([*command, "--keep", str(directory / "warehouse")], check=True)
        with agent(program, directory) as url:
            connection = flight.connect(url.replace("http://", "grpc://"), autocommit=True)
            cursor = connection.cursor()

            def ask(query: str) -> int:
                cursor.execute(query)
                return int(cursor.fetch_arrow_table().num_rows)

            def frame() -> int:
                frames = {}
                for name, query in (("runs", RUNS), ("params", PARAMS), ("metrics", METRICS)):
                    cursor.execute(query)
                    frames[name] = cursor.fetch_arrow_table().to_pandas()
                wide = frames["runs"].set_index("run_id")
                for name in ("params", "metrics"):
                    columns = frames[name].pivot(index="run_id", columns="name", values="value")
                    wide = wide.join(columns)
                assert wide.shape == (runs, 4 + 20 + 10), wide.shape
                return len(wide)

            found = {name: milliseconds(lambda q=query: ask(q)) for name, query in OURS.items()}
            found["all, as a data frame"] = milliseconds(frame, 5)
            connection.close()
    return found


def mlflow(python: Path, runs: int, port: int) -> dict[str, dict[str, dict[str, float]]]:
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        searcher = [str(python), str(HERE / "searcher.py")]
        database = f"sqlite:///{directory / 'mlflow.db'}"
        subprocess.run([*searcher, "fill", database, str(runs)], check=True, capture_output=True)
        server = serve(python, directory, port)
        try:
            for how in ("as it is", "TCP_QUICKACK"):
                command = [*searcher, "search", server.url, how]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
                found[how] = json.loads(done.stdout.splitlines()[-1])
        finally:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--port", type=int, default=5056)
    parser.add_argument("--program", type=Path, default=ROOT / "target/release/modeldb")
    parser.add_argument("--filler", type=Path, default=ROOT / "target/release/runs")
    parser.add_argument("--environment", type=Path, default=ROOT / "target/mlflow-venv")
    arguments = parser.parse_args()
    python = environment(arguments.environment)
    us = ours(arguments.program, arguments.filler, arguments.runs)
    them = mlflow(python, arguments.runs, arguments.port)
    print(f"{os.cpu_count()} cores, {MLFLOW}, {arguments.runs} runs; medians")
    print(f"{'':26} {'ours ms':>9} {'MLflow ms':>10} {'times':>6} {'QUICKACK':>10} {'times':>6}")
    for name, our in us.items():
        as_is, quick = them["as it is"][name], them["TCP_QUICKACK"][name]
        assert our["rows"] == as_is["rows"] == quick["rows"], (name, our, as_is, quick)
        print(
            f"{name:26} {our['ms']:9.1f} {as_is['ms']:10.1f} {as_is['ms'] / our['ms']:6.0f}"
            f" {quick['ms']:10.1f} {quick['ms'] / our['ms']:6.0f}"
        )


if __name__ == "__main__":
    main()
