"""streams.jsonl: draws of PyTorch's generator and NumPy's RandomState at the edges of their ranges, and their states."""
import base64
import sys

import numpy as np
import torch

import encode

F32, F64, I64 = torch.float32, torch.float64, torch.int64


def drawn(kind, seed, tensor, **more):
    return {"kind": kind, "seed": str(seed), **more, "want": encode.tensor(tensor)}


def seeds():
    for seed in (0, 1, -1, 2**31, 2**32, 2**53 - 1, 2**53 + 1, 2**64 - 1, -(2**63)):
        generator = torch.Generator().manual_seed(seed)
        yield drawn("seed", seed, torch.rand(3, dtype=F64, generator=generator), initial=str(generator.initial_seed()))
    yield drawn("default", 0, torch.rand(3, dtype=F64, generator=torch.Generator()))


def states():
    """A state with and without a waiting normal value, early and late in a block of words, and what comes next."""
    for normals, uniforms in ((0, 1), (1, 0), (2, 0), (3, 300), (0, 624), (1, 622)):
        torch.manual_seed(7)
        before = torch.randn(normals, dtype=F64), torch.rand(uniforms)
        state = torch.get_rng_state()
        yield drawn(
            "state", 7, torch.cat([torch.randn(3, dtype=F64), torch.rand(3, dtype=F64)]),
            normals=len(before[0]), uniforms=len(before[1]),
            state=base64.b64encode(state.numpy().tobytes()).decode(),
        )


def uniforms():
    for dtype, bounds in (
        (F32, [(5, 5), (-1e38, 2e38), (1e-40, 3e-40), (-0.1, 0.1), (0.1, 0.3), (1, 1 + 2**-20), (0, 1e-30), (-7, -2)]),
        (F64, [(5, 5), (-8e307, 9e307), (0, 1.7e308), (-0.1, 0.1), (0.1, 0.3), (1, 1 + 2**-40), (1e-290, 3e-290), (-7, -2)]),
    ):
        for low, high in bounds:
            torch.manual_seed(11)
            t = torch.empty(64, dtype=dtype).uniform_(low, high)
            yield drawn("uniform", 11, t, low=encode.number(float(low)), high=encode.number(float(high)))


def normals():
    for dtype in (F32, F64):
        for n in (15, 16, 17, 31, 32, 33, 47, 100):
            torch.manual_seed(12)
            yield drawn("normal", 12, torch.empty(n, dtype=dtype).normal_(0.25, 3), mean=0.25, std=3, contiguous=True)
        torch.manual_seed(12)
        apart = torch.empty(40, dtype=dtype)[::2].normal_(-1, 0.1)
        yield drawn("normal", 12, apart.contiguous(), mean=-1, std=0.1, contiguous=False)
        torch.manual_seed(12)
        yield drawn("normal", 12, torch.empty(20, dtype=dtype).normal_(2, 0), mean=2, std=0, contiguous=True)


def integers():
    for dtype, bounds in (
        (F32, [(0, 2**26), (2**24 + 1, 2**24 + 3), (0, 2**24 + 3), (2**25 + 1, 2**25 + 9), (-(2**25) - 7, -(2**25) + 9)]),
        (torch.int32, [(-(2**31), 2**31 - 1), (-5, 5), (2**31 - 1, 2**31)]),
        (torch.uint8, [(0, 256), (250, 256)]),
        (F64, [(0, 2**53 - 1), (-3, 2**40)]),
        (I64, [(-(2**53) + 1, 2**53 - 1), (0, 2**32), (-1, 2**32), (-7, -6)]),
    ):
        for low, high in bounds:
            torch.manual_seed(13)
            yield drawn("randint", 13, torch.randint(low, high, (30,), dtype=dtype), low=low, high=high)


def choices():
    weights = [[0.1, 5, 2, 0.01, 3, 1.3, 0.7], [1, 1, 1, 1, 1, 1, 1], [0, 0, 3, 0, 0, 2, 1e-6]]
    for dtype in (F32, F64):
        p = torch.tensor(weights, dtype=dtype)
        for replacement in (True, False):
            for n in (1, 3):
                torch.manual_seed(14)
                t = torch.multinomial(p, n, replacement)
                yield drawn("multinomial", 14, t, weights=encode.tensor(p), replacement=replacement)
        torch.manual_seed(15)
        odds = torch.linspace(0, 1, 50, dtype=dtype)
        yield drawn("bernoulli", 15, torch.bernoulli(odds), p=encode.tensor(odds))
    torch.manual_seed(16)
    yield drawn("geometric", 16, torch.empty(30, dtype=I64).geometric_(0.3), p=0.3)
    for rate in (0, float("inf")):
        torch.manual_seed(16)
        yield drawn("exponential", 16, torch.empty(3).exponential_(rate), rate=encode.number(rate))


def listed(values):
    return [encode.number(x) for x in np.asarray(values).ravel().tolist()]


def numpy_records():
    for low, high in ((0, 2**40), (0, 2**32), (0, 2**32 + 1), (-(2**52), 2**52), (-5, 2**33), (3, 4)):
        values = np.random.RandomState(17).randint(low, high, 40)
        yield {"kind": "np.randint", "seed": 17, "low": low, "high": high, "want": listed(values)}
    for replace in (True, False):
        for p in (None, [0.5, 0.25, 0, 0.125, 0.125], [0.97, 0.01, 0.01, 0.005, 0.005]):
            values = np.random.RandomState(18).choice([2, 3, 5, 7, 11], 4, replace=replace, p=p)
            yield {"kind": "np.choice", "seed": 18, "replace": replace, "p": p, "want": listed(values)}
    for normals, uniforms in ((0, 0), (0, 1), (1, 0), (3, 310), (0, 312)):
        rng = np.random.RandomState(19)
        rng.randn(normals)
        rng.rand(uniforms)
        _, keys, pos, has_gauss, cached = rng.get_state()
        yield {
            "kind": "np.state", "seed": 19, "normals": normals, "uniforms": uniforms,
            "keys": base64.b64encode(keys.astype("<u4").tobytes()).decode(), "pos": pos, "has_gauss": has_gauss,
            "cached": cached, "want": listed(rng.randn(3)) + listed(rng.rand(3)),
        }
    rng = np.random.RandomState(2**32 - 1)
    yield {"kind": "np.seed", "seed": 2**32 - 1, "want": listed(rng.rand(3))}
    rng = np.random.RandomState(20)
    yield {"kind": "np.scalars", "seed": 20, "want": [
        rng.rand(), rng.randn(), rng.uniform(-1, 3), rng.normal(5, 0.1), rng.exponential(2), rng.randint(7),
        rng.randint(3, 9), rng.random_sample(), rng.standard_normal(), int(rng.choice(50)),
    ]}


def records():
    yield {"versions": encode.versions()}
    for part in (seeds, states, uniforms, normals, integers, choices, numpy_records):
        yield from part()


if __name__ == "__main__":
    encode.write(sys.argv[1], records())
