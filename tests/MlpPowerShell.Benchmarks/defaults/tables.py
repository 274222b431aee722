"""Writes thirteen tables as CSV, training and test part, and scores scikit-learn's defaults on them: python3 tables.py <folder>."""
import os
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

os.makedirs(sys.argv[1], exist_ok=True)

warnings.simplefilter("ignore")  # Most of these stop at 200 iterations.
random = np.random.default_rng(0)


def classes(x, y):
    return x, np.array([f"c{label}" for label in y])


wide = random.normal(size=(20000, 8))
small = random.normal(size=(40, 3))
tables = {
    "iris": classes(*datasets.load_iris(return_X_y=True)),
    "wine": classes(*datasets.load_wine(return_X_y=True)),
    "cancer": classes(*datasets.load_breast_cancer(return_X_y=True)),
    "digits": classes(*datasets.load_digits(return_X_y=True)),
    "moons": classes(*datasets.make_moons(1000, noise=0.2, random_state=0)),
    "class4": classes(*datasets.make_classification(10000, 30, n_informative=12, n_classes=4, random_state=1)),
    "diabetes": datasets.load_diabetes(return_X_y=True),
    "linear": datasets.make_regression(300, 10, noise=5, random_state=0),
    "friedman1": datasets.make_friedman1(2000, noise=1, random_state=0),
    "friedman2": datasets.make_friedman2(1000, noise=20, random_state=0),
    "friedman3": datasets.make_friedman3(5000, noise=0.1, random_state=0),
    "wavy": (wide, np.sin(2 * wide[:, 0]) * wide[:, 1] + wide[:, 2] ** 2 + 0.1 * random.normal(size=20000)),
    "tiny": (small, small @ [1, 2, 3.0] + 0.1 * random.normal(size=40)),
}
for name, (x, y) in tables.items():
    table = pd.DataFrame(x, columns=[f"x{i}" for i in range(x.shape[1])]).assign(y=y)
    train, test = train_test_split(table, test_size=0.25, random_state=0)
    train.to_csv(f"{sys.argv[1]}/{name}-train.csv", index=False)
    test.to_csv(f"{sys.argv[1]}/{name}-test.csv", index=False)
    regression = y.dtype.kind == "f"
    mean, deviation = (train.y.mean(), train.y.std()) if regression else (0, 1)

    def target(part):
        return (part.y - mean) / deviation if regression else part.y

    start = time.time()
    scores = []
    for seed in 1, 2, 3:
        network = (MLPRegressor if regression else MLPClassifier)(random_state=seed)
        pipeline = make_pipeline(StandardScaler(), network).fit(train.drop(columns="y"), target(train))
        scores.append(pipeline.score(test.drop(columns="y"), target(test)))
    print(f"{name:10} {len(train):6} {np.mean(scores):.3f} {(time.time() - start) / 3:.3f} s", flush=True)
