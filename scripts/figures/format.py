"""format.jsonl: how PyTorch prints a tensor, given as its elements, strides and suffixes."""
import sys

import torch

import encode

INF, NAN = float("inf"), float("nan")
F64 = torch.float64


def noise(*shape):
    """Three decimals, which keeps the file small."""
    return torch.randn(*shape).mul(1000).round().div(1000)


def tensors():
    """Pairs of a tensor and what it shows."""
    torch.manual_seed(0)
    for value in (0, 1, -1, 0.5, -0.0, 1e-5, 1e8, 1.5e8, 1e9, 123456.789, 0.99999, NAN, INF, -INF, 1e300):
        yield torch.tensor(float(value), dtype=F64)
        yield torch.tensor([float(value)])
    for values in (
        [0.1, 0.25, 3.14159], [1e-5, 1.0], [1e5, 1.5], [1e8, 1.0], [1.0, 1000.0], [1.0, 1001.0],
        [100.0, 2.5], [-0.0, 1.0], [NAN, 1.0], [NAN, 0.5], [INF, -INF, 2.0], [0.0, INF], [0.5, 1e9, NAN],
        [-1.0, 2.0], [-1.5, 2.0], [9.99995, 1.0], [0.00012345, 0.1], [1e20, 1.0], [1e22, 1e22], [1e22, 0.5],
        # ties: the last digit goes to the even neighbour
        [0.03125, 0.5], [0.09375, 0.5], [1.03125, 1e4 + 0.5], [2.5, 3.5, -2.5],
    ):
        yield torch.tensor(values)
        yield torch.tensor(values, dtype=F64)
    yield from (torch.tensor(3), torch.tensor(-7, dtype=torch.int32), torch.tensor(200, dtype=torch.uint8))
    yield from (torch.tensor([2**53, -1]), torch.tensor([1, -20, 300]), torch.zeros(3, dtype=torch.int32))
    yield from (torch.tensor(True), torch.tensor([True, False]), torch.ones(2, 2, dtype=torch.bool))
    for dtype in (torch.float32, F64, torch.int64, torch.int32, torch.uint8, torch.bool):
        yield from (torch.zeros(0, dtype=dtype), torch.zeros(0, 3, dtype=dtype), torch.zeros(2, 0, 3, dtype=dtype))
        yield torch.ones(2, 3, dtype=dtype)
    yield from (torch.zeros(2, 3, 2), torch.arange(24).reshape(2, 3, 4), noise(2, 2, 2, 2))
    yield from (noise(5, 9), noise(30), torch.rand(13, dtype=F64), torch.arange(40))
    yield from (torch.arange(1000), torch.arange(1001), torch.arange(1001.0), noise(1001))
    yield from (noise(40, 40), noise(3, 500), noise(500, 3), torch.arange(2000).view(2, 1, 1000))
    yield from (noise(8, 9, 20), torch.arange(1200).view(2, 5, 6, 20), torch.ones(7, 200, dtype=torch.bool))
    yield from (torch.arange(12.0).view(3, 4).t(), torch.arange(2400).view(40, 60).t(), torch.tensor([1.5]).expand(2, 3))
    yield from (torch.tensor(2.5).expand(40, 50), torch.arange(20.0)[3::4], torch.arange(5.0)[1:4])


def with_suffixes():
    for shape in ((), (3,), (9,), (2, 2), (0,), (40, 40)):
        for dtype in (torch.float32, F64):
            leaf = torch.ones(shape, dtype=dtype, requires_grad=True)
            yield from (leaf, leaf * 2, leaf / 3, leaf.view(-1), leaf.sum())


OPTIONS = (
    {"precision": 2}, {"precision": 0}, {"precision": 8}, {"precision": 20}, {"linewidth": 20}, {"linewidth": 40},
    {"threshold": 5}, {"threshold": 5, "edgeitems": 1}, {"threshold": 20, "edgeitems": 2}, {"profile": "short"},
    {"profile": "full"}, {"profile": "short", "precision": 6}, {"sci_mode": True}, {"sci_mode": False},
    {"sci_mode": True, "precision": 1},
)


def with_options():
    torch.manual_seed(1)
    samples = (
        torch.tensor([0.5, 1.5, 2.5, -3.5]), torch.tensor([1.0, 2.0, INF]), torch.tensor([1e-7, 1e7]),
        torch.tensor([1e20, 1.0]), torch.tensor([0.0, NAN]), noise(12), noise(7, 7), torch.arange(15),
        torch.arange(60).view(3, 4, 5), noise(40, 26).requires_grad_(), torch.zeros(0, 3),
        torch.ones(4, dtype=F64, requires_grad=True) * 3,
    )
    for options in OPTIONS:
        torch.set_printoptions(profile="default")
        torch.set_printoptions(**options)
        for t in samples:
            yield record(t, options=options)
    torch.set_printoptions(profile="default")


def record(t, **more):
    """Storage elements, because a summary must be right on a view too."""
    out = {"tensor": encode.tensor(t), **more, "repr": repr(t)}
    if t.grad_fn is not None:
        out["grad_fn"] = type(t.grad_fn).__name__
    return out


def records():
    yield {"versions": encode.versions()}
    for t in (*tensors(), *with_suffixes()):
        yield record(t)
    torch.set_default_dtype(F64)
    for t in (torch.ones(2, dtype=torch.float32), torch.ones(2), torch.zeros(0), torch.zeros(0, dtype=torch.int64)):
        yield record(t, default_dtype="float64")
    torch.set_default_dtype(torch.float32)
    yield from with_options()


if __name__ == "__main__":
    encode.write(sys.argv[1], records())
