export { type Collated, defaultCollate } from "./collate.ts";
export { DataLoader, type DataLoaderOptions, type Sampler } from "./dataLoader.ts";
export {
  type Dataset,
  type DatasetLike,
  type Parts,
  type RandomSplitOptions,
  type Row,
  randomSplit,
  Subset,
  TensorDataset,
} from "./dataset.ts";
export type { RandomStateLike } from "./randomState.ts";
export { type SplitOptions, type Splits, trainTestSplit } from "./split.ts";
export {
  type BlobsOptions,
  type CirclesOptions,
  makeBlobs,
  makeCircles,
  makeMoons,
  type SampleCount,
  type ShapeOptions,
} from "./synthetic.ts";
