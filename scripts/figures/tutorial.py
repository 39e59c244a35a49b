"""tutorial.jsonl: the examples' runs, step by step.   tutorial.py DIRECTORY"""
import sys

import torch
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split
from torch import nn

import encode

DTYPES = (torch.float64, torch.float32)
CHECKPOINTS = (0, 1, 2, 5, 10, 50, 100, 200, 500, 1000)
CIRCLES = {"SGD": ("SGD", dict(lr=0.01)), "Momentum": ("SGD", dict(lr=0.01, momentum=0.9)),
           "RMSprop": ("RMSprop", dict(lr=0.01)), "Adam": ("Adam", dict(lr=0.01))}
FORMULAS = {
    "rosenbrock": "(1-x)**2 + 100*(y-x**2)**2",
    "pathological": "tanh(w1)**2 + 0.01*abs(w1) + sigmoid(w2)",
    "saddle": "x**2 - y**2",
    "theta2": "theta**2",
}
NAMES = {"rosenbrock": ("x", "y"), "pathological": ("w1", "w2"), "saddle": ("x", "y"), "theta2": ("theta",)}
START = {"rosenbrock": [-1.0, 1.0], "pathological": [7.0, 7.0], "saddle": [20.75, 0.5], "theta2": [1.0]}
STEPS = {"rosenbrock": (1000, 1000), "pathological": (200, 1000), "saddle": (1000, 4000), "theta2": (100, 100)}
RUNS = {
    "rosenbrock": [("SGD", dict(lr=1e-3)), ("SGD", dict(lr=1e-3, momentum=0.9)), ("Adam", dict(lr=1e-2))],
    "pathological": [("SGD", dict(lr=10)), ("SGD", dict(lr=10, momentum=0.9, dampening=0.1)), ("Adam", dict(lr=1))],
    "saddle": [(name, dict(lr=0.005)) for name in ("SGD", "Adam", "RMSprop")],
    "theta2": [*(("SGD", dict(lr=lr)) for lr in (0.1, 0.01, 0.9, 1.0, 1.1)), ("SGD", dict(lr=0.1, momentum=0.9)),
               ("SGD", dict(lr=0.1, momentum=0.9, nesterov=True)), ("RMSprop", dict(lr=0.1)), ("Adam", dict(lr=0.1)),
               ("Adagrad", dict(lr=0.5))],
}


def flat(t):
    return encode.tensor(t.detach().reshape(-1).contiguous())["d"]


def circles():
    X, y = make_circles(1000, noise=0.03, random_state=42)
    split = train_test_split(X, y, test_size=0.3, random_state=42, stratify=y)
    Xtr, Xte, ytr, yte = split
    yield {"id": "circles/data", "Xtr": encode.tensor(torch.tensor(Xtr)), "Xte": encode.tensor(torch.tensor(Xte)),
           "ytr": ytr.tolist(), "yte": yte.tolist(),
           "note": "float64 as scikit-learn returns it; the runs cast it to float32 first (and, for dtype f64, back to float64)"}
    for name, (kind, options) in CIRCLES.items():
        for dtype in reversed(DTYPES):
            def cast(v):
                return torch.tensor(v, dtype=torch.float32).to(dtype)

            data = cast(Xtr), cast(Xte), cast(ytr).unsqueeze(1), cast(yte).unsqueeze(1)
            yield train(name, kind, options, dtype, *data)


def train(name, kind, options, dtype, xtr, xte, ytr, yte, epochs=1000):
    torch.manual_seed(42)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)).to(dtype)
    optimizer = getattr(torch.optim, kind)(model.parameters(), **options)
    criterion = nn.BCEWithLogitsLoss()
    out = {"id": f"circles/{name}/{encode.NAMES[dtype]}", "model": "Linear(2,16) ReLU Linear(16,16) ReLU Linear(16,1)",
           "seed": 42, "opt": kind, "kw": options, "loss": "BCEWithLogitsLoss, full batch", "epochs": epochs,
           "train": [], "test": [], "test_acc": [], "params": {"0": [flat(p) for p in model.parameters()]}}
    for epoch in range(1, epochs + 1):
        model.train()
        optimizer.zero_grad()
        loss = criterion(model(xtr), ytr)
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            logits = model(xte)
            out["train"] += flat(loss)
            out["test"] += flat(criterion(logits, yte))
            out["test_acc"].append(((logits > 0).to(dtype) == yte).double().mean().item())
        if epoch in CHECKPOINTS:
            out["params"][str(epoch)] = [flat(p) for p in model.parameters()]
    return out


def minimized(problem, kind, options, dtype, steps):
    p = torch.tensor(START[problem], dtype=dtype, requires_grad=True)
    names = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "abs": torch.abs}
    formula = compile(FORMULAS[problem], problem, "eval")

    def value():
        return eval(formula, {**names, **dict(zip(NAMES[problem], p))})

    optimizer = getattr(torch.optim, kind)([p], **options)
    trail, losses = [flat(p)], flat(value())
    for _ in range(steps):
        optimizer.zero_grad()
        value().backward()
        optimizer.step()
        trail.append(flat(p))
        losses += flat(value())
    label = "-".join(f"{k}{v}" for k, v in options.items())
    return {"id": f"{problem}/{kind}/{label}/{steps}/{encode.NAMES[dtype]}", "f": FORMULAS[problem],
            "init": START[problem], "opt": kind, "kw": options, "steps": steps, "dtype": encode.NAMES[dtype],
            "params": trail, "loss": losses}


def records():
    yield from circles()
    for dtype, which in ((torch.float64, 0), (torch.float32, 1)):
        for problem, runs in RUNS.items():
            for kind, options in runs:
                yield minimized(problem, kind, options, dtype, STEPS[problem][which])


if __name__ == "__main__":
    torch.set_num_threads(1)
    encode.write(f"{sys.argv[1]}/tutorial.jsonl", records())
