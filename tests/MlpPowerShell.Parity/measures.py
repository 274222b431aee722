"""What scikit-learn measures of outputs that a model gave."""
import numpy as np
import torch
from rounding import f32, nudge


def measure_metrics(case, generator):
    """What scikit-learn measures of outputs that a model gave."""
    from sklearn import metrics

    outputs = f32(case["outputs"]).reshape(-1, case["width"])
    nudge([outputs], generator)
    w = {"sample_weight": case["sample_weights"]}
    if case["kind_of_outputs"] == "numbers":
        truth, predicted = f32(case["targets"]).reshape(-1, case["width"]).numpy(), outputs.numpy()
        return {
            "mean absolute error": [metrics.mean_absolute_error(truth, predicted, **w)],
            "root mean squared error": [metrics.mean_squared_error(truth, predicted, squared=False, **w)],
            "R2": [metrics.r2_score(truth, predicted, **w)],
            "loss": [metrics.mean_squared_error(truth, predicted, **w)],
        }
    if case["kind_of_outputs"] == "labels":
        truth, predicted = np.array(case["targets"]).reshape(-1, case["width"]), (outputs > 0).numpy().astype(int)
        chances, of = torch.sigmoid(outputs).numpy(), list(range(case["width"]))
        loss = np.mean([metrics.log_loss(truth[:, j], chances[:, j], labels=[0, 1], **w) for j in of])
        # Of probabilities as models give them.
        log_loss = np.mean([metrics.log_loss(truth[:, j], chances[:, j].astype(np.float32), labels=[0, 1], **w) for j in of])
        figures = {}
    else:
        logits = torch.cat([torch.zeros_like(outputs), outputs], 1) if case["width"] == 1 else outputs
        truth, predicted = np.array(case["labels"]), logits.argmax(1).numpy()
        of = list(range(logits.shape[1]))
        loss = metrics.log_loss(truth, torch.softmax(logits, 1).numpy(), labels=of, **w)
        given = torch.softmax(logits, 1).numpy().astype(np.float32)
        if case["width"] == 1:
            # The one output is the probability of the second class.
            given = np.hstack([1 - given[:, 1:], given[:, 1:]])
        log_loss = metrics.log_loss(truth, given, labels=of, **w)
        figures = {"confusion": metrics.confusion_matrix(truth, predicted, labels=of, **w).flatten().tolist()}
    scores = metrics.precision_recall_fscore_support(truth, predicted, labels=of, zero_division=0, **w)
    # Support is a count.
    support = np.array([(truth == j).sum() for j in of]) if truth.ndim == 1 else truth.sum(0)
    scores = (*scores[:3], support.astype(float))
    figures |= dict(zip(("precision", "recall", "F1", "support"), (score.tolist() for score in scores)))
    # Of the classes of samples that count: scikit-learn takes those of the others too, as if weights of 0 were no copies.
    some = np.array(case["sample_weights"] or np.ones(len(truth))) > 0
    counts = {"sample_weight": None if case["sample_weights"] is None else np.array(case["sample_weights"])[some]}
    macro = metrics.precision_recall_fscore_support(truth[some], predicted[some], average="macro", zero_division=0, **counts)[2]
    accuracy = metrics.accuracy_score(truth, predicted, **w)
    return figures | {"accuracy": [accuracy], "loss": [loss], "log loss": [log_loss], "macro F1": [macro]}
