"""Writes ../inputs/circles.json: the data and the first weights of the fifth example.

Made with scikit-learn 1.2.1, NumPy 1.24.2 and PyTorch 1.13.1.
"""

import json
import pathlib

import torch
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split
from torch import nn


def floats(tensor):
    """Float32's shortest digits."""
    return [float(str(value)) for value in tensor.detach().flatten().numpy()]


X, y = make_circles(1000, noise=0.03, random_state=42)
x_train, x_test, y_train, y_test = train_test_split(
    torch.from_numpy(X).float(),
    torch.from_numpy(y).float().unsqueeze(1),
    stratify=y,
    test_size=0.3,
    random_state=42,
)
torch.manual_seed(42)
model = nn.Sequential(
    nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
)
fixture = dict(
    xTrain=floats(x_train),
    yTrain=floats(y_train),
    xTest=floats(x_test),
    yTest=floats(y_test),
    parameters=[dict(shape=list(p.shape), data=floats(p)) for p in model.parameters()],
)
path = pathlib.Path(__file__).parent.parent / "inputs" / "circles.json"
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
