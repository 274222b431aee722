"""Numbers as the engine has them, and moved by what rounding alone may do to them."""
import torch

ULP = 2.0**-23

# What PyTorch calls the engine's activations; PReLU has parameters.
ACTIVATIONS = {
    "Identity": torch.nn.Identity, "ReLU": torch.nn.ReLU, "ReLU6": torch.nn.ReLU6, "Sigmoid": torch.nn.Sigmoid, "Tanh": torch.nn.Tanh,
    "LeakyReLU": torch.nn.LeakyReLU, "ELU": torch.nn.ELU, "SELU": torch.nn.SELU, "GELU": torch.nn.GELU, "SiLU": torch.nn.SiLU,
    "GELUTanh": lambda: torch.nn.GELU(approximate="tanh"), "Mish": torch.nn.Mish, "Softplus": torch.nn.Softplus,
    "Softsign": torch.nn.Softsign, "Hardswish": torch.nn.Hardswish, "HardSigmoid": torch.nn.Hardsigmoid,
}  # fmt: skip


def f32(values):
    return torch.tensor(values, dtype=torch.float32).to(torch.get_default_dtype())


def nudged(values, generator):
    return values * (1 + ULP * (2 * torch.rand(values.shape, generator=generator) - 1))


def nudge(tensors, generator):
    for tensor in tensors if generator is not None else ():
        tensor.data = nudged(tensor.data, generator)
