"""Runs, parameters and values that a program logs by hand."""

from __future__ import annotations

import json

import modeldb
import pandas as pd

with modeldb.run("outer", project="by hand", tags={"team": "blue"}) as run:
    run.log_params({"rate": 0.1, "layers": [64, 32], "optimiser": "adam"})
    for step in range(3):
        run.log_metric("loss", 1.0 / (step + 1), step=step, larger_is_better=False)
    with modeldb.run("inner", project="by hand"):
        modeldb.log_metric("auc", 0.9)
        modeldb.annotate("looks good", author="ada")
    table = pd.DataFrame({"x": [1, 2, 3]})
    run.log_dataset(table, "numbers", source="file:/data/numbers.csv", format="csv")
    modeldb.log_metric("error", 2.5, dataset=table, slice="(x > 1)")
    model = run.log_model(object(), "mine")
    run.set_tag("stage", "trial")
try:
    with modeldb.run("broken", project="by hand"):
        modeldb.log_param("depth", 3)
        raise ValueError("as it should")
except ValueError:
    pass
frame = modeldb.sql(
    "select model_id, name, value from metrics where project = $1 order by recorded_at, step",
    ["by hand"],
)
as_arrow = modeldb.sql("select count(*) as n from runs", format="arrow")
as_polars = modeldb.sql("select 1 as one", format="polars")
print(
    json.dumps(
        {
            "model": model,
            "metrics": frame[["name", "value"]].values.tolist(),
            "runs": as_arrow.column("n")[0].as_py(),
            "one": as_polars["one"].to_list(),
        }
    )
)
