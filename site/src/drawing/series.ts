import type { Theme } from "./theme.ts";

export type Marker =
  | "circle"
  | "square"
  | "triangle"
  | "diamond"
  | "plus"
  | "wedge"
  | "cross"
  | "hexagon";

/** How one optimizer is drawn: colour, dash and marker each tell it apart from the others. */
export interface SeriesStyle {
  readonly light: string;
  readonly dark: string;
  /** Dash and gap lengths in pixels; empty for a solid line. */
  readonly dash: readonly number[];
  readonly marker: Marker;
}

// The palette of Okabe and Ito, "Color Universal Design" (2008), with black turned white in the dark.
export const SERIES: readonly SeriesStyle[] = [
  { light: "#0072b2", dark: "#3aa0dd", dash: [], marker: "circle" },
  { light: "#d55e00", dark: "#ee7d27", dash: [8, 4], marker: "square" },
  { light: "#009e73", dark: "#1bbf93", dash: [2, 4], marker: "triangle" },
  { light: "#cc79a7", dark: "#d98fb8", dash: [10, 4, 2, 4], marker: "diamond" },
  { light: "#e69f00", dark: "#e69f00", dash: [14, 4], marker: "wedge" },
  { light: "#56b4e9", dark: "#7cc8f2", dash: [5, 3], marker: "plus" },
  { light: "#000000", dark: "#ffffff", dash: [2, 2], marker: "cross" },
  { light: "#b8a800", dark: "#f0e442", dash: [10, 3, 2, 3, 2, 3], marker: "hexagon" },
];

export function seriesStyle(index: number): SeriesStyle {
  const style = SERIES[index % SERIES.length];
  if (style === undefined) throw new Error("there are styles");
  return style;
}

export function seriesColour(index: number, theme: Theme): string {
  const style = seriesStyle(index);
  return theme.dark ? style.dark : style.light;
}

/** A marker's corners around the origin with radius 1; a circle has none, plus and cross are strokes. */
export function markerCorners(marker: Marker): readonly (readonly [number, number])[] {
  const polygon = (corners: number, turn: number): [number, number][] =>
    Array.from({ length: corners }, (_, index) => {
      const angle = turn + (2 * Math.PI * index) / corners;
      return [Math.sin(angle), -Math.cos(angle)];
    });
  switch (marker) {
    case "circle":
    case "plus":
    case "cross":
      return [];
    case "square":
      return polygon(4, Math.PI / 4);
    case "triangle":
      return polygon(3, 0);
    case "wedge":
      return polygon(3, Math.PI);
    case "diamond":
      return polygon(4, 0);
    case "hexagon":
      return polygon(6, 0);
  }
}

/** The two strokes of a plus or a cross. */
export function markerStrokes(
  marker: Marker,
): readonly (readonly [number, number, number, number])[] {
  if (marker === "plus") {
    return [
      [-1, 0, 1, 0],
      [0, -1, 0, 1],
    ];
  }
  if (marker === "cross") {
    return [
      [-0.75, -0.75, 0.75, 0.75],
      [-0.75, 0.75, 0.75, -0.75],
    ];
  }
  return [];
}
