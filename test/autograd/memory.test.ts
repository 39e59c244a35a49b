import { describe, expect, test } from "vitest";
import { ones, optim, type Tensor } from "../../src/index.ts";

/** Collects garbage, after the turn in which weak references hold their targets. */
async function collect(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error("run node with --expose-gc");
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    globalThis.gc();
  }
}

const leaf = () => ones(4, { requiresGrad: true });

/** Runs `build`, keeps its result alive, and tells which of the tensors that it noted are. */
async function alive(
  build: (note: (t: Tensor) => Tensor) => Tensor,
): Promise<{ kept: Tensor; living: boolean[] }> {
  const noted: WeakRef<Tensor>[] = [];
  const kept = build((t) => {
    noted.push(new WeakRef(t));
    return t;
  });
  await collect();
  return { kept, living: noted.map((ref) => ref.deref() !== undefined) };
}

describe("the graph keeps alive", () => {
  test("no intermediate result that no derivative needs", async () => {
    const { kept, living } = await alive((note) => note(note(leaf().add(1)).neg()).sum());
    expect(living).toEqual([false, false]);
    expect(kept.requiresGrad).toBe(true);
  });

  test("those that a derivative needs", async () => {
    const { kept, living } = await alive((note) =>
      note(note(leaf().add(1)).exp())
        .mul(2)
        .sum(),
    );
    // The exponential is its own derivative; what went into it is not needed.
    expect(living).toEqual([false, true]);
    expect(kept.requiresGrad).toBe(true);
  });

  test("only the operand that the derivative of the other needs", async () => {
    const x = leaf();
    const { kept, living } = await alive((note) => x.mul(note(ones(4).add(1))).sum());
    expect(living).toEqual([true]);
    const other = await alive((note) => note(x.add(1).detach()).add(x).sum());
    expect(other.living).toEqual([false]);
    expect([kept.requiresGrad, other.kept.requiresGrad]).toEqual([true, true]);
  });

  test("nothing of what it has saved once backward has freed it", async () => {
    const x = leaf();
    const { kept, living } = await alive((note) => {
      const loss = note(note(x.mul(2)).exp())
        .mul(3)
        .sum();
      loss.backward();
      return loss;
    });
    expect(living).toEqual([false, false]);
    expect([kept.requiresGrad, x.grad !== null]).toEqual([true, true]);
  });

  test("what it has saved where it is retained", async () => {
    const { kept, living } = await alive((note) => {
      const loss = note(leaf().exp()).sum();
      loss.backward({ retainGraph: true });
      return loss;
    });
    expect(living).toEqual([true]);
    expect(kept.requiresGrad).toBe(true);
  });

  test("nothing at all once nobody holds its end", async () => {
    const x = leaf();
    const { living } = await alive((note) => {
      note(x.exp().mul(note(x.sin())));
      return x;
    });
    expect(living).toEqual([false, false]);
  });

  test("no gradient of an intermediate result after backward", async () => {
    const x = leaf();
    const seen: WeakRef<Tensor>[] = [];
    const y = x.mul(2);
    y.registerHook((g) => {
      seen.push(new WeakRef(g));
      return undefined;
    });
    y.exp().sum().backward();
    await collect();
    expect(seen.map((ref) => ref.deref() !== undefined)).toEqual([false]);
    expect([x.grad !== null, y.requiresGrad]).toEqual([true, true]);
  });

  test("no graph behind an accumulated gradient, though epochs go by", async () => {
    const x = leaf();
    const { living } = await alive((note) => {
      for (let epoch = 0; epoch < 3; epoch++) note(x.mul(x).sum()).backward();
      return x;
    });
    expect(living).toEqual([false, false, false]);
    expect(x.grad!.tolist()).toEqual([6, 6, 6, 6]);
  });
});

/** A parameter that is large enough for its memory to be used again, and the loss of a step. */
function large() {
  const p = ones(1409, { requiresGrad: true });
  const x = ones(1409).mul(0.5);
  return { p, loss: () => p.mul(x).sigmoid().sum() };
}

describe("the memory of a leaf's gradient", () => {
  test("serves the next one where nobody has looked at it", () => {
    const { p, loss } = large();
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    const arrays = new Set<object>();
    for (let step = 0; step < 50; step++) {
      optimizer.zeroGrad();
      loss().backward();
      arrays.add(p.lentGrad!.storage.data);
      optimizer.step();
    }
    expect(arrays.size).toBeLessThan(10);
  });

  test.each([
    ["the gradient itself", (p: Tensor) => p.grad!],
    ["a view of it", (p: Tensor) => p.grad!.narrow(0, 3, 9)],
    ["what is detached from it", (p: Tensor) => p.grad!.detach()],
  ])("stays as it is for who holds %s", (_, look) => {
    const { p, loss } = large();
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    const held: { tensor: Tensor; before: number[] }[] = [];
    for (let step = 0; step < 100; step++) {
      if (step % 2 === 0) optimizer.zeroGrad();
      else p.grad = null;
      loss().backward();
      const tensor = look(p);
      held.push({ tensor, before: [...tensor.toTypedArray()] });
      optimizer.step();
    }
    for (const { tensor, before } of held) expect([...tensor.toTypedArray()]).toEqual(before);
  });

  test("stays as it is for a hook and for an optimizer of the user's own", () => {
    const held: { tensor: Tensor; before: number[] }[] = [];
    const keep = (tensor: Tensor) => {
      held.push({ tensor, before: [...tensor.toTypedArray()] });
    };
    class Keeping extends optim.SGD {
      protected override update(...args: Parameters<optim.SGD["update"]>): void {
        keep(args[1]);
        super.update(...args);
      }
    }
    const { p, loss } = large();
    p.registerHook((g) => {
      keep(g);
      return undefined;
    });
    const optimizer = new Keeping([p], { lr: 0.1 });
    for (let step = 0; step < 100; step++) {
      optimizer.zeroGrad();
      loss().backward();
      optimizer.step();
    }
    expect(held).toHaveLength(200);
    for (const { tensor, before } of held) expect([...tensor.toTypedArray()]).toEqual(before);
  });
});
