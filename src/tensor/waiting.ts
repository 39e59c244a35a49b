/**
 * Results that have yet to be computed. They wait for a few more operations at most, or until the
 * program pauses; what they are computed from is kept as it was.
 */
import { Storage } from "./storage.ts";

/** So many wait at a time, of those that no other result has been built on. */
const MOST = 4;
/** The oldest first. */
const waiting: Storage[] = [];
/** Whether the next pause of the program will be noticed. */
let pauseIsNear = false;

/** Lets a result wait that nobody has seen. */
export function wait(result: Storage): void {
  if (!pauseIsNear) {
    // What still waits when the program pauses is computed then, and keeps its operands no longer.
    pauseIsNear = true;
    void Promise.resolve().then(() => {
      pauseIsNear = false;
      try {
        settleWaiting();
      } catch {
        // Memory has run out. A result goes on waiting, and whoever reads it gets the error.
      }
    });
  }
  waiting.push(result);
  if (waiting.length > MOST) waiting[0]!.settle();
}

/** Another result has been built on this one, or it has been computed. */
export function stopWaiting(result: Storage): void {
  const at = waiting.indexOf(result);
  if (at !== -1) waiting.splice(at, 1);
}

/** Computes all results that wait. */
function settleWaiting(): void {
  while (waiting.length > 0) waiting[0]!.settle();
}

/** To be called before elements are overwritten that somebody may have read. */
export function willChange(storage: Storage): void {
  const { snapshot } = storage;
  if (snapshot === null) return;
  if (snapshot.readers > 0) settleWaiting();
  storage.snapshot = null;
  if (snapshot.readers === 0) return;
  // Results between the operations of a chain, which may or may not be wanted yet.
  storage.changes = true;
  snapshot.storage = new Storage(storage.data.slice(), storage.start, storage.length);
}
