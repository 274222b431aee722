"""Networks that PyTorch writes as graphs."""
import torch
from rounding import ACTIVATIONS, nudge, nudged


def graph(case, generator):
    """What a network gives, which is written as a graph."""
    torch.manual_seed(case["draw"])
    modules = [torch.nn.Flatten()] if case["flatten"] else []
    sizes = case["sizes"]
    for i, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:])):
        modules.append(torch.nn.Linear(fan_in, fan_out, bias=case["biases"], dtype=torch.float32))
        if i == len(sizes) - 2:
            break
        name = case["activations"][i]
        # One slope for all units, or one for each.
        slopes = fan_out if case["folds"] else 1
        activation = torch.nn.PReLU(slopes, dtype=torch.float32) if name == "PReLU" else ACTIVATIONS[name]()
        norm = torch.nn.BatchNorm1d(fan_out, dtype=torch.float32)
        for values in (norm.weight, norm.running_var):
            values.data.uniform_(0.5, 2)
        for values in (norm.bias, norm.running_mean):
            values.data.uniform_(-0.5, 0.5)
        modules += {"before": [norm, activation], "after": [activation, norm]}.get(case["normalization"], [activation])
        modules += [torch.nn.Dropout(0.3)] if case["dropout"] else []
    ends = {"Identity": [], "Softmax": [torch.nn.Softmax(1)], "Sigmoid": [torch.nn.Sigmoid()]}
    net = torch.nn.Sequential(*modules, *ends[case["end"]]).eval()
    x = torch.tensor(case["features"], dtype=torch.float32).reshape(-1, sizes[0])
    if generator is None:
        ways = {} if case["folds"] else {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
        axes = {} if case["fixed"] else {"x": {0: "n"}, "y": {0: "n"}}
        torch.onnx.export(net, x, case["path"], input_names=["x"], output_names=["y"], opset_version=case["opset"],
                          dynamic_axes=axes, **ways)  # fmt: skip
    net, x = net.to(torch.get_default_dtype()), x.to(torch.get_default_dtype())
    nudge([x, *net.parameters()], generator)
    for module in net if generator is not None else ():
        module.register_forward_hook(lambda _, __, values: nudged(values, generator))
    with torch.no_grad():
        return {"outputs": net(x).flatten().tolist()}
