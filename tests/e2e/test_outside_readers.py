"""Tools that know nothing of us read the tables and the published files while an agent writes
and maintenance runs. Each has the rows that our SQL has of the same version of the table."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import chdb
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from deltalake import DeltaTable

import wire
from conftest import (
    BUILT_SPARK,
    PROGRAM,
    QUERY,
    QUICK,
    RELATIONS,
    ROOT,
    Agent,
    ask,
    own_environment,
    rows,
    wait_until,
)
from producers import FITS, Producer
from test_readers import canonical

MODELS = 200
FOLD = "1s"
# Between two rounds of maintenance, in seconds: readers have the machine too.
MAINTENANCE_PAUSE = 2.0
# A version of Spark that delta-spark is there for.
SPARK = BUILT_SPARK / "4.0.5"
DELTA_JARS = ("delta-spark_4.0_2.13-4.2.0.jar", "delta-storage-4.2.0.jar")
SPARK_READS = 300.0

# What every batch of the producers adds rows to.
BUSY = ("models", "actions")


@dataclass
class Busy:
    """A warehouse that two producers add to, and that is maintained and published meanwhile."""

    agent: Agent
    ending: threading.Event = field(default_factory=threading.Event)
    pushed: int = 0
    maintained: int = 0
    problems: list[str] = field(default_factory=list)

    def path(self, relation: str) -> str:
        return str(self.agent.warehouse / relation)

    def published(self, relation: str) -> Path:
        return self.agent.warehouse / "parquet" / f"{relation}.parquet"

    def push(self, producer: Producer) -> None:
        while not self.ending.is_set():
            producer.push(self.agent)
            self.pushed += 1
            self.ending.wait(0.2)

    def maintain(self) -> None:
        while not self.ending.is_set():
            for command in ("maintain", "publish"):
                run = [str(PROGRAM), command, "--warehouse", str(self.agent.warehouse)]
                try:
                    done = subprocess.run(run, capture_output=True, timeout=QUERY, check=False)
                except subprocess.TimeoutExpired as slow:
                    self.problems.append(str(slow))
                    return
                if done.returncode != 0:
                    self.problems.append(done.stderr.decode())
            self.maintained += 1
            self.ending.wait(MAINTENANCE_PAUSE)

    def of_version(self, relation: str, version: int) -> list[str]:
        """The rows that our SQL has of a version of a table."""
        entry = Path(self.path(relation)) / f"_delta_log/{version:020}.json"
        # A version is of the moment at which its file was written, whose last digits count.
        nanoseconds = entry.stat().st_mtime_ns
        moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
        moment += timedelta(microseconds=nanoseconds // 1000 % 1_000_000 + 1)
        query = f"set modeldb.as_of = '{moment.isoformat()}'; select * from {relation}"
        answer = ask("--connect", self.agent.url, "--format", "parquet", query)
        return canonical(pyarrow.parquet.read_table(pa.BufferReader(answer)))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, messages: wire.Messages) -> Iterator[Busy]:
    place = tmp_path_factory.mktemp("busy")
    agent = Agent(place / "warehouse", place / "log", place)
    generate = [str(ROOT / "target/debug/generate"), "--models", str(MODELS)]
    subprocess.run([*generate, str(agent.warehouse)], capture_output=True, check=True)
    agent.environment = {"MODELDB_FOLD_INTERVAL": FOLD}
    busy = Busy(agent.start())
    producers = [Producer(name, messages) for name in ("ann", "ben")]
    threads = [threading.Thread(target=busy.push, args=[producer]) for producer in producers]
    threads.append(threading.Thread(target=busy.maintain))
    for thread in threads:
        thread.start()
    yield busy
    busy.ending.set()
    for thread in threads:
        thread.join()
    assert agent.stop() == 0
    assert busy.problems == []
    # Something happened meanwhile.
    assert busy.pushed > 10
    assert busy.maintained > 1
    for relation in BUSY:
        assert DeltaTable(busy.path(relation)).version() > 10


def by_deltalake(path: str, version: int) -> pa.Table:
    return DeltaTable(path, version=version).to_pyarrow_table()


def by_polars(path: str, version: int) -> pa.Table:
    return pl.scan_delta(path, version=version).collect().to_arrow()


def by_duckdb(path: str, version: int) -> pa.Table:
    files = DeltaTable(path, version=version).file_uris()
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.read_parquet(files, hive_partitioning=False).to_arrow_table()


def by_clickhouse(path: str, version: int) -> pa.Table:
    query = f"select * from deltaLakeLocal('{path}')"
    # It reads what lies below the directory it is in.
    with contextlib.chdir(Path(path).parent):
        return chdb.query(  # type: ignore[no-untyped-call]
            f"{query} settings delta_lake_snapshot_version = {version}", "ArrowTable"
        )


def without_nulls(rows: list[str]) -> list[str]:
    """ClickHouse has no lists and maps that are null: they are empty there."""
    return sorted(row.replace(": null", ": []") for row in rows)


@pytest.mark.parametrize("read", [by_deltalake, by_polars, by_duckdb, by_clickhouse])
@pytest.mark.parametrize("relation", RELATIONS)
def test_tables(read: Callable[[str, int], pa.Table], relation: str, busy: Busy) -> None:
    """Tools that read Delta tables."""
    version = DeltaTable(busy.path(relation)).version()
    expected = busy.of_version(relation, version)
    if not DeltaTable(busy.path(relation), version=version).file_uris():
        assert expected == []
        return
    found = canonical(read(busy.path(relation), version))
    if read is by_clickhouse:
        found, expected = without_nulls(found), without_nulls(expected)
    assert found == expected


def test_our_own_reader_of_files(busy: Busy) -> None:
    """`modeldb sql --warehouse` keeps up with an agent that folds all the time: whatever was acked
    before is there, once."""
    query = "select count(*) n, count(distinct model_id) d from models where project = 'tests'"
    for _ in range(10):
        acked = busy.pushed * FITS
        (found,) = rows(query, "--warehouse", str(busy.agent.warehouse))
        assert found["n"] == found["d"] >= acked


def version_of(published: bytes | Path) -> int:
    """The version of a table that a published file is of."""
    source = pa.BufferReader(published) if isinstance(published, bytes) else published
    metadata = pyarrow.parquet.read_metadata(source).metadata
    return int(metadata[b"modeldb.table_version"])


@pytest.fixture(scope="module")
def once_published(busy: Busy) -> Busy:
    def all_there() -> bool:
        return all(busy.published(relation).exists() for relation in RELATIONS)

    wait_until(all_there, "published files", QUERY)
    return busy


@pytest.mark.parametrize("relation", RELATIONS)
def test_pandas_reads_what_is_published(relation: str, once_published: Busy) -> None:
    published = once_published.published(relation).read_bytes()
    frame = pd.read_parquet(io.BytesIO(published), dtype_backend="pyarrow")
    found = pa.Table.from_pandas(frame, preserve_index=False)
    assert canonical(found) == once_published.of_version(relation, version_of(published))


@pytest.mark.parametrize("relation", BUSY)
def test_duckdb_reads_what_is_published(relation: str, once_published: Busy) -> None:
    """The file as it lies there, which is replaced meanwhile: it sees all of one version."""
    path = once_published.published(relation)
    seen = set()
    for _ in range(10):
        before = version_of(path)
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            answer = canonical(connection.read_parquet(str(path)).to_arrow_table())
        after = version_of(path)
        possible = [once_published.of_version(relation, one) for one in {before, after}]
        assert answer in possible
        seen |= {before, after}
    assert len(seen) > 1, "it was not replaced meanwhile"


def test_spark_reads_tables_and_what_is_published(once_published: Busy, tmp_path: Path) -> None:
    """delta-spark on the tables, and Spark alone on the published files."""
    busy = once_published
    wanted, expected = [], {}
    for relation in RELATIONS:
        version = DeltaTable(busy.path(relation)).version()
        to = str(tmp_path / f"{relation}-table.parquet")
        wanted.append({"path": busy.path(relation), "version": version, "to": to})
        expected[to] = busy.of_version(relation, version)
        # Spark opens a file more than once: one that stays while the next is published.
        kept = tmp_path / f"{relation}.parquet"
        kept.hardlink_to(busy.published(relation))
        to = str(tmp_path / f"{relation}-published.parquet")
        wanted.append({"path": str(kept), "version": None, "to": to})
        expected[to] = busy.of_version(relation, version_of(kept))
    (tmp_path / "wanted.json").write_text(json.dumps(wanted))
    jars = ",".join(str(ROOT / "target/drivers" / jar) for jar in DELTA_JARS)
    program = Path(__file__).parent / "programs/delta_spark.py"
    submit = [str(SPARK / "bin/spark-submit"), "--jars", jars, str(program)]
    done = subprocess.run(
        [*submit, str(tmp_path / "wanted.json")],
        capture_output=True,
        timeout=SPARK_READS,
        check=False,
        cwd=tmp_path,
        env=own_environment(tmp_path)
        | {
            "SPARK_HOME": str(SPARK),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_SUBMIT_OPTS": QUICK,
        },
    )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    for to, wanted_rows in expected.items():
        assert canonical(pyarrow.parquet.read_table(to)) == wanted_rows, to
