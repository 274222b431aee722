"""Makes models/scikit-digits.npz, a network of scikit-learn's with square layers, and scikit.json with how well it does on all of
tests/tables/digits.csv.

Run with a Python that has NumPy and scikit-learn: /usr/bin/python3 make_scikit.py
"""
import csv
import json
from pathlib import Path

import numpy as np
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

FOLDER = Path(__file__).parent


def main():
    with open(FOLDER.parents[1] / "tables/digits.csv", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    x = np.array([[float(value) for value in row[:-1]] for row in rows])
    y = np.array([int(row[-1]) for row in rows])
    net = MLPClassifier((64, 64), alpha=1, max_iter=60, random_state=1).fit(x, y)
    net.coefs_ = [weights.astype(np.float16).astype(np.float32) for weights in net.coefs_]
    net.intercepts_ = [biases.astype(np.float16).astype(np.float32) for biases in net.intercepts_]
    arrays = {f"W{i + 1}": weights for i, weights in enumerate(net.coefs_)}
    arrays |= {f"b{i + 1}": biases for i, biases in enumerate(net.intercepts_)}
    np.savez_compressed(FOLDER / "models/scikit-digits.npz", **arrays)
    figures = {"accuracy": net.score(x, y), "loss": log_loss(y, net.predict_proba(x))}
    (FOLDER / "models/scikit.json").write_text(json.dumps(figures) + "\n")


main()
