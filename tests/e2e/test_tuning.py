"""A Java program of pipelines, searches and own components: the tables say what it did."""

from __future__ import annotations

from collections import Counter

import pytest

from conftest import Recorded, Row, Tables

ML = "org.apache.spark.ml"


def check_params(tables: Tables, model: Row, described: Row) -> None:
    """The parameters that the program printed are those of the model."""
    params = {row["name"]: row for row in tables.where("params", model_id=model["model_id"])}
    for name, param in described["params"].items():
        row, value = params[name], param["value"]
        assert row["is_default"] is not param["set"], name
        if isinstance(value, bool):
            assert row["value"] == str(value).lower()
        elif isinstance(value, str):
            assert row["value"] == value
        else:
            assert row["value_double"] == value


def check_pipeline(tables: Tables, model: Row, described: Row, differs: str = "") -> None:
    """A pipeline's stages, in order, with their fits, as the program printed them.

    differs: the uid of the component that a search gives other parameters.
    """
    assert model["kind"] == "pipeline"
    assert model["estimator"] == f"{ML}.Pipeline" and model["uid"] == described["uid"]
    assert model["model_class"] == f"{ML}.PipelineModel"
    stages = tables.where("stages", pipeline_model_id=model["model_id"])
    stages.sort(key=lambda stage: int(stage["stage_index"]))
    assert [stage["stage_index"] for stage in stages] == list(range(len(described["stages"])))
    for stage, expected in zip(stages, described["stages"], strict=True):
        assert (stage["class"], stage["uid"]) == (expected["class"], expected["uid"])
        fits = tables.where("models", parent_model_id=model["model_id"], uid=expected["uid"])
        if not expected["estimator"]:
            assert stage["model_id"] is None and fits == []
            continue
        (fit,) = fits
        assert stage["model_id"] == fit["model_id"]
        assert fit["role"] == "stage" and fit["stage_index"] == stage["stage_index"]
        assert fit["status"] == "finished"
        if expected["stages"] is not None:
            check_pipeline(tables, fit, expected, differs)
        elif expected["uid"] != differs:
            check_params(tables, fit, expected)
    estimators = [stage for stage in described["stages"] if stage["estimator"]]
    assert len(tables.where("models", parent_model_id=model["model_id"])) == len(estimators)


def descendants(tables: Tables, model: Row) -> list[Row]:
    """Fits inside a fit, at any depth."""
    children = tables.where("models", parent_model_id=model["model_id"])
    return children + [below for child in children for below in descendants(tables, child)]


def evaluation(recorded: Recorded, uid: str, **facts: str) -> list[tuple[Row, Row]]:
    """Evaluations by the program of what this estimator gave, with their rows."""
    tables = recorded.tables
    top = tables.one("models", uid=uid, role="top")
    lines = [line for line in recorded.job.did("evaluate") if line["uid"] == uid]
    metrics = tables.where("metrics", model_id=top["model_id"], source="evaluator")
    metrics.sort(key=lambda row: str(row["recorded_at"]))
    return list(zip(lines, metrics, strict=True))


def check_evaluations(recorded: Recorded, uid: str) -> None:
    """The printed evaluations are those of the fit at the top, in order."""
    pairs = evaluation(recorded, uid)
    assert pairs
    for line, row in pairs:
        assert (row["name"], row["value"]) == (line["metric"], line["value"])
        assert row["larger_is_better"] is line["larger"]
        if line["slice"]:
            assert line["slice"] in (row["slice"] or ""), line
        else:
            assert row["slice"] is None, line


def test_nested_pipeline(tuning: Recorded) -> None:
    """A pipeline in a pipeline: stages, order, fits, parents and parameters at each level."""
    (line,) = tuning.job.did("pipeline")
    top = tuning.tables.one("models", uid=line["pipeline"]["uid"], role="top")
    assert top["status"] == "finished" and top["parent_model_id"] is None
    assert top["problem_type"] == "binary"
    assert top["label_column"] == "label" and top["prediction_column"] == "prediction"
    check_pipeline(tuning.tables, top, line["pipeline"])


def test_nested_pipeline_is_what_was_evaluated(tuning: Recorded) -> None:
    """On everyone, on a filter, on a function of the user's: the model is the outer pipeline."""
    (line,) = tuning.job.did("pipeline")
    check_evaluations(tuning, line["pipeline"]["uid"])


def test_transforms_of_a_nested_pipeline(tuning: Recorded) -> None:
    """Scoring calls the outer model, in it each stage, in the inner one each of its stages,
    and transformers of the program's own like any other."""
    tables = tuning.tables
    (line,) = tuning.job.did("pipeline")
    described = line["pipeline"]
    top = tables.one("models", uid=described["uid"], role="top")
    outer = tables.one("transforms", model_id=top["model_id"])
    assert outer["parent_transform_id"] is None

    def check(transform: Row, stages: list[Row]) -> None:
        inside = tables.where("transforms", parent_transform_id=transform["transform_id"])
        inside.sort(key=lambda row: int(row["stage_index"]))
        assert [row["uid"] for row in inside] == [stage["uid"] for stage in stages]
        assert [row["stage_index"] for row in inside] == list(range(len(stages)))
        assert inside[0]["input_dataset_id"] == transform["input_dataset_id"]
        assert inside[-1]["output_dataset_id"] == transform["output_dataset_id"]
        for row, stage in zip(inside, stages, strict=True):
            assert (row["model_id"] is not None) is stage["estimator"], stage["uid"]
            if stage["stages"] is not None:
                check(row, stage["stages"])

    check(outer, described["stages"])


def searches(tuning: Recorded) -> list[Row]:
    lines = tuning.job.did("search")
    assert len(lines) == 2
    return lines


def tried(tables: Tables, line: Row) -> tuple[Row, list[Row], Row]:
    """The search, the fits of its candidates, and that of the best one."""
    search = tables.one("models", uid=line["uid"], role="top")
    assert search["kind"] == "search" and search["status"] == "finished"
    inside = tables.where("models", parent_model_id=search["model_id"])
    (best,) = [row for row in inside if row["role"] == "best"]
    return search, [row for row in inside if row is not best], best


@pytest.mark.parametrize("place", [0, 1], ids=["CrossValidator", "TrainValidationSplit"])
def test_search_fits_each_candidate_on_each_fold(tuning: Recorded, place: int) -> None:
    """Fold, candidate and parameters of each fit inside a search, also in parallel."""
    line = searches(tuning)[place]
    _, fits, best = tried(tuning.tables, line)
    candidates = range(len(line["penalties"]))
    expected: Counter[tuple[int | None, int]]
    if line["folds"]:
        assert {row["role"] for row in fits} == {"fold"}
        expected = Counter((fold, c) for fold in range(line["folds"]) for c in candidates)
    else:
        assert {row["role"] for row in fits} == {"candidate"}
        expected = Counter((None, c) for c in candidates)
    assert Counter((row["fold"], row["candidate_index"]) for row in fits) == expected
    better = min if not line["folds"] else max
    assert best["candidate_index"] == line["values"].index(better(line["values"]))
    for fit in [*fits, best]:
        last = [fit, *descendants(tuning.tables, fit)]
        (last_fit,) = [row for row in last if row["uid"] == line.get("last")]
        param = tuning.tables.one("params", model_id=last_fit["model_id"], name="regParam")
        assert param["value_double"] == line["penalties"][fit["candidate_index"]]
        assert param["is_default"] is False
    folds: dict[object, set[str]] = {}
    for fit in fits:
        folds.setdefault(fit["fold"], set()).add(fit["dataset_id"])
    assert all(len(datasets) == 1 for datasets in folds.values()), "a fold has one training set"
    assert len(set.union(*folds.values())) == len(folds)


@pytest.mark.parametrize("place", [0, 1], ids=["CrossValidator", "TrainValidationSplit"])
def test_search_metrics_are_those_it_chose_by(tuning: Recorded, place: int) -> None:
    """Each fold's value belongs to its model; averaged they are what the search reports."""
    line = searches(tuning)[place]
    _, fits, _ = tried(tuning.tables, line)
    for candidate, expected in enumerate(line["values"]):
        values = []
        of_candidate = [row for row in fits if row["candidate_index"] == candidate]
        for fit in sorted(of_candidate, key=lambda row: row["fold"] or 0):
            metric = tuning.tables.one("metrics", model_id=fit["model_id"], source="evaluator")
            assert metric["slice"] is None
            values.append(metric["value"])
        assert sum(values) / len(values) == expected


@pytest.mark.parametrize("place", [0, 1], ids=["CrossValidator", "TrainValidationSplit"])
def test_search_is_what_was_evaluated_after_it(tuning: Recorded, place: int) -> None:
    """The model that a search gives is the search's, not that of its best candidate."""
    check_evaluations(tuning, searches(tuning)[place]["uid"])


def test_pipelines_inside_a_search(tuning: Recorded) -> None:
    """Each of the search's pipelines has its stages."""
    line = searches(tuning)[0]
    _, fits, best = tried(tuning.tables, line)
    for fit in [*fits, best]:
        check_pipeline(tuning.tables, fit, line["pipeline"], differs=line["last"])


def test_one_vs_rest(tuning: Recorded) -> None:
    """The fits inside OneVsRest are components of it; the metric is its own."""
    (line,) = tuning.job.did("oneVsRest")
    top = tuning.tables.one("models", uid=line["uid"], role="top")
    assert top["kind"] == "estimator" and top["label_column"] == "kind"
    inside = tuning.tables.where("models", parent_model_id=top["model_id"])
    assert [row["role"] for row in inside] == ["component"] * line["classes"]
    assert {row["estimator"] for row in inside} == {f"{ML}.classification.LogisticRegression"}
    check_evaluations(tuning, line["uid"])


def test_estimator_of_the_programs_own(tuning: Recorded) -> None:
    """An Estimator and a Model that the program defines are recorded like Spark's."""
    (line,) = tuning.job.did("own")
    top = tuning.tables.one("models", uid=line["uid"])
    assert top["estimator"] == "Tuning$Majority" and top["model_class"] == "Tuning$MajorityModel"
    assert top["status"] == "finished"
    scoring = tuning.tables.one("transforms", model_id=top["model_id"])
    assert scoring["output_columns"] == ["prediction"]
    check_evaluations(tuning, line["uid"])


def test_stage_that_throws(tuning: Recorded) -> None:
    """The pipeline failed with the stage's error; what was fitted before it stands."""
    (line,) = tuning.job.did("failure")
    described = line["pipeline"]
    tables = tuning.tables
    top = tables.one("models", uid=described["uid"])
    assert top["status"] == "failed" and top["model_class"] is None
    assert top["error"] == f"java.lang.IllegalStateException: {line['message']}"
    stages = tables.where("stages", pipeline_model_id=top["model_id"])
    stages.sort(key=lambda stage: int(stage["stage_index"]))
    assert [stage["uid"] for stage in stages] == [s["uid"] for s in described["stages"]]
    (fit,) = tables.where("models", parent_model_id=top["model_id"])
    assert fit["uid"] == described["stages"][0]["uid"] and fit["status"] == "finished"
    assert [stage["model_id"] for stage in stages] == [fit["model_id"], None, None]
    broken = tables.one("transforms", uid=described["stages"][1]["uid"])
    assert broken["status"] == "failed" and line["message"] in broken["error"]
    assert broken["output_dataset_id"] is None


def test_nothing_is_there_twice_or_open(tuning: Recorded) -> None:
    """Ids are distinct, every operation ended, actions are numbered without gaps."""
    tables = tuning.tables
    for relation, key in (
        ("models", "model_id"),
        ("transforms", "transform_id"),
        ("metrics", "metric_id"),
        ("datasets", "dataset_id"),
        ("actions", "action_id"),
    ):
        assert tables.by(relation, key)
    assert {row["status"] for row in tables["models"]} == {"finished", "failed"}
    assert sorted(row["sequence"] for row in tables["actions"]) == list(
        range(1, len(tables["actions"]) + 1)
    )
    tops = Counter(row["kind"] for row in tables.where("models", role="top"))
    # Two pipelines, two searches, OneVsRest and the program's own estimator.
    assert tops == Counter(pipeline=2, search=2, estimator=2)


def test_run_is_named_after_the_application(tuning: Recorded) -> None:
    """Without settings the project is the application's name, the run its id."""
    (run,) = tuning.tables["runs"]
    assert run["project"] == "e2e tuning in Java" and run["experiment"] == "default"
    assert run["name"] == run["application_id"]
    assert run["status"] == "finished" and run["capture"]["mode"] == "agent"
    assert run["tags"] == {}
