"""Does what a tracker could disturb, and prints what came of it: with and without us it has to
print the same."""

from __future__ import annotations

import inspect
import io
import json
import multiprocessing
import pickle
import subprocess
import sys
import threading
import traceback
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone, is_classifier
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, StackingClassifier
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import accuracy_score, make_scorer, precision_score
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    RandomizedSearchCV,
    cross_val_predict,
    cross_validate,
    train_test_split,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

try:
    import cloudpickle
except ImportError:  # older joblib brings it
    from joblib.externals import cloudpickle

told = {}
# Threads that set the filters of warnings, which all threads share.
setters = set()
enter = warnings.catch_warnings.__enter__


def noted(self):
    """As `catch_warnings` begins, and who that was."""
    setters.add(threading.current_thread().name)
    return enter(self)


warnings.catch_warnings.__enter__ = noted


class Centred(TransformerMixin, BaseEstimator):
    """Somebody's own transformer."""

    def __init__(self, by=1.0):
        self.by = by

    def fit(self, X, y=None):
        """Fits."""
        self.mean_ = np.asarray(X).mean(axis=0)
        self.n_features_in_ = np.asarray(X).shape[1]
        return self

    def transform(self, X):
        return (np.asarray(X) - self.mean_) * self.by

    def get_feature_names_out(self, names=None):
        return np.asarray([f"centred_{i}" for i in range(self.n_features_in_)], dtype=object)


class Majority(ClassifierMixin, BaseEstimator):
    """Says no parameter."""

    def fit(self, X, y):
        self.classes_, counts = np.unique(y, return_counts=True)
        self.said_ = self.classes_[counts.argmax()]
        return self

    def predict(self, X):
        return np.full(len(X), self.said_)


class Broken(BaseEstimator):
    def get_params(self, deep=True):
        raise RuntimeError("no parameters for you")

    def fit(self, X, y=None):
        return self

    def __repr__(self):
        raise RuntimeError("no name either")


class Slotted:
    """No estimator of scikit-learn, but like one."""

    __slots__ = ("n",)

    def fit(self, X, y=None):
        self.n = len(X)
        return self


def fit_in_child(seed: int):
    X, y = make_classification(random_state=seed)
    return float(LogisticRegression().fit(X, y).score(X, y))


class Warning_(BaseEstimator):
    """Points at whoever calls it."""

    def fit(self, X):
        warnings.warn("look there", stacklevel=2)
        return self


def main():
    X, y = make_classification(n_samples=200, n_features=5, random_state=0)
    frame = pd.DataFrame(X, columns=list("abcde"))
    np.random.seed(7)
    before = np.random.get_state()[1].tolist()
    model = LogisticRegression(C=0.5).fit(X, y)
    told["random state"] = np.random.get_state()[1].tolist() == before
    told["fit gives itself"] = model.fit(X, y) is model
    told["clone"] = clone(model).get_params() == model.get_params()
    told["pickle"] = bool((pickle.loads(pickle.dumps(model)).predict(X) == model.predict(X)).all())
    told["pickled class"] = pickle.loads(pickle.dumps(LogisticRegression)) is LogisticRegression
    least = 0.5  # noqa: F841
    told["query"] = len(frame.query("a > @least and b < @frame.b.max()"))
    told["annotations"] = str(fit_in_child.__annotations__)
    told["pickled functions"] = [
        pickle.loads(pickle.dumps(function)) is function
        for function in (accuracy_score, cross_validate, train_test_split, pd.read_csv)
    ]
    # To a machine that has none of our packages: a class, and a function that uses others.
    for name, value in {"class": Centred, "function": lambda: accuracy_score([1], [1])}.items():
        sent = cloudpickle.dumps(value)
        code = "import pickle, sys; print(type(pickle.load(sys.stdin.buffer)).__name__)"
        other = subprocess.run(
            [sys.executable, "-I", "-c", code], input=sent, capture_output=True, check=False
        )
        told[f"{name} sent"] = (other.stdout + other.stderr).decode()
    told["pickled method"] = pickle.loads(pickle.dumps(model.predict)).__name__
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    told["dump"] = len(buffer.getvalue()) > 0
    told["isinstance"] = isinstance(model, BaseEstimator) and is_classifier(model)
    told["signatures"] = [
        str(inspect.signature(f))
        for f in (
            LogisticRegression.fit,
            SVC.fit,
            GridSearchCV.predict,
            accuracy_score,
            Centred.fit,
        )
    ]
    told["docs"] = [Centred.fit.__doc__, LogisticRegression.fit.__name__, Centred.fit.__qualname__]
    told["hasattr"] = [
        hasattr(SVC(), "predict_proba"),
        hasattr(SGDClassifier(loss="hinge"), "predict_proba"),
        hasattr(GridSearchCV(SVC(), {}), "predict_proba"),
        hasattr(make_pipeline(StandardScaler()), "predict"),
    ]
    told["attributes"] = sorted(vars(model))
    told["repr"] = repr(make_pipeline(Centred(), model))

    scaler = StandardScaler().set_output(transform="pandas")
    out = scaler.fit_transform(frame)
    told["set_output"] = [type(out).__name__, list(out.columns), float(out.iloc[3, 2])]
    own = Centred(2.0).set_output(transform="pandas").fit(frame).transform(frame)
    told["own set_output"] = [type(own).__name__, list(own.columns), list(own.index[:2])]
    columns = make_column_transformer((StandardScaler(), ["a", "b"]), (Centred(), ["c"]))
    told["columns"] = columns.fit_transform(frame).sum().hex()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        LogisticRegression(max_iter=1).fit(X, y)
        told["warnings"] = [
            [w.category.__name__, str(w.message).splitlines()[0]]
            for w in caught
            if issubclass(w.category, ConvergenceWarning)
        ]
    # Where the warnings point to: here, as far as whoever warns says so.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        LogisticRegression(penalty="l2", n_jobs=1).fit(X, y)
        Warning_().fit(X)
        precision_score(y, y * 0)
        frame.groupby("c").apply(lambda part: part)
        part = frame[frame["a"] > 0]
        part["new"] = 1
        copied = frame.copy()
        copied["a"].fillna(0.0, inplace=True)
        copied["a"].replace(0.0, 1.0, inplace=True)
        copied["a"].clip(0.0, 1.0, inplace=True)
        pieces = [np.array_split(frame, 3) for _ in range(3)]
        told["pieces"] = [len(piece) for piece in pieces[0]]
        if pd.__version__ < "3":
            pd.read_csv(io.StringIO("a b\n1 2"), delim_whitespace=True)
        told["places"] = [[w.category.__name__, Path(w.filename).name, w.lineno] for w in caught]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            LogisticRegression(max_iter=1).fit(X, y)
        except ConvergenceWarning as error:
            told["warning as error"] = type(error).__name__
    for name, call in {
        "not fitted": lambda: LogisticRegression().predict(X),
        "wrong shape": lambda: model.predict(X[:, :2]),
        "no argument": lambda: LogisticRegression().fit(),
        "wrong keyword": lambda: LogisticRegression().fit(X, y, nonsense=1),
        "no labels": lambda: accuracy_score(y[:3], y[:4]),
        "bad parameter": lambda: LogisticRegression(C=-1).fit(X, y),
        "no method": lambda: make_pipeline(StandardScaler()).fit(X).predict(X),
    }.items():
        try:
            call()
        except (NotFittedError, ValueError, TypeError, AttributeError) as error:
            told[name] = [type(error).__name__, str(error), error.__cause__ is not None]
            told[f"{name}, shown"] = traceback.format_exc()

    scores = {}
    for jobs in (1, 2):
        search = GridSearchCV(SVC(), {"C": [0.1, 1.0]}, cv=3, n_jobs=jobs).fit(X, y)
        scores[jobs] = search.cv_results_["mean_test_score"].tolist()
    told["jobs"] = scores
    told["jobs of own"] = cross_validate(
        Majority(), X, y, cv=KFold(3), n_jobs=2, scoring=make_scorer(accuracy_score)
    )["test_score"].tolist()
    random = RandomizedSearchCV(
        LogisticRegression(), {"C": [0.1, 1, 10]}, n_iter=2, random_state=0, cv=2
    )
    told["randomised"] = random.fit(frame, y).best_params_
    told["predicted"] = cross_val_predict(SVC(), X, y, cv=3)[:10].tolist()
    told["threads"] = float(
        BaggingClassifier(SVC(), n_estimators=4, n_jobs=2, random_state=0).fit(X, y).score(X, y)
    )
    with joblib.parallel_backend("threading", n_jobs=2):
        stack = StackingClassifier(
            [("a", SVC(random_state=0)), ("b", RandomForestClassifier(5, random_state=0))]
        ).fit(X, y)
    told["stack"] = stack.predict(X[:10]).tolist()
    for way in ("fork", "spawn"):
        with multiprocessing.get_context(way).Pool(2) as pool:
            told[way] = pool.map(fit_in_child, [1, 2])
    results = []
    workers = [
        threading.Thread(target=lambda s=s: results.append((s, fit_in_child(s)))) for s in range(4)
    ]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    told["own threads"] = sorted(results)

    Broken().fit(X)
    told["slotted"] = Slotted().fit(X).n
    told["functions"] = make_pipeline(FunctionTransformer(np.abs), model).fit(X, y).score(X, y)
    empty = pd.DataFrame({"a": []})
    told["empty"] = [len(empty[empty["a"] > 1]), list(empty.drop(columns=["a"]).columns)]
    duplicated = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    told["duplicated"] = duplicated["a"].shape
    several = frame.set_index(["a", "b"])
    told["several"] = [several.loc[several.index[0]].shape, float((several["c"] > 0).mean())]
    a, b, c, d = train_test_split(frame, y, random_state=1, stratify=y)
    told["split"] = [float(a["a"].sum()), float(b["a"].sum()), int(c.sum()), int(d.sum())]
    told["mask"] = int((frame["a"] > 0).to_numpy().sum()), int((~(frame["a"] > 0)).sum())
    told["numpy bool"] = str((frame["a"] > 0) & (frame["b"] < 1) | frame["c"].isna())[:40]
    class_ = type(model)
    told["type"] = [class_.__module__, class_.__mro__[0].__name__]
    told["setters"] = sorted(name for name in setters if not name.startswith("Thread-"))
    sys.stdout.write(json.dumps(told, indent=1, default=str))


if __name__ == "__main__":
    main()
