/**
 * Matrix product as WebAssembly: tiles of 4 rows by two vectors are kept in registers while the
 * inner dimension runs by. The emitters know addresses and strides in bytes, and no memory.
 */
import {
  Code,
  type FloatOps,
  type FunctionSource,
  f32x4,
  f64x2,
  I32,
  type Local,
  op,
  simd,
  V128,
} from "./assembler.ts";

/** Rows of a register tile. */
const TILE_ROWS = 4;
/** Bytes of a row of a register tile: two vectors. */
export const TILE_BYTES = 32;
/** Steps of the inner dimension a turn of the loop. */
const UNROLL = 4;

/** Bits of the flags arguments: C += A B; bias is added; negative results become 0. */
export const ACCUMULATE = 1;
export const BIAS = 2;
export const RELU = 4;
/** The left (gemm) or right (pack) matrix is stored by columns: `ld` is between columns. */
export const BY_COLUMN = 8;

/** The module's functions. Sizes count elements; addresses and strides count bytes. */
export interface GemmExports {
  /** Copies B into panels one tile wide: each is k rows of TILE_BYTES. */
  pack(k: number, n: number, b: number, ldb: number, panels: number, flags: number): void;
  /**
   * C = A B, tile by tile.
   * @param bStep from a row of B to the next; TILE_BYTES if packed.
   * @param bNext from a panel of B to the next; TILE_BYTES if not packed.
   * @param bias n elements, read if flags has BIAS.
   */
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    lda: number,
    b: number,
    bStep: number,
    bNext: number,
    c: number,
    ldc: number,
    flags: number,
    bias: number,
  ): void;
  /** y = A x for A stored by rows; `bias`, if BIAS, moves by `biasStep` a row. */
  matvec(
    m: number,
    k: number,
    a: number,
    lda: number,
    x: number,
    y: number,
    flags: number,
    bias: number,
    biasStep: number,
  ): void;
}

interface Element {
  readonly ops: FloatOps;
  readonly size: 4 | 8;
  /** Whether relaxed fused multiply-add may be used. */
  readonly fused: boolean;
}

function locals(code: Code, type: typeof I32 | typeof V128, count: number): Local[] {
  return Array.from({ length: count }, () => code.local(type));
}

function zero(code: Code): Code {
  return code.v128(new Uint8Array(16));
}

/** `sum += x * y`. */
function multiplyAdd(code: Code, { ops, fused }: Element, sum: Local, x: Local, y: Local): void {
  if (fused) code.get(x).get(y).get(sum).simd(ops.relaxedMadd).set(sum);
  else code.get(sum).get(x).get(y).simd(ops.mul).simd(ops.add).set(sum);
}

/** `to = from` moved on by a stride, unless that would leave the `count` rows there are. */
function nextWithin(code: Code, to: Local, from: Local, stride: Local, count: Local, next: number) {
  code.get(stride).i32(0).get(count).i32(next).op(op.gtS, op.select);
  code.get(from).op(op.add).set(to);
}

/** Turns the vectors of a square block into its columns; returns the locals that hold them. */
function transpose(code: Code, size: number, rows: Local[], spare: Local[]): Local[] {
  const lanes = rows.length;
  // Each round interleaves the first half of the rows with the second: log2(lanes) rounds.
  for (let round = 1; round < lanes; round *= 2) {
    for (let i = 0; i < lanes; i++) {
      const half = (i & 1) * 8;
      const bytes = Array.from({ length: 16 }, (_, byte) => {
        const lane = Math.floor(byte / size);
        return half + (lane >> 1) * size + (lane & 1) * 16 + (byte % size);
      });
      code.get(rows[i >> 1]!).get(rows[(i >> 1) + lanes / 2]!);
      code.simd(simd.shuffle, ...bytes).set(spare[i]!);
    }
    [rows, spare] = [spare, rows];
  }
  return rows;
}

/** Stores the first `count` < two vectors' lanes, in falling powers of two. */
function storePart(code: Code, size: number, at: Local, count: Local, first: Local, second: Local) {
  const to = code.local(I32);
  code.copy(to, at);
  for (let lanes = 16 / size; lanes >= 1; lanes /= 2) {
    const bytes = lanes * size;
    code
      .get(count)
      .i32(lanes)
      .op(op.and)
      .if(() => {
        code.get(to).get(first);
        if (bytes === 16) code.memory(simd.store);
        else code.memory(bytes === 8 ? simd.store64Lane : simd.store32Lane, 0, 0);
        const shifted = Array.from({ length: 16 }, (_, byte) => byte + bytes);
        code
          .get(first)
          .get(second)
          .simd(simd.shuffle, ...shifted)
          .set(first);
        code.bump(to, bytes);
      });
  }
}

function packRows(code: Code, k: Local, b: Local, ldb: Local, to: Local): void {
  const [from, left] = locals(code, I32, 2) as [Local, Local];
  code.copy(from, b).copy(left, k);
  code.countdown(left, 1, () => {
    code.get(to).get(from).memory(simd.load).memory(simd.store);
    code.get(to).get(from).memory(simd.load, 16).memory(simd.store, 16);
    code.advance(from, ldb).bump(to, TILE_BYTES);
  });
}

/** As packRows for a B stored by columns: transposes blocks of one vector by one tile. */
function packColumns(
  code: Code,
  size: number,
  k: Local,
  b: Local,
  ldb: Local,
  columns: Local,
  to: Local,
): void {
  const lanes = 16 / size;
  const width = TILE_BYTES / size;
  const left = code.local(I32);
  const from = locals(code, I32, width);
  const rows = locals(code, V128, lanes);
  const spare = locals(code, V128, lanes);
  code.copy(from[0]!, b);
  for (let i = 1; i < width; i++) nextWithin(code, from[i]!, from[i - 1]!, ldb, columns, i);
  const forward = (bytes: number, turns: number) => {
    for (const at of from) code.bump(at, bytes);
    code.bump(to, turns * TILE_BYTES);
  };
  code.get(k).i32(-lanes).op(op.and).set(left);
  code.countdown(left, lanes, () => {
    for (let first = 0; first < width; first += lanes) {
      rows.forEach((row, i) => {
        code
          .get(from[first + i]!)
          .memory(simd.load)
          .set(row);
      });
      transpose(code, size, rows, spare).forEach((column, i) => {
        code
          .get(to)
          .get(column)
          .memory(simd.store, i * TILE_BYTES + first * size);
      });
    }
    forward(16, lanes);
  });
  code
    .get(k)
    .i32(lanes - 1)
    .op(op.and)
    .set(left);
  code.countdown(left, 1, () => {
    from.forEach((at, i) => {
      code
        .get(to)
        .get(at)
        .scalarMemory(size === 4 ? op.f32Load : op.f64Load);
      code.scalarMemory(size === 4 ? op.f32Store : op.f64Store, i * size);
    });
    forward(size, 1);
  });
}

/**
 * Columns past the end of B are filled with what stands in memory there (its last column again, if
 * stored by columns): the tiles compute with it, and never store the result.
 */
function pack({ size }: Element): Code {
  const code = new Code([I32, I32, I32, I32, I32, I32]);
  const [k, n, b, ldb, to, flags] = [0, 1, 2, 3, 4, 5];
  const width = TILE_BYTES / size;
  code
    .get(flags)
    .i32(BY_COLUMN)
    .op(op.and)
    .if(
      () =>
        code.countdown(n, width, () => {
          packColumns(code, size, k, b, ldb, n, to);
          code.get(b).get(ldb).i32(Math.log2(width)).op(op.shl, op.add).set(b);
        }),
      () =>
        code.countdown(n, width, () => {
          packRows(code, k, b, ldb, to);
          code.bump(b, TILE_BYTES);
        }),
    );
  return code;
}

/** As `relu` does: -0 and NaN are not below 0 and stay. */
function rectify(code: Code, { ops }: Element, value: Local): void {
  code.get(value);
  zero(code).simd(ops.pmax).set(value);
}

function gemm(element: Element): Code {
  const { ops, size } = element;
  const code = new Code(Array.from({ length: 12 }, () => I32));
  const [m, columns, k, a, lda, b, bStep, bNext, c, ldc, flags, bias] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ];
  const [rows, left, bAt, cTile, cAt, aTile] = locals(code, I32, 6) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const aAt = locals(code, I32, TILE_ROWS);
  const sums = Array.from({ length: TILE_ROWS }, () => locals(code, V128, 2) as [Local, Local]);
  const [low, high, x] = locals(code, V128, 3) as [Local, Local, Local];
  const width = TILE_BYTES / size;
  const flag = (bit: number, body: () => void, otherwise?: () => void) =>
    code.get(flags).i32(bit).op(op.and).if(body, otherwise);
  const atLeast = (count: Local, whole: number) => code.get(count).i32(whole).op(op.geS);

  /** One step of the inner dimension: a row of B times a column of A. */
  const step = (addresses: readonly Local[], offset: (row: number) => number) => {
    code.get(bAt).memory(simd.load).set(low).get(bAt).memory(simd.load, 16).set(high);
    sums.forEach(([first, second], row) => {
      code.get(addresses[row]!).memory(ops.loadSplat, offset(row)).set(x);
      multiplyAdd(code, element, first, x, low);
      multiplyAdd(code, element, second, x, high);
    });
    code.advance(bAt, bStep);
  };
  /**
   * Runs `body(0) … body(3)` in turn until the inner dimension is used up, `next` after each four.
   * The exit between the steps keeps each in a basic block of its own: V8 gathers the loads of a
   * block at its start, and those of several steps no longer fit the registers.
   */
  const inner = (body: (turn: number) => void, next: () => void) => {
    code.copy(bAt, b).copy(left, k);
    code.get(k).if(() =>
      code.block(() =>
        code.loop(() => {
          for (let turn = 0; turn < UNROLL; turn++) {
            body(turn);
            code.get(left).i32(1).op(op.sub).tee(left);
            if (turn < UNROLL - 1) code.op(op.eqz).leaveIf(1);
            else next();
          }
        }),
      ),
    );
  };
  const innerByColumn = () => {
    const at = aAt[0]!;
    code.copy(at, aTile);
    const addresses = aAt.map(() => at);
    const body = () => {
      step(addresses, (row) => row * size);
      code.advance(at, lda);
    };
    inner(body, () => {});
  };
  const innerByRow = () => {
    // Rows past the last read the last one again, so that no address leaves A.
    code.copy(aAt[0]!, aTile);
    for (let i = 1; i < TILE_ROWS; i++) nextWithin(code, aAt[i]!, aAt[i - 1]!, lda, rows, i);
    inner(
      (turn) => step(aAt, () => turn * size),
      () => {
        for (const at of aAt) code.bump(at, UNROLL * size);
      },
    );
  };

  const storeRow = ([first, second]: readonly [Local, Local]) => {
    code.get(cAt).get(first).memory(simd.store).get(cAt).get(second).memory(simd.store, 16);
  };
  const eachRow = (body: (row: readonly [Local, Local]) => void) => {
    code.copy(cAt, cTile);
    body(sums[0]!);
    for (let row = 1; row < TILE_ROWS; row++) {
      atLeast(rows, row + 1).if(() => {
        code.advance(cAt, ldc);
        body(sums[row]!);
      });
    }
  };
  const store = () => {
    atLeast(rows, TILE_ROWS);
    atLeast(columns, width)
      .op(op.and)
      .if(
        () => {
          code.copy(cAt, cTile);
          for (const row of sums) {
            storeRow(row);
            code.advance(cAt, ldc);
          }
        },
        () =>
          eachRow((row) => {
            atLeast(columns, width).if(
              () => storeRow(row),
              () => storePart(code, size, cAt, columns, ...row),
            );
          }),
      );
  };
  const tile = () => {
    for (const sum of sums.flat()) zero(code).set(sum);
    flag(BY_COLUMN, innerByColumn, innerByRow);
    flag(ACCUMULATE, () =>
      eachRow(([first, second]) => {
        code.get(cAt).memory(simd.load).get(first).simd(ops.add).set(first);
        code.get(cAt).memory(simd.load, 16).get(second).simd(ops.add).set(second);
      }),
    );
    flag(BIAS, () => {
      code.get(bias).memory(simd.load).set(low).get(bias).memory(simd.load, 16).set(high);
      for (const [first, second] of sums) {
        code.get(first).get(low).simd(ops.add).set(first);
        code.get(second).get(high).simd(ops.add).set(second);
      }
    });
    flag(RELU, () => {
      for (const sum of sums.flat()) rectify(code, element, sum);
    });
    store();
  };

  const downByFour = (at: Local, stride: Local) =>
    code.get(at).get(stride).i32(2).op(op.shl, op.add).set(at);
  code.countdown(columns, width, () => {
    code.copy(aTile, a).copy(cTile, c).copy(rows, m);
    code.countdown(rows, TILE_ROWS, () => {
      tile();
      downByFour(cTile, ldc);
      flag(
        BY_COLUMN,
        () => code.bump(aTile, TILE_ROWS * size),
        () => downByFour(aTile, lda),
      );
    });
    code.advance(b, bNext).bump(c, TILE_BYTES).bump(bias, TILE_BYTES);
  });
  return code;
}

/** Four rows at a time, each a dot product in one register, turned into results by transposing. */
function matvec(element: Element): Code {
  const { ops, size } = element;
  const code = new Code(Array.from({ length: 9 }, () => I32));
  const [rows, k, a, lda, x, y, flags, bias, biasStep] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const [left, xAt] = locals(code, I32, 2) as [Local, Local];
  const aAt = locals(code, I32, TILE_ROWS);
  const sums = locals(code, V128, TILE_ROWS);
  const spare = locals(code, V128, TILE_ROWS);
  const [value, other, mask] = locals(code, V128, 3) as [Local, Local, Local];
  const lanes = 16 / size;
  const flag = (bit: number, body: () => void) => code.get(flags).i32(bit).op(op.and).if(body);

  // Lanes of the last, partial vector that lie within the row.
  const shift = Math.log2(size / 4);
  code.v128(Int32Array.from([0, 1, 2, 3], (lane) => lane >> shift));
  code
    .get(k)
    .i32(lanes - 1)
    .op(op.and)
    .simd(simd.i32x4Splat)
    .simd(simd.i32x4LtS)
    .set(mask);
  code.countdown(rows, TILE_ROWS, () => {
    code.copy(aAt[0]!, a).copy(xAt, x);
    for (let i = 1; i < TILE_ROWS; i++) nextWithin(code, aAt[i]!, aAt[i - 1]!, lda, rows, i);
    for (const sum of sums) zero(code).set(sum);
    const step = (load: (at: Local) => void) => {
      load(xAt);
      code.set(value);
      sums.forEach((sum, i) => {
        load(aAt[i]!);
        code.set(other);
        multiplyAdd(code, element, sum, value, other);
      });
    };
    code.get(k).i32(-lanes).op(op.and).set(left);
    code.countdown(left, lanes, () => {
      step((at) => code.get(at).memory(simd.load));
      for (const at of aAt) code.bump(at, 16);
      code.bump(xAt, 16);
    });
    code
      .get(k)
      .i32(lanes - 1)
      .op(op.and)
      .if(() => step((at) => code.get(at).memory(simd.load).get(mask).simd(simd.and)));
    const results = [value, other];
    for (let first = 0; first < TILE_ROWS; first += lanes) {
      const block = sums.slice(first, first + lanes);
      const [head, ...rest] = transpose(code, size, block, spare.slice(first, first + lanes));
      code.get(head!);
      for (const column of rest) code.get(column).simd(ops.add);
      code.set(results[first / lanes]!);
    }
    results.slice(0, TILE_ROWS / lanes).forEach((result, i) => {
      flag(ACCUMULATE, () =>
        code
          .get(y)
          .memory(simd.load, i * 16)
          .get(result)
          .simd(ops.add)
          .set(result),
      );
      flag(BIAS, () => {
        // One bias for all rows is splat; a bias a row is read as a vector.
        code.get(biasStep).if(
          () =>
            code
              .get(bias)
              .memory(simd.load, i * 16)
              .get(result)
              .simd(ops.add)
              .set(result),
          () => code.get(bias).memory(ops.loadSplat).get(result).simd(ops.add).set(result),
        );
      });
      flag(RELU, () => rectify(code, element, result));
    });
    code
      .get(rows)
      .i32(TILE_ROWS)
      .op(op.geS)
      .if(
        () => {
          code.get(y).get(value).memory(simd.store);
          if (size === 8) code.get(y).get(other).memory(simd.store, 16);
        },
        () => storePart(code, size, y, rows, value, other),
      );
    code
      .get(a)
      .get(lda)
      .i32(2)
      .op(op.shl, op.add)
      .set(a)
      .bump(y, TILE_ROWS * size);
    code.get(bias).get(biasStep).i32(2).op(op.shl, op.add).set(bias);
  });
  return code;
}

/**
 * The functions of the matrix product's module.
 * @param fused whether relaxed fused multiply-add may be used.
 */
export function gemmSource(type: "float32" | "float64", fused: boolean): FunctionSource[] {
  const element: Element =
    type === "float32" ? { ops: f32x4, size: 4, fused } : { ops: f64x2, size: 8, fused };
  return [
    { name: "pack", code: pack(element) },
    { name: "gemm", code: gemm(element) },
    { name: "matvec", code: matvec(element) },
  ];
}
