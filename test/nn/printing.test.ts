import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { nn } from "../../src/index.ts";

describe("printing", () => {
  test("shows the tree in PyTorch's layout", () => {
    class Model extends nn.Module {
      readonly net = new nn.Sequential(new nn.Linear(2, 16), new nn.ReLU(), new nn.Dropout(0.2));
      readonly list = new nn.ModuleList([new nn.Flatten(), new nn.Identity()]);
      readonly empty = new nn.Sequential();
      override extraRepr(): string {
        return "units=16";
      }
    }
    const text = [
      "Model(",
      "  units=16",
      "  (net): Sequential(",
      "    (0): Linear(in_features=2, out_features=16, bias=True)",
      "    (1): ReLU()",
      "    (2): Dropout(p=0.2, inplace=False)",
      "  )",
      "  (list): ModuleList(",
      "    (0): Flatten(start_dim=1, end_dim=-1)",
      "    (1): Identity()",
      "  )",
      "  (empty): Sequential()",
      ")",
    ].join("\n");
    expect(String(new Model())).toBe(text);
    expect(inspect(new Model())).toBe(text);
  });

  test("gives several lines of options a line each", () => {
    class Wide extends nn.Module {
      override extraRepr(): string {
        return "a=1\nb=2";
      }
    }
    expect(String(new Wide())).toBe("Wide(\n  a=1\n  b=2\n)");
  });

  test("shows the items of an array under their names", () => {
    class Model extends nn.Module {
      readonly layers = [new nn.Tanh(), new nn.Softmax(1)];
    }
    expect(String(new Model())).toBe(
      "Model(\n  (layers.0): Tanh()\n  (layers.1): Softmax(dim=1)\n)",
    );
  });
});
