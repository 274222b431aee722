"""Writes thresholds.json: scikit-learn's curves of precision, recall and false positives, with ties and weights, some of them 0.

Run: /usr/bin/python3 make_thresholds.py (scikit-learn 1.2).
"""

import json
import pathlib

import numpy as np
from sklearn import metrics

random = np.random.default_rng(31)


def case():
    n = int(random.integers(4, 80))
    truth = random.permutation(np.arange(n) % int(random.integers(2, 5)) == 0)
    scores = random.random(n).astype(np.float32)
    if random.random() < 0.6:
        scores = (random.integers(0, 9, n) / 8).astype(np.float32)
    weights = None if random.random() < 0.4 else random.integers(0, 9, n) / 8
    if weights is not None:
        weights[[truth.argmax(), truth.argmin()]] = 1
    precision, recall, thresholds = metrics.precision_recall_curve(truth, scores, sample_weight=weights)
    wrong, found, falling = metrics.roc_curve(truth, scores, sample_weight=weights, drop_intermediate=False)
    assert (falling[:0:-1] == thresholds).all()
    return {
        "Scores": [float(score) for score in scores],
        "Truth": truth.tolist(),
        "Weights": None if weights is None else weights.tolist(),
        "Thresholds": [float(threshold) for threshold in thresholds],
        "Precision": precision[:-1].tolist(),
        "Recall": recall[:-1].tolist(),
        "FalsePositiveRate": wrong[:0:-1].tolist(),
    }


path = pathlib.Path(__file__).parent / "thresholds.json"
path.write_text("[\n" + ",\n".join(json.dumps(case()) for _ in range(24)) + "\n]\n")
