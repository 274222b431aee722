"""Makes the rows of NAdam in torch-optimizers.csv with PyTorch in float64: the losses before each of 60 steps.

The network is that of torch-optimizers.init.safetensors, 784-64-32-10, ReLU then tanh; a batch is 128 training images of MNIST in the
order of the file. Start it as make_nadam.py <folder of MNIST> <this folder> >> torch-optimizers.csv.
"""
import csv
import gzip
import json
import sys

import numpy
import torch

torch.set_default_dtype(torch.float64)
BATCH, STEPS = 128, 60


def idx(path, offset, *shape):
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=offset).reshape(*shape)


def safetensors(path):
    with open(path, "rb") as file:
        head = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    return {
        name: torch.from_numpy(numpy.frombuffer(data[slice(*field["data_offsets"])], "<f4").reshape(field["shape"]).astype(numpy.float64))
        for name, field in head.items()
        if name != "__metadata__"
    }


def nadam_step(param, memory, step, weight_decay, lr=2e-3, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=4e-3):
    """A step of torch.optim.NAdam as it is since PyTorch 2; 1.13 takes this step's momentum twice into the product with the next one's."""
    grad = param.grad + weight_decay * param.data
    mu = beta1 * (1 - 0.5 * 0.96 ** (step * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * momentum_decay))
    memory["product"] = memory.get("product", 1.0) * mu
    memory["mean"] = memory.get("mean", 0) * beta1 + (1 - beta1) * grad
    memory["square"] = memory.get("square", 0) * beta2 + (1 - beta2) * grad * grad
    denom = (memory["square"] / (1 - beta2**step)).sqrt() + eps
    param.data = param.data - lr * (1 - mu) / (1 - memory["product"]) * grad / denom
    param.data = param.data - lr * mu_next / (1 - memory["product"] * mu_next) * memory["mean"] / denom


def main(mnist, folder):
    images = torch.from_numpy(idx(f"{mnist}/train-images-idx3-ubyte.gz", 16, -1, 784) / 255.0)
    labels = torch.from_numpy(idx(f"{mnist}/train-labels-idx1-ubyte.gz", 8, -1).astype(numpy.int64))
    tensors = safetensors(f"{folder}/torch-optimizers.init.safetensors")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for decay in (0, 0.001):
        layers = [torch.nn.Linear(fan_in, fan_out) for fan_in, fan_out in ((784, 64), (64, 32), (32, 10))]
        for i, layer in enumerate(layers):
            layer.weight.data = tensors[f"layers.{i}.weight"].clone()
            layer.bias.data = tensors[f"layers.{i}.bias"].clone()
        net = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.Tanh(), layers[2])
        memories = [{} for _ in net.parameters()]
        name = f"nadam lr=0.002 betas=0.9,0.999 eps=1e-8 momentum_decay=0.004 weight_decay={decay}"
        for step in range(STEPS):
            batch = slice(step * BATCH, (step + 1) * BATCH)
            loss = torch.nn.functional.cross_entropy(net(images[batch]), labels[batch])
            writer.writerow([name, step + 1, f"{loss.item():.9g}"])
            net.zero_grad()
            loss.backward()
            for param, memory in zip(net.parameters(), memories):
                nadam_step(param, memory, step + 1, decay)


main(*sys.argv[1:])
