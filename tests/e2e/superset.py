"""A Superset of the tests' own, and its REST API."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import ROOT, wait_until

BIN = ROOT / "build/superset/bin"
DEFINITION = ROOT / "docs/superset/modeldb"

# Longest times.
SETUP = 180.0
STARTED = 90.0
ANSWERED = 60.0

USER = ("admin", "admin")

CONFIG = """
SECRET_KEY = "of a test"
SQLALCHEMY_DATABASE_URI = "sqlite:///{home}/superset.db"
WTF_CSRF_ENABLED = False
RATELIMIT_ENABLED = False
TALISMAN_ENABLED = False
"""


@dataclass
class Superset:
    """Its server in a process of its own, with nothing in it but a user."""

    home: Path
    url: str = ""
    token: str = ""
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> Superset:
        (self.home / "superset_config.py").write_text(CONFIG.format(home=self.home))
        own = {
            "SUPERSET_HOME": str(self.home),
            "SUPERSET_CONFIG_PATH": str(self.home / "superset_config.py"),
            "FLASK_APP": "superset.app:create_app()",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        self.environment = {**os.environ, **own}
        name, password = USER
        admin = ["fab", "create-admin", "--username", name, "--password", password]
        admin += ["--firstname", "A", "--lastname", "B", "--email", "a@example.org"]
        for command in (["db", "upgrade"], admin, ["init"]):
            done = subprocess.run(
                [str(BIN / "superset"), *command],
                capture_output=True,
                env=self.environment,
                timeout=SETUP,
                check=False,
            )
            assert done.returncode == 0, done.stderr.decode()[-3000:]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        with (self.home / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(BIN / "superset"), "run", "--port", str(port), "--with-threads"],
                stdout=log,
                stderr=log,
                env=self.environment,
            )
        wait_until(self.is_healthy, "a Superset that answers", STARTED)
        login = {"username": name, "password": password, "provider": "db", "refresh": False}
        self.token = self.post("security/login", login)["access_token"]
        return self

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.read() == b"OK")
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def post(self, path: str, body: Any) -> Any:
        return self.call("POST", path, json.dumps(body).encode(), "application/json")

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Any:
        """What the API answers; an AssertionError with its words where it refuses."""
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data=body, method=method)
        if kind:
            request.add_header("Content-Type", kind)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=ANSWERED) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            problem = f"{method} {path}: {error.code} {error.read().decode()[:2000]}"
            raise AssertionError(problem) from error

    def upload(self, path: str, archive: bytes, fields: dict[str, str]) -> Any:
        """A form with a file."""
        boundary = "a-boundary-of-a-test"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = (
            f"--{boundary}\r\nContent-Disposition: form-data; "
            'name="formData"; filename="modeldb.zip"\r\nContent-Type: application/zip\r\n\r\n'
        )
        parts += [head.encode(), archive, f"\r\n--{boundary}--\r\n".encode()]
        return self.call("POST", path, b"".join(parts), f"multipart/form-data; boundary={boundary}")
