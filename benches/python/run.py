#!/usr/bin/env python3
"""What tracking costs a scikit-learn program: bare, with ModelDB, with MLflow, interleaved.

    cargo build --release --workspace --bins
    .venv/bin/python benches/python/run.py [--mlflow build/mlflow/bin/python] [--rounds 5]

Starts a release agent on a warehouse of its own. Prints each figure with what is asked of it.
`--mlflow`: a Python that has scikit-learn and MLflow (`scripts/mlflow` makes one).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = Path(__file__).with_name("work.py")


def serve(directory: Path) -> tuple[subprocess.Popen[bytes], str]:
    command = [str(ROOT / "target/release/modeldb"), "serve", "--warehouse", str(directory / "w")]
    for door in ("grpc", "http", "postgres"):
        command += [f"--{door}", "127.0.0.1:0"]
    log = directory / "log"
    with log.open("wb") as out:
        agent = subprocess.Popen([*command, "--log-format", "json"], stdout=out, stderr=out)
    for _ in range(600):
        found = re.search(r'"agent ready".*?"grpc":"([^"]+)"', log.read_text())
        if found:
            return agent, f"http://{found.group(1)}"
        time.sleep(0.1)
    raise SystemExit(f"the agent is not ready: {log.read_text()[-2000:]}")


def measure(python: str, tracker: str, agent: str, directory: Path, *what: str) -> dict[str, float]:
    environment = {
        **os.environ,
        "MEASURED": tracker,
        "MODELDB_AGENT": agent,
        "PYTHONPATH": str(ROOT / "python"),
        "MLFLOW_TRACKING_URI": f"sqlite:///{directory}/mlflow.db",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    done = subprocess.run(
        [python, str(WORK), *what],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr[-3000:])
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def import_seconds(python: str, module: str) -> float:
    code = "import time; b = time.perf_counter(); "
    code += f"import {module}; print(time.perf_counter() - b)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
    done = subprocess.run(
        [python, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def figure(name: str, value: float, unit: str, most: float | None = None) -> None:
    verdict = ""
    if most is not None:
        verdict = f"at most {most:g}: " + ("ok" if value <= most else "MISSED")
    print(f"{name:62} {value:10.3f} {unit:4} {verdict}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mlflow", help="a Python with scikit-learn and MLflow")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ours = sys.executable
    theirs = str(Path(options.mlflow).absolute()) if options.mlflow else None
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        agent, url = serve(directory)
        try:
            report(ours, theirs, url, directory, options.rounds)
        finally:
            agent.terminate()
            agent.wait()


def report(ours: str, theirs: str | None, url: str, directory: Path, rounds: int) -> None:
    imports = [import_seconds(ours, "modeldb") for _ in range(rounds)]
    figure("import modeldb, median", 1e3 * statistics.median(imports), "ms", 100)
    autolog = [import_seconds(ours, "modeldb; modeldb.autolog()") for _ in range(rounds)]
    figure("import modeldb; modeldb.autolog(), median", 1e3 * statistics.median(autolog), "ms")
    fits: dict[str, list[float]] = {"": [], "modeldb": [], "mlflow": []}
    searches: dict[str, list[dict[str, float]]] = {"": [], "modeldb": [], "mlflow": []}
    for number in range(rounds):
        trackers = ["", "modeldb"] + (["mlflow"] if theirs and number < 2 else [])
        for tracker in trackers if number % 2 == 0 else trackers[::-1]:
            python = theirs if tracker == "mlflow" and theirs else ours
            count = "5" if tracker == "mlflow" else "300"
            fits[tracker].append(measure(python, tracker, url, directory, "fits", count)["p50"])
            searches[tracker].append(measure(python, tracker, url, directory, "search"))
    # Of each the round that was disturbed least.
    bare = min(fits[""])
    cost = {name: min(of) - bare for name, of in fits.items() if of and name}
    figure("a fit of Ridge (200 x 10), bare, p50", 1e3 * bare, "ms")
    figure("overhead of a fit, p50", 1e3 * cost["modeldb"], "ms", 1)
    wall = [s["wall"] for s in searches[""]]
    figure("a grid search, bare, median", statistics.median(wall), "s")
    for kind in ("wall", "cpu"):
        ratios = [m[kind] / b[kind] for m, b in zip(searches["modeldb"], searches[""], strict=True)]
        more = 100 * (statistics.median(ratios) - 1)
        figure(
            f"overhead of a grid search, {kind}, median", more, "%", 1 if kind == "wall" else None
        )
    if theirs:
        figure("MLflow: overhead of a fit, p50", 1e3 * cost["mlflow"], "ms")
        figure("MLflow's / ours", cost["mlflow"] / cost["modeldb"], "x")
        taken = statistics.median(s["wall"] for s in searches["mlflow"])
        figure("MLflow: the grid search", taken, "s")
    grown = measure(ours, "modeldb", url, directory, "memory", "10000")["grown"]
    grown -= measure(ours, "", url, directory, "memory", "10000")["grown"]
    figure("10,000 fits: memory grown, less what it grows bare", grown, "MB", 20)


if __name__ == "__main__":
    main()
