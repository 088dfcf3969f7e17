"""Servers of object stores, as one finds them in registries, each with a bucket of its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from azure.storage.blob import BlobServiceClient

from conftest import ROOT

SERVERS = ROOT / "build/servers"
SERVER_READY = 60.0
BUCKET = "models"


@dataclass
class ObjectStore:
    """A bucket, and what a client needs in its environment to reach it."""

    url: str
    environment: dict[str, str]
    # For the Python reader of Delta tables.
    options: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(command: list[str], directory: Path, port: int) -> Iterator[None]:
    """A server that listens on the port until it is no longer needed."""
    log = directory / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=directory)
    try:
        deadline = time.monotonic() + SERVER_READY
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{command[0]} did not start: {log.read_text()[-2000:]}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def s3(endpoint: str) -> ObjectStore:
    environment = {
        "AWS_ACCESS_KEY_ID": "an-access-key",
        "AWS_SECRET_ACCESS_KEY": "a-secret-key",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
    }
    options = environment | {"AWS_ALLOW_HTTP": "true"}
    return ObjectStore(f"s3://{BUCKET}/team/warehouse", environment, options)


@contextlib.contextmanager
def s3s(
    directory: Path, port: int | None = None, secret: str = "a-secret-key"
) -> Iterator[ObjectStore]:
    """s3s-fs, in Rust, from crates.io; `secret` is the one that it takes."""
    port = port or free_port()
    (directory / "data" / BUCKET).mkdir(parents=True, exist_ok=True)
    command = [str(SERVERS / "bin/s3s-fs"), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--access-key", "an-access-key", "--secret-key", secret]
    with running([*command, str(directory / "data")], directory, port):
        yield s3(f"http://127.0.0.1:{port}")


@contextlib.contextmanager
def moto(directory: Path) -> Iterator[ObjectStore]:
    """moto, in Python, from PyPI."""
    port = free_port()
    command = [str(ROOT / ".venv/bin/moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(command, directory, port):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/{BUCKET}", method="PUT")
        urllib.request.urlopen(request).close()
        yield s3(f"http://127.0.0.1:{port}")


@contextlib.contextmanager
def azurite(directory: Path) -> Iterator[ObjectStore]:
    """Azurite, Microsoft's own emulator of Blob Storage, from npm."""
    port = free_port()
    program = SERVERS / "azurite/node_modules/.bin/azurite-blob"
    command = [str(program), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    command += ["--location", str(directory), "--skipApiVersionCheck", "--silent"]
    account = "devstoreaccount1"
    # Published with the emulator: no secret.
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    endpoint = f"http://127.0.0.1:{port}/{account}"
    with running(command, directory, port):
        BlobServiceClient(endpoint, credential=key).create_container(BUCKET)
        environment = {
            "AZURE_STORAGE_ACCOUNT_NAME": account,
            "AZURE_STORAGE_ACCOUNT_KEY": key,
            "AZURE_STORAGE_ENDPOINT": endpoint,
        }
        options = environment | {"allow_http": "true"}
        yield ObjectStore(f"az://{BUCKET}/team/warehouse", environment, options)


Server = Callable[[Path], contextlib.AbstractContextManager[ObjectStore]]

SERVER_BY_NAME: dict[str, Server] = {"s3s-fs": s3s, "moto": moto, "azurite": azurite}
