import type { Bounds } from "../race/surfaces.ts";
import type { TrainingSettings } from "./state.ts";
import type { PointSet, Snapshot } from "./trainer.ts";

/** What the page asks of the worker. A run has a number, so that an answer to an old one is ignored. */
export type Request =
  | { readonly type: "start"; readonly run: number; readonly settings: TrainingSettings }
  /** A turn of playing has a number, so that the end of another turn is not taken for its own. */
  | {
      readonly type: "play";
      readonly turn: number;
      readonly until: number;
      readonly speed: number;
    }
  | { readonly type: "pause" }
  | { readonly type: "step" }
  /** The page has drawn the last frame and can take another. */
  | { readonly type: "drawn" };

/** What the worker tells the page. */
export type Answer =
  | {
      readonly type: "started";
      readonly run: number;
      readonly bounds: Bounds;
      readonly train: PointSet;
      readonly test: PointSet | undefined;
    }
  | {
      readonly type: "frame";
      readonly run: number;
      readonly epoch: number;
      /** Losses of the epochs since the last frame. */
      readonly trainLosses: readonly number[];
      readonly testLosses: readonly number[];
      readonly snapshot: Snapshot;
      /** The last turn of playing that the worker began. */
      readonly turn: number;
      readonly playing: boolean;
    }
  | { readonly type: "failed"; readonly run: number; readonly message: string };
