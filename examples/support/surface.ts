import {
  cut,
  extent,
  type Ground,
  type Panel,
  type Path,
  type Points,
  pathsOf,
  type Range,
  roundNumbers,
  sample,
  widen,
} from "./plot.ts";
import { escaped, FONT, INK, type Look, looks, slate, tickText } from "./style.ts";

type Point = readonly [x: number, y: number];

const distance = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Something to paint, and how far from the eye it lies. */
interface Piece {
  readonly depth: number;
  readonly svg: string;
}

/** A point of space on the paper, and how far from the eye it lies. */
interface Seen {
  readonly at: Point;
  readonly depth: number;
}
type Eye = (x: number, y: number, z: number) => Seen;

const GRID = 'stroke="#c3cad4" stroke-width="1"';

const short = (value: number) => String(Math.round(value * 100) / 100);
const list = (points: readonly Point[]) =>
  points.map(([x, y]) => `${short(x)},${short(y)}`).join(" ");

function text(words: string, [x, y]: Point, anchor: string, size: number, more = ""): string {
  const place = `x="${short(x)}" y="${short(y)}" dy="0.35em" text-anchor="${anchor}"`;
  return `<text ${place} font-size="${size}" ${more}>${escaped(words)}</text>`;
}

/** An orthographic eye that looks at the box of the ranges from a direction and fits it into a size. */
function lookAt(
  ranges: readonly [Range, Range, Range],
  turn: number,
  tilt: number,
  size: Point,
): Eye {
  const [sinA, cosA] = [Math.sin(turn), Math.cos(turn)];
  const [sinE, cosE] = [Math.sin(tilt), Math.cos(tilt)];
  const unit = (value: number, [low, high]: Range) => (2 * (value - low)) / (high - low) - 1;
  // The box is two wide and two deep; its height of 1.3 leaves room for the view from above.
  const look = (u: number, v: number, w: number) => {
    const away = u * sinA + v * cosA;
    const high = 0.65 * w;
    const at: Point = [u * cosA - v * sinA, -(high * cosE + away * sinE)];
    return { at, depth: away * cosE - high * sinE };
  };
  const ends = [-1, 1];
  const corners = ends.flatMap((u) => ends.flatMap((v) => ends.map((w) => look(u, v, w).at)));
  const wide = Math.max(...corners.map(([right]) => Math.abs(right)));
  const tall = Math.max(...corners.map(([, down]) => Math.abs(down)));
  const scale = Math.min((size[0] - 150) / 2 / wide, (size[1] - 120) / 2 / tall);
  return (x, y, z) => {
    const { at, depth } = look(unit(x, ranges[0]), unit(y, ranges[1]), unit(z, ranges[2]));
    return { at: [size[0] / 2 + 20 + at[0] * scale, size[1] / 2 + at[1] * scale], depth };
  };
}

/** A marker's outline around a point. */
function marker({ symbol, color }: Look, [x, y]: Point, r: number): string {
  const paint = `fill="${color}" stroke="white" stroke-width="1.5"`;
  if (symbol === "circle") {
    return `<circle cx="${short(x)}" cy="${short(y)}" r="${r}" ${paint}/>`;
  }
  const corners = symbol === "triangle" ? 3 : 4;
  const from = symbol === "square" ? -Math.PI / 4 : -Math.PI / 2;
  const outline = Array.from({ length: corners }, (_, i): Point => {
    const angle = from + (2 * Math.PI * i) / corners;
    return [x + 1.25 * r * Math.cos(angle), y + 1.25 * r * Math.sin(angle)];
  });
  return `<polygon points="${list(outline)}" ${paint}/>`;
}

/** The floor and the two far walls with their grids, and the ticks along the near edges. */
function box(eye: Eye, ranges: readonly [Range, Range, Range], labels: readonly string[]): string {
  const [x, y, z] = ranges;
  const corners = x.flatMap((cx) => y.map((cy) => ({ cx, cy, ...eye(cx, cy, z[0]) })));
  const near = corners.reduce((a, b) => (b.depth < a.depth ? b : a));
  const far = corners.reduce((a, b) => (b.depth > a.depth ? b : a));
  const sides = corners.filter((corner) => corner !== near && corner !== far);
  const left = sides.reduce((a, b) => (b.at[0] < a.at[0] ? b : a));
  const line = (...points: Point[]) => `<polyline points="${list(points)}" fill="none" ${GRID}/>`;
  const centre = eye((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, z[0]).at;
  const parts: string[] = [];
  const edge = (range: Range, point: (value: number) => Point, label: string) => {
    const middle = point((range[0] + range[1]) / 2);
    const length = distance(middle, centre);
    const out = (p: Point, by: number): Point => [
      p[0] + ((middle[0] - centre[0]) / length) * by,
      p[1] + ((middle[1] - centre[1]) / length) * by,
    ];
    for (const tick of roundNumbers(range, 4)) {
      parts.push(line(point(tick), out(point(tick), 6)));
      parts.push(text(tickText(tick), out(point(tick), 20), "middle", 14));
    }
    parts.push(text(label, out(middle, 58), "middle", 16));
  };
  for (const tick of roundNumbers(x, 4)) {
    parts.push(
      line(eye(tick, near.cy, z[0]).at, eye(tick, far.cy, z[0]).at, eye(tick, far.cy, z[1]).at),
    );
  }
  for (const tick of roundNumbers(y, 4)) {
    parts.push(
      line(eye(near.cx, tick, z[0]).at, eye(far.cx, tick, z[0]).at, eye(far.cx, tick, z[1]).at),
    );
  }
  for (const tick of roundNumbers(z, 4)) {
    const ends = sides.map((side) => eye(side.cx, side.cy, tick).at);
    parts.push(line(...ends.slice(0, 1), eye(far.cx, far.cy, tick).at, ...ends.slice(1)));
    const at = eye(left.cx, left.cy, tick).at;
    parts.push(text(tickText(tick), [at[0] - 8, at[1]], "end", 14));
  }
  edge(x, (value) => eye(value, near.cy, z[0]).at, labels[0] ?? "");
  edge(y, (value) => eye(near.cx, value, z[0]).at, labels[1] ?? "");
  const top = eye(left.cx, left.cy, z[1]).at;
  parts.push(text(labels[2] ?? "", [top[0] - 6, top[1] - 26], "end", 16));
  return parts.join("");
}

/**
 * The graph of a function as a surface in space, painted from far to near, with paths on it.
 * @param walks the paths by name, as rows `[x, y, z]`
 * @param upTo draw the paths only up to this row
 */
export function surface(
  title: string,
  ground: Ground,
  walks: Record<string, Points>,
  upTo = Number.POSITIVE_INFINITY,
): Panel {
  const { x, y, turn = 20, tilt = 36, cells = 40 } = ground;
  // The mesh has its nodes at the ends of the axes: they are the centres of a grid that is wider.
  const wide = ([low, high]: Range): Range => {
    const half = (high - low) / cells / 2;
    return [low - half, high + half];
  };
  const n = cells + 1;
  const heights = sample(ground.f, wide(x), wide(y), n);
  const z = extent(heights);
  const node = (range: Range, i: number) => range[0] + ((range[1] - range[0]) * i) / cells;
  const cellOf = (value: number, [low, high]: Range) =>
    Math.min(cells - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * cells)));
  const height = (i: number, j: number) => heights[j * n + i] ?? 0;
  const paths = pathsOf(walks);
  const names = Object.keys(paths);

  const draw = (w: number, h: number): string => {
    const eye = lookAt([x, y, z], (turn * Math.PI) / 180, (tilt * Math.PI) / 180, [w, h]);
    const pieces: Piece[] = [];
    const depths = new Float64Array(cells * cells);
    for (let j = 0; j < cells; j++) {
      for (let i = 0; i < cells; i++) {
        const ring = [
          [i, j],
          [i + 1, j],
          [i + 1, j + 1],
          [i, j + 1],
        ].map(([a = 0, b = 0]) => ({
          z: height(a, b),
          ...eye(node(x, a), node(y, b), height(a, b)),
        }));
        const mean = (of: (corner: (typeof ring)[number]) => number) =>
          ring.reduce((sum, corner) => sum + of(corner), 0) / 4;
        const fill = slate((mean((corner) => corner.z) - z[0]) / (z[1] - z[0]));
        const depth = mean((corner) => corner.depth);
        depths[j * cells + i] = depth;
        const points = list(ring.map((corner) => corner.at));
        pieces.push({ depth, svg: `<polygon points="${points}" fill="${fill}"/>` });
      }
    }
    // A path lies on the surface, or leaps over it: it is painted after what is below and around it.
    const depthOn: Eye = (px, py, pz) => {
      const [i, j] = [cellOf(px, x), cellOf(py, y)];
      const seen = eye(px, py, pz);
      let least = seen.depth;
      for (let b = Math.max(0, j - 1); b <= Math.min(cells - 1, j + 1); b++) {
        for (let a = Math.max(0, i - 1); a <= Math.min(cells - 1, i + 1); a++) {
          least = Math.min(least, depths[b * cells + a] ?? least);
        }
      }
      return { at: seen.at, depth: least - 1e-6 };
    };
    for (const [name, look] of looks(names)) {
      const path = cut(paths[name]?.slice(0, upTo + 1) ?? [], x, y, widen(z));
      pieces.push(...pathPieces(name, path, look, depthOn));
    }
    pieces.sort((a, b) => b.depth - a.depth);
    return [
      `<svg width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${FONT}" fill="${INK}">`,
      text(title, [w / 2, 18], "middle", 17, 'font-weight="bold"'),
      box(eye, [x, y, z], ground.labels),
      `<g stroke="#8d99ab" stroke-width="${short(18 / cells)}" stroke-linejoin="round">`,
      ...pieces.map((piece) => piece.svg),
      "</g></svg>",
    ].join("");
  };
  return { series: names, draw };
}

/** Cuts a path into short pieces that can go behind a hill one by one, and marks where it has got to. */
function pathPieces(name: string, path: Path, look: Look, eye: Eye): Piece[] {
  const pieces: Piece[] = [];
  let walked = 0;
  let before: readonly [number, number, number] | undefined;
  for (const [x = 0, y = 0, z = 0] of path) {
    const from = before ?? [x, y, z];
    const length = distance(eye(...from).at, eye(x, y, z).at);
    // Many steps that are too small to be seen make one piece, and a leap makes many pieces.
    if (before && length < 3) continue;
    const count = Math.max(1, Math.round(length / 6));
    const along = (share: number) =>
      eye(
        from[0] + share * (x - from[0]),
        from[1] + share * (y - from[1]),
        from[2] + share * (z - from[2]),
      );
    for (let i = 0; before && i < count; i++) {
      const ends = [along(i / count).at, along((i + 1) / count).at];
      // The dash runs on from piece to piece.
      const dash = `stroke-dasharray="${look.dash}" stroke-dashoffset="${short(walked)}"`;
      const cap = look.dash === "none" ? "round" : "butt";
      const stroke = `stroke="${look.color}" stroke-width="3.2" stroke-linecap="${cap}"`;
      const paint = `fill="none" ${stroke} ${dash}`;
      pieces.push({
        depth: along((i + 0.5) / count).depth,
        svg: `<polyline points="${list(ends)}" ${paint} class="line of ${escaped(name)}"/>`,
      });
      walked += length / count;
    }
    before = [x, y, z];
  }
  const [x = 0, y = 0, z = 0] = path.at(-1) ?? [];
  const end = marker(look, eye(x, y, z).at, 7);
  // Where a path has got to is always seen, even behind a hill.
  const svg = `<g aria-description="end of ${escaped(name)}">${end}</g>`;
  return [...pieces, { depth: Number.NEGATIVE_INFINITY, svg }];
}
