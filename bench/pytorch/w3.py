import torch
from torch import nn

from inputs import DIGITS, digits


class Digits:
    def __init__(self, steps):
        self.steps = steps
        self.inputs = digits()
        self.x = torch.tensor(self.inputs["x"], dtype=torch.float32)
        self.y = torch.tensor(self.inputs["y"])

    def reset(self):
        self.model = nn.Sequential(
            nn.Linear(DIGITS["inputs"], DIGITS["hidden"]),
            nn.ReLU(),
            nn.Linear(DIGITS["hidden"], DIGITS["classes"]),
        )
        with torch.no_grad():
            for p, name in zip(self.model.parameters(), ["w1", "b1", "w2", "b2"]):
                p.copy_(torch.tensor(self.inputs[name]))
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=DIGITS["lr"])
        self.losses = []

    def step(self, _):
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(self.x), self.y)
        loss.backward()
        self.optimizer.step()
        self.losses.append(loss.item())

    def check(self):
        return [self.losses[0], self.losses[-1]]


def setup(params):
    return Digits(params["steps"])
