"""Writes a history into an MLflow store (the first argument), as its users do."""

from __future__ import annotations

import sys
import warnings

import mlflow
import pandas as pd
from mlflow import MlflowClient
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

warnings.simplefilter("ignore")
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_registry_uri(sys.argv[1])
mlflow.set_experiment("churn")
with mlflow.start_run(run_name="outer", tags={"team": "blue"}) as outer:
    mlflow.log_params({"rate": 0.1, "layers": 3, "optimiser": "adam", "fast": True})
    for step in range(5):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    mlflow.log_metric("auc", 0.9)
    table = pd.DataFrame({"x": [1, 2, 3], "y": [0.5, 1.5, 2.5]})
    mlflow.log_input(mlflow.data.from_pandas(table, name="numbers"), context="training")
    mlflow.set_tag("mlflow.note.content", "the first one")
    with mlflow.start_run(run_name="inner", nested=True):
        mlflow.log_metric("auc", 0.8)
try:
    with mlflow.start_run(run_name="broken"):
        mlflow.log_param("depth", 3)
        raise ValueError("on purpose")
except ValueError:
    pass
mlflow.set_experiment("flowers")
mlflow.sklearn.autolog(silent=True)
data = load_iris(as_frame=True)
with mlflow.start_run(run_name="automatic") as automatic:
    LogisticRegression(C=0.5, max_iter=500).fit(data.data, data.target)
client = MlflowClient()
client.create_registered_model("iris")
version = client.create_model_version(
    "iris", f"runs:/{automatic.info.run_id}/model", automatic.info.run_id
)
client.set_registered_model_alias("iris", "champion", version.version)
client.create_run(client.get_experiment_by_name("churn").experiment_id, run_name="unfinished")
