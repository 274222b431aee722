"""Makes prelu.csv with PyTorch in float64: the losses of 40 steps with nn.PReLU, and its slopes after the last one.

Network, data and steps are those of make_references.py with cross-entropy, with nn.PReLU for each unit in the place of the activations.
The slopes do not decay (He et al., 2015, section 2.1): they are a group of their own. Start it as make_prelu.py > prelu.csv.
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


def network(batch_norm):
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
                layers.append(torch.nn.BatchNorm1d(fan_out))
            layers.append(torch.nn.PReLU(num_parameters=fan_out))
    return torch.nn.Sequential(*layers)


OPTIMIZERS = {
    "Sgd": lambda groups: torch.optim.SGD(groups, lr=0.1),
    "Momentum": lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9),
    "Adam": lambda groups: torch.optim.Adam(groups, lr=0.01),
    "AdamW": lambda groups: torch.optim.AdamW(groups, lr=0.01),
}


def main(out):
    x = f32([[wave(i, j) for j in range(SIZES[0])] for i in range(SAMPLES)])
    classes = torch.tensor([i * i % 3 for i in range(SAMPLES)])
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["optimizer", "batch_norm", "step", "values"])
    for name, optimizer_of in OPTIMIZERS.items():
        for batch_norm in (False, True):
            net = network(batch_norm)
            slopes = [module.weight for module in net if isinstance(module, torch.nn.PReLU)]
            others = [value for value in net.parameters() if not any(value is slope for slope in slopes)]
            optimizer = optimizer_of([{"params": others, "weight_decay": 0.05}, {"params": slopes, "weight_decay": 0}])
            for step in range(STEPS):
                first = step * BATCH % SAMPLES
                loss = torch.nn.functional.cross_entropy(net(x[first : first + BATCH]), classes[first : first + BATCH])
                writer.writerow([name, int(batch_norm), step, repr(loss.item())])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            for i, slope in enumerate(slopes):
                writer.writerow([name, int(batch_norm), f"slopes {i}", " ".join(repr(value) for value in slope.tolist())])


main(sys.stdout)
