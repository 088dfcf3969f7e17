"""An agent that is killed again and again, at any moment, with producers at work: nothing that
was acked is lost and nothing is there twice, on a disk and on an object store.

`KILLS=200` is the long version; `KILLS_SEED` repeats the moments of one.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

import wire
from conftest import Agent, rows, wait_until
from object_stores import ObjectStore, s3s
from producers import Producer

KILLS = int(os.environ.get("KILLS", "12"))
PRODUCERS = 4
# What an agent may take to read what the one before left, to take over, and to fold.
SEEN = 120.0


@pytest.fixture(params=["disk", "s3s-fs"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "disk":
        yield ObjectStore(str(tmp_path / "warehouse"), {}, {})
    else:
        with s3s(tmp_path) as running:
            yield running


def deliver(producer: Producer, agent: Agent, end: threading.Event) -> None:
    """Batch after batch; one that was not acked is sent again until it is."""
    while True:
        try:
            producer.push(agent)
        except grpc.RpcError:
            time.sleep(0.02)
            continue
        if end.is_set():
            return


def test_killed_again_and_again(
    store: ObjectStore, tmp_path: Path, messages: wire.Messages
) -> None:
    seed = int(os.environ.get("KILLS_SEED", random.randrange(1 << 32)))
    print(f"KILLS_SEED={seed}")
    dice = random.Random(seed)
    home = tmp_path / "home"
    home.mkdir()
    environment = store.environment | {"MODELDB_LEASE_TERM": "1s", "MODELDB_FOLD_INTERVAL": "300ms"}
    agent = Agent(home / "unused", home / "log", home, store.url, environment).start()
    producers = [Producer(str(number), messages) for number in range(PRODUCERS)]
    end = threading.Event()
    threads = [
        threading.Thread(target=deliver, args=(producer, agent, end), daemon=True)
        for producer in producers
    ]
    for thread in threads:
        thread.start()
    try:
        for number in range(KILLS):
            # Now and then long enough for one to take the lease, and to fold.
            time.sleep(dice.random() * (6 if number % 10 == 9 else 1.5))
            agent.kill()
            agent.start()
        end.set()
        for thread in threads:
            thread.join()
        expected = sum(producer.models for producer in producers)
        assert expected > KILLS

        def are_all_there() -> bool:
            """Each once, at every look."""
            for table, key in (("models", "model_id"), ("actions", "action_id")):
                query = f"select count(*) n, count(distinct {key}) d from {table}"
                (row,) = rows(query, "--connect", agent.url)
                assert row["n"] == row["d"], table
            query = "select count(*) n from models where status = 'finished'"
            return bool(rows(query, "--connect", agent.url) == [{"n": expected}])

        wait_until(are_all_there, "all models are there", SEEN)
        assert agent.stop() == 0
        assert "panicked" not in (home / "log").read_text()
    finally:
        end.set()
        if agent.process is not None and agent.process.poll() is None:
            agent.kill()
