"""Python programs, with and without us."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import PROGRAMS, PYTHON, ROOT, Agent, Job, Tables, own_environment, rows

PYTHON_PROGRAMS = PROGRAMS / "python"
PACKAGE = ROOT / "python"
# How long a program may take before it counts as hanging.
PROGRAM_SECONDS = 300.0


def start(
    directory: Path,
    program: str,
    *arguments: str,
    agent: str | None = None,
    options: Sequence[str] = (),
    **environment: str,
) -> Job:
    """Starts a program, tracked where there is an agent; `options` are those of `modeldb run`."""
    directory.mkdir(parents=True, exist_ok=True)
    spool = directory / "spool"
    variables = own_environment(directory) | {
        "PYTHONPATH": str(PACKAGE),
        "MODELDB_SPOOL_DIR": str(spool),
        "MODELDB_FLUSH_TIMEOUT": "30s",
    }
    if agent is not None:
        variables["MODELDB_AGENT"] = agent
    command = [str(PYTHON)]
    if options:
        command += ["-m", "modeldb", "run", *options]
    command += [str(PYTHON_PROGRAMS / program), *arguments]
    out, err = directory / "stdout", directory / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=variables | environment,
            cwd=directory,
        )
    return Job(process, out, err, spool)


@dataclass
class Tracked:
    """A program that ran to its good end, and what the tables say of its project."""

    job: Job
    tables: Tables

    @property
    def told(self) -> dict[str, Any]:
        """What it printed."""
        told: dict[str, Any] = json.loads(self.job.stdout())
        return told

    def of_models(self, relation: str) -> dict[str, list[dict[str, Any]]]:
        """Rows of a relation by the model that they are of."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.tables[relation]:
            found.setdefault(row["model_id"], []).append(row)
        return found


def track(directory: Path, agent: Agent, project: str, program: str, *arguments: str) -> Tracked:
    """Runs a program, tracked, to its good end."""
    job = start(directory, program, *arguments, agent=agent.url, options=["--project", project])
    job.succeed(PROGRAM_SECONDS)
    assert not job.spooled(), "something was not delivered"
    tables = Tables.read("--connect", agent.url).of_project(project)
    [run] = tables["runs"]
    assert run["capture"]["not_captured"] == {}, run["capture"]
    return Tracked(job, tables)


def ask(agent: Agent, query: str) -> list[dict[str, Any]]:
    """The rows of a query."""
    return rows(query, "--connect", agent.url)
