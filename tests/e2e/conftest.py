"""What the tests share: real agents, real Spark drivers, and answers as rows.

Every test submits programs that know nothing of ModelDB, and compares what the tables say
with what the programs printed. `scripts/setup` makes ready what is used here.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import wire

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = HERE / "programs"
BRIDGE_TESTS = ROOT / "jvm-bridge/src/test/spark-programs"
PROGRAM = ROOT / "target/debug/modeldb"
JAR = ROOT / "jvm-bridge/target/modeldb-spark-bridge.jar"
BUILT_SPARK = ROOT / "build/spark"
PYTHON = ROOT / ".venv/bin/python"
SPARK_SUBMIT = ROOT / ".venv/bin/spark-submit"

LISTENER = "io.modeldb.spark.ModelDBListener"

# Longest times that anything may take before it counts as hanging; nothing waits that long
# when all is well.
AGENT_READY = 30.0
SPARK_JOB = 900.0
QUERY = 60.0

RELATIONS = (
    "projects",
    "runs",
    "datasets",
    "dataset_edges",
    "models",
    "stages",
    "candidates",
    "transforms",
    "params",
    "metrics",
    "features",
    "trees",
    "samples",
    "predictions",
    "work",
    "artifacts",
    "annotations",
    "attributes",
    "actions",
    "unknown_events",
)

# An archive of the classes of the Spark in .venv (`scripts/spark-classes`): with it a short driver
# takes less than half, and without the optimising compiler a third less still. A driver that does
# more takes longer without it.
CLASSES = BUILT_SPARK / "classes.jsa"
ARCHIVE = f"-XX:SharedArchiveFile={CLASSES}"
QUICK = "-XX:TieredStopAtLevel=1"

Row = dict[str, Any]


def wait_until(happened: Callable[[], bool], what: str, seconds: float) -> None:
    """Polls until it happened; fails the test when it did not in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def own_environment(home: Path) -> dict[str, str]:
    """An environment in which the user's own settings do not count."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MODELDB_", "SPARK_"))}
    return {**kept, "HOME": str(home), "PYSPARK_PYTHON": str(PYTHON)}


# ---- the agent


@dataclass
class Agent:
    """`modeldb serve` in a process of its own."""

    warehouse: Path
    log: Path
    home: Path
    # Where the warehouse is when it is not that directory.
    store_url: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(("grpc", "http", "postgres"), "127.0.0.1:0")
    )
    process: subprocess.Popen[bytes] | None = None
    # Whose process it is when it is not ours.
    user: int | None = None

    def start(self) -> Agent:
        """Starts it, again on the ports that it had before if it had any."""
        command = [str(PROGRAM), "serve", "--warehouse", self.store_url or str(self.warehouse)]
        command += ["--log-format", "json"]
        for name, address in self.addresses.items():
            command += [f"--{name}", address]
        seen = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env=own_environment(self.home) | self.environment,
                cwd=self.home,
                user=self.user,
                group=self.user,
            )
        self.process = process

        def ready() -> bool:
            if process.poll() is not None:
                pytest.fail(f"the agent ended at its start: {self.log.read_text()}")
            for line in self.log.read_bytes()[seen:].decode().splitlines():
                if line.startswith("{") and line.endswith("}"):
                    event = json.loads(line)
                    if event.get("message") == "agent ready":
                        # A port that serves nothing yet has no address.
                        said = {name: event.get(name) for name in self.addresses}
                        self.addresses |= {name: a for name, a in said.items() if a}
                        return True
            return False

        wait_until(ready, "agent ready", AGENT_READY)
        return self

    @property
    def url(self) -> str:
        return f"http://{self.addresses['grpc']}"

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; answers the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-goldens", action="store_true", help="write conformance/goldens anew, from a run"
    )
    parser.addoption("--pictures", help="a directory for a picture of each view of the page")


@pytest.fixture(scope="session")
def new_agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Agent]]:
    """Makes agents that are ready, each on a warehouse and ports of its own."""
    agents: list[Agent] = []

    def make(name: str) -> Agent:
        directory = tmp_path_factory.mktemp(f"agent-{name}")
        agent = Agent(directory / "warehouse", directory / "log", directory)
        agents.append(agent)
        return agent.start()

    yield make
    for agent in agents:
        if agent.process is not None and agent.process.poll() is None:
            agent.kill()


# ---- SQL


def ask(*arguments: str) -> bytes:
    """What `modeldb sql` writes to standard output."""
    done = subprocess.run(
        [str(PROGRAM), "sql", *arguments], capture_output=True, timeout=QUERY, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def rows(query: str, *place: str) -> list[Row]:
    """The answer's rows. `place` is `--connect URL` or `--warehouse PATH`."""
    answer = ask(*place, "--format", "json", query)
    return [json.loads(line) for line in answer.splitlines() if line]


class Tables:
    """All relations, as they were when they were asked for, of one run or of all."""

    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        self.tables = dict(tables)

    @classmethod
    def read(cls, *place: str, relations: Iterable[str] = RELATIONS) -> Tables:
        return cls({name: rows(f"select * from {name}", *place) for name in relations})

    def of_run(self, run_id: str) -> Tables:
        """Those that belong to a run; `projects` as it is."""
        return Tables(
            {
                name: [row for row in table if row.get("run_id", run_id) == run_id]
                for name, table in self.tables.items()
            }
        )

    def of_project(self, project: str) -> Tables:
        return Tables(
            {
                name: [row for row in table if row.get("project") == project]
                for name, table in self.tables.items()
            }
        )

    def __getitem__(self, name: str) -> list[Row]:
        return self.tables[name]

    def where(self, relation: str, /, **columns: Any) -> list[Row]:
        """The rows of a relation that have these values."""
        wanted = columns.items()
        return [row for row in self.tables[relation] if all(row.get(k) == v for k, v in wanted)]

    def one(self, relation: str, /, **columns: Any) -> Row:
        """The one row of a relation that has these values."""
        found = self.where(relation, **columns)
        assert len(found) == 1, f"{len(found)} rows of {relation} have {columns}"
        return found[0]

    def by(self, name: str, key: str) -> dict[str, Row]:
        """The rows of a relation by a column that tells them apart."""
        found = {row[key]: row for row in self.tables[name]}
        assert len(found) == len(self.tables[name]), f"{name}.{key} is there twice"
        return found

    def evaluations(self) -> list[Row]:
        """The rows of `metrics` that evaluators gave, in their order."""
        given = self.where("metrics", source="evaluator")
        return sorted(given, key=lambda row: str(row["recorded_at"]))

    def fits_in_order(self) -> list[Row]:
        """The rows of `models` in the order in which the fits began."""
        sequence = {a["subject_id"]: a["sequence"] for a in self.where("actions", kind="fit")}
        return sorted(self["models"], key=lambda model: sequence[model["model_id"]])


# ---- Spark


@dataclass
class Job:
    """A submitted program."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    spool: Path

    def stdout(self) -> str:
        return self.out.read_text()

    def stderr(self) -> str:
        return self.err.read_text()

    def lines(self) -> list[Row]:
        """What it printed as JSON, one object a line."""
        whole = self.stdout().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in whole if line.startswith("{")]

    def did(self, what: str) -> list[Row]:
        return [line for line in self.lines() if line["did"] == what]

    def wait_for(self, what: str, count: int = 1) -> None:
        """Waits until it has printed that it did that, `count` times."""

        def done() -> bool:
            if len(self.did(what)) >= count:
                return True
            if self.process.poll() is not None:
                pytest.fail(f"the program ended before {count} {what}: {self.stderr()[-3000:]}")
            return False

        wait_until(done, f"{count} {what}", SPARK_JOB)

    def end(self, within: float = SPARK_JOB) -> int:
        """Waits for its end; answers the exit code."""
        try:
            return self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            pytest.fail(f"the program hangs: {self.stdout()[-1000:]} {self.stderr()[-3000:]}")

    def succeed(self, within: float = SPARK_JOB) -> Job:
        """Waits for its end, which has to be a good one."""
        code = self.end(within)
        assert code == 0, f"exit code {code}: {self.stdout()[-500:]} {self.stderr()[-2000:]}"
        return self

    def spooled(self) -> list[Path]:
        """Spools with batches that no agent took."""
        return sorted(self.spool.glob("*.spool"))


@dataclass
class Submitter:
    """Submits programs, each with a directory of its own."""

    bridge: Path
    classes: Path
    directory: Callable[[], Path]
    jobs: list[Job] = field(default_factory=list)
    # Another distribution than that of .venv.
    spark: Path | None = None

    def __call__(
        self,
        program: str,
        *arguments: str,
        agent: str | None = None,
        listener: bool = False,
        hooks: bool = True,
        java: Sequence[str] = (),
        main: str | None = None,
        master: str = "local[2]",
        memory: str = "1g",
        conf: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        links: Mapping[str, Path] | None = None,
        is_long: bool = False,
    ) -> Job:
        """Starts a program: a file of `programs`, or a Java class.

        agent: where the agent is; without one, and without settings in `conf`, the bridge
        is not attached at all. hooks: with -javaagent. listener: by --jars and
        spark.extraListeners. java: options of the driver's JVM. links: what is to be found
        under these names where it runs. main: a class of Spark's own, run as `program`.
        is_long: it takes a minute or more, and gains from optimised code.
        """
        directory = self.directory()
        for name, place in (links or {}).items():
            (directory / name).symlink_to(place)
        spool = directory / "spool"
        settings = {
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.local.dir": str(directory / "local"),
            "spark.sql.warehouse.dir": str(directory / "warehouse"),
        }
        submit = SPARK_SUBMIT if self.spark is None else self.spark / "bin/spark-submit"
        command = [str(submit), "--master", master, "--driver-memory", memory]
        options = list(java)
        if agent is not None:
            settings["spark.modeldb.agent"] = agent
            settings["spark.modeldb.spool.dir"] = str(spool)
            # They compete with the programs for a busy machine; test_samples and
            # test_never_harm ask for them.
            settings["spark.modeldb.sample.mode"] = "off"
            if hooks:
                options.append(f"-javaagent:{self.bridge}")
            if listener:
                command += ["--jars", str(self.bridge)]
                settings["spark.extraListeners"] = LISTENER
        if options:
            command += ["--driver-java-options", " ".join(options)]
        settings |= conf or {}
        for key, value in settings.items():
            command += ["--conf", f"{key}={value}"]
        if main is not None:
            command += ["--class", main, program]
        elif program.endswith(".py"):
            command += [str(PROGRAMS / program)]
        else:
            command += ["--class", program, str(self.classes)]
        command += arguments
        variables = own_environment(directory)
        of_jvm = [] if is_long else [QUICK]
        if self.spark is not None:
            variables["SPARK_HOME"] = str(self.spark)
        elif CLASSES.exists():
            of_jvm.append(ARCHIVE)
        variables["SPARK_SUBMIT_OPTS"] = " ".join(of_jvm)
        variables |= dict(environment or {})
        out, err = directory / "stdout", directory / "stderr"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=variables,
                cwd=directory,
            )
        job = Job(process, out, err, spool)
        self.jobs.append(job)
        return job


@pytest.fixture(scope="session")
def submit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submitter]:
    """Submits Spark programs."""
    for needed in (PROGRAM, JAR, SPARK_SUBMIT):
        assert needed.exists(), f"{needed.relative_to(ROOT)} is missing: run scripts/setup"
    shared = tmp_path_factory.mktemp("shared")
    # A copy: someone may build a new one meanwhile.
    bridge = Path(shutil.copy(JAR, shared))
    submitter = Submitter(bridge, compiled(shared), lambda: tmp_path_factory.mktemp("job"))
    yield submitter
    for job in submitter.jobs:
        if job.process.poll() is None:
            job.process.kill()
            job.process.wait()


def compiled(directory: Path) -> Path:
    """The Java and Scala programs in a jar."""
    jars = next((ROOT / ".venv/lib").glob("python*/site-packages/pyspark/jars"))
    classes = directory / "classes"
    classes.mkdir()
    # Every distribution has the compiler, for its shell.
    scalac = ["java", "-cp", f"{jars}/*", "scala.tools.nsc.Main", "-usejavacp", "-nowarn"]
    scala = map(str, PROGRAMS.glob("*.scala"))
    subprocess.run([*scalac, "-d", str(classes), *scala], check=True)
    return compile_java(directory, jars, [*PROGRAMS.glob("*.java"), *BRIDGE_TESTS.glob("*.java")])


def compile_java(directory: Path, jars: Path, sources: Iterable[Path]) -> Path:
    """Programs compiled against a distribution's jars and the bridge, in a jar."""
    classes = directory / "classes"
    path = f"{jars}/*{os.pathsep}{JAR}"
    javac = ["javac", "--release", "17", "-nowarn", "-cp", path, "-d", str(classes)]
    subprocess.run([*javac, *map(str, sources)], check=True)
    jar = directory / "programs.jar"
    subprocess.run(["jar", "--create", "--file", str(jar), "-C", str(classes), "."], check=True)
    return jar


# ---- what several test files look at


@pytest.fixture(scope="session")
def nobody() -> Iterator[str]:
    """An address of this machine at which nobody listens: all that is told is spooled."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(scope="session")
def messages(tmp_path_factory: pytest.TempPathFactory) -> wire.Messages:
    return wire.messages(tmp_path_factory.mktemp("wire"))


@dataclass
class Recorded:
    """A program that has run to its good end, and what the agent's tables say of its run."""

    job: Job
    tables: Tables


def record(
    submit: Submitter, agent: Agent, program: str, *arguments: str, code: int = 0, **options: Any
) -> Recorded:
    """Runs a program to its end and asks the agent for the run that it made."""
    before = {row["run_id"] for row in rows("select run_id from runs", "--connect", agent.url)}
    job = submit(program, *arguments, agent=agent.url, **options)
    assert job.end() == code, job.stderr()[-3000:]
    tables = Tables.read("--connect", agent.url)
    new = [row["run_id"] for row in tables["runs"] if row["run_id"] not in before]
    assert len(new) == 1, f"{len(new)} runs of one program: {job.stderr()[-3000:]}"
    assert not job.spooled(), "something was not delivered"
    return Recorded(job, tables.of_run(new[0]))


@pytest.fixture(scope="session")
def library(new_agent: Callable[[str], Agent]) -> Agent:
    """The agent that watches the large programs. `test_readers` stops it in the end."""
    return new_agent("library")


@pytest.fixture(scope="session")
def calls(submit: Submitter, library: Agent) -> Recorded:
    """`programs/calls.py`, watched."""
    conf = {
        "spark.modeldb.project": "e2e calls",
        "spark.modeldb.experiment": "first",
        "spark.modeldb.run.name": "a name",
        "spark.modeldb.tags.team": "blue",
        "spark.modeldb.tags.ticket": "42",
    }
    return record(submit, library, "calls.py", conf=conf)


@pytest.fixture(scope="session")
def tuning(submit: Submitter, library: Agent) -> Recorded:
    """`programs/Tuning.java`, watched."""
    # Its data is made by the program, so that samples of it cost nothing worth counting.
    conf = {"spark.modeldb.sample.mode": "cheap", "spark.modeldb.sample.budget": "3m"}
    return record(submit, library, "Tuning", conf=conf)
