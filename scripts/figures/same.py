"""same.py A B: which records of folder A have the same name and id in folder B, and do they agree?"""
import json
import math
import pathlib
import sys

NAMES = ("op", "mod", "opt", "sched", "init", "kind")


def load(folder):
    out = {}
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        for line in path.open():
            r = json.loads(line)
            # Draws have no id: what they were drawn with stands for it.
            id = r["id"] if "id" in r else json.dumps({k: v for k, v in r.items() if k != "want"}, sort_keys=True)
            key = (path.name, *(str(r[n]) for n in NAMES if n in r), id)
            out[key] = r
    return out


def agree(a, b):
    """Of an error, what it says; the values that caused it are as may be."""
    return a["error"] == b.get("error") if "error" in a else close(a, b)


def close(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
    return a == b


if __name__ == "__main__":
    a, b = (load(folder) for folder in sys.argv[1:3])
    shared = [key for key in a if key in b]
    differ = [key for key in shared if not agree(a[key], b[key])]
    for key in differ:
        print("differs:", *key, "in", [k for k in a[key] if not close(a[key].get(k), b[key].get(k))])
    print(f"{len(shared)} shared, {len(shared) - len(differ)} the same")
    sys.exit(1 if differ else 0)
