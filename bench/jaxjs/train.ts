import { type Array as Arr, init, jit, numpy as np, tree, valueAndGrad } from "@jax-js/jax";

await init("wasm");

export type Params = Arr[];

/** Parameters and both moments of Adam; SGD leaves the moments alone. */
export interface State {
  readonly params: Params;
  readonly m: Params;
  readonly v: Params;
}

export const fresh = (params: Params): State => ({
  params,
  m: params.map((p) => np.zerosLike(p.ref)),
  v: params.map((p) => np.zerosLike(p.ref)),
});

export const free = ({ params, m, v }: State): void => tree.dispose([params, m, v]);

/** A compiled step of SGD: parameters and data in, loss and parameters out. */
export function sgd(loss: (params: Params, x: Arr, y: Arr) => Arr, lr: number) {
  const run = jit((params: Params, x: Arr, y: Arr): [Arr, Params] => {
    const [value, grads] = valueAndGrad(loss)(tree.ref(params), x, y);
    return [value, params.map((p, i) => p.sub(grads[i]!.mul(lr)))];
  });
  return (state: State, x: Arr, y: Arr): [number, State] => {
    const [value, params] = run(state.params, x, y);
    return [value.dataSync()[0]!, { ...state, params }];
  };
}

/** A compiled step of Adam; the bias corrections change with the step and come in as numbers. */
export function adam(loss: (params: Params, x: Arr, y: Arr) => Arr, lr: number) {
  const [beta1, beta2, eps] = [0.9, 0.999, 1e-8];
  type Moments = [Params, Params, Params];
  const run = jit((state: Moments, c1: Arr, c2: Arr, x: Arr, y: Arr): [Arr, Moments] => {
    const [params, m, v] = state;
    const [value, grads] = valueAndGrad(loss)(tree.ref(params), x, y);
    const m1 = m.map((old, i) => old.mul(beta1).add(grads[i]!.ref.mul(1 - beta1)));
    const v1 = v.map((old, i) => old.mul(beta2).add(np.square(grads[i]!).mul(1 - beta2)));
    const next = params.map((p, i) => {
      const denominator = np.sqrt(v1[i]!.ref.div(c2.ref)).add(eps);
      return p.sub(m1[i]!.ref.div(c1.ref).div(denominator).mul(lr));
    });
    tree.dispose([c1, c2]);
    return [value, [next, m1, v1]];
  });
  return (state: State, t: number, x: Arr, y: Arr): [number, State] => {
    const { dtype } = state.params[0]!;
    const c1 = np.array(1 - beta1 ** t, { dtype });
    const c2 = np.array(1 - beta2 ** t, { dtype });
    const before: Moments = [state.params, state.m, state.v];
    const [value, [params, m, v]] = run(before, c1, c2, x, y);
    return [value.dataSync()[0]!, { params, m, v }];
  };
}

/** x @ w.T + b for a weight as [out, in]. */
export const linear = (x: Arr, w: Arr, b: Arr): Arr => np.matmul(x, np.transpose(w)).add(b);

/** A matrix, or a vector, of float32 from numbers, row by row. */
export const array = (data: ArrayLike<number>, shape: readonly number[]): Arr =>
  np.array(Float32Array.from(data)).reshape([...shape]);
