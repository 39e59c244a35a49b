"""optim-state.jsonl: an optimizer's state dict and printed form in mid-run, and where the run goes from there."""
import sys

import torch

import encode

RUNS = [
    (torch.optim.SGD, {"lr": 0.1}),
    (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01, "nesterov": True}),
    (torch.optim.SGD, {"lr": 0.002, "momentum": 0.5, "dampening": 0.2, "maximize": True}),
    (torch.optim.RMSprop, {}),
    (torch.optim.RMSprop, {"lr": 0.002, "alpha": 0.9, "centered": True, "momentum": 0.7, "weight_decay": 0.1}),
    (torch.optim.Adam, {}),
    (torch.optim.Adam, {"lr": 0.1, "betas": (0.8, 0.99), "eps": 1e-5, "amsgrad": True, "weight_decay": 0.1}),
    (torch.optim.AdamW, {"lr": 0.02}),
    (torch.optim.AdamW, {"lr": 0.02, "amsgrad": True, "maximize": True, "weight_decay": 0.3}),
]
STEPS = 6


def descend(params, optimizer):
    """sum(p^4)/4 - sum(p), whose gradient p^3 - 1 needs no function that builds round differently."""
    optimizer.zero_grad()
    for p in params:
        (p * p * p * p / 4 - p).sum().backward()
    optimizer.step()


def flat(params):
    return [encode.number(x) for p in params for x in p.detach().reshape(-1).tolist()]


def record(kind, options, dtype):
    params = [
        torch.tensor([0.5, -1.5, 2.0], dtype=dtype, requires_grad=True),
        torch.tensor([[1.25, -0.25]], dtype=dtype, requires_grad=True),
    ]
    groups = [{"params": [params[0]]}, {"params": [params[1]], "lr": 0.01}]
    optimizer = kind(groups, **options)
    for _ in range(STEPS):
        descend(params, optimizer)
    out = {
        "opt": kind.__name__,
        "kw": {k: encode.argument(v) for k, v in options.items()},
        "params": [encode.tensor(p) for p in params],
        "state_dict": encode.argument(optimizer.state_dict()),
        "repr": repr(optimizer),
        "then": [],
    }
    for _ in range(STEPS):
        descend(params, optimizer)
        out["then"].append(flat(params))
    return out


def records():
    yield {"versions": encode.versions()}
    for kind, options in RUNS:
        for dtype in (torch.float64, torch.float32):
            yield record(kind, options, dtype)


if __name__ == "__main__":
    encode.write(sys.argv[1], records())
