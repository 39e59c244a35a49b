// Goes into the declarations, so that `using` is typed for those who compile for ES2022 too.
/// <reference lib="esnext.disposable" preserve="true" />

let enabled = true;

/** Whether operations are recorded for backward. */
export function isGradEnabled(): boolean {
  return enabled;
}

/** Turns recording on or off and answers what it was; for callers that restore it in `finally`. */
export function setGradEnabled(mode: boolean): boolean {
  const before = enabled;
  enabled = mode;
  return before;
}

/** Restores the mode that was in force, at the end of a `using` block. */
export class GradModeGuard implements Disposable {
  readonly #before: boolean;

  constructor(mode: boolean) {
    this.#before = setGradEnabled(mode);
  }

  [Symbol.dispose](): void {
    setGradEnabled(this.#before);
  }
}

function withMode<T>(fn: string, mode: boolean, body: (() => T) | undefined): T | GradModeGuard {
  if (body === undefined) return new GradModeGuard(mode);
  if (typeof body !== "function") {
    throw new TypeError(`${fn}(): expected a function or nothing, got ${String(body)}`);
  }
  const before = setGradEnabled(mode);
  try {
    const result = body();
    if (result instanceof Promise) {
      // The mode would be restored at the first await, long before the body has ended.
      result.catch(() => {});
      throw new TypeError(
        `${fn}(): the callback must be synchronous, but it returned a Promise; use \`using _ = ${fn}()\` inside the async function instead`,
      );
    }
    return result;
  } finally {
    setGradEnabled(before);
  }
}

/**
 * Runs without recording operations: results do not require gradients.
 * @param body a synchronous function; its result is handed on. Without one, the mode holds until the
 *   end of the block: `using _ = noGrad();`.
 * @throws TypeError if `body` is async.
 */
export function noGrad(): GradModeGuard;
export function noGrad<T>(body: () => T): T;
export function noGrad<T>(body?: () => T): T | GradModeGuard {
  return withMode("noGrad", false, body);
}

/**
 * Records operations again inside a `noGrad` region.
 * @param body as for `noGrad`.
 * @throws TypeError if `body` is async.
 */
export function enableGrad(): GradModeGuard;
export function enableGrad<T>(body: () => T): T;
export function enableGrad<T>(body?: () => T): T | GradModeGuard {
  return withMode("enableGrad", true, body);
}
