"""One jar on other versions of Spark, each call of a PySpark and a Java program checked.

The distributions are made ready by `scripts/spark`. SPARK_VERSIONS=all, which
`scripts/spark-matrix` sets, has more of them than every run of the tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import wire
from conftest import BUILT_SPARK, PROGRAMS, Agent, Submitter, compile_java, record
from test_attach import check_fits, check_hooked, run_of
from test_listener import check_pipeline
from test_samples import check_files_are_read_once

EVERY_TIME = ["3.5.6", "3.5.6-scala2.13", "4.0.5"]
MATRIX = [*EVERY_TIME, "4.1.4", "4.2.1", "4.3.0"]

VERSIONS = MATRIX if os.environ.get("SPARK_VERSIONS") == "all" else EVERY_TIME


@pytest.fixture(scope="session")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("versions")


@pytest.fixture(scope="session", params=VERSIONS)
def spark(request: pytest.FixtureRequest) -> Path:
    """A distribution of Spark."""
    home: Path = BUILT_SPARK / request.param
    assert home.is_dir(), f"run scripts/spark {request.param}"
    return home


@pytest.fixture(scope="session")
def on_spark(spark: Path, submit: Submitter, tmp_path_factory: pytest.TempPathFactory) -> Submitter:
    """Submits to it, Java programs compiled against it."""
    directory = tmp_path_factory.mktemp("classes")
    classes = compile_java(directory, spark / "jars", [PROGRAMS / "Small.java"])
    return Submitter(submit.bridge, classes, submit.directory, submit.jobs, spark)


@pytest.mark.parametrize("way", ["javaagent", "self"])
def test_python(on_spark: Submitter, agent: Agent, spark: Path, way: str) -> None:
    """Every fit and evaluation of a PySpark program."""
    hooks = way == "javaagent"
    recorded = record(on_spark, agent, "small.py", hooks=hooks, listener=not hooks)
    check_hooked(recorded, way, "python")
    check_fits(recorded)
    assert run_of(recorded)["framework_version"] == spark.name.partition("-")[0]


def test_java(on_spark: Submitter, agent: Agent) -> None:
    """The pipeline of a Java program, its stages, its evaluation; its classes were there before
    the hooks."""
    recorded = record(on_spark, agent, "Small", hooks=False, listener=True)
    check_hooked(recorded, "self", "jvm")
    top = check_pipeline(recorded)
    (line,) = recorded.job.did("pipeline")
    (metric,) = recorded.tables.evaluations()
    assert (metric["value"], metric["model_id"]) == (line["value"], top["model_id"])


def test_samples(on_spark: Submitter, nobody: str, messages: wire.Messages, tmp_path: Path) -> None:
    """Rows of files that are read once go through the stages of two models, where the hooks that
    samples need come after Spark's own classes."""
    check_files_are_read_once(on_spark, nobody, messages, tmp_path, by_listener=True)


def test_program_that_throws(on_spark: Submitter, agent: Agent) -> None:
    """What a Java program throws reaches the run, whichever way spark-submit passes it on."""
    recorded = record(on_spark, agent, "Small", "throw", hooks=False, listener=True, code=1)
    run = run_of(recorded)
    assert run["status"] == "failed"
    assert run["error"] == "java.lang.IllegalStateException: this program fails"
