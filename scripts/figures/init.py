"""init.jsonl: nn.init under a seed, gains and gradient clipping.   init.py DIRECTORY"""
import sys

import torch

import encode

MATRICES = [(3, 5), (4, 3, 2), (2, 2, 3, 3), (7, 3)]
FANS = ["kaiming_uniform_", "kaiming_normal_", "xavier_uniform_", "xavier_normal_"]
CASES = {
    "uniform_": ([{}, dict(a=-2.0, b=3.0)], MATRICES),
    "normal_": ([{}, dict(mean=1.0, std=0.2)], MATRICES),
    "trunc_normal_": ([{}, dict(mean=0.5, std=2.0, a=-1.0, b=1.0)], MATRICES),
    "constant_": ([dict(val=0.3)], MATRICES),
    "ones_": ([{}], MATRICES),
    "zeros_": ([{}], MATRICES),
    "eye_": ([{}], [(3, 5), (6, 4)]),
    "dirac_": ([{}], [(4, 4, 3), (2, 3, 3, 3)]),
    "xavier_uniform_": ([{}, dict(gain=5 / 3)], MATRICES),
    "xavier_normal_": ([{}, dict(gain=1.4)], MATRICES),
    "kaiming_uniform_": ([{}, dict(a=5**0.5), dict(mode="fan_out", nonlinearity="relu")], MATRICES),
    "kaiming_normal_": ([{}, dict(mode="fan_out", nonlinearity="relu"), dict(nonlinearity="tanh")], MATRICES),
    "orthogonal_": ([{}, dict(gain=2.0)], [(3, 5), (6, 4)]),
    "sparse_": ([dict(sparsity=0.3)], [(3, 5), (6, 4), (4, 3)]),
}
DRAWS_NOTHING = {"constant_", "ones_", "zeros_", "eye_", "dirac_"}
GAINS = [("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None), ("leaky_relu", None),
         ("leaky_relu", 0.2), ("selu", None)]
GRADIENTS = [[0.5, -2.0, 1.25], [[3.0, -0.75], [0.1, 2.2]]]
NORMS = [(1.0, 2), (100.0, 2), (2.0, 1), (0.5, float("inf")), (1.0, 3)]


def initialized(name, number, options, j, shape, dtype, seed):
    torch.manual_seed(seed)
    t = getattr(torch.nn.init, name)(torch.empty(shape, dtype=dtype), **options)
    kw = {k: encode.argument(v) for k, v in options.items()}
    return {"init": name, "kw": kw, "shape": list(shape), "seed": seed, "out": encode.tensor(t),
            "id": f"{name}/{number}/{j}/{encode.NAMES[dtype]}/{seed}"}


def with_gradients(values):
    p = []
    for v in values:
        grad = torch.tensor(v, dtype=torch.float64)
        q = torch.zeros_like(grad, requires_grad=True)
        q.grad = grad
        p.append(q)
    return p


def clipped():
    for number, (most, kind) in enumerate(NORMS):
        p = with_gradients(GRADIENTS)
        total = torch.nn.utils.clip_grad_norm_(p, most, kind).item()
        yield {"util": "clip_grad_norm_", "grads": GRADIENTS, "max_norm": most, "norm_type": encode.number(kind),
               "total": total, "after": [encode.tensor(q.grad) for q in p], "id": f"clip/{number}"}
    for number, (values, most) in enumerate([([[0.25, -3.0, 1.0]], 0.5), (GRADIENTS, 1.0)]):
        p = with_gradients(values)
        torch.nn.utils.clip_grad_value_(p, most)
        yield {"util": "clip_grad_value_", "grads": values, "clip_value": most,
               "after": [encode.tensor(q.grad) for q in p], "id": f"clipv/{number}"}


def records():
    for name, (settings, shapes) in CASES.items():
        for number, options in enumerate(settings):
            for j, shape in enumerate(shapes):
                for dtype in (torch.float32, torch.float64):
                    for seed in (0,) if name in DRAWS_NOTHING else (0, 42):
                        yield initialized(name, number, options, j, shape, dtype, seed)
    for kind, parameter in GAINS:
        out = torch.nn.init.calculate_gain(kind, parameter)
        yield {"gain": kind, "param": parameter, "out": out, "id": f"gain/{kind}/{parameter}"}
    yield from clipped()


if __name__ == "__main__":
    encode.write(f"{sys.argv[1]}/init.jsonl", records())
