"""`python -m modeldb`: runs a script and tracks it; anything else is done by the program."""

from __future__ import annotations

import sys

USAGE = """usage: python -m modeldb run [--project P] [--experiment E] [--name N] [--tag K=V] \
[--agent URL] script.py [arguments]
       python -m modeldb run [options] -m module [arguments]
       python -m modeldb import mlflow URI

Runs a Python script, which need not know of us, and tracks what it does. Other commands are
those of the program: python -m modeldb serve, sql, status, …
"""


def main(arguments: list[str]) -> int:
    """Answers the exit code."""
    if arguments[:1] == ["run"]:
        from .launch import launch

        return launch(arguments[1:])
    if arguments[:2] == ["import", "mlflow"]:
        from . import mlflow_import

        return mlflow_import.main(arguments[2:])
    if arguments[:1] == ["import"] and arguments[1:2] not in (["-h"], ["--help"]):
        given = f"{arguments[1]!r} is not known" if arguments[1:] else "no history is named"
        sys.stderr.write(f"modeldb import: {given}; accepted is mlflow\n")
        return 2
    if not arguments or arguments[0] in ("-h", "--help", "import"):
        sys.stdout.write(USAGE)
        return 0 if arguments else 2
    from .program import run_program

    return run_program(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
