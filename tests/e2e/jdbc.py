"""Programs in tests/e2e/programs/jdbc, which ask an agent through a JDBC driver."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from conftest import PROGRAMS, ROOT

# For all questions together, on a busy machine.
PATIENCE = 300

Answers = dict[str, str]


def answers(driver: str, program: str, url: str, classes: Path) -> Answers:
    """What a program's questions are answered with."""
    jar = ROOT / "target/drivers" / driver
    assert jar.exists(), f"{jar.relative_to(ROOT)} is missing: run scripts/setup"
    sources = [PROGRAMS / f"jdbc/{name}.java" for name in ("Questions", program)]
    subprocess.run(["javac", "--release", "17", "-d", classes, *sources], check=True)
    # Arrow reads memory that Java keeps to itself.
    opened = "--add-opens=java.base/java.nio=ALL-UNNAMED"
    done = subprocess.run(
        ["java", opened, "-cp", f"{jar}{os.pathsep}{classes}", program, url],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return dict(line.split("\t", 1) for line in done.stdout.decode().splitlines())
