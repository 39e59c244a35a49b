"""datasets.jsonl: scikit-learn's synthetic sets and splits, PyTorch's random splits and loaders, option by option."""
import sys

import numpy as np
import torch
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset, random_split

import encode


def array(a):
    return encode.tensor(torch.from_numpy(np.ascontiguousarray(a)))


def made(kind, make, n, **options):
    out = make(n, **options)
    return {"kind": kind, "n": n, "options": options, "want": [array(a) for a in out]}


def synthetic():
    for n in (1, 2, 3, 8, 25, [3, 4], [0, 5], [6, 0], [1, 1]):
        yield made("circles", make_circles, n, noise=0.05, random_state=3)
        yield made("moons", make_moons, n, noise=0.05, random_state=3)
        yield made("circles", make_circles, n, shuffle=False, factor=0.3)
        yield made("moons", make_moons, n, shuffle=False)
    for options in ({"shuffle": False, "noise": 0.2}, {"noise": 0}, {"factor": 0}, {"factor": 0.99, "noise": 1.5}, {}):
        yield made("circles", make_circles, 30, random_state=4, **options)
    for options in ({"shuffle": False, "noise": 0.2}, {"noise": 0}, {}):
        yield made("moons", make_moons, 30, random_state=4, **options)
    rows = [[1.5, -2, 0.25], [0, 1e3, -7], [3, 3, 3]]
    for n, options in (
        (0, {}), (2, {}), (20, {}), (20, {"centers": 1}), (23, {"centers": 5, "n_features": 3, "cluster_std": 0.3}),
        (10, {"centers": rows}), (10, {"centers": rows, "cluster_std": [0, 0.5, 2]}), (9, {"shuffle": False}),
        (12, {"center_box": [100, 101]}), (12, {"center_box": [1, -1]}), ([3, 0, 5], {}), ([2, 4, 1], {"centers": rows}),
        ([2, 4], {"cluster_std": [0.1, 3], "n_features": 4}), (6, {"n_features": 1}),
    ):
        yield made("blobs", make_blobs, n, random_state=5, return_centers=True, **options)


def split(n, **options):
    stratify = options.pop("stratify", None)
    parts = train_test_split(np.arange(n), stratify=None if stratify is None else np.array(stratify), **options)
    if stratify is not None:
        options["stratify"] = stratify
    return {"kind": "split", "n": n, "options": options, "want": [part.tolist() for part in parts]}


def splits():
    for sizes in (
        {}, {"test_size": 0.3}, {"test_size": 7}, {"train_size": 0.6}, {"train_size": 11}, {"test_size": 0.2, "train_size": 0.3},
        {"test_size": 4, "train_size": 9}, {"test_size": 4, "train_size": 0.5}, {"test_size": 0.01}, {"test_size": 1},
        {"train_size": 0.07}, {"train_size": 28},
    ):
        yield split(29, random_state=6, **sizes)
        yield split(29, shuffle=False, **sizes)
    for seed in range(4):
        state = np.random.RandomState(seed)
        yield split(40, random_state=seed, stratify=state.randint(0, 4, 40).tolist())
        yield split(40, random_state=seed, stratify=(state.randint(0, 2, 40) * 10 - 3).tolist(), test_size=0.35, train_size=0.4)
        # classes of equal size, where the stream decides who gets the places that rounding leaves over
        yield split(42, random_state=seed, stratify=[i % 7 for i in range(42)], test_size=10, train_size=24)
        yield split(42, random_state=seed, stratify=[i % 6 for i in range(42)], test_size=0.25)
    yield split(20, random_state=7, stratify=["pear", "fig", "apple", "fig"] * 5)
    yield split(24, random_state=7, stratify=[[i % 12, i % 2] for i in range(24)], test_size=12)
    yield split(24, random_state=7, stratify=[[float(i % 12)] for i in range(24)], test_size=12)
    yield split(24, random_state=7, stratify=[[i % 3 == 0, i % 2 == 0] for i in range(24)], test_size=12)


def tutorial():
    """The data of the README's first example."""
    X, y = make_circles(1000, noise=0.03, random_state=42)
    parts = train_test_split(X, y, test_size=0.3, random_state=42, stratify=y)
    yield {"kind": "tutorial", "want": [array(part) for part in parts]}


def random_splits():
    for n, lengths in (
        (10, [3, 7]), (10, [0.3, 0.7]), (10, [0.33, 0.33, 0.34]), (11, [0.5, 0.5]), (7, [0.9, 0.1]), (1, [1]), (5, [5, 0]), (3, [0.5, 0.25, 0.25]),
    ):
        generator = torch.Generator().manual_seed(8)
        parts = random_split(range(n), lengths, generator=generator)
        yield {"kind": "random_split", "seed": "8", "n": n, "lengths": lengths, "want": [list(p.indices) for p in parts]}


def loaders():
    """Batches of two epochs, then what each generator draws next; an epoch may be left after some batches."""
    for n, batch_size in ((10, 3), (9, 3), (5, 8), (4, 1)):
        for shuffle in (False, True):
            for drop_last in (False, True):
                for own in (False, True):
                    for stop in (None, 1):
                        torch.manual_seed(9)
                        generator = torch.Generator().manual_seed(10) if own else None
                        loader = DataLoader(
                            TensorDataset(torch.arange(n)), batch_size=batch_size, shuffle=shuffle, drop_last=drop_last,
                            generator=generator,
                        )
                        epochs = []
                        for _ in range(2):
                            batches = []
                            for (batch,) in loader:
                                batches.append(batch.tolist())
                                if len(batches) == stop:
                                    break
                            epochs.append(batches)
                        yield {
                            "kind": "loader", "n": n, "batch_size": batch_size, "shuffle": shuffle, "drop_last": drop_last,
                            "own": own, "stop": stop, "length": len(loader), "want": epochs,
                            "next": torch.rand(1).item(), "own_next": torch.rand(1, generator=generator).item() if own else None,
                        }


def records():
    yield {"versions": encode.versions()}
    for part in (synthetic, splits, tutorial, random_splits, loaders):
        yield from part()


if __name__ == "__main__":
    encode.write(sys.argv[1], records())
