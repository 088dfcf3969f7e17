"""Apache Superset over the Postgres wire: what it reads of the database, data sets, charts with a
time filter, SQL Lab, and the dashboard in `docs/superset`."""

from __future__ import annotations

import ast
import io
import json
import math
import subprocess
import zipfile
from collections.abc import Iterator

import pytest

from conftest import ROOT, Agent, Row, rows
from superset import BIN, DEFINITION, Superset

MODELS = 2000
# Where the dashboard's definition looks for an agent.
SHIPPED_ADDRESS = "127.0.0.1:7619"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    place = tmp_path_factory.mktemp("superset-agent")
    agent = Agent(place / "warehouse", place / "log", place)
    generate = [str(ROOT / "target/debug/generate"), "--models", str(MODELS)]
    subprocess.run([*generate, str(agent.warehouse)], capture_output=True, check=True)
    yield agent.start()
    agent.kill()


@pytest.fixture(scope="module")
def superset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    assert BIN.exists(), "there is no build/superset: run scripts/superset"
    superset = Superset(tmp_path_factory.mktemp("superset"))
    try:
        yield superset.start()
    finally:
        superset.stop()


@pytest.fixture(scope="module")
def database(agent: Agent, superset: Superset) -> int:
    uri = f"postgresql+psycopg2://ann@{agent.addresses['postgres']}/modeldb"
    wanted = {"database_name": "of a test", "sqlalchemy_uri": uri}
    tested = superset.post("database/test_connection/", wanted)
    assert tested == {"message": "OK"}
    return int(superset.post("database/", wanted | {"expose_in_sqllab": True})["id"])


def dataset(superset: Superset, database: int, name: str, sql: str | None = None) -> int:
    wanted = {"database": database, "schema": "public", "table_name": name}
    return int(superset.post("dataset/", wanted | ({"sql": sql} if sql else {}))["id"])


def types(superset: Superset, number: int) -> dict[str, str]:
    columns = superset.get(f"dataset/{number}")["result"]["columns"]
    return {column["column_name"]: column["type"] for column in columns}


def test_schemas_and_tables(superset: Superset, database: int) -> None:
    schemas = superset.get(f"database/{database}/schemas/")["result"]
    assert sorted(schemas) == ["information_schema", "public"]
    tables = superset.get(f"database/{database}/tables/?q=(schema_name:public)")["result"]
    names = {table["value"]: table["type"] for table in tables}
    assert names["models"] == "table"
    assert names["leaderboard"] == "view"


def test_physical_data_sets(superset: Superset, database: int) -> None:
    # Of others than those of the dashboard: in SQLite Superset takes each name once.
    table = types(superset, dataset(superset, database, "transforms"))
    some = ("transform_id", "stage_index", "started_at", "duration_ms", "params")
    assert [table[name] for name in some] == [
        *("TEXT", "BIGINT", "TIMESTAMP WITH TIME ZONE", "DOUBLE PRECISION", "JSON")
    ]
    assert table["input_columns"] == "TEXT[]"
    view = types(superset, dataset(superset, database, "search_results"))
    assert (view["fold_values"], view["is_best"]) == ("DOUBLE PRECISION[]", "BOOLEAN")


JOINED = (
    "select m.estimator, m.started_at, e.name, e.value from metrics e "
    "join models m on m.model_id = e.model_id where e.source = 'evaluator'"
)


@pytest.fixture(scope="module")
def joined(superset: Superset, database: int) -> int:
    """A virtual data set."""
    return dataset(superset, database, "joined", JOINED)


def test_virtual_data_sets(superset: Superset, joined: int) -> None:
    assert types(superset, joined) == {
        "estimator": "STRING",
        "started_at": "DATETIMETZ",
        "name": "STRING",
        "value": "FLOAT",
    }


@pytest.mark.parametrize(("grain", "unit"), [("PT1H", "hour"), ("P1D", "day"), ("P1M", "month")])
def test_a_chart_with_a_time_filter(
    agent: Agent, superset: Superset, joined: int, grain: str, unit: str
) -> None:
    beginning = {
        "sqlExpression": "started_at",
        "label": "since",
        "expressionType": "SQL",
        "columnType": "BASE_AXIS",
        "timeGrain": grain,
    }
    count = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "n"}
    mean = {
        "expressionType": "SIMPLE",
        "column": {"column_name": "value"},
        "aggregate": "AVG",
        "label": "mean",
    }
    query = {
        "columns": [beginning, "estimator"],
        "metrics": [count, mean],
        "filters": [
            {"col": "started_at", "op": "TEMPORAL_RANGE", "val": "2024-01-01 : 2025-01-01"},
            {"col": "name", "op": "IN", "val": ["areaUnderROC", "rmse"]},
        ],
        "row_limit": 10000,
    }
    wanted = {"datasource": {"id": joined, "type": "table"}, "queries": [query], "force": True}
    answer = superset.post("chart/data", wanted)["result"][0]
    # Superset has moments as milliseconds since 1970.
    expected = rows(
        f"select to_unixtime(date_trunc('{unit}', started_at)) * 1000 as since, estimator, "
        f"count(*) as n, avg(value) as mean from ({JOINED}) "
        "where started_at >= '2024-01-01' and started_at < '2025-01-01' "
        "and name in ('areaUnderROC', 'rmse') group by 1, 2",
        *("--connect", agent.url),
    )
    assert len(expected) > 10
    given = {(row["since"], row["estimator"]): row for row in answer["data"]}
    assert len(given) == len(answer["data"]) == len(expected)
    for row in expected:
        found = given[row["since"], row["estimator"]]
        assert found["n"] == row["n"]
        # Superset writes NaN as null.
        if math.isnan(float(row["mean"])):
            assert found["mean"] is None
        else:
            assert found["mean"] == pytest.approx(row["mean"])


def test_sql_lab(superset: Superset, database: int) -> None:
    query = (
        "select params, params ->> 'featuresCol' as features, source_columns, 'größe' as word "
        "from models "
        "where cardinality(source_columns) > 0 and params ->> 'featuresCol' <> ''"
    )
    asked = {"database_id": database, "schema": "public", "runAsync": False, "queryLimit": 2}
    answer = superset.post("sqllab/execute/", asked | {"sql": query})
    assert answer["columns"][0]["type"] == "JSON"
    assert len(answer["data"]) == 2
    for row in answer["data"]:
        # Superset writes json as Python's dict, whatever database it comes from.
        assert ast.literal_eval(row["params"])["featuresCol"] == row["features"]
        assert json.loads(row["source_columns"])
    assert answer["data"][0]["word"] == "größe"
    with pytest.raises(AssertionError, match="there is no column nmae"):
        superset.post("sqllab/execute/", asked | {"sql": "select nmae from metrics"})
    with pytest.raises(AssertionError, match="does not allow for DDL/DML"):
        superset.post("sqllab/execute/", asked | {"sql": "delete from metrics"})


@pytest.fixture(scope="module")
def charts(agent: Agent, superset: Superset) -> dict[str, Row]:
    """The charts of the dashboard that we ship, by name; imported for this agent."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        for file in sorted(DEFINITION.rglob("*.yaml")):
            text = file.read_text().replace(SHIPPED_ADDRESS, agent.addresses["postgres"])
            files.writestr(str(file.relative_to(DEFINITION.parent)), text)
    done = superset.upload("dashboard/import/", archive.getvalue(), {"overwrite": "true"})
    assert done == {"message": "OK"}
    dashboard = superset.get("dashboard/modeldb")["result"]
    found = superset.get(f"dashboard/{dashboard['id']}/charts")["result"]
    assert len(found) == len(list(DEFINITION.glob("charts/*.yaml")))
    return {chart["slice_name"]: chart for chart in found}


def test_the_dashboard_that_we_ship(superset: Superset, charts: dict[str, Row]) -> None:
    data: dict[str, list[Row]] = {}
    for name, chart in charts.items():
        for answer in superset.get(f"chart/{chart['id']}/data/?force=true")["result"]:
            assert answer["error"] is None and answer["data"], name
            data.setdefault(name, answer["data"])
    assert data["Fits"] == [{"count": sum(row["count"] for row in data["Fits over time"])}]
    assert data["Failed fits"][0]["Failed fits"] <= len(data["Failures"])
    slowest = [row["duration_ms"] for row in data["Slowest fits"]]
    assert slowest == sorted(slowest, reverse=True)


def test_the_filters_of_the_dashboard(
    agent: Agent, superset: Superset, charts: dict[str, Row]
) -> None:
    among = "started_at >= '2024-01-01' and started_at < '2025-01-01' and project = "
    busiest = rows(
        "select project from models group by project order by count(*) desc, project limit 1",
        *("--connect", agent.url),
    )[0]["project"]
    data: dict[str, list[Row]] = {}
    for name, chart in charts.items():
        query = json.loads(superset.get(f"chart/{chart['id']}")["result"]["query_context"])
        # What Superset's pages make of the two filters: the time is the query's, and goes to the
        # chart's own column of moments. A chart that has none would show all times.
        for part in query["queries"]:
            part["time_range"] = "2024-01-01 : 2025-01-01"
            part["filters"].append({"col": "project", "op": "IN", "val": [busiest]})
        answer = superset.post("chart/data", query | {"force": True})["result"]
        assert [part["error"] for part in answer] == [None] * len(answer), name
        for part in answer:
            for word in ("2024-01-01", "2025-01-01", busiest):
                assert word in part["query"], name
        data[name] = answer[-1]["data"]
    expected = rows(
        f"select (select count(*) from models where {among} '{busiest}') as fits, "
        f"(select count(*) from runs where {among} '{busiest}') as runs",
        *("--connect", agent.url),
    )[0]
    assert data["Projects"] == [{"Projects": 1}]
    assert data["Fits"] == [{"count": expected["fits"]}]
    assert data["Runs"] == [{"count": expected["runs"]}]
    # Tables that Superset pages through ask for how many rows there are.
    assert data["Newest runs"] == [{"rowcount": expected["runs"]}]
    assert 0 < data["Slowest fits"][0]["rowcount"] <= expected["fits"]
