"""Saves models into the warehouse, and brings them back."""

from __future__ import annotations

import json

import modeldb
import numpy as np
from modeldb.artifacts import ArtifactError
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Own(BaseEstimator):
    """A class that nobody else knows."""

    def fit(self, X, y=None):
        self.mean_ = X.mean(axis=0)
        return self


X, y = load_iris(return_X_y=True)
modeldb.autolog(project="saved")
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)).fit(X, y)
told = {}
with modeldb.run("saves", project="saved") as run:
    for format in ("skops", "joblib", "pickle"):
        model_id = run.log_model(model, save=format)
        modeldb.flush()
        back = modeldb.load_model(model_id, trusted=format != "skops")
        told[format] = bool((back.predict(X) == model.predict(X)).all())
    told["id"] = model_id
    large = LogisticRegression()
    large.blob_ = np.random.default_rng(0).bytes(3_000_000)
    large_id = run.log_model(large.fit(X, y), save="pickle")
    modeldb.flush()
    told["large"] = modeldb.load_model(large_id, trusted=True).blob_ == large.blob_
    own_id = run.log_model(Own().fit(X), save="skops")
    modeldb.flush()
    for name, call in {
        "untrusted": lambda: modeldb.load_model(own_id),
        "unknown": lambda: modeldb.load_model("m-nothing"),
        "format": lambda: run.log_model(model, save="onnx"),
        "lambda": lambda: run.log_model(lambda: 1, save="pickle"),
    }.items():
        try:
            call()
            told[name] = "went well"
        except ArtifactError as error:
            told[name] = str(error)
told["picture"] = modeldb.show(told["id"])._repr_html_()
told["pipeline"] = repr(modeldb.show_pipeline(told["id"]))
told["compared"] = repr(modeldb.compare(told["id"], large_id))
print(json.dumps(told))
