"""Spark work by operation, against what a listener of the program's own counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from conftest import Agent, Job, Row, Submitter, Tables

NEW_AGENT = Callable[[str], Agent]

COUNTED = (
    "jobs",
    "stages",
    "tasks",
    "failed_tasks",
    "executor_ms",
    "bytes_read",
    "shuffle_bytes",
)

# The program's fits, in its order.
FITS = ("LogisticRegression", "KMeans", "StringIndexer", "ALS", "failing", "pipeline", "search")


def total(work: list[Row]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in work:
        counts.update({name: row[name] for name in COUNTED})
    return +counts


class Worked:
    """The program's end, and what the agent says of its run."""

    def __init__(self, job: Job, tables: Tables) -> None:
        self.job = job
        self.tables = tables
        tops = [model for model in tables.fits_in_order() if model["role"] == "top"]
        self.fits = dict(zip(FITS, tops, strict=True))

    def printed(self, name: str) -> Counter[str]:
        return total([line for line in self.job.did("work") if line["name"] == name])

    def told(self, *operations: str) -> Counter[str]:
        return total([row for row in self.tables["work"] if row["operation_id"] in operations])


@pytest.fixture(scope="module")
def worked(
    submit: Submitter, new_agent: NEW_AGENT, tmp_path_factory: pytest.TempPathFactory
) -> Worked:
    agent = new_agent("work")
    data = tmp_path_factory.mktemp("work") / "data.parquet"
    job = submit("Work", str(data), agent=agent.url).succeed()
    relations = ("runs", "models", "metrics", "work", "actions", "unknown_events")
    return Worked(job, Tables.read("--connect", agent.url, relations=relations))


@pytest.mark.parametrize("name", FITS[:5])
def test_fits(worked: Worked, name: str) -> None:
    """Jobs, stages, tasks, time and bytes of a fit are those that ran during it."""
    printed = worked.printed(name)
    assert printed["jobs"] > 0 and printed["bytes_read"] > 0
    assert worked.told(worked.fits[name]["model_id"]) == printed


def test_failed_tasks(worked: Worked) -> None:
    """A fit whose task throws has its work too."""
    fit = worked.fits["failing"]
    assert fit["status"] == "failed"
    assert worked.told(fit["model_id"])["failed_tasks"] > 0


def test_shuffle(worked: Worked) -> None:
    assert worked.told(worked.fits["ALS"]["model_id"])["shuffle_bytes"] > 0


def test_evaluation(worked: Worked) -> None:
    """An evaluation's work is under its metric."""
    model = worked.fits["LogisticRegression"]["model_id"]
    metric = worked.tables.one("metrics", model_id=model, source="evaluator")
    assert worked.told(metric["metric_id"]) == worked.printed("evaluate")


def test_stages_have_their_own(worked: Worked) -> None:
    """Work belongs to the innermost operation: a pipeline's is that of its stages."""
    pipeline = worked.fits["pipeline"]["model_id"]
    stages = [row["model_id"] for row in worked.tables.where("models", parent_model_id=pipeline)]
    assert len(stages) == 2
    assert all(worked.told(stage)["jobs"] > 0 for stage in stages)
    assert worked.told(pipeline, *stages) == worked.printed("pipeline")


def test_every_fold_has_its_own(worked: Worked) -> None:
    """Folds fitted by two threads at once have each its work, and together with the search's
    own and that of the evaluations they have all of it."""
    folds = worked.tables.where("models", role="fold")
    assert len(folds) == 4
    assert all(worked.told(fold["model_id"])["jobs"] > 0 for fold in folds)
    ran = (*FITS, "evaluate")
    printed = total([line for line in worked.job.did("work") if line["name"] in ran])
    assert total(worked.tables["work"]) == printed


def test_once_for_each_operation(worked: Worked) -> None:
    """One row for an operation, none where no job ran, none for what is no operation of
    spark.ml: the program's own counts and its writing of data."""
    operations = [row["operation_id"] for row in worked.tables["work"]]
    assert len(set(operations)) == len(operations)
    assert all(row["jobs"] > 0 for row in worked.tables["work"])
    assert worked.tables["unknown_events"] == []
    (run,) = worked.tables["runs"]
    assert run["capture"]["not_captured"] == {}
