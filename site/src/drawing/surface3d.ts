import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  GreaterDepth,
  Group,
  LessEqualDepth,
  LineBasicMaterial,
  LineSegments,
  type Material,
  Mesh,
  MeshLambertMaterial,
  type Object3D,
  PerspectiveCamera,
  Sprite,
  SRGBColorSpace,
  Vector2,
  WebGLRenderer,
  Scene as World,
} from "three";
import { LineMaterial } from "three/examples/jsm/lines/LineMaterial.js";
import { LineSegments2 } from "three/examples/jsm/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/examples/jsm/lines/LineSegmentsGeometry.js";
import type { Race, Runner } from "../race/engine.ts";
import type { Field } from "../race/field.ts";
import type { HeightScale } from "../race/levels.ts";
import type { Bounds, Point } from "../race/surfaces.ts";
import { drawBreak, drawMarker, drawStar, drawStart } from "./marks.ts";
import { seriesColour, seriesStyle } from "./series.ts";
import { AxisLabels, BOX_HEIGHT, picture } from "./sprites3d.ts";
import { currentTheme, rampColour, type Theme } from "./theme.ts";

/** What the 3D picture shows; equal parts are not built again. */
export interface View3D {
  readonly field: Field;
  readonly scale: HeightScale;
  readonly minima: readonly Point[];
  readonly race: Race;
  readonly start: Point;
  readonly step: number;
  /** Degrees around the vertical and above the horizon. */
  readonly turn: number;
  readonly tilt: number;
}

/** What the camera must see upwards and sideways at distance 1, so that the box and its labels fit. */
const HALF_HEIGHT = 0.287;
const HALF_WIDTH = 0.42;
/** Paths stand off the surface by this much, so that they are not half inside it. */
const LIFT = 0.012;
const MAX_SEGMENTS = 4000;

/** The surface as a landscape that can be turned, with the runs on it. */
export class Surface3D {
  readonly canvas: HTMLCanvasElement;
  private readonly renderer: WebGLRenderer;
  private readonly world = new World();
  private readonly camera = new PerspectiveCamera(32, 1, 0.1, 30);
  private readonly ground = new Group();
  private readonly runs = new Group();
  private readonly light = new DirectionalLight(0xffffff, 2.2);
  private labels: AxisLabels | undefined;
  private paths: readonly Path3D[] = [];
  private groundKey: readonly unknown[] = [];
  private runsKey: readonly unknown[] = [];

  /** @throws where the browser cannot draw with WebGL. */
  constructor() {
    this.renderer = new WebGLRenderer({ antialias: true });
    this.canvas = this.renderer.domElement;
    this.camera.up.set(0, 0, 1);
    this.world.add(this.ground, this.runs, new AmbientLight(0xffffff, 1.6), this.light);
  }

  resize(width: number, height: number): void {
    this.renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    // A narrow picture needs more distance to hold the whole box.
    const half = Math.max(HALF_HEIGHT, (HALF_WIDTH * height) / width);
    this.camera.fov = (360 / Math.PI) * Math.atan(half);
    this.camera.updateProjectionMatrix();
  }

  show(view: View3D): void {
    const theme = currentTheme();
    const groundKey = [view.field, view.scale, theme];
    if (differs(groundKey, this.groundKey)) {
      this.groundKey = groundKey;
      this.buildGround(view, theme);
    }
    const runsKey = [...groundKey, view.race, view.race.computed, view.start];
    if (differs(runsKey, this.runsKey)) {
      this.runsKey = runsKey;
      this.buildRuns(view, theme);
    }
    for (const path of this.paths) path.showStep(view.step);
    this.placeCamera(view.turn, view.tilt);
    this.renderer.render(this.world, this.camera);
  }

  private placeCamera(turn: number, tilt: number): void {
    const azimuth = (turn * Math.PI) / 180;
    // Straight from above there is no "up" to keep level by.
    const elevation = (Math.min(89.5, tilt) * Math.PI) / 180;
    this.labels?.face(azimuth);
    const distance = 4.9;
    const flat = distance * Math.cos(elevation);
    const height = distance * Math.sin(elevation);
    this.camera.position.set(
      flat * Math.sin(azimuth),
      -flat * Math.cos(azimuth),
      height + BOX_HEIGHT / 2,
    );
    this.camera.lookAt(0, 0, BOX_HEIGHT * 0.3);
    this.light.position.set(
      flat * Math.sin(azimuth - 0.7),
      -flat * Math.cos(azimuth - 0.7),
      height + 2,
    );
  }

  private buildGround(view: View3D, theme: Theme): void {
    clear(this.ground);
    this.world.background = new Color(theme.background);
    this.ground.add(createMesh(view.field, view.scale, theme));
    this.ground.add(createBox(theme));
    this.labels = new AxisLabels(view.field, view.scale, theme);
    this.ground.add(...this.labels.sprites);
    const place = placer(view.field.bounds, view.scale);
    for (const { x, y } of view.minima) {
      if (!inside(view.field.bounds, x, y)) continue;
      const star = picture((context) => drawStar(context, theme, 32, 32, 16));
      star.position.set(...place(x, y, view.field.low));
      this.ground.add(star);
    }
  }

  private buildRuns(view: View3D, theme: Theme): void {
    clear(this.runs);
    const { bounds } = view.field;
    const place = placer(bounds, view.scale);
    const size = this.renderer.getSize(new Vector2());
    this.paths = view.race.runners.map((runner, index) => {
      const path = new Path3D(runner, index, place, bounds, theme, size);
      this.runs.add(...path.objects);
      return path;
    });
    const first = view.race.runners.find((runner) => runner.trajectory.loss.length > 0);
    const loss = first?.trajectory.loss[0];
    if (loss !== undefined && inside(bounds, view.start.x, view.start.y)) {
      const ring = picture((context) => drawStart(context, theme, 32, 32));
      ring.position.set(...place(view.start.x, view.start.y, loss));
      this.runs.add(ring);
    }
  }
}

type Placer = (x: number, y: number, height: number) => [number, number, number];

/** From the surface's coordinates into the box. */
function placer(bounds: Bounds, scale: HeightScale): Placer {
  return (x, y, height) => [
    (2 * (x - bounds.x0)) / (bounds.x1 - bounds.x0) - 1,
    (2 * (y - bounds.y0)) / (bounds.y1 - bounds.y0) - 1,
    scale.toUnit(height) * BOX_HEIGHT,
  ];
}

function inside({ x0, x1, y0, y1 }: Bounds, x: number, y: number): boolean {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

function differs(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length !== b.length || a.some((part, index) => part !== b[index]);
}

/** Takes everything out of a group and gives its memory on the graphics card back. */
function clear(group: Group): void {
  for (const child of [...group.children]) {
    group.remove(child);
    child.traverse((object: Object3D) => {
      if (object instanceof Mesh || object instanceof LineSegments) {
        object.geometry.dispose();
        const materials: Material[] = [object.material].flat();
        for (const material of materials) material.dispose();
      } else if (object instanceof Sprite) {
        object.material.map?.dispose();
        object.material.dispose();
      }
    });
  }
}

function createMesh(field: Field, scale: HeightScale, theme: Theme): Object3D {
  const { columns, rows, values, bounds } = field;
  const place = placer(bounds, scale);
  const positions = new Float32Array(columns * rows * 3);
  const colours = new Float32Array(columns * rows * 3);
  const colour = new Color();
  values.forEach((value, at) => {
    const x = bounds.x0 + ((at % columns) / (columns - 1)) * (bounds.x1 - bounds.x0);
    const y = bounds.y0 + (Math.floor(at / columns) / (rows - 1)) * (bounds.y1 - bounds.y0);
    positions.set(place(x, y, value), at * 3);
    const unit = scale.toUnit(value);
    // Light falls on the landscape, so its colours start stronger than the map's.
    const [red, green, blue] = rampColour(theme, 0.25 + 0.75 * unit);
    colour.setRGB(red / 255, green / 255, blue / 255, SRGBColorSpace);
    colours.set([colour.r, colour.g, colour.b], at * 3);
  });
  const faces: number[] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const corners = [at, at + 1, at + columns, at + columns + 1];
      // No face where a corner has no height.
      if (corners.some((corner) => Number.isNaN(values[corner] ?? Number.NaN))) continue;
      faces.push(at, at + 1, at + columns, at + 1, at + columns + 1, at + columns);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  geometry.setAttribute("color", new BufferAttribute(colours, 3));
  geometry.setIndex(faces);
  geometry.computeVertexNormals();
  const material = new MeshLambertMaterial({
    vertexColors: true,
    side: DoubleSide,
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
  });
  const mesh = new Mesh(geometry, material);
  mesh.add(createGrid(field, positions, theme));
  return mesh;
}

/** Every few rows and columns as lines on the surface: they show its slope where colour cannot. */
function createGrid(field: Field, positions: Float32Array, theme: Theme): Object3D {
  const { columns, rows, values } = field;
  const every = Math.max(1, Math.round(columns / 20));
  const segments: number[] = [];
  const join = (a: number, b: number) => {
    if (Number.isNaN(values[a] ?? Number.NaN) || Number.isNaN(values[b] ?? Number.NaN)) return;
    segments.push(...positions.subarray(a * 3, a * 3 + 3), ...positions.subarray(b * 3, b * 3 + 3));
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      if (row % every === 0 && column + 1 < columns) join(at, at + 1);
      if (column % every === 0 && row + 1 < rows) join(at, at + columns);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(segments), 3));
  const material = new LineBasicMaterial({ color: theme.muted, transparent: true, opacity: 0.3 });
  return new LineSegments(geometry, material);
}

function createBox(theme: Theme): Object3D {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const;
  const points: number[] = [];
  corners.forEach(([x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % 4] ?? [x, y];
    points.push(x, y, 0, nextX, nextY, 0, x, y, 0, x, y, BOX_HEIGHT);
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(points), 3));
  return new LineSegments(geometry, new LineBasicMaterial({ color: theme.line }));
}

/** One run on the landscape: the part behind a hill shows through faintly. */
class Path3D {
  readonly objects: readonly Object3D[];
  private readonly geometry = new LineSegmentsGeometry();
  private readonly marker: Sprite;
  private readonly cross: Sprite;
  private readonly runner: Runner;
  private readonly place: Placer;
  private readonly bounds: Bounds;
  /** The step that each segment ends at. */
  private readonly endSteps: number[] = [];

  constructor(
    runner: Runner,
    index: number,
    place: Placer,
    bounds: Bounds,
    theme: Theme,
    size: Vector2,
  ) {
    this.runner = runner;
    this.place = place;
    this.bounds = bounds;
    this.fill();
    const style = seriesStyle(index);
    const colour = seriesColour(index, theme);
    const lines = [LessEqualDepth, GreaterDepth].map((depthFunc) => {
      const hidden = depthFunc === GreaterDepth;
      const material = new LineMaterial({
        color: new Color(colour),
        linewidth: 3,
        dashed: style.dash.length > 0,
        dashSize: (style.dash[0] ?? 1) * 0.006,
        gapSize: (style.dash[1] ?? 0) * 0.006,
        resolution: size,
        transparent: hidden,
        opacity: hidden ? 0.3 : 1,
        depthFunc,
        depthWrite: !hidden,
      });
      const line = new LineSegments2(this.geometry, material);
      line.computeLineDistances();
      line.renderOrder = hidden ? 1 : 2;
      return line;
    });
    this.marker = picture((context) => drawMarker(context, style, colour, theme, 32, 32, 11));
    this.cross = picture((context) => drawBreak(context, colour, theme, 32, 32));
    this.objects = [...lines, this.marker, this.cross];
  }

  showStep(step: number): void {
    const { ending, steps, trajectory } = this.runner;
    const shown = this.endSteps.findIndex((end) => end > step);
    this.geometry.instanceCount = shown < 0 ? this.endSteps.length : shown;
    const broke = ending?.kind === "diverged" && step >= ending.step;
    let at = Math.min(step, steps);
    while (at > 0 && !Number.isFinite(trajectory.loss[at])) at--;
    const [x, y, loss] = [trajectory.x[at], trajectory.y[at], trajectory.loss[at]];
    const known = x !== undefined && y !== undefined && loss !== undefined;
    const seen = known && inside(this.bounds, x, y);
    this.marker.visible = seen && !broke;
    this.cross.visible = seen && broke;
    if (!seen) return;
    this.marker.position.set(...this.place(x, y, loss));
    this.cross.position.copy(this.marker.position);
  }

  private fill(): void {
    const { x, y, loss } = this.runner.trajectory;
    const points: number[] = [];
    const stride = Math.max(1, Math.ceil(loss.length / MAX_SEGMENTS));
    let from: readonly [number, number, number] | undefined;
    for (let step = 0; step < loss.length; step += stride) {
      const [px = Number.NaN, py = Number.NaN, height = Number.NaN] = [
        x[step],
        y[step],
        loss[step],
      ];
      if (!inside(this.bounds, px, py) || !Number.isFinite(height)) {
        from = undefined;
        continue;
      }
      const [bx, by, bz] = this.place(px, py, height);
      const to = [bx, by, bz + LIFT] as const;
      if (from !== undefined) {
        points.push(...from, ...to);
        this.endSteps.push(step);
      }
      from = to;
    }
    this.geometry.setPositions(points.length > 0 ? points : [0, 0, -9, 0, 0, -9]);
    if (points.length === 0) this.endSteps.push(0);
  }
}
