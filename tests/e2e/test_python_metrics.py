"""Which model and which rows a Python program's metrics are of, and what is behind features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Agent, Tables
from tracking import PROGRAM_SECONDS, Tracked, ask, start, track

Row = dict[str, Any]


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("python-metrics")


@pytest.fixture(scope="module")
def measured(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`measured.py`, tracked."""
    directory = tmp_path_factory.mktemp("measured")
    return track(directory, agent, "measured", "measured.py", str(directory))


def tag(tracked: Tracked, model_id: str | None) -> str | None:
    """What the program calls a model."""
    if model_id is None:
        return None
    model = tracked.tables.one("models", model_id=model_id)
    if "lightgbm" in model["estimator"]:
        return "lightgbm"
    found: str | None = model["params"].get("C") or model["params"].get("alpha")
    return found


def by_role(tracked: Tracked, role: str) -> set[str]:
    return {row["model_id"] for row in tracked.tables.where("models", role=role)}


def test_each_value_is_of_its_model_and_slice(measured: Tracked) -> None:
    """Thresholds, other names for labels, other scales, parts of arrays, rows chosen before and
    after; and what no model said is of none."""
    expected = Counter((n, v, m, s) for n, v, m, s in measured.told["metrics"])
    inside = by_role(measured, "fold")
    searched = {row["model_id"] for row in measured.tables.where("models", kind="search")}
    reported = {"precision[0]", "precision_macro"}
    rows = measured.tables.where("metrics", source="evaluator")
    started = {row["name"] for row in rows}
    assert reported <= started
    wanted = {name for name, *_ in expected}
    found = Counter(
        (row["name"], row["value"], tag(measured, row["model_id"]), row["slice"])
        for row in rows
        if row["name"] in wanted and row["model_id"] not in inside | searched
    )
    report = measured.told["reported"]
    found -= Counter([("accuracy", report["accuracy"], "1.5", None)])
    assert found == expected


def test_a_report_is_its_metrics(measured: Tracked) -> None:
    report = measured.told["reported"]
    told = {row["name"]: row for row in measured.tables["metrics"] if row["source"] == "evaluator"}
    expected = {
        "precision[0]": report["0"]["precision"],
        "recall[1]": report["1"]["recall"],
        "f1_macro": report["macro avg"]["f1-score"],
        "precision_weighted": report["weighted avg"]["precision"],
    }
    for name, value in expected.items():
        assert told[name]["value"] == value, name
        assert tag(measured, told[name]["model_id"]) == "1.5"


def test_averages_of_several_metrics_have_their_names(measured: Tracked) -> None:
    searched = measured.tables.where("metrics", source="search")
    for name, values in measured.told["search"].items():
        of_name = {row["candidate_index"]: row for row in searched if row["name"] == name}
        assert [of_name[i]["value"] for i in range(2)] == pytest.approx(values, rel=1e-12)
        assert {row["label_column"] for row in of_name.values()} == {"target"}


def test_scores_of_folds_have_the_scorer_s_name(measured: Tracked) -> None:
    """What is turned around says so; training sides are told apart."""
    rows = measured.tables.where("metrics", source="evaluator")
    errors = [row["value"] for row in rows if row["name"] == "neg_mean_squared_error"]
    assert sorted(errors) == sorted(measured.told["errors"])
    trained = [row["value"] for row in rows if row["name"] == "train_r2"]
    assert sorted(trained) == sorted(measured.told["trained"])


def slots(tracked: Tracked, alpha: str) -> dict[str, list[str]]:
    """The features of the model with this alpha, and what is behind each."""
    models = [m for m in tracked.tables["models"] if m["params"].get("alpha") == alpha]
    assert models
    rows = tracked.tables.where("features", model_id=models[0]["model_id"])
    return {row["name"]: row["source_columns"] for row in rows if row["name"] != "intercept"}


def test_computed_columns_go_back_to_their_sources(measured: Tracked) -> None:
    assert slots(measured, "21.0") == {
        "share": ["a", "b"],
        "log": ["a", "b"],
        "rich": ["a", "d"],
        "size": ["c"],
        "more": ["a", "b", "c"],
        "country_US": ["country"],
    }


def test_what_somebody_s_own_transformer_adds_is_of_all_its_inputs(measured: Tracked) -> None:
    found = slots(measured, "22.0")
    assert {name: behind for name, behind in found.items() if "country_" not in name} == {
        "pipeline__a": ["a"],
        "pipeline__ratio": ["a", "b", "c", "country"],
        "passthrough__b": ["b"],
        "passthrough__c": ["c"],
    }
    assert found["onehotencoder__country_US"] == ["country"]
    [mixed] = [m for m in measured.tables["models"] if m["estimator"].endswith("ColumnTransformer")]
    assert mixed["feature_columns"] == ["a", "b", "c", "country", "ratio"]


def test_labels_have_their_names(measured: Tracked) -> None:
    """Of one of several truths, of an array of a column."""
    labels: dict[str, list[str]] = {}
    for model in measured.tables["models"]:
        key = model["params"].get("C") or model["params"].get("alpha")
        if model["role"] in ("top", "component") and key in ("31.0", "32.0", "23.0"):
            labels.setdefault(key, []).append(model["label_column"])
    assert labels == {"31.0": ["target", "other"], "32.0": ["other", "target"], "23.0": ["target"]}


def test_rows_of_a_column_of_text_are_its_own(measured: Tracked, agent: Agent) -> None:
    """By place, whatever pandas calls them."""
    naive = next(m for m in measured.tables["models"] if m["params"].get("alpha") == "41.0")
    model = measured.tables.one("models", model_id=naive["parent_model_id"])
    of_model = {"model_id": model["model_id"], "dataset_id": model["dataset_id"]}
    told = measured.tables.where("predictions", **of_model)
    sampled = ask(agent, f"select row_id, text from sample('{model['dataset_id']}')")
    words = {row["row_id"]: row["text"].split()[-1] for row in sampled}
    pairs = [(words[row["row_id"]], row["label"]) for row in told if row["row_id"] in words]
    assert len(pairs) > 20
    assert set(pairs) == {("even", 0.0), ("odd", 1.0)}


def test_a_score_of_each_column_is_no_course(measured: Tracked) -> None:
    [chooser] = [m for m in measured.tables["models"] if m["estimator"].endswith("SelectKBest")]
    assert not measured.tables.where("metrics", model_id=chooser["model_id"])


def test_copies_and_training_metrics_where_they_are_asked_for(
    agent: Agent, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of each model that is fitted by itself, but of those that are fitted in parts."""
    directory = tmp_path_factory.mktemp("asked")
    job = start(
        directory,
        "people.py",
        str(directory),
        agent=agent.url,
        options=["--project", "asked"],
        MODELDB_SAVE_MODELS="skops",
        MODELDB_TRAINING_METRICS="on",
    )
    job.succeed(PROGRAM_SECONDS)
    tables = Tables.read("--connect", agent.url).of_project("asked")
    [run] = tables["runs"]
    assert run["capture"]["not_captured"] == {}
    models = [
        row["model_id"]
        for row in tables.where("models", role="top", status="finished")
        if "SGD" not in row["estimator"] and "cross_val" not in row["estimator"]
    ]
    saved = {row["model_id"] for row in tables["artifacts"] if row["format"] == "skops"}
    assert saved == set(models)
    for model_id in models:
        of_model = {row["name"]: row for row in tables.where("metrics", model_id=model_id)}
        assert 0.5 < of_model["train_accuracy"]["value"] <= 1
        model = tables.one("models", model_id=model_id)
        assert of_model["train_roc_auc"]["dataset_id"] == model["dataset_id"]
