"""Trains networks with PyTorch in float64, and measures predictions with scikit-learn: a request of JSON a line in, an answer a line out.

Everything is done once in float64, and then some times in float32, where features, weights at the start and after each step, and what each
layer hands on and gets back of each sample are moved by up to a unit in the last place. The most that this moves a figure is what rounding
alone may do to it; an answer has that beside its value.
"""
import json
import math
import sys

import numpy as np
import torch
from graphs import graph
from measures import measure_metrics
from optimizers import Rates, optimizer_of
from rounding import ACTIVATIONS, f32, nudge, nudged
from torch.optim import swa_utils

torch.set_num_threads(1)


class Network:
    """The network of a request, its parameters by the engine's names."""

    def __init__(self, case):
        modules, self.named, self.weights = [], {}, []
        sizes = case["sizes"]
        given = {name: f32(values) for name, values in case["parameters"].items()}
        for i, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:])):
            hidden = i < len(sizes) - 2
            normalized = hidden and case["batch_normalization"]
            linear = torch.nn.Linear(fan_in, fan_out, bias=not normalized)
            self.take(f"layers.{i}.weight", linear.weight, given)
            self.weights.append(linear.weight)
            modules.append(linear)
            if normalized:
                norm = torch.nn.BatchNorm1d(fan_out, momentum=case["normalization_momentum"])
                self.take(f"layers.{i}.scale", norm.weight, given)
                self.take(f"layers.{i}.bias", norm.bias, given)
                self.named |= {f"layers.{i}.mean": norm.running_mean, f"layers.{i}.variance": norm.running_var}
                modules.append(norm)
            else:
                self.take(f"layers.{i}.bias", linear.bias, given)
            if hidden and case["activations"][i] == "PReLU":
                modules.append(torch.nn.PReLU(fan_out))
                self.take(f"layers.{i}.slope", modules[-1].weight, given)
            elif hidden:
                modules.append(ACTIVATIONS[case["activations"][i]]())
        if case["loss"] == "Ordinal":
            # The weights into all outputs but the first are not learned.
            self.weights[-1].register_hook(lambda slopes: slopes * (torch.arange(len(slopes)) == 0)[:, None])
        self.net = torch.nn.Sequential(*modules)

    def take(self, name, parameter, given):
        parameter.data = given[name].reshape(parameter.shape)
        self.named[name] = parameter


def binary_focal(outputs, targets, gamma):
    holds, holds_not = torch.nn.functional.logsigmoid(outputs), torch.nn.functional.logsigmoid(-outputs)
    return -targets * torch.exp(gamma * holds_not) * holds - (1 - targets) * torch.exp(gamma * holds) * holds_not


def cumulative(outputs):
    """The logits of what lies above each class but the last."""
    return torch.cat([outputs[:, :1], -torch.nn.functional.softplus(outputs[:, 1:])], 1).cumsum(1)


def ordinal(outputs, labels):
    """The negative log-likelihood of classes with an order, a difference of two sigmoids as a product of three."""
    logits, ends = cumulative(outputs), torch.full_like(outputs[:, :1], 1e4)
    factors = torch.cat([ends, logits], 1), torch.cat([-logits, ends], 1), torch.cat([ends, outputs[:, 1:], ends], 1)
    return -sum(torch.nn.functional.logsigmoid(factor.gather(1, labels[:, None])[:, 0]) for factor in factors)


class Scorer:
    """What the outputs should be, and how far off they are."""

    def __init__(self, case):
        functional = torch.nn.functional
        self.smoothing, self.outputs = case["label_smoothing"], case["sizes"][-1]
        self.is_one_of_many, self.is_ordinal = case["loss"] in ("CrossEntropy", "Focal"), case["loss"] == "Ordinal"
        self.labels = None if case["labels"] is None else torch.tensor(case["labels"])
        self.counts = torch.ones(len(case["labels"] or case["targets"]) // (1 if case["labels"] else self.outputs))
        if case["sample_weights"] is not None:
            self.counts = f32(case["sample_weights"])
        # Classes have weights in training alone.
        self.weights = self.counts
        if case["class_weights"] is not None:
            self.weights = self.weights * self.class_weights(case["class_weights"])[self.labels]
        self.is_binary = case["loss"] in ("BinaryCrossEntropy", "BinaryFocal")
        self.gamma, quantile = case["focal_gamma"] if case["loss"] == "Focal" else 0, case["quantile"]
        self.each = {
            "BinaryCrossEntropy": lambda y, t: functional.binary_cross_entropy_with_logits(y, t, reduction="none"),
            "BinaryFocal": lambda y, t: binary_focal(y, t, case["focal_gamma"]),
            "MeanSquaredError": lambda y, t: functional.mse_loss(y, t, reduction="none"),
            "MeanAbsoluteError": lambda y, t: functional.l1_loss(y, t, reduction="none"),
            "Huber": lambda y, t: functional.huber_loss(y, t, reduction="none", delta=case["huber_delta"]),
            "LogCosh": lambda y, t: (y - t).abs() + functional.softplus(-2 * (y - t).abs()) - math.log(2),
            "Quantile": lambda y, t: torch.maximum(quantile * (t - y), (1 - quantile) * (y - t)),
            "Poisson": lambda y, t: functional.poisson_nll_loss(y, t, reduction="none"),
        }.get(case["loss"])
        if not (self.is_one_of_many or self.is_ordinal) and self.labels is not None:
            targets = self.labels[:, None] if self.outputs == 1 else functional.one_hot(self.labels, self.outputs)
            self.targets = targets.to(f32([]).dtype)
        elif self.labels is None:
            self.targets = f32(case["targets"]).reshape(-1, self.outputs)

    def class_weights(self, given):
        if given:
            return f32(given)
        counts = torch.bincount(self.labels, minlength=max(2, self.outputs + self.is_ordinal)).to(f32([]).dtype)
        return torch.where(counts > 0, counts.sum() / ((counts > 0).sum() * counts), torch.ones(()))

    def losses(self, outputs, batch, smoothing):
        """The loss of each sample of a batch."""
        if self.is_one_of_many:
            labels = self.labels[batch]
            loss = torch.nn.functional.cross_entropy(outputs, labels, reduction="none", label_smoothing=smoothing)
            missing = outputs.scatter(1, labels[:, None], -math.inf).logsumexp(1) - outputs.logsumexp(1)
            return loss if self.gamma == 0 else torch.exp(self.gamma * missing) * loss
        if self.is_ordinal:
            return ordinal(outputs, self.labels[batch])
        targets = self.targets[batch]
        if self.is_binary:
            targets = targets + smoothing * (0.5 - targets)
        return self.each(outputs, targets).mean(1)

    def correct(self, outputs, batch):
        """What the samples of a batch that are classified right count."""
        if self.is_ordinal:
            ends = torch.ones_like(outputs[:, :1])
            chances = -torch.cat([ends, torch.sigmoid(cumulative(outputs)), 0 * ends], 1).diff(dim=1)
            right = torch.tensor(chances.numpy().argmax(1) == self.labels[batch].numpy())
        elif self.labels is not None and self.outputs > 1:
            right = torch.tensor(outputs.numpy().argmax(1) == self.labels[batch].numpy())
        elif self.is_binary:
            right = ((outputs > 0) == (self.targets[batch] > 0.5)).all(1)
        else:
            return math.nan
        return (self.counts[batch] * right).sum().item()


def batches_of(count, case):
    size = case["batch_size"] or count
    cut = [slice(start, min(start + size, count)) for start in range(0, count, size)]
    # A sample alone can't be normalized, and joins the batch before.
    if case["batch_normalization"] and len(cut) > 1 and cut[-1].stop - cut[-1].start == 1:
        cut[-2:] = [slice(cut[-2].start, count)]
    return cut


class Average:
    """PyTorch's average of a network's weights and statistics, over steps or over the ends of epochs, which is what is measured."""

    def __init__(self, case, net):
        self.decay, self.first, self.net = case["average_decay"], case["average_from"], net
        self.model = swa_utils.AveragedModel(net, avg_fn=self.moved if self.decay else None, use_buffers=bool(self.decay))
        if self.decay:
            self.model.update_parameters(net)

    def moved(self, average, value, count):
        return average + (1 - min(self.decay, (1 + count.item()) / (10 + count.item()))) * (value - average)

    def take_step(self):
        if self.decay:
            self.model.update_parameters(self.net)

    def take_epoch(self, epoch, batches):
        if self.first is not None and epoch >= self.first:
            self.model.update_parameters(self.net)
            swa_utils.update_bn(batches, self.model)

    @property
    def measured(self):
        return self.model.module if self.model.n_averaged > 0 else self.net

    def of(self, values):
        """What stands in the measured network where some values stand in the trained one."""
        places = [[*net.parameters(), *net.buffers()] for net in (self.net, self.measured)]
        return next(there for here, there in zip(*places) if here is values)


def train(case, generator):
    network, scorer = Network(case), Scorer(case)
    pixels = case["pixels"]
    x = f32(case["features"]) if pixels is None else (torch.tensor(pixels, dtype=torch.float32) / 255).to(f32([]).dtype)
    x = x.reshape(-1, case["sizes"][0])
    trained = list(network.net.parameters())
    nudge([x, scorer.weights, *trained], generator)
    for module in network.net if generator is not None else ():
        module.register_forward_hook(lambda _, __, values: nudged(values, generator))
    options = case["optimizer"]
    average = Average(case, network.net)
    optimizer, decays = optimizer_of(options, network, case["learning_rate"])
    kept = [weight != 0 for weight in network.weights] if case["keep_zeros"] else None
    batches = batches_of(len(x), case)
    rates = Rates(case["schedule"], case["learning_rate"], case["epochs"], len(batches))
    figures = {name: [] for name in ("learning rates", "losses of steps", "norms of gradients", "losses of epochs", "accuracies of epochs")}

    def measure():
        net = average.measured
        net.eval()
        with torch.no_grad():
            outputs = net(x)
            loss = (scorer.counts * scorer.losses(outputs, slice(None), 0)).sum().item() / scorer.counts.sum().item()
            right = scorer.correct(outputs, slice(None)) / scorer.counts.sum().item()
        net.train()
        return loss, right

    for epoch in range(1, case["epochs"] + 1):
        total, right = 0.0, 0
        for batch in batches:
            outputs = network.net(x[batch])
            loss = (scorer.weights[batch] * scorer.losses(outputs, batch, scorer.smoothing)).mean()
            optimizer.zero_grad()
            loss.backward()
            total, right = total + loss.item() * len(outputs), right + scorer.correct(outputs.detach(), batch)
            figures["losses of steps"].append(loss.item())
            figures["norms of gradients"].append(take_step(case, network, optimizer, decays, rates, figures))
            if kept:
                for weight, mask in zip(network.weights, kept):
                    weight.data *= mask
            nudge(trained, generator)
            average.take_step()
        average.take_epoch(epoch, [x[batch] for batch in batches])
        whole = scorer.weights.sum().item() or float(len(x))
        measures = case["batch_size"] is None or case["evaluate_training"]
        loss, accuracy = measure() if measures else (total / whole, right / scorer.counts.sum().item())
        figures["losses of epochs"].append(loss)
        figures["accuracies of epochs"].append(accuracy)
        rates.observe(loss)
    loss, accuracy = measure()
    figures |= {"loss after": [loss], "accuracy after": [accuracy]}
    if math.isnan(accuracy):
        del figures["accuracy after"], figures["accuracies of epochs"]
    return figures | {name: average.of(values).detach().flatten().tolist() for name, values in network.named.items()}


def take_step(case, network, optimizer, decays, rates, figures):
    """A step along the gradient that is there, whose norm comes back: clipped by norm, then value; behind it L1 and the limit of norms."""
    options, parameters = case["optimizer"], list(network.net.parameters())
    norm = math.sqrt(sum((p.grad**2).sum().item() for p in parameters))
    # Not PyTorch's clip_grad_norm_, which adds 1e-6 to the norm.
    if options["clip_norm"] and norm > options["clip_norm"]:
        for p in parameters:
            p.grad *= options["clip_norm"] / norm
    if options["clip_value"]:
        torch.nn.utils.clip_grad_value_(parameters, options["clip_value"])
    rate = rates.next()
    figures["learning rates"].append(rate)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    with torch.no_grad():
        for p in decays if options["l1"] else ():
            p.copy_(torch.nn.functional.softshrink(p, rate * options["l1"]))
        for weight in network.weights[:-1] if case["max_norm"] else ():
            norms = weight.norm(dim=1, keepdim=True)
            weight.mul_(torch.where(norms > case["max_norm"], case["max_norm"] / norms, torch.ones(())))
    return norm


def answer(case):
    make = {"network": train, "graph": graph}.get(case["kind"], measure_metrics)
    torch.set_default_dtype(torch.float64)
    figures = make(case, None)
    torch.set_default_dtype(torch.float32)
    moved = {name: np.zeros(len(values)) for name, values in figures.items()}
    for seed in range(case["runs"]):
        for name, values in make(case, torch.Generator().manual_seed(seed)).items():
            moved[name] = np.maximum(moved[name], np.abs(np.array(values) - np.array(figures[name])))
    # What isn't finite is no JSON, and no reference.
    return {name: {"values": np.nan_to_num(values, nan=1e308).tolist(), "moved": np.nan_to_num(moved[name], nan=1e308).tolist()}
            for name, values in figures.items()}  # fmt: skip


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
