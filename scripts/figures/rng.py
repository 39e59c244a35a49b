"""rng.jsonl: raw draws of PyTorch, NumPy and scikit-learn under seeds.   rng.py DIRECTORY"""
import sys

import numpy as np
import torch
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

import encode

SEEDS = (0, 42, 2**40 + 3)
LENGTHS = (1, 5, 15, 16, 17, 33, 100)
DTYPES = ("float32", "float64")
PROBABILITIES = [0.1, 5.0, 2.0, 0.0, 3.0, 1.3, 0.7]
RANGES = [(0, 10), (-5, 5), (0, 2**28), (7, 2**31), (0, 2**32 - 1), (0, 2**32), (0, 2**40), (-(2**40), 2**40)]
SKLEARN = {"circles", "moons", "blobs", "tts"}
SHAPES = [(16, 2), (5, 7), (2, 3, 2, 2)]
FANS = [("kaiming_uniform_", dict(a=5**0.5)), ("kaiming_uniform_", dict(nonlinearity="relu", mode="fan_out")),
        ("kaiming_normal_", dict(nonlinearity="relu")), ("xavier_uniform_", {}), ("xavier_uniform_", dict(gain=5 / 3)),
        ("xavier_normal_", {})]


def record(kind, want, seed, **more):
    return {"kind": kind, "want": want, "seed": seed if kind in SKLEARN else str(seed), **more}


def seeded(seed, draw):
    torch.manual_seed(seed)
    return draw().tolist()


def draws(seed, dtype):
    like = dict(dtype=getattr(torch, dtype))

    def filled(name, n, *args):
        return seeded(seed, lambda: getattr(torch.empty(n, **like), name)(*args))

    for n in LENGTHS:
        yield record("rand", seeded(seed, lambda: torch.rand(n, **like)), seed, n=n, dtype=dtype)
        yield record("randn", seeded(seed, lambda: torch.randn(n, **like)), seed, n=n, dtype=dtype)
    yield record("uniform", filled("uniform_", 60, -0.37, 1.9), seed, n=60, dtype=dtype, a=-0.37, b=1.9)
    for n in (7, 60):
        yield record("normal", filled("normal_", n, 1.5, 0.3), seed, n=n, dtype=dtype, a=1.5, b=0.3)
    yield record("exponential", filled("exponential_", 60, 1.7), seed, n=60, dtype=dtype, a=1.7)
    yield record("log_normal", filled("log_normal_", 50, 0.2, 0.4), seed, n=50, dtype=dtype, a=0.2, b=0.4)
    yield record("cauchy", filled("cauchy_", 50, 0.2, 0.4), seed, n=50, dtype=dtype, a=0.2, b=0.4)
    yield record("geometric", filled("geometric_", 50, 0.3), seed, n=50, dtype=dtype, a=0.3)
    yield record("bernoulli_s", filled("bernoulli_", 60, 0.3), seed, n=60, p=0.3)
    p = torch.linspace(0, 1, 60, **like)
    yield record("bernoulli_t", seeded(seed, lambda: torch.bernoulli(p)), seed, p=p.tolist(), dtype=dtype)
    for n, q in ((60, 0.4), (64, 0.5)):
        mask = seeded(seed, lambda: nn.functional.dropout(torch.ones(n, **like), q))
        yield record("dropout", mask, seed, n=n, p=q, dtype=dtype)
    p = torch.tensor(PROBABILITIES, **like)
    drawn = seeded(seed, lambda: torch.multinomial(p, 100, replacement=True))
    yield record("multinomial", drawn, seed, p=p.tolist(), k=100, dtype=dtype)
    yield record("multinomial_nr", seeded(seed, lambda: torch.multinomial(p, 5)), seed, p=p.tolist(), k=5, dtype=dtype)
    for shape in SHAPES:
        for name, options in FANS:
            drawn = seeded(seed, lambda: getattr(nn.init, name)(torch.empty(shape, **like), **options).flatten())
            yield record("init", drawn, seed, fn=name, kw=options, shape=list(shape), dtype=dtype)


def parameters(module):
    return [p.detach().flatten().tolist() for p in module.parameters()]


def streams(seed):
    for low, high in RANGES:
        drawn = seeded(seed, lambda: torch.randint(low, high, (50,)))
        yield record("randint", [str(x) for x in drawn], seed, lo=str(low), hi=str(high), n=50)
    for n, step in ((0, 1), (1, 1), (2, 1), (6, 1), (17, 1), (90, 1)):
        yield record("randperm", seeded(seed, lambda: torch.randperm(n))[::step], seed, n=n, step=step)
    drawn = seeded(seed, lambda: torch.empty(20, dtype=torch.int64).random_())
    yield record("random_i64", [str(x) for x in drawn], seed, n=20)
    torch.manual_seed(seed)
    mixed = [torch.randn(3), torch.rand(2), torch.randn(2), torch.randn(20), torch.randn(1, dtype=torch.float64),
             torch.randperm(5)]
    yield record("interleave", [t.tolist() for t in mixed], seed)
    for out, fan in ((16, 2), (1, 16), (5, 3)):
        torch.manual_seed(seed)
        yield record("linear", parameters(nn.Linear(fan, out)), seed, shape=[out, fan])
    torch.manual_seed(seed)
    yield record("linear", parameters(nn.Conv2d(3, 6, 5)), seed, shape=[6, 3, 5, 5])
    dims = [2, 16, 16, 1]
    torch.manual_seed(seed)
    layers = nn.Sequential(*(nn.Linear(a, b) for a, b in zip(dims, dims[1:])))
    yield record("mlp", parameters(layers), seed, dims=dims)
    for n in (10, 33):
        for own in (False, True):
            torch.manual_seed(seed)
            generator = torch.Generator().manual_seed(seed) if own else None
            loader = DataLoader(TensorDataset(torch.arange(n)), batch_size=4, shuffle=True, generator=generator)
            epochs = [[i for (batch,) in loader for i in batch.tolist()] for _ in range(3)]
            yield record("dataloader", epochs, seed, n=n, gen=own, after=torch.rand(2, generator=generator).tolist())
    torch.manual_seed(seed)
    parts = random_split(range(20), [12, 5, 3])
    yield record("random_split", [list(p.indices) for p in parts], seed, lens=[12, 5, 3])


def numpy_streams(seed):
    def state():
        return np.random.RandomState(seed)

    yield record("np_rand", state().rand(60).tolist(), seed, n=60)
    yield record("np_uniform", state().uniform(-3, 7.7, 60).tolist(), seed, n=60)
    yield record("np_randn", state().randn(60).tolist(), seed, n=60)
    yield record("np_normal", state().normal(2, 0.3, 60).tolist(), seed, n=60)
    yield record("np_exponential", state().exponential(1.3, 60).tolist(), seed, n=60)
    for low, high in ((0, 10), (-5, 6), (3, 4), (0, 1000003), (0, 2**31)):
        yield record("np_randint", state().randint(low, high, 60).tolist(), seed, lo=low, hi=high, n=60)
    for n in (5, 60):
        yield record("np_permutation", state().permutation(n).tolist(), seed, n=n)
    for replace in (True, False):
        yield record("np_choice", state().choice(50, 20, replace).tolist(), seed, n=50, k=20, replace=replace)
    p = np.arange(1, 11) / 55
    for k, replace in ((40, True), (6, False)):
        drawn = state().choice(10, k, replace, p).tolist()
        yield record("np_choice", drawn, seed, n=10, k=k, replace=replace, p=p.tolist())
    s = state()
    mixed = [s.randn(3), s.rand(2), s.randn(2), s.permutation(9), s.randint(0, 100, 5)]
    yield record("np_mix", [x.tolist() for x in mixed], seed)


def data_sets(seed):
    for n, noise in ((60, 0.03), (31, 0.2), (20, None)):
        for kind, make in (("circles", make_circles), ("moons", make_moons)):
            made = make(n, noise=noise, random_state=seed)
            yield record(kind, [x.tolist() for x in made], seed, n=n, noise=noise)
        made = make_blobs(n, centers=4, cluster_std=1.5, random_state=seed)
        yield record("blobs", [x.tolist() for x in made], seed, n=n, centers=4, std=1.5)
        for y in (made[1], None):
            for size in (0.3, 0.25, 0.17):
                parts = train_test_split(range(n), test_size=size, stratify=y, random_state=seed)
                labels = None if y is None else y.tolist()
                yield record("tts", [list(x) for x in parts], seed, n=n, y=labels, test_size=size)


def records():
    for seed in SEEDS:
        for dtype in DTYPES:
            yield from draws(seed, dtype)
        yield from streams(seed)
    for seed in (0, 42):
        yield from numpy_streams(seed)
        yield from data_sets(seed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    encode.write(f"{sys.argv[1]}/rng.jsonl", records())
