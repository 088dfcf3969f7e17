"""Fits every estimator of scikit-learn's `all_estimators()`, and prints a digest of what each
learnt and gives: two runs that print the same did the same, to the bit."""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.utils import all_estimators

try:
    from sklearn.utils._test_common.instance_generator import _construct_instances
except ImportError:  # before 1.6
    from sklearn.utils.estimator_checks import _construct_instance

    def _construct_instances(cls):
        return [_construct_instance(cls)]


warnings.simplefilter("ignore")

METHODS = ("predict", "predict_proba", "decision_function", "transform", "score_samples")
SAMPLES, FEATURES = 60, 4


def traits(estimator):
    """What it takes ("dict", "1d", "multi" for several outputs only); is it a regressor?"""
    if not hasattr(estimator, "__sklearn_tags__"):  # before 1.6
        tags = estimator._get_tags()
        known = {"dict": "dict", "1darray": "1d"}
        takes = {known[kind] for kind in tags["X_types"] if kind in known}
        if tags["multioutput_only"]:
            takes.add("multi")
        return takes, getattr(estimator, "_estimator_type", None) == "regressor"
    tags = estimator.__sklearn_tags__()
    takes = {"dict"} if tags.input_tags.dict else set()
    if tags.input_tags.one_d_array:
        takes.add("1d")
    if tags.target_tags.multi_output and not tags.target_tags.single_output:
        takes.add("multi")
    return takes, tags.estimator_type == "regressor"


def data(estimator):
    rng = np.random.RandomState(0)
    X = np.abs(rng.normal(size=(SAMPLES, FEATURES)))
    y = (X[:, 0] > np.median(X[:, 0])).astype(int)
    takes, is_regressor = traits(estimator)
    if type(estimator).__name__ in ("TfidfVectorizer", "CountVectorizer", "HashingVectorizer"):
        return ["a few words", "some other words", "and a few more words"] * 20, y
    if "dict" in takes:
        return [{"a": float(row[0]), "b": float(row[1])} for row in X], y
    if type(estimator).__name__ == "FeatureHasher":
        return [{"a": float(row[0])} for row in X], y
    if "1d" in takes or "Isotonic" in type(estimator).__name__:
        return X[:, 0], y
    if type(estimator).__name__ in ("LabelBinarizer", "LabelEncoder"):
        return y, None
    if type(estimator).__name__ == "MultiLabelBinarizer":
        return [(1, 2), (2,), (3,)] * 20, None
    if type(estimator).__name__ == "KernelCenterer":
        return X @ X.T, None
    if "multi" in takes:
        return X, np.column_stack([y, 1 - y])
    if is_regressor:
        y = X @ np.arange(1.0, FEATURES + 1) + 1.0
    if "Patch" in type(estimator).__name__:
        return rng.uniform(size=(2, 8, 8)), None
    if type(estimator).__name__ == "SparseCoder":
        return X[:, :3], None
    return X, y


def digest(value):
    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        content = str((value.dtype, value.shape)).encode() + value.tobytes()
    else:
        content = pickle.dumps(value)
    return hashlib.sha256(content).hexdigest()[:16]


def learnt(estimator):
    told = {}
    for name in sorted(vars(estimator)):
        value = vars(estimator)[name]
        if not name.endswith("_") or name.endswith(("time_", "times_")):
            continue
        known = isinstance(value, (np.ndarray, float, int, str)) or hasattr(value, "toarray")
        if known and getattr(value, "dtype", None) is not np.dtype(object):
            told[name] = digest(value)
    return told


def main():
    found = {}
    for name, cls in all_estimators():
        try:
            instances = list(_construct_instances(cls))
        except Exception as error:  # needs something that is not here
            found[name] = [f"cannot be made: {type(error).__name__}"]
            continue
        told = []
        for instance in instances[:1]:
            estimator = clone(instance)
            if "random_state" in estimator.get_params():
                estimator.set_params(random_state=0)
            if "max_iter" in estimator.get_params() and hasattr(estimator.max_iter, "real"):
                estimator.set_params(max_iter=min(estimator.max_iter or 20, 20))
            if name == "TSNE" and "max_iter" in estimator.get_params():
                estimator.set_params(max_iter=250)
            np.random.seed(0)
            try:
                X, y = data(estimator)
                estimator.fit(X) if y is None else estimator.fit(X, y)
                of = {"learnt": learnt(estimator)}
                for method in METHODS:
                    if hasattr(estimator, method):
                        try:
                            of[method] = digest(getattr(estimator, method)(X))
                        except Exception as error:
                            of[method] = f"{type(error).__name__}: {error}"
                # What was drawn from numpy's own state shows here.
                of["state"] = digest(np.random.get_state()[1])
                told.append(of)
            except Exception as error:
                told.append(f"{type(error).__name__}: {error}")
        found[name] = told
    json.dump(found, sys.stdout, indent=1, sort_keys=True)


main()
