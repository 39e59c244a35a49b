/** Memory for large results, which a kernel is about to write whole: it may hold anything. */
import { allocate, type TypedArray } from "./dtype.ts";
import type { Pending } from "./storage.ts";

/** What is used of Node; absent in browsers. */
declare const Buffer:
  | {
      allocUnsafeSlow(bytes: number): { readonly buffer: ArrayBuffer; readonly byteOffset: number };
    }
  | undefined;

/** The size in bytes from which on glibc asks the system for memory, unless it has learnt better. */
const LARGE = 2 ** 17;
/** A little less than the largest size that it learns from. */
const LARGEST = 2 ** 25 - LARGE;
/** The size in bytes from which on not clearing memory saves more than the detour costs. */
const RAW_FROM = 2 ** 20;
let hasTaught = false;

/**
 * A large block goes back to the system when it is freed, and touching a fresh one costs more than
 * most kernels do. But glibc keeps blocks of up to the largest size that it has seen freed, so one is
 * made and dropped. It is never touched and takes no memory.
 * https://man7.org/linux/man-pages/man3/mallopt.3.html, M_MMAP_THRESHOLD
 */
function teachAllocator(): void {
  if (!hasTaught) hasTaught = new ArrayBuffer(LARGEST).byteLength > 0;
}

/** An array of `length` elements, of any contents where that is faster. */
export function allocateRaw(dtype: "float32" | "float64", length: number): TypedArray {
  const bytes = length * (dtype === "float32" ? 4 : 8);
  if (bytes < LARGE || typeof Buffer === "undefined") return allocate(dtype, length);
  teachAllocator();
  if (bytes < RAW_FROM) return allocate(dtype, length);
  let block: ReturnType<typeof Buffer.allocUnsafeSlow>;
  try {
    block = Buffer.allocUnsafeSlow(bytes);
  } catch {
    return allocate(dtype, length);
  }
  const { buffer, byteOffset } = block;
  return dtype === "float32"
    ? new Float32Array(buffer, byteOffset, length)
    : new Float64Array(buffer, byteOffset, length);
}

/** Elements that a kernel is about to write whole: they may be anything until then. */
export class Unmade implements Pending {
  readonly #dtype: "float32" | "float64";
  readonly #length: number;

  constructor(dtype: "float32" | "float64", length: number) {
    this.#dtype = dtype;
    this.#length = length;
  }

  settle(): TypedArray {
    return allocateRaw(this.#dtype, this.#length);
  }
}
