import fc from "fast-check";
import { setDeferFrom } from "../../src/tensor/spare.ts";

// With kernels, results of any size wait until they are read, so that every test sees what comes of
// that; without, none does, and small results share memory as they do outside of tests.
if (process.env.TAPEGRAD_WASM !== "0") setDeferFrom(1);

// FC_SEED repeats a failing run, FC_RUNS searches longer than a routine run does.
const seed = process.env.FC_SEED;
fc.configureGlobal({
  numRuns: Number(process.env.FC_RUNS ?? 100),
  verbose: fc.VerbosityLevel.Verbose,
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});
