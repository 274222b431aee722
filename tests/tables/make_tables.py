"""Writes the tables of scikit-learn as CSV, and what its multilayer perceptrons reach on them.

python3 make_tables.py, with numpy and scikit-learn. Every fifth row, from the first, is for testing.
"""
import csv
import json
import warnings

import numpy as np
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
SEEDS = range(10)
EPOCHS, BATCH, RATE, HIDDEN = 200, 32, 0.001, (32,)


def number(value):
    return f"{value:.10g}"


def write(name, columns, rows, label, labels):
    with open(f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, label])
        writer.writerows([[*map(number, row), value] for row, value in zip(rows, labels)])


def reference(rows, targets, regression):
    test = np.arange(len(rows)) % 5 == 0
    scaler = StandardScaler().fit(rows[~test])
    x, x_test = scaler.transform(rows[~test]), scaler.transform(rows[test])
    y, y_test = targets[~test], targets[test]
    if regression:
        mean, std = y.mean(), y.std()
        y, y_test = (y - mean) / std, (y_test - mean) / std
    scores = []
    for seed in SEEDS:
        kind = MLPRegressor if regression else MLPClassifier
        model = kind(HIDDEN, alpha=0, batch_size=BATCH, learning_rate_init=RATE, max_iter=EPOCHS, tol=0,
                     n_iter_no_change=EPOCHS, random_state=seed)
        scores.append(model.fit(x, y).score(x_test, y_test))
    return {"mean": float(np.mean(scores)), "std": float(np.std(scores)), "scores": scores}


references = {"epochs": EPOCHS, "batchSize": BATCH, "learningRate": RATE, "hiddenSize": HIDDEN[0], "tables": {}}
for name, label, load in [
    ("iris", "species", datasets.load_iris),
    ("wine", "cultivar", datasets.load_wine),
    ("breast-cancer", "diagnosis", datasets.load_breast_cancer),
    ("digits", "digit", datasets.load_digits),
    ("diabetes", "progression", lambda: datasets.load_diabetes(scaled=False)),
]:
    data = load()
    regression = name == "diabetes"
    labels = [number(v) for v in data.target] if regression else [str(data.target_names[v]) for v in data.target]
    columns = [str(column).replace(" (cm)", "").replace(" ", "_").replace("/", "_per_") for column in data.feature_names]
    write(name, columns, data.data, label, labels)
    references["tables"][name] = reference(data.data, np.array(data.target, float) if regression else data.target, regression)
    print(name, references["tables"][name])
with open("references.json", "w") as file:
    json.dump(references, file, indent=2)
    file.write("\n")
