import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FULL } from "../../../../src/tensor/kernels/accelerator.ts";

/** The kernels as a program that starts now would find them. */
async function start() {
  vi.resetModules();
  return await import("../../../../src/tensor/kernels/wasm/index.ts");
}

type Kernels = Awaited<ReturnType<typeof start>>;

const ones = new Float32Array(256).fill(1);

/** Which entry points say that they did the work. */
function handled({ gemm, Program, sum, sumColumns, reduceRows, softmaxRows }: Kernels) {
  const out = new Float32Array(256);
  const body = new Program((m, x) => [m.neg(x[0]!)]);
  return [
    body.run(1, 256, [out], [0], [ones], [0], [FULL]),
    gemm(16, 16, 16, ones, 0, 16, 1, ones, 0, 16, 1, out, 0, 16),
    sum(ones, 0, 256) !== null,
    sumColumns(16, 16, ones, 0, out, 0),
    reduceRows("max", 16, 16, ones, 0, out, 0),
    softmaxRows(false, 16, 16, ones, 0, out, 0),
  ];
}

const all = (does: boolean) => Array.from({ length: 6 }, () => does);

describe("the kernels", () => {
  beforeEach(() => {
    vi.stubEnv("TAPEGRAD_WASM", undefined);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  test("work where WebAssembly is there", async () => {
    const kernels = await start();
    expect(handled(kernels)).toEqual(all(true));
    expect(kernels.setWasmEnabled(true)).toBe(true);
  });

  test("stand aside where the environment says so", async () => {
    vi.stubEnv("TAPEGRAD_WASM", "0");
    expect(handled(await start())).toEqual(all(false));
  });

  test("stand aside and come back when told to", async () => {
    const kernels = await start();
    expect(kernels.setWasmEnabled(false)).toBe(false);
    expect(handled(kernels)).toEqual(all(false));
    expect(kernels.setWasmEnabled(true)).toBe(true);
    expect(handled(kernels)).toEqual(all(true));
  });

  test("stand aside where there is no WebAssembly", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    const kernels = await start();
    expect(handled(kernels)).toEqual(all(false));
    expect(kernels.setWasmEnabled(true)).toBe(false);
  });

  test("stand aside where a content-security policy forbids to compile", async () => {
    class Memory {
      readonly buffer = new ArrayBuffer(65536);
    }
    class Module {
      constructor() {
        throw new Error("call to WebAssembly.Module() blocked by CSP");
      }
    }
    vi.stubGlobal("WebAssembly", { Memory, Module, validate: () => true });
    expect(handled(await start())).toEqual(all(false));
  });

  test("do without fused multiply-add where the host does not know it", async () => {
    const { validate, ...rest } = Object.fromEntries(
      ["Memory", "Module", "Instance", "validate"].map((key) => [
        key,
        Reflect.get(Reflect.get(globalThis, "WebAssembly"), key),
      ]),
    );
    expect(validate).toBeTypeOf("function");
    vi.stubGlobal("WebAssembly", { ...rest, validate: () => false });
    expect(handled(await start())).toEqual(all(true));
  });
});
