/**
 * Arrays that live in the kernels' memory, so that nothing is copied in or out: what is used again
 * and again (parameters, data, optimizer state) and the memory that the engine uses in turns. What a
 * user may drop unseen is free again only once a finalizer has run, and none runs in a synchronous
 * loop; so nothing short-lived comes here, and where room has run out arrays stay on the heap.
 */
import type { TypedArray } from "../../dtype.ts";
import { type Floats, setHome } from "../../home.ts";
import { Arena } from "./arena.ts";
import { getHeap, type Heap, SCRATCH_BYTES } from "./runtime.ts";

// A kernel's last vector may run past the end of its result.
const PAD = 64;

let arena: Arena | null = null;
const released = new FinalizationRegistry<number>((address) => arena?.give(address));

/** The address of an array's element if it lives in the kernels' memory, else -1. */
export function addressOf(heap: Heap, array: TypedArray, index: number): number {
  if (array.buffer !== heap.buffer) return -1;
  return array.byteOffset + index * array.BYTES_PER_ELEMENT;
}

/** An array like `like` in the kernels' memory, of any contents; null where there is no room. */
function claim(like: Floats): Floats | null {
  const heap = getHeap();
  if (heap === null) return null;
  arena ??= new Arena(SCRATCH_BYTES, heap.residentBytes);
  const bytes = Math.ceil(like.byteLength / PAD) * PAD + PAD;
  const address = arena.take(bytes);
  if (address === null) return null;
  const array =
    like instanceof Float32Array
      ? new Float32Array(heap.buffer, address, like.length)
      : new Float64Array(heap.buffer, address, like.length);
  released.register(array, address, array);
  return array;
}

/** Gives a claimed array's room up at once; nobody may hold the array any more. */
function release(array: Floats): void {
  released.unregister(array);
  arena?.give(array.byteOffset);
}

setHome({ claim, release, isHere: (array) => array.buffer === getHeap()?.buffer });
