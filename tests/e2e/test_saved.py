"""What a job saves is in `artifacts`, and what it loads is known as what was saved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import Agent, Recorded, Row, Submitter, record

ML = "org.apache.spark.ml"


@pytest.fixture(scope="module")
def saved(
    submit: Submitter, new_agent: Callable[[str], Agent], tmp_path_factory: pytest.TempPathFactory
) -> Recorded:
    """`programs/saved.py`, watched."""
    models = tmp_path_factory.mktemp("models")
    return record(submit, new_agent("saved"), "saved.py", str(models))


@dataclass
class Copied:
    """The same program with copies of what it saves: what it saved, and what the agent has."""

    recorded: Recorded
    models: Path
    warehouse: Path


@pytest.fixture(scope="module")
def copied(
    submit: Submitter, new_agent: Callable[[str], Agent], tmp_path_factory: pytest.TempPathFactory
) -> Copied:
    agent, models = new_agent("copied"), tmp_path_factory.mktemp("copied-models")
    conf = {"spark.modeldb.artifacts": "copy"}
    recorded = record(submit, agent, "saved.py", str(models), conf=conf)
    return Copied(recorded, models, agent.warehouse)


def artifacts(saved: Recorded) -> list[Row]:
    return sorted(saved.tables["artifacts"], key=lambda row: row["saved_at"])


def test_each_save_once_with_its_place_and_its_model(saved: Recorded) -> None:
    said = saved.job.did("save")
    rows = [row for row in artifacts(saved) if row["status"] == "finished"]
    assert [row["uid"] for row in rows] == [line["uid"] for line in said]
    # A place has a scheme, whether the program named one or not.
    assert [row["uri"] for row in rows] == [
        "file:" + line["path"].removeprefix("file://") for line in said
    ]
    assert {row["format"] for row in rows} == {"spark-ml"}
    first, again, pipeline, unfitted = rows
    fits = [m for m in saved.tables.fits_in_order() if m["kind"] == "estimator"]
    fit, refit = (m["model_id"] for m in fits)
    assert first["model_id"] == again["model_id"] == fit != refit
    assert pipeline["class"] == f"{ML}.PipelineModel"
    assert unfitted["class"] == f"{ML}.classification.LogisticRegression"
    assert unfitted["model_id"] is None


def test_a_save_that_was_refused(saved: Recorded) -> None:
    (line,) = saved.job.did("refused")
    (row,) = [row for row in artifacts(saved) if row["status"] == "failed"]
    assert row["uri"] == "file:" + line["path"]
    assert line["message"] in row["error"]


def test_a_loaded_model_is_the_one_that_was_saved(saved: Recorded) -> None:
    (line,) = saved.job.did("evaluate")
    fit = saved.tables.fits_in_order()[0]["model_id"]
    row = saved.tables.one("metrics", name="areaUnderROC", source="evaluator")
    assert row["value"] == line["value"] and row["model_id"] == fit


def test_nothing_of_a_stage_by_itself(saved: Recorded) -> None:
    """A pipeline's stages are saved inside of it."""
    assert not [row for row in artifacts(saved) if "/stages/" in row["uri"]]


def test_copies_are_what_was_saved(copied: Copied) -> None:
    """File by file, and as large as the program found them."""
    rows = [row for row in artifacts(copied.recorded) if row["status"] == "finished"]
    said = copied.recorded.job.did("save")
    assert [row["uid"] for row in rows] == [line["uid"] for line in said]
    # The first was overwritten; perhaps before it was copied, or in the middle of that.
    for row, line in list(zip(rows, said, strict=True))[1:]:
        assert row["bytes"] == line["bytes"], row
        copy = copied.warehouse / "artifacts/_files" / row["sha256"]
        assert contents(copy) == contents(Path(line["path"].removeprefix("file://")))
        manifest = copy.parent / f"{row['sha256']}.manifest"
        assert manifest.exists()
    (run,) = copied.recorded.tables["runs"]
    not_copied = sum(row["sha256"] is None for row in rows)
    assert (run["capture"]["not_captured"] or {}).get("artifact_not_copied", 0) == not_copied


def test_copies_change_nothing_else(copied: Copied, saved: Recorded) -> None:
    """As many rows as without copies."""
    for relation in ("models", "transforms", "metrics", "artifacts", "actions"):
        assert len(copied.recorded.tables[relation]) == len(saved.tables[relation])


def contents(directory: Path) -> dict[str, str]:
    """The digest of each file, checksums of the file system's own apart."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file() and path.suffix != ".crc"
    }
