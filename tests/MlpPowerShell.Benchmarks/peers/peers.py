"""The same training in NumPy, scikit-learn or PyTorch: an epoch, evaluation included, for each line of input.

usage: peers.py {numpy|sklearn|torch} WORKLOAD DATA_FOLDER
Answers each line with the epoch's seconds and the megabytes by which peak memory has grown since the data were loaded.
"""
import gzip
import resource
import sys
import time
from pathlib import Path

try:
    import numpy as np
except ImportError:
    sys.exit(f"{sys.argv[1]} doesn't take part: {sys.executable} has no NumPy")


def load(folder, split):
    images = np.frombuffer(gzip.decompress((folder / f"{split}-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    labels = np.frombuffer(gzip.decompress((folder / f"{split}-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    return images.reshape(len(labels), -1).astype(np.float32) / np.float32(255), labels.astype(np.int64)


def numpy_epochs(data, optimizer, hidden, batch):
    """Full-batch gradient descent in float32 on ReLU and sigmoid layers, the forward pass shared by scoring and gradient."""
    if optimizer != "full":
        return None
    x, y, x_test, y_test = data
    dims = [x.shape[1], *hidden, 10]
    random = np.random.default_rng(1)
    params = [(random.normal(0, i ** -0.5, (o, i)).astype(np.float32), np.zeros(o, np.float32)) for i, o in zip(dims, dims[1:])]

    def forward(x):
        values = [x]
        for k, (w, b) in enumerate(params):
            z = values[-1] @ w.T + b
            if k == len(params) - 1:
                e = np.exp(z - z.max(1, keepdims=True))
                values.append(e / e.sum(1, keepdims=True))
            else:
                values.append(np.maximum(z, 0) if k == 0 else 1 / (1 + np.exp(-z)))
        return values

    def score(p, y):
        return -np.log(p[np.arange(len(y)), y]).mean(), (p.argmax(1) == y).mean()

    values = forward(x)

    def epoch():
        nonlocal params, values
        delta = values[-1].copy()
        delta[np.arange(len(y)), y] -= 1
        delta /= np.float32(len(y))
        updated = []
        for k in range(len(params) - 1, -1, -1):
            w, b = params[k]
            updated.append((w - np.float32(0.5) * (delta.T @ values[k]), b - np.float32(0.5) * delta.sum(0)))
            if k:
                a = values[k]
                delta = (delta @ w) * ((a > 0).astype(np.float32) if k == 1 else a * (1 - a))
        params = updated[::-1]
        values = forward(x)
        score(values[-1], y), score(forward(x_test)[-1], y_test)

    return epoch


def sklearn_epochs(data, optimizer, hidden, batch):
    if optimizer == "full":
        return None
    from sklearn.neural_network import MLPClassifier
    x, y, x_test, y_test = data
    solver, rate = ("adam", 1e-3) if optimizer == "adam" else ("sgd", 0.05)
    model = MLPClassifier(hidden, solver=solver, batch_size=batch, learning_rate_init=rate)

    def epoch():
        model.partial_fit(x, y, classes=np.arange(10))
        model.score(x_test, y_test)

    return epoch


def torch_epochs(data, optimizer, hidden, batch):
    import os
    import torch
    torch.set_num_threads(os.cpu_count())
    x, y, x_test, y_test = (torch.from_numpy(a) for a in data)
    dims, layers = [x.shape[1], *hidden, 10], []
    for i, o in zip(dims, dims[1:]):
        layers += [torch.nn.Linear(i, o), torch.nn.Sigmoid() if optimizer == "full" and len(layers) == 2 else torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    loss = torch.nn.functional.cross_entropy
    if optimizer == "adam":
        stepper = torch.optim.Adam(net.parameters())
    else:
        stepper = torch.optim.SGD(net.parameters(), 0.5 if optimizer == "full" else 0.05, momentum=0 if optimizer == "full" else 0.9)

    def epoch():
        order = torch.randperm(len(y))
        for start in range(0, len(y), batch or len(y)):
            xb, yb = (x, y) if not batch else (x[order[start:start + batch]], y[order[start:start + batch]])
            stepper.zero_grad()
            loss(net(xb), yb).backward()
            stepper.step()
        with torch.no_grad():
            for a, b in ((x_test, y_test),) if batch else ((x, y), (x_test, y_test)):
                p = net(a)
                loss(p, b).item(), (p.argmax(1) == b).float().mean().item()

    return epoch


def main():
    peer, workload, folder = sys.argv[1:]
    optimizer, hidden, *batch = workload.split(":")
    make = {"numpy": numpy_epochs, "sklearn": sklearn_epochs, "torch": torch_epochs}.get(peer)
    if make is None:
        sys.exit(f"there is no peer {peer}: numpy, sklearn, torch")
    try:
        data = [*load(Path(folder), "train"), *load(Path(folder), "t10k")]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        epoch = make(data, optimizer, [int(size) for size in hidden.split(",")], int(batch[0]) if batch else None)
    except ImportError as missing:
        sys.exit(f"{peer} doesn't take part: {sys.executable} has no {missing.name}")
    if epoch is None:
        return
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        epoch()
        seconds = time.perf_counter() - started
        print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3, flush=True)


main()
