"""Loads a model that the engine wrote, predicts, and compares: check_models.py FOLDER

FOLDER holds torch.safetensors (with the names of nn.Sequential), model.npz, and expected.csv, each of whose rows has the features of a
sample and then its probabilities. Prints what was compared: NumPy, and PyTorch where it is there.
"""
import csv
import json
import struct
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
with open(folder / "expected.csv") as file:
    rows = np.array([[float(value) for value in row] for row in csv.reader(file)])


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def compare(name, outputs):
    difference = np.abs(outputs - expected).max()
    if difference > 1e-5:
        sys.exit(f"{name}: the largest difference is {difference}")
    print(f"{name}: {len(expected)} samples")


model = np.load(folder / "model.npz")
inputs = model["W1"].shape[1]
x, expected = rows[:, :inputs], rows[:, inputs:]
sums = x @ model["W1"].T + model["b1"]
hidden = np.maximum(sums, 0) + model["a1"] * np.minimum(sums, 0) if "a1" in model else np.tanh(sums)
compare("NumPy", softmax(hidden @ model["W2"].T + model["b2"]))

try:
    import torch
except ImportError:
    sys.exit()

data = (folder / "torch.safetensors").read_bytes()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + length])
header.pop("__metadata__")
types = {"F32": np.float32, "I64": np.int64}
state = {}
for name, entry in header.items():
    begin, end = (8 + length + offset for offset in entry["data_offsets"])
    state[name] = torch.from_numpy(np.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"]).copy())
units, classes = model["W1"].shape[0], model["W2"].shape[0]
activation = torch.nn.PReLU(num_parameters=units) if "a1" in model else torch.nn.Tanh()
network = torch.nn.Sequential(torch.nn.Linear(inputs, units), activation, torch.nn.Linear(units, classes))
network.load_state_dict(state)
network.eval()
with torch.no_grad():
    compare("PyTorch", torch.softmax(network(torch.from_numpy(x).float()), 1).numpy())
