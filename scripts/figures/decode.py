"""What encode.py wrote, as PyTorch's own values again."""
import torch

from encode import DTYPES

WORDS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


def number(x):
    if isinstance(x, str):
        return WORDS[x] if x in WORDS else int(x[1:])
    return x


def tensor(o):
    """With the strides and requires_grad that it had."""
    dtype = DTYPES[o["dt"]]
    t = torch.tensor([number(x) for x in o["d"]], dtype=dtype).reshape(o["sh"])
    if "st" in o:
        strided = torch.empty_strided(o["sh"], o["st"], dtype=dtype)
        if all(step > 0 or size < 2 for step, size in zip(o["st"], o["sh"])):
            t = strided.copy_(t)
        else:
            for dim, (step, size) in enumerate(zip(o["st"], o["sh"])):
                if step == 0 and size > 1:
                    t = t.narrow(dim, 0, 1)
            t = t.contiguous().expand(o["sh"])
    return t.requires_grad_(bool(o.get("rg")))


def argument(v):
    if isinstance(v, list):
        return [argument(x) for x in v]
    if not isinstance(v, dict):
        return number(v) if isinstance(v, str) and v[:1] == "i" and v[1:].lstrip("-").isdigit() else v
    if "dt" in v:
        return tensor(v)
    if "tuple" in v:
        return tuple(argument(x) for x in v["tuple"])
    if "slice" in v:
        return slice(*v["slice"])
    if "ellipsis" in v:
        return ...
    if "dtype" in v:
        return DTYPES[v["dtype"]]
    if "f" in v:
        return float(number(v["f"]))
    return {k: argument(x) for k, x in v["dict"].items()}
