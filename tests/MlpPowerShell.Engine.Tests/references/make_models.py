"""Makes models/: small networks that PyTorch wrote as ONNX and as tensors by their names, with inputs and outputs.

Run with a Python that has NumPy and PyTorch: /usr/bin/python3 make_models.py
"""
import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import nn

FOLDER = Path(__file__).parent / "models"


class SiLU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(8, 8)
        self.b = nn.Linear(8, 3)

    def forward(self, x):
        return self.b(x + torch.relu(self.a(x)))


class Normalized(nn.Module):
    """Scales pixels and normalizes them, as many do before their layers."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        return torch.softmax(self.layers((x / 255 - 0.1307) / 0.3081), 1)


def write_safetensors(path, state):
    header, data, offset = {}, [], 0
    for name, tensor in state.items():
        raw = tensor.detach().contiguous().numpy().tobytes()
        kind = {torch.float32: "F32", torch.float16: "F16", torch.int64: "I64", torch.float64: "F64"}.get(tensor.dtype)
        if tensor.dtype == torch.bfloat16:
            raise ValueError(name)
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        data.append(raw)
        offset += len(raw)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))


def make(name, network, x, safetensors=True, **options):
    network.eval()
    with torch.no_grad():
        y = network(x)
    torch.onnx.export(network, x, FOLDER / f"{name}.onnx", input_names=["x"], output_names=["y"], opset_version=17,
                      dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, **options)
    if safetensors:
        write_safetensors(FOLDER / f"{name}.safetensors", network.state_dict())
    runs[name] = {"x": x.flatten(1).double().tolist(), "y": y.double().tolist()}


FOLDER.mkdir(exist_ok=True)
torch.manual_seed(1)
runs = {}
x = torch.randn(5, 8)
make("relu", nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3)), x)
make("gelu", nn.Sequential(nn.Linear(8, 6), nn.GELU(), nn.Linear(6, 3)), x)
make("silu", nn.Sequential(nn.Linear(8, 6), SiLU(), nn.Linear(6, 3)), x)
make("others", nn.Sequential(nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 5), nn.Sigmoid(), nn.Linear(5, 5), nn.ELU(),
                             nn.Linear(5, 5), nn.LeakyReLU(),
                             nn.Linear(5, 4), nn.Softplus(), nn.Linear(4, 3)), x)
make("identity", nn.Sequential(nn.Linear(8, 6), nn.Linear(6, 3, bias=False)), x)
make("dropout", nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 3)), x)
make("sigmoid", nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3), nn.Sigmoid()), x)

batch = nn.Sequential(nn.Linear(8, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 4),
                      nn.BatchNorm1d(4, eps=1e-3), nn.ReLU(), nn.Linear(4, 3))
batch(torch.randn(64, 8) * 2 + 1)
# Kept as nodes of their own, as in a file that is to be trained on.
make("batchnorm", batch, x, safetensors=False, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
plain = nn.Sequential(nn.Linear(8, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3))
plain(torch.randn(64, 8) * 2 + 1)
make("batchnorm-plain", plain, x)
after = nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.BatchNorm1d(6), nn.Linear(6, 3))
after(torch.randn(64, 8) * 2 + 1)
make("batchnorm-after", after, x, safetensors=False, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)

pixels = torch.randint(0, 256, (5, 1, 4, 4)).float()
make("pixels", Normalized(nn.Sequential(nn.Flatten(), nn.Linear(16, 6), nn.ReLU(), nn.Linear(6, 3))), pixels, safetensors=False)
make("residual", Residual(), x, safetensors=False)
make("convolution", nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)), pixels, safetensors=False)
write_safetensors(FOLDER / "convolution.safetensors", nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 3)).state_dict())


def slopes(*numbers):
    prelu = nn.PReLU(num_parameters=len(numbers))
    prelu.weight.data = torch.tensor(numbers)
    return prelu


make("prelu", nn.Sequential(nn.Linear(8, 4), slopes(0.1, -0.2, 0.3, 1.5), nn.Linear(4, 3), nn.BatchNorm1d(3),
                            slopes(0.25, 0.5, 0.75), nn.Linear(3, 3)), x,
     safetensors=False)
make("prelu-shared", nn.Sequential(nn.Linear(8, 4), slopes(0.3), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 3)), x)
(FOLDER / "runs.json").write_text(json.dumps(runs))
