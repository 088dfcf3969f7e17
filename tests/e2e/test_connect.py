"""Spark Connect: the bridge attached to the server, a program on the client untouched."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import (
    PROGRAMS,
    PYTHON,
    SPARK_JOB,
    Agent,
    Job,
    Row,
    Submitter,
    Tables,
    own_environment,
    wait_until,
)
from test_attach import unseen

# As in the program.
PENALTIES = [0.5, 100.0, 20.0]

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


@dataclass
class Served:
    """What the agent has of a server on which a client has run, and what the client printed."""

    tables: Tables
    lines: list[Row]
    server: Job


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def served(
    submit: Submitter, new_agent: Callable[[str], Agent], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server with --jars and the listener alone; then a client; then the server's end."""
    agent = new_agent("connect")
    port = free_port()
    server = submit(
        "spark-internal",
        agent=agent.url,
        hooks=False,
        listener=True,
        main=SERVER,
        conf={
            "spark.connect.grpc.binding.port": str(port),
            "spark.connect.grpc.binding.address": "127.0.0.1",
        },
    )
    wait_until(lambda: answers(port) or server.process.poll() is not None, "a server", SPARK_JOB)
    home = tmp_path_factory.mktemp("client")
    client = Job(
        subprocess.Popen(
            [str(PYTHON), str(PROGRAMS / "connect_client.py"), f"sc://127.0.0.1:{port}"],
            stdout=(home / "out").open("wb"),
            stderr=(home / "err").open("wb"),
            env=own_environment(home),
            cwd=home,
        ),
        Path(home / "out"),
        Path(home / "err"),
        home,
    ).succeed()
    server.process.send_signal(signal.SIGTERM)
    server.end()
    yield Served(Tables.read("--connect", agent.url), client.lines(), server)


def test_the_server_is_the_run(served: Served) -> None:
    """One run, watched by hooks that the server's JVM got by itself, and it ended."""
    (run,) = served.tables["runs"]
    assert (run["capture"]["mode"], run["attached_by"], run["client"]) == (
        "agent",
        "self",
        "connect",
    )
    assert run["status"] == "finished" and run["ended_at"] is not None
    assert unseen(run) == {}
    assert served.server.spooled() == []


def did(served: Served, what: str) -> list[Row]:
    return [line for line in served.lines if line["did"] == what]


def test_fits_of_the_client(served: Served) -> None:
    """Each fit with its parameters, each evaluation with the value that the client printed."""
    told = did(served, "fit")
    fits = served.tables.fits_in_order()[: len(told)]
    assert [float(fit["params"]["regParam"]) for fit in fits] == [line["penalty"] for line in told]
    metrics = served.tables.evaluations()
    assert [row["value"] for row in metrics[: len(told)]] == [line["value"] for line in told]


def test_nothing_is_left_over(served: Served) -> None:
    """What is at the top is what the client called, in its order, and all of it ended."""
    top = [fit for fit in served.tables.fits_in_order() if fit["parent_model_id"] is None]
    assert [fit["kind"] for fit in top] == [
        "estimator",
        "estimator",
        "pipeline",
        "search",
        "search",
        "search",
    ]
    assert {fit["status"] for fit in served.tables["models"]} == {"finished"}


def stages_of(tables: Tables, pipeline: Row) -> list[str]:
    stages = tables.where("stages", pipeline_model_id=pipeline["model_id"])
    stages.sort(key=lambda row: int(row["stage_index"]))
    return [str(row["class"]).rpartition(".")[2] for row in stages]


STAGES = ["VectorAssembler", "StandardScaler", "LinearRegression"]


def test_a_pipeline(served: Served) -> None:
    tables = served.tables
    pipeline = tables.one("models", kind="pipeline", role="top")
    assert stages_of(tables, pipeline) == STAGES
    (line,) = did(served, "pipeline")
    metric = tables.one("metrics", model_id=pipeline["model_id"], source="evaluator")
    assert metric["value"] == line["value"]


def test_searches(served: Served) -> None:
    """Folds and configurations, the means that the client printed, and the best one."""
    tables = served.tables
    searches = [fit for fit in tables.fits_in_order() if fit["kind"] == "search"]
    told = did(served, "search") + did(served, "searched pipelines")
    # What was fitted at once is numbered by its parameters.
    numbered = [PENALTIES, PENALTIES, sorted(PENALTIES)]
    for search, line, penalties in zip(searches, told, numbered, strict=True):
        means = dict(zip(PENALTIES, line["means"], strict=True))
        candidates = tables.where("candidates", search_model_id=search["model_id"])
        candidates.sort(key=lambda row: int(row["candidate_index"]))
        assert [float(row["params"]["regParam"]) for row in candidates] == penalties
        for row, penalty in zip(candidates, penalties, strict=True):
            assert row["mean"] == pytest.approx(means[penalty], rel=1e-12)
        (best,) = [i for i, row in enumerate(candidates) if row["is_best"]]
        assert penalties[best] == min(means, key=lambda penalty: means[penalty])

        inside = tables.where("models", parent_model_id=search["model_id"])
        places = sorted(
            (row["fold"], row["candidate_index"]) for row in inside if row["role"] == "fold"
        )
        assert places == [(fold, index) for fold in range(2) for index in range(3)]
        for row in inside:
            assert (
                float(row["params"].get("regParam") or penalty_of(tables, row))
                == (penalties[row["candidate_index"]])
            )
        (again,) = [row for row in inside if row["role"] == "best"]
        assert again["candidate_index"] == best
        if line["did"] == "searched pipelines":
            assert all(stages_of(tables, row) == STAGES for row in inside)
        metric = tables.one("metrics", model_id=again["model_id"], source="evaluator")
        assert metric["value"] == line["value"]


def penalty_of(tables: Tables, pipeline: Row) -> str:
    """What the last stage of a pipeline was set to."""
    stages = tables.where("stages", pipeline_model_id=pipeline["model_id"])
    return str(max(stages, key=lambda row: int(row["stage_index"]))["params"]["regParam"])
