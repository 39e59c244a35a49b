import torch

from inputs import COLUMNS, elements


class Elements:
    def __init__(self, op, n):
        a, b, c, row = (torch.tensor(x, dtype=torch.float32) for x in elements(n))
        matrix = a.view(-1, COLUMNS)
        column = b[: n // COLUMNS].clone().view(-1, 1)
        self.run = {
            "add": lambda: a + b,
            "chain": lambda: torch.relu(a * b + c - 1),
            "exp": lambda: a.exp(),
            "tanh": lambda: a.tanh(),
            "row": lambda: matrix + row,
            "column": lambda: matrix + column,
            "sum": lambda: a.sum(),
            "sum0": lambda: matrix.sum(0),
            "sum1": lambda: matrix.sum(1),
            "max1": lambda: matrix.amax(1),
            "softmax1": lambda: matrix.softmax(1),
        }[op]

    def step(self, _):
        self.out = self.run()

    def check(self):
        flat = self.out.flatten()
        return [flat[0], flat[len(flat) // 2], flat[-1]]


def setup(params):
    return Elements(params["op"], params["n"])
