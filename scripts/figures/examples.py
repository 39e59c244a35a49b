"""examples.jsonl: what the examples compute, in PyTorch: the walks' points and the trainings' losses."""
import math
import sys

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

import encode

F64 = torch.float64


def averaging(lr, momentum):
    """v = βv + (1 - β)g is PyTorch's v = βv + g at (1 - β) times the rate."""
    return lambda p: optim.SGD(p, lr=lr * (1 - momentum), momentum=momentum)


def walk(start, f, rule, steps):
    """The point and the value of f before every step, and after the last."""
    p = torch.tensor(start, dtype=F64, requires_grad=True)
    optimizer = rule([p])
    rows = []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss = f(p)
        rows.append([*p.tolist(), loss.item()])
        loss.backward()
        optimizer.step()
    return rows


def walks(example, start, f, rules, steps, every):
    for name, rule in rules.items():
        rows = walk(start, f, rule, steps)
        # On the pathological curve plain descent is chaotic: no two builds agree for long.
        if example == "pathological-curve" and name == "SGD":
            rows = rows[:51]
        at = [i for i in range(len(rows)) if i < 50 or i % every == 0 or i >= steps - 1]
        yield {"id": f"{example}/{name}", "at": at,
               "rows": [[encode.number(x) for x in rows[i]] for i in at]}


def theta_squared():
    rules = {
        "SGD": lambda p: optim.SGD(p, lr=0.1),
        "Momentum": averaging(0.1, 0.9),
        "RMSprop": lambda p: optim.RMSprop(p, lr=0.1, alpha=0.9),
        "Adam": lambda p: optim.Adam(p, lr=0.1),
    }
    yield from walks("theta-squared", [5.0], lambda p: p.square().sum(), rules, 20, 1)


def pathological():
    rules = {
        "SGD": lambda p: optim.SGD(p, lr=10),
        "Momentum": averaging(10, 0.9),
        "Adam": lambda p: optim.Adam(p, lr=1),
    }

    def curve(p):
        return torch.tanh(p[0]) ** 2 + 0.01 * p[0].abs() + torch.sigmoid(p[1])

    yield from walks("pathological-curve", [7.0, 7.0], curve, rules, 1000, 50)


def saddle():
    rules = {
        "SGD": lambda p: optim.SGD(p, lr=0.005),
        "RMSprop": lambda p: optim.RMSprop(p, lr=0.005),
        "Adam": lambda p: optim.Adam(p, lr=0.005),
    }
    yield from walks("saddle", [20.75, 0.5], lambda p: p[0] ** 2 - p[1] ** 2, rules, 4000, 100)


def regression():
    """The data of the mini-batch examples: a linear target, a sine of the first column, noise."""
    torch.manual_seed(0)
    x = torch.randn(640, 10)
    y = x @ torch.randn(10, 1) + torch.sin(x[:, 0:1] * 2) + torch.randn(640, 1) * 0.1
    return x[:512], y[:512], x[512:], y[512:]


def network():
    torch.manual_seed(42)
    return nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))


def mini_batches():
    x, y, x_test, y_test = regression()
    rules = {
        "Momentum": lambda p: optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=1e-4),
        "Adam": lambda p: optim.Adam(p, lr=0.01),
    }
    criterion = nn.MSELoss()
    for name, rule in rules.items():
        model = network()
        optimizer = rule(model.parameters())
        loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
        train, test = [], []
        for _ in range(30):
            total = 0
            for inputs, targets in loader:
                optimizer.zero_grad()
                loss = criterion(model(inputs), targets)
                loss.backward()
                optimizer.step()
                total += loss.item()
            train.append(total / len(loader))
            with torch.no_grad():
                test.append(criterion(model(x_test), y_test).item())
        yield {"id": f"mini-batch-regression/{name}", "train": train, "test": test}


def schedules():
    """In float64, because the noise of a high rate magnifies rounding."""
    torch.set_default_dtype(F64)
    x, y, _, _ = regression()
    epochs, warm, peak = 30, 48, 0.05
    last = epochs * 16

    def warm_cosine(step):
        if step < warm:
            return peak * (step + 1) / warm
        return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / (last - warm)))

    criterion = nn.MSELoss()
    for name, rate in {"Constant rate": lambda step: peak, "Warm-up and cosine": warm_cosine}.items():
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=peak, momentum=0.9)
        loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
        rates, losses = [], []
        for _ in range(epochs):
            for inputs, targets in loader:
                for group in optimizer.param_groups:
                    group["lr"] = rate(len(rates))
                rates.append(rate(len(rates)))
                optimizer.zero_grad()
                criterion(model(inputs), targets).backward()
                optimizer.step()
                with torch.no_grad():
                    losses.append(criterion(model(x), y).item())
        yield {"id": f"learning-rate-schedule/{name}", "rates": rates, "losses": losses}


def records():
    yield {"id": "versions", **encode.versions()}
    for part in (theta_squared, pathological, saddle, mini_batches, schedules):
        yield from part()


torch.set_num_threads(1)
encode.write(sys.argv[1], records())
