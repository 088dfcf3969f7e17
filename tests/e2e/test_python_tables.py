"""Tables of pandas under tracked programs: what columns were called, what belongs together, what
stays here."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from conftest import Agent, Tables
from tracking import PROGRAM_SECONDS, Tracked, ask, start

PROJECT = "tables"


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("python-tables")


@pytest.fixture(scope="module")
def tables(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`pandas_tables.py`, tracked; columns with a `secret` stay."""
    directory = tmp_path_factory.mktemp("tables")
    job = start(
        directory,
        "pandas_tables.py",
        str(directory),
        agent=agent.url,
        options=["--project", PROJECT],
        MODELDB_SAMPLE_EXCLUDE="secret*",
    )
    job.succeed(PROGRAM_SECONDS)
    return Tracked(job, Tables.read("--connect", agent.url))


def test_features_have_the_names_of_their_sources(tables: Tracked) -> None:
    """Columns that were renamed, and arrays that have lost their names."""
    models = tables.tables.where("models", estimator="sklearn.linear_model.LogisticRegression")
    assert len(models) == 2
    for model in models:
        assert sorted(model["source_columns"]) == ["A", "B"]
        of_model = tables.tables.where("features", model_id=model["model_id"])
        slots = [row for row in of_model if row["name"] != "intercept"]
        behind = {row["name"]: row["source_columns"] for row in slots}
        assert behind == {"age": ["A"], "balance": ["B"]}


def test_steps_are_what_was_done(tables: Tracked) -> None:
    steps = {(row["operation"], row["detail"]) for row in tables.tables["dataset_edges"]}
    assert ("filter", "opaque") in steps, "rows were dropped, and no columns"
    assert ("join", "left on Y") in steps, "by place, and not by name"


def test_metrics_of_what_was_computed_from_a_prediction(tables: Tracked) -> None:
    """Of a part of the columns of the rows whose truth it is; of a part of the rows."""
    model = tables.tables.one("models", params={"C": "2.0"} | default_params(tables))
    told = {row["name"]: row for row in tables.tables["metrics"] if row["source"] == "evaluator"}
    for name, value in tables.told["of"].items():
        assert (told[name]["value"], told[name]["model_id"]) == (value, model["model_id"]), name


def default_params(tables: Tracked) -> dict[str, str]:
    """All of the parameters of the model but its C."""
    [model] = [m for m in tables.tables["models"] if m["params"].get("C") == "2.0"]
    return {name: value for name, value in model["params"].items() if name != "C"}


def test_what_is_excluded_stays(tables: Tracked) -> None:
    """Neither values, nor slots named after them, nor columns whose names nobody knows."""
    everything = json.dumps(
        [tables.tables[name] for name in ("samples", "predictions", "features", "trees")]
    )
    assert not any(value in everything for value in ("valley", "coast", "summit"))
    assert "secret_code" in everything, "features say what is behind them"
    sampled = {row["dataset_id"] for row in tables.tables["samples"]}
    [nameless] = [m for m in tables.tables["models"] if m["params"].get("alpha") == "8.0"]
    assert nameless["dataset_id"] not in sampled
    [run] = tables.tables["runs"]
    assert run["capture"]["not_captured"] == {"sample_column_left_out": 1}
    [whole] = tables.tables.where("models", kind="pipeline", role="top")
    labels = tables.tables.where("predictions", model_id=whole["model_id"])
    assert labels and all(row["label"] is None for row in labels)


def test_samples_are_of_the_call(tables: Tracked, agent: Agent) -> None:
    """What the program does to a table afterwards is not in them."""
    [model] = [m for m in tables.tables["models"] if m["params"].get("C") == "2.0"]
    told = ask(agent, f"select * from sample('{model['dataset_id']}')")
    assert told and all(row["age"] >= 0 and "late" not in row for row in told)
