"""The tables as others read them: files and wire, deltalake, DuckDB and ADBC."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pyspark
import pytest
from adbc_driver_flightsql import dbapi
from deltalake import DeltaTable

from conftest import PROGRAM, QUERY, QUICK, RELATIONS, Agent, Recorded, ask, rows, wait_until

FOLD = 60.0
SPARK = 300.0

VIEWS = [view.stem for view in (Path(__file__).parents[2] / "sql" / "src" / "views").glob("*.sql")]


def plain(value: Any) -> Any:
    """A value such that equal ones compare equal, whichever library read them."""
    if isinstance(value, dict):
        return {"map": sorted((str(k), plain(v)) for k, v in value.items())}
    if isinstance(value, list | tuple):
        # A map is a list of pairs in Arrow.
        if value and all(isinstance(item, tuple) for item in value):
            return plain(dict(value))
        return [plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return round(value.timestamp() * 1_000_000)
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    return value


def canonical(table: pa.Table) -> list[str]:
    """Its rows as texts, sorted: equal for equal rows."""
    return sorted(
        json.dumps({name: plain(value) for name, value in row.items()}, sort_keys=True)
        for row in table.to_pylist()
    )


def asked(relation: str, *place: str) -> pa.Table:
    """A relation by `modeldb sql`, with its types."""
    answer = ask(*place, "--format", "parquet", f"select * from {relation}")
    return pyarrow.parquet.read_table(pa.BufferReader(answer))


@pytest.fixture(scope="session")
def live(library: Agent, calls: Recorded, tuning: Recorded) -> dict[str, list[str]]:
    """Every relation over Flight SQL, while the agent runs."""
    answers = {r: canonical(asked(r, "--connect", library.url)) for r in RELATIONS}
    # Nobody said anything by hand, and no event was of a kind that is not known.
    quiet = {"annotations", "attributes", "unknown_events"}
    assert all(answers[r] for r in RELATIONS if r not in quiet)
    assert len(answers["runs"]) == 2
    return answers


@pytest.fixture(scope="session")
def over_adbc(library: Agent, live: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every relation through the ADBC driver for Flight SQL, while the agent runs."""
    answers = {}
    with dbapi.connect(library.url.replace("http:", "grpc:")) as connection:
        for relation in RELATIONS:
            with connection.cursor() as cursor:
                cursor.execute(f"select * from {relation}")
                answers[relation] = canonical(cursor.fetch_arrow_table())
    return answers


@pytest.fixture(scope="session")
def folded(library: Agent, live: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every relation from the files, while the agent runs, once it has folded all."""
    warehouse = str(library.warehouse)
    answers: dict[str, list[str]] = {}

    def caught_up() -> bool:
        for relation in RELATIONS:
            answers[relation] = canonical(asked(relation, "--warehouse", warehouse))
        return all(len(answers[r]) == len(live[r]) for r in RELATIONS)

    wait_until(caught_up, "all rows in the files", FOLD)
    return answers


@pytest.fixture(scope="session")
def stopped(
    library: Agent, folded: dict[str, list[str]], over_adbc: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Every relation from the files, after the agent stopped."""
    assert library.stop() == 0
    warehouse = str(library.warehouse)
    return {r: canonical(asked(r, "--warehouse", warehouse)) for r in RELATIONS}


@pytest.mark.parametrize("relation", RELATIONS)
def test_files_and_wire_agree(
    relation: str, live: dict[str, list[str]], folded: dict[str, list[str]]
) -> None:
    """`modeldb sql --warehouse` and `--connect` give the same rows while the agent runs."""
    assert folded[relation] == live[relation]


@pytest.mark.parametrize("relation", RELATIONS)
def test_adbc_agrees(
    relation: str, live: dict[str, list[str]], over_adbc: dict[str, list[str]]
) -> None:
    """The ADBC driver gives the rows that `modeldb sql` gives."""
    assert over_adbc[relation] == live[relation]


@pytest.mark.parametrize("relation", RELATIONS)
def test_stopping_changes_nothing(
    relation: str, live: dict[str, list[str]], stopped: dict[str, list[str]]
) -> None:
    """What the running agent answered is in the files after it stopped."""
    assert stopped[relation] == live[relation]


@pytest.mark.parametrize("relation", RELATIONS)
def test_deltalake_agrees(relation: str, library: Agent, stopped: dict[str, list[str]]) -> None:
    """The `deltalake` package reads the rows that `modeldb sql` gives."""
    table = DeltaTable(str(library.warehouse / relation)).to_pyarrow_table()
    assert canonical(table) == stopped[relation]


@pytest.mark.parametrize("relation", RELATIONS)
def test_duckdb_agrees(relation: str, library: Agent, stopped: dict[str, list[str]]) -> None:
    """DuckDB's own Parquet reader gives the same rows of the table's live files."""
    files = DeltaTable(str(library.warehouse / relation)).file_uris()
    if not files:
        assert stopped[relation] == []
        return
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        answer = connection.read_parquet(files, hive_partitioning=False).to_arrow_table()
    assert canonical(answer) == stopped[relation]


def test_duckdb_joins_what_deltalake_opens(
    library: Agent, stopped: dict[str, list[str]], calls: Recorded
) -> None:
    """A question across tables, asked of DuckDB over deltalake, gives the program's values."""
    with duckdb.connect() as connection:
        for relation in ("models", "metrics"):
            table = DeltaTable(str(library.warehouse / relation)).to_pyarrow_table()
            connection.register(relation, table)
        found = connection.execute(
            "select e.value from metrics e join models m using (model_id)"
            " where m.estimator like '%.KMeans' and m.project = 'e2e calls'"
            " and e.source = 'evaluator'"
        ).fetchall()
    silhouettes = [c["value"] for c in calls.job.did("evaluate") if c["metric"] == "silhouette"]
    assert found == [(value,) for value in silhouettes]


@pytest.fixture(scope="session")
def views(library: Agent, stopped: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every view by `modeldb sql`, of a warehouse that was published."""
    warehouse = str(library.warehouse)
    command = [str(PROGRAM), "publish", "--warehouse", warehouse]
    subprocess.run(command, capture_output=True, timeout=QUERY, check=True)
    query = "select table_name as name from information_schema.tables where table_type = 'VIEW'"
    names = [row["name"] for row in rows(query, "--warehouse", warehouse)]
    names = [name for name in names if name in VIEWS]
    assert sorted(names) == sorted(VIEWS)
    return {name: canonical(asked(name, "--warehouse", warehouse)) for name in names}


def statements(library: Agent, dialect: str) -> str:
    """What `modeldb views` prints for an engine, over the published files."""
    place = ["--warehouse", str(library.warehouse), "--tables", "parquet"]
    command = [str(PROGRAM), "views", "--dialect", dialect, *place]
    done = subprocess.run(command, capture_output=True, timeout=QUERY, check=True)
    return done.stdout.decode()


def test_views_in_duckdb(library: Agent, views: dict[str, list[str]]) -> None:
    """The views in DuckDB's own SQL, over the published files, have the same rows."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(statements(library, "duckdb"))
        for name, expected in views.items():
            answer = connection.sql(f"select * from {name}").to_arrow_table()
            assert canonical(answer) == expected, name


def test_views_in_spark(library: Agent, views: dict[str, list[str]], tmp_path: Path) -> None:
    """The views in Spark's own SQL, on two workers, have the same rows."""
    text = tmp_path / "views.sql"
    text.write_text(statements(library, "spark"))
    program = Path(__file__).parent / "programs" / "views.py"
    environment = {
        **os.environ,
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "localhost",
        "SPARK_SUBMIT_OPTS": QUICK,
    }
    command = [sys.executable, str(program), str(text), str(tmp_path), *views]
    done = subprocess.run(command, capture_output=True, timeout=SPARK, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    for name, expected in views.items():
        answer = pyarrow.parquet.read_table(tmp_path / f"{name}.parquet")
        assert canonical(answer) == expected, name


def test_status_counts_the_rows(library: Agent, stopped: dict[str, list[str]]) -> None:
    """`modeldb status --warehouse` has as many rows of each relation as there are."""
    done = subprocess.run(
        [str(PROGRAM), "status", "--warehouse", str(library.warehouse), "--format", "json"],
        capture_output=True,
        timeout=QUERY,
        check=True,
    )
    status = json.loads(done.stdout)
    counted = {relation["name"]: relation["rows"] for relation in status["relations"]}
    assert counted == {relation: len(stopped[relation]) for relation in RELATIONS}


def test_tables_are_where_others_look(library: Agent, stopped: dict[str, list[str]]) -> None:
    """Each relation is a Delta table of its own name, without a reader feature that plain
    readers lack."""
    for relation in RELATIONS:
        assert (library.warehouse / relation / "_delta_log" / f"{0:020}.json").exists()
        protocol = DeltaTable(str(library.warehouse / relation)).protocol()
        assert protocol.min_reader_version == 1, relation
