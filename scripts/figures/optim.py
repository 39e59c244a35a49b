"""optim.jsonl: every step of optimizers on small problems.   optim.py DIRECTORY"""
import sys

import torch

import encode

SGD = [dict(lr=1e-3), dict(lr=1e-3, momentum=0.9), dict(lr=2e-3, momentum=0.5, dampening=0.1),
       dict(lr=1e-3, momentum=0.9, nesterov=True), dict(lr=1e-3, weight_decay=0.1),
       dict(lr=1e-3, momentum=0.8, weight_decay=0.05, dampening=0.2),
       dict(lr=1e-3, momentum=0.9, nesterov=True, weight_decay=0.01), dict(lr=1e-3, maximize=True),
       dict(lr=1e-3, momentum=0.9, maximize=True, weight_decay=0.02)]
RMSPROP = [dict(), dict(lr=1e-3), dict(lr=5e-3, alpha=0.9), dict(lr=1e-3, momentum=0.9), dict(lr=1e-3, centered=True),
           dict(lr=1e-3, centered=True, momentum=0.7, weight_decay=0.01), dict(lr=1e-3, eps=1e-3),
           dict(lr=0.01, maximize=True)]
ADAM = [dict(), dict(lr=0.1), dict(lr=0.01, betas=(0.8, 0.99)), dict(lr=0.01, amsgrad=True),
        dict(lr=0.01, weight_decay=0.1), dict(lr=0.01, eps=1e-3), dict(lr=0.01, maximize=True),
        dict(lr=0.05, amsgrad=True, weight_decay=0.01, betas=(0.5, 0.9))]
ADAMW = [dict(), dict(lr=0.1), dict(lr=0.01, betas=(0.8, 0.99), weight_decay=0.2), dict(lr=0.01, amsgrad=True),
         dict(lr=0.02, weight_decay=0.0), dict(lr=0.01, maximize=True)]
OPTIMIZERS = {"SGD": SGD, "RMSprop": RMSPROP, "Adam": ADAM, "AdamW": ADAMW}

INITIAL = {
    "gradseq": [[0.5, -1.0, 2.0], [[1.0, -2.0], [0.25, 4.0]]],
    "rosenbrock": [[-1.2, 1.0]],
    "quadratic": [[2.0, -1.5, 3.0, 0.25]],
    "linreg": [[0.1, -0.2, 0.3], [0.05]],
    "mlp": [[[0.3, -0.5], [0.8, 0.1], [-0.6, 0.4]], [0.1, -0.1, 0.0], [[0.7, -0.4, 0.2]], [0.05]],
}
STEPS = {"gradseq": 25, "rosenbrock": 40, "quadratic": 30, "linreg": 30, "mlp": 20}

X = [[0.5, -1.2, 0.3], [1.5, 0.4, -0.7], [-0.3, 0.8, 1.1], [2.0, -0.5, 0.2], [-1.1, -0.9, 0.6], [0.1, 1.3, -1.4]]
Y = [0.7, 1.9, -0.4, 2.2, -1.3, 0.5]
Z = [[0.2, 0.9], [-0.8, 0.1], [0.5, -0.6], [-0.4, -0.3], [0.9, 0.7]]
LABELS = [[1], [0], [1], [0], [1]]


def loss(problem, p):
    def like(values):
        return torch.tensor(values, dtype=p[0].dtype)

    if problem == "rosenbrock":
        return (1 - p[0][0]) ** 2 + 100 * (p[0][1] - p[0][0] ** 2) ** 2
    if problem == "quadratic":
        d, b = like([1, 10, 0.1, 3]), like([1, -2, 0.5, 0])
        return 0.5 * (d * p[0] * p[0]).sum() - (b * p[0]).sum() + 0.3 * p[0][0] * p[0][1]
    if problem == "linreg":
        return ((like(X) @ p[0] + p[1] - like(Y)) ** 2).mean()
    hidden = torch.tanh(like(Z) @ p[0].T + p[1])
    out = hidden @ p[2].T + p[3]
    return torch.nn.functional.binary_cross_entropy_with_logits(out, like(LABELS))


def made_up_gradients(p, t, hole):
    for k, q in enumerate(p):
        i = torch.arange(q.numel(), dtype=torch.float64)
        grad = ((31 * t + 17 * k + 5 * i + 7) % 23 - 11) / 8
        q.grad = None if hole and k == 1 and t % 3 == 1 else grad.to(q.dtype).view(q.shape)


def flat(t):
    return encode.tensor(t.detach().reshape(-1).contiguous())["d"]


def state_of(optimizer):
    return {str(i): {k: flat(v) if isinstance(v, torch.Tensor) else v for k, v in entries.items() if v is not None}
            for i, entries in optimizer.state_dict()["state"].items()}


def run(name, number, options, problem, dtype, steps, groups=None, hole=False):
    p = [torch.tensor(v, dtype=dtype, requires_grad=True) for v in INITIAL[problem]]
    params = p if groups is None else [{"params": [q], **group} for q, group in zip(p, groups)]
    optimizer = getattr(torch.optim, name)(params, **options)
    out = {"opt": name, "kw": {k: encode.argument(v) for k, v in options.items()}, "problem": problem,
           "dtype": encode.NAMES[dtype], "steps": steps,
           "init": [{"sh": list(q.shape), "d": encode.tensor(q)["d"]} for q in p], "traj": []}
    losses = []
    for t in range(steps):
        if problem == "gradseq":
            made_up_gradients(p, t, hole)
        else:
            optimizer.zero_grad()
            value = loss(problem, p)
            losses += flat(value)
            value.backward()
        optimizer.step()
        out["traj"].append([x for q in p for x in flat(q)])
    if losses:
        out["loss"] = losses
    if groups is not None:
        out["groups"] = [{k: encode.argument(v) for k, v in group.items()} for group in groups]
    if hole:
        out["hole"] = "grad of parameter 1 is None when step%3==1"
    out["state"] = {str(i): {} for i in range(len(p))} | state_of(optimizer)
    out["id"] = f"{name}/{number}" + ("" if groups or hole else f"/{problem}/{out['dtype']}")
    return out


def records():
    for name, settings in OPTIMIZERS.items():
        for number, options in enumerate(settings):
            for problem in INITIAL:
                yield run(name, number, options, problem, torch.float64, STEPS[problem])
            yield run(name, number, options, "mlp", torch.float32, 12)
        yield run(name, "groups", dict(lr=0.01), "gradseq", torch.float64, 12, [{}, dict(lr=0.05, weight_decay=0.1)])
        yield run(name, "hole", dict(lr=0.01), "gradseq", torch.float64, 12, hole=True)


if __name__ == "__main__":
    encode.write(f"{sys.argv[1]}/optim.jsonl", records())
