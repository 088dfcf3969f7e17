"""What the tests of the Postgres wire share: an agent with some models, and ways to reach it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import wire
from conftest import Agent, wait_until
from producers import FITS, Producer

# A query that computes for long and gives no row.
LONG = "select count(*) from range(30000) a, range(1000000000) b where a.value + b.value < 0"

# How long work may go on that nobody wants any more.
STOPPED = 1.0
# Processor time of an agent that does nothing, in seconds for each second.
IDLE = 0.2

BATCHES = 2
MODELS = BATCHES * FITS


def filled(new_agent: Callable[[str], Agent], messages: wire.Messages, name: str) -> Agent:
    """An agent that has heard of models."""
    agent = new_agent(name)
    producer = Producer(name, messages)
    for _ in range(BATCHES):
        producer.push(agent)
    producer.end(agent)
    return agent


def host_and_port(agent: Agent) -> tuple[str, str]:
    host, _, port = agent.addresses["postgres"].rpartition(":")
    return host, port


def conninfo(agent: Agent) -> str:
    host, port = host_and_port(agent)
    return f"host={host} port={port} user=ann dbname=modeldb"


def psql_command(agent: Agent, *arguments: str) -> list[str]:
    return ["psql", "--no-psqlrc", "--dbname", conninfo(agent), *arguments]


def psql(agent: Agent, *commands: str) -> str:
    """What psql prints for commands; whatever fails, fails the test."""
    arguments = ["--set", "ON_ERROR_STOP=1", "--no-align", "--tuples-only"]
    for command in commands:
        arguments += ["--command", command]
    done = subprocess.run(
        psql_command(agent, *arguments), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{commands}: {done.stderr}"
    assert "ERROR" not in done.stderr, f"{commands}: {done.stderr}"
    return done.stdout


def processor_seconds(agent: Agent) -> float:
    """What the agent has computed so far."""
    assert agent.process is not None
    fields = Path(f"/proc/{agent.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_idle(agent: Agent) -> None:
    """Fails when the agent goes on computing."""

    def is_idle() -> bool:
        before = processor_seconds(agent)
        time.sleep(0.5)
        return processor_seconds(agent) - before < 0.5 * IDLE

    wait_until(is_idle, "an agent that computes nothing", STOPPED + 2)
