"""A warehouse on object stores: the same on a server of each make."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from deltalake import DeltaTable

import wire
from conftest import PROGRAM, Agent, own_environment, wait_until
from object_stores import SERVER_BY_NAME, ObjectStore
from producers import Producer

# What an agent may take to see what another took, to take over, and to fold.
SEEN = 60.0


@pytest.fixture(scope="module", params=SERVER_BY_NAME)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ObjectStore]:
    directory = tmp_path_factory.mktemp(f"store-{request.param}")
    with SERVER_BY_NAME[request.param](directory) as running:
        yield running


def count(query: str, store: ObjectStore, home: Path, *place: str) -> int:
    done = subprocess.run(
        [str(PROGRAM), "sql", *place, "--format", "csv", query],
        capture_output=True,
        timeout=120,
        check=False,
        env=own_environment(home) | store.environment,
    )
    assert done.returncode == 0, done.stderr.decode()
    return int(done.stdout.splitlines()[1])


MODELS = "select count(distinct model_id) from models"
TWICE = "select count(*) - count(distinct model_id) from models"


def test_many_agents_one_warehouse(
    store: ObjectStore, tmp_path: Path, messages: wire.Messages
) -> None:
    """Each answers for all; one folds, and another does when that one is killed; a producer
    goes on elsewhere; whoever reads the bucket sees the same."""

    def new_agent(name: str) -> Agent:
        home = tmp_path / name
        home.mkdir()
        environment = store.environment | {
            "MODELDB_LEASE_TERM": "4s",
            "MODELDB_FOLD_INTERVAL": "1s",
        }
        agent = Agent(home / "unused", home / "log", home, store.url, environment)
        return agent.start()

    agents = [new_agent("first"), new_agent("second")]
    try:
        producers = [Producer(name, messages) for name in ("ada", "bea")]

        def expected() -> int:
            return sum(producer.models for producer in producers)

        def all_seen(*place: str) -> bool:
            assert count(TWICE, store, tmp_path, *place) == 0
            return count(MODELS, store, tmp_path, *place) == expected()

        for _ in range(3):
            for agent, producer in zip(agents, producers, strict=True):
                producer.push(agent)
                assert count(MODELS, store, tmp_path, "--connect", agent.url) >= producer.models
        for url in [agent.url for agent in agents]:
            wait_until(partial(all_seen, "--connect", url), "all are seen", SEEN)
        assert all_seen("--warehouse", store.url)

        # The one that folds; what it took and acked outlives it.
        producers[0].push(agents[0])
        agents[0].kill()
        assert all_seen("--warehouse", store.url)
        wait_until(lambda: all_seen("--connect", agents[1].url), "all are seen", SEEN)
        last = producers[0].request(producers[0].sent)
        producers[0].deliver(agents[1], last)
        producers[0].push(agents[1])
        wait_until(lambda: all_seen("--connect", agents[1].url), "all are seen", SEEN)
        folded = "folded into the tables"
        wait_until(lambda: folded in agents[1].log.read_text(), "the other folds", SEEN)

        third = new_agent("third")
        agents.append(third)
        assert all_seen("--connect", third.url)
        assert agents[1].stop() == 0 and third.stop() == 0
        assert all_seen("--warehouse", store.url)
        table = DeltaTable(f"{store.url}/models", storage_options=store.options)
        assert table.to_pyarrow_table().num_rows == expected()
    finally:
        for agent in agents:
            if agent.process is not None and agent.process.poll() is None:
                agent.kill()


def change(store: ObjectStore, home: Path, *command: str) -> str:
    """Has the warehouse changed from outside of the agents; what that says."""
    done = subprocess.run(
        [str(PROGRAM), *command, "--warehouse", store.url],
        capture_output=True,
        timeout=120,
        check=False,
        env=own_environment(home) | store.environment,
    )
    said = done.stderr.decode() + done.stdout.decode()
    assert done.returncode == 0, said
    return said


def test_maintained_beside_its_agents(
    store: ObjectStore, tmp_path: Path, messages: wire.Messages
) -> None:
    """Tables are compacted and a run is deleted while agents serve the warehouse: the one that
    folds gives way, and an agent folds again afterwards."""
    store = replace(store, url=f"{store.url}-maintained")

    def new_agent(name: str) -> Agent:
        home = tmp_path / name
        home.mkdir()
        environment = store.environment | {
            "MODELDB_LEASE_TERM": "4s",
            "MODELDB_FOLD_INTERVAL": "500ms",
        }
        return Agent(home / "unused", home / "log", home, store.url, environment).start()

    agents = [new_agent("first"), new_agent("second")]
    try:
        producers = [Producer(name, messages) for name in ("ada", "bea")]
        gone = 0

        def is_seen_by_all() -> bool:
            expected = sum(producer.models for producer in producers) - gone
            places = [("--connect", agent.url) for agent in agents]
            for place in [*places, ("--warehouse", store.url)]:
                assert count(TWICE, store, tmp_path, *place) == 0
                if count(MODELS, store, tmp_path, *place) != expected:
                    return False
            return True

        for _ in range(4):
            for agent, producer in zip(agents, producers, strict=True):
                producer.push(agent)
            time.sleep(0.7)
        said = change(store, tmp_path, "maintain")
        assert "until this ends, this does" in said
        assert re.search(r"compact models: \d+ files, \d+ bytes, became 1,", said), said
        wait_until(is_seen_by_all, "all are seen", SEEN)
        table = DeltaTable(f"{store.url}/models", storage_options=store.options)
        assert table.to_pyarrow_table().num_rows == sum(p.models for p in producers)

        producers[0].end(agents[1])
        gone = producers[0].models
        said = change(store, tmp_path, "delete", "run", "run-of-ada", "--purge")
        assert f"{gone} of models" in said, said
        wait_until(is_seen_by_all, "it is gone", SEEN)
        # One of them folds again.
        producers[1].push(agents[0])
        wait_until(is_seen_by_all, "all are seen", SEEN)

        def is_folded() -> bool:
            table = DeltaTable(f"{store.url}/models", storage_options=store.options)
            return bool(table.to_pyarrow_table().num_rows == producers[1].models)

        wait_until(is_folded, "an agent folds", SEEN)
        assert [agent.stop() for agent in agents] == [0, 0]
        assert count(MODELS, store, tmp_path, "--warehouse", store.url) == producers[1].models
    finally:
        for agent in agents:
            if agent.process is not None and agent.process.poll() is None:
                agent.kill()


@pytest.mark.parametrize("store", ["moto"], indirect=True)
def test_a_bucket_that_is_not_there(store: ObjectStore, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(PROGRAM), "serve", "--warehouse", "s3://no-such-bucket/x", "--grpc=127.0.0.1:0"]
        + ["--http=127.0.0.1:0", "--postgres=127.0.0.1:0"],
        capture_output=True,
        timeout=120,
        check=False,
        env=own_environment(tmp_path) | store.environment,
    )
    assert done.returncode == 1
    said = done.stderr.decode()
    assert "s3://no-such-bucket/x" in said and "NoSuchBucket" in said
