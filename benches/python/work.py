"""What is measured, in a process of its own: `work.py fits|search|memory`, with a tracker that
`MEASURED` names: none, `modeldb` or `mlflow`. Prints a JSON object."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import warnings

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")


def begin() -> None:
    tracker = os.environ.get("MEASURED")
    if tracker == "modeldb":
        import modeldb

        modeldb.autolog(project="benchmark")
    elif tracker == "mlflow":
        import mlflow

        mlflow.sklearn.autolog(silent=True)


def fits(count: int) -> dict[str, float]:
    """Seconds of each fit of something small, after a few that warm up."""
    X = np.random.default_rng(0).normal(size=(200, 10))
    y = X @ np.arange(10.0)
    seconds = []
    for number in range(count + 10):
        model = Ridge(alpha=1.0 + number)
        began = time.perf_counter()
        model.fit(X, y)
        seconds.append(time.perf_counter() - began)
    return {"p50": float(np.median(seconds[10:])), "p95": float(np.quantile(seconds[10:], 0.95))}


def search() -> dict[str, float]:
    """Seconds of a grid search that takes some ten."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8_000, 20))
    y = (X[:, 0] + X[:, 1] ** 2 + rng.normal(size=8_000) > 1).astype(int)
    grid = {
        "randomforestclassifier__max_depth": [4, 8],
        "randomforestclassifier__n_estimators": [50, 100],
    }
    forest = RandomForestClassifier(random_state=0)
    tuned = GridSearchCV(make_pipeline(StandardScaler(), forest), grid, cv=3)
    cpu, began = time.process_time(), time.perf_counter()
    tuned.fit(X, y)
    return {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}


def memory(count: int) -> dict[str, float]:
    """Megabytes by which fits make the process grow, after the first tenth."""
    X = np.random.default_rng(0).normal(size=(100, 5))
    y = (X[:, 0] > 0).astype(int)
    for number in range(count + count // 10):
        if number == count // 10:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        LogisticRegression(max_iter=5).fit(X, y)
    return {"grown": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024}


if __name__ == "__main__":
    what = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    begin()
    measured = {"fits": fits, "search": search, "memory": memory}[what]
    print(json.dumps(measured(count) if what != "search" else search()))
