"""Writes measures.json: what scikit-learn measures of random predictions, with ties, missing classes and weights of samples.

Run: /usr/bin/python3 make_measures.py (scikit-learn 1.2).
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")
random = np.random.default_rng(26)


def weights_of(n):
    return None if random.random() < 0.5 else random.integers(1, 17, n) / 8


def defined(function, truth, scores, weights):
    """A figure of one class against the rest; none where there are not both."""
    return None if truth.min() == truth.max() else function(truth, scores, sample_weight=weights)


def mean(values, weights=None):
    there = [(v, 1 if weights is None else weights[i]) for i, v in enumerate(values) if v is not None]
    return sum(v * w for v, w in there) / sum(w for _, w in there) if there else None


def averages(truth, predicted, weights, how):
    values = metrics.precision_recall_fscore_support(truth, predicted, average=how, sample_weight=weights, zero_division=0)[:3]
    return {f"{how.title()}{name}": value for name, value in zip(("Precision", "Recall", "F1"), values)}


def interval(accuracy, n, weights):
    """Wilson's, of the effective number of samples."""
    n, z = n if weights is None else weights.sum() ** 2 / (weights**2).sum(), 1.959963984540054
    middle, reach = (accuracy + z * z / (2 * n)), z * np.sqrt(accuracy * (1 - accuracy) / n + z * z / (4 * n * n))
    return {"AccuracyLow": (middle - reach) / (1 + z * z / n), "AccuracyHigh": (middle + reach) / (1 + z * z / n)}


def classes():
    k, n = int(random.integers(2, 6)), int(random.integers(5, 60))
    parts = np.ones((n, k)) + np.array([random.multinomial(64 - k, random.dirichlet(np.ones(k))) for _ in range(n)])
    p, weights = parts / 64, weights_of(n)
    truth = random.choice(np.sort(random.permutation(k)[: random.integers(2, k + 1)]), n)
    predicted, every = p.argmax(1), list(range(k))
    one_hot = np.eye(k)[truth]
    w = np.ones(n) if weights is None else weights
    areas = [defined(metrics.roc_auc_score, one_hot[:, j], p[:, j], weights) for j in every]
    precisions = [None if one_hot[:, j].max() == 0 else metrics.average_precision_score(one_hot[:, j], p[:, j], sample_weight=weights)
                  for j in every]  # fmt: skip
    if len(set(truth)) == k and k > 2:
        for how in ("macro", "weighted"):
            whole = metrics.roc_auc_score(truth, p, multi_class="ovr", average=how, sample_weight=weights)
            assert abs(whole - mean(areas, None if how == "macro" else one_hot.T @ w)) < 1e-12
    squares = ((p - one_hot) ** 2).sum(1)
    bins = np.ceil(p.max(1) * 15).astype(int)
    gaps = [abs((w * (p.max(1) - (predicted == truth)))[bins == b].sum()) for b in range(16)]
    scores = metrics.precision_recall_fscore_support(truth, predicted, labels=every, sample_weight=weights, zero_division=0)
    accuracy = metrics.accuracy_score(truth, predicted, sample_weight=weights)
    kappa = metrics.cohen_kappa_score(truth, predicted, labels=every, sample_weight=weights)
    figures = {
        "Accuracy": accuracy,
        "BalancedAccuracy": metrics.balanced_accuracy_score(truth, predicted, sample_weight=weights),
        "CohenKappa": None if np.isnan(kappa) else kappa,
        "MatthewsCorrelation": metrics.matthews_corrcoef(truth, predicted, sample_weight=weights),
        "LogLoss": metrics.log_loss(truth, p, labels=every, sample_weight=weights),
        "BrierScore": metrics.brier_score_loss(truth, p[:, 1], sample_weight=weights, pos_label=1)
        if k == 2
        else np.average(squares, weights=weights),
        "RocAuc": areas[1] if k == 2 else mean(areas),
        "WeightedRocAuc": mean(areas, one_hot.T @ w),
        "AveragePrecision": precisions[1] if k == 2 else mean(precisions),
        "ExpectedCalibrationError": sum(gaps) / w.sum(),
    }
    # Of ties scikit-learn takes the last, and we the first.
    tops = [1.0 if j == k else metrics.top_k_accuracy_score(k - 1 - truth, p[:, ::-1], k=j, labels=every, sample_weight=weights)
            for j in range(1, k + 1)] if k > 2 else [accuracy, 1.0]  # fmt: skip
    figures |= averages(truth, predicted, weights, "macro") | averages(truth, predicted, weights, "weighted")
    return {
        "Kind": "Classes",
        "Width": k,
        "Outputs": p.flatten().tolist(),
        "Targets": truth.tolist(),
        "Weights": None if weights is None else weights.tolist(),
        "Figures": figures | interval(accuracy, n, weights),
        "Lists": {
            "TopAccuracies": tops,
            "Precision": scores[0].tolist(),
            "Recall": scores[1].tolist(),
            "F1": scores[2].tolist(),
            "RocAuc": areas,
            "AveragePrecision": precisions,
            "Confusion": metrics.confusion_matrix(truth, predicted, labels=every, sample_weight=weights).flatten().tolist(),
        },
    }


def labels():
    k, n = int(random.integers(2, 5)), int(random.integers(5, 60))
    p, weights = random.integers(1, 64, (n, k)) / 64, weights_of(n)
    truth = random.integers(0, 2, (n, k)) * (np.arange(k) < random.integers(1, k + 1))
    predicted, every = (p > 0.5).astype(int), range(k)
    w = np.ones(n) if weights is None else weights
    areas = [defined(metrics.roc_auc_score, truth[:, j], p[:, j], weights) for j in every]
    precisions = [None if truth[:, j].max() == 0 else metrics.average_precision_score(truth[:, j], p[:, j], sample_weight=weights)
                  for j in every]  # fmt: skip
    scores = metrics.precision_recall_fscore_support(truth, predicted, sample_weight=weights, zero_division=0)
    accuracy = metrics.accuracy_score(truth, predicted, sample_weight=weights)
    figures = {
        "Accuracy": accuracy,
        "HammingLoss": metrics.hamming_loss(truth, predicted, sample_weight=weights),
        "LogLoss": np.mean([metrics.log_loss(truth[:, j], p[:, j], labels=[0, 1], sample_weight=weights) for j in every]),
        "BrierScore": np.mean([np.average((truth[:, j] - p[:, j]) ** 2, weights=weights) for j in every]),
        "RocAuc": mean(areas),
        "WeightedRocAuc": mean(areas, truth.T @ w),
        "AveragePrecision": mean(precisions),
    }
    for how in ("macro", "weighted", "micro"):
        figures |= averages(truth, predicted, weights, how)
    return {
        "Kind": "Labels",
        "Width": k,
        "Outputs": p.flatten().tolist(),
        "Targets": truth.flatten().tolist(),
        "Weights": None if weights is None else weights.tolist(),
        "Figures": figures | interval(accuracy, n, weights),
        "Lists": {
            "Precision": scores[0].tolist(),
            "Recall": scores[1].tolist(),
            "F1": scores[2].tolist(),
            "RocAuc": areas,
            "AveragePrecision": precisions,
        },
    }


def numbers():
    k, n = int(random.integers(1, 4)), int(random.integers(5, 60))
    # Not to be halved by their weights exactly: scikit-learn takes the lower of two medians there, of weighted samples alone.
    weights = None if random.random() < 0.5 else random.integers(1, 17, n) / 8 + np.append(np.zeros(n - 1), 1 / 16)
    truth = random.integers(-400, 400, (n, k)) / 16
    predicted = truth + random.integers(-64, 65, (n, k)) / 32 + 0.25
    w = {"sample_weight": weights, "multioutput": "raw_values"}
    lists = {
        "MeanAbsoluteError": metrics.mean_absolute_error(truth, predicted, **w),
        "RootMeanSquaredError": metrics.mean_squared_error(truth, predicted, squared=False, **w),
        "R2": metrics.r2_score(truth, predicted, **w),
        "ExplainedVariance": metrics.explained_variance_score(truth, predicted, **w),
        "MedianAbsoluteError": metrics.median_absolute_error(truth, predicted, **w),
        "MeanAbsolutePercentageError": metrics.mean_absolute_percentage_error(truth, predicted, **w),
        "LargestError": np.array([metrics.max_error(truth[:, j], predicted[:, j]) for j in range(k)]),
    }
    return {
        "Kind": "Numbers",
        "Width": k,
        "Outputs": predicted.flatten().tolist(),
        "Targets": truth.flatten().tolist(),
        "Weights": None if weights is None else weights.tolist(),
        "Figures": {name: float(v.max() if name == "LargestError" else v.mean()) for name, v in lists.items()},
        "Lists": {name: v.tolist() for name, v in lists.items()},
    }


cases = [make() for make in (classes, labels, numbers) for _ in range(24)]
path = pathlib.Path(__file__).with_name("measures.json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
