import { beforeAll, describe, expect, test } from "vitest";
import wabtModule from "wabt";
import {
  assemble,
  Code,
  F32,
  type FunctionSource,
  f32x4,
  I32,
  op,
  simd,
  V128,
} from "../../../../src/tensor/kernels/wasm/assembler.ts";
import { gemmSource } from "../../../../src/tensor/kernels/wasm/gemm.ts";
import { reduceSource, softmaxSource } from "../../../../src/tensor/kernels/wasm/rows.ts";

let wabt: Awaited<ReturnType<typeof wabtModule>>;

beforeAll(async () => {
  wabt = await wabtModule();
});

/** The module as wabt reads it, which checks it on the way. */
function text(functions: readonly FunctionSource[]): string {
  const features = { simd: true, relaxed_simd: true };
  const module = wabt.readWasm(assemble(functions), features);
  module.validate();
  return module.toText({ foldExprs: false, inlineExport: true });
}

/** The instructions of one function without parameters, as words. */
function instructions(write: (code: Code) => void): string[] {
  const code = new Code([]);
  write(code);
  const lines = text([{ name: "f", code }]).split("\n");
  const start = lines.findIndex((line) => line.includes('(export "f")'));
  return lines
    .slice(start + 1, -1)
    .map((line) => line.trim().replace(/\)+$/, ""))
    .filter((line) => line !== "" && !line.startsWith("(type") && !line.startsWith("(local"));
}

describe("an assembled module", () => {
  test("imports its memory and exports its functions", () => {
    const code = new Code([I32, F32]);
    code.get(0);
    const module = text([{ name: "run", code, results: [I32] }]);
    expect(module).toContain('(import "m" "m" (memory');
    expect(module).toContain('(export "run") (type 0) (param i32 f32) (result i32)');
  });

  test("numbers locals after the parameters", () => {
    const code = new Code([I32]);
    const [a, b] = [code.local(V128), code.local(I32)];
    expect([a, b]).toEqual([1, 2]);
    code.get(0).set(b);
    expect(text([{ name: "f", code }])).toContain("(local v128 i32)");
  });

  test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)])(
    "encodes the integer %i",
    (n) => {
      expect(instructions((code) => code.i32(n).op(0x1a))).toEqual([`i32.const ${n}`, "drop"]);
    },
  );

  test("reads its own instructions back", () => {
    const found = instructions((code) => {
      const [at, left, x] = [code.local(I32), code.local(I32), code.local(V128)];
      code.get(at).memory(simd.load, 300).set(x);
      code.get(at).get(x).memory(simd.store64Lane, 16, 1);
      code.get(x).get(x).simd(f32x4.add).get(x).get(x).simd(f32x4.relaxedMadd);
      code.set(x);
      code.bump(at, 16).advance(at, left).copy(left, at);
    });
    expect(found).toMatchInlineSnapshot(`
      [
        "local.get 0",
        "v128.load offset=300 align=1",
        "local.set 2",
        "local.get 0",
        "local.get 2",
        "v128.store64_lane offset=16 align=1 1",
        "local.get 2",
        "local.get 2",
        "f32x4.add",
        "local.get 2",
        "local.get 2",
        "f32x4.relaxed_madd",
        "local.set 2",
        "local.get 0",
        "i32.const 16",
        "i32.add",
        "local.set 0",
        "local.get 0",
        "local.get 1",
        "i32.add",
        "local.set 0",
        "local.get 0",
        "local.set 1",
      ]
    `);
  });

  test("nests loops and conditions", () => {
    const found = instructions((code) => {
      const left = code.local(I32);
      code.countdown(left, 4, () => {
        code
          .get(left)
          .op(op.eqz)
          .if(
            () => code.i32(1).set(left),
            () => code.i32(2).set(left),
          );
        code.block(() => code.get(left).leaveIf(0));
      });
    });
    expect(found).toMatchInlineSnapshot(`
      [
        "local.get 0",
        "i32.const 0",
        "i32.gt_s",
        "if  ;; label = @1",
        "loop  ;; label = @2",
        "local.get 0",
        "i32.eqz",
        "if  ;; label = @3",
        "i32.const 1",
        "local.set 0",
        "else",
        "i32.const 2",
        "local.set 0",
        "end",
        "block  ;; label = @3",
        "local.get 0",
        "br_if 0 (;@3;",
        "end",
        "local.get 0",
        "i32.const -4",
        "i32.add",
        "local.tee 0",
        "i32.const 0",
        "i32.gt_s",
        "br_if 0 (;@2;",
        "end",
        "end",
      ]
    `);
  });
});

describe("the library's kernels", () => {
  test.each([true, false])("are valid modules, fused %s", (fused) => {
    for (const type of ["float32", "float64"] as const) {
      const module = text(gemmSource(type, fused));
      const madd = type === "float32" ? "f32x4.relaxed_madd" : "f64x2.relaxed_madd";
      expect(module.includes(madd)).toBe(fused);
      text(reduceSource(type === "float32"));
      text(softmaxSource(fused, type === "float32"));
    }
  });

  test("are small enough for the main thread of any browser to compile at once", () => {
    for (const single of [true, false]) {
      const type = single ? "float32" : "float64";
      const sizes = [gemmSource(type, true), reduceSource(single), softmaxSource(true, single)];
      for (const functions of sizes) {
        for (const source of functions) expect(assemble([source]).length).toBeLessThan(4096);
      }
    }
  });
});
