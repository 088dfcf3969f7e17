"""The bridge for Spark that the package brings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

LISTENER = "io.modeldb.spark.ModelDBListener"
NAME = "modeldb-spark-bridge.jar"


class NoJar(RuntimeError):
    """The jar is not where the package has it."""


def jar() -> str:
    """The path of `modeldb-spark-bridge.jar`, for `spark-submit --jars` or `-javaagent:`.

    `MODELDB_SPARK_JAR` says where another one is. Raises NoJar.
    """
    given = os.environ.get("MODELDB_SPARK_JAR")
    if given:
        return given
    here = Path(__file__).resolve().parent
    for place in (here / "jars" / NAME, here.parents[1] / "jvm-bridge/target" / NAME):
        if place.exists():
            return str(place)
    raise NoJar(f"{NAME} is not in this package: MODELDB_SPARK_JAR may say where it is")


def configure(
    builder: Any, *, project: str = "", experiment: str = "", agent: str = "", **settings: str
) -> Any:
    """Has a `SparkSession.builder` attach the bridge; answers the builder.

        spark = modeldb.spark.configure(SparkSession.builder, project="churn").getOrCreate()

    `settings` are those of docs/spark.md without `spark.modeldb.`, with `_` for `.`. Jars and
    listeners that the builder has already stay.
    """
    had = dict(getattr(builder, "_options", {}))
    for key, value in (("spark.jars", jar()), ("spark.extraListeners", LISTENER)):
        known = [part for part in str(had.get(key, "")).split(",") if part]
        if value not in known:
            known.append(value)
        builder = builder.config(key, ",".join(known))
    told = {"project": project, "experiment": experiment, **settings}
    told["agent"] = agent or os.environ.get("MODELDB_AGENT", "")
    for name, text in told.items():
        if text:
            builder = builder.config(f"spark.modeldb.{name.replace('_', '.')}", str(text))
    return builder
