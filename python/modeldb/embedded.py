"""Starts an agent on this machine where none answers, if the user chose so."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from . import program

logger = logging.getLogger("modeldb")

READY_SECONDS = 20.0
PROBE_SECONDS = 0.5


def ensure(agent: str) -> bool:
    """Whether somebody listens there; where nobody does, an agent is started and waited for.

    It goes on when this program ends: its page is where the models can be looked at. Its log is
    `~/.modeldb/agent.log`. Of two programs that start one at once, one agent stays.
    """
    parts = urlsplit(agent)
    host, port = parts.hostname or "127.0.0.1", parts.port or 7617
    if _answers(host, port):
        return True
    log = Path.home() / ".modeldb/agent.log"
    try:
        command = [program.path(), "serve", "--grpc", f"{host}:{port}"]
        log.parent.mkdir(mode=0o700, exist_ok=True)
        with log.open("ab") as out:
            started = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd=Path.home(),
                env={k: v for k, v in os.environ.items() if k != "MODELDB_AGENT"},
            )
    except (program.NoProgram, OSError) as error:
        logger.warning("no agent can be started: %s", error)
        return False
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if _answers(host, port):
            logger.info("an agent was started (process %d, log %s)", started.pid, log)
            return True
        if started.poll() is not None:
            break
        time.sleep(0.05)
    logger.warning("the agent that was started does not answer: see %s", log)
    return False


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=PROBE_SECONDS):
            return True
    except OSError:
        return False
