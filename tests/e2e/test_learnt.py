"""What models learnt, and what their summaries said, is in the tables, at no Spark job's cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Agent, Recorded, Row, Submitter, record

SLOTS = ["age", "hours", "jobVector_clerk", "jobVector_farmer"]


@pytest.fixture(scope="module")
def learnt(submit: Submitter, new_agent: Callable[[str], Agent]) -> Recorded:
    """`programs/Learnt.java`, watched."""
    # Samples are taken by jobs.
    conf = {"spark.modeldb.sample.mode": "off"}
    return record(submit, new_agent("learnt"), "Learnt", conf=conf)


def model_of(learnt: Recorded, uid: str) -> str:
    return str(learnt.tables.one("models", uid=uid)["model_id"])


def slots(learnt: Recorded, uid: str, **columns: int | None) -> list[Row]:
    """What a model has for the slots of its features, in order; the intercept apart."""
    found = learnt.tables.where("features", model_id=model_of(learnt, uid), **columns)
    return sorted((row for row in found if row["position"] >= 0), key=lambda row: row["position"])


def nodes(learnt: Recorded, uid: str, tree: int = 0) -> list[Row]:
    found = learnt.tables.where("trees", model_id=model_of(learnt, uid), tree=tree)
    return sorted(found, key=lambda row: row["node"])


def test_no_job_runs_for_it(learnt: Recorded, submit: Submitter) -> None:
    (watched,) = learnt.job.did("jobs")
    (alone,) = submit("Learnt").succeed().did("jobs")
    assert watched["count"] == alone["count"]


def test_nothing_is_taken_for_missed(learnt: Recorded) -> None:
    """Jobs of `model.evaluate`, whose values are told later, are those of a call that was seen."""
    (run,) = learnt.tables["runs"]
    assert not [reason for reason in str(run["capture"]).split("'") if "unseen:" in reason]


def test_coefficients_by_class_and_slot(learnt: Recorded) -> None:
    said = learnt.job.did("coefficients")
    assert {line["name"] for line in said} >= {"binary", "multinomial", "linear", "poisson", "aft"}
    for line in said:
        rows = slots(learnt, line["uid"], class_index=line["class"])
        assert [row["coefficient"] for row in rows] == line["values"], line["name"]
        assert [row["name"] for row in rows] == SLOTS
        assert all(row["source_columns"] == ["id"] and row["slot_count"] == 4 for row in rows)
        intercepts = learnt.tables.where(
            "features",
            model_id=model_of(learnt, line["uid"]),
            position=-1,
            class_index=line["class"],
        )
        expected = [] if line["intercept"] is None else [line["intercept"]]
        assert [row["coefficient"] for row in intercepts] == expected, line["name"]


def test_standard_errors_that_are_there_already(learnt: Recorded) -> None:
    (line,) = learnt.job.did("errors")
    rows = slots(learnt, line["uid"])
    intercept = learnt.tables.one("features", model_id=model_of(learnt, line["uid"]), position=-1)
    assert [row["std_error"] for row in [*rows, intercept]] == line["values"]


def test_every_node_of_a_tree(learnt: Recorded) -> None:
    (line,) = learnt.job.did("tree")
    assert [row["importance"] for row in slots(learnt, line["uid"])] == line["importances"]
    rows = nodes(learnt, line["uid"])
    assert len(rows) == len(line["nodes"]) and rows[0]["node_count"] == len(rows)
    for row, expected in zip(rows, line["nodes"], strict=True):
        assert row["prediction"] == expected["prediction"]
        # A leaf splits by nothing; being a leaf says nothing about its side.
        assert (row["feature"] is None) is expected["leaf"]
        assert row["gain"] == expected.get("gain")
        assert row["threshold"] == expected.get("threshold")
        assert (row["categories"] or None) == expected.get("categories")
        if not expected["leaf"]:
            assert row["feature"] == expected["feature"]
            assert row["feature_name"] == ["jobIndex", "age"][row["feature"]]
            left, right = (r for r in rows if r["parent"] == row["node"])
            assert (left["side"], right["side"]) == ("left", "right")
            # In preorder what is left of a node follows it.
            assert left["node"] == row["node"] + 1
            assert left["count"] + right["count"] == row["count"]
    assert rows[0]["parent"] is None and rows[0]["side"] is None and rows[0]["count"] == 300


def test_ensembles(learnt: Recorded) -> None:
    (forest,) = learnt.job.did("forest")
    found = learnt.tables.where("trees", model_id=model_of(learnt, forest["uid"]))
    assert len(found) == forest["count"] and {row["tree"] for row in found} == {0, 1, 2, 3}
    assert [row["importance"] for row in slots(learnt, forest["uid"])] == forest["importances"]
    (boosted,) = learnt.job.did("boosted")
    for tree, weight in enumerate(boosted["weights"]):
        rows = nodes(learnt, boosted["uid"], tree)
        assert rows and all(row["tree_weight"] == weight for row in rows)


def test_the_course_of_a_fit(learnt: Recorded) -> None:
    (line,) = [line for line in learnt.job.did("history") if line["name"] == "binary"]
    (coefficients,) = [c for c in learnt.job.did("coefficients") if c["name"] == "binary"]
    found = learnt.tables.where(
        "metrics",
        model_id=model_of(learnt, coefficients["uid"]),
        name="objectiveHistory",
        source="training",
    )
    found.sort(key=lambda row: row["step"])
    assert [row["value"] for row in found] == line["values"]
    assert [row["step"] for row in found] == list(range(len(found)))
    assert {row["larger_is_better"] for row in found} == {False}


def test_values_of_summaries(learnt: Recorded) -> None:
    """Each that the program asked for, once, with its model, its rows and its direction."""
    asked = learnt.job.did("value")
    known = {
        (row["name"], row["value"])
        for row in learnt.tables["metrics"]
        if row["step"] is None and row["evaluator"] and "Summary" in row["evaluator"]
    }
    assert known == {(line["metric"], line["value"]) for line in asked}
    for line in asked:
        row = learnt.tables.one(
            "metrics",
            model_id=model_of(learnt, line["uid"]),
            name=line["metric"],
            value=line["value"],
        )
        assert row["larger_is_better"] is (line["metric"] != "rootMeanSquaredError")
        # The program split its data, and evaluated a filtered part of the test set.
        filtered = line["source"] == "summary"
        assert (row["slice"] is not None and "age" in row["slice"]) is filtered
        assert (row["source"] == "training") is not filtered
