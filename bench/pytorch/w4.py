import torch

from inputs import operands


class Matmul:
    def __init__(self, dtype, m, k, n, transpose_a, transpose_b):
        a, b = operands(m, k, n)
        a = torch.tensor(a, dtype=dtype)
        b = torch.tensor(b, dtype=dtype)
        self.a = a.view(k, m).t() if transpose_a else a.view(m, k)
        self.b = b.view(n, k).t() if transpose_b else b.view(k, n)

    def step(self, _):
        self.out = self.a @ self.b

    def check(self):
        m, n = self.out.shape
        return [self.out[0, 0], self.out[m // 2, n // 2], self.out[m - 1, n - 1]]


def setup(params):
    return Matmul(
        getattr(torch, params["dtype"]),
        params["m"],
        params["k"],
        params["n"],
        params["transposeA"],
        params["transposeB"],
    )
