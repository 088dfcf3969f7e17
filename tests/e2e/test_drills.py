"""What an operator meets one day: a full disk, a disk that is read only, a permission that is
lost, a bucket that is gone, credentials that expired. Each is told as what it is; afterwards everything that was acked is
there, and the agent goes on.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import grpc
import pytest

import wire
from conftest import PROGRAM, Agent, own_environment, rows, wait_until
from object_stores import free_port, moto, s3s
from producers import Producer

SEEN = 60.0
MODELS = "select count(*) n, count(distinct model_id) d from models"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    directory = tmp_path / "disk"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "modeldb-test", str(directory)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


@contextlib.contextmanager
def agent_at(tmp_path: Path, url: str, environment: dict[str, str]) -> Iterator[Agent]:
    home = tmp_path / "home"
    home.mkdir()
    settings = {"MODELDB_FOLD_INTERVAL": "300ms", "MODELDB_LEASE_TERM": "1s"}
    agent = Agent(home / "unused", home / "log", home, url, environment | settings).start()
    try:
        yield agent
    finally:
        if agent.process is not None and agent.process.poll() is None:
            agent.kill()


def has(producer: Producer, *place: str) -> bool:
    (found,) = rows(MODELS, *place)
    return found == {"n": producer.models, "d": producer.models}


def refused(producer: Producer, agent: Agent) -> str:
    """What the producer is told, which may send the batch again."""
    with pytest.raises(grpc.RpcError) as told:
        producer.push(agent)
    details = told.value.details()
    assert isinstance(details, str)
    return details


def ended(agent: Agent) -> str:
    """The log of an agent that ended by itself, with an error."""
    assert agent.process is not None
    assert agent.process.wait(timeout=30) == 1
    return agent.log.read_text()


def test_a_full_disk(disk: Path, tmp_path: Path, messages: wire.Messages) -> None:
    warehouse = disk / "warehouse"
    with agent_at(tmp_path, str(warehouse), {}) as agent:
        producer = Producer("ada", messages)
        for _ in range(3):
            producer.push(agent)
        ballast = disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
        for _ in range(1000):
            try:
                producer.push(agent)
            except grpc.RpcError:
                break
        else:
            pytest.fail("batches were acked on a full disk")
        said = ended(agent)
        assert "No space left on device" in said and "_journal" in said, said
        # Whoever looks in the meantime finds what was acked.
        assert has(producer, "--warehouse", str(warehouse))
        ballast.unlink()
        agent.start()
        producer.push(agent)
        assert has(producer, "--connect", agent.url)
        assert agent.stop() == 0


def test_a_disk_that_is_read_only(disk: Path, tmp_path: Path, messages: wire.Messages) -> None:
    warehouse = disk / "warehouse"

    def remount(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)

    with agent_at(tmp_path, str(warehouse), {}) as agent:
        producer = Producer("ada", messages)
        producer.push(agent)
        assert agent.stop() == 0
        remount("ro")
        done = subprocess.run(
            [str(PROGRAM), "serve", "--warehouse", str(warehouse), "--grpc=127.0.0.1:0"]
            + ["--http=127.0.0.1:0", "--postgres=127.0.0.1:0"],
            capture_output=True,
            timeout=60,
            check=False,
            env=own_environment(tmp_path),
        )
        said = done.stderr.decode()
        assert done.returncode == 1
        assert "Read-only file system" in said and str(warehouse) in said, said
        assert has(producer, "--warehouse", str(warehouse)), "it can be read"
        remount("rw")
        agent.start()
        producer.push(agent)
        assert has(producer, "--connect", agent.url)


def test_a_permission_that_is_lost(messages: wire.Messages) -> None:
    """Of a directory that somebody changed under a running agent."""
    # Root may write wherever it is.
    nobody = 65_534 if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(dir="/tmp") as place, contextlib.ExitStack() as ending:
        home = Path(place)
        if nobody is not None:
            os.chown(home, nobody, nobody)
        environment = {"MODELDB_FOLD_INTERVAL": "300ms"}
        agent = Agent(home / "warehouse", home / "log", home, None, environment, user=nobody)

        def end() -> None:
            if agent.process is not None and agent.process.poll() is None:
                agent.kill()

        ending.callback(end)
        agent.start()
        producer = Producer("ada", messages)
        producer.push(agent)
        directories = [agent.warehouse, *filter(Path.is_dir, agent.warehouse.rglob("*"))]

        def may_write(may: bool) -> None:
            for directory in directories:
                directory.chmod(0o700 if may else 0o500)

        ending.callback(may_write, True)
        may_write(False)
        for _ in range(20):
            try:
                producer.push(agent)
            except grpc.RpcError:
                break

        def told() -> bool:
            log = agent.log.read_text()
            return "Permission denied" in log and str(agent.warehouse) in log

        wait_until(told, "the agent says so", SEEN)
        may_write(True)
        assert agent.process is not None
        if agent.process.poll() is not None:
            agent.start()
        producer.push(agent)
        warehouse = str(agent.warehouse)
        wait_until(partial(has, producer, "--warehouse", warehouse), "all is there", SEEN)
        assert agent.stop() == 0


def test_a_bucket_that_is_gone(tmp_path: Path, messages: wire.Messages) -> None:
    (tmp_path / "store").mkdir()
    with (
        moto(tmp_path / "store") as store,
        agent_at(tmp_path, store.url, store.environment) as agent,
    ):
        producer = Producer("ada", messages, patience=15)
        producer.push(agent)
        endpoint = store.environment["AWS_ENDPOINT_URL"]
        request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
        urllib.request.urlopen(request).close()
        said = refused(producer, agent)
        log = agent.log.read_text()
        assert "NoSuchBucket" in said + log, said + log


def test_credentials_that_expire(tmp_path: Path, messages: wire.Messages) -> None:
    directory, port = tmp_path / "store", free_port()
    server = partial(s3s, directory, port)
    producer = Producer("ada", messages, patience=15)
    with contextlib.ExitStack() as agents:
        with server() as store:
            agent = agents.enter_context(agent_at(tmp_path, store.url, store.environment))
            producer.push(agent)
        with server(secret="another-secret-key"):
            said = refused(producer, agent)
            log = agent.log.read_text()
            assert "SignatureDoesNotMatch" in said + log, said + log
        with server():

            def goes_on() -> bool:
                try:
                    producer.push(agent)
                except grpc.RpcError:
                    return False
                return True

            wait_until(goes_on, "the agent takes batches again", SEEN)
            wait_until(partial(has, producer, "--connect", agent.url), "all is there", SEEN)
