"""What people do besides: masks of all kinds, training inside `apply`, many models before the first
is measured, two targets of one table, threads and handlers that outlive the script.

A plain program. It prints what it got as one JSON object.
"""

import atexit
import json
import threading
import time

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.tree import DecisionTreeClassifier

MODELS = 40


def main():
    told = {}
    rng = np.random.RandomState(0)
    frame = pd.DataFrame(rng.rand(200, 2), columns=["a", "b"])
    frame["y"] = (frame["a"] + rng.rand(200) > 0.9).astype(int)
    train, test = train_test_split(frame, random_state=0)
    model = LogisticRegression().fit(train[["a", "b"]], train["y"])

    limit = 0.6  # noqa: F841
    changed = test["a"] > 0.3
    changed &= test["b"] < 0.6
    masks = {
        "a column": test[test["a"] > 0.5],
        "computed": test[test["a"] * 2 > 1.2],
        "changed": test[changed],
        "queried": test.query("b < @limit"),
    }
    told["masks"] = {name: model.score(part[["a", "b"]], part["y"]) for name, part in masks.items()}

    grid = pd.DataFrame({"alpha": [0.1, 1.0, 10.0]})
    told["applied"] = grid.apply(
        lambda row: cross_val_score(Ridge(alpha=row.alpha), frame[["a"]], frame["b"], cv=2).mean(),
        axis=1,
    ).tolist()

    said = {}
    for seed in range(MODELS):
        tree = DecisionTreeClassifier(max_features=1, max_depth=3, random_state=seed)
        said[seed] = tree.fit(train[["a", "b"]], train["y"]).predict(test[["a", "b"]])
    told["trees"] = [accuracy_score(test["y"], said[seed]) for seed in range(MODELS)]

    boosted = HistGradientBoostingClassifier(max_iter=3).fit(train[["a", "b"]], train["y"])
    told["boosted"] = boosted.score(test[["a", "b"]], test["y"])

    inputs = test[["a", "b"]]
    for target, low in (("near", 0.0), ("far", 1_000.0)):
        truth = pd.Series(low + np.arange(len(test)), index=test.index, name=target)
        line = LinearRegression().fit(inputs, truth)
        told[target] = line.score(inputs, truth)
        line.predict(inputs)

    def later():
        time.sleep(0.3)
        LogisticRegression(C=2.0).fit(frame[["a"]], frame["y"])

    threading.Thread(target=later).start()
    atexit.register(lambda: LogisticRegression(C=3.0).fit(frame[["a"]], frame["y"]))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
