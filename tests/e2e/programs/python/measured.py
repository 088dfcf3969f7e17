"""Predictions that are measured as programs do it, and slices of them, one after the other.

A plain program. It prints, as one JSON object, each value with the model and the slice that it is
of, features with what is behind them, and what a search found.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    classification_report,
    f1_score,
    make_scorer,
    mean_squared_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
)
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_val_score,
    cross_validate,
    train_test_split,
)
from sklearn.multioutput import MultiOutputClassifier, RegressorChain
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.simplefilter("ignore")
told = {"metrics": [], "reported": {}}


def measured(name, value, model=None, slice=None):
    """A value, the C of the model that it is of, and the rows."""
    told["metrics"].append([name, float(value), model, slice])


class Ratio(TransformerMixin, BaseEstimator):
    """Somebody's own: it adds a column, and says nothing of names."""

    def fit(self, X, y=None):
        """Learns nothing."""
        return self

    def transform(self, X):
        """One column more."""
        X = X.copy()
        X["ratio"] = X["a"] / X["b"]
        return X


def table(directory):
    frame = load_breast_cancer(as_frame=True).frame.iloc[:, [0, 1, 2, 3, 30]].copy()
    frame.columns = ["a", "b", "c", "d", "target"]
    frame["country"] = ["US", "DE", "FR", "IT"] * 142 + ["US"]
    frame.to_csv(directory / "measured.csv", index=False)
    return pd.read_csv(directory / "measured.csv")


def of_a_split(frame, columns):
    train, test = train_test_split(frame, random_state=0)
    truth = test["target"]
    one = LogisticRegression(C=1.5, max_iter=500).fit(train[columns], train["target"])
    two = lgb.LGBMClassifier(n_estimators=3, verbose=-1).fit(train[columns], train["target"])
    probability, boosted = one.predict_proba(test[columns]), two.predict_proba(test[columns])
    measured("roc_auc", roc_auc_score(truth, probability[:, 1]), "1.5")
    measured("roc_auc", roc_auc_score(truth, boosted[:, 1]), "lightgbm")
    measured("f1", f1_score(truth, (one.predict_proba(test[columns])[:, 1] > 0.3) * 1), "1.5")
    names = np.where(one.predict(test[columns]) == 1, "yes", "no")
    measured("accuracy", accuracy_score(np.where(truth == 1, "yes", "no"), names), "1.5")
    measured("accuracy", accuracy_score(truth, np.zeros(len(truth))))
    both = (probability[:, 1] + boosted[:, 1]) / 2
    measured("roc_auc", roc_auc_score(truth, both))
    told["reported"] = classification_report(truth, one.predict(test[columns]), output_dict=True)

    first, second = one.predict(test[columns]), two.predict(test[columns])
    scored = test.assign(first=first)
    for country, part in scored.groupby("country"):
        where = f"(country = {country})"
        measured("recall", recall_score(part["target"], part["first"]), "1.5", where)
        places = test.index.get_indexer(part.index)
        value = precision_score(part["target"], second[places])
        measured("precision", value, "lightgbm", where)
    for country in ("US", "DE"):
        part = test.query("country == @country and 12 < a")
        where = f"((country = {country}) AND (a > 12))"
        measured("accuracy", one.score(part[columns], part["target"]), "1.5", where)
        part = test[test.country == country][lambda t: t.a > 12]
        measured("accuracy", one.score(part[columns], part["target"]), "1.5", where)
    us = test.country == "US"
    guessed = np.random.RandomState(0).randint(0, 2, us.sum())
    measured("accuracy", accuracy_score(truth[us].values, guessed), None, "(country = US)")
    measured("accuracy", accuracy_score(first, second))
    again = pickle.loads(pickle.dumps(one))
    measured("accuracy", again.score(test[columns], truth), "1.5")


def of_a_whole(frame, columns):
    """Nothing was split: slices are of what was learnt from, or scored."""
    model = LogisticRegression(C=2.5, max_iter=500).fit(frame[columns], frame["target"])
    predicted, us = model.predict(frame[columns]), frame["country"] == "US"
    where = "(country = US)"
    measured("accuracy", accuracy_score(frame["target"][us], predicted[us]), "2.5", where)
    measured("accuracy", model.score(frame[us][columns], frame[us]["target"]), "2.5", where)
    small, large = frame[frame["d"] < 500], frame[frame["d"] >= 500]
    later = LogisticRegression(C=4.5, max_iter=500).fit(small[columns], small["target"])
    measured("accuracy", later.score(large[columns], large["target"]), "4.5")
    part = large[large["a"] > 14]
    measured("accuracy", later.score(part[columns], part["target"]), "4.5", "(a > 14)")
    aside = np.zeros(len(frame))
    splitter = StratifiedKFold(3, shuffle=True, random_state=0)
    for number, (learn, rest) in enumerate(splitter.split(frame, frame["target"])):
        fold = LogisticRegression(C=10.5 + number, max_iter=500)
        fold.fit(frame[columns].iloc[learn], frame["target"].iloc[learn])
        aside[rest] = fold.predict_proba(frame[columns].iloc[rest])[:, 1]
        value = average_precision_score(frame["target"].iloc[rest], aside[rest])
        measured("average_precision", value, f"{10.5 + number}")
    measured("brier_score_loss", brier_score_loss(frame["target"], aside))
    logged = Ridge(alpha=3.5).fit(frame[columns], np.log1p(frame["a"]))
    measured("r2", r2_score(frame["a"], np.expm1(logged.predict(frame[columns]))), "3.5")


def of_searches(frame, columns):
    X, y = frame[columns], frame["target"]
    both = {"acc": "accuracy", "f": "f1_macro"}
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    grid = {"logisticregression__C": [0.1, 1.0]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring=both, refit="f").fit(X, y)
    told["search"] = {name: search.cv_results_[f"mean_test_{name}"].tolist() for name in both}
    error = make_scorer(mean_squared_error, greater_is_better=False)
    told["errors"] = cross_val_score(Ridge(), X, y, cv=3, scoring=error).tolist()
    found = cross_validate(Ridge(), X, y, cv=3, return_train_score=True)
    told["trained"] = found["train_score"].tolist()


def features(frame, columns):
    frame = frame.copy()
    frame["share"] = frame["a"] / frame["b"]
    frame["log"] = np.log1p(frame["share"])
    frame["rich"] = ((frame.a > 14) & (frame.d < 500)).astype(int)
    frame["size"] = pd.cut(frame["c"], 3, labels=False)
    frame = frame.assign(more=lambda t: t["share"] + t["c"])
    dummies = pd.get_dummies(frame, columns=["country"])
    made = ["share", "log", "rich", "size", "more", "country_US"]
    Ridge(alpha=21.0).fit(dummies[made], dummies["target"])
    mixed = make_column_transformer(
        (make_pipeline(StandardScaler()), ["a", "ratio"]),
        (OneHotEncoder(), ["country"]),
        ("passthrough", ["b", "c"]),
    )
    make_pipeline(Ratio(), mixed, Ridge(alpha=22.0)).fit(
        frame[["a", "b", "c", "country"]], frame["target"]
    )
    SelectKBest(k=2).fit(frame[columns], frame["target"])
    truths = frame[["target"]].assign(other=1 - frame["target"])
    MultiOutputClassifier(LogisticRegression(C=31.0)).fit(frame[columns], truths)
    RegressorChain(Ridge(alpha=32.0), order=[1, 0]).fit(frame[columns], truths)
    Ridge(alpha=23.0).fit(frame[columns].to_numpy(), frame["target"].to_numpy())


def texts():
    """A column of text, whose rows are in disorder."""
    words = [f"row {i} {('even', 'odd')[i % 2]}" for i in range(60)]
    frame = pd.DataFrame({"text": words, "odd": [i % 2 for i in range(60)]})
    frame = frame.sample(frac=1, random_state=0)
    model = make_pipeline(CountVectorizer(), MultinomialNB(alpha=41.0))
    model.fit(frame["text"], frame["odd"]).predict(frame["text"])


def main():
    frame = table(Path(sys.argv[1]))
    columns = ["a", "b", "c", "d"]
    of_a_split(frame, columns)
    of_a_whole(frame, columns)
    of_searches(frame, columns)
    features(frame, columns)
    texts()
    print(json.dumps(told))


main()
