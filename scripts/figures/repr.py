"""repr.jsonl: what Python prints for an expression.   repr.py DIRECTORY"""
import sys

import torch

import encode

LEAF = "torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)"
EXPRESSIONS = [
    "torch.tensor(3)", "torch.tensor(True)", "torch.tensor([])", "torch.tensor([1., 2., 3.])", "torch.tensor([1, 2, 3])",
    "torch.tensor([True, False])", "torch.tensor([0.1, 0.25, 3.14159])", "torch.tensor([1e-5, 1.])",
    "torch.tensor([1e5, 1.5])", "torch.tensor([1e8, 1.])", "torch.tensor([123456.789])", "torch.tensor([1000000.])",
    "torch.tensor([float('nan'), 1.])", "torch.tensor([float('inf'), -1.5])", "torch.tensor([-1., 2.])",
    "torch.zeros(2, 3, 2)", "torch.arange(24).reshape(2, 3, 4)", "torch.ones(2, 2, dtype=torch.float64)",
    "torch.ones(2, dtype=torch.int32)", "torch.ones(2, dtype=torch.uint8)", "torch.zeros(0, 3)",
    "torch.zeros(0, dtype=torch.int64)", "torch.arange(1001)", "torch.arange(1001.)", "torch.zeros(40, 40)",
    "torch.linspace(0, 1, 11)", "torch.eye(3)", "torch.tensor([-0., 1.])", "torch.tensor([[1e-3, 1e3], [1., 2.]])",
    "torch.tensor(1234567.)", "torch.arange(12.).reshape(3, 4).t()", "torch.ones(3, requires_grad=True)",
    "torch.nn.Parameter(torch.ones(2, 2))", "torch.nn.Linear(2, 3)", "torch.nn.ReLU()", "torch.nn.Dropout(0.2)",
    "torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))",
    "torch.nn.BCEWithLogitsLoss()", "torch.nn.CrossEntropyLoss()", "torch.nn.Flatten()", "torch.nn.Identity()",
]
# The names that PyTorch gives to nodes, by the operation that made them.
OPERATIONS = [
    "{x} + 1", "{x} + {x}", "{x} - 1", "1 - {x}", "{x} * 2", "{x} / 2", "1 / {x}", "{x} ** 2", "2 ** {x}", "{x} ** {x}",
    "-{x}", "{x} @ {x}", "{x}.abs()", "{x}.sign()", "{x}.sqrt()", "{x}.rsqrt()", "{x}.square()", "{x}.reciprocal()",
    "{x}.exp()", "{x}.log()", "{x}.log1p()", "{x}.expm1()", "{x}.sin()", "{x}.cos()", "{x}.tan()", "{x}.tanh()",
    "{x}.sigmoid()", "{x}.relu()", "{x}.clamp(0, 1)", "{x}.clamp(min=0)", "torch.maximum({x}, {x})",
    "torch.minimum({x}, {x})", "torch.where({x} > 1, {x}, {x})", "torch.lerp({x}, {x}, 0.5)",
    "torch.addcmul({x}, {x}, {x})", "torch.addcdiv({x}, {x}, {x})", "{x}.sum()", "{x}.sum(0)", "{x}.mean()",
    "{x}.mean(0)", "{x}.var()", "{x}.std()", "{x}.std(0)", "{x}.prod()", "{x}.prod(0)", "{x}.max()", "{x}.max(0)[0]",
    "{x}.min()", "{x}.min(0)[0]", "{x}.amax(0)", "{x}.amin()", "{x}.norm()", "{x}.norm(1)", "{x}.norm(2, 0)",
    "{x}.logsumexp(0)", "{x}.cumsum(0)", "{x}.matmul({x})", "{x}.mm({x})", "{x}.mv({x}[0])", "{x}[0].dot({x}[1])",
    "torch.outer({x}[0], {x}[1])", "torch.addmm({x}, {x}, {x})", "torch.bmm({x}[None], {x}[None])", "{x}.softmax(0)",
    "{x}.log_softmax(1)", "{x}.view(4)", "{x}.reshape(4)", "{x}.reshape(1, 4)", "{x}.t()", "{x}.transpose(0, 1)",
    "{x}.permute(1, 0)", "{x}[0]", "{x}[0, 1]", "{x}[:, 1]", "{x}[0:1]", "{x}[None]", "{x}.squeeze()", "{x}.squeeze(0)",
    "{x}.unsqueeze(0)", "{x}.expand(3, 2, 2)", "{x}.flatten()", "{x}.unbind()[0]", "{x}.split(1)[0]", "{x}.chunk(2)[1]",
    "{x}.diagonal()", "torch.cat([{x}, {x}])", "torch.stack([{x}, {x}])", "{x}.clone()", "{x}.double()",
    "{x}.contiguous()", "{x}.t().contiguous()", "{x}.detach()", "{x} > 1", "{x}.argmax()", "{x}.flip(0)",
    "torch.nn.functional.linear({x}, {x}, {x}[0])", "torch.nn.functional.mse_loss({x}, {x})",
    "torch.nn.functional.l1_loss({x}, {x})", "torch.nn.functional.relu({x})",
    "torch.nn.functional.binary_cross_entropy_with_logits({x}, {x})",
    "torch.nn.functional.cross_entropy({x}, torch.tensor([0, 1]))", "torch.nn.functional.dropout({x}, 0.)",
    "torch.nn.functional.binary_cross_entropy({x}.sigmoid(), {x}.detach().sigmoid())",
]


def records():
    sources = [*EXPRESSIONS, *(operation.format(x=LEAF) for operation in OPERATIONS)]
    for i, source in enumerate(sources):
        torch.manual_seed(0)
        value = eval(source)
        yield {"id": f"own/{i}", "py": source, "str": str(value), "repr": repr(value)}


if __name__ == "__main__":
    encode.write(f"{sys.argv[1]}/repr.jsonl", records())
