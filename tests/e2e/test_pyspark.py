"""Pipelines and searches of PySpark, which it runs in Python: put together again from what the JVM
saw of them, and told by our package in the program's process."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ARCHIVE, QUICK, Agent, Recorded, Row, Submitter, Tables, record
from tracking import Tracked, start

# What a session of our package asks of the JVM that it starts.
DRIVER = {
    "MODELDB_SAMPLE_ROWS": "0",
    "SPARK_SUBMIT_OPTS": f"{QUICK} {ARCHIVE} -Dspark.ui.enabled=false",
}


def tracked(directory: Path, agent: Agent, project: str, program: str) -> Tracked:
    """Runs a program by `modeldb run`, which has its JVM watched too."""
    options = ["--project", project, "--tag", 'who says="me"']
    job = start(directory, program, agent=agent.url, options=options, **DRIVER)
    job.succeed()
    assert not job.spooled(), "something was not delivered"
    tables = Tables.read("--connect", agent.url).of_project(project)
    [run] = tables["runs"]
    assert (run["framework"], run["client"]) == ("spark", "python")
    assert run["tags"] == {"who says": '"me"'}
    assert run["capture"] == {"mode": "agent", "not_captured": {}}
    return Tracked(job, tables)


@pytest.fixture(scope="session", params=["seen in the JVM", "told by Python"])
def loops(
    request: pytest.FixtureRequest,
    submit: Submitter,
    new_agent: Callable[[str], Agent],
    tmp_path_factory: pytest.TempPathFactory,
) -> Recorded:
    """`programs/loops.py`, watched."""
    if request.param == "told by Python":
        agent = new_agent("told-loops")
        both = tracked(tmp_path_factory.mktemp("loops"), agent, "loops", "../loops.py")
        return Recorded(both.job, both.tables)
    return record(submit, new_agent("loops"), "loops.py")


def is_inferred(loops: Recorded) -> bool:
    """Whether pipelines and searches were put together."""
    [run] = loops.tables["runs"]
    return bool(run["project"] != "loops")


def pipeline_of(loops: Recorded, stages: list[str]) -> Row:
    """The one inferred pipeline at the top that has these stages."""
    by_pipeline: dict[str, list[str]] = {}
    for stage in sorted(loops.tables["stages"], key=lambda row: row["stage_index"]):
        by_pipeline.setdefault(stage["pipeline_model_id"], []).append(stage["uid"])
    tops = loops.tables.where("models", kind="pipeline", role="top")
    (found,) = [row for row in tops if by_pipeline[row["model_id"]] == stages]
    assert found["inferred"] == is_inferred(loops)
    return found


def check_stages(loops: Recorded, pipeline: Row, stages: list[str]) -> None:
    """Each estimator's fit stands under its pipeline, at its place."""
    fits = loops.tables.where("models", parent_model_id=pipeline["model_id"])
    assert [f["uid"] for f in sorted(fits, key=lambda row: row["stage_index"])] == [
        uid for uid in stages if not uid.startswith("VectorAssembler")
    ]
    for fit in fits:
        assert fit["role"] == "stage" and fit["inferred"] == is_inferred(loops)
        assert stages[fit["stage_index"]] == fit["uid"]


def test_a_pipeline_is_one(loops: Recorded) -> None:
    """Its stages stand under it in order, transformers too, and its metrics are its own."""
    (said,) = loops.job.did("pipeline")
    pipeline = pipeline_of(loops, said["stages"])
    assert pipeline["status"] == "finished"
    assert pipeline["estimator"] == "org.apache.spark.ml.Pipeline"
    assert pipeline["model_class"] == "org.apache.spark.ml.PipelineModel"
    assert pipeline["problem_type"] == "binary" and pipeline["label_column"] == "label"
    check_stages(loops, pipeline, said["stages"])
    metrics = loops.tables.where("metrics", model_id=pipeline["model_id"])
    assert sorted(row["value"] for row in metrics) == sorted(said["values"])
    scorings = loops.tables.where("transforms", model_id=pipeline["model_id"])
    assert len(scorings) == 2
    for scoring in scorings:
        assert scoring["inferred"] == is_inferred(loops)
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
    assert (search["kind"], search["role"]) == ("search", "top")
    assert search["inferred"] == is_inferred(loops)
    assert search["estimator"] == f"org.apache.spark.ml.tuning.{kind}"
    assert search["status"] == "finished" and search["label_column"] == "label"
    inside = loops.tables.where("models", parent_model_id=search["model_id"])
    role = "fold" if folds > 1 else "candidate"
    assert Counter(row["role"] for row in inside) == {role: 2 * folds, "best": 1}
    for row in inside:
        assert row["kind"] == "pipeline" and row["inferred"] == is_inferred(loops)
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
    # What a search found scores; without our package that looks like the best model's doing.
    scored_by = best if is_inferred(loops) else search
    (found,) = loops.tables.where("metrics", model_id=scored_by["model_id"], source="evaluator")
    assert found["value"] == said["found"] and found["slice"] is None
    averages = loops.tables.where("metrics", model_id=search["model_id"], source="search")
    assert sorted(row["value"] for row in averages) == sorted(row["mean"] for row in candidates)


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
    assert last["status"] == "failed"
    # Python's own class of the error, where Python tells.
    assert last["error"].partition(": ")[2] == pipeline["error"].partition(": ")[2]
    assert is_inferred(loops) or pipeline["error"].startswith("pyspark.errors.")
    assert last["parent_model_id"] == pipeline["model_id"]


def test_nothing_is_left_open(loops: Recorded) -> None:
    """Every fit has ended, and none was made up: only the failed pipeline failed."""
    assert Counter(row["status"] for row in loops.tables["models"])["abandoned"] == 0
    assert all(row["role"] != "component" for row in loops.tables["models"])


def test_nothing_is_there_twice(loops: Recorded) -> None:
    """However it came to be known: each pipeline, search and fit is one row."""
    found = Counter((row["kind"], row["role"]) for row in loops.tables["models"])
    # Of 13 pipelines three stages are estimators; one has a search for its last.
    assert found == {
        ("pipeline", "top"): 3,
        ("pipeline", "fold"): 6,
        ("pipeline", "candidate"): 2,
        ("pipeline", "best"): 2,
        ("search", "top"): 2,
        ("search", "stage"): 1,
        ("estimator", "stage"): 3 * 13 - 1,
        ("estimator", "top"): 3,
        ("estimator", "fold"): 4,
        ("estimator", "best"): 1,
    }


def test_names_of_variables(loops: Recorded) -> None:
    """The package knows what the program calls its datasets. What a transform gave has a name only
    later: it may be told before."""
    names = {row["name"] for row in loops.tables["datasets"]} - {None, ""}
    given = {"indexed", "numbers", "scaled"}
    assert names - given == (set() if is_inferred(loops) else {"train", "test"})
    assert not (is_inferred(loops) and names)


@pytest.fixture(scope="module")
def own(new_agent: Callable[[str], Agent], tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`programs/python/spark_own.py`."""
    return tracked(tmp_path_factory.mktemp("own"), new_agent("own"), "own", "spark_own.py")


def test_stages_written_in_python(own: Tracked) -> None:
    """They are fits and transforms like others, and have sources and slices."""
    [pipeline] = own.tables.where("models", kind="pipeline", role="top", status="finished")
    assert (pipeline["label_column"], pipeline["prediction_column"]) == ("label", "prediction")
    stages = own.tables.where("stages", pipeline_model_id=pipeline["model_id"])
    assert [row["uid"] for row in sorted(stages, key=lambda r: r["stage_index"])] == own.told[
        "stages"
    ]
    [average] = own.tables.where("models", parent_model_id=pipeline["model_id"])
    assert average["estimator"] == "__main__.Average"
    assert average["model_class"] == "__main__.AverageModel"
    assert average["stage_index"] == 1 and average["feature_columns"] == ["twice"]
    assert average["source_columns"] == pipeline["source_columns"] == ["id"]
    metrics = own.tables.where("metrics", model_id=pipeline["model_id"])
    found = {row["slice"]: (row["name"], row["value"]) for row in metrics}
    assert found == {
        None: ("Hits", own.told["hits"]),
        "(age > CAST(18 AS DOUBLE))": ("Hits", own.told["adults"]),
    }
    [scoring] = own.tables.where("transforms", model_id=pipeline["model_id"])
    inside = own.tables.where("transforms", parent_transform_id=scoring["transform_id"])
    assert sorted(row["transformer"] for row in inside) == [
        "__main__.AverageModel",
        "__main__.Doubler",
    ]


def test_a_search_over_stages_written_in_python(own: Tracked) -> None:
    """By a metric that is written in Python too."""
    search = own.tables.one("models", uid=own.told["search"])
    candidates = own.tables.where("candidates", search_model_id=search["model_id"])
    means = [row["mean"] for row in sorted(candidates, key=lambda row: row["candidate_index"])]
    assert means == own.told["averages"]
    assert [row["is_best"] for row in candidates].count(True) == 1
    inside = own.tables.where("models", parent_model_id=search["model_id"])
    places = sorted((row["role"], row["fold"], row["candidate_index"]) for row in inside)
    folds = [("fold", fold, index) for fold in (0, 1) for index in (0, 1)]
    assert places == [("best", None, 0), *folds]


def test_one_vs_rest_is_told(own: Tracked) -> None:
    """Its classes are its components, though threads of their own fit them."""
    whole = own.tables.one("models", uid=own.told["classes"])
    assert (whole["role"], whole["inferred"], whole["label_column"]) == ("top", False, "kind")
    inside = own.tables.where("models", parent_model_id=whole["model_id"])
    assert [row["role"] for row in inside] == ["component"] * 3
    [scoring] = own.tables.where("transforms", model_id=whole["model_id"])
    assert scoring["parent_transform_id"] is None


def test_a_stage_written_in_python_fails(own: Tracked) -> None:
    """With its pipeline."""
    [pipeline] = own.tables.where("models", kind="pipeline", status="failed")
    assert own.told["error"] in pipeline["error"]
