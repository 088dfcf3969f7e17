#!/usr/bin/env python3
"""The suite of twenty queries over a warehouse that `generate` made, answered by an agent over
Flight SQL and by DuckDB over the same files; whether the answers agree, and the ratios of times.

    benches/queries/compare.py --program target/release/modeldb WAREHOUSE

Needs scripts/setup: duckdb, deltalake and the ADBC driver are in .venv.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import adbc_driver_flightsql.dbapi as flight
import deltalake
import duckdb
import pyarrow as pa

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "overhead"))

from run import agent
from suite import SUITE

RELATIONS = ("models", "runs", "params", "metrics", "candidates", "actions")
# Sums of floats depend on their order.
TOLERANCE = 1e-9

Ask = Callable[[str], pa.Table]


def over_files(warehouse: Path) -> Ask:
    """DuckDB over the files of the newest version of each table: its extension for Delta is no
    package of PyPI."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for relation in RELATIONS:
        table = deltalake.DeltaTable(str(warehouse / relation))
        files = ", ".join(f"'{file}'" for file in table.file_uris())
        connection.execute(f"create view {relation} as select * from read_parquet([{files}])")
    return lambda query: connection.sql(query).to_arrow_table()


def over_flight(url: str) -> Ask:
    connection = flight.connect(url.replace("http://", "grpc://"), autocommit=True)
    cursor = connection.cursor()

    def ask(query: str) -> pa.Table:
        cursor.execute(query)
        return cursor.fetch_arrow_table()

    return ask


def plain(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return float(value)
    return str(value).removesuffix("+00:00")


def differ(ours: pa.Table, theirs: pa.Table) -> str | None:
    """Where two answers do not agree."""
    rows = []
    for table in (ours, theirs):
        columns = [table.column(index).to_pylist() for index in range(table.num_columns)]
        rows.append([tuple(plain(value) for value in row) for row in zip(*columns, strict=True)])
    if len(rows[0]) != len(rows[1]):
        return f"{len(rows[0])} rows, {len(rows[1])} in DuckDB"

    def close(left: object, right: object) -> bool:
        if isinstance(left, float) and isinstance(right, float):
            are_close = math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
            return are_close or (math.isnan(left) and math.isnan(right))
        return left == right

    def key(row: tuple[object, ...]) -> list[tuple[bool, str]]:
        # Rounded: what differs in the last digits is in the same place.
        texts = [f"{v:.6g}" if isinstance(v, float) else str(v) for v in row]
        return [(value is None, text) for value, text in zip(row, texts, strict=True)]

    for left, right in zip(*(sorted(found, key=key) for found in rows), strict=True):
        if not all(close(a, b) for a, b in zip(left, right, strict=True)):
            return f"{left} and {right}"
    return None


def timed(ask: Ask, query: str) -> tuple[float, pa.Table]:
    began = time.perf_counter()
    answer = ask(query)
    return time.perf_counter() - began, answer


def compare(warehouse: Path, url: str, times: int) -> list[dict[str, object]]:
    ours, theirs = over_flight(url), over_files(warehouse)
    results: list[dict[str, object]] = []
    for name, query in SUITE.items():
        # Once each, unmeasured; then in turn, so that a busy spell of the machine meets both.
        (_, answer), (_, expected) = timed(ours, query), timed(theirs, query)
        found, wanted = [], []
        for _ in range(times):
            found.append(timed(ours, query)[0])
            wanted.append(timed(theirs, query)[0])
        results.append(
            {
                "name": name,
                "rows": expected.num_rows,
                "ours_ms": statistics.median(found) * 1e3,
                "duckdb_ms": statistics.median(wanted) * 1e3,
                "differs": differ(answer, expected),
            }
        )
    return results


def ratio(result: dict[str, object]) -> float:
    return float(str(result["ours_ms"])) / float(str(result["duckdb_ms"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--program", type=Path, default=ROOT / "target/release/modeldb")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with agent(arguments.program, arguments.warehouse.parent, arguments.warehouse.name) as url:
        results = compare(arguments.warehouse, url, arguments.times)
    mean = math.exp(statistics.mean(math.log(ratio(result)) for result in results))
    if arguments.json:
        print(json.dumps({"suite": results, "geometric_mean": mean}))
        return
    print(f"{'':30} {'ours ms':>9} {'DuckDB ms':>9} {'ratio':>6} {'rows':>8}  answers")
    for result in results:
        print(
            f"{result['name']:30} {result['ours_ms']:9.1f} {result['duckdb_ms']:9.1f}"
            f" {ratio(result):6.2f} {result['rows']:8}  {result['differs'] or 'agree'}"
        )
    print(f"geometric mean of the ratios: {mean:.2f}")


if __name__ == "__main__":
    main()
