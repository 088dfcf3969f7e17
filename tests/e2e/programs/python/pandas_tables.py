"""Tables of pandas: new names, parts of a table that was split, arrays of tables, columns that stay
here.

A plain program. It prints what it got as one JSON object.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, fbeta_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def main():
    directory = Path(sys.argv[1])
    rng = np.random.RandomState(0)
    raw = pd.DataFrame(rng.rand(240, 2), columns=["A", "B"])
    raw["secret_code"] = ["valley", "coast", "summit"] * 80
    raw["Y"] = (raw["A"] + rng.rand(240) > 0.9).astype(int)
    raw.to_csv(directory / "raw.csv", index=False)

    table = pd.read_csv(directory / "raw.csv").rename(columns={"A": "age", "B": "balance"})
    table = table.drop(index=[0, 1]).merge(
        pd.DataFrame({"Y": [0, 1], "w": [1.0, 2.0]}), "left", "Y"
    )
    train, test = train_test_split(table, random_state=0)
    columns = ["age", "balance"]

    scaler = StandardScaler().fit(train[columns].to_numpy())
    model = LogisticRegression().fit(scaler.transform(train[columns].to_numpy()), train["Y"].values)
    model = LogisticRegression(C=2.0).fit(train[columns], train["Y"])
    proba = model.predict_proba(test[columns])
    of = {
        "accuracy_count": accuracy_score(test["Y"], proba[:, 1] > 0.4, normalize=False),
        "f2": fbeta_score(test["Y"], proba[:, 1] > 0.4, beta=2.0),
    }
    scored = model.predict(test[columns])
    old = test["age"] > 0.5
    of["accuracy"] = accuracy_score(test["Y"][old], scored[old.to_numpy()])

    coded = make_column_transformer((OneHotEncoder(), ["secret_code"]), ("passthrough", columns))
    whole = make_pipeline(coded, Ridge(alpha=7.0)).fit(train, train["secret_code"] == "valley")
    whole.predict(test)
    # What was learnt from stays as it was in the samples.
    train["age"] = -1.0
    train["late"] = 1
    bare = np.ascontiguousarray(rng.rand(50, 2))
    Ridge(alpha=8.0).fit(bare, bare[:, 0])
    print(json.dumps({"of": {name: float(value) for name, value in of.items()}}))


main()
