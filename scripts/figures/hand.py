"""ops-hand.jsonl: what PyTorch's own database leaves out.   hand.py DIRECTORY"""
import sys

import torch

import encode
import ops

F64, F32, I64, I32, U8 = torch.float64, torch.float32, torch.int64, torch.int32, torch.uint8


def in_place(method):
    """`fill`: the in-place method on a copy, as what comes out."""
    return lambda x, *args: getattr(x.clone(), f"{method}_")(*args)


def cases():
    for value in (3, -1.5, 2.0, True):
        yield "full", torch.full, ([2, 3], value), {}
        for dtype in (F64, I64, torch.bool):
            yield "full", torch.full, ([2], value), {"dtype": dtype}
    for dtype in (F64, F32, I64, I32, U8, torch.bool):
        x = torch.ones(2, 3, dtype=dtype)
        yield "zero", in_place("zero"), (x,), {}
        for value in (0, 2, 1.5, True):
            yield "fill", in_place("fill"), (x, value), {}
        for other in (F64, F32, I64, I32, U8, torch.bool):
            yield "copy", in_place("copy"), (x, torch.tensor([[0], [7]]).to(other)), {}
    x = torch.arange(12.0, dtype=F64).view(3, 4).requires_grad_()
    yield "fill", in_place("fill"), (x, 2), {}
    yield "zero", in_place("zero"), (x,), {}
    yield "copy", in_place("copy"), (x, torch.ones(4, dtype=F64, requires_grad=True)), {}
    yield "copy", in_place("copy"), (x, torch.ones(3, 1, requires_grad=True)), {}
    for dim in (0, 1, -1):
        for index in (0, 2, -1):
            yield "select", torch.select, (x, dim, index), {}
        for start, length in ((0, 2), (1, 2), (2, 0)):
            yield "narrow", torch.narrow, (x, dim, start, length), {}
    mixed = torch.arange(24.0).view(2, 3, 4).permute(2, 0, 1).requires_grad_()
    for name, args in (("flatten", (1, 2)), ("reshape", ((4, 6),)), ("contiguous", ()), ("clone", ()), ("unbind", (1,)),
                       ("split", (2, 0)), ("chunk", (3, 0)), ("diagonal", (1,)), ("sum", (1,)), ("amax", (0,))):
        yield name, getattr(torch.Tensor, name), (mixed, *args), {}
    yield from narrow_integers()
    yield from casts()


def casts():
    """Floats that the integers of the result cannot hold: what x86 makes of them."""
    for source in (F32, F64):
        x = torch.tensor([3e9, -3e9, float("nan"), float("inf"), -float("inf"), 300.0, -1.5], dtype=source)
        yield "to", torch.Tensor.to, (x, I32), {}
    yield "to", torch.Tensor.to, (torch.tensor([3_000_000_000, -3_000_000_000, 300, -1]), I32), {}


def narrow_integers():
    """Results in a dtype that the caller named, and integers that wrap around in it."""
    for x in (torch.tensor([[3.7, -2.5, 9.0], [100.0, 60.5, -7.2]], dtype=F64), torch.tensor([[200, 100], [90, 7]], dtype=U8)):
        for dtype in (F64, F32, I64, I32, U8):
            yield "sum", torch.sum, (x, 1), {"dtype": dtype}
            yield "prod", torch.prod, (x, 0), {"dtype": dtype}
            yield "cumsum", torch.cumsum, (x, 1), {"dtype": dtype}
    x = torch.tensor([[7, -3, 2147483647], [11, 0, -5]], dtype=I32)
    yield "prod", torch.prod, (x, 1), {"dtype": I32}
    yield "prod", torch.prod, (x, 1), {}
    for exponent in (0, 1, 13, 41):
        yield "pow", torch.pow, (x, exponent), {}
        yield "pow", torch.pow, (x, torch.full((2, 3), exponent, dtype=I32)), {}
    for ends in ((10, 0, -3.3), (1.5, 4), (0, 10, 2.9), (-2.5, 2.5), (2.7, 5.2)):
        for dtype in (I64, I32):
            yield "arange", torch.arange, ends, {"dtype": dtype}
    for dtype in (F64, F32):
        for steps in (1, 2, 7, 11):
            yield "linspace", torch.linspace, (-1.5, 2.5, steps), {"dtype": dtype}


def records():
    for i, (name, call, args, kwargs) in enumerate(cases()):
        yield ops.record(name, f"own/mixed/{i}", call, args, kwargs)


if __name__ == "__main__":
    encode.write(f"{sys.argv[1]}/ops-hand.jsonl", records())
