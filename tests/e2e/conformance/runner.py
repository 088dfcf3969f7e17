"""Runs Spark programs one after the other in one driver, each as if it had been submitted.

    spark-submit … runner.py DIRECTORY [--witness] PROGRAM…

Python programs run by `runpy`, untouched, as `__main__`; each has a SparkContext of its own,
stopped in the end if it did not do it. For each NAME.py are written NAME.out (its standard
output) and, with `--witness`, NAME.calls (see `witness.py`); results.jsonl tells how each ended.
"""

from __future__ import annotations

import contextlib
import json
import random
import runpy
import sys
import time
import traceback
from pathlib import Path

from pyspark import SparkContext
from pyspark.sql import SparkSession

# PySpark draws the seeds of random splits that have none from Python's `random`: with this
# one, a run repeats. (Other seeds it takes from hashes of names, which spark-submit fixes.)
SEED = 71


def stop_spark() -> None:
    """Stops what a program left running."""
    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()
    context = SparkContext._active_spark_context
    if context is not None:
        context.stop()


def run(program: Path, out: Path) -> str | None:
    """Runs a program; answers why it failed, if it did."""
    sys.argv = [str(program)]
    random.seed(SEED)
    failure = None
    with out.open("w") as stdout, contextlib.redirect_stdout(stdout):
        try:
            runpy.run_path(str(program), run_name="__main__")
        except SystemExit as exit_:
            failure = f"exit {exit_.code}" if exit_.code else None
        except Exception:  # noqa: BLE001 - whatever a program throws is its result
            failure = traceback.format_exc()
        finally:
            stop_spark()
    return failure


def main() -> None:
    directory = Path(sys.argv[1])
    arguments = sys.argv[2:]
    watched = "--witness" in arguments
    programs = [Path(a) for a in arguments if not a.startswith("--")]
    if watched:
        import witness

        witness.install()
    with (directory / "results.jsonl").open("w") as results:
        for program in programs:
            began = time.monotonic()
            failure = run(program, directory / f"{program.stem}.out")
            seconds = round(time.monotonic() - began, 2)
            line = {"program": program.stem, "failure": failure, "seconds": seconds}
            results.write(json.dumps(line) + "\n")
            results.flush()
            if watched:
                calls = witness.take()
                (directory / f"{program.stem}.calls").write_text(
                    "".join(json.dumps(call) + "\n" for call in calls)
                )


if __name__ == "__main__":
    main()
