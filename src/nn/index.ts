// Whatever is taken from here makes tensors, by the class that this loads.
import "../tensor/tensor.ts";

export { LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export { ModuleList, type NamedModules, Sequential } from "./container.ts";
export { Dropout } from "./dropout.ts";
export { Flatten } from "./flatten.ts";
export * as functional from "./functional.ts";
export * as init from "./init.ts";
export { Identity, Linear, type LinearOptions } from "./linear.ts";
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
} from "./loss.ts";
export { Module, type NamedOptions, type TensorModule } from "./module.ts";
export { Buffer, type BufferOptions, Parameter, type ParameterOptions } from "./parameter.ts";
export type { IncompatibleKeys, StateDict } from "./stateDict.ts";
export * as utils from "./utils.ts";
