#!/usr/bin/env python3
"""Everything that is asked of warehouses of different sizes, in one run: how long questions take of
one client and of many, how that grows with the warehouse, a suite of twenty queries beside DuckDB,
and the best of 5,000 runs beside MLflow's server.

    cargo build --release --workspace --bins
    benches/queries/run.py --directory build/warehouses

Warehouses are made there where they are not yet (a million models takes some minutes), and kept.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def said(command: list[str | Path]) -> Any:
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def made(target: Path, directory: Path, models: int) -> Path:
    warehouse = directory / f"models-{models}"
    if not (warehouse / "_maintenance.json").exists():
        print(f"making a warehouse of {models:,} models", flush=True)
        command = [target / "generate", "--models", str(models), warehouse]
        subprocess.run([str(part) for part in command], check=True)
    return warehouse


def questions(results: dict[int, Any]) -> None:
    sizes = sorted(results)
    heads = "".join(f"{f'{size:,}':>20}" for size in sizes)
    print(f"\nms, p50 / p99; models:{heads}   growth  target")
    for index, first in enumerate(results[sizes[0]]["questions"]):
        found = [results[size]["questions"][index] for size in sizes]
        cells = "".join(f"{one['p50']:12.1f} /{one['p99']:6.1f}" for one in found)
        growth = found[-1]["p50"] / found[0]["p50"]
        target = f"{first['target']:.0f}" if first["target"] else ""
        print(f"{first['name']:22}{cells}  {growth:6.1f}  {target}")
    for size in sizes:
        scan = results[size]["scan"]
        print(
            f"{size:,} models, all of metrics ({scan['rows']:,} rows): first rows after "
            f"{scan['first_ms_p50']:.0f} ms, {scan['rows'] / scan['seconds']:,.0f} rows/s; agent's "
            f"own memory {scan['mib_before']} MiB before, at most {scan['mib_peak']} MiB"
        )
        for crowd in results[size]["clients"]:
            how = f"each once in {crowd['pace_s']:g} s" if crowd["pace_s"] else "without a pause"
            print(
                f"{crowd['clients']} clients for {crowd['seconds']} s, {how}: {crowd['asked']} "
                f"questions, {crowd['failed_clients']} clients failed; p50 {crowd['p50']:.1f} ms, "
                f"p99 {crowd['p99']:.1f} ms, {crowd['p99_to_single_p50']:.1f} times one client's "
                f"p50 ({crowd['single_p50']:.2f} ms); {crowd['mib']} MiB"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--directory", type=Path, default=ROOT / "build/warehouses")
    parser.add_argument("--target", type=Path, default=ROOT / "target/release")
    parser.add_argument("--models", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=int, default=60, help="of many clients, at the largest")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5_000, help="in MLflow; 0: without it")
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    target, program = arguments.target, arguments.target / "modeldb"
    warehouses = {models: made(target, arguments.directory, models) for models in arguments.models}
    print(f"{program} on {os.cpu_count()} cores", flush=True)
    results = {}
    for models, warehouse in warehouses.items():
        seconds = arguments.seconds if models == max(warehouses) else 0
        command = [target / "queries", "--program", program, "--json", warehouse]
        command += ["--seconds", str(seconds), "--times", str(arguments.times)]
        results[models] = said(command)
    questions(results)
    for models, warehouse in warehouses.items():
        print(f"\n{models:,} models, beside DuckDB", flush=True)
        command = [sys.executable, HERE / "compare.py", "--program", program, warehouse]
        subprocess.run([str(part) for part in command], check=True)
    if arguments.runs > 0:
        print(flush=True)
        search = HERE.parent / "tracking/search.py"
        command = [sys.executable, search, "--program", program, "--filler", target / "runs"]
        command += ["--runs", str(arguments.runs)]
        subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    main()
