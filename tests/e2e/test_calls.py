"""A PySpark program of many calls: the tables say what it did, call by call."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from conftest import Recorded, Row, Tables

MODEL_CLASSES = {
    "KMeans": "KMeansModel",
    "ALS": "ALSModel",
    "DecisionTreeClassifier": "DecisionTreeClassificationModel",
    "RandomForestClassifier": "RandomForestClassificationModel",
}
PROBLEMS = {
    "LogisticRegression": "binary",
    "DecisionTreeClassifier": "binary",
    "RandomForestClassifier": "binary",
    "LinearRegression": "regression",
    "KMeans": "clustering",
    "ALS": "recommendation",
    "StringIndexer": None,
}

# Estimators of the program's pipeline, by the program's names.
PIPELINE = ("job", "forest")

# Datasets of which rows were chosen after the split and before scoring.
BEFORE_SCORING = ("young", "clerks", "of an unused split")


def calls_of(recorded: Recorded) -> list[Row]:
    """What the program called, in order, without its search."""
    lines = recorded.job.lines()
    return [line for line in lines if line["did"] in ("fit", "transform", "evaluate")]


def actions_of(recorded: Recorded) -> list[Row]:
    """What the tables say it did, in order, each with the row that it made, without the search."""
    tables = recorded.tables
    subjects = {
        "fit": tables.by("models", "model_id"),
        "transform": tables.by("transforms", "transform_id"),
        "evaluate": tables.by("metrics", "metric_id"),
    }
    actions = [action for action in tables["actions"] if action["kind"] in subjects]
    actions.sort(key=lambda action: action["sequence"])
    assert all(a["sequence"] < b["sequence"] for a, b in pairwise(actions))
    done = [
        {**action, "row": subjects[action["kind"]].get(action["subject_id"])} for action in actions
    ]
    called = [action for action in done if not put_together(action["row"])]
    return called[: len(calls_of(recorded))]


def put_together(row: Row | None) -> bool:
    """Whether the program called it in Python, where nothing sees it: it is inferred."""
    if row is None or not row.get("inferred"):
        return False
    kind, transformer = row.get("kind"), row.get("transformer", "")
    return kind in ("pipeline", "search") or transformer.endswith(".PipelineModel")


@pytest.fixture(scope="session")
def paired(calls: Recorded) -> list[tuple[Row, Row]]:
    """Each call that the program printed, with the action that the tables have in its place."""
    return list(zip(calls_of(calls), actions_of(calls), strict=True))


def of_kind(paired: list[tuple[Row, Row]], did: str) -> list[tuple[Row, Row]]:
    """Calls of one kind with the rows that they made."""
    return [(call, action["row"]) for call, action in paired if call["did"] == did]


@pytest.fixture(scope="session")
def models(paired: list[tuple[Row, Row]]) -> dict[str, Row]:
    """Rows of `models` by the program's own names of its fits."""
    return {call["name"]: row for call, row in of_kind(paired, "fit")}


@pytest.fixture(scope="session")
def datasets(paired: list[tuple[Row, Row]]) -> dict[str, str]:
    """Ids of datasets by the program's own names of what its transforms gave."""
    transforms = of_kind(paired, "transform")
    return {call["name"]: row["output_dataset_id"] for call, row in transforms}


def test_actions_are_the_calls_in_order(paired: list[tuple[Row, Row]]) -> None:
    """Kind, class and outcome of each action are those of the call in that place."""
    for call, action in paired:
        assert action["kind"] == call["did"], call
        assert action["status"] == ("failed" if "error" in call else "finished"), call
        row = action["row"]
        column = {"fit": "estimator", "transform": "transformer", "evaluate": "evaluator"}
        if row is None:
            assert call["did"] == "evaluate" and "error" in call, f"no row of {call}"
        else:
            assert row[column[call["did"]]] == call["class"]


def test_nothing_else_was_recorded(calls: Recorded) -> None:
    """As many fits, transforms and evaluations as calls, those of the search included."""
    expected = Counter(call["did"] for call in calls_of(calls))
    (search,) = calls.job.did("search")
    tried = search["folds"] * len(search["penalties"])
    expected += Counter(fit=tried + 1, transform=tried + 1, evaluate=tried + 1)
    # The search itself, a pipeline and its transform: Python ran them.
    expected += Counter(fit=2, transform=1)
    actions = calls.tables["actions"]
    assert Counter(a["kind"] for a in actions if a["kind"] in expected) == expected
    assert len(calls.tables["models"]) == expected["fit"]
    assert len(calls.tables["transforms"]) == expected["transform"]
    failed = sum("error" in call for call in calls_of(calls) if call["did"] == "evaluate")
    evaluated = calls.tables.where("metrics", source="evaluator")
    assert len(evaluated) == expected["evaluate"] - failed
    assert calls.tables["unknown_events"] == []


def test_models_are_the_fits(paired: list[tuple[Row, Row]]) -> None:
    """Class, uid, model class, outcome, columns, times and problem of each fit."""
    for call, row in of_kind(paired, "fit"):
        name = call["class"].rpartition(".")[2]
        assert row["uid"] == call["uid"]
        role = "stage" if call["name"] in PIPELINE else "top"
        assert (row["kind"], row["role"]) == ("estimator", role)
        assert (row["parent_model_id"] is None) == (role == "top")
        assert row["project"] == "e2e calls" and row["experiment"] == "first"
        params = call["params"]
        if name == "ALS":
            features = [params["userCol"], params["itemCol"]]
        else:
            features = [params.get("featuresCol") or params["inputCol"]]
        assert row["feature_columns"] == features, call
        assert row["label_column"] == params.get("labelCol", params.get("ratingCol"))
        assert row["prediction_column"] == params.get("predictionCol")
        assert row["started_at"] <= row["ended_at"] and row["duration_ms"] >= 0
        assert row["dataset_id"] is not None
        if "error" in call:
            assert row["status"] == "failed" and row["model_class"] is None
            assert call["error"] in row["error"]
        else:
            assert row["status"] == "finished" and row["error"] is None
            model_class = call["class"].replace(name, MODEL_CLASSES.get(name, name + "Model"))
            assert row["model_class"] == model_class
            assert row["problem_type"] == PROBLEMS[name]


def same(value: Any, row: Row) -> bool:
    """Whether a row of `params` has this value."""
    if isinstance(value, bool):
        return bool(row["value"] == str(value).lower())
    if isinstance(value, int):
        return bool(row["value"] == str(value) and row["value_double"] == float(value))
    if isinstance(value, float):
        return bool(float(row["value"]) == value and row["value_double"] == value)
    if isinstance(value, list):
        return bool(json.loads(row["value"]) == value)
    return bool(row["value"] == value and row["value_double"] is None)


def test_params_are_those_in_force(calls: Recorded, paired: list[tuple[Row, Row]]) -> None:
    """Each parameter of each fit: its value, as text and number, and whether somebody set it."""
    for call, model in of_kind(paired, "fit"):
        of_model = calls.tables.where("params", model_id=model["model_id"])
        params = {row["name"]: row for row in of_model}
        assert len(params) == len(of_model), "a parameter is there twice"
        for name, value in call["params"].items():
            assert same(value, params[name]), f"{call['name']}: {name}={value}: {params[name]}"
            assert model["params"][name] == params[name]["value"]
        explicit = sorted(name for name, row in params.items() if not row["is_default"])
        assert explicit == call["explicit"], call["name"]


def test_one_estimator_object_fitted_again_is_another_model(models: dict[str, Row]) -> None:
    """Fits of one object share its uid, and nothing else; each has its own parameters."""
    fits = [models[name] for name in ("penalty 0.1", "again", "overridden")]
    assert len({row["uid"] for row in fits}) == 1
    assert len({row["model_id"] for row in fits}) == 3
    assert [float(row["params"]["regParam"]) for row in fits] == [0.1, 0.5, 0.5]
    assert [row["params"]["maxIter"] for row in fits] == ["5", "5", "2"]
    assert len({row["dataset_id"] for row in fits}) == 1


def test_transforms_are_the_calls(paired: list[tuple[Row, Row]], models: dict[str, Row]) -> None:
    """Each transform's model, columns, outcome and datasets."""
    for call, row in of_kind(paired, "transform"):
        assert row["uid"] == call["uid"]
        expected = models[call["model"]]["model_id"] if call["model"] else None
        assert row["model_id"] == expected or call["name"] == "loaded", call["name"]
        inside = call["name"] in ("job, scored", "numbers, scored", "forest, scored")
        assert (row["parent_transform_id"] is not None) == inside
        assert row["input_dataset_id"] is not None
        if "error" in call:
            assert row["status"] == "failed" and call["error"] in row["error"]
            assert row["output_dataset_id"] is None
        else:
            assert row["status"] == "finished"
            added = [column for column in call["after"] if column not in call["before"]]
            assert row["output_columns"] == added
            assert set(row["input_columns"]) <= set(call["before"]) and row["input_columns"]


def test_datasets_have_their_columns(calls: Recorded, paired: list[tuple[Row, Row]]) -> None:
    """The schemas of what went into transforms and came out."""
    tables = calls.tables.by("datasets", "dataset_id")
    for call, row in of_kind(paired, "transform"):
        columns = [column["name"] for column in tables[row["input_dataset_id"]]["columns"]]
        assert columns == call["before"]
        if "error" not in call:
            columns = [column["name"] for column in tables[row["output_dataset_id"]]["columns"]]
            assert columns == call["after"]
    types = {c["name"]: c["type"] for d in tables.values() for c in d["columns"]}
    assert types["age"] == "double" and types["job"] == "string" and types["id"] == "bigint"


def measured(paired: list[tuple[Row, Row]]) -> list[tuple[Row, Row]]:
    return [(call, row) for call, row in of_kind(paired, "evaluate") if "error" not in call]


def test_metrics_are_what_evaluators_returned(paired: list[tuple[Row, Row]]) -> None:
    """Name, value to the last bit, direction, columns and source of each metric."""
    for call, row in measured(paired):
        assert row["name"] == call["metric"]
        assert row["value"] == call["value"]
        assert row["larger_is_better"] is call["larger"]
        assert row["label_column"] == call["label"]
        assert row["prediction_column"] == call["prediction"]
        assert row["source"] == "evaluator"
        assert row["step"] is None


def test_metrics_belong_to_the_model_that_predicted(
    calls: Recorded,
    paired: list[tuple[Row, Row]],
    models: dict[str, Row],
    datasets: dict[str, str],
) -> None:
    """The model behind the evaluated column, whatever lies between its output and the
    evaluation, and the dataset that it scored. Of a pipeline's last stage it is the pipeline."""
    tops = calls.tables.where("transforms", parent_transform_id=None)
    inputs = {row["output_dataset_id"]: row for row in tops}
    for call, row in measured(paired):
        model = models[call["model"]] if call["model"] else {}
        expected = model.get("parent_model_id") or model.get("model_id")
        if call["scored"] == "loaded":
            continue
        assert row["model_id"] == expected, call
        if call["model"] is not None:
            scoring = inputs[datasets[call["scored"]]]
            assert row["input_dataset_id"] == scoring["input_dataset_id"], call


def test_a_model_from_a_file_is_not_taken_for_another(
    paired: list[tuple[Row, Row]], models: dict[str, Row]
) -> None:
    """Saved, loaded after its estimator was fitted again: the metric belongs to the model that
    was saved, or to none that is known. To another fit it does not belong."""
    allowed = (None, models["penalty 0.1"]["model_id"])
    (transformed,) = [r for c, r in of_kind(paired, "transform") if c["name"] == "loaded"]
    (evaluated,) = [r for c, r in measured(paired) if c["scored"] == "loaded"]
    assert transformed["model_id"] in allowed
    assert evaluated["model_id"] in allowed


def check_slices(calls: list[tuple[Row, Row]]) -> None:
    for call, row in calls:
        if call["opaque"]:
            assert row["slice"] is not None and "opaque" in row["slice"], call
        elif call["filters"]:
            assert row["slice"] is not None, call
            for part in call["filters"]:
                assert part in row["slice"], call
            assert "#" not in row["slice"], "an expression id, which is another in every run"
        else:
            assert row["slice"] is None, call


def test_slices_are_the_filters_after_scoring(paired: list[tuple[Row, Row]]) -> None:
    """Text of the filters where rows of a scored dataset were evaluated, null for everyone."""
    others = (*BEFORE_SCORING, "before the split")
    after = [(c, r) for c, r in measured(paired) if c["scored"] not in others and not c["opaque"]]
    check_slices([(c, r) for c, r in after if "union" not in c["filters"]])


def test_slice_of_a_union_is_not_one_of_its_parts(paired: list[tuple[Row, Row]]) -> None:
    """Rows that one filter or another left: both are told, or that it cannot be read."""
    (pair,) = [(c, r) for c, r in measured(paired) if "union" in c["filters"]]
    call, row = pair
    assert row["slice"] is not None
    if row["slice"] != "opaque":
        for part in call["filters"][1:]:
            assert part in row["slice"], row["slice"]
        assert " AND " not in row["slice"], row["slice"]


def test_slices_of_functions_are_opaque(paired: list[tuple[Row, Row]]) -> None:
    """A filter by a function of the program's cannot be read, and is not told as if it could."""
    opaque = [(c, r) for c, r in measured(paired) if c["opaque"]]
    assert opaque
    check_slices(opaque)


@pytest.mark.parametrize("scored", BEFORE_SCORING)
def test_slices_are_the_filters_before_scoring(paired: list[tuple[Row, Row]], scored: str) -> None:
    """The same where the rows of the split were chosen before they were scored."""
    check_slices([(c, r) for c, r in measured(paired) if c["scored"] == scored])


def test_filters_before_the_split_are_no_slice(paired: list[tuple[Row, Row]]) -> None:
    """What was chosen before the split is what the model was meant for."""
    check_slices([(c, r) for c, r in measured(paired) if c["scored"] == "before the split"])


def ancestors(tables: Tables, dataset: str) -> dict[str, Row]:
    """Datasets from which a dataset was derived, each with a step that leads to it."""
    parents: dict[str, list[Row]] = {}
    for edge in tables["dataset_edges"]:
        parents.setdefault(edge["child_dataset_id"], []).append(edge)
    found: dict[str, Row] = {}
    open_ = [dataset]
    while open_:
        for edge in parents.get(open_.pop(), []):
            if edge["parent_dataset_id"] not in found:
                found[edge["parent_dataset_id"]] = edge
                open_.append(edge["parent_dataset_id"])
    return found


def test_edges_lead_from_what_was_evaluated_to_what_was_read(
    calls: Recorded, paired: list[tuple[Row, Row]], models: dict[str, Row], datasets: dict[str, str]
) -> None:
    """Scored, filtered, split, assembled, indexed, raw: no step of the way is missing."""
    raw = models["indexer"]["dataset_id"]
    for call, row in measured(paired):
        if call["model"] not in (None, "ratings") and call["scored"] != "loaded":
            before = ancestors(calls.tables, row["dataset_id"])
            assert raw in before and datasets["prepared"] in before, call
            if row["dataset_id"] != datasets[call["scored"]]:
                assert datasets[call["scored"]] in before, call
    for name, model in models.items():
        if name not in ("indexer", "ratings"):
            assert raw in ancestors(calls.tables, model["dataset_id"]), name


def test_edges_say_what_was_done(
    calls: Recorded, models: dict[str, Row], datasets: dict[str, str]
) -> None:
    """A split, a transform and a filter are edges with these names."""
    tables = calls.tables
    train = tables.one("dataset_edges", child_dataset_id=models["line"]["dataset_id"])
    assert train["parent_dataset_id"] == datasets["prepared"]
    assert train["operation"] == "split"
    prepared = tables.one("dataset_edges", child_dataset_id=datasets["prepared"])
    assert prepared["operation"] == "transform"
    assert prepared["parent_dataset_id"] == datasets["indexed"]
    assert prepared["transform_id"] in tables.by("transforms", "transform_id")
    scored = tables.where("dataset_edges", parent_dataset_id=datasets["scored, penalty 0.0"])
    assert [(edge["operation"], "hours" in edge["detail"]) for edge in scored] == [("filter", True)]


def test_search_in_python(calls: Recorded) -> None:
    """Python's CrossValidator calls the JVM for each fold and candidate: as many fits as
    that, with the parameters tried, and metrics whose averages are those that it computed."""
    (search,) = calls.job.did("search")
    fits = [row for row in calls.tables.fits_in_order() if row["uid"] == search["uid"]]
    tried, best = fits[:-1], fits[-1]
    penalties = Counter(float(row["params"]["regParam"]) for row in tried)
    assert penalties == Counter(dict.fromkeys(search["penalties"], search["folds"]))
    assert float(best["params"]["regParam"]) == search["best"]
    roles = [(row["role"], row["fold"]) for row in fits]
    assert roles == [("fold", 0), ("fold", 0), ("fold", 1), ("fold", 1), ("best", None)]
    (whole,) = calls.tables.where("models", kind="search")
    assert {row["parent_model_id"] for row in fits} == {whole["model_id"]}
    assert whole["inferred"] and whole["dataset_id"] == best["dataset_id"]
    means = {float(row["params"]["regParam"]): row["mean"] for row in calls.tables["candidates"]}
    assert means == dict(zip(search["penalties"], search["averages"], strict=True))
    metrics = calls.tables.where("metrics", source="evaluator")
    for penalty, average in zip(search["penalties"], search["averages"], strict=True):
        of_candidate = [r["model_id"] for r in tried if float(r["params"]["regParam"]) == penalty]
        values = [row["value"] for row in metrics if row["model_id"] in of_candidate]
        assert len(values) == search["folds"]
        assert sum(values) / search["folds"] == average
    of_best = [row for row in metrics if row["model_id"] == best["model_id"]]
    (found,) = [row for row in of_best if row["source"] == "evaluator"]
    assert (found["value"], found["slice"]) == (search["found"], None)


def test_run(calls: Recorded) -> None:
    """The run's row: what the settings say, how it was watched, that it ended well."""
    (run,) = calls.tables["runs"]
    (end,) = calls.job.did("end")
    assert run["status"] == "finished" and run["error"] is None
    assert run["project"] == "e2e calls" and run["experiment"] == "first"
    assert run["name"] == "a name"
    assert run["tags"] == {"team": "blue", "ticket": "42"}
    assert run["capture"]["mode"] == "agent"
    assert not any(run["capture"]["not_captured"].values())
    assert run["framework"] == "spark" and run["framework_version"] == end["version"]
    assert run["application_id"] == end["application"]
    assert "calls.py" in run["command"]
    assert run["started_at"] < run["ended_at"]
    assert run["user"] and run["host"]
    (project,) = [row for row in calls.tables["projects"] if row["project"] == "e2e calls"]
    assert project["created_at"] == run["started_at"]


def test_same_work_has_the_same_state(models: dict[str, Row]) -> None:
    """Other parameters are another state; all fits on one dataset come from one state."""
    fits = [models[name] for name in ("penalty 0.0", "penalty 0.1", "again", "overridden")]
    assert len({row["state_id"] for row in fits}) == 4
    assert len({row["parent_state_id"] for row in fits}) == 1
