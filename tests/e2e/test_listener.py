"""Attached as a listener: what MLEvents tell; and attached in both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from conftest import Agent, Recorded, Row, Submitter, record


def check_pipeline(recorded: Recorded) -> Row:
    """The program's pipeline with its stages; answers its row of `models`."""
    tables = recorded.tables
    (line,) = recorded.job.did("pipeline")
    top = tables.one("models", uid=line["uid"])
    assert (top["kind"], top["role"], top["status"]) == ("pipeline", "top", "finished")
    stages = sorted(tables["stages"], key=lambda stage: int(stage["stage_index"]))
    assert [stage["uid"] for stage in stages] == line["stages"]
    fits = {row["uid"]: row for row in tables.where("models", role="stage")}
    assert list(fits) and set(fits) == set(line["stages"][1:])
    assert [stage["model_id"] for stage in stages] == [
        None,
        *(fits[uid]["model_id"] for uid in line["stages"][1:]),
    ]
    assert {row["parent_model_id"] for row in fits.values()} == {top["model_id"]}
    assert len(tables["models"]) == 3
    last = {
        row["name"]: row["value_double"]
        for row in tables.where("params", model_id=fits[line["stages"][2]]["model_id"])
    }
    assert last["regParam"] == 0.25 and last["maxIter"] == 3
    return top


@pytest.fixture(scope="session")
def listened(submit: Submitter, new_agent: Callable[[str], Agent]) -> Recorded:
    """`programs/Small.java` under the listener alone, which is not to install hooks."""
    conf = {"spark.modeldb.capture": "events"}
    return record(submit, new_agent("listener"), "Small", listener=True, hooks=False, conf=conf)


def test_listener_alone_has_the_pipeline(listened: Recorded) -> None:
    """A JVM pipeline, its stages and their fits, through MLEvents."""
    check_pipeline(listened)
    assert listened.tables.evaluations() == []


def test_listener_alone_says_so(listened: Recorded) -> None:
    """The run says that it was watched by events."""
    (run,) = listened.tables["runs"]
    assert run["capture"]["mode"] == "events" and run["status"] == "finished"
    assert run["project"] == "e2e small Java"


def test_listener_alone_has_the_scoring(listened: Recorded) -> None:
    """The transform of the PipelineModel, with those of its stages in it, by its model."""
    tables = listened.tables
    (line,) = listened.job.did("pipeline")
    top = tables.one("models", uid=line["uid"])
    scoring = tables.one("transforms", model_id=top["model_id"])
    inside = tables.where("transforms", parent_transform_id=scoring["transform_id"])
    inside.sort(key=lambda row: int(row["stage_index"]))
    assert [row["uid"] for row in inside] == line["stages"]


def test_both_attached_are_one_run(submit: Submitter, new_agent: Callable[[str], Agent]) -> None:
    """With -javaagent and the listener each call is recorded once, by the hooks."""
    recorded = record(submit, new_agent("both"), "Small", listener=True)
    top = check_pipeline(recorded)
    (run,) = recorded.tables["runs"]
    assert run["capture"]["mode"] == "agent" and run["status"] == "finished"
    (line,) = recorded.job.did("pipeline")
    (metric,) = recorded.tables.evaluations()
    assert (metric["value"], metric["model_id"]) == (line["value"], top["model_id"])
    # A fit of three stages, of which the last gives no dataset, and a scoring of three.
    kinds = Counter(row["kind"] for row in recorded.tables["actions"])
    assert (kinds["fit"], kinds["evaluate"]) == (3, 1)
    assert len(recorded.tables["transforms"]) == 2 + 4
