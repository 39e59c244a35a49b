"""sched.jsonl: learning rates, and momenta where they are cycled, step by step.   sched.py DIRECTORY"""
import sys

import torch
from torch.optim import lr_scheduler

import encode

CASES = {
    "LambdaLR": [dict(lr_lambda="0.95 ** e"), dict(lr_lambda="1 / (1 + 0.1 * e)")],
    "MultiplicativeLR": [dict(lr_lambda="0.95"), dict(lr_lambda="1 / (1 + 0.1 * e)")],
    "StepLR": [dict(step_size=10), dict(step_size=7, gamma=0.5)],
    "MultiStepLR": [dict(milestones=[5, 20]), dict(milestones=[3, 3, 8], gamma=0.5),
                    dict(milestones=[30, 10], gamma=0.2)],
    "ConstantLR": [dict(), dict(factor=0.5, total_iters=10)],
    "LinearLR": [dict(), dict(start_factor=0.1, total_iters=10),
                 dict(start_factor=1.0, end_factor=0.2, total_iters=20)],
    "ExponentialLR": [dict(gamma=0.9), dict(gamma=0.99)],
    "PolynomialLR": [dict(), dict(total_iters=20, power=2.0), dict(total_iters=10, power=0.5)],
    "CosineAnnealingLR": [dict(T_max=10), dict(T_max=25, eta_min=0.001), dict(T_max=7, eta_min=0.01)],
    "CosineAnnealingWarmRestarts": [dict(T_0=10), dict(T_0=5, T_mult=2), dict(T_0=4, T_mult=2, eta_min=0.005)],
    "CyclicLR": [dict(base_lr=0.01, max_lr=0.1, step_size_up=5),
                 dict(base_lr=0.01, max_lr=0.1, step_size_up=5, step_size_down=3, mode="triangular2"),
                 dict(base_lr=0.001, max_lr=0.1, step_size_up=4, mode="exp_range", gamma=0.97),
                 dict(base_lr=0.01, max_lr=0.1, step_size_up=6, base_momentum=0.7, max_momentum=0.95)],
    "OneCycleLR": [dict(max_lr=0.1, total_steps=40), dict(max_lr=0.1, total_steps=40, anneal_strategy="linear"),
                   dict(max_lr=0.2, epochs=4, steps_per_epoch=10, div_factor=10.0, final_div_factor=100.0),
                   dict(max_lr=0.1, total_steps=40, three_phase=True)],
    "ReduceLROnPlateau": [dict(), dict(patience=2), dict(patience=1, factor=0.5, cooldown=2),
                          dict(patience=2, threshold=0.1, threshold_mode="abs")],
    "SequentialLR": [dict(schedulers=[["LinearLR", dict(start_factor=0.1, total_iters=5)],
                                      ["ExponentialLR", dict(gamma=0.9)]], milestones=[5])],
    "ChainedScheduler": [dict(schedulers=[["ConstantLR", dict(factor=0.1, total_iters=4)],
                                          ["ExponentialLR", dict(gamma=0.9)]]),
                         dict(schedulers=[["LinearLR", dict(total_iters=6)],
                                          ["StepLR", dict(step_size=5, gamma=0.5)]])],
    "SWALR": [dict(swa_lr=0.05), dict(swa_lr=0.01, anneal_epochs=5, anneal_strategy="linear")],
}
METRIC = [1.0, 0.9, 0.8, 0.81, 0.82, 0.83, *[0.7] * 5, 0.69999, 0.5, *[0.6] * 6, *[0.4] * 11, 0.3, *[0.35] * 8]


def optimizer_of(rates):
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in rates]
    return torch.optim.SGD(groups, lr=rates[0], momentum=0.9)


def build(name, optimizer, options):
    options = dict(options)
    if "lr_lambda" in options:
        options["lr_lambda"] = eval(f"lambda e: {options['lr_lambda']}")
    if "schedulers" in options:
        options["schedulers"] = [build(n, optimizer, o) for n, o in options["schedulers"]]
    if name == "ChainedScheduler":
        return lr_scheduler.ChainedScheduler(options["schedulers"])
    module = torch.optim.swa_utils if name == "SWALR" else lr_scheduler
    return getattr(module, name)(optimizer, **options)


def run(name, number, options, rates):
    optimizer = optimizer_of(rates)
    out = {"sched": name, "kw": {k: encode.argument(v) for k, v in options.items()}, "opt": "SGD", "base_lr": rates,
           "momentum": 0.9}
    scheduler = build(name, optimizer, options)
    out["lr"] = [[g["lr"] for g in optimizer.param_groups]]
    cycles = name in ("CyclicLR", "OneCycleLR") and options.get("cycle_momentum", True)
    momenta = [[g["momentum"] for g in optimizer.param_groups]]
    if name == "ReduceLROnPlateau":
        out["metric"] = METRIC
    for t in range(39):
        optimizer.step()
        scheduler.step(METRIC[t]) if name == "ReduceLROnPlateau" else scheduler.step()
        out["lr"].append([g["lr"] for g in optimizer.param_groups])
        momenta.append([g["momentum"] for g in optimizer.param_groups])
    if cycles:
        out["mom"] = momenta
    out["id"] = f"{name}/{number}/{len(rates)}"
    return out


def at_epochs(rates, options, epochs):
    """Warm restarts may be given the epoch as a fraction."""
    optimizer = optimizer_of(rates)
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, **options)
    after = []
    for epoch in epochs:
        scheduler.step(epoch)
        after.append([g["lr"] for g in optimizer.param_groups])
    return {"sched": "CosineAnnealingWarmRestarts", "kw": options, "opt": "SGD", "base_lr": rates, "epochs": epochs,
            "lr_after_step_epoch": after, "id": "CosineAnnealingWarmRestarts/frac/1"}


def records():
    for name, settings in CASES.items():
        for number, options in enumerate(settings):
            for rates in ([0.1], [0.1, 0.03]):
                yield run(name, number, options, rates)
    by_group = dict(base_lr=[0.01, 0.02], max_lr=[0.1, 0.3], step_size_up=5, cycle_momentum=False)
    yield run("CyclicLR", 4, by_group, [0.1, 0.03])
    yield at_epochs([0.1], dict(T_0=3, T_mult=2), [0.0, 0.25, 0.5, 1.0, 2.9, 3.0, 3.5, 8.99, 9.0, 20.5])


if __name__ == "__main__":
    encode.write(f"{sys.argv[1]}/sched.jsonl", records())
