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


def driver_options(run: Any) -> str:
    """Options of Java with which a driver has the bridge, and tells what this process would.

    Its run stands inside the one of this process where that one is told anyhow; else it is the
    only one. Raises NoJar.
    """
    settings = run.settings
    described = run.described()
    told = {
        "agent": settings.agent,
        "project": described["project"],
        "experiment": described["experiment"],
        "run.name": described["name"],
        "flush.timeout": f"{int(settings.flush_timeout * 1000)}ms",
        "spool.dir": settings.spool_dir,
        "sample.exclude": ",".join(settings.sample_exclude),
    }
    if settings.sample_rows == 0:
        told["sample.mode"] = "off"
    told |= {f"tags.{key}": value for key, value in described["tags"].items()}
    if run.is_started:
        told["run.parent"] = run.run_id
    else:
        run.always = False
    options = [f"-javaagent:{jar()}"]
    options += [f"-Dspark.modeldb.{name}={value}" for name, value in told.items() if value]
    return " ".join(_quoted(option) for option in options)


def _quoted(option: str) -> str:
    """As spark-submit reads options: in quotes, with backslashes before them."""
    return '"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
