"""Asks the agent: SQL over Flight, as pandas, polars or Arrow."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from . import session

FORMATS = ("pandas", "polars", "arrow")


def sql(
    query: str,
    parameters: list[Any] | None = None,
    *,
    format: str = "pandas",
    agent: str | None = None,
) -> Any:
    """The rows of a query, as a `pandas.DataFrame`, a `polars.DataFrame` or a `pyarrow.Table`.

    `parameters` stand for `$1`, `$2`, … in the query. What this process tracked is delivered
    first, so that it can be asked for at once. Needs `adbc-driver-flightsql` and `pyarrow`
    (`pip install 'modeldb[sql]'`). Raises ValueError for a format that is not one of these, and
    what the driver raises for a query that is wrong.
    """
    if format not in FORMATS:
        raise ValueError(f"format = {format!r} is not accepted: one of {', '.join(FORMATS)} is")
    going_on = session._session
    if going_on is not None:
        going_on.delivery.flush(going_on.settings.flush_timeout)
    try:
        from adbc_driver_flightsql import dbapi
    except ImportError as error:
        raise ImportError(
            "modeldb.sql needs adbc-driver-flightsql and pyarrow: pip install 'modeldb[sql]'"
        ) from error
    with dbapi.connect(_flight(session.agent_in_use(agent)), autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)
            table = cursor.fetch_arrow_table()
    if format == "pandas":
        return table.to_pandas()
    if format == "polars":
        import polars

        return polars.from_arrow(table)
    return table


def _flight(url: str) -> str:
    """The agent's address as ADBC has it."""
    parts = urlsplit(url)
    return (
        f"grpc{'+tls' if parts.scheme == 'https' else ''}://{parts.hostname}:{parts.port or 7617}"
    )
