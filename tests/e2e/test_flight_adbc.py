"""ADBC's Flight SQL driver in Python: types, parameters, what there is, limits, endings."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf, isnan
from typing import Any

import pyarrow as pa
import pytest
from adbc_driver_flightsql import dbapi

import wire
from conftest import RELATIONS, Agent
from processor import Processor
from producers import FITS, Producer

ENDLESS = "select count(*) from generate_series(1, 1000000000000) where value < 0"
# More memory than that of the answer's parts that are under way is a leak, or a whole answer.
GROWTH = 150 << 20


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent], messages: wire.Messages) -> Agent:
    agent = new_agent("adbc")
    producer = Producer("adbc", messages)
    producer.push(agent)
    return agent


def connect(agent: Agent) -> dbapi.Connection:
    return dbapi.connect(f"grpc://{agent.addresses['grpc']}", autocommit=True)


@pytest.fixture(scope="module")
def connection(agent: Agent) -> Iterator[dbapi.Connection]:
    with connect(agent) as connection:
        yield connection


def table(connection: dbapi.Connection, query: str, parameters: Any = None) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetch_arrow_table()


def refused(connection: dbapi.Connection, query: str, parameters: Any = None) -> str:
    with pytest.raises(dbapi.Error) as told:
        table(connection, query, parameters)
    return str(told.value)


# ---- answers


def test_types(connection: dbapi.Connection) -> None:
    answer = table(
        connection,
        """select true as b, cast(7 as bigint) as i, 1.5 as d, 'größe 🙂' as s, X'00ff' as x,
           date '2026-05-03' as day, arrow_cast('2026-05-03T10:00:00.123456Z',
           'Timestamp(Microsecond, Some("UTC"))') as t, cast(1.25 as decimal(10, 2)) as n,
           make_array('a', null) as l, map {'k': 1.5} as m, named_struct('f', 1) as r,
           null as nothing, arrow_cast('x', 'Dictionary(Int32, Utf8)') as category""",
    )
    assert answer.schema.field("t").type == pa.timestamp("us", tz="UTC")
    assert answer.schema.field("l").type.value_type == pa.string()
    assert answer.schema.field("category").type == pa.string()
    assert answer.to_pylist() == [
        {
            "b": True,
            "i": 7,
            "d": 1.5,
            "s": "größe 🙂",
            "x": b"\x00\xff",
            "day": date(2026, 5, 3),
            "t": datetime(2026, 5, 3, 10, 0, 0, 123456, tzinfo=UTC),
            "n": Decimal("1.25"),
            "l": ["a", None],
            "m": [("k", 1.5)],
            "r": {"f": 1},
            "nothing": None,
            "category": "x",
        }
    ]


def test_numbers_that_are_none(connection: dbapi.Connection) -> None:
    query = "select 'NaN'::double as a, 'inf'::double as b, '-inf'::double as c, null::double as d"
    [row] = table(connection, query).to_pylist()
    assert isnan(row["a"])
    assert (row["b"], row["c"], row["d"]) == (inf, -inf, None)


def test_rows_of_the_warehouse(connection: dbapi.Connection) -> None:
    answer = table(connection, "select * from models order by uid")
    assert answer.num_rows == FITS
    assert answer.schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    assert isinstance(answer.column("params").to_pylist()[0], list)


def test_no_rows_have_columns(connection: dbapi.Connection) -> None:
    answer = table(connection, "select name, value from metrics where false")
    assert (answer.num_rows, answer.column_names) == (0, ["name", "value"])


def test_into_pandas(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select value, value / 2.0 as half from generate_series(1, 1000)")
        frame = cursor.fetch_df()
    assert list(frame.columns) == ["value", "half"]
    assert frame["half"].sum() == 250250.0


def test_many_rows(connection: dbapi.Connection) -> None:
    query = "select value, repeat('x', 100) as s from generate_series(1, 100000)"
    answer = table(connection, query)
    assert answer.column("value").to_pylist() == list(range(1, 100_001))


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        # Within what the driver takes in one message, 16 MiB.
        ("select repeat('x', 14000000) as s", 1),
        # Larger together than that: cut between rows.
        ("select repeat('x', 1000000) as s from generate_series(1, 100)", 100),
        ("select repeat('x', 3000000) as s, value from generate_series(1, 9)", 9),
    ],
)
def test_large_rows(connection: dbapi.Connection, query: str, rows: int) -> None:
    assert table(connection, query).num_rows == rows


# ---- parameters


@pytest.mark.parametrize(
    ("query", "given", "expected"),
    [
        ("select $1 as a", (5,), 5),
        ("select $1 as a", ("five",), "five"),
        ("select ? || '-' || ? as a", ("a", "b"), "a-b"),
        ("select cast($1 as int) + 1 as a", (5,), 6),
        ("select $1::int as a", ("5",), 5),
        ("select $2 - $1 as a", (1, 2.5), 1.5),
        ("select $1 as a", (None,), None),
        ("select $1 as a", (True,), True),
        ("select $1 as a", (b"\x00",), b"\x00"),
        ("select count(*) as a from models where uid like $1", ("est%",), FITS),
        ("select count(*) as a from models where project in ($1, $2)", ("x", "tests"), FITS),
        ("select count(*) as a from models where project = $1", (None,), 0),
        ("select count(*) as a from metrics where step = $1", ("5",), 0),
        ("select count(*) as a from metrics where value > $1", (5,), 0),
        (
            "select count(*) as a from models where started_at > $1",
            (datetime(2020, 1, 1, tzinfo=UTC),),
            FITS,
        ),
        ("select count(*) as a from models where started_at > $1", ("2020-01-01",), FITS),
        ("select max(value) as a from (select * from generate_series(1, 9) limit $1)", (2,), 2),
        ("select $1 as a", pa.table({"1": pa.array(["x"]).dictionary_encode()}), "x"),
        ("select $1 as a", pa.table({"1": pa.array(["x"], pa.large_string())}), "x"),
        ("select $1 as a", pa.table({"1": pa.array([[1, 2]])}), [1, 2]),
    ],
)
def test_parameters(connection: dbapi.Connection, query: str, given: Any, expected: object) -> None:
    assert table(connection, query, given).column("a").to_pylist() == [expected]


def test_rows_of_parameters(connection: dbapi.Connection) -> None:
    """The query is run for each; the answers follow each other."""
    query = "select $1 + value as a from generate_series(1, 2)"
    answer = table(connection, query, pa.table({"1": [10, 20, 30]}))
    assert answer.column("a").to_pylist() == [11, 12, 21, 22, 31, 32]
    told = refused(connection, "select $1 as a", pa.table({"1": list(range(1001))}))
    assert "at most 1000 rows of parameters" in told


def test_prepared(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        query = "select name from metrics where step = $1 and name = $2 and recorded_at > $3"
        types = cursor.adbc_prepare(f"{query} limit $4")
        assert types is not None
        assert types.types == [pa.int64(), pa.string(), pa.timestamp("us", tz="UTC"), pa.int64()]
        assert types.names == ["$1", "$2", "$3", "$4"]


@pytest.mark.parametrize("given", [(1,), (1, 2, 3)])
def test_a_wrong_number_of_parameters(connection: dbapi.Connection, given: tuple[int]) -> None:
    told = refused(connection, "select $1, $2", given)
    assert f"parameters in the query: 2; values given for them: {len(given)}" in told


# ---- what there is


def objects(connection: dbapi.Connection, **options: Any) -> Any:
    return connection.adbc_get_objects(**options).read_all().to_pylist()


def test_objects(connection: dbapi.Connection) -> None:
    [catalog] = objects(connection, depth="catalogs")
    assert catalog["catalog_name"] == "modeldb"
    [catalog] = objects(connection, depth="db_schemas")
    schemas = [s["db_schema_name"] for s in catalog["catalog_db_schemas"]]
    assert schemas == ["information_schema", "public"]
    [catalog] = objects(connection, depth="tables", db_schema_filter="public")
    [schema] = catalog["catalog_db_schemas"]
    tables = {t["table_name"]: t["table_type"] for t in schema["db_schema_tables"]}
    assert set(RELATIONS) <= tables.keys()
    assert {tables[name] for name in RELATIONS} == {"TABLE"}
    assert tables["leaderboard"] == "VIEW"
    [catalog] = objects(connection, depth="all", db_schema_filter="public")
    [schema] = catalog["catalog_db_schemas"]
    for found in schema["db_schema_tables"]:
        columns = {c["column_name"]: c for c in found["table_columns"]}
        names = table(connection, f"select * from {found['table_name']} limit 0").column_names
        assert list(columns) == names
        assert all(column["xdbc_type_name"] for column in columns.values())


def test_objects_are_filtered(connection: dbapi.Connection) -> None:
    options = {
        "db_schema_filter": "public",
        "table_name_filter": "m%",
        "column_name_filter": "%name",
    }
    [catalog] = objects(connection, depth="columns", **options)
    [schema] = catalog["catalog_db_schemas"]
    found = {t["table_name"]: t["table_columns"] for t in schema["db_schema_tables"]}
    assert {"models", "metrics"} <= found.keys()
    assert [c["column_name"] for c in found["metrics"]] == ["name"]
    assert objects(connection, depth="tables", catalog_filter="other") == []
    [catalog] = objects(connection, depth="tables", db_schema_filter="other")
    assert not catalog["catalog_db_schemas"]
    [catalog] = objects(connection, depth="tables", table_types_filter=["VIEW"])
    views = [t for s in catalog["catalog_db_schemas"] for t in s["db_schema_tables"]]
    assert {view["table_type"] for view in views} == {"VIEW"}


def test_table_schema(connection: dbapi.Connection) -> None:
    schema = connection.adbc_get_table_schema("metrics")
    assert schema.field("value").type == pa.float64()
    assert schema.field("recorded_at").type == pa.timestamp("us", tz="UTC")
    with pytest.raises(dbapi.Error, match="No table found"):
        connection.adbc_get_table_schema("other")


def test_what_the_server_is(connection: dbapi.Connection) -> None:
    assert connection.adbc_get_table_types() == ["TABLE", "VIEW"]
    info = connection.adbc_get_info()
    assert info["vendor_name"] == "ModelDB"
    assert info["vendor_version"]
    assert connection.adbc_current_catalog == "modeldb"
    assert connection.adbc_current_db_schema == "public"


def test_without_running(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        schema = cursor.adbc_execute_schema(ENDLESS)
    assert schema.types == [pa.int64()]


def test_partitions(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        partitions, schema = cursor.adbc_execute_partitions("select count(*) as n from models")
        assert schema is not None and schema.names == ["n"]
        [partition] = partitions
        cursor.adbc_read_partition(partition)
        assert cursor.fetchall() == [(FITS,)]


# ---- what is refused


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("select nmae from metrics", "did you mean name?"),
        ("selec 1", "syntax error"),
        ("insert into models values (1)", "SQL only reads here"),
        ("copy models to '/tmp/x'", "COPY is refused"),
        ("set a = 1", "SET is refused"),
        (" -- nothing", "the query is empty"),
        ("select 1 / (value - value) from generate_series(1, 3)", "division by zero"),
    ],
)
def test_errors(connection: dbapi.Connection, query: str, told: str) -> None:
    text = refused(connection, query)
    assert told in text
    assert "(InvalidArgument;" in text
    assert "Error(" not in text


def test_nothing_is_written(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        for write in (
            lambda: cursor.executemany("select $1", [(1,), (2,)]),
            lambda: cursor.adbc_ingest("models", pa.table({"a": [1]})),
        ):
            with pytest.raises(dbapi.Error, match="answers queries and changes nothing"):
                write()


def test_transactions(agent: Agent) -> None:
    with pytest.warns(Warning, match="autocommit"):
        connection = dbapi.connect(f"grpc://{agent.addresses['grpc']}")
    with connection:
        assert table(connection, "select 1 as a").to_pylist() == [{"a": 1}]


# ---- endings


def processor(agent: Agent) -> Processor:
    assert agent.process is not None
    return Processor(agent.process.pid)


def test_cancel(agent: Agent) -> None:
    with connect(agent) as connection, connection.cursor() as cursor:
        timer = threading.Timer(1, cursor.adbc_cancel)
        timer.start()
        begun = time.monotonic()
        with pytest.raises(dbapi.Error) as told:
            cursor.execute(ENDLESS)
            cursor.fetchall()
        assert time.monotonic() - begun < 10
        assert "cancel" in str(told.value).lower()
        processor(agent).rests()


@pytest.mark.parametrize(
    "query",
    [
        ENDLESS,
        # Pairs of which none is kept.
        """select count(*) from generate_series(1, 1000000) a
           join generate_series(1, 1000000) b on a.value + b.value < 0""",
    ],
)
def test_a_client_that_vanishes(agent: Agent, query: str) -> None:
    program = """if True:
        import sys
        from adbc_driver_flightsql import dbapi
        with dbapi.connect(sys.argv[1], autocommit=True) as connection:
            with connection.cursor() as cursor:
                cursor.execute(sys.argv[2])
                cursor.fetchall()
    """
    command = [sys.executable, "-c", program, f"grpc://{agent.addresses['grpc']}", query]
    client = subprocess.Popen(command)
    try:
        processor(agent).works()
    finally:
        client.kill()
        client.wait()
    processor(agent).rests()


def test_memory_is_flat(agent: Agent) -> None:
    """Of an answer of 400 MB the agent holds a few parts, whoever slow its reader is."""
    query = "select value, repeat('x', 200) as s from generate_series(1, 2000000)"
    before = processor(agent).peak()
    with connect(agent) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        reader = cursor.fetch_record_batch()
        rows = reader.read_next_batch().num_rows
        time.sleep(2)
        rows += sum(batch.num_rows for batch in reader)
    assert rows == 2_000_000
    assert processor(agent).peak() - before < GROWTH


# ---- limits


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    directory = tmp_path_factory.mktemp("limited")
    limits = {
        "MODELDB_SQL_ROWS": "1000",
        "MODELDB_SQL_TIMEOUT": "2s",
        "MODELDB_SQL_QUERY_MEMORY": "16m",
        "MODELDB_SQL_CONCURRENCY": "1",
        "MODELDB_SQL_QUEUE": "0",
    }
    agent = Agent(directory / "warehouse", directory / "log", directory, environment=limits)
    yield agent.start()
    agent.kill()


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (
            "select * from generate_series(1, 1001)",
            ["(ResourceExhausted;", "more than 1000 rows", "sql_rows"],
        ),
        (ENDLESS, ["(DeadlineExceeded;", "longer than 2s", "sql_timeout"]),
        (
            """select count(*) from generate_series(1, 3000000) a
               join generate_series(1, 3000000) b on a.value = b.value""",
            ["(ResourceExhausted;", "more than 16m of memory", "sql_query_memory"],
        ),
    ],
)
def test_limits(limited: Agent, query: str, parts: list[str]) -> None:
    with connect(limited) as connection:
        told = refused(connection, query)
        for part in parts:
            assert part in told
        # The rest is not touched.
        assert table(connection, "select 1 as a").num_rows == 1


def test_one_query_at_a_time(limited: Agent) -> None:
    told: list[str] = []
    with connect(limited) as one, connect(limited) as other:
        busy = threading.Thread(target=lambda: told.append(refused(one, ENDLESS)))
        busy.start()
        processor(limited).works()
        text = refused(other, "select 1")
        busy.join()
    assert "(Unavailable;" in text
    assert "sql_concurrency" in text
    assert "sql_timeout" in told[0]
