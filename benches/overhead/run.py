#!/usr/bin/env python3
"""What the bridge costs a job, beside what MLflow costs it.

The same program on the same rows, in rounds: bare, with the bridge, with the bridge and
samples, with MLflow's autologging. The variants of a round follow each other, in an order that
turns from round to round, so that a busy spell of the machine meets all of them; ratios are
taken within a round.

    benches/overhead/run.py --rounds 6 --rows 1000000

Needs scripts/setup (pyspark in .venv) and a bridge and an agent that are built. MLflow is
installed from PyPI into a virtual environment of its own, which sees .venv's pyspark.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import rows

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
JAR = ROOT / "jvm-bridge/target/modeldb-spark-bridge.jar"
PROGRAM = HERE / "program.py"
MLFLOW = "mlflow==3.17.2"
VARIANTS = ("bare", "bridge", "sampling", "mlflow")
AGENT_READY = 60.0


@dataclass
class Measured:
    """One run of the program."""

    variant: str
    wall: float
    start_up: float
    work: float
    cpu: float
    jobs: int
    observing_ms: float
    values: list[float]


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment(directory: Path) -> Path:
    """A Python that has MLflow, and pyspark from .venv."""
    python = directory / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        (shared,) = (ROOT / ".venv/lib").glob("python*/site-packages")
        (own,) = (directory / "lib").glob("python*/site-packages")
        subprocess.run([python, "-m", "pip", "install", "--quiet", MLFLOW], check=True)
        # After its own: what MLflow brings comes first.
        (own / "spark.pth").write_text(f"{shared}\n")
    return python


@contextlib.contextmanager
def agent(program: Path, directory: Path, warehouse: str = "warehouse") -> Iterator[str]:
    """A running agent on a warehouse of its own, or one that is there; answers its address."""
    log = directory / "agent.log"
    command = [str(program), "serve", "--warehouse", str(directory / warehouse)]
    command += ["--log-format", "json"]
    command += [f"--{name}=127.0.0.1:0" for name in ("grpc", "http", "postgres")]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + AGENT_READY
        while time.monotonic() < deadline and process.poll() is None:
            for line in log.read_text().splitlines():
                if '"agent ready"' in line:
                    yield f"http://{json.loads(line)['grpc']}"
                    return
            time.sleep(0.1)
        raise SystemExit(f"the agent did not start: {log.read_text()}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def options(variant: str, url: str) -> list[str]:
    """What spark-submit is given beside the program."""
    if variant in ("bare", "mlflow"):
        return []
    settings = {
        "spark.modeldb.agent": url,
        "spark.modeldb.sample.mode": "cheap" if variant == "sampling" else "off",
    }
    conf = [f"--conf={key}={value}" for key, value in settings.items()]
    return ["--driver-java-options", f"-javaagent:{JAR}", *conf]


def measure(variant: str, python: Path, data: Path, url: str, memory: str) -> Measured:
    """Runs the program once."""
    with tempfile.TemporaryDirectory() as scratch:
        submit = next((ROOT / ".venv/lib").glob("python*/site-packages/pyspark/bin/spark-submit"))
        command = [str(submit), "--master", "local[2]", "--driver-memory", memory]
        command += ["--conf=spark.ui.enabled=false", f"--conf=spark.local.dir={scratch}"]
        command += ["--conf=spark.ui.retainedJobs=1000000"]
        command += [*options(variant, url), str(PROGRAM), str(data)]
        if variant == "mlflow":
            command += ["--mlflow", f"sqlite:///{scratch}/mlflow.db"]
        variables = os.environ | {
            "PYSPARK_PYTHON": str(python),
            "SPARK_HOME": str(submit.parents[1]),
        }
        cpu = cpu_of_children()
        began = time.time()
        done = subprocess.run(
            command,
            env=variables,
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.time() - began
        if done.returncode != 0:
            raise SystemExit(f"{variant} failed: {done.stderr[-4000:]}")
        said = json.loads(next(x for x in done.stdout.splitlines() if x.startswith("{")))
        return Measured(
            variant=variant,
            wall=wall,
            start_up=said["ready"] - began,
            work=said["done"] - said["ready"],
            cpu=cpu_of_children() - cpu,
            jobs=said["jobs"],
            observing_ms=sum(said["threads"].values()),
            values=said["values"],
        )


def interval(numbers: list[float], digits: int) -> str:
    """Median, and all of them from the least to the greatest: from six on that is an interval
    in which the true median is with a confidence of 97 %."""
    low, high = min(numbers), max(numbers)
    return f"{statistics.median(numbers):.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def report(rounds: list[dict[str, Measured]]) -> str:
    names = list(rounds[0])
    lines = ["variant     wall s                    / bare                  CPU / bare"]
    lines[0] += "              start-up s above bare     jobs  own threads CPU ms"
    for name in names:
        runs = [done[name] for done in rounds]
        bare = [done["bare"] for done in rounds]
        pairs = list(zip(runs, bare, strict=True))
        columns = [
            f"{name:<9}",
            f"{interval([run.wall for run in runs], 1):<24}",
            f"{interval([run.wall / base.wall for run, base in pairs], 3):<22}",
            f"{interval([run.cpu / base.cpu for run, base in pairs], 3):<22}",
            f"{interval([run.start_up - base.start_up for run, base in pairs], 2):<22}",
            f"{'/'.join(str(jobs) for jobs in sorted({run.jobs for run in runs})):>6}",
            f"{interval([run.observing_ms for run in runs], 0):>20}",
        ]
        lines.append("   ".join(columns))
    return "\n".join(lines)


def check(rounds: list[dict[str, Measured]]) -> None:
    """The program computed the same each time, with as many jobs under the bridge as without."""
    first = rounds[0]["bare"]
    for done in rounds:
        for run in done.values():
            if run.values != first.values:
                raise SystemExit(f"{run.variant} computed {run.values}, bare {first.values}")
        if "bridge" in done and done["bridge"].jobs != first.jobs:
            raise SystemExit(f"{done['bridge'].jobs} jobs with the bridge, {first.jobs} without")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--csv", type=Path, help="a census file to repeat, with its header")
    parser.add_argument("--agent", type=Path, default=ROOT / "target/release/modeldb")
    parser.add_argument("--memory", default="2g", help="the driver's heap")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument(
        "--environment", type=Path, default=ROOT / "target/mlflow-venv", help="where MLflow goes"
    )
    parser.add_argument("--json", type=Path, help="where each run's figures go")
    arguments = parser.parse_args()
    variants = ["bare", *(name for name in arguments.variants if name != "bare")]
    python = environment(arguments.environment)
    directory = Path(tempfile.mkdtemp(prefix="overhead-"))
    try:
        data = directory / "census.csv"
        rows.write(data, arguments.rows, arguments.csv)
        rounds: list[dict[str, Measured]] = []
        with agent(arguments.agent, directory) as url:
            for number in range(arguments.rounds):
                turn = number % len(variants)
                done: dict[str, Measured] = {}
                for name in variants[turn:] + variants[:turn]:
                    done[name] = measure(name, python, data, url, arguments.memory)
                    print(f"round {number + 1}: {done[name]}", file=sys.stderr, flush=True)
                rounds.append({name: done[name] for name in variants})
        if arguments.json:
            every = [vars(run) for done in rounds for run in done.values()]
            arguments.json.write_text("\n".join(map(json.dumps, every)) + "\n")
        print(f"{arguments.rows} rows, {arguments.rounds} rounds, {os.cpu_count()} cores, {MLFLOW}")
        print(report(rounds))
        check(rounds)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
