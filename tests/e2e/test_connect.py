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
    Submitter,
    Tables,
    own_environment,
    wait_until,
)
from test_attach import unseen

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


@dataclass
class Served:
    """What the agent has of a server on which a client has run, and what the client printed."""

    tables: Tables
    lines: list[dict[str, object]]
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


def test_fits_of_the_client(served: Served) -> None:
    """Each fit with its parameters, each evaluation with the value that the client printed."""
    fits = served.tables.fits_in_order()
    assert [float(fit["params"]["regParam"]) for fit in fits] == [
        line["penalty"] for line in served.lines
    ]
    metrics = served.tables.evaluations()
    assert [row["value"] for row in metrics] == [line["value"] for line in served.lines]
