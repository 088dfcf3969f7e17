"""Apache Superset over the Postgres wire: what it reads of the database, data sets, charts with a
time filter, SQL Lab, and the dashboard in `docs/superset`."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import ROOT, Agent
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


def test_a_virtual_data_set_in_a_chart_with_a_time_filter(
    superset: Superset, database: int
) -> None:
    sql = (
        "select m.estimator, m.started_at, e.name, e.value from metrics e "
        "join models m on m.model_id = e.model_id where e.source = 'evaluator'"
    )
    number = dataset(superset, database, "joined", sql)
    by_day = {
        "sqlExpression": "started_at",
        "label": "day",
        "expressionType": "SQL",
        "columnType": "BASE_AXIS",
        "timeGrain": "P1D",
    }
    count = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "n"}
    query = {
        "columns": [by_day, "estimator"],
        "metrics": [count],
        "filters": [
            {"col": "started_at", "op": "TEMPORAL_RANGE", "val": "2024-01-01 : 2025-01-01"},
            {"col": "name", "op": "IN", "val": ["areaUnderROC", "rmse"]},
        ],
        "row_limit": 1000,
    }
    wanted = {"datasource": {"id": number, "type": "table"}, "queries": [query], "force": True}
    answer = superset.post("chart/data", wanted)["result"][0]
    assert answer["rowcount"] > 10
    # Milliseconds since 1970, each the beginning of a day of that year.
    days = {row["day"] for row in answer["data"]}
    assert all(day % 86_400_000 == 0 for day in days)
    assert min(days) >= 1_704_067_200_000
    assert max(days) < 1_735_689_600_000


def test_sql_lab(superset: Superset, database: int) -> None:
    query = "select params, source_columns, started_at, 'größe' as word from models"
    asked = {"database_id": database, "schema": "public", "runAsync": False, "queryLimit": 2}
    answer = superset.post("sqllab/execute/", asked | {"sql": query})
    assert answer["columns"][0]["type"] == "JSON"
    assert len(answer["data"]) == 2
    assert isinstance(json.loads(answer["data"][0]["source_columns"]), list)
    assert answer["data"][0]["word"] == "größe"
    with pytest.raises(AssertionError, match="there is no column nmae"):
        superset.post("sqllab/execute/", asked | {"sql": "select nmae from metrics"})
    with pytest.raises(AssertionError):
        superset.post("sqllab/execute/", asked | {"sql": "delete from metrics"})


def test_the_dashboard_that_we_ship(agent: Agent, superset: Superset) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        for file in sorted(DEFINITION.rglob("*.yaml")):
            text = file.read_text().replace(SHIPPED_ADDRESS, agent.addresses["postgres"])
            files.writestr(str(file.relative_to(DEFINITION.parent)), text)
    done = superset.upload("dashboard/import/", archive.getvalue(), {"overwrite": "true"})
    assert done == {"message": "OK"}
    dashboard = superset.get("dashboard/modeldb")["result"]
    charts = superset.get(f"dashboard/{dashboard['id']}/charts")["result"]
    assert len(charts) == len(list(DEFINITION.glob("charts/*.yaml")))
    rows: dict[str, list[dict[str, Any]]] = {}
    for chart in charts:
        answer = superset.get(f"chart/{chart['id']}/data/?force=true")["result"][0]
        assert answer["error"] is None, chart["slice_name"]
        rows[chart["slice_name"]] = answer["data"]
    assert all(rows.values())
    assert rows["Fits"] == [{"count": sum(row["count"] for row in rows["Fits over time"])}]
    assert rows["Failed fits"][0]["Failed fits"] <= len(rows["Failures"])
    slowest = [row["duration_ms"] for row in rows["Slowest fits"]]
    assert slowest == sorted(slowest, reverse=True)
