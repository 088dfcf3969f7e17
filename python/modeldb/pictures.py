"""Pictures for notebooks: a model, a pipeline, a comparison. Each is an object with
`_repr_html_`, and prints as text elsewhere."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from .query import sql

MAX_ROWS = 60
MAX_FEATURES = 10
STYLE = "font-family: system-ui, sans-serif; font-size: 13px; line-height: 1.45; max-width: 60em"
CELL = "padding: 2px 10px 2px 0; text-align: left; vertical-align: top"
BOX = "border: 1px solid currentColor; border-radius: 6px; padding: 6px 10px; margin: 4px 0"


class NoModel(LookupError):
    """No model has this id."""


class Picture:
    """What a notebook shows."""

    def __init__(self, title: str, parts: Sequence[tuple[str, str]], text: str) -> None:
        self._title, self._parts, self._text = title, parts, text

    def _repr_html_(self) -> str:
        parts = "".join(
            f"<div style='margin-top: 8px'><b>{html.escape(name)}</b>{body}</div>"
            for name, body in self._parts
        )
        return f"<div style='{STYLE}'><div><b>{html.escape(self._title)}</b></div>{parts}</div>"

    def __repr__(self) -> str:
        return self._text


def show(model_id: str, *, agent: str | None = None) -> Picture:
    """A model: what it is, its parameters that somebody set, its metrics, its best features.

    Raises NoModel.
    """
    [model] = _models([model_id], agent)
    params = _rows(
        "select name, value from params where model_id = $1 and not is_default order by name",
        [model_id],
        agent,
    )
    metrics = _rows(
        "select name, value, slice, source from metrics where model_id = $1 and step is null "
        "order by source, name",
        [model_id],
        agent,
    )
    features = _rows(
        "select name, coefficient, importance from features where model_id = $1 and position >= 0",
        [model_id],
        agent,
    )
    features.sort(key=_weight, reverse=True)
    features = features[:MAX_FEATURES]
    kind = str(model["estimator"]).rpartition(".")[2]
    about = f"{model['status']}, {model['project']}, {model['started_at']:%Y-%m-%d %H:%M}"
    parts = [("parameters", _table(params)), ("metrics", _table(metrics))]
    if features:
        parts.append(("features", _table(features)))
    text = f"{kind} {model_id}: " + ", ".join(f"{m['name']} {m['value']:.4g}" for m in metrics)
    return Picture(f"{kind} — {model_id} ({about})", parts, text)


def show_pipeline(model_id: str, *, agent: str | None = None) -> Picture:
    """A pipeline, stage by stage, with what is inside each. Raises NoModel."""
    [model] = _models([model_id], agent)
    kind = str(model["estimator"]).rpartition(".")[2]
    body, lines = _stages(model_id, agent, 0)
    return Picture(f"{kind} — {model_id}", [("stages", body)], "\n".join([kind, *lines]))


def compare(*model_ids: str, agent: str | None = None) -> Picture:
    """Two models or more, side by side: what differs first. Raises NoModel."""
    models = _models(model_ids, agent)
    found: dict[str, dict[str, Any]] = {}
    for model in models:
        for name, value in dict(model["params"] or []).items():
            found.setdefault(f"{name}", {})[model["model_id"]] = value
        metrics = _rows(
            "select name, value, slice from metrics where model_id = $1 and source = 'evaluator'",
            [model["model_id"]],
            agent,
        )
        for row in metrics:
            of = f" where {row['slice']}" if row["slice"] else ""
            found.setdefault(f"metric {row['name']}{of}", {})[model["model_id"]] = row["value"]
    ids = [model["model_id"] for model in models]
    rows = [{"": name, **{f"{i}": values.get(i) for i in ids}} for name, values in found.items()]
    differs = [row for row in rows if len({str(row[i]) for i in ids}) > 1]
    same = [row for row in rows if row not in differs]
    text = "\n".join(f"{row['']}: " + " | ".join(str(row[i]) for i in ids) for row in differs)
    parts = [("differs", _table(differs)), (f"the same ({len(same)})", "")]
    return Picture("comparison", parts, text)


def _stages(model_id: str, agent: str | None, depth: int) -> tuple[str, list[str]]:
    stages = _rows(
        "select uid, class, model_id, params, input_columns from stages "
        "where pipeline_model_id = $1 order by stage_index",
        [model_id],
        agent,
    )
    body, lines = "", []
    for stage in stages:
        kind = str(stage["class"]).rpartition(".")[2]
        columns = ", ".join(stage["input_columns"] or [])
        lines.append(f"{'  ' * (depth + 1)}{stage['uid']}: {kind} {columns}".rstrip())
        inner = ""
        if stage["model_id"] and depth < 6:
            inner, more = _stages(stage["model_id"], agent, depth + 1)
            lines += more
        name = f"<b>{html.escape(str(stage['uid']))}</b> {html.escape(kind)}"
        of = f"<div>{html.escape(columns)}</div>" if columns else ""
        body += f"<div style='{BOX}'>{name}{of}{inner}</div>"
    return body, lines


def _models(model_ids: Iterable[str], agent: str | None) -> list[dict[str, Any]]:
    found = []
    for model_id in model_ids:
        rows = _rows("select * from models where model_id = $1", [model_id], agent)
        if not rows:
            raise NoModel(f"no model has the id {model_id!r}")
        found.append(rows[0])
    return found


def _rows(query: str, parameters: list[Any], agent: str | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sql(query, parameters, format="arrow", agent=agent).to_pylist()
    return rows


def _weight(feature: dict[str, Any]) -> float:
    importance = feature["importance"]
    weight = feature["coefficient"] if importance is None else importance
    return abs(float(weight or 0.0))


def _table(rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return "<div>none</div>"
    names = [name for name in rows[0] if any(row.get(name) is not None for row in rows)]
    head = "".join(f"<th style='{CELL}'>{html.escape(name)}</th>" for name in names)
    body = ""
    for row in rows[:MAX_ROWS]:
        cells = "".join(f"<td style='{CELL}'>{_text(row.get(name))}</td>" for name in names)
        body += f"<tr>{cells}</tr>"
    more = f"<div>{len(rows) - MAX_ROWS} more</div>" if len(rows) > MAX_ROWS else ""
    return f"<table><tr>{head}</tr>{body}</table>{more}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return html.escape(f"{value:.6g}" if isinstance(value, float) else str(value))
