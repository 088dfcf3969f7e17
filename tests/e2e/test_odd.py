"""Programs in odd styles, in Java and Scala: counted call by call against what they print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Agent, Recorded, Row, Submitter, Tables, record
from test_census import ADULT


@pytest.fixture(scope="session")
def odd(submit: Submitter, new_agent: Callable[[str], Agent]) -> Recorded:
    """`programs/Odd.java`, watched."""
    return record(submit, new_agent("odd"), "Odd", str(ADULT))


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="session")
def recipe(submit: Submitter, new_agent: Callable[[str], Agent], saved: Path) -> Recorded:
    """`programs/Recipe.scala`, watched."""
    return record(submit, new_agent("recipe"), "Recipe", str(saved))


def short(class_name: str) -> str:
    return class_name.rpartition(".")[2]


def tree(tables: Tables, model: Row) -> list[Row]:
    """A fit and those inside it."""
    children = tables.where("models", parent_model_id=model["model_id"])
    return [model, *(row for child in children for row in tree(tables, child))]


def check_cases(recorded: Recorded, hidden: tuple[str, ...] = ()) -> None:
    """Each case's fits, by class, and the values of its evaluations. `hidden`: cases whose
    estimator fits others inside that their text does not name."""
    tables = recorded.tables
    uids = set()
    for case in recorded.job.did("case"):
        tops = tables.where("models", uid=case["uid"], role="top")
        uids.add(case["uid"])
        fits = [row for top in tops for row in tree(tables, top)]
        if case["name"] in hidden:
            fits = tops
        assert Counter(short(row["estimator"]) for row in fits) == case["fits"], case["name"]
        assert {row["status"] for row in fits} == {"finished"}
        ids = {top["model_id"] for top in tops}
        metrics = [
            row for row in tables.where("metrics", source="evaluator") if row["model_id"] in ids
        ]
        metrics.sort(key=lambda row: str(row["recorded_at"]))
        assert [row["value"] for row in metrics] == case["values"], case["name"]
        inner = {row["model_id"] for row in fits} - ids
        of_folds = [
            row for row in tables.where("metrics", source="evaluator") if row["model_id"] in inner
        ]
        assert len(of_folds) == case.get("inside", 0), case["name"]
    tops = tables.where("models", role="top", status="finished")
    assert {row["uid"] for row in tops} <= uids, "a fit that no case made"


def check_counts(recorded: Recorded) -> None:
    """Calls of the program's own components, which count themselves."""
    tables = recorded.tables
    for line in recorded.job.did("count"):
        calls = tables.where("transforms", transformer=line["class"])
        calls += tables.where("models", estimator=line["class"])
        assert len(calls) == line["calls"], line


def check_each_once(tables: Tables) -> None:
    """Ids are distinct; nothing is open, nothing unseen."""
    for relation, key in (
        ("models", "model_id"),
        ("transforms", "transform_id"),
        ("metrics", "metric_id"),
        ("datasets", "dataset_id"),
        ("actions", "action_id"),
    ):
        assert tables.by(relation, key)
    assert {row["status"] for row in tables["models"]} <= {"finished", "failed"}
    (run,) = tables["runs"]
    assert run["status"] == "finished" and run["capture"]["not_captured"] == {}


def test_java_case_by_case(odd: Recorded) -> None:
    """Searches in pipelines in searches, own components, threads, many kinds of data."""
    check_cases(odd)
    check_counts(odd)
    check_each_once(odd.tables)


def test_stages_are_in_their_pipelines(odd: Recorded) -> None:
    """At each level: a pipeline's stages, a search inside it as one of them."""
    for name, kinds in (
        ("search in pipeline", ["StringIndexer", None, "CrossValidator"]),
        ("pipeline in search in pipeline", ["StringIndexer", "CrossValidator"]),
    ):
        (case,) = [case for case in odd.job.did("case") if case["name"] == name]
        top = odd.tables.one("models", uid=case["uid"], role="top")
        stages = odd.tables.where("stages", pipeline_model_id=top["model_id"])
        stages.sort(key=lambda row: int(row["stage_index"]))
        models = odd.tables.by("models", "model_id")
        fitted = [models[s["model_id"]] if s["model_id"] else None for s in stages]
        assert [short(m["estimator"]) if m else None for m in fitted] == kinds
        search = fitted[-1]
        assert search is not None and search["kind"] == "search" and search["role"] == "stage"
        roles = Counter(
            row["role"] for row in odd.tables.where("models", parent_model_id=search["model_id"])
        )
        assert roles == Counter(fold=4, best=1)


def test_threads_do_not_mix(odd: Recorded) -> None:
    """Fits at the same time, from a pool older than Spark: each under its own pipeline."""
    cases = [case for case in odd.job.did("case") if case["name"] == "thread"]
    assert len(cases) == 6
    for case in cases:
        top = odd.tables.one("models", uid=case["uid"])
        (fit,) = odd.tables.where("models", parent_model_id=top["model_id"])
        assert fit["stage_index"] == 1 and fit["dataset_id"] != top["dataset_id"]


@pytest.mark.parametrize(
    ("kind", "operations"),
    [
        ("cached", {"filter"}),
        ("checkpointed", set()),
        ("joined", {"join"}),
        ("sql", {"aggregate"}),
        ("union", {"union", "filter"}),
    ],
)
def test_many_kinds_of_data(odd: Recorded, kind: str, operations: set[str]) -> None:
    """What leads from the file to the training set."""
    (case,) = [case for case in odd.job.did("case") if case["name"] == f"data {kind}"]
    fit = odd.tables.one("models", uid=case["uid"])
    found, sources = ancestry(odd.tables, fit["dataset_id"])
    assert {"transform", *operations} <= found
    if kind != "checkpointed":
        assert f"file:{ADULT}" in sources
    else:
        assert found == {"transform"}, "a checkpoint cuts the plan: it begins there"


def ancestry(tables: Tables, dataset: str) -> tuple[set[str], set[str]]:
    """Operations above a dataset, and the sources at their ends."""
    datasets = tables.by("datasets", "dataset_id")
    operations: set[str] = set()
    sources: set[str] = set()
    seen: set[str] = set()
    walk = [dataset]
    while walk:
        each = walk.pop()
        if each not in seen:
            seen.add(each)
            sources |= set(datasets[each]["source_uris"])
            for edge in tables.where("dataset_edges", child_dataset_id=each):
                operations.add(edge["operation"])
                if edge["parent_dataset_id"] is not None:
                    walk.append(edge["parent_dataset_id"])
    return operations, sources


def test_failures(odd: Recorded) -> None:
    """A fold that fails takes its search and its pipeline with it; a thread's is alone."""
    pipeline, alone = odd.job.did("failure")
    for line in (pipeline, alone):
        top = odd.tables.one("models", uid=line["uid"])
        assert top["status"] == "failed" and top["error"].startswith(line["error"])
        assert top["model_class"] is None and top["parent_model_id"] is None
    search = odd.tables.one("models", uid=pipeline["search"])
    assert search["status"] == "failed" and search["role"] == "stage"
    folds = odd.tables.where("models", parent_model_id=search["model_id"])
    assert {row["status"] for row in folds} == {"finished", "failed"}
    assert {row["candidate_index"] for row in folds if row["status"] == "failed"} == {1}


def test_scala_case_by_case(recipe: Recorded) -> None:
    """Case classes, type tags, futures, maps of parameters, an estimator of its own."""
    check_cases(recipe, hidden=("formula",))
    check_counts(recipe)
    check_each_once(recipe.tables)


def test_maps_of_parameters(recipe: Recorded) -> None:
    """Each of the four fits of one estimator has the parameters of its map."""
    (case,) = [case for case in recipe.job.did("case") if case["name"] == "many maps"]
    fits = recipe.tables.where("models", uid=case["uid"])
    fits.sort(key=lambda row: str(row["started_at"]))
    told = [
        (row["params"]["maxDepth"], row["params"]["maxIter"], row["params"]["maxBins"])
        for row in fits
    ]
    assert told == [("1", "2", "32"), ("3", "1", "32"), ("1", "2", "32"), ("2", "2", "8")]


def test_saved_and_summarised(recipe: Recorded) -> None:
    """What was saved is an artifact of its model; what it loads as is that model."""
    (line,) = recipe.job.did("saved")
    tables = recipe.tables
    top = tables.one("models", uid=line["uid"])
    artifact = tables.one("artifacts", model_id=top["model_id"])
    assert artifact["uri"].removeprefix("file:") == line["uri"]
    scored = tables.where("transforms", model_id=top["model_id"])
    assert scored, "the loaded model is the one that was saved"
    (summary,) = recipe.job.did("summary")
    values = tables.where("metrics", model_id=top["model_id"], name="accuracy", source="summary")
    assert summary["accuracy"] in [row["value"] for row in values]
