"""Whatever the agent does, the job prints, returns and stops as it does without the bridge."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conftest import Agent, Job, Submitter, Tables, rows, wait_until

# What `stop` may take: the limit of a flush (spark.modeldb.flush.timeout) and what Spark
# itself needs on a busy machine. It tells hanging from ending, no more.
STOP = 2.0 + 3.0

NEW_AGENT = Callable[[str], Agent]

# What evaluators returned, in their order.
EVALUATIONS = "select value from metrics where source = 'evaluator' order by recorded_at"


def printed(job: Job) -> list[str]:
    """Standard output, line by line, without the time that `stop` took."""
    lines = job.stdout().splitlines()
    return [line for line in lines if not line.startswith('{"did": "stopped"')]


def check_unharmed(job: Job, bare: Job) -> None:
    """Same output, same exit code, and `stop` came back in time."""
    assert job.process.returncode == bare.process.returncode, job.stderr()[-3000:]
    assert printed(job) == printed(bare)
    for line in job.did("stopped"):
        assert line["seconds"] < STOP
    assert len(job.did("stopped")) == len(bare.did("stopped"))


def spooled_bytes(job: Job) -> int:
    return sum(path.stat().st_size for path in job.spooled())


@pytest.fixture(scope="session")
def bare(submit: Submitter) -> Job:
    """The program without any bridge."""
    return submit("small.py").succeed()


@pytest.fixture
def refused() -> Iterator[str]:
    """An address at which nobody listens: bound, so that nobody else takes it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


class SlowAgent:
    """A way to an agent on which each answer takes its time."""

    def __init__(self, agent: str, seconds: float) -> None:
        self.target = urlsplit(agent)
        self.seconds = seconds
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.door.accept()
                server = socket.create_connection((self.target.hostname, self.target.port))
                for source, sink, delay in ((client, server, 0.0), (server, client, self.seconds)):
                    threading.Thread(
                        target=self.pass_on, args=(source, sink, delay), daemon=True
                    ).start()

    @staticmethod
    def pass_on(source: socket.socket, sink: socket.socket, delay: float) -> None:
        with contextlib.suppress(OSError):
            while some := source.recv(1 << 16):
                time.sleep(delay)
                sink.sendall(some)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def test_bare_program_is_worth_comparing(bare: Job) -> None:
    """It prints fits with values, and that it stopped: else the comparisons say nothing."""
    assert [line["penalty"] for line in bare.did("fit")] == [0.0, 1.0, 2.0]
    assert len({line["value"] for line in bare.did("fit")}) == 3
    assert len(bare.did("stopped")) == 1


def test_attached(submit: Submitter, new_agent: NEW_AGENT, bare: Job) -> None:
    """Results, standard output and exit code are the bare program's; the agent has the fits
    with the values printed; nothing is left in the spool."""
    agent = new_agent("attached")
    job = submit("small.py", agent=agent.url, conf={"spark.modeldb.sample.mode": "cheap"})
    job.end()
    check_unharmed(job, bare)
    metrics = rows(EVALUATIONS, "--connect", agent.url)
    assert [row["value"] for row in metrics] == [line["value"] for line in job.did("fit")]
    assert job.spooled() == []


def test_agent_refuses_connections(submit: Submitter, refused: str, bare: Job) -> None:
    """Nobody listens: the job is unharmed, what was to be told rests in the spool, one
    warning is on standard error."""
    job = submit("small.py", agent=refused)
    job.end()
    check_unharmed(job, bare)
    (spool,) = job.spooled()
    content = spool.read_bytes()
    assert content[:8] == b"MDBS\x00\x00\x00\x01"
    for told in (b"LinearRegression", b"RegressionEvaluator", b"e2e small"):
        assert told in content
    assert spool.stat().st_mode & 0o077 == 0, "others may read the spool"
    assert spool.parent.stat().st_mode & 0o077 == 0, "others may look into the spool"
    warnings = [
        line for line in job.stderr().splitlines() if refused.removeprefix("http://") in line
    ]
    assert len(warnings) == 1, warnings


def test_agent_never_answers(submit: Submitter, black_hole: str, bare: Job) -> None:
    """Connections are taken and nothing comes back: the same."""
    job = submit("small.py", agent=black_hole)
    job.end()
    check_unharmed(job, bare)
    assert spooled_bytes(job) > 8


@pytest.mark.parametrize("seconds", [1.0, 6.0])
def test_agent_is_slow(submit: Submitter, new_agent: NEW_AGENT, bare: Job, seconds: float) -> None:
    """Answers take a second, or longer than anybody waits for them: the job is unharmed, and
    what the agent did not take rests in the spool."""
    agent = new_agent(f"slow-{seconds}")
    slow = SlowAgent(agent.url, seconds)
    job = submit("small.py", agent=slow.url)
    job.end()
    slow.door.close()
    check_unharmed(job, bare)
    metrics = rows(EVALUATIONS, "--connect", agent.url)
    values = [line["value"] for line in job.did("fit")]
    told = [row["value"] for row in metrics]
    assert told == values[: len(told)]
    assert told == values or spooled_bytes(job) > 8


def test_spool_is_full(submit: Submitter, refused: str, bare: Job) -> None:
    """Nobody listens and the spool has no room: the job is unharmed, the spool stays within
    its limit, and one line says what was lost."""
    limit = 2048
    job = submit("small.py", agent=refused, conf={"spark.modeldb.spool.max": str(limit)})
    job.end()
    check_unharmed(job, bare)
    assert sum(path.stat().st_size for path in job.spool.iterdir()) <= limit
    lost = [line for line in job.stderr().splitlines() if "spark.modeldb.spool.max" in line]
    assert len(lost) == 1, job.stderr()[-3000:]


def test_agent_dies_in_the_middle(
    submit: Submitter, new_agent: NEW_AGENT, bare: Job, tmp_path: Path
) -> None:
    """kill -9 after the first fit, for good: the job is unharmed; what the agent had is in
    its warehouse, the rest in the spool."""
    agent = new_agent("dying")
    gate = tmp_path / "go"
    job = submit("small.py", "--wait-before", "1", "--wait-for", str(gate), agent=agent.url)
    job.wait_for("waiting")

    def heard() -> bool:
        return bool(rows("select * from metrics", "--connect", agent.url))

    wait_until(heard, "the first evaluation in the agent", 30)
    agent.kill()
    gate.touch()
    job.end()
    assert job.process.returncode == 0
    assert [line for line in printed(job) if "waiting" not in line] == printed(bare)
    (stopped,) = job.did("stopped")
    assert stopped["seconds"] < STOP
    assert spooled_bytes(job) > 8
    agent.start()
    models = rows("select params['regParam'] as penalty from models", "--connect", agent.url)
    assert [float(row["penalty"]) for row in models] == [0.0]


@pytest.mark.parametrize(
    ("end", "code"),
    [("exit", 3), ("throw", 1), ("return", 0), ("os-exit", 3), ("jvm-exit", 3)],
)
def test_other_ends(submit: Submitter, new_agent: NEW_AGENT, end: str, code: int) -> None:
    """A program that leaves with code 3, that throws, that returns without stopping Spark,
    whose process ends at once, or whose JVM does: the exit code stays, and the agent has every
    fit and an end of the run."""
    agent = new_agent(f"end-{end}")
    job = submit("small.py", "--fits", "1", "--end", end, agent=agent.url)
    assert job.end() == code, job.stderr()[-3000:]
    tables = Tables.read("--connect", agent.url, relations=("runs", "models", "metrics"))
    assert [row["value"] for row in tables.where("metrics", source="evaluator")] == [
        job.did("fit")[0]["value"]
    ]
    assert [row["status"] for row in tables["models"]] == ["finished"]
    (run,) = tables["runs"]
    assert run["status"] != "running" and run["ended_at"] is not None
    assert job.spooled() == []


def test_java_program_that_throws(submit: Submitter, new_agent: NEW_AGENT) -> None:
    """Its exit code and error stay, the run failed with that error."""
    agent = new_agent("java-throw")
    job = submit("Small", "throw", agent=agent.url)
    assert job.end() == 1, job.stderr()[-3000:]
    assert "java.lang.IllegalStateException: this program fails" in job.stderr()
    (run,) = rows("select * from runs", "--connect", agent.url)
    assert run["status"] == "failed"
    assert run["error"] == "java.lang.IllegalStateException: this program fails"
    assert len(rows("select * from models", "--connect", agent.url)) == 3


def test_capture_off(submit: Submitter, new_agent: NEW_AGENT, bare: Job) -> None:
    """spark.modeldb.capture=off: nothing is told, nothing is spooled."""
    agent = new_agent("off")
    job = submit("small.py", agent=agent.url, listener=True, conf={"spark.modeldb.capture": "off"})
    job.end()
    check_unharmed(job, bare)
    tables = Tables.read("--connect", agent.url)
    assert {name: len(table) for name, table in tables.tables.items() if table} == {}
    assert job.spooled() == []


def test_malformed_settings(submit: Submitter, new_agent: NEW_AGENT, bare: Job) -> None:
    """Settings that cannot be read: each is named once on standard error with what is
    accepted, the defaults hold, and the job is unharmed and recorded."""
    agent = new_agent("malformed")
    wrong = {
        "spark.modeldb.capture": "sometimes",
        "spark.modeldb.flush.timeout": "a while",
        "spark.modeldb.spool.max": "plenty",
        "spark.modeldb.sample.rows": "-7",
    }
    job = submit("small.py", agent=agent.url, conf=wrong)
    job.end()
    check_unharmed(job, bare)
    for key, value in wrong.items():
        told = [line for line in job.stderr().splitlines() if key in line and value in line]
        assert len([line for line in told if "accepted" in line]) == 1, key
    metrics = rows(EVALUATIONS, "--connect", agent.url)
    assert [row["value"] for row in metrics] == [line["value"] for line in job.did("fit")]
