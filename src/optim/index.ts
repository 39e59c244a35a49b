// Whatever is taken from here makes tensors, by the class that this loads.
import "../tensor/tensor.ts";

export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW } from "./adamw.ts";
export {
  Optimizer,
  type ParamGroup,
  type ParamGroupInit,
  type Params,
  type ZeroGradOptions,
} from "./optimizer.ts";
export { type Defaults, required } from "./options.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
export type { OptimizerStateDict, SavedGroup, StateValue } from "./stateDict.ts";
