"""Pipelines and searches of PySpark, put together again from what the JVM saw of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import pytest

from conftest import Agent, Recorded, Row, Submitter, record


@pytest.fixture(scope="session")
def loops(submit: Submitter, new_agent: Callable[[str], Agent]) -> Recorded:
    """`programs/loops.py`, watched."""
    return record(submit, new_agent("loops"), "loops.py")


def pipeline_of(loops: Recorded, stages: list[str]) -> Row:
    """The one inferred pipeline at the top that has these stages."""
    by_pipeline: dict[str, list[str]] = {}
    for stage in sorted(loops.tables["stages"], key=lambda row: row["stage_index"]):
        by_pipeline.setdefault(stage["pipeline_model_id"], []).append(stage["uid"])
    tops = loops.tables.where("models", kind="pipeline", role="top")
    (found,) = [row for row in tops if by_pipeline[row["model_id"]] == stages]
    return found


def check_stages(loops: Recorded, pipeline: Row, stages: list[str]) -> None:
    """Each estimator's fit stands under its pipeline, at its place."""
    fits = loops.tables.where("models", parent_model_id=pipeline["model_id"])
    assert [f["uid"] for f in sorted(fits, key=lambda row: row["stage_index"])] == [
        uid for uid in stages if not uid.startswith("VectorAssembler")
    ]
    for fit in fits:
        assert fit["role"] == "stage" and fit["inferred"]
        assert stages[fit["stage_index"]] == fit["uid"]


def test_a_pipeline_is_one(loops: Recorded) -> None:
    """Its stages stand under it in order, transformers too, and its metrics are its own."""
    (said,) = loops.job.did("pipeline")
    pipeline = pipeline_of(loops, said["stages"])
    assert pipeline["inferred"] and pipeline["status"] == "finished"
    assert pipeline["estimator"] == "org.apache.spark.ml.Pipeline"
    assert pipeline["model_class"] == "org.apache.spark.ml.PipelineModel"
    assert pipeline["problem_type"] == "binary" and pipeline["label_column"] == "label"
    check_stages(loops, pipeline, said["stages"])
    metrics = loops.tables.where("metrics", model_id=pipeline["model_id"])
    assert sorted(row["value"] for row in metrics) == sorted(said["values"])
    scorings = loops.tables.where("transforms", model_id=pipeline["model_id"])
    assert len(scorings) == 2
    for scoring in scorings:
        assert scoring["inferred"]
        inside = loops.tables.where("transforms", parent_transform_id=scoring["transform_id"])
        assert sorted(row["stage_index"] for row in inside) == [0, 1, 2, 3]


def test_the_same_by_hand_is_not(loops: Recorded) -> None:
    """Data inside a pipeline is nobody's; this was used again."""
    (said,) = loops.job.did("by hand")
    fits = [row for row in loops.tables["models"] if row["uid"] in said["stages"]]
    assert len(fits) == 3
    for fit in fits:
        assert fit["role"] == "top" and not fit["inferred"] and fit["parent_model_id"] is None
    (last,) = [row for row in fits if row["uid"] == said["stages"][-1]]
    (metric,) = loops.tables.where("metrics", model_id=last["model_id"], source="evaluator")
    assert metric["value"] == said["value"]


@pytest.mark.parametrize(("kind", "folds"), [("CrossValidator", 3), ("TrainValidationSplit", 1)])
def test_a_search_over_a_pipeline(loops: Recorded, kind: str, folds: int) -> None:
    """Every fold and configuration a pipeline of its own, the averages those that it computed."""
    (said,) = [line for line in loops.job.did("search") if line["kind"] == kind]
    search = loops.tables.one("models", uid=said["uid"])
    assert (search["kind"], search["role"], search["inferred"]) == ("search", "top", True)
    assert search["estimator"] == f"org.apache.spark.ml.tuning.{kind}"
    assert search["status"] == "finished" and search["label_column"] == "label"
    inside = loops.tables.where("models", parent_model_id=search["model_id"])
    role = "fold" if folds > 1 else "candidate"
    assert Counter(row["role"] for row in inside) == {role: 2 * folds, "best": 1}
    for row in inside:
        assert row["kind"] == "pipeline" and row["inferred"]
        check_stages(loops, row, said["stages"])
    places = {(row["fold"], row["candidate_index"]) for row in inside if row["role"] == role}
    assert len(places) == 2 * folds
    candidates = loops.tables.where("candidates", search_model_id=search["model_id"])
    penalties = {float(row["params"]["regParam"]): row for row in candidates}
    assert sorted(penalties) == said["penalties"]
    for penalty, average in zip(said["penalties"], said["averages"], strict=True):
        row = penalties[penalty]
        assert list(row["params"]) == ["regParam"]
        assert row["metric"] == "areaUnderROC" and len(row["fold_values"]) == folds
        assert math.isclose(row["mean"], average, rel_tol=1e-12)
        assert row["is_best"] == (penalty == said["best"])
    (best,) = [row for row in inside if row["role"] == "best"]
    (found,) = loops.tables.where("metrics", model_id=best["model_id"], source="evaluator")
    assert found["value"] == said["found"] and found["slice"] is None
    averages = loops.tables.where("metrics", model_id=search["model_id"])
    assert sorted(row["value"] for row in averages) == sorted(row["mean"] for row in candidates)
    assert {row["source"] for row in averages} == {"search"}


def test_a_search_inside_a_pipeline(loops: Recorded) -> None:
    """It is the last stage; what the pipeline scored is measured as the pipeline's."""
    (said,) = loops.job.did("nested")
    pipeline = pipeline_of(loops, said["stages"])
    check_stages(loops, pipeline, said["stages"])
    search = loops.tables.one("models", uid=said["stages"][-1])
    assert search["parent_model_id"] == pipeline["model_id"]
    candidates = loops.tables.where("candidates", search_model_id=search["model_id"])
    means = [row["mean"] for row in sorted(candidates, key=lambda row: row["candidate_index"])]
    assert means == pytest.approx(said["averages"], rel=1e-12)
    (metric,) = loops.tables.where("metrics", model_id=pipeline["model_id"])
    assert metric["value"] == said["value"]


def test_a_pipeline_fails_with_its_stage(loops: Recorded) -> None:
    """With the stage's error."""
    (said,) = loops.job.did("failed")
    pipeline = pipeline_of(loops, said["stages"])
    assert pipeline["status"] == "failed"
    (last,) = [row for row in loops.tables["models"] if row["uid"] == said["stages"][-1]]
    assert last["status"] == "failed" and last["error"] == pipeline["error"]
    assert last["parent_model_id"] == pipeline["model_id"]


def test_nothing_is_left_open(loops: Recorded) -> None:
    """Every fit has ended, and none was made up: only the failed pipeline failed."""
    assert Counter(row["status"] for row in loops.tables["models"])["abandoned"] == 0
    assert all(row["role"] != "component" for row in loops.tables["models"])
