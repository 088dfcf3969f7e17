"""What is told of a run itself: where Python starts the driver's JVM, and where spark-submit does."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from conftest import PROGRAMS, PYTHON, Agent, Row, Submitter, own_environment, rows, wait_until

NEW_AGENT = Callable[[str], Agent]

PROGRAM = "small.py"


def repository(directory: Path) -> tuple[Path, str]:
    """The program in a git repository of its own, and the commit that is checked out."""
    directory.mkdir()
    script = Path(shutil.copy(PROGRAMS / PROGRAM, directory))

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=e2e", "-c", "user.email=e2e@example.invalid", *arguments],
            cwd=directory,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    git("init", "--quiet")
    git("add", PROGRAM)
    git("commit", "--quiet", "--message", "a program")
    return script, git("rev-parse", "HEAD")


def check(run: Row, commit: str) -> None:
    """What is told of any run."""
    assert run["code_version"] == commit
    assert run["user"] == getpass.getuser()
    assert run["host"] == socket.gethostname()
    assert run["framework"] == "spark" and run["framework_version"]
    assert run["application_id"].startswith("local-")
    assert run["client"] == "python"
    assert run["settings"]["spark.sql.shuffle.partitions"] == "2"
    assert "hush" not in run["settings"]["spark.hadoop.fs.s3a.secret.key"]


def test_python_starts_the_driver(submit: Submitter, new_agent: NEW_AGENT, tmp_path: Path) -> None:
    """`python program.py`: the command is Python's, the commit that of the script, though it is
    started elsewhere. The process ends at once by os._exit, and yet the run has its end."""
    agent = new_agent("gateway")
    script, commit = repository(tmp_path / "code")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.local.dir": str(tmp_path / "local"),
        "spark.modeldb.agent": agent.url,
        "spark.modeldb.spool.dir": str(tmp_path / "spool"),
        "spark.hadoop.fs.s3a.secret.key": "hush",
    }
    conf = " ".join(f"--conf {key}={value}" for key, value in settings.items())
    options = f"--driver-java-options -javaagent:{submit.bridge}"
    driver = f"--master local[1] --driver-memory 1g {options} {conf} pyspark-shell"
    done = subprocess.run(
        [str(PYTHON), str(script), "--fits", "1", "--end", "os-exit"],
        env=own_environment(tmp_path) | {"PYSPARK_SUBMIT_ARGS": driver},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr[-3000:]

    def ended() -> bool:
        found = rows("select status from runs", "--connect", agent.url)
        return [run["status"] for run in found] == ["finished"]

    wait_until(ended, "the end of the run", 60)
    (run,) = rows("select * from runs", "--connect", agent.url)
    check(run, commit)
    assert run["command"] == f"{PYTHON} {script} --fits 1 --end os-exit"
    assert len(rows("select * from models", "--connect", agent.url)) == 1


def test_spark_submit_starts_the_program(
    submit: Submitter, new_agent: NEW_AGENT, tmp_path: Path
) -> None:
    """`spark-submit program.py`: the command has the script and its arguments, without what is
    secret in its settings."""
    agent = new_agent("submitted")
    script, commit = repository(tmp_path / "code")
    conf = {"spark.hadoop.fs.s3a.secret.key": "hush"}
    submit(str(script), "--fits", "1", agent=agent.url, conf=conf).succeed()
    (run,) = rows("select * from runs", "--connect", agent.url)
    check(run, commit)
    assert run["command"].endswith(f"{script} --fits 1")
    assert "hush" not in run["command"] and "spark.hadoop.fs.s3a.secret.key" in run["command"]
