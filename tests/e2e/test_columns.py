"""Where columns and slots of vectors come from, read off real plans by the bridge's own classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conftest import Agent, Row, Submitter

# `ReadColumns` assembles these, in this order; `worked` is a new name of `hours`.
SLOTS = [
    ("worked", ["hours"]),
    ("cityCode_bern", ["city"]),
    ("cityCode_oslo", ["city"]),
    ("cityCode_rome", ["city"]),
    ("age", ["age"]),
    ("sideCode_east", ["side"]),
    ("sideCode_west", ["side"]),
]
EVERY = ["age", "city", "hours", "side"]


@pytest.fixture(scope="module")
def columns(submit: Submitter, new_agent: Callable[[str], Agent]) -> dict[tuple[str, str], Row]:
    """What `ReadColumns` printed of each column of each dataset."""
    job = submit("ReadColumns", agent=new_agent("columns").url).succeed()
    return {(line["dataset"], line["column"]): line for line in job.did("column")}


def slots(line: Row) -> list[tuple[Any, Any]]:
    return list(zip(line["names"], line["slots"], strict=True))


def test_columns_of_queries(columns: dict[tuple[str, str], Row]) -> None:
    """Through views, CTEs, subqueries, joins, unions, windows and what makes rows of arrays."""
    expected = {
        ("people", "age"): ["age"],
        ("sql", "twice"): ["age"],
        ("sql", "n"): ["hours"],
        ("sql", "city"): ["city"],
        ("sql", "place"): ["hours", "side"],
        ("sql", "above"): ["age", "hours"],
        ("union", "a"): ["age", "hours"],
        ("union", "c"): ["city", "side"],
        ("generate", "e"): ["age", "hours"],
        ("generate", "city"): ["city"],
        ("rollup", "city"): ["city"],
        ("rollup", "avg(age)"): ["age"],
        ("constant", "one"): [],
        ("constant", "r"): [],
        ("constant", "SAME"): ["age"],
        # A function of the user's on whole rows: everything.
        ("typed", "age"): ["age", "city", "hours", "label", "side"],
        ("join", "age"): ["age"],
        ("join", "other"): ["age"],
    }
    assert {at: columns[at]["sources"] for at in expected} == expected
    assert not any(columns[at]["model"] for at in expected)


def test_slots_are_in_the_order_of_the_vector(columns: dict[tuple[str, str], Row]) -> None:
    """Not in that of their names; with the same names and sources behind what keeps slots."""
    keeping = ("scaled", "minmax", "maxabs", "robust", "indexed", "product", "pipeline")
    for dataset, column in [("assembled", "features"), *((name, "out") for name in keeping)]:
        line = columns[dataset, column]
        assert slots(line) == SLOTS and line["size"] == len(SLOTS), dataset
        assert line["sources"] == EVERY and line["model"]


def test_selected_slots(columns: dict[tuple[str, str], Row]) -> None:
    assert slots(columns["sliced", "out"]) == [SLOTS[6], SLOTS[0], SLOTS[4]]
    assert slots(columns["selected", "out"]) == [SLOTS[0], SLOTS[4]]


def test_encoded_slots(columns: dict[tuple[str, str], Row]) -> None:
    expected = [("bern", ["city"]), ("oslo", ["city"]), ("rome", ["city"])]
    assert slots(columns["encoded", "cityCode"]) == expected
    assert slots(columns["formula", "out"]) == [
        ("age", ["age"]),
        ("city_bern", ["city"]),
        ("city_oslo", ["city"]),
        ("age:worked", ["age", "hours"]),
    ]
    interaction = slots(columns["interaction", "out"])
    assert interaction == [(f"age:{name}", ["age", "city"]) for name, _ in SLOTS[1:4]]


def test_mixed_slots_come_from_everything(columns: dict[tuple[str, str], Row]) -> None:
    assert slots(columns["pca", "out"]) == [("out[0]", EVERY), ("out[1]", EVERY)]
    assert slots(columns["dct", "out"]) == [(f"out[{i}]", EVERY) for i in range(7)]
    assert slots(columns["normalized", "out"]) == [(name, EVERY) for name, _ in SLOTS]
    assert slots(columns["hashed", "out"])[0] == ("out[0]", ["age", "city"])
    assert columns["polynomial", "out"]["sources"] == EVERY
    assert slots(columns["counted", "out"]) == [(f"out[{i}]", ["city"]) for i in range(3)]


def test_a_million_slots_are_counted(columns: dict[tuple[str, str], Row]) -> None:
    assert columns["idf", "out"]["size"] == 1_000_000


def test_vectors_inside_vectors(columns: dict[tuple[str, str], Row]) -> None:
    expected = [("label", ["label"]), *((f"s_{i}", of) for i, (_, of) in enumerate(SLOTS))]
    assert columns["nested", "out"]["size"] == len(expected)
    assert slots(columns["nested", "out"]) == expected[:8]


def test_vectors_without_metadata(columns: dict[tuple[str, str], Row]) -> None:
    assert columns["points", "point"]["size"] == -1
    assert columns["points", "point"]["sources"] == ["point"]
    beside = slots(columns["besidePoints", "out"])
    assert beside == [("weight", ["weight"]), *((f"point_{i}", ["point"]) for i in range(3))]
    assert slots(columns["scaledPoints", "out"]) == [(f"out[{i}]", ["point"]) for i in range(3)]


def test_folds_go_on_in_the_searchs_dataset(columns: dict[tuple[str, str], Row]) -> None:
    assert slots(columns["fold", "out"]) == SLOTS
    assert columns["fold", "worked"]["sources"] == ["hours"]


def test_what_a_model_wrote(columns: dict[tuple[str, str], Row]) -> None:
    assert columns["scored", "prediction"]["model"] and columns["scored", "probability"]["model"]
    assert columns["scored", "prediction"]["sources"] == EVERY
    assert not columns["scored", "age"]["model"]
    assert columns["bucketed", "out"]["sources"] == ["age"] == columns["imputed", "out"]["sources"]
