"""Makes losses.csv with PyTorch in float64: the losses of 40 steps of gradient descent for each loss, with and without batch normalization.

The network is 6-8-5-3, tanh then ReLU; data and first weights are formulas, so that the test makes the same ones. Each step takes 16 of
64 samples in their order and writes the loss before it; the row "eval" is the loss over all samples after the last step, measured.
"""
import csv
import math
import sys

import torch

torch.set_default_dtype(torch.float64)

SAMPLES, SIZES, BATCH, STEPS = 64, [6, 8, 5, 3], 16, 40


def wave(*place):
    return math.sin(sum(factor * k for factor, k in zip((1.7, 2.3, 3.1), place)) + 0.5)


def f32(values):
    return torch.tensor(values, dtype=torch.float32).double()


def log_cosh(y, t):
    return torch.log(torch.cosh(y - t)).mean()


def quantile(y, t, level=0.9):
    # Koenker and Bassett, 1978; as sklearn.metrics.mean_pinball_loss.
    return torch.maximum(level * (t - y), (level - 1) * (t - y)).mean()


def focal(z, t, gamma=1.5):
    # Lin et al., 2017, equation 4, with the p of a softmax.
    p = torch.softmax(z, 1).gather(1, t[:, None])
    return (-((1 - p) ** gamma) * torch.log(p)).mean()


def binary_focal(z, t, gamma=2.0):
    p = torch.sigmoid(z)
    p = t * p + (1 - t) * (1 - p)
    return (-((1 - p) ** gamma) * torch.log(p)).mean()


def ordinal(z, t):
    # McCullagh, 1980: the logits of what lies above each class but the last fall from one to the next.
    logits = torch.cat([z[:, :1], -torch.nn.functional.softplus(z[:, 1:])], 1).cumsum(1)
    above = torch.sigmoid(logits)
    ends = torch.ones(len(z), 1), torch.zeros(len(z), 1)
    p = torch.cat([ends[0], above], 1) - torch.cat([above, ends[1]], 1)
    return -torch.log(p.gather(1, t[:, None])).mean()


def hold(net):
    # The weights into all outputs but the first are not learned.
    net[-1].weight.register_hook(lambda gradient: gradient * torch.eye(SIZES[-1])[:, :1])


def network(batch_norm, activation=lambda layer, units: torch.nn.Tanh() if layer == 0 else torch.nn.ReLU(), **norm):
    layers = []
    for i, (fan_in, fan_out) in enumerate(zip(SIZES, SIZES[1:])):
        hidden = i < len(SIZES) - 2
        linear = torch.nn.Linear(fan_in, fan_out, bias=not (batch_norm and hidden))
        linear.weight.data = f32([[0.6 * wave(o, k, i) for k in range(fan_in)] for o in range(fan_out)])
        if linear.bias is not None:
            linear.bias.data.zero_()
        layers.append(linear)
        if hidden:
            if batch_norm:
                layers.append(torch.nn.BatchNorm1d(fan_out, **norm))
            layers.append(activation(i, fan_out))
    return torch.nn.Sequential(*layers)


def main(out):
    x = f32([[wave(i, j) for j in range(SIZES[0])] for i in range(SAMPLES)])
    numbers = f32([[2 * wave(i, k, 5) for k in range(SIZES[-1])] for i in range(SAMPLES)])
    labels = (numbers > 0).double()
    classes = torch.tensor([i * i % 3 for i in range(SAMPLES)])
    ranks = torch.tensor([(i * i + i // 2) % 4 for i in range(SAMPLES)])
    counts = (3 * (1 + numbers / 2)).floor()
    weights = f32([1 + wave(i) for i in range(SAMPLES)])
    losses = {
        "CrossEntropy": (torch.nn.CrossEntropyLoss(), classes),
        "BinaryCrossEntropy": (torch.nn.BCEWithLogitsLoss(), labels),
        "MeanSquaredError": (torch.nn.MSELoss(), numbers),
        "MeanAbsoluteError": (torch.nn.L1Loss(), numbers),
        "Huber": (torch.nn.HuberLoss(), numbers),
        "Huber 0.5": (torch.nn.HuberLoss(delta=0.5), numbers),
        "LogCosh": (log_cosh, numbers),
        "Quantile 0.9": (quantile, numbers),
        "Poisson": (torch.nn.PoissonNLLLoss(log_input=True, full=False), counts),
        "Focal 1.5": (focal, classes),
        "BinaryFocal": (binary_focal, labels),
        "Ordinal": (ordinal, ranks),
        "Normalized": (torch.nn.MSELoss(), numbers),
        "Weighted": (lambda y, t: (weights[t[1]] * ((y - t[0]) ** 2).mean(1)).mean(), None),
    }
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["loss", "batch_norm", "step", "value"])
    for name, (loss, targets) in losses.items():
        for batch_norm in (False, True):
            net = network(batch_norm, **({"eps": 0.02, "momentum": 0.3} if name == "Normalized" else {}))
            if name == "Ordinal":
                hold(net)
            optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
            for step in range(STEPS):
                first = step * BATCH % SAMPLES
                batch = slice(first, first + BATCH)
                target = (numbers[batch], range(first, first + BATCH)) if targets is None else targets[batch]
                value = loss(net(x[batch]), target)
                writer.writerow([name, int(batch_norm), step, repr(value.item())])
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
            net.eval()
            # What is measured is a mean over what the samples weigh.
            final = loss(net(x), (numbers, range(SAMPLES))) / weights.mean() if targets is None else loss(net(x), targets)
            writer.writerow([name, int(batch_norm), "eval", repr(final.item())])


if __name__ == "__main__":
    main(sys.stdout)
