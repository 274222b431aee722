"""Writes small tables into a folder and trains scikit-learn's networks on them by L-BFGS, one thread, 100 iterations.

    python3 tables.py FOLDER
"""
import os
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import sys
import time
import warnings

import numpy as np
from sklearn import datasets
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
ALPHA = 0.01

for name in ["digits", "iris", "wine", "breast_cancer", "diabetes", "regression"]:
    if name == "regression":
        x, y = datasets.make_regression(n_samples=200, n_features=10, random_state=1)
    else:
        x, y = getattr(datasets, "load_" + name)(return_X_y=True)
    x = x / 16 if name == "digits" else StandardScaler().fit_transform(x)
    is_regression = name in ("diabetes", "regression")
    if is_regression:
        y = (y - y.mean()) / y.std()
    header = ",".join([f"x{i}" for i in range(x.shape[1])] + ["y"])
    np.savetxt(f"{sys.argv[1]}/{name}.csv", np.c_[x, y], delimiter=",", header=header, comments="", fmt="%.9g")
    times, losses = [], []
    for seed in range(7):
        network = (MLPRegressor if is_regression else MLPClassifier)(
            (50,), solver="lbfgs", max_iter=100, random_state=seed, alpha=ALPHA, tol=0)
        start = time.perf_counter()
        network.fit(x, y)
        times.append(1000 * (time.perf_counter() - start) / network.n_iter_)
        losses.append(mean_squared_error(y, network.predict(x)) if is_regression else log_loss(y, network.predict_proba(x)))
    print(f"{name:14} {np.median(times):.3f} ms an iteration, loss {np.median(losses):.3g}")
