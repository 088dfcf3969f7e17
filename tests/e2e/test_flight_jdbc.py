"""The Arrow Flight SQL JDBC driver, asked what tools ask it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import jdbc
import wire
from conftest import Agent
from processor import Processor
from producers import FITS, Producer


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent], messages: wire.Messages) -> Agent:
    agent = new_agent("jdbc")
    Producer("jdbc", messages).push(agent)
    return agent


@pytest.fixture(scope="module")
def answers(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> jdbc.Answers:
    url = f"jdbc:arrow-flight-sql://{agent.addresses['grpc']}"
    driver = "flight-sql-jdbc-driver-18.3.0.jar"
    return jdbc.answers(driver, "FlightQuestions", url, tmp_path_factory.mktemp("jdbc"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("product", "ModelDB"),
        ("read_only", "true"),
        ("catalogs", "[[modeldb]]"),
        ("schemas", "[[information_schema, modeldb], [public, modeldb]]"),
        ("table_types", "[[TABLE], [VIEW]]"),
        ("no_such_tables", "[]"),
        ("value_type", "[DOUBLE]"),
        ("value_remarks", "[Its value.]"),
        ("primary_keys", "[]"),
        ("imported_keys", "[]"),
        ("exported_keys", "[]"),
        ("cross_reference", "[]"),
        # The driver does not ask for it.
        ("type_info", "true"),
        ("quote", '"'),
        ("full_outer_joins", "true"),
        ("transactions", "false"),
        ("isolation", "0"),
        ("keywords", "true"),
        ("functions", "true"),
        ("statement_length", "1048576"),
        ("one", "[[1, größe, null]]"),
        ("types", "[[true, 9223372036854775807, 1.5, NaN, Infinity, 1.25, 2026-05-03]]"),
        ("time", "2023-11-14 22:13:20.0"),
        ("list", "[[[a, null, c]]]"),
        (
            "labels",
            "[uid VARCHAR, duration_ms DOUBLE, started_at TIMESTAMP_WITH_TIMEZONE, params JAVA_OBJECT]",
        ),
        ("models", f"[[{FITS}]]"),
        ("many", "100000"),
        ("large_row", "1"),
        ("max_rows", "10"),
        ("show", "true"),
        ("explain", "2"),
        ("execute", "true"),
        (
            "parameter_types",
            (
                "[Utf8, Int(32, true), Int(64, true), Utf8, Timestamp(MICROSECOND, UTC), "
                "FloatingPoint(DOUBLE)]"
            ),
        ),
        ("parameters", "[[größe, 6, 0]]"),
        ("again", "[[a!], [b!]]"),
        ("limit", "[[4], [5]]"),
        ("others", "[[0]]"),
        ("close", "closed"),
        ("user", "[[1]]"),
        ("token", "[[1]]"),
        ("catalog", "[[1]]"),
    ],
)
def test_is_answered(question: str, answer: str, answers: jdbc.Answers) -> None:
    assert answers[question] == answer


def test_tables_and_columns(answers: jdbc.Answers) -> None:
    assert answers["tables"] == "[metrics, model_summary, models]"
    assert answers["columns"].startswith("[metric_id, run_id, project")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("unknown_column", "there is no column nmae"),
        ("unknown_column", "did you mean name?"),
        ("insert", "INSERT is refused"),
        ("division", "division by zero"),
        ("timeout", "timed out after 1 SECONDS"),
        ("cancel", "Cancel"),
        ("other_catalog", "catalog"),
    ],
)
def test_is_refused(question: str, told: str, answers: jdbc.Answers) -> None:
    assert answers[question].startswith("failed: ")
    assert told in answers[question]


def test_nothing_goes_on(answers: jdbc.Answers, agent: Agent) -> None:
    """What was cancelled, timed out or closed leaves no core busy."""
    assert answers["cancel"]
    assert agent.process is not None
    Processor(agent.process.pid).rests()
