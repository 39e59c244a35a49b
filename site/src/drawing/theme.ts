/** Colours of the pictures; the page's own are in the style sheet. */
export interface Theme {
  readonly dark: boolean;
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  /** Outline of paths and markers, so that they stand out on any height. */
  readonly halo: string;
  /** Heights from valley to peak. */
  readonly ramp: readonly (readonly [number, number, number])[];
}

const LIGHT: Theme = {
  dark: false,
  background: "#ffffff",
  text: "#1b2430",
  muted: "#56616f",
  line: "#d5dbe3",
  halo: "rgba(255, 255, 255, 0.9)",
  ramp: [
    [252, 253, 254],
    [222, 230, 239],
    [184, 199, 216],
    [146, 167, 191],
  ],
};

const DARK: Theme = {
  dark: true,
  background: "#141a22",
  text: "#e8edf3",
  muted: "#a3aebb",
  line: "#36404d",
  halo: "rgba(10, 14, 19, 0.85)",
  ramp: [
    [13, 18, 25],
    [29, 39, 52],
    [47, 62, 81],
    [70, 89, 113],
  ],
};

const darkQuery = "(prefers-color-scheme: dark)";

export function currentTheme(): Theme {
  return matchMedia(darkQuery).matches ? DARK : LIGHT;
}

export function onThemeChange(listener: () => void): void {
  matchMedia(darkQuery).addEventListener("change", listener);
}

/** With reduced motion everything changes in jumps of this many milliseconds. */
export const CALM_INTERVAL = 500;

export function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The colour of a height, 0 the lowest and 1 the highest. */
export function rampColour(theme: Theme, unit: number): readonly [number, number, number] {
  const { ramp } = theme;
  const place = Math.min(1, Math.max(0, unit)) * (ramp.length - 1);
  const index = Math.min(ramp.length - 2, Math.floor(place));
  const from = ramp[index] ?? [0, 0, 0];
  const to = ramp[index + 1] ?? from;
  const mix = (k: 0 | 1 | 2) => Math.round(from[k] + (to[k] - from[k]) * (place - index));
  return [mix(0), mix(1), mix(2)];
}
