/**
 * The reading of an elementwise body that writes vector instructions: a value per lane is a local
 * of type v128, and each operation puts its result into a new one.
 */
import type { Lanes } from "../lanes.ts";
import { type Code, type FloatOps, f32x4, f64x2, type Local, simd, V128 } from "./assembler.ts";
import { cos, exp, expm1, log, log1p, pow, sin, tanh } from "./functions.ts";

/** Thrown by a body's vector reading where no vector instructions do the step. */
export class NotVectorizable extends Error {}

export class VectorLanes implements Lanes<Local, Local> {
  readonly code: Code;
  /** Whether a lane is 32 bits wide. */
  readonly single: boolean;
  readonly ops: FloatOps;
  /** Lanes for which a function was asked beyond its domain; null while none can be. */
  outside: Local | null = null;
  readonly #parent: VectorLanes | null;
  readonly #constants = new Map<string, Local>();
  readonly #prologue: number[] = [];
  readonly #start: number;

  /**
   * Constants are set up at the place that the code has reached now, before any loop.
   * @param parent other lanes in the same code, which keep the constants and refusals of both.
   */
  constructor(code: Code, single: boolean, parent: VectorLanes | null = null) {
    this.code = code;
    this.single = single;
    this.ops = single ? f32x4 : f64x2;
    this.#parent = parent;
    this.#start = code.bytes.length;
  }

  /** Puts the constants where they belong, once everything is written. */
  finish(): void {
    this.code.bytes.splice(this.#start, 0, ...this.#prologue);
  }

  /** The result of an instruction on values, in a new local. */
  apply(instruction: number, ...operands: Local[]): Local {
    const { code } = this;
    for (const operand of operands) code.get(operand);
    const result = code.local(V128);
    code.simd(instruction).set(result);
    return result;
  }

  /** A shift of all lanes by a constant number of bits. */
  shift(instruction: number, a: Local, bits: number): Local {
    const result = this.code.local(V128);
    this.code.get(a).i32(bits).simd(instruction).set(result);
    return result;
  }

  shuffle(a: Local, b: Local, bytes: readonly number[]): Local {
    const result = this.code.local(V128);
    this.code
      .get(a)
      .get(b)
      .simd(simd.shuffle, ...bytes)
      .set(result);
    return result;
  }

  constant(x: number): Local {
    return this.bits(this.single ? new Float32Array(4).fill(x) : new Float64Array(2).fill(x));
  }

  /** A constant given by its 16 bytes. */
  bits(value: Float32Array | Float64Array | Int32Array): Local {
    if (this.#parent !== null) return this.#parent.bits(value);
    const bytes = new Uint8Array(value.buffer);
    const key = bytes.join();
    let local = this.#constants.get(key);
    if (local === undefined) {
      local = this.code.local(V128);
      this.#constants.set(key, local);
      const place = this.code.bytes.length;
      this.code.v128(bytes).set(local);
      this.#prologue.push(...this.code.bytes.splice(place));
    }
    return local;
  }

  /** Asks for the scalar loop wherever `p` holds: the vector result is wrong there. */
  refuse(p: Local): void {
    if (this.#parent !== null) {
      this.#parent.refuse(p);
      return;
    }
    const { code } = this;
    this.outside ??= code.local(V128);
    code.get(this.outside).get(p).simd(simd.or).set(this.outside);
  }

  add(a: Local, b: Local): Local {
    return this.apply(this.ops.add, a, b);
  }
  sub(a: Local, b: Local): Local {
    return this.apply(this.ops.sub, a, b);
  }
  mul(a: Local, b: Local): Local {
    return this.apply(this.ops.mul, a, b);
  }
  div(a: Local, b: Local): Local {
    return this.apply(this.ops.div, a, b);
  }
  neg(a: Local): Local {
    return this.apply(this.ops.neg, a);
  }
  abs(a: Local): Local {
    return this.apply(this.ops.abs, a);
  }
  sqrt(a: Local): Local {
    return this.apply(this.ops.sqrt, a);
  }
  floor(a: Local): Local {
    return this.apply(this.ops.floor, a);
  }
  ceil(a: Local): Local {
    return this.apply(this.ops.ceil, a);
  }
  trunc(a: Local): Local {
    return this.apply(this.ops.trunc, a);
  }
  nearest(a: Local): Local {
    return this.apply(this.ops.nearest, a);
  }
  min(a: Local, b: Local): Local {
    return this.apply(this.ops.min, a, b);
  }
  max(a: Local, b: Local): Local {
    return this.apply(this.ops.max, a, b);
  }

  exp(a: Local): Local {
    return exp(this, a);
  }
  expm1(a: Local): Local {
    return expm1(this, a);
  }
  log(a: Local): Local {
    return log(this, a);
  }
  log1p(a: Local): Local {
    return log1p(this, a);
  }
  sin(a: Local): Local {
    return this.single ? this.#inDouble(sin, a) : sin(this, a);
  }
  cos(a: Local): Local {
    return this.single ? this.#inDouble(cos, a) : cos(this, a);
  }
  tanh(a: Local): Local {
    return tanh(this, a);
  }
  pow(a: Local, b: Local): Local {
    // A double's last bits would need a logarithm in more than double precision.
    if (!this.single) throw new NotVectorizable();
    return this.#inDouble(pow, a, b);
  }
  call(): Local {
    throw new NotVectorizable();
  }
  call2(): Local {
    throw new NotVectorizable();
  }

  lt(a: Local, b: Local): Local {
    return this.apply(this.ops.lt, a, b);
  }
  le(a: Local, b: Local): Local {
    return this.apply(this.ops.le, a, b);
  }
  gt(a: Local, b: Local): Local {
    return this.apply(this.ops.gt, a, b);
  }
  ge(a: Local, b: Local): Local {
    return this.apply(this.ops.ge, a, b);
  }
  eq(a: Local, b: Local): Local {
    return this.apply(this.ops.eq, a, b);
  }
  ne(a: Local, b: Local): Local {
    return this.apply(this.ops.ne, a, b);
  }
  and(p: Local, q: Local): Local {
    return this.apply(simd.and, p, q);
  }
  or(p: Local, q: Local): Local {
    return this.apply(simd.or, p, q);
  }
  not(p: Local): Local {
    return this.apply(simd.not, p);
  }
  select(p: Local, a: Local, b: Local): Local {
    return this.apply(simd.bitselect, a, b, p);
  }

  /** Evaluates a function of float32 lanes on two vectors of doubles. */
  #inDouble(f: (lanes: VectorLanes, ...args: Local[]) => Local, ...args: Local[]): Local {
    const doubles = new VectorLanes(this.code, false, this);
    const halves = [0, 8].map((first) => {
      const wide = args.map((a) => {
        const low =
          first === 0
            ? a
            : this.shuffle(a, a, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
        return this.apply(simd.promoteLow, low);
      });
      return this.apply(simd.demote, f(doubles, ...wide));
    });
    return this.shuffle(
      halves[0]!,
      halves[1]!,
      [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23],
    );
  }
}
