"""Models in the warehouse: put there, and brought back by their id."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator
from typing import Any

from . import session
from .delivery import wire
from .delivery.agent import AgentClient, AgentError, Kind
from .record import components
from .record.run import Operation, Run, now_us
from .record.values import class_name
from .settings import FORMATS

PIECE_BYTES = 1 << 20
# The agent's own limit is 4 GiB.
MAX_BYTES = 4 << 30
MAX_RESTARTS = 3


class ArtifactError(RuntimeError):
    """A model that cannot be put away, or is not there."""


def put(run: Run, operation: Operation, model: Any, format: str) -> str:
    """Puts a copy of a model into the warehouse; answers its digest.

    Raises ArtifactError where it cannot be written in that format or the agent does not take it.
    """
    content = _written(model, format)
    began, started_at = time.perf_counter(), now_us()
    sha256 = _upload(run, format, content)
    told = _saved(run, operation, model, format, sha256, len(content))
    duration = int((time.perf_counter() - began) * 1e6)
    run.tell("saved", {**told, "started_at_us": started_at, "duration_us": duration})
    return sha256


def put_later(run: Run, operation: Operation, model: Any, format: str) -> None:
    """Writes a copy of a model now, and puts it into the warehouse on the delivery thread; one
    that the agent does not take is counted.

    Raises ArtifactError where it cannot be written in that format.
    """
    started_at = now_us()
    content = _written(model, format)
    told = _saved(run, operation, model, format, "", len(content))

    def make() -> Iterator[dict[str, Any]]:
        try:
            sha256 = _upload(run, format, content)
        except ArtifactError:
            run.delivery.lost("model_not_saved")
            return
        uri = _uri(sha256, format)
        yield {**told, "sha256": sha256, "uri": uri, "started_at_us": started_at}

    run.tell_later("saved", make, size=len(content))


def _uri(sha256: str, format: str) -> str:
    return f"artifacts/_files/{sha256}/model.{format}"


def _saved(
    run: Run, operation: Operation, model: Any, format: str, sha256: str, size: int
) -> dict[str, Any]:
    """A `Saved` message, without its times."""
    return {
        "operation": run.number(),
        "model": operation.number,
        "component": components.component(model, operation.uid)
        if components.is_estimator(model)
        else {"class_name": class_name(type(model)), "uid": operation.uid},
        "uri": _uri(sha256, format),
        "format": format,
        "bytes": size,
        "sha256": sha256,
    }


def _upload(run: Run, format: str, content: bytes) -> str:
    name = f"model.{format}"
    digest = hashlib.sha256(content).hexdigest()
    manifest = f"{digest} {len(content)} {name}\n".encode()
    sha256 = hashlib.sha256(manifest).hexdigest()
    client = AgentClient(run.settings.agent)
    file = {"path": name, "size": len(content), "sha256": digest}
    try:
        _send(client, run.delivery.producer, sha256, file, content)
    except AgentError as error:
        raise ArtifactError(f"the agent did not take the model: {error}") from None
    finally:
        client.close()
    return sha256


def _written(model: Any, format: str) -> bytes:
    if format not in FORMATS:
        accepted = ", ".join(FORMATS)
        raise ArtifactError(f"save = {format!r} is not accepted: one of {accepted} is")
    try:
        if format == "skops":
            try:
                from skops.io import dumps
            except ImportError:
                raise ArtifactError(
                    "saving with skops needs it: pip install 'modeldb[skops]'"
                ) from None
            content = bytes(dumps(model))
        elif format == "joblib":
            import joblib

            buffer = io.BytesIO()
            joblib.dump(model, buffer)
            content = buffer.getvalue()
        else:
            import pickle

            content = pickle.dumps(model)
    except ArtifactError:
        raise
    except Exception as error:
        kind = class_name(type(model))
        raise ArtifactError(f"a {kind} cannot be saved with {format}: {error}") from error
    if len(content) > MAX_BYTES:
        raise ArtifactError(f"the model has {len(content)} bytes; at most {MAX_BYTES} are accepted")
    return content


def _send(
    client: AgentClient, producer: Any, sha256: str, file: dict[str, Any], content: bytes
) -> None:
    for restart in range(MAX_RESTARTS + 1):
        try:
            for at in range(0, max(len(content), 1), PIECE_BYTES):
                request = wire.message("PutArtifactRequest")(
                    producer=producer,
                    sha256=sha256,
                    files=[file] if at == 0 else [],
                    offset=at,
                    content=content[at : at + PIECE_BYTES],
                )
                if client.call("PutArtifact", request, "PutArtifactResponse").complete:
                    return
            return
        except AgentError as error:
            # The agent knows nothing of what was sent before.
            if error.kind is not Kind.GAP or restart == MAX_RESTARTS:
                raise


def load_model(model_id: str, *, agent: str | None = None, trusted: bool = False) -> Any:
    """A model that was saved with its run, by its id.

    `trusted`: whether the one who saved it is trusted to run code here, which joblib, pickle and
    types that skops does not know do. Raises ArtifactError where nothing is saved of the model,
    and where it needs that trust.
    """
    from .query import sql

    rows = sql(
        "select sha256, format, uri from artifacts where model_id = $1 order by saved_at desc",
        [model_id],
        format="arrow",
        agent=agent,
    ).to_pylist()
    saved = next((row for row in rows if row["sha256"]), None)
    if saved is None:
        where = f": it was saved to {rows[0]['uri']}" if rows else ""
        raise ArtifactError(f"the warehouse has no copy of the model {model_id!r}{where}")
    content = _fetch(agent, saved["sha256"])
    if saved["format"] == "skops":
        from skops.io import get_untrusted_types, loads

        unknown = get_untrusted_types(data=content)
        if unknown and not trusted:
            raise ArtifactError(
                f"the model {model_id!r} has types that skops does not know: {', '.join(unknown)}; "
                "trusted=True loads it"
            )
        return loads(content, trusted=unknown)
    if not trusted:
        raise ArtifactError(
            f"the model {model_id!r} was saved with {saved['format']}, which runs code when it is "
            "loaded; trusted=True loads it"
        )
    if saved["format"] == "joblib":
        import joblib

        return joblib.load(io.BytesIO(content))
    import pickle

    return pickle.loads(content)


def _fetch(agent: str | None, sha256: str) -> bytes:
    client = AgentClient(session.agent_in_use(agent))
    content = bytearray()
    try:
        while True:
            request = wire.message("GetArtifactRequest")(sha256=sha256, offset=len(content))
            answer = client.call("GetArtifact", request, "GetArtifactResponse")
            content += answer.content
            if len(content) >= answer.files[0].size:
                break
    except AgentError as error:
        raise ArtifactError(f"the agent does not give the model: {error}") from None
    finally:
        client.close()
    if hashlib.sha256(content).hexdigest() != answer.files[0].sha256:
        raise ArtifactError("what came has another digest than what was saved")
    return bytes(content)
