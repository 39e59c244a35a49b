/**
 * Whether WebAssembly may be used, the one memory that all kernels share, and the way from a
 * kernel's bytes to its functions. Nothing happens until a kernel is first wanted.
 */
import { assemble, Code, F32, type FunctionSource, f32x4, simd } from "./assembler.ts";

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of WebAssembly's JavaScript interface that is used; absent in some hosts. */
declare const WebAssembly:
  | {
      readonly Memory: new (descriptor: { initial: number }) => Memory;
      readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
      readonly Instance: new <Exports>(
        module: object,
        imports: { m: { m: Memory } },
      ) => { readonly exports: Exports };
      validate(bytes: Uint8Array<ArrayBuffer>): boolean;
    }
  | undefined;

declare const process: { readonly env?: Record<string, string | undefined> } | undefined;

const PAGE = 65536;

/**
 * Bytes at the start of the memory that every call may use as it likes. The system commits pages
 * when they are first touched, so the unused part costs nothing.
 */
export const SCRATCH_BYTES = 20 * 2 ** 20;

/** Bytes after these in which arrays can live; less where the host does not give that much. */
const RESIDENT_BYTES = [128 * 2 ** 20, 32 * 2 ** 20, 0];

// Kernels read whole vectors and tiles and may look past the end of an array, never past this.
const MARGIN = PAGE;

/** The memory, which the library never grows, and views of it. */
export interface Heap {
  readonly memory: Memory;
  readonly buffer: ArrayBuffer;
  readonly residentBytes: number;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
}

let heap: Heap | null = null;
let tried = false;
let allowed = !(typeof process === "object" && process.env?.TAPEGRAD_WASM === "0");
let fused = false;

/** A function of one relaxed fused multiply-add, to learn whether the host knows it. */
function relaxedProbe(): Uint8Array<ArrayBuffer> {
  const code = new Code([F32]);
  for (let i = 0; i < 3; i++) code.get(0).simd(f32x4.splat);
  code.simd(f32x4.relaxedMadd).simd(simd.f32x4ExtractLane, 0);
  return assemble([{ name: "f", code, results: [F32] }]);
}

/** The memory, with as much room behind the scratch area as the host gives. */
function reserve(
  make: (descriptor: { initial: number }) => Memory,
  [residentBytes = 0, ...less]: readonly number[] = RESIDENT_BYTES,
): Pick<Heap, "memory" | "residentBytes"> {
  try {
    const memory = make({ initial: (SCRATCH_BYTES + residentBytes + MARGIN) / PAGE });
    return { memory, residentBytes };
  } catch (error) {
    if (less.length === 0) throw error;
    return reserve(make, less);
  }
}

function start(): void {
  tried = true;
  if (typeof WebAssembly !== "object") return;
  const { Memory } = WebAssembly;
  try {
    const { memory, residentBytes } = reserve((descriptor) => new Memory(descriptor));
    const { buffer } = memory;
    const made: Heap = {
      memory,
      buffer,
      residentBytes,
      f32: new Float32Array(buffer),
      f64: new Float64Array(buffer),
      u8: new Uint8Array(buffer),
    };
    const probe = relaxedProbe();
    fused = WebAssembly.validate(probe);
    if (!fused) {
      // Without vectors the kernels would not compile either; a content-security policy that
      // forbids WebAssembly throws here, once, and not in the middle of a training step.
      const code = new Code([F32]);
      code.get(0).simd(f32x4.splat).simd(simd.f32x4ExtractLane, 0);
      new WebAssembly.Module(assemble([{ name: "f", code, results: [F32] }]));
    } else new WebAssembly.Module(probe);
    heap = made;
  } catch {
    heap = null;
  }
}

/** The memory, or null where WebAssembly is missing, forbidden or switched off. */
export function getHeap(): Heap | null {
  if (!allowed) return null;
  if (!tried) start();
  return heap;
}

/** Whether the host fuses multiply and add (relaxed SIMD). */
export function hasFusedMultiplyAdd(): boolean {
  return getHeap() !== null && fused;
}

/**
 * Switches the WebAssembly kernels on or off; off, the plain loops do all the work. The
 * environment variable TAPEGRAD_WASM=0 starts with them off.
 * @returns whether they are available now.
 */
export function setWasmEnabled(on: boolean): boolean {
  allowed = on;
  return getHeap() !== null;
}

/**
 * Compiles functions and links them to the memory.
 * @typeParam Exports the functions by name, as the caller knows them.
 */
export function instantiate<Exports>(functions: readonly FunctionSource[]): Exports {
  if (heap === null || typeof WebAssembly !== "object") {
    throw new Error("instantiate(): WebAssembly is not available; ask getHeap() first");
  }
  const module = new WebAssembly.Module(assemble(functions));
  return new WebAssembly.Instance<Exports>(module, { m: { m: heap.memory } }).exports;
}
