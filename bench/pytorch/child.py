"""One process of PyTorch: the same job and the same answer as ../child.ts."""

import importlib
import json
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import torch  # noqa: E402

MOST_ROUNDS = 200
TRAINING_STEPS = 1000
SHORTEST_ROUND_MS = 5


def now():
    return time.perf_counter() * 1000


def round_(run, steps, first):
    if first == 0 and hasattr(run, "reset"):
        run.reset()
    start = now()
    for i in range(first, first + steps):
        run.step(i)
    return now() - start


def calibrate(run):
    steps = 1
    while round_(run, steps, 0) < SHORTEST_ROUND_MS:
        steps *= 2
    return steps


def measure(run, job):
    steps = getattr(run, "steps", None)
    warm_until = now() + job["warmMs"]
    done = 0

    def next_(count):
        nonlocal done
        if steps is None or done + count > TRAINING_STEPS:
            done = 0
        done += count
        return round_(run, count, done - count)

    longest = 0
    if steps is None:
        run.step(0)
    else:
        longest = next_(steps)
    check = [float(value) for value in run.check()]
    while now() < warm_until:
        longest = next_(steps or 1)
    count = steps or calibrate(run)
    ns = []
    until = now() + job["measureMs"]
    fewest = 1 if longest > 2000 else 3
    while len(ns) < fewest or (now() < until and len(ns) < MOST_ROUNDS):
        ns.append(next_(count) * 1e6 / count)
    return dict(ns=ns, check=check)


def sample():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return dict(rss=pages * resource.getpagesize(), heap=0)


def memory(run, job):
    steps = job["steps"]
    until = now() + job["seconds"] * 1000
    highest = dict(rss=0, heap=0)
    early = None
    every = max(1, steps // 1000)
    done = 0
    while done < steps:
        if done % TRAINING_STEPS == 0:
            run.reset()
        run.step(done % TRAINING_STEPS)
        if done % every == 0:
            seen = sample()
            highest["rss"] = max(highest["rss"], seen["rss"])
            if early is None and done >= steps / 10:
                early = seen
            if now() > until:
                break
        done += 1
    late = sample()
    return dict(steps=done, early=early or late, late=late, highest=highest)


def main():
    workload, text = sys.argv[1:]
    job = json.loads(text)
    torch.set_num_threads(1)
    module = importlib.import_module(workload.lower())
    answer = {}
    for case in job["cases"]:
        run = module.setup(case["params"])
        if job.get("memory"):
            answer[case["id"]] = memory(run, job["memory"])
        else:
            answer[case["id"]] = measure(run, job)
    print(json.dumps(answer))


main()
