"""ops-*.jsonl: results and gradients of operations, on the samples of PyTorch's own database.

    ops.py DIRECTORY [NAME ...]     names as in ops-index.json; all of that list where none is given

FIGURES_SEED=anything draws other samples than the ones recorded.
"""
import json
import os
import pathlib
import sys
import zlib

import torch

import encode
from opdb import OPS, full_name

HERE = pathlib.Path(__file__).resolve().parent
INDEX = HERE.parent.parent / "test" / "fixtures" / "parity" / "ops-index.json"

FLOATS = (torch.float64, torch.float32)
INTEGERS = (torch.int64, torch.int32, torch.bool)
# Gradients of these depend on a sign or a basis that is not unique.
GAUGE = {"linalg.qr", "linalg.svd", "linalg.eigh", "linalg.lstsq", "linalg.householder_product", "linalg.lu_factor"}
# Where results go and how they lie in memory is not what these figures are about.
ELSEWHERE = {"out", "layout", "memory_format", "pin_memory"}
# The database seeds what draws with 42, in every call.
DRAWS = {"bernoulli", "multinomial", "normal", "uniform", "randn", "rand_like", "randn_like", "randint_like"}
MOST_ELEMENTS = 2000
SEED = os.environ.get("FIGURES_SEED", "")


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


def tensors(value, path):
    """Every tensor in an argument, with its path."""
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, (tuple, list)):
        for i, v in enumerate(value):
            yield from tensors(v, f"{path}.{i}")
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from tensors(v, f"{path}.{k}")


def outputs(result):
    """The tensors of a result, flattened; the k-th gets the k-th cotangent."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (tuple, list)):
        return [t for r in result for t in outputs(r)]
    return []


def shorten(t):
    """Four decimals where that hardly changes a number: shorter lines, the same on every machine."""
    if not t.is_floating_point() or t.numel() == 0:
        return
    with torch.no_grad():
        short = torch.round(t.double(), decimals=4).to(t.dtype)
        t.copy_(torch.where(t.abs() < 0.01, t, short))


def record(name, id, call, args, kwargs, seed=None, differentiable=True):
    """Runs `call` and says what came out, the gradients for the known cotangents, or the error."""
    out = {"op": name, "id": id, "args": [encode.argument(a) for a in args],
           "kw": {k: encode.argument(v) for k, v in kwargs.items()}}
    if name in GAUGE:
        out["gauge"] = 1
    if seed is not None:
        out["seed"] = seed
        torch.manual_seed(seed)
    result = call(*args, **kwargs)
    out["out"] = encode.result(result)
    if not differentiable:
        return out
    leaves = {p: t for p, t in [*tensors(list(args), "args"), *tensors(kwargs, "kwargs")] if t.requires_grad}
    flat = outputs(result)
    k = [i for i, t in enumerate(flat) if t.requires_grad and t.is_floating_point()]
    if leaves and k:
        out["cot"] = k
        cotangents = [encode.cotangent(flat[i].numel(), i, flat[i].dtype).view(flat[i].shape) for i in k]
        grads = torch.autograd.grad([flat[i] for i in k], list(leaves.values()), cotangents, allow_unused=True)
        out["grads"] = {p: None if g is None else encode.tensor(g.contiguous()) for p, g in zip(leaves, grads)}
    return out


# Where the database calls a function with its arguments in another order: the public one is recorded.
PUBLIC = {
    "where": (torch.where, lambda x, condition, other: (condition, x, other)),
    "einsum": (torch.einsum, lambda tensors, equation: (equation, tensors)),
    "polygamma": (torch.polygamma, lambda x, n: (n, x)),
    "nn.functional.embedding": (torch.nn.functional.embedding, lambda weight, index: (index, weight)),
}


def samples(info, dtype, grad):
    torch.manual_seed(zlib.crc32(f"{full_name(info)}|{name_of(dtype)}{SEED}".encode()))
    return list(info.sample_inputs("cpu", dtype, requires_grad=grad))


def from_samples(name):
    info = OPS[name]
    for dtype in (*FLOATS, *INTEGERS):
        if not info.supports_dtype(dtype, "cpu"):
            continue
        grad = dtype in FLOATS
        try:
            found = samples(info, dtype, grad)
        except (RuntimeError, TypeError, NotImplementedError):
            continue
        for i, sample in enumerate(found):
            args, kwargs = (sample.input, *sample.args), sample.kwargs
            kwargs.pop("device", None)
            if ELSEWHERE & kwargs.keys():
                continue
            given = [t for _, t in tensors(list(args), "")] + [t for _, t in tensors(kwargs, "")]
            if sum(t.numel() for t in given) > MOST_ELEMENTS:
                continue
            for t in given:
                shorten(t)
            yield from attempt(name, f"opinfo/{name_of(dtype)}/{i}", info, args, kwargs, grad)
            if dtype == torch.float64 and given:
                nc = sample.noncontiguous()
                yield from attempt(name, f"opinfo-nc/float64/{i}", info, (nc.input, *nc.args), nc.kwargs, grad)


def attempt(name, id, info, args, kwargs, grad):
    """One record, or none where a sample has no encoding (complex numbers, functions)."""
    call, order = PUBLIC.get(info.name, (info.op, lambda *given: given))
    try:
        seed = 42 if name in DRAWS or "dropout" in name or "rrelu" in name else None
        yield record(name, id, call, order(*args), kwargs, seed, grad)
    except (TypeError, KeyError, RuntimeError, NotImplementedError) as reason:
        print(f"  left out {name} {id}: {str(reason).splitlines()[0][:90]}", file=sys.stderr)


def from_errors(name):
    info = OPS[name]
    if info.error_inputs_func is None:
        return
    torch.manual_seed(zlib.crc32(f"{name}|error".encode()))
    for i, wrong in enumerate(info.error_inputs("cpu")):
        sample = wrong.sample_input
        args, kwargs = (sample.input, *sample.args), sample.kwargs
        if ELSEWHERE & kwargs.keys():
            continue
        try:
            info.op(*args, **kwargs)
        except Exception as error:
            try:
                yield {"op": name, "id": f"error/{i}", "args": [encode.argument(a) for a in args],
                       "kw": {k: encode.argument(v) for k, v in kwargs.items()},
                       "error": {"type": type(error).__name__, "message": str(error), "regex": wrong.error_regex}}
            except (TypeError, KeyError):
                pass


INF, NAN = float("inf"), float("nan")
ONE = (0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 2.5, -2.5, 3, 6, -3, 0.1, -0.1, 1e-8, -1e-8, 1e-30, 20, 20.5, -20, 50, -50,
       90, -110, 1e10, -1e10, 1e30, torch.pi, torch.pi / 2, INF, -INF, NAN)
EACH = (0.0, -0.0, 1, -1, 2.5, -2.5, 0.5, 1e30, INF, -INF, NAN)


def special(name, arity, dtype):
    """Zeros, infinities, nan, huge and tiny numbers; two operands with each other."""
    if arity == 1:
        args = (torch.tensor(ONE, dtype=dtype),)
    else:
        each = torch.tensor(EACH, dtype=dtype)
        args = tuple(x.reshape(-1).contiguous() for x in torch.meshgrid(each, each, indexing="ij"))
    grad = OPS[name].supports_autograd
    args = tuple(a.requires_grad_(grad) for a in args)
    return record(name, f"special/{name_of(dtype)}/0", OPS[name].op, args, {}, differentiable=grad)


TIES = ([[1.0, 3, 3, 2], [0, 0, 0, 0], [-1, 5, 5, 5], [2, 2, 1, 2]], [[1.0, NAN, 3, 2], [INF, 0, -INF, 0]])
SMALL = ([[0.0, 2, 3]], [[0.0, 0, 3]])
ALONG = {"softmax", "log_softmax", "sum", "mean", "var", "std", "prod", "max.reduction_with_dim", "amax", "amin", "all",
         "min.reduction_with_dim", "argmax", "argmin", "logsumexp", "cumsum", "cumprod", "cummax", "cummin", "median"}
OVER_ALL = {"prod", "max.reduction_no_dim", "min.reduction_no_dim", "amax", "amin", "argmax", "argmin", "norm", "std"}


def ties(name):
    """Where several elements are the largest, and where some are zero, infinite or nan."""
    grad, call = OPS[name].supports_autograd, OPS[name].op
    if name in ALONG or name == "norm":
        more = (2,) if name == "norm" else ()
        cases = [(values, dim) for values in TIES for dim in (0, 1)]
        for i, (values, dim) in enumerate(cases):
            x = torch.tensor(values, dtype=torch.float64, requires_grad=grad)
            yield record(name, f"ties/float64/{i}", call, (x, *more, dim), {}, differentiable=grad)
    if name in OVER_ALL:
        for i, values in enumerate((*TIES, *SMALL)):
            x = torch.tensor(values, dtype=torch.float64, requires_grad=grad)
            yield record(name, f"ties-all/float64/{i}", call, (x,), {}, differentiable=grad)
    if name in ("maximum", "minimum", "max.binary", "min.binary", "fmax", "fmin"):
        pair = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in ([1, 2, 2, NAN], [1.0, 2, 3, 1])]
        yield record(name, "ties/float64/0", call, tuple(pair), {})


KINKS = {
    "mse_loss": ([0.0, 1, -1, 2, 0.3], [0.0, 0, 0, 0, 0.3]),
    "l1_loss": ([0.0, 1, -1, 2, 0.3], [0.0, 0, 0, 0, 0.3]),
    "binary_cross_entropy": ([0.0, 1, 0.5, 0, 1], [0.0, 1, 1, 1, 0]),
    "binary_cross_entropy_with_logits": ([0.0, 100, -100, 1000, -1000, 0.5], [0.0, 1, 1, 0, 0, 0.25]),
}


def kinks(name):
    """Losses where their derivative jumps or their logarithm is infinite."""
    pair = KINKS.get(name.removeprefix("nn.functional."))
    if pair is None:
        return
    for reduction in ("none", "mean", "sum"):
        x, y = (torch.tensor(v, dtype=torch.float64) for v in pair)
        yield record(name, f"kinks/float64/{reduction}", OPS[name].op, (x.requires_grad_(), y), {"reduction": reduction})


KINDS = ("uint8", "int32", "int64", "bool", "float32", "float64")


def promote(name):
    """Every pair of dtypes, with dimensions and without, and numbers: what type comes out?"""
    def operand(kind, shape):
        return torch.arange(1, 1 + max(1, torch.Size(shape).numel())).reshape(shape).to(getattr(torch, kind))

    cases = [(operand(a, (3,)), operand(b, shape)) for a in KINDS for b in KINDS for shape in ((3,), ())]
    cases += [(operand(a, ()), operand(b, ())) for a in KINDS for b in KINDS]
    cases += [(operand(a, shape), number) for a in KINDS for shape in ((3,), ()) for number in (2, 2.0, 2.5, True)]
    for i, args in enumerate(cases):
        try:
            yield record(name, f"types/mixed/{i}", OPS[name].op, args, {}, differentiable=False)
        except (RuntimeError, TypeError):
            pass


PROMOTED = {"add", "sub", "mul", "div.no_rounding_mode", "div.floor_rounding", "true_divide", "pow", "maximum", "minimum",
            "atan2", "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "remainder", "fmod"}


def records(name):
    if name not in OPS:
        return
    yield from from_samples(name)
    info = OPS[name]
    kind = type(info).__name__
    arity = {"UnaryUfuncInfo": 1, "BinaryUfuncInfo": 2}.get(kind, 0)
    if arity > 0 and "polygamma" not in name:
        for dtype in FLOATS:
            try:
                yield special(name, arity, dtype)
            except (RuntimeError, TypeError):
                pass
    yield from ties(name)
    yield from kinks(name)
    if name in PROMOTED:
        yield from promote(name)
    yield from from_errors(name)


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    index = {entry["op"]: entry["cat"] for entry in json.loads(INDEX.read_text())}
    for category in sorted(set(index.values())):
        wanted = [op for op in (names or index) if index.get(op) == category]
        if wanted:
            encode.write(f"{folder}/ops-{category}.jsonl", (r for op in wanted for r in records(op)))
