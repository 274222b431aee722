"""Writes calibration.json: what scikit-learn and SciPy make of sums of an output layer, with ties and weights.

Run: /usr/bin/python3 make_calibration.py (scikit-learn 1.2).
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, logsumexp, softmax
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression

random = np.random.default_rng(7)


def log_odds(sums):
    classes = sums.shape[1]
    return np.stack([sums[:, k] - logsumexp(np.delete(sums, k, axis=1), axis=1) for k in range(classes)], axis=1)


def case():
    kind = random.choice(["softmax", "sigmoid", "labels"])
    n, width = int(random.integers(40, 200)), 1 if kind == "sigmoid" else int(random.integers(2, 6))
    sums = random.normal(0, random.uniform(0.5, 4), (n, width)).astype(np.float32)
    if random.random() < 0.4:
        sums = np.round(sums).astype(np.float32)
    true = random.uniform(0.4, 2.5)
    weights = None if random.random() < 0.5 else random.integers(1, 9, n) / 4
    w = np.ones(n) if weights is None else weights
    wide = sums.astype(np.float64)
    if kind == "softmax":
        labels = np.array([random.choice(width, p=p) for p in softmax(wide / true, axis=1)])
        labels[:width] = np.arange(width)
        holds = labels[:, None] == np.arange(width)
        scores = log_odds(wide)
        loss = lambda t: -(w * log_softmax(wide / t, axis=1)[np.arange(n), labels]).sum()
    else:
        holds = random.random((n, width)) < expit(wide / true)
        holds[:2] = [[True] * width, [False] * width]
        scores = wide
        loss = lambda t: (w[:, None] * np.logaddexp(0, np.where(holds, -wide, wide) / t)).sum()
    temperature = np.exp(minimize_scalar(lambda u: loss(np.exp(u)), bounds=(-6, 6), method="bounded", options={"xatol": 1e-10}).x)

    def shared(q):
        if kind != "softmax":
            return q
        return q / q.sum(axis=1, keepdims=True)

    platt, steps = [], []
    for k in range(width):
        a, b = _sigmoid_calibration(scores[:, k], holds[:, k].astype(float), weights)
        platt.append(expit(-(a * scores[:, k] + b)))
        fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores[:, k], holds[:, k], sample_weight=weights)
        steps.append(fitted.predict(scores[:, k]))
    return {
        "Kind": kind,
        "Sums": sums.tolist(),
        "Holds": holds.tolist(),
        "Weights": None if weights is None else weights.tolist(),
        "Temperature": float(temperature),
        "Platt": shared(np.stack(platt, axis=1)).tolist(),
        # Away from 0 and 1, as here.
        "Isotonic": shared(np.clip(np.stack(steps, axis=1), 2**-23, 1 - 2**-23)).tolist(),
    }


path = pathlib.Path(__file__).parent / "calibration.json"
path.write_text("[\n" + ",\n".join(json.dumps(case()) for _ in range(18)) + "\n]\n")
