"""Datasets of one job that prepares data in many ways and of another that learns from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Agent, Recorded, Row, Submitter, record


@pytest.fixture(scope="module")
def lineage(
    submit: Submitter, new_agent: Callable[[str], Agent], tmp_path_factory: pytest.TempPathFactory
) -> Recorded:
    """`programs/lineage.py`, watched."""
    directory = tmp_path_factory.mktemp("lineage")
    conf = {"spark.sql.warehouse.dir": str(directory / "tables")}
    return record(submit, new_agent("lineage"), "lineage.py", str(directory), conf=conf)


def upstream(lineage: Recorded, dataset: str) -> list[Row]:
    """All edges above a dataset."""
    found: list[Row] = []
    walk, seen = [dataset], {dataset}
    while walk:
        child = walk.pop()
        for edge in lineage.tables.where("dataset_edges", child_dataset_id=child):
            found.append(edge)
            parent = edge["parent_dataset_id"]
            if parent not in seen:
                seen.add(parent)
                walk.append(parent)
    return found


def written(lineage: Recorded, name: str) -> list[Row]:
    """The datasets that the program wrote to a file or table of this name."""
    edges = lineage.tables.where("dataset_edges", operation="write")
    # The file itself is a dataset too.
    files = {edge["child_dataset_id"] for edge in edges}
    every = lineage.tables["datasets"]
    return [
        row
        for row in every
        if any(uri.rstrip("/").endswith(name) for uri in row["written_uris"])
        and row["dataset_id"] not in files
    ]


def names(uris: list[str]) -> set[str]:
    return {Path(uri).name for uri in uris}


def test_steps_of_the_preparation(lineage: Recorded) -> None:
    """SQL text, a common table expression, a subquery, a join, a window: down to both files."""
    (prepared,) = written(lineage, "/prepared")
    assert names(prepared["source_uris"]) == {"people.csv", "towns.json"}
    assert [c["name"] for c in prepared["columns"]] == [
        *("id", "age", "hours", "town", "size", "rank", "long")
    ]
    edges = upstream(lineage, prepared["dataset_id"])
    assert {edge["operation"] for edge in edges} >= {"join", "filter", "subquery", "window", "read"}
    details = " ".join(str(edge["detail"]) for edge in edges)
    for told in (
        "size > CAST(5 AS BIGINT)",
        "row_number()",
        "hours > 20",
        "max(age)",
        "csv",
        "json",
    ):
        assert told in details, details


def test_a_table_that_is_written_twice(lineage: Recorded) -> None:
    """By `saveAsTable` after grouping, ordering and a limit, and by SQL's `insert into`."""
    by_operations = {
        frozenset(edge["operation"] for edge in upstream(lineage, row["dataset_id"])): row
        for row in written(lineage, "counts")
    }
    (table,) = [row for done, row in by_operations.items() if {"aggregate", "limit"} <= done]
    (sql,) = [row for row in by_operations.values() if row != table]
    assert names(table["source_uris"]) == {"people.csv", "towns.json"}
    assert names(sql["source_uris"]) == {"towns.json"}


def test_what_was_written_is_what_was_read(lineage: Recorded) -> None:
    """The learning job's data leads through the Parquet files to the files of the first job."""
    (model,) = [
        m for m in lineage.tables["models"] if m["estimator"].endswith("LogisticRegression")
    ]
    edges = upstream(lineage, model["dataset_id"])
    (prepared,) = written(lineage, "/prepared")
    assert prepared["dataset_id"] in {edge["parent_dataset_id"] for edge in edges}
    read = {e["parent_dataset_id"] for e in edges if e["operation"] == "read"}
    sources = [lineage.tables.one("datasets", dataset_id=each) for each in read]
    files = {name for row in sources for name in names(row["source_uris"])}
    assert {"people.csv", "towns.json", "prepared"} <= files
    assert any(edge["operation"] == "write" for edge in edges)
    split = [edge for edge in edges if edge["operation"] == "split"]
    assert [edge["detail"] for edge in split] == ["[0.0, 0.7) seed 11"]
    assert any("age > 20" in str(edge["detail"]) for edge in edges)


def test_models_built_on_a_column(lineage: Recorded) -> None:
    """`double` is made of `age`; `size` comes from the file."""
    (model,) = [
        m for m in lineage.tables["models"] if m["estimator"].endswith("LogisticRegression")
    ]
    assert sorted(model["source_columns"]) == ["age", "size"]
    slots = lineage.tables.where("features", model_id=model["model_id"])
    by_position = {row["position"]: row for row in slots if row["position"] >= 0}
    assert [by_position[i]["name"] for i in sorted(by_position)] == ["double", "size"]
    assert [by_position[i]["source_columns"] for i in sorted(by_position)] == [["age"], ["size"]]


def test_slice(lineage: Recorded) -> None:
    """The rows that were evaluated were chosen after the split."""
    (metric,) = lineage.tables.where("metrics", source="evaluator")
    assert metric["slice"] is not None and "t1" in metric["slice"] and "t2" in metric["slice"]
    assert "age" not in metric["slice"]
    (told,) = lineage.job.did("evaluate")
    assert metric["value"] == told["value"]


def test_saved(lineage: Recorded) -> None:
    """The model's directory, and the scored rows' file."""
    (artifact,) = lineage.tables["artifacts"]
    assert artifact["uri"].endswith("/model") and artifact["status"] == "finished"
    (scored,) = written(lineage, "/scored")
    assert [c["name"] for c in scored["columns"]] == ["id", "prediction"]
    assert names(scored["source_uris"]) == {"prepared"}
    assert json.dumps(scored["columns"]).count("double") == 1
