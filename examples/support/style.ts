/** How one series looks everywhere: a colour, and a dash and a marker for those who cannot tell it. */
export interface Look {
  readonly color: string;
  readonly dash: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "star" | "cross";
}

// Okabe and Ito, "Color universal design" (2008), darkest first; yellow is kept for the star.
const LOOKS: readonly Look[] = [
  { color: "#0072B2", dash: "none", symbol: "circle" },
  { color: "#D55E00", dash: "9 4", symbol: "square" },
  { color: "#009E73", dash: "3 3", symbol: "triangle" },
  { color: "#CC79A7", dash: "10 3 3 3", symbol: "diamond" },
  { color: "#56B4E9", dash: "14 4", symbol: "cross" },
  { color: "#E69F00", dash: "14 3 3 3 3 3", symbol: "star" },
];

// The usual names keep their look from picture to picture; any other name takes the next free one.
const USUAL = ["SGD", "Momentum", "RMSprop", "Adam"];

/** Gives every name its look: the four usual optimizers always the same one. */
export function looks(names: readonly string[]): Map<string, Look> {
  const usual = names.map((name) => USUAL.indexOf(name));
  const free = LOOKS.map((_, i) => i).filter((i) => !usual.includes(i));
  return new Map(
    names.map((name, i) => {
      const at = usual[i] !== -1 ? usual[i] : free.shift();
      const look = at === undefined ? undefined : LOOKS[at];
      if (!look) throw new RangeError(`looks: at most ${LOOKS.length} series, got ${names.length}`);
      return [name, look];
    }),
  );
}

export const INK = "#1f2933";
export const FONT = "DejaVu Sans, Verdana, sans-serif";
export const STAR = "#F0E442";

/** A tick's text: plain where short, a power of ten where not, with a real minus sign. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e5)
      ? value.toExponential().replace("e+", "e")
      : String(Number(value.toPrecision(6)));
  return text.replaceAll("-", "−");
}

/** Mixes from white through a pale to a middling slate: dark enough to read, light enough for paths. */
export function slate(share: number): string {
  const t = Math.min(1, Math.max(0, share));
  const mix = (from: number, to: number) => Math.round(from + (to - from) * t);
  return `rgb(${mix(252, 122)},${mix(253, 140)},${mix(255, 166)})`;
}

/** A text as XML has to have it, in elements and in attributes. */
export function escaped(text: string): string {
  const names: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot" };
  return text.replace(/[&<>"]/g, (sign) => `&${names[sign]};`);
}
