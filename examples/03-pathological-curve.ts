/**
 * A cliff and a canyon: three optimizers written here, as subclasses of `optim.Optimizer`.
 */
import { cat, optim, stack, type Tensor, tensor, zerosLike } from "tapegrad";
import { drawPaths, drawSurface, type Ground, mapValues } from "./support/draw.ts";
import { printTable, sci, significant } from "./support/table.ts";

type Rate = { lr: number };
type Moments = { t?: number; m?: Tensor; v?: Tensor };

class SGD extends optim.Optimizer<Rate> {
  protected override update(w: Tensor, grad: Tensor, _: object, { lr }: Rate): void {
    w.sub_(grad, { alpha: lr });
  }
}
class Momentum extends optim.Optimizer<Rate, Moments> {
  protected override update(w: Tensor, grad: Tensor, state: Moments, { lr }: Rate): void {
    state.m = (state.m ?? zerosLike(w)).mul(0.9).add(grad, { alpha: 1 - 0.9 });
    w.sub_(state.m, { alpha: lr });
  }
}
class Adam extends optim.Optimizer<Rate, Moments> {
  constructor(params: Iterable<Tensor>, options: Partial<Rate> = {}) {
    super(params, { lr: 0.001 }, options);
  }
  protected override update(w: Tensor, grad: Tensor, state: Moments, { lr }: Rate): void {
    const t = (state.t ?? 0) + 1;
    const m = (state.m ?? zerosLike(w)).mul(0.9).add(grad, { alpha: 1 - 0.9 });
    const v = (state.v ?? zerosLike(w)).mul(0.999).add(grad.square(), { alpha: 1 - 0.999 });
    const root = v.div(1 - 0.999 ** t).sqrt();
    w.sub_(m.div(1 - 0.9 ** t).div(root.add(1e-8)), { alpha: lr });
    Object.assign(state, { t, m, v });
  }
}

/** tanh(w₁)² + 0.01 |w₁| + sigmoid(w₂) */
const curve = (w1: Tensor, w2: Tensor) =>
  w1.tanh().pow(2).add(w1.abs().mul(0.01)).add(w2.sigmoid());

/** [w₁, w₂, loss] before each of 1000 updates from (7, 7), as a tensor of 1000 rows. */
function walk(rule: (params: Tensor[]) => optim.Optimizer<object>): Tensor {
  const w = tensor([7, 7], { dtype: "float64", requiresGrad: true });
  const optimizer = rule([w]);
  const rows = Array.from({ length: 1000 }, () => {
    const loss = curve(w.at(0), w.at(1));
    const row = cat([w.detach(), loss.detach().unsqueeze(0)]);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return row;
  });
  return stack(rows);
}

export const ours = {
  SGD: walk((w) => new SGD(w, { lr: 10 })),
  Momentum: walk((w) => new Momentum(w, { lr: 10 })),
  Adam: walk((w) => new Adam(w, { lr: 1 })),
};
// PyTorch's momentum sums the gradients that ours averages: at a tenth of the rate it is the same.
const builtIn = {
  SGD: walk((w) => new optim.SGD(w, { lr: 10 })),
  Momentum: walk((w) => new optim.SGD(w, { lr: 10 * (1 - 0.9), momentum: 0.9 })),
  Adam: walk((w) => new optim.Adam(w, { lr: 1 })),
};

const rows = [50, 1000].flatMap((n) =>
  (["SGD", "Momentum", "Adam"] as const).map((name) => {
    // Every leap from wall to wall magnifies rounding: SGD at this rate is chaotic, and after 1000
    // updates no two builds, even of PyTorch, agree on where it is.
    if (name === "SGD" && n > 50) return [name, `${n}`, "chaotic"];
    const gap = ours[name].sub(builtIn[name]).slice(0, 0, n).abs().max().item();
    const last = [...ours[name].at(n - 1).toTypedArray()].map((value) =>
      Math.abs(value) < 1 ? significant(value, 6) : value.toFixed(6),
    );
    return [name, `${n}`, ...last, sci(gap, 0)];
  }),
);
printTable(["optimizer", "updates", "w₁", "w₂", "loss", "built-in differs by"], rows);

const labels = ["w₁", "w₂", "loss"] as const;
const ground: Ground = { f: curve, x: [-8, 8], y: [-14, 8], labels, tilt: 40, cells: 64 };
const early = mapValues(ours, (rows) => rows.slice(0, 0, 50));
drawSurface(
  "03-pathological-curve-surface",
  "The pathological curve and 50 updates on it",
  ground,
  early,
);
drawPaths("03-pathological-curve-paths", "Adam finds the canyon, SGD leaps across it", ground, {
  "After 50 updates": early,
  "After 1000 updates": ours,
});
