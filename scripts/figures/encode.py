"""How a value of PyTorch becomes a line of JSON; test/parity/decode.ts reads it back."""
import json
import math
import pathlib

import numpy as np
import torch

NAMES = {
    torch.float64: "f64", torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16",
    torch.int64: "i64", torch.int32: "i32", torch.int16: "i16", torch.int8: "i8",
    torch.uint8: "u8", torch.bool: "b",
}
DTYPES = {name: dtype for dtype, name in NAMES.items()}


def number(x):
    """A JSON number, a word for what is not finite, or "i<digits>" beyond 2^53."""
    if isinstance(x, bool):
        return int(x)
    if isinstance(x, int):
        return x if abs(x) <= 2**53 else f"i{x}"
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    if x == int(x) and abs(x) < 2**53 and not (x == 0 and math.copysign(1, x) < 0):
        return int(x)
    return float(x)


def tensor(t):
    flat = t.detach().clone().reshape(-1)
    if t.dtype == torch.float32:
        values = [float(str(np.float32(x))) for x in flat.tolist()]
    else:
        values = flat.tolist()
    out = {"dt": NAMES[t.dtype], "sh": list(t.shape), "d": [number(x) for x in values]}
    if not t.is_contiguous():
        out["st"] = list(t.stride())
    if t.requires_grad:
        out["rg"] = 1
    return out


def argument(v):
    """An argument of a call: lists stay lists, Python's other types are marked."""
    if isinstance(v, torch.Tensor):
        return tensor(v)
    if isinstance(v, torch.dtype):
        return {"dtype": NAMES[v]}
    if isinstance(v, tuple):
        return {"tuple": [argument(x) for x in v]}
    if isinstance(v, list):
        return [argument(x) for x in v]
    if isinstance(v, dict):
        return {"dict": {k: argument(x) for k, x in v.items()}}
    if isinstance(v, slice):
        return {"slice": [v.start, v.stop, v.step]}
    if v is Ellipsis:
        return {"ellipsis": 1}
    if v is None or isinstance(v, (str, bool)):
        return v
    if isinstance(v, float):
        return {"f": number(v)} if not math.isfinite(v) or v == int(v) else v
    if isinstance(v, int):
        return number(v)
    raise TypeError(f"no encoding for {type(v).__name__}")


def result(v):
    """A result: a tensor, a plain value, or a list of results; what required grad does not matter."""
    if isinstance(v, (tuple, list)):
        return {"tuple": [result(x) for x in v]}
    if isinstance(v, torch.Tensor):
        return tensor(v.detach())
    return argument(v)


def variable(v):
    """A variable after a script: what `argument` makes of it, without what required grad."""
    if isinstance(v, torch.Tensor):
        return tensor(v.detach())
    if isinstance(v, tuple):
        return {"tuple": [variable(x) for x in v]}
    return [variable(x) for x in v] if isinstance(v, list) else argument(v)


def cotangent(n, k, dtype):
    """The gradient that flows into output k of n elements: exact in float32, so never stored."""
    i = torch.arange(n, dtype=torch.int64)
    return (((i * 7919 + k * 104729 + 12345) % 1009 - 504).to(torch.float64) / 256).to(dtype)


def seed(n):
    torch.manual_seed(n)


def versions():
    import sklearn
    return {"torch": torch.__version__, "numpy": np.__version__, "sklearn": sklearn.__version__}


def write(path, records):
    """Writes one record a line, and says how many."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w") as out:
        for record in records:
            out.write(json.dumps(record, separators=(",", ":")) + "\n")
            count += 1
    print(f"{path.name}: {count} records")
