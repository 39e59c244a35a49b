"""PyTorch's own database of operations with their samples, which Debian ships without one test helper."""
import sys
import types
import unittest
import warnings

warnings.filterwarnings("ignore")

# torch.testing imports this module for its TestCase alone, and Debian does not package it.
stub = types.ModuleType("expecttest")
stub.TestCase, stub.ACCEPT = unittest.TestCase, False
sys.modules.setdefault("expecttest", stub)

from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402
from torch.testing._internal.common_modules import module_db  # noqa: E402,F401


def full_name(info):
    return f"{info.name}.{info.variant_test_name}" if info.variant_test_name else info.name


OPS = {full_name(info): info for info in op_db}
