"""Runs in several threads and tasks at once, folds that threads fit, one object that is fitted again
and again, values that are logged in a loop.

It prints what it did as one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import threading

import joblib
import modeldb
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

PROJECT = "threads"
THREADS = 4
PIPELINES = 6
REFITS = 30
COPIES = 2_000
LOGGED = 30_000
# Of the library's threads, where it goes over processes otherwise.
BY_THREADS = {"backend": "threading", "n_jobs": 2}

rng = np.random.RandomState(0)
X = rng.rand(80, 3)
y = (X[:, 0] > 0.5).astype(int)
told: dict[str, object] = {"threads": THREADS, "pipelines": PIPELINES, "values": LOGGED}


def fit_some(name: str) -> None:
    with modeldb.run(name, project=PROJECT) as run:
        for penalty in range(1, PIPELINES + 1):
            make_pipeline(StandardScaler(), Ridge(alpha=penalty)).fit(X, y)
        run.log_metric("of", int(name[-1]))


def in_threads() -> None:
    threads = [threading.Thread(target=fit_some, args=[f"thread {i}"]) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def task(name: str) -> None:
    with modeldb.run(name, project=PROJECT):
        for step in range(3):
            await asyncio.sleep(0.01)
            modeldb.log_metric("of", int(name[-1]), step=step)


async def in_tasks() -> None:
    await asyncio.gather(*(task(f"task {i}") for i in range(3)))


def by_threads() -> None:
    with joblib.parallel_config(**BY_THREADS):
        grid = {"C": [0.01, 0.1, 1.0, 10.0, 100.0]}
        GridSearchCV(LogisticRegression(), grid, cv=4).fit(X, y)
        cross_val_score(Ridge(), X, y, cv=5)


def again_and_again() -> list[float]:
    model = Ridge(solver="cholesky")
    found = []
    for alpha in range(1, REFITS + 1):
        model.set_params(alpha=float(alpha)).fit(X, y)
        found.append(float(model.coef_[0]))
    return found


def without_end() -> None:
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    for _ in range(COPIES):
        table = table.copy()
    Ridge(alpha=99.0).fit(table, y)


modeldb.autolog(project=PROJECT, experiment="searches")
in_threads()
asyncio.run(in_tasks())
by_threads()
modeldb.autolog(project=PROJECT, experiment="refits")
told["coefficients"] = again_and_again()
without_end()
with modeldb.run("logged", project=PROJECT) as logged:
    for step in range(LOGGED):
        logged.log_metric("loss", 1.0 / (step + 1), step=step)
    mine = threading.Event()
    logged.log_metric("quality", 0.5, model=mine)
    told["mine"] = logged.log_model(mine)
told["logged"] = logged.run_id
try:
    with modeldb.run("wrong", project=PROJECT):
        modeldb.log_metric("loss", "low")
except TypeError as error:
    told["wrong"] = str(error)
print(json.dumps(told))
