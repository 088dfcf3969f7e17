"""A table of made-up people, what was learnt from it, and what came of that. Knows no tracker."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def made(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    people = pd.DataFrame(
        {
            "age": rng.integers(18, 90, rows),
            "income": rng.normal(50, 10, rows),
            "country": rng.choice(["US", "DE", "FR"], rows),
            "unused": rng.normal(size=rows),
        }
    )
    people["buys"] = ((people["age"] > 50) & (people["income"] > 45)).astype(int)
    return people


directory = Path(sys.argv[1])
made(400).to_csv(directory / "people.csv", index=False)
people = pd.read_csv(directory / "people.csv")
adults = people[people["age"] >= 21]
X = adults[["age", "income", "country", "unused"]]
y = adults["buys"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)

numbers = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
prepare = ColumnTransformer(
    [("numbers", numbers, ["age", "income"]), ("country", OneHotEncoder(), ["country"])]
)
pipeline = Pipeline([("prepare", prepare), ("classify", LogisticRegression(C=0.5))])
pipeline.fit(X_train, y_train)
predicted = pipeline.predict(X_test)
told = {
    "accuracy": accuracy_score(y_test, predicted),
    "f1_macro": f1_score(y_test, predicted, average="macro"),
    "roc_auc": roc_auc_score(y_test, pipeline.predict_proba(X_test)[:, 1]),
}
american = X_test["country"] == "US"
told["score of Americans"] = pipeline.score(X_test[american], y_test[american])
told["accuracy of Americans"] = accuracy_score(y_test[american], predicted[american])
told["coefficients"] = pipeline[-1].coef_[0].tolist()

grid = {"classify__C": [0.1, 1.0], "classify__fit_intercept": [True, False]}
search = GridSearchCV(pipeline, grid, cv=3, scoring="f1")
search.fit(X_train, y_train)
results = search.cv_results_
told["search"] = {
    "best": int(search.best_index_),
    "folds": [[float(results[f"split{k}_test_score"][i]) for k in range(3)] for i in range(4)],
    "test": search.score(X_test, y_test),
}
forest = RandomForestClassifier(n_estimators=5, random_state=0)
told["cross"] = cross_val_score(forest, X_train[["age", "income"]], y_train, cv=3).tolist()
told["by hand"] = []
for train, test in KFold(2).split(X_train):
    fold = RandomForestClassifier(n_estimators=3, random_state=0)
    fold.fit(X_train[["age", "income"]].iloc[train], y_train.iloc[train])
    score = fold.score(X_train[["age", "income"]].iloc[test], y_train.iloc[test])
    told["by hand"].append(score)
again = LogisticRegression()
for strength in (0.1, 10.0):
    again.set_params(C=strength).fit(X_train[["age"]], y_train)
online = SGDClassifier(random_state=0)
for begin in range(0, 200, 50):
    part = slice(begin, begin + 50)
    online.partial_fit(X_train[["age"]].iloc[part], y_train.iloc[part], classes=[0, 1])
told["online"] = online.coef_[0].tolist()
try:
    LogisticRegression().fit([[1.0], [np.nan]], [0, 1])
except ValueError:
    told["failed"] = True
print(json.dumps(told))
