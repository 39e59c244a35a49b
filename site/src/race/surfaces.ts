import type { RunnerConfig } from "./optimizers.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The part of the plane that a picture shows. */
export interface Bounds {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

export interface Surface {
  readonly id: string;
  readonly name: string;
  /** The surface in the page's own expression language: the one place where it is defined. */
  readonly source: string;
  /** What there is to see, in a line. */
  readonly about: string;
  readonly view: Bounds;
  readonly start: Point;
  readonly steps: number;
  readonly runners: readonly RunnerConfig[];
  /** Where the smallest value is taken; empty where there is none. */
  readonly minimizers: readonly Point[];
  /** The greatest lower bound where no point takes it. */
  readonly infimum?: number;
}

const square = (radius: number): Bounds => ({ x0: -radius, x1: radius, y0: -radius, y1: radius });

const sgd = (lr: number): RunnerConfig => ({ kind: "SGD", options: { lr } });
const momentum = (lr: number): RunnerConfig => ({ kind: "SGD", options: { lr, momentum: 0.9 } });
const rmsprop = (lr: number): RunnerConfig => ({ kind: "RMSprop", options: { lr } });
const adam = (lr: number): RunnerConfig => ({ kind: "Adam", options: { lr } });

/** The named surfaces, each with a race that shows what it is known for. */
export const SURFACES: readonly Surface[] = [
  {
    id: "rosenbrock",
    name: "Rosenbrock",
    source: "(1-x)^2 + 100*(y-x^2)^2",
    about: "A long bent valley: easy to enter, slow to follow.",
    view: { x0: -2, x1: 2, y0: -1, y1: 3 },
    start: { x: -1, y: 1 },
    steps: 1000,
    runners: [sgd(0.001), momentum(0.001), adam(0.01)],
    minimizers: [{ x: 1, y: 1 }],
  },
  {
    id: "saddle",
    name: "Saddle",
    source: "x^2 - y^2",
    about: "Downhill along x leads to a point where only y leads further down.",
    view: { x0: -24, x1: 24, y0: -32, y1: 32 },
    start: { x: 20.75, y: 0.5 },
    steps: 4000,
    runners: [sgd(0.005), adam(0.005), rmsprop(0.005)],
    minimizers: [],
  },
  {
    id: "pathological",
    name: "Pathological curve",
    source: "tanh(x)^2 + 0.01*abs(x) + sigmoid(y)",
    about: "Plateaus with a sharp ravine between them: gradients vanish, then jump.",
    view: { x0: -9, x1: 9, y0: -15, y1: 9 },
    start: { x: 7, y: 7 },
    steps: 50,
    runners: [
      sgd(10),
      { kind: "SGD", options: { lr: 10, momentum: 0.9, dampening: 0.9 } },
      adam(1),
    ],
    minimizers: [],
    infimum: 0,
  },
  {
    id: "theta2",
    name: "θ²",
    source: "x^2",
    about: "One parameter and the simplest bowl: each rule's own way down.",
    view: { x0: -6, x1: 6, y0: -1, y1: 1 },
    start: { x: 5, y: 0 },
    steps: 60,
    runners: [
      sgd(0.1),
      { kind: "SGD", options: { lr: 0.1, momentum: 0.9, dampening: 0.9 } },
      { kind: "RMSprop", options: { lr: 0.1, alpha: 0.9 } },
      adam(0.1),
    ],
    minimizers: [{ x: 0, y: 0 }],
  },
  {
    id: "himmelblau",
    name: "Himmelblau",
    source: "(x^2+y-11)^2 + (x+y^2-7)^2",
    about: "Four equal minima: where a run ends depends on how it moves.",
    view: square(6),
    start: { x: 0, y: -0.5 },
    steps: 150,
    runners: [sgd(0.01), momentum(0.01), adam(0.3)],
    minimizers: [
      { x: 3, y: 2 },
      { x: -2.805118086952745, y: 3.131312518250573 },
      { x: -3.779310253377747, y: -3.28318599128617 },
      { x: 3.584428340330492, y: -1.848126526964404 },
    ],
  },
  {
    id: "beale",
    name: "Beale",
    source: "(1.5-x+x*y)^2 + (2.25-x+x*y^2)^2 + (2.625-x+x*y^3)^2",
    about: "Flat in the middle, steep at the corners.",
    view: square(4.5),
    start: { x: 1, y: 1.5 },
    steps: 1000,
    runners: [sgd(0.001), momentum(0.001), adam(0.05)],
    minimizers: [{ x: 3, y: 0.5 }],
  },
  {
    id: "booth",
    name: "Booth",
    source: "(x+2*y-7)^2 + (2*x+y-5)^2",
    about: "A tilted quadratic bowl.",
    view: square(10),
    start: { x: -8, y: -6 },
    steps: 200,
    runners: [sgd(0.05), momentum(0.02), rmsprop(0.2), adam(0.5)],
    minimizers: [{ x: 1, y: 3 }],
  },
  {
    id: "rastrigin",
    name: "Rastrigin",
    source: "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
    about: "A bowl full of smaller bowls: most runs stay in one of them.",
    view: square(5.12),
    start: { x: -3.4, y: 2.6 },
    steps: 300,
    runners: [sgd(0.001), momentum(0.003), rmsprop(0.1), adam(0.2)],
    minimizers: [{ x: 0, y: 0 }],
  },
  {
    id: "ackley",
    name: "Ackley",
    source: "-20*exp(-0.2*sqrt(0.5*(x^2+y^2))) - exp(0.5*(cos(2*pi*x)+cos(2*pi*y))) + e + 20",
    about: "A rippled plain around one deep funnel.",
    view: square(5),
    start: { x: 3.4, y: -2.6 },
    steps: 300,
    runners: [sgd(0.01), momentum(0.02), rmsprop(0.05), adam(0.2)],
    minimizers: [{ x: 0, y: 0 }],
  },
  {
    id: "styblinski",
    name: "Styblinski–Tang",
    source: "(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2",
    about: "Four basins, one of them the deepest; the smallest value is below zero.",
    view: square(5),
    start: { x: 0.4, y: 4.2 },
    steps: 200,
    runners: [sgd(0.01), momentum(0.01), adam(0.2)],
    minimizers: [{ x: -2.903534027771177, y: -2.903534027771177 }],
  },
  {
    id: "camel",
    name: "Three-hump camel",
    source: "2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2",
    about: "Three basins side by side, the middle one deepest.",
    view: { x0: -2.4, x1: 2.4, y0: -2.4, y1: 2.4 },
    start: { x: 2, y: 1.5 },
    steps: 200,
    runners: [sgd(0.01), momentum(0.01), adam(0.1)],
    minimizers: [{ x: 0, y: 0 }],
  },
];

export function surfaceById(id: string): Surface | undefined {
  return SURFACES.find((surface) => surface.id === id);
}
