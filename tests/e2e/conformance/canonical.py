"""What was captured of a run in a form that compares: small, readable, the same each time.

Ids become names (`LogisticRegression 2` is the second fit of one; `d3` a dataset), times and
machine's paths go, parameters are those that somebody set. A golden file is one such form,
written one row a line; `"*"` in it stands for a value that differs from run to run, or that
the program's text does not determine.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = dict[str, Any]
Canonical = dict[str, Any]

ANY = "*"

# Significant digits of a measured value that are compared.
DIGITS = 4

# A longer list of columns or slots is given by its ends.
LONGEST_LIST = 12

# A longer text of a step is given by its beginning.
LONGEST_TEXT = 200

UID = re.compile(r"_[0-9a-f]{12}\b|_[0-9a-f]{12}(?=_)")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DATA = re.compile(r"file:/*[^\s\"',\]]*/(data/mllib|data)/")
TEMPORARY = re.compile(r"file:/*(?:[^\s\"',\]/]*/)*tmp\w{8}")


def short(class_name: str | None) -> str | None:
    """A class without its package."""
    return class_name.rpartition(".")[2] if class_name else None


def stable(value: Any) -> Any:
    """A value without what is new in each run; the same structure."""
    if isinstance(value, str):
        value = UUID.sub("uuid", UID.sub("_uid", value))
        value = DATA.sub(lambda match: match[1] + "/", value)
        return TEMPORARY.sub("file:tmp", value)
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list):
        return [stable(each) for each in value]
    if isinstance(value, dict):
        return {stable(key): stable(each) for key, each in value.items()}
    return value


def brief(values: Iterable[Any] | None) -> Any:
    """A list that is too long to read, by its ends."""
    listed = list(values or [])
    if len(listed) <= LONGEST_LIST:
        return listed
    return [*listed[:2], f"{len(listed) - 3} more", listed[-1]]


def row(**columns: Any) -> Row:
    """Without what is not there."""
    return {
        name: stable(value)
        for name, value in columns.items()
        if value is not None and value != [] and value != {} and value is not False
    }


class _Names:
    """Names for ids: a word and a running number."""

    def __init__(self) -> None:
        self.names: dict[str | None, str | None] = {None: None}
        self.counts: Counter[str] = Counter()

    def give(self, key: str, word: str, separator: str = " ") -> None:
        self.counts[word] += 1
        self.names[key] = f"{word}{separator}{self.counts[word]}"

    def __getitem__(self, key: str | None) -> str | None:
        return self.names.get(key, "unknown")


def _depths(rows: Iterable[Row], key: str, parent: str) -> dict[str, int]:
    parents = {each[key]: each[parent] for each in rows}

    def depth(identity: str | None) -> int:
        return -1 if identity not in parents else 1 + depth(parents[identity])

    return {identity: depth(identity) for identity in parents}


def _datasets_in_order(tables: Mapping[str, list[Row]]) -> list[Row]:
    """Parents first, then in the order in which they were met."""
    parents: dict[str, set[str]] = defaultdict(set)
    for edge in tables["dataset_edges"]:
        if edge["parent_dataset_id"] is not None:
            parents[edge["child_dataset_id"]].add(edge["parent_dataset_id"])
    known = {each["dataset_id"] for each in tables["datasets"]}
    left = sorted(
        tables["datasets"],
        key=lambda each: (each["created_at"], json.dumps(each["columns"]), each["state_id"] or ""),
    )
    ordered: list[Row] = []
    done: set[str] = set()
    while left:
        ready = [each for each in left if not (parents[each["dataset_id"]] & known) - done]
        first = ready[0] if ready else left[0]
        left.remove(first)
        ordered.append(first)
        done.add(first["dataset_id"])
    return ordered


def _repeated(models: list[Row]) -> set[str]:
    """Fits of a search that are like its first fold's first, with all that is inside them."""
    found: set[str] = set()
    for model in sorted(models, key=lambda m: str(m["started_at"])):
        in_search = model["role"] in ("fold", "candidate")
        if in_search and (model["fold"] or model["candidate_index"]):
            found.add(model["model_id"])
    parents = {model["model_id"]: model["parent_model_id"] for model in models}
    for model_id in parents:
        above: str | None = model_id
        while above is not None and above not in found:
            above = parents.get(above)
        if above is not None:
            found.add(model_id)
    return found


def _told_once(tables: Mapping[str, list[Row]]) -> tuple[dict[str, list[Row]], Row]:
    """Without the fits of a search after the first and what only they need, which the
    search's candidates sum up; and how many rows that leaves out."""
    repeated = _repeated(tables["models"])
    if not repeated:
        return dict(tables), {}
    kept = {
        name: [row for row in rows if row.get("model_id") not in repeated]
        for name, rows in tables.items()
    }
    kept["stages"] = [s for s in kept["stages"] if s["pipeline_model_id"] not in repeated]
    above: dict[str, set[str]] = defaultdict(set)
    for edge in tables["dataset_edges"]:
        if edge["parent_dataset_id"] is not None:
            above[edge["child_dataset_id"]].add(edge["parent_dataset_id"])
    walk = [row["dataset_id"] for name in ("models", "metrics") for row in kept[name]]
    walk += [row["output_dataset_id"] for row in kept["transforms"] if row["model_id"]]
    needed: set[str | None] = set()
    while walk:
        dataset = walk.pop()
        if dataset not in needed:
            needed.add(dataset)
            walk += above[dataset]
    kept["transforms"] = [t for t in kept["transforms"] if t["output_dataset_id"] in needed]
    kept["datasets"] = [d for d in kept["datasets"] if d["dataset_id"] in needed]
    left_out = {
        name: len(tables[name]) - len(kept[name])
        for name in ("models", "stages", "transforms", "metrics", "datasets")
    }
    return kept, left_out


def canonical(tables: Mapping[str, list[Row]]) -> Canonical:
    """The rows of one run."""
    every, (tables, left_out) = tables, _told_once(tables)
    models, transforms = tables["models"], tables["transforms"]
    fit_depth = _depths(models, "model_id", "parent_model_id")
    models = sorted(models, key=lambda m: (m["started_at"], fit_depth[m["model_id"]]))
    transform_depth = _depths(transforms, "transform_id", "parent_transform_id")
    transforms = sorted(
        transforms, key=lambda t: (t["started_at"], transform_depth[t["transform_id"]])
    )
    model_names, transform_names, dataset_names = _Names(), _Names(), _Names()
    for model in models:
        model_names.give(model["model_id"], str(short(model["estimator"])))
    for transform in transforms:
        transform_names.give(transform["transform_id"], str(short(transform["transformer"])))
    datasets = _datasets_in_order(tables)
    for dataset in datasets:
        dataset_names.give(dataset["dataset_id"], "d", "")

    set_params: dict[str, dict[str, Any]] = defaultdict(dict)
    for param in sorted(tables["params"], key=lambda p: str(p["name"])):
        if not param["is_default"]:
            set_params[param["model_id"]][param["name"]] = param["value"]

    def place(model: Row) -> Row:
        return row(
            model=model_names[model["model_id"]],
            kind=model["kind"],
            role=model["role"],
            within=model_names[model["parent_model_id"]],
            stage=model["stage_index"],
            candidate=model["candidate_index"],
            fold=model["fold"],
            inferred=model["inferred"],
            gives=short(model["model_class"]),
            problem=model["problem_type"],
            dataset=dataset_names[model["dataset_id"]],
            features=brief(model["feature_columns"]),
            label=model["label_column"],
            prediction=model["prediction_column"],
            sources=brief(model["source_columns"]),
            params=set_params[model["model_id"]],
            status=None if model["status"] == "finished" else model["status"],
            error=model["error"],
        )

    edges: dict[str, list[str]] = defaultdict(list)
    for edge in tables["dataset_edges"]:
        parent = dataset_names[edge["parent_dataset_id"]]
        told = " ".join(
            str(part)
            for part in (
                edge["operation"],
                parent,
                transform_names[edge["transform_id"]],
                _short(edge["detail"]),
            )
            if part
        )
        edges[edge["child_dataset_id"]].append(told)

    result: Canonical = {
        "run": [_run(each) for each in tables["runs"]],
        "models": [place(model) for model in models],
        "stages": [
            row(
                of=model_names[each["pipeline_model_id"]],
                stage=each["stage_index"],
                **{"class": short(each["class"])},
                model=model_names[each["model_id"]],
                reads=brief(each["input_columns"]),
                writes=brief(each["output_columns"]),
            )
            for each in _by_names(
                tables["stages"],
                lambda s: (model_names[s["pipeline_model_id"]], s["stage_index"]),
            )
        ],
        "candidates": [
            row(
                of=model_names[each["search_model_id"]],
                candidate=each["candidate_index"],
                params=each["params"],
                metric=each["metric"],
                mean=each["mean"],
                folds=each["fold_values"],
                best=each["is_best"],
            )
            for each in _by_names(
                tables.get("candidates", []),
                lambda c: (model_names[c["search_model_id"]], c["candidate_index"]),
            )
        ],
        "transforms": [
            row(
                transform=transform_names[each["transform_id"]],
                model=model_names[each["model_id"]],
                within=transform_names[each["parent_transform_id"]],
                stage=each["stage_index"],
                inferred=each.get("inferred"),
                input=dataset_names[each["input_dataset_id"]],
                output=dataset_names[each["output_dataset_id"]],
                reads=brief(each["input_columns"]),
                writes=brief(each["output_columns"]),
                status=None if each["status"] == "finished" else each["status"],
                error=each["error"],
            )
            for each in transforms
        ],
        "metrics": _metrics(tables["metrics"], model_names, dataset_names),
        "datasets": [
            row(
                dataset=dataset_names[each["dataset_id"]],
                columns=_columns(each, datasets, tables["dataset_edges"]),
                read=each["source_uris"],
                written=each["written_uris"],
                **{"from": sorted(edges[each["dataset_id"]])},
            )
            for each in datasets
        ],
        "features": _features(tables.get("features", []), model_names),
        "trees": [
            row(model=model_names[key], trees=len({n["tree"] for n in nodes}), nodes=len(nodes))
            for key, nodes in _grouped(tables.get("trees", []), "model_id", model_names)
        ],
        "artifacts": [
            row(
                model=model_names[each["model_id"]],
                **{"class": short(each["class"])},
                uri=each["uri"],
                format=each["format"],
                status=None if each["status"] == "finished" else each["status"],
            )
            for each in _by_names(tables.get("artifacts", []), lambda a: a["saved_at"])
        ],
        "samples": [
            row(
                dataset=dataset_names[each["dataset_id"]],
                role=each["role"],
                method=each["method"],
                rows=each["row_count"],
                columns=brief(
                    c["name"] if isinstance(c, dict) else c for c in each["columns"] or []
                ),
            )
            for each in _by_names(
                tables.get("samples", []), lambda s: (dataset_names[s["dataset_id"]], s["role"])
            )
        ],
        "predictions": [
            row(model=model_names[key], rows=len(rows))
            for key, rows in _grouped(tables.get("predictions", []), "model_id", model_names)
        ],
        "like_the_first_fold": left_out,
        "actions": dict(sorted(Counter(each["kind"] for each in every["actions"]).items())),
        "unknown_events": len(tables["unknown_events"]) or None,
    }
    return {name: told for name, told in result.items() if told}


def _short(detail: str | None) -> str | None:
    """A long text by its beginning: the tables cut it too, perhaps inside of a random name."""
    told = stable(detail)
    return told if told is None or len(told) <= LONGEST_TEXT else f"{told[:LONGEST_TEXT]}…"


def _columns(dataset: Row, datasets: list[Row], edges: list[Row]) -> list[Any]:
    """Its columns; where it has one parent, those that came and went."""
    parents = {
        edge["parent_dataset_id"]
        for edge in edges
        if edge["child_dataset_id"] == dataset["dataset_id"]
    }
    own = [f"{column['name']} {column['type']}" for column in dataset["columns"]]
    known = [each for each in datasets if each["dataset_id"] in parents]
    if len(parents) == len(known) == 1:
        before = [f"{column['name']} {column['type']}" for column in known[0]["columns"]]
        came = [f"+{each}" for each in own if each not in before]
        went = [f"-{each}" for each in before if each not in own]
        return list(brief(came + went))
    return list(brief(own))


def _run(run: Row) -> Row:
    capture = run["capture"] or {}
    return row(
        project=run["project"],
        status=run["status"],
        error=run["error"],
        framework=run["framework"],
        client=run.get("client") or capture.get("client"),
        capture=capture.get("mode"),
        not_captured=capture.get("not_captured"),
    )


def _by_names(rows: Iterable[Row], key: Callable[[Row], Any]) -> list[Row]:
    return sorted(rows, key=lambda each: json.dumps(key(each), default=str))


def _grouped(rows: Iterable[Row], key: str, names: _Names) -> list[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for each in rows:
        groups[each[key]].append(each)
    return sorted(groups.items(), key=lambda group: str(names[group[0]]))


def _metrics(rows: list[Row], models: _Names, datasets: _Names) -> list[Row]:
    """Each value; of a history its length and last value. What a search averaged is in its
    candidates."""
    single = [each for each in rows if each["step"] is None and each["source"] != "search"]
    histories: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for each in rows:
        if each["step"] is not None:
            histories[each["model_id"], each["name"], each["source"]].append(each)
    told = []
    for each in sorted(
        single, key=lambda m: (m["recorded_at"], str(m["name"]), str(models[m["model_id"]]))
    ):
        told.append(
            row(
                metric=each["name"],
                value=each["value"],
                model=models[each["model_id"]],
                scored=datasets[each["dataset_id"]],
                slice=each["slice"],
                better="larger" if each["larger_is_better"] else "smaller",
                label=each["label_column"],
                prediction=each["prediction_column"],
                source=each["source"],
            )
            | ({} if each["larger_is_better"] is not None else {"better": "unsaid"})
        )
    ordered = sorted(histories.items(), key=lambda each: (str(models[each[0][0]]), each[0][1]))
    for (model, name, source), points in ordered:
        last = max(points, key=lambda point: int(point["step"]))
        told.append(
            row(
                metric=name,
                model=models[model],
                steps=len(points),
                last=last["value"],
                source=source,
            )
        )
    return told


def _features(rows: list[Row], models: _Names) -> list[Row]:
    told = []
    for key, slots in _grouped(rows, "model_id", models):
        positions = sorted({each["position"] for each in slots if each["position"] >= 0})
        first = {each["position"]: each for each in slots}
        told.append(
            row(
                model=models[key],
                slots=len(positions),
                names=brief(first[position]["name"] for position in positions),
                sources=brief(sorted({s for each in slots for s in each["source_columns"] or []})),
                classes=len({s["class_index"] for s in slots if s["class_index"] is not None})
                or None,
                coefficients=sum(1 for s in slots if s["coefficient"] is not None) or None,
                importances=sum(1 for s in slots if s["importance"] is not None) or None,
                std_errors=sum(1 for s in slots if s["std_error"] is not None) or None,
                intercepts=sum(1 for s in slots if s["position"] < 0) or None,
            )
        )
    return told


def merged(one: Any, other: Any) -> Any:
    """What two runs have in common; what differs becomes `"*"`."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: merged(one[key], other[key]) if key in one and key in other else ANY
            for key in {**one, **other}
        }
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [merged(a, b) for a, b in zip(one, other, strict=True)]
    return one if one == other else ANY


def differences(golden: Any, found: Any, place: str = "") -> list[str]:
    """Where what was found is not what the golden file says, in words."""
    if golden == ANY:
        return []
    if isinstance(golden, dict) and isinstance(found, dict):
        told = []
        for key in {**golden, **found}:
            there = f"{place}.{key}" if place else str(key)
            if key not in found:
                if golden[key] != ANY:
                    told.append(f"{there}: missing {json.dumps(golden[key])}")
            elif key not in golden:
                told.append(f"{there}: unexpected {json.dumps(found[key])}")
            else:
                told += differences(golden[key], found[key], there)
        return told
    if isinstance(golden, list) and isinstance(found, list):
        if len(golden) != len(found):
            return [f"{place}: {len(golden)} expected, {len(found)} found: {json.dumps(found)}"]
        return [
            told
            for index, (a, b) in enumerate(zip(golden, found, strict=True))
            for told in differences(a, b, f"{place}[{index}]")
        ]
    if golden == found:
        return []
    return [f"{place}: {json.dumps(golden)} expected, {json.dumps(found)} found"]


def written(form: Canonical) -> str:
    """As JSON, one row a line."""
    parts = []
    for name, told in form.items():
        if isinstance(told, list):
            lines = ",\n".join("    " + json.dumps(each, ensure_ascii=False) for each in told)
            parts.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
        else:
            parts.append(f"  {json.dumps(name)}: {json.dumps(told, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
