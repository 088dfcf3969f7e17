"""Fits, says so, and waits for its end."""

from __future__ import annotations

import time

from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

X, y = make_classification(random_state=0)
for strength in (0.1, 1.0, 10.0):
    LogisticRegression(C=strength).fit(X, y)


class Slow(LogisticRegression):
    """Takes its time."""

    def fit(self, X, y):
        if self.C == 2.0:
            print("fitted", flush=True)
            time.sleep(600)
        return super().fit(X, y)


GridSearchCV(Slow(), {"C": [1.0, 2.0]}, cv=2).fit(X, y)
