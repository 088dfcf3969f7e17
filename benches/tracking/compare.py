#!/usr/bin/env python3
"""Runs given to MLflow's server and to ours: runs a second, what each costs the server, memory
and bytes. Runs have twenty parameters, ten metrics and five tags each; a last load is one
metric with many steps. Both answer when what they took is durable.

    cargo build --release --workspace --bins
    benches/tracking/compare.py

MLflow's store is SQLite, the one it suggests; it is installed from PyPI into an environment of
its own. It gets fewer runs than ours (rates do not depend on the number): 5,000 would take it
ten minutes a load.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "overhead"))

from run import MLFLOW, environment

READY = 120.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """MLflow's, with all its processes."""

    process: subprocess.Popen[bytes]
    url: str
    database: Path

    def processes(self) -> list[int]:
        """Its own and those that it started."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(stat.parent.name)] = int(fields[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu(self) -> float:
        """Seconds."""
        total = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15])
        return total / TICKS

    def memory(self) -> float:
        """MiB, resident, pages that its processes share counted once for each sharer's part."""
        kib = 0
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
        return kib / 1024


def serve(python: Path, directory: Path, port: int) -> Server:
    database = directory / "mlflow.db"
    command = [str(python), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{database}"]
    command += ["--artifacts-destination", str(directory / "artifacts")]
    log = (directory / "mlflow.log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=1).close()
            return Server(process, url, database)
        except OSError:
            time.sleep(0.2)
    raise SystemExit((directory / "mlflow.log").read_text()[-2000:])


def said(output: bytes) -> dict[str, float]:
    """MLflow's client prints where runs can be seen; the last line is ours."""
    answer: dict[str, float] = json.loads(output.splitlines()[-1])
    return answer


def mlflow(python: Path, runs: int, steps: int, port: int) -> dict[str, object]:
    loads = []
    with tempfile.TemporaryDirectory() as scratch:
        server = serve(python, Path(scratch), port)
        try:
            idle = server.memory()
            client = [str(python), str(HERE / "client.py"), server.url]
            # The database and its experiment are made.
            subprocess.run([*client, "runs", "0", "1"], check=True, capture_output=True)
            first = 1
            for clients in (1, 4):
                each = runs // clients
                before = server.database.stat().st_size
                cpu = server.cpu()
                started = []
                for _ in range(clients):
                    command = [*client, "runs", str(first), str(each)]
                    started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
                    first += each
                answers = [said(one.communicate()[0]) for one in started]
                seconds = max(answer["seconds"] for answer in answers)
                loads.append(
                    {
                        "clients": clients,
                        "runs_per_s": each * clients / seconds,
                        "server_cpu_ms_per_run": (server.cpu() - cpu) * 1e3 / (each * clients),
                        "idle_mib": idle,
                        "resident_mib": server.memory(),
                        "bytes_per_run": (server.database.stat().st_size - before)
                        / (each * clients),
                    }
                )
            done = subprocess.run(
                [*client, "steps", "0", str(steps)], check=True, capture_output=True
            )
            seconds = said(done.stdout)["seconds"]
        finally:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait()
    return {"loads": loads, "points_per_s": steps / seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--mlflow-runs", type=int, default=400)
    parser.add_argument("--mlflow-steps", type=int, default=20_000)
    parser.add_argument("--port", type=int, default=5055)
    parser.add_argument("--environment", type=Path, default=ROOT / "target/mlflow-venv")
    arguments = parser.parse_args()
    python = environment(arguments.environment)
    command = [str(ROOT / "target/release/runs"), "--program", str(ROOT / "target/release/modeldb")]
    command += ["--runs", str(arguments.runs), "--steps", str(arguments.steps)]
    ours = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    theirs = mlflow(python, arguments.mlflow_runs, arguments.mlflow_steps, arguments.port)
    print(f"{os.cpu_count()} cores, {MLFLOW}; clients share the cores with the server")
    print("server   clients  in a batch   runs/s  CPU ms/run  idle MiB  MiB  bytes/run")
    for name, result in (("mlflow", theirs), ("modeldb", ours)):
        for load in result["loads"]:
            print(
                f"{name:<8} {load['clients']:7}  {load.get('runs_in_batch', 1):10}"
                f"  {load['runs_per_s']:7.0f}  {load['server_cpu_ms_per_run']:10.3f}"
                f"  {load['idle_mib']:8.0f}  {load['resident_mib']:3.0f}"
                f"  {load['bytes_per_run']:9.0f}"
            )
    four = theirs["loads"][1]
    for load in ours["loads"]:
        print(
            f"{load['clients']} clients, {load['runs_in_batch']} in a batch, to MLflow with four: "
            f"{load['runs_per_s'] / four['runs_per_s']:.0f} times the runs, "
            f"1/{four['server_cpu_ms_per_run'] / load['server_cpu_ms_per_run']:.0f} of the CPU, "
            f"1/{four['bytes_per_run'] / load['bytes_per_run']:.0f} of the bytes"
        )
    points = ours["points_per_s"], theirs["points_per_s"]
    print(f"one metric, points/s: {points[0]:.0f} to {points[1]:.0f}: {points[0] / points[1]:.0f}")


if __name__ == "__main__":
    main()
