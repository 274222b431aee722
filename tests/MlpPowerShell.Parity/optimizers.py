"""Optimizers and learning rates by the engine's names."""
import math

import torch


class NAdam(torch.optim.Optimizer):
    """torch.optim.NAdam as it is since PyTorch 2; 1.13 takes this step's momentum twice into the product with the next one's."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), rate = group["betas"], group["lr"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state |= {"step": 0, "product": 1.0, "mean": torch.zeros_like(p), "square": torch.zeros_like(p)}
                state["step"] += 1
                step, slope = state["step"], p.grad + group["weight_decay"] * p
                now, then = (beta1 * (1 - 0.5 * 0.96 ** (t * 4e-3)) for t in (step, step + 1))
                state["product"] *= now
                state["mean"].mul_(beta1).add_(slope, alpha=1 - beta1)
                state["square"].mul_(beta2).addcmul_(slope, slope, value=1 - beta2)
                denominator = (state["square"] / (1 - beta2**step)).sqrt() + group["eps"]
                p.addcdiv_(slope, denominator, value=-rate * (1 - now) / (1 - state["product"]))
                p.addcdiv_(state["mean"], denominator, value=-rate * then / (1 - state["product"] * then))


def optimizer_of(options, network, rate):
    kind = options["kind"]
    others = [p for p in network.net.parameters() if not any(p is weight for weight in network.weights)]
    decays, others = (network.weights + others, []) if options["decay_bias"] else (network.weights, others)
    given = {"eps": options["epsilon"]}
    if kind in ("Sgd", "Momentum", "Nesterov"):
        momentum = 0 if kind == "Sgd" else 0.9 if options["momentum"] is None else options["momentum"]
        # PyTorch refuses Nesterov's momentum of 0, which is plain descent.
        given = {"momentum": momentum, "nesterov": kind == "Nesterov" and momentum > 0}
    elif kind in ("Adam", "AdamW", "NAdam"):
        given["betas"] = (0.9 if options["beta1"] is None else options["beta1"], 0.999 if options["beta2"] is None else options["beta2"])
    elif kind == "RMSprop":
        given["alpha"] = options["alpha"]
    decay = options["weight_decay"] if options["weight_decay"] is not None else 0.01 if kind == "AdamW" else 0
    own = {"Sgd": torch.optim.SGD, "Momentum": torch.optim.SGD, "Nesterov": torch.optim.SGD}
    own |= {"NAdam": NAdam} if torch.__version__.startswith("1.") else {}
    make = own.get(kind) or getattr(torch.optim, kind)
    groups = [{"params": decays, "weight_decay": decay}] + ([{"params": others, "weight_decay": 0}] if others else [])
    return make(groups, lr=rate, **{name: value for name, value in given.items() if value is not None}), decays


class Rates:
    """The learning rates of a training, by PyTorch's schedulers, behind a warm-up that rises evenly."""

    def __init__(self, options, top, epochs, steps_of_epoch):
        self.kind, self.top, self.steps_of_epoch = options["kind"], top, steps_of_epoch
        self.warmup = math.ceil((options["warmup_epochs"] or 0) * steps_of_epoch)
        self.step = 0
        steps = max(1, epochs * steps_of_epoch - self.warmup)
        self.host = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=top)
        final, decay = options["final_learning_rate"], options["decay_rate"]
        schedulers = torch.optim.lr_scheduler
        self.scheduler = {
            "Constant": lambda: schedulers.ConstantLR(self.host, 1),
            "Step": lambda: schedulers.StepLR(self.host, options["decay_every"], decay or 0.1),
            "Exponential": lambda: schedulers.ExponentialLR(self.host, decay or 0.95),
            "Cosine": lambda: schedulers.CosineAnnealingWarmRestarts(self.host, steps // (options["restarts"] + 1), eta_min=final),
            "OneCycle": lambda: schedulers.OneCycleLR(self.host, top, total_steps=steps, cycle_momentum=False) if steps > 1 else None,
            "Polynomial": lambda: schedulers.PolynomialLR(self.host, steps, options["power"]),
            "Plateau": lambda: schedulers.ReduceLROnPlateau(
                self.host, factor=decay or 0.1, patience=options["plateau_patience"], threshold=options["plateau_threshold"],
                cooldown=options["plateau_cooldown"], min_lr=final, eps=0),
        }[self.kind]()  # fmt: skip

    def next(self):
        # A cycle of a single step leads nowhere: PyTorch divides by zero in it, and the engine takes it at the top.
        rate = self.host.param_groups[0]["lr"] if self.scheduler else self.top
        if self.step < self.warmup:
            rate = self.top * (self.step + 1) / self.warmup
        self.step += 1
        behind = self.step - self.warmup
        by_epoch = self.kind in ("Step", "Exponential")
        if behind > 0 and self.scheduler and (behind % self.steps_of_epoch == 0 if by_epoch else self.kind != "Plateau"):
            if self.kind != "OneCycle" or behind < self.scheduler.total_steps:
                self.host.step()
                self.scheduler.step()
        return rate

    def observe(self, loss):
        if self.kind == "Plateau":
            self.scheduler.step(loss)
