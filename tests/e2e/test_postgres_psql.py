"""psql: what it shows of the catalog, completes, copies and cancels."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import wire
from conftest import RELATIONS, Agent
from postgres_wire import LONG, MODELS, STOPPED, filled, psql, psql_command, wait_until_idle

# Commands about what there is, with and without details. Each has to work; some show nothing.
DESCRIBE = [
    *(r"\d", r"\d+", r"\dt", r"\dt+", r"\dv", r"\dv+", r"\dm", r"\di", r"\di+", r"\ds", r"\dE"),
    *(r"\d models", r"\d+ models", r"\d runs", r"\d+ runs", r"\d pg_class", r"\d+ pg_views"),
    *(r"\d *", r"\dt *.*", r"\dv *.*", r"\dt public.*", r"\dS", r"\dtS+"),
    *(r"\l", r"\l+", r"\dn", r"\dn+", r"\dnS", r"\du", r"\du+", r"\dg", r"\db", r"\db+"),
    *(r"\df", r"\df+", r"\dfS", r"\da", r"\daS", r"\do", r"\doS", r"\dT", r"\dT+", r"\dTS"),
    *(r"\dp", r"\z", r"\ddp", r"\drds", r"\dx", r"\dy", r"\dy+", r"\dc", r"\dC", r"\dC+"),
    *(r"\dD", r"\dD+", r"\dd", r"\dO", r"\dOS+", r"\dL", r"\dL+", r"\dA", r"\dA+", r"\dAc"),
    *(r"\dAf", r"\dAo", r"\dAp", r"\dF", r"\dFd", r"\dFp", r"\dFt", r"\des", r"\deu"),
    *(r"\dew", r"\det", r"\dP", r"\dP+", r"\dRp", r"\dRs", r"\dRs+", r"\dX", r"\dconfig"),
    *(r"\lo_list", r"\conninfo", r"\encoding"),
]


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent], messages: wire.Messages) -> Agent:
    return filled(new_agent, messages, "psql")


@pytest.mark.parametrize("command", DESCRIBE)
def test_describe(agent: Agent, command: str) -> None:
    psql(agent, command)


def test_what_is_described(agent: Agent) -> None:
    tables = [line.split("|")[1] for line in psql(agent, r"\dt").splitlines()]
    assert set(tables) >= set(RELATIONS)
    columns = dict(line.split("|")[:2] for line in psql(agent, r"\d models").splitlines())
    assert columns["params"] == "json"
    assert columns["started_at"] == "timestamp with time zone"
    assert columns["source_columns"] == "text[]"
    assert "One row per fit." in psql(agent, r"\dt+ models")
    assert "The model: one per fit." in psql(agent, r"\d+ models")


def test_queries(agent: Agent) -> None:
    assert psql(agent, "select count(*) from models") == f"{MODELS}\n"
    assert psql(agent, "select 1, 'x'", "select 2; select 3") == "1|x\n2\n3\n"
    assert psql(agent, "begin", "select 1", "commit") == "BEGIN\n1\nCOMMIT\n"
    assert "a|1" in psql(agent, r"\x", "select 1 as a")


def test_copy(agent: Agent, tmp_path: Path) -> None:
    target = tmp_path / "models.csv"
    copied = psql(agent, rf"\copy (select model_id, status from models) to '{target}' csv header")
    assert copied == f"COPY {MODELS}\n"
    lines = target.read_text().splitlines()
    assert lines[0] == "model_id,status" and len(lines) == MODELS + 1
    psql(agent, rf"\copy models (model_id) to '{target}'")
    assert len(target.read_text().splitlines()) == MODELS


def test_errors_point_at_the_place(agent: Agent) -> None:
    done = subprocess.run(
        psql_command(agent, "--command", "select model_id,\n  nmae from models"),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stderr.splitlines()
    assert lines[:3] == [
        "ERROR:  there is no column nmae",
        "LINE 2:   nmae from models",
        "          ^",
    ]
    assert lines[3].startswith("HINT:")


def test_interrupt(agent: Agent) -> None:
    """Ctrl-C ends the query, not the session, and the agent computes nothing after it."""
    process = subprocess.Popen(
        psql_command(agent, "--command", LONG),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(1)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert "canceling statement due to user request" in told
    assert time.monotonic() - began < STOPPED
    wait_until_idle(agent)


def test_a_client_that_vanishes(agent: Agent) -> None:
    process = subprocess.Popen(
        psql_command(agent, "--command", LONG), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(1)
    process.kill()
    process.wait()
    wait_until_idle(agent)


DEEP = 60
CALLS = f"select {'upper(' * DEEP}'a'{')' * DEEP}"
TYPE = f"select arrow_cast(null, '{'List(' * 5000}Int8{')' * 5000}')"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        # Reading it took twice as long for each call.
        (CALLS, "A"),
        ("select array(select name from (values ('b'), ('a')) t (name) order by 1 limit 1)", "{a}"),
        ("select array(select 1 union select 1)", "{1}"),
        ("select age(timestamp '2024-01-03', timestamp '2024-01-01')", "48:00:00"),
        ("select count(*) from models where started_at < '9999-12-31'", f"{MODELS}"),
        (
            (
                "select col_description('leaderboard'::regclass, attnum) from pg_attribute "
                "where attrelid = 'leaderboard'::regclass and attname = 'value'"
            ),
            "The value that the metric has.",
        ),
    ],
)
def test_answers(agent: Agent, query: str, answer: str) -> None:
    assert psql(agent, query).strip() == answer


@pytest.mark.parametrize(
    ("query", "told"),
    [(TYPE, "more than 32 lists"), ("select to_char(1, repeat('9', 100000))", "1000 places")],
)
def test_is_refused_and_goes_on(agent: Agent, query: str, told: str) -> None:
    done = subprocess.run(
        psql_command(agent, "--command", query),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told in done.stderr
    assert psql(agent, "select 1").strip() == "1"
    assert "panicked" not in agent.log.read_text()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("select * from predic", "predictions"),
        ("select * from public.met", "metrics"),
        ("select model_id from models where estim", "estimator"),
        ("\\d pred", "predictions"),
        ("set timez", "timezone"),
    ],
)
def test_completion(agent: Agent, typed: str, completed: str) -> None:
    """What a tab makes of the beginning of a name."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "PAGER": "cat", "INPUTRC": "/dev/null"}
    process = subprocess.Popen(
        psql_command(agent), stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)

    def read_until(expected: str) -> str:
        text, deadline = "", time.monotonic() + 20
        while expected.lower() not in text.lower():
            assert time.monotonic() < deadline, f"{expected!r} is not in {text!r}"
            if select.select([master], [], [], 0.2)[0]:
                text += os.read(master, 4096).decode(errors="replace")
        return text

    try:
        read_until("modeldb=>")
        os.write(master, f"{typed}\t".encode())
        read_until(completed)
    finally:
        process.kill()
        process.wait()
        os.close(master)
