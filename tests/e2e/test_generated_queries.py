"""Some hundred queries that nobody wrote, answered alike by an agent and by DuckDB over the same
files. `generated.py` makes them up, each from a seed that is the test's name."""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import adbc_driver_flightsql.dbapi as flight
import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from conftest import ROOT, Agent
from generated import Maker

# So many in each run of the tests; more with GENERATED_QUERIES.
QUERIES = int(os.environ.get("GENERATED_QUERIES", "150"))
MODELS = 1000
# Values of a column that queries look for.
VALUES = 12
RELATIONS = (
    *("runs", "models", "params", "metrics", "features", "datasets", "transforms", "stages"),
    *("candidates", "predictions", "actions", "trees"),
)
# Sums of floats depend on their order.
TOLERANCE = 1e-9


@dataclass
class Both:
    """The same rows, here and there."""

    ours: flight.Cursor
    theirs: duckdb.DuckDBPyConnection
    columns: dict[str, dict[str, str]]
    values: dict[tuple[str, str], list[str]]


def kind_of(of: pa.DataType) -> str | None:
    kinds: list[tuple[Callable[[pa.DataType], bool], str]] = [
        (pa.types.is_string, "text"),
        (pa.types.is_integer, "int"),
        (pa.types.is_floating, "float"),
        (pa.types.is_boolean, "bool"),
        (pa.types.is_timestamp, "time"),
        (lambda one: pa.types.is_list(one) and pa.types.is_string(one.value_type), "list"),
        (lambda one: pa.types.is_map(one) and pa.types.is_string(one.item_type), "map"),
    ]
    return next((kind for fits, kind in kinds if fits(of)), None)


def written(value: Any) -> str:
    """As SQL."""
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"cast('{value}' as double)"
    if hasattr(value, "isoformat"):
        return f"timestamptz '{value.isoformat()}'"
    text = str(value).replace("'", "''")
    return f"'{text}'"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    place = tmp_path_factory.mktemp("generated")
    agent = Agent(place / "warehouse", place / "log", place)
    generate = [str(ROOT / "target/debug/generate"), "--models", str(MODELS)]
    subprocess.run([*generate, str(agent.warehouse)], capture_output=True, check=True)
    theirs = duckdb.connect()
    theirs.execute("set timezone = 'UTC'")
    columns: dict[str, dict[str, str]] = {}
    values: dict[tuple[str, str], list[str]] = {}
    for relation in RELATIONS:
        files = DeltaTable(str(agent.warehouse / relation)).file_uris()
        # Rows of its own: it skips parts of files by bounds that leave out NaN (DuckDB 2.0.0).
        theirs.read_parquet(files).create(relation)
        schema = theirs.table(relation).limit(0).to_arrow_table().schema
        kinds = {field.name: kind_of(field.type) for field in schema}
        columns[relation] = {name: kind for name, kind in kinds.items() if kind}
        for name, kind in columns[relation].items():
            if kind not in ("list", "map"):
                found = theirs.execute(
                    f"select {name} from (select distinct {name} from {relation} "
                    f"where {name} is not null) order by hash({name}) limit {VALUES}"
                ).fetchall()
                values[relation, name] = [written(value) for (value,) in found] or ["null"]
    agent.start()
    try:
        with flight.connect(agent.url.replace("http:", "grpc:"), autocommit=True) as connection:
            yield Both(connection.cursor(), theirs, columns, values)
    finally:
        agent.kill()


def plain(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    return str(value).removesuffix("+00:00")


def in_order(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = [[plain(value) for value in column.to_pylist()] for column in table.columns]

    def key(row: tuple[Any, ...]) -> list[str]:
        # Rounded: what differs in the last digits is in the same place.
        return [f"{value + 0.0:.10g}" if isinstance(value, float) else value for value in row]

    return sorted(zip(*columns, strict=True), key=key)


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        both_not_numbers = math.isnan(one) and math.isnan(other)
        return both_not_numbers or math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)


@pytest.mark.parametrize("seed", range(QUERIES))
def test_answers_are_alike(seed: int, both: Both) -> None:
    query = Maker(seed, both.columns, both.values).query()
    both.ours.execute(query)
    ours = in_order(both.ours.fetch_arrow_table())
    theirs = in_order(both.theirs.sql(query).to_arrow_table())
    assert len(ours) == len(theirs), query
    for mine, other in zip(ours, theirs, strict=True):
        assert all(map(alike, mine, other)), f"{mine} and {other} of {query}"


def test_most_queries_find_something(both: Both) -> None:
    """Else there would be little to compare."""
    found = 0
    for seed in range(QUERIES):
        query = Maker(seed, both.columns, both.values).query()
        found += both.theirs.sql(query).to_arrow_table().num_rows > 0
    assert found > QUERIES / 2
