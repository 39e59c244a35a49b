import torch


class Rosenbrock:
    def __init__(self, steps):
        self.steps = steps

    def reset(self):
        self.x = torch.tensor(-1.0, dtype=torch.float64, requires_grad=True)
        self.y = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        self.optimizer = torch.optim.Adam([self.x, self.y], lr=0.01)

    def step(self, _):
        x, y = self.x, self.y
        self.optimizer.zero_grad()
        loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        loss.backward()
        self.optimizer.step()
        self.loss = loss.item()

    def check(self):
        return [self.x.item(), self.y.item(), self.loss]


def setup(params):
    return Rosenbrock(params["steps"])
