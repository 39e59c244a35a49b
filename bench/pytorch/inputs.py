"""The numbers that every library gets; the same as in ../inputs.ts."""

import json
import pathlib

import numpy as np

DIGITS = dict(batch=128, inputs=784, hidden=256, classes=10, lr=1e-3)
COLUMNS = 100


def uniform(seed, n):
    h = np.arange(n, dtype=np.uint32) + np.uint32((seed * 0x9E3779B9) & 0xFFFFFFFF)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return ((h ^ (h >> np.uint32(16))) >> np.uint32(8)).astype(np.float64) / 2**24


def symmetric(seed, n, bound):
    return ((2 * uniform(seed, n) - 1) * bound).astype(np.float32).astype(np.float64)


def circles():
    path = pathlib.Path(__file__).parent.parent / "inputs" / "circles.json"
    return json.loads(path.read_text())


def digits():
    batch, inputs, hidden, classes = (
        DIGITS[k] for k in ("batch", "inputs", "hidden", "classes")
    )
    return dict(
        x=uniform(1, batch * inputs).reshape(batch, inputs),
        y=np.floor(uniform(2, batch) * classes).astype(np.int64),
        w1=symmetric(3, hidden * inputs, inputs**-0.5).reshape(hidden, inputs),
        b1=symmetric(4, hidden, inputs**-0.5),
        w2=symmetric(5, classes * hidden, hidden**-0.5).reshape(classes, hidden),
        b2=symmetric(6, classes, hidden**-0.5),
    )


def operands(m, k, n):
    return symmetric(7, m * k, 1), symmetric(8, k * n, 1)


def elements(n):
    return uniform(9, n), uniform(10, n), uniform(11, n), uniform(12, COLUMNS)
