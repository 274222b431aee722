"""Makes prelu.csv with PyTorch in float64: the losses of 40 steps with nn.PReLU, and its slopes after the last one.

Network, data and steps are those of make_references.py with cross-entropy, with nn.PReLU for each unit in the place of the activations.
Weights decay, a group of their own, or all that is learned. Start it as make_prelu.py > prelu.csv.
"""
import csv
import sys
from itertools import product

import torch

from make_references import BATCH, SAMPLES, SIZES, STEPS, f32, network, wave

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
    writer.writerow(["optimizer", "batch_norm", "decays", "step", "values"])
    for name, optimizer_of in OPTIMIZERS.items():
        for batch_norm, decays in product((False, True), ("weights", "all")):
            net = network(batch_norm, lambda layer, units: torch.nn.PReLU(num_parameters=units))
            slopes = [module.weight for module in net if isinstance(module, torch.nn.PReLU)]
            weights = [module.weight for module in net if isinstance(module, torch.nn.Linear)]
            others = [value for value in net.parameters() if not any(value is weight for weight in weights)]
            groups = [{"params": weights, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.05 if decays == "all" else 0}]
            optimizer = optimizer_of(groups)
            start = [name, int(batch_norm), decays]
            for step in range(STEPS):
                first = step * BATCH % SAMPLES
                loss = torch.nn.functional.cross_entropy(net(x[first : first + BATCH]), classes[first : first + BATCH])
                writer.writerow([*start, step, repr(loss.item())])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            for i, slope in enumerate(slopes):
                writer.writerow([*start, f"slopes {i}", " ".join(repr(value) for value in slope.tolist())])


main(sys.stdout)
