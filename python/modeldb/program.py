"""The program `modeldb`, which the wheel brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path


class NoProgram(RuntimeError):
    """The program is not installed."""


def path() -> str:
    """Where the program is: `MODELDB_PROGRAM`, else beside this Python, else in the path.

    Raises NoProgram.
    """
    given = os.environ.get("MODELDB_PROGRAM")
    if given:
        return given
    suffix = ".exe" if os.name == "nt" else ""
    beside = Path(sysconfig.get_path("scripts")) / f"modeldb{suffix}"
    if beside.exists():
        return str(beside)
    found = shutil.which("modeldb")
    if found is None:
        raise NoProgram(
            "the program modeldb is not installed beside this Python, nor in the path; "
            "MODELDB_PROGRAM may say where it is"
        )
    return found


def run_program(arguments: list[str]) -> int:
    """Runs it with these arguments; answers its exit code."""
    try:
        program = path()
    except NoProgram as error:
        sys.stderr.write(f"modeldb: {error}\n")
        return 127
    return subprocess.call([program, *arguments])
