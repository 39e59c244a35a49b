"""Runs recorded figures once more, from their own inputs, and writes what comes out.

    rerun.py FOLDER DIRECTORY       ops-*, nn, scripts and repr; `same.py DIRECTORY FOLDER` then compares
"""
import json
import pathlib
import sys

import torch
from torch import nn

import decode
import encode
import ops
from opdb import OPS


def lines(path):
    for line in path.open():
        yield json.loads(line)


def operation(r):
    """The public function, where the database gives its arguments another order."""
    name = r["op"]
    if name in OPS and name.split(".")[0] not in ops.PUBLIC and not name.startswith("nn.functional.embedding"):
        return OPS[name].op
    call = torch
    for part in name.split("."):
        call = getattr(call, part, call)
    return call


def rerun_op(r):
    args = [decode.argument(a) for a in r["args"]]
    kwargs = {k: decode.argument(v) for k, v in r["kw"].items()}
    try:
        again = ops.record(r["op"], r["id"], operation(r), args, kwargs, r.get("seed"), "grads" in r)
    except Exception as error:
        if "error" not in r:
            raise
        said = {"type": type(error).__name__, "message": str(error), "regex": r["error"]["regex"]}
        return {k: r[k] for k in ("op", "id", "args", "kw")} | {"error": said}
    return again | {"args": r["args"], "kw": r["kw"]}


def rerun_module(r):
    torch.manual_seed(r["init_seed"])
    args = [decode.argument(a) for a in r["cargs"]]
    options = {k: decode.argument(v) for k, v in r["ckw"].items()}
    build = lambda: getattr(nn, r["mod"])(*args, **options)
    state = {k: v.clone() for k, v in build().state_dict().items()}
    return r | {"state": {k: encode.tensor(v) for k, v in state.items()},
                "cases": [rerun_case(build(), state, case) for case in r["cases"]]}


def rerun_case(module, state, case):
    module.load_state_dict(state)
    module.to(encode.DTYPES[case["dtype"]]).train(case["mode"] == "train")
    args = [decode.argument(a) for a in case["args"]]
    kwargs = {k: decode.argument(v) for k, v in case["kw"].items()}
    if "seed" in case:
        torch.manual_seed(case["seed"])
    result = module(*args, **kwargs)
    out = case | {"out": encode.result(result)}
    if "grads" in case:
        leaves = dict(ops.tensors(args, "args")) | dict(ops.tensors(kwargs, "kwargs"))
        leaves = {path: t for path, t in leaves.items() if t.requires_grad}
        leaves |= {f"param.{name}": p for name, p in module.named_parameters()}
        results = ops.outputs(result)
        k = case["cot"]
        cotangents = [encode.cotangent(results[i].numel(), i, results[i].dtype).view(results[i].shape) for i in k]
        grads = torch.autograd.grad([results[i] for i in k], list(leaves.values()), cotangents, allow_unused=True)
        out["grads"] = {path: None if g is None else encode.tensor(g.contiguous()) for path, g in zip(leaves, grads)}
    return out


def rerun_script(r):
    torch.set_default_dtype(torch.float32)
    names = {"torch": torch}
    try:
        exec(r["py"], names)
    except Exception as error:
        return {"id": r["id"], "py": r["py"], "error": {"type": type(error).__name__, "message": str(error)}}
    return r | {"vars": {name: encode.variable(names[name]) for name in r["vars"]}}


def rerun_repr(r):
    torch.set_default_dtype(torch.float32)
    value = eval(r["py"], {"torch": torch})
    return r | {"str": str(value), "repr": repr(value)}


RERUNS = (("ops-*.jsonl", rerun_op), ("nn.jsonl", rerun_module), ("scripts.jsonl", rerun_script),
          ("repr.jsonl", rerun_repr))


def attempts(path, rerun):
    for r in lines(path):
        try:
            yield rerun(r)
        except Exception as reason:
            name = r.get("op") or r.get("mod") or ""
            print(f"  not run: {name} {r['id']}: {str(reason).splitlines()[:1]}", file=sys.stderr)


if __name__ == "__main__":
    folder, out = map(pathlib.Path, sys.argv[1:3])
    torch.set_num_threads(1)
    for pattern, rerun in RERUNS:
        for path in sorted(folder.glob(pattern)):
            encode.write(out / path.name, attempts(path, rerun))
