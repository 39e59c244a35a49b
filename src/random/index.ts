export {
  defaultGenerator,
  Generator,
  type GeneratorOptions,
  getRngState,
  initialSeed,
  manualSeed,
  seed,
  setRngState,
} from "./generator.ts";
export {
  type ChoiceOptions,
  type MutableList,
  RandomState,
  type RandomStateState,
  type Size,
} from "./randomState.ts";
