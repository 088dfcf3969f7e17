"""Makes `demo/census.ipynb`: the paper's questions on a census, asked and answered from Python alone.

.venv/bin/python demo/census.py >demo/census.ipynb
"""

from __future__ import annotations

import json
import sys

CELLS = [
    (
        "# A census, and the paper's three questions\n\n"
        "Who earns more than 50,000 dollars? We train some models on the Adult data (US Census of 1994, UCI), and then ask:\n"
        "*Which models were built using an incorrect feature? Which model performed best on American customers? How did the two\n"
        "top models compare?* One line tracks it all."
    ),
    """
import os

import modeldb

modeldb.autolog(project="census notebook")
""",
    """
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

adult = pd.read_csv(os.environ.get("ADULT_CSV", "../tests/data/adult.csv"))
known = adult[adult["workclass"] != "?"]
target = known["income"].isin([">50K", ">50K."]).astype(int)
columns = [name for name in known.columns if name != "income"]
train, test, train_y, test_y = train_test_split(
    known[columns], target, test_size=0.3, random_state=0, stratify=target
)
""",
    """
def prepared(columns):
    numbers = [name for name in columns if known[name].dtype != object]
    words = [name for name in columns if known[name].dtype == object]
    return make_column_transformer(
        (StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore"), words)
    )


# `fnlwgt` is a sampling weight: no feature of a person.
right = [name for name in columns if name != "fnlwgt"]
candidates = {
    "all columns": make_pipeline(prepared(columns), LogisticRegression(max_iter=300)),
    "right columns": make_pipeline(prepared(right), LogisticRegression(max_iter=300)),
    "forest": make_pipeline(prepared(right), RandomForestClassifier(20, max_depth=12, random_state=0)),
}
american = test["native-country"] == "United-States"
for model in candidates.values():
    model.fit(train, train_y)
    roc_auc_score(test_y, model.predict_proba(test)[:, 1])
    accuracy_score(test_y[american], model.predict(test[american]))
""",
    "## Which models were built using an incorrect feature?",
    """
modeldb.sql(\"\"\"
    select model_id, estimator from models
    where project = $1 and role = 'top' and array_has(source_columns, 'fnlwgt')
\"\"\", ["census notebook"])
""",
    "## Which model performed best on American customers?",
    """
best = modeldb.sql(\"\"\"
    select m.model_id, e.value, e.slice from metrics e join models m on m.model_id = e.model_id
    where e.project = $1 and e.name = 'accuracy' and e.slice like '%United-States%'
    order by e.value desc
\"\"\", ["census notebook"])
best
""",
    "## How did the two top models compare?",
    """
modeldb.compare(*best["model_id"][:2])
""",
    """
modeldb.show_pipeline(best["model_id"][0])
""",
    """
modeldb.stop()
""",
]


def notebook() -> dict[str, object]:
    """As nbformat 4.5 has it."""
    cells = []
    for number, text in enumerate(CELLS):
        lines = text.strip("\n").splitlines(keepends=True)
        cell: dict[str, object] = {"id": f"cell-{number}", "metadata": {}, "source": lines}
        if text.startswith("#"):
            cell["cell_type"] = "markdown"
        else:
            cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
        cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


json.dump(notebook(), sys.stdout, indent=1)
sys.stdout.write("\n")
