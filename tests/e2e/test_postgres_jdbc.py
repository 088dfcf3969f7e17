"""The JDBC driver of PostgreSQL, asked what tools ask it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import jdbc
import wire
from conftest import Agent
from postgres_wire import MODELS, filled, wait_until_idle


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent], messages: wire.Messages) -> Agent:
    return filled(new_agent, messages, "pgjdbc")


@pytest.fixture(scope="module")
def answers(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> jdbc.Answers:
    url = f"jdbc:postgresql://{agent.addresses['postgres']}/modeldb"
    classes = tmp_path_factory.mktemp("jdbc")
    return jdbc.answers("postgresql-42.7.11.jar", "PostgresQuestions", url, classes)


METADATA = [
    ("product", "PostgreSQL"),
    ("major_version", "true"),
    ("catalogs", "[[modeldb]]"),
    ("schemas", "[information_schema, pg_catalog, public]"),
    ("table_types", "true"),
    ("tables", "[metrics, models, model_summary]"),
    ("views", "[best_models]"),
    ("table_remarks", "[One row per measured value.]"),
    ("value_remarks", "[Its value.]"),
    ("primary_keys", "[]"),
    ("imported_keys", "[]"),
    ("exported_keys", "[]"),
    ("cross_reference", "[]"),
    ("indexes", "[]"),
    ("best_row", "[]"),
    ("type_info", "true"),
    ("function_columns", "[]"),
    ("procedures", "[]"),
    ("procedure_columns", "[]"),
    ("client_info", "[ApplicationName]"),
    ("identifier_length", "63"),
    ("index_keys", "true"),
    ("isolation", "true"),
    ("is_valid", "true"),
    ("catalog", "modeldb"),
    ("current_schema", "public"),
]

QUERIES = [
    ("one", "[[1, größe, null]]"),
    (
        "types",
        (
            "[[true, 9223372036854775807, 1.5, NaN, -Infinity, 1.25, 2026-05-03, "
            "2026-05-03 01:02:03.000004]]"
        ),
    ),
    ("list", '[[[a, null, c"d]]]'),
    ("numbers", "[[[1, 2, 3]]]"),
    ("map", '[[{"b": "1"}]]'),
    ("labels", "[uid text, duration_ms float8, started_at timestamptz, params json]"),
    ("models", f"[[{MODELS}]]"),
    ("every_relation", "[]"),
    ("many", "100000"),
    ("max_rows", "10"),
    ("scrolled", "5"),
    ("explain", "false"),
    ("execute", "true"),
    ("two", "[[[1]], [[2]]]"),
    ("state", "42703"),
    ("insert", "25006"),
    ("division", "22012"),
    ("parameter_types", "[text, int4, int8, text, timestamptz, float8]"),
    ("parameters", "[[größe, 6, 0]]"),
    ("again", "[[a!], [b!]]"),
    ("prepared", "[[42, 1.5, 1.25, 2026-05-03 01:02:03.0, 2026-05-03, true, [1.5]]]"),
    ("limit", "[[4], [5]]"),
    ("others", "[[0]]"),
    ("array", "[[2]]"),
    ("moment", "[[0]]"),
]

SESSIONS = [
    ("fetch_size", "100000"),
    ("aborted", "[[1]]"),
    ("savepoint", "[[1]]"),
    ("closed_early", "[[1]]"),
    ("timeout", "failed: ERROR: canceling statement due to user request"),
    ("cancel", "failed: ERROR: canceling statement due to user request"),
    ("usable_after_cancel", "57014 [[1]]"),
    ("simple", "[[1]]"),
    ("text_only", "[[1.5]]"),
    ("schema", "public"),
    ("read_only", "[[1]]"),
    ("named", "[[BI]]"),
]


@pytest.mark.parametrize(("question", "answer"), METADATA + QUERIES + SESSIONS)
def test_is_answered(question: str, answer: str, answers: jdbc.Answers) -> None:
    assert answers[question] == answer


def test_columns_and_times(answers: jdbc.Answers) -> None:
    assert answers["columns"].startswith("[metric_id, run_id, project")
    assert answers["time"] == "2023-11-14 22:13:20.0 2023-11-14T22:13:20Z"
    assert "there is no column nmae" in answers["unknown_column"]


def test_nothing_goes_on(answers: jdbc.Answers, agent: Agent) -> None:
    """What was cancelled, timed out or closed leaves no core busy."""
    assert answers["cancel"]
    wait_until_idle(agent)
