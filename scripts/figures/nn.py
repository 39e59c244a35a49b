"""nn.jsonl: modules, their state right after construction, and cases that run from it.   nn.py DIRECTORY"""
import sys

import torch
from torch import nn

import encode

DTYPES = (torch.float64, torch.float32)
SEED = 42


def noise(*shape, low=-2.0, high=2.0):
    """Three decimals, the same in float32 and float64."""
    return (torch.rand(shape, dtype=torch.float64) * (high - low) + low).mul(1000).round().div(1000)


def labels(*shape, classes):
    return torch.randint(0, classes, shape)


def cases():
    """Module, constructor's arguments, inputs (those of floating type get gradients if told so), modes."""
    for options in (dict(in_features=3, out_features=4), dict(in_features=5, out_features=2, bias=False)):
        for lead in ((), (4,), (2, 3)):
            yield "Linear", [], options, [(noise(*lead, options["in_features"]), True)], ("train",)
    for name in ("Identity", "ReLU", "Tanh", "Sigmoid"):
        for shape in ((), (4,), (2, 3, 2)):
            yield name, [], {}, [(noise(*shape), True)], ("train",)
    yield "Flatten", [], {}, [(noise(2, 3, 4), True)], ("train",)
    yield "Flatten", [0, 1], {}, [(noise(2, 3, 4), True)], ("train",)
    for p in (0.5, 0.2):
        yield "Dropout", [], dict(p=p), [(noise(4, 5), True)], ("train", "eval")
    for reduction in ("mean", "sum", "none"):
        pair = lambda: [(noise(4, 3), True), (noise(4, 3), True)]
        yield "MSELoss", [], dict(reduction=reduction), pair(), ("train",)
        yield "L1Loss", [], dict(reduction=reduction), pair(), ("train",)
        probable = [(noise(4, 2, low=0.1, high=0.9), True), (noise(4, 2, low=0.0, high=1.0), False)]
        weight = noise(2, low=0.5, high=1.5).float()
        yield "BCELoss", [], dict(reduction=reduction), probable, ("train",)
        yield "BCELoss", [], dict(reduction=reduction, weight=weight), probable, ("train",)
        logits = [(noise(4, 2, low=-6, high=6), True), (noise(4, 2, low=0.0, high=1.0), False)]
        for more in ({}, dict(weight=weight), dict(pos_weight=weight), dict(weight=weight, pos_weight=weight)):
            yield "BCEWithLogitsLoss", [], dict(reduction=reduction, **more), logits, ("train",)
        weight = noise(3, low=0.5, high=1.5).float()
        for more in ({}, dict(weight=weight), dict(ignore_index=1), dict(label_smoothing=0.2),
                     dict(weight=weight, label_smoothing=0.1, ignore_index=2)):
            chosen = [(noise(5, 3), True), (labels(5, classes=3), False)]
            yield "CrossEntropyLoss", [], dict(reduction=reduction, **more), chosen, ("train",)
        yield "CrossEntropyLoss", [], dict(reduction=reduction), [(noise(2, 3, 4), True), (labels(2, 4, classes=3), False)], ("train",)
        soft = torch.softmax(noise(4, 3), 1).mul(1000).round().div(1000)
        yield "CrossEntropyLoss", [], dict(reduction=reduction), [(noise(4, 3), True), (soft, False)], ("train",)


def construct(name, args, options):
    torch.manual_seed(SEED)
    return getattr(nn, name)(*args, **options)


def run(module, state, inputs, dtype, mode, seed):
    module.load_state_dict(state)
    module.to(dtype).train(mode == "train")
    args = [t.to(dtype) if t.is_floating_point() else t for t, _ in inputs]
    for t, (_, wanted) in zip(args, inputs):
        t.requires_grad_(wanted)
    out = {"args": [encode.argument(t) for t in args], "kw": {}, "mode": mode, "dtype": encode.NAMES[dtype]}
    if seed is not None:
        out["seed"] = seed
        torch.manual_seed(seed)
    result = module(*args)
    leaves = {f"args.{i}": t for i, t in enumerate(args) if t.requires_grad}
    leaves |= {f"param.{name}": p for name, p in module.named_parameters()}
    cotangent = encode.cotangent(result.numel(), 0, result.dtype).view(result.shape)
    grads = torch.autograd.grad(result, list(leaves.values()), cotangent, allow_unused=True)
    return out | {"out": encode.result(result), "cot": [0],
                  "grads": {path: None if g is None else encode.tensor(g.contiguous()) for path, g in zip(leaves, grads)}}


def record(name, number, args, options, inputs, modes):
    module = construct(name, args, options)
    state = {k: v.clone() for k, v in module.state_dict().items()}
    seed = 7 if "Dropout" in name else None
    return {"mod": name, "id": f"{name}/own/{number}", "cargs": [encode.argument(a) for a in args],
            "ckw": {k: encode.argument(v) for k, v in options.items()}, "init_seed": SEED,
            "state": {k: encode.tensor(v) for k, v in state.items()},
            "cases": [run(construct(name, args, options), state, inputs, dtype, mode, seed)
                      for mode in modes for dtype in DTYPES]}


def records():
    torch.manual_seed(0)
    for number, case in enumerate(list(cases())):
        yield record(case[0], number, *case[1:])


if __name__ == "__main__":
    encode.write(f"{sys.argv[1]}/nn.jsonl", records())
