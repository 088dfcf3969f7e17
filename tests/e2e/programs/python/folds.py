"""A search whose folds are fitted in this process, or by so many workers.

A plain program.
"""

import sys

from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier


def main():
    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0)
    GridSearchCV(tree, {"max_depth": [1, 2]}, cv=2, n_jobs=int(sys.argv[1])).fit(X, y)


if __name__ == "__main__":
    main()
