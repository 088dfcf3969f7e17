"""Python's drivers of PostgreSQL, with SQLAlchemy and pandas on them."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import asyncpg
import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa

import wire
from conftest import RELATIONS, Agent
from postgres_wire import (
    LONG,
    MODELS,
    STOPPED,
    conninfo,
    filled,
    host_and_port,
    wait_until_idle,
)

UTC = dt.UTC
MOMENT = dt.datetime(2026, 5, 3, 10, 0, 0, 123456, tzinfo=UTC)

# Values of every type, as SQL and as Python has them.
VALUES: list[tuple[str, Any]] = [
    ("1::int2", 1),
    ("-2::int4", -2),
    ("9223372036854775807::int8", 2**63 - 1),
    ("1.5::float4", 1.5),
    ("'-Infinity'::float8", -math.inf),
    ("12.50::numeric(10,2)", Decimal("12.50")),
    ("-0.0001::numeric(10,4)", Decimal("-0.0001")),
    ("'größe'::text", "größe"),
    ("''", ""),
    ("'\\x00ff'::bytea", b"\x00\xff"),
    ("date '1969-12-31'", dt.date(1969, 12, 31)),
    ("time '10:11:12.5'", dt.time(10, 11, 12, 500000)),
    ("timestamp '2026-05-03 10:11:12.000001'", dt.datetime(2026, 5, 3, 10, 11, 12, 1)),
    ("timestamptz '1969-07-20 20:17:40.25+00'", dt.datetime(1969, 7, 20, 20, 17, 40, 250000, UTC)),
    ("interval '3 days 4 hours'", dt.timedelta(days=3, hours=4)),
    ("array['a', null, 'b \"c\"', '']", ["a", None, 'b "c"', ""]),
    ("array[1, 2]", [1, 2]),
    ("array[1.5, null]", [1.5, None]),
    ("true", True),
    ("null::text", None),
    ("null::timestamptz", None),
]


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent], messages: wire.Messages) -> Agent:
    return filled(new_agent, messages, "drivers")


@pytest.fixture
def connection(agent: Agent) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(conninfo(agent), autocommit=True) as connection:
        yield connection


# ---- psycopg 3


@pytest.mark.parametrize("binary", [False, True])
def test_values(connection: psycopg.Connection[Any], binary: bool) -> None:
    query = "select " + ", ".join(sql for sql, _ in VALUES)
    row = connection.cursor(binary=binary).execute(query).fetchone()
    assert row is not None
    assert list(row) == [value for _, value in VALUES]
    nan = connection.cursor(binary=binary).execute("select 'NaN'::float8").fetchone()
    assert nan is not None and math.isnan(nan[0])


@pytest.mark.parametrize("binary", [False, True])
def test_maps_are_json(connection: psycopg.Connection[Any], binary: bool) -> None:
    cursor = connection.cursor(binary=binary)
    query = "select make_map('a', 1, 'é', null), named_struct('x', 1, 'y', 'z')"
    row = cursor.execute(query).fetchone()
    assert row == ({"a": 1, "é": None}, {"x": 1, "y": "z"})
    row = cursor.execute("select make_map('a', 'x') ->> 'a', '{\"b\": [1, 2]}'::json -> 'b' ->> 1")
    assert row.fetchone() == ("x", "2")


@pytest.mark.parametrize("binary", [False, True])
def test_parameters(connection: psycopg.Connection[Any], binary: bool) -> None:
    given = ("é", 1, 2**40, 1.5, MOMENT, MOMENT.replace(tzinfo=None), True, None, Decimal("1.25"))
    places = ", ".join(["%b" if binary else "%t"] * len(given))
    row = connection.cursor(binary=binary).execute(f"select {places}", given).fetchone()
    assert row == given
    query = "select count(*) from models where model_id = any(%s) or duration_ms >= %s limit %s"
    assert connection.execute(query, (["x"], 0, 5)).fetchone() == (MODELS,)
    for number in range(10):
        assert connection.execute("select %s + 1", (number,)).fetchone() == (number + 1,)


@pytest.mark.parametrize("binary", [False, True])
def test_named_cursors(agent: Agent, binary: bool) -> None:
    with psycopg.connect(conninfo(agent)) as connection:
        query = "select g, 'x' || g::text as x from generate_series(1, %s) as s(g)"
        with connection.cursor(name="series", binary=binary) as cursor:
            cursor.itersize = 1000
            cursor.execute(query, (2500,))
            assert [column.name for column in cursor.description or []] == ["g", "x"]
            assert cursor.fetchone() == (1, "x1")
            cursor.scroll(10)
            assert cursor.fetchmany(2) == [(12, "x12"), (13, "x13")]
            assert len(list(cursor)) == 2500 - 13


def test_pipelines_and_transactions(agent: Agent) -> None:
    with psycopg.connect(conninfo(agent)) as connection:
        with connection.pipeline():
            cursors = [connection.execute("select %s", (number,)) for number in range(5)]
            assert [cursor.fetchone() for cursor in cursors] == [(n,) for n in range(5)]
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute("select nothing")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            connection.execute("select 1")
        connection.rollback()
        with connection.transaction():
            with pytest.raises(psycopg.errors.UndefinedTable), connection.transaction():
                connection.execute("select * from nothing")
            assert connection.execute("select 1").fetchone() == (1,)


def test_copy(connection: psycopg.Connection[Any]) -> None:
    query = "select g, 'x' as x, null::text as n from generate_series(1, 3) as s(g)"
    with connection.cursor().copy(f"copy ({query}) to stdout") as copy:
        assert list(copy.rows()) == [("1", "x", None), ("2", "x", None), ("3", "x", None)]
    with connection.cursor().copy(f"copy ({query}) to stdout (format binary)") as copy:
        copy.set_types(["int8", "text", "text"])
        assert list(copy.rows()) == [(1, "x", None), (2, "x", None), (3, "x", None)]


def test_timeouts(agent: Agent, connection: psycopg.Connection[Any]) -> None:
    connection.execute("set statement_timeout = '300ms'")
    began = time.monotonic()
    with pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout"):
        connection.execute(LONG)
    assert time.monotonic() - began < 0.3 + STOPPED
    wait_until_idle(agent)
    assert connection.execute("select 1").fetchone() == (1,)


def test_writing_is_refused(connection: psycopg.Connection[Any]) -> None:
    for query in ("insert into runs values (1)", "drop table runs", "copy runs to '/tmp/never'"):
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute(query)


# ---- asyncpg


def test_asyncpg(agent: Agent) -> None:
    async def use() -> None:
        host, port = host_and_port(agent)
        connection = await asyncpg.connect(
            host=host, port=int(port), user="ann", database="modeldb"
        )
        row = await connection.fetchrow(
            "select $1::int, $2, $3::timestamptz, $4::float8[], $5::bool, $6::numeric",
            *(5, "é", MOMENT, [1.0, None], True, Decimal("1.5")),
        )
        assert tuple(row) == (5, "é", MOMENT, [1.0, None], True, Decimal("1.5"))
        query = "select * from models where status = any($1) order by model_id limit $2"
        models = await connection.fetch(query, ["finished"], 2)
        assert len(models) == 2 and models[0]["started_at"].tzinfo is not None
        prepared = await connection.prepare("select step from metrics where name = $1")
        assert [attribute.type.name for attribute in prepared.get_attributes()] == ["int8"]
        async with connection.transaction():
            query = "select g from generate_series(1, 1000) as s(g)"
            assert len([row async for row in connection.cursor(query, prefetch=100)]) == 1000
        with pytest.raises(asyncio.TimeoutError):
            await connection.fetch(LONG, timeout=0.5)
        assert await connection.fetchval("select 1") == 1
        with pytest.raises(asyncpg.UndefinedColumnError):
            await connection.fetch("select nothing")
        await connection.close()

    asyncio.run(use())
    wait_until_idle(agent)


# ---- SQLAlchemy and pandas


@pytest.fixture(params=["psycopg", "psycopg2"])
def database(agent: Agent, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    address = agent.addresses["postgres"]
    engine = sa.create_engine(f"postgresql+{request.param}://ann@{address}/modeldb")
    yield engine
    engine.dispose()


def test_reflection(database: sa.Engine) -> None:
    inspector = sa.inspect(database)
    assert set(inspector.get_table_names()) >= set(RELATIONS)
    assert "public" in inspector.get_schema_names()
    columns = {column["name"]: column for column in inspector.get_columns("models")}
    assert isinstance(columns["started_at"]["type"], sa.TIMESTAMP)
    assert isinstance(columns["source_columns"]["type"], sa.ARRAY)
    assert isinstance(columns["params"]["type"], sa.JSON)
    assert columns["model_id"]["comment"] == "The model: one per fit."
    assert inspector.get_pk_constraint("models")["constrained_columns"] == []
    assert inspector.get_foreign_keys("models") == []
    assert inspector.get_indexes("models") == []
    assert inspector.get_unique_constraints("models") == []
    assert inspector.get_check_constraints("models") == []
    assert inspector.get_table_comment("models") == {"text": "One row per fit."}
    everything = sa.MetaData()
    everything.reflect(database)
    assert set(everything.tables) >= set(RELATIONS)


def test_tables_and_frames(database: sa.Engine) -> None:
    models = sa.Table("models", sa.MetaData(), autoload_with=database)
    count = sa.select(models.c.status, sa.func.count()).group_by(models.c.status)
    with database.connect() as connection:
        assert [tuple(row) for row in connection.execute(count)] == [("finished", MODELS)]
    frame = pd.read_sql_table("models", database)
    assert len(frame) == MODELS
    assert (
        str(frame["started_at"].dtype).startswith("datetime64[") and frame["params"].notna().all()
    )
    query = sa.text("select g from generate_series(1, :last) as s(g)")
    with database.connect().execution_options(stream_results=True) as connection:
        chunks = pd.read_sql(query, connection, params={"last": 2500}, chunksize=1000)
        assert [len(chunk) for chunk in chunks] == [1000, 1000, 500]
