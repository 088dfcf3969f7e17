"""XGBoost, LightGBM and CatBoost through their scikit-learn interfaces."""

from __future__ import annotations

import json

from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier, early_stopping
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier

data = load_breast_cancer(as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(data.data, data.target, random_state=0)
told = {}
boosted = XGBClassifier(n_estimators=7, max_depth=2, eval_metric="logloss")
boosted.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)
told["xgboost"] = accuracy_score(y_test, boosted.predict(X_test))
light = LGBMClassifier(n_estimators=7, verbose=-1)
light.fit(
    X_train, y_train, eval_set=[(X_test, y_test)], callbacks=[early_stopping(5, verbose=False)]
)
told["lightgbm"] = light.score(X_test, y_test)
cat = CatBoostClassifier(iterations=7, verbose=False, allow_writing_files=False)
cat.fit(X_train, y_train, eval_set=(X_test, y_test))
told["catboost"] = accuracy_score(y_test, cat.predict(X_test))
print(json.dumps(told))
