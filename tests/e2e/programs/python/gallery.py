"""What scripts of scikit-learn's gallery do, in short: functions of its own that fit and score what
they are given, scorers, generators of predictions, clusters, text, own estimators.

A plain program. It prints what it got as one JSON object.
"""

import json

import numpy as np
from sklearn import cluster, metrics
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, make_moons
from sklearn.ensemble import GradientBoostingRegressor, StackingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import RFECV
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier, lasso_path
from sklearn.metrics import get_scorer, make_scorer, mean_squared_error
from sklearn.model_selection import (
    HalvingGridSearchCV,
    KFold,
    cross_val_predict,
    learning_curve,
    permutation_test_score,
    train_test_split,
    validation_curve,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier


class Centred(ClassifierMixin, BaseEstimator):
    """A user's estimator that fits another one inside."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.inner_ = GaussianNB().fit(X, y)
        return self

    def predict(self, X):
        return self.inner_.predict(X)


def main():
    told = {}
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))

    # Functions that fit what they are given, on folds.
    predicted = cross_val_predict(model, X, y, cv=3)
    told["cross_val_predict"] = metrics.accuracy_score(y, predicted)
    sizes = [0.4, 0.8]
    told["learning_curve"] = learning_curve(model, X, y, cv=2, train_sizes=sizes)[2].tolist()
    told["validation_curve"] = validation_curve(
        model, X, y, param_name="logisticregression__C", param_range=[0.1, 1.0, 10.0], cv=2
    )[1].tolist()
    told["permutation"] = permutation_test_score(model, X, y, n_permutations=3, cv=2)[0]
    halving = HalvingGridSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 2, 3, 4]},
        cv=2,
        factor=2,
        random_state=0,
    ).fit(X, y)
    told["halving"] = {
        "rounds": halving.cv_results_["iter"].tolist(),
        "means": halving.cv_results_["mean_test_score"].tolist(),
        "best": int(halving.best_index_),
    }

    # What looks at a model calls it often; none of that is a measurement of the program's.
    model.fit(X_train, y_train)
    told["f1"] = get_scorer("f1")(model, X_test, y_test)
    told["wrong"] = make_scorer(metrics.zero_one_loss, greater_is_better=False)(
        model, X_test, y_test
    )
    permutation_importance(model, X_test, y_test, n_repeats=2, random_state=0)
    partial_dependence(model, X_test, [0])

    # Each round of boosting is measured.
    diabetes, disease = load_diabetes(return_X_y=True)
    boosted = GradientBoostingRegressor(n_estimators=4, random_state=0).fit(diabetes, disease)
    told["staged"] = [
        mean_squared_error(disease, stage) for stage in boosted.staged_predict(diabetes)
    ]
    RFECV(Ridge(), step=4, cv=2).fit(diabetes, disease)
    TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1).fit(diabetes, disease)
    lasso_path(diabetes, disease)

    # Clusters have labels and no prediction.
    moons, side = make_moons(noise=0.3, random_state=0)
    labels = cluster.KMeans(2, n_init=1, random_state=0).fit_predict(moons)
    told["silhouette"] = metrics.silhouette_score(moons, labels)
    density = cluster.DBSCAN(eps=0.3).fit(moons)
    told["rand"] = metrics.adjusted_rand_score(side, density.labels_)

    folds = []
    for train, test in KFold(3).split(moons):
        own = Centred().fit(moons[train], side[train])
        folds.append(own.score(moons[test], side[test]))
    told["folds"] = folds
    stacked = StackingClassifier([("nb", GaussianNB()), ("own", Centred())], cv=2)
    told["stacked"] = stacked.fit(moons, side).score(moons, side)
    texts = ["good model", "bad model", "good data", "bad data"] * 5
    sentiment = make_pipeline(TfidfVectorizer(), SGDClassifier(random_state=0))
    told["texts"] = sentiment.fit(texts, [1, 0, 1, 0] * 5).score(texts, [1, 0, 1, 0] * 5)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
