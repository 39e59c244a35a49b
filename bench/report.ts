/** Turns what was measured into Markdown. */
import { COLUMNS, elements } from "./inputs.ts";
import type { Library } from "./libraries.ts";
import { type Spread, spread } from "./statistics.ts";
import { type Case, ends, type Workload } from "./workloads.ts";

/** One library's figures for one case: nanoseconds a step, one median a round. */
export interface Figures {
  readonly ns: readonly number[];
  readonly check: readonly number[];
}

/** By workload, case and library; a string says why there are none. */
export type Results = Map<string, Map<string, Map<string, Figures | string>>>;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, i) => (i === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** Three significant digits without an exponent. */
function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
}

export function time(ns: number): string {
  if (ns < 1e3) return `${digits(ns)} ns`;
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`;
  if (ns < 1e9) return `${digits(ns / 1e6)} ms`;
  return `${digits(ns / 1e9)} s`;
}

const ratio = (value: number): string => (Number.isFinite(value) ? `${digits(value)}×` : "–");

/** Half of the range over the median. */
const around = ({ median, min, max }: Spread): string =>
  `±${Math.round((50 * (max - min)) / median)} %`;

/** The largest relative difference, of numbers that are compared with the largest of theirs. */
function deviation(got: readonly number[], wanted: readonly number[]): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...wanted.map(Math.abs));
  // A NaN anywhere makes it infinite, where Math.max would lose or spread it.
  return got.reduce((worst, value, i) => {
    const off = Math.abs(value - wanted[i]!) / scale;
    return off <= worst ? worst : Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
  }, 0);
}

interface View {
  readonly workload: Workload;
  readonly libraries: readonly Library[];
  figures(id: string, library: Library): Figures | undefined;
}

const typical = (figures: Figures | undefined): number =>
  figures === undefined ? Number.NaN : spread(figures.ns).median;

/** The fastest of the other JavaScript libraries. */
function bestPeer(view: View, id: string): { name: string; ns: number } | undefined {
  const peers = view.libraries
    .filter((library) => library.folder !== "tapegrad" && library.id !== "pytorch")
    .filter((library) => library.yardstick !== true)
    .map((library) => ({ name: library.title, ns: typical(view.figures(id, library)) }))
    .filter(({ ns }) => Number.isFinite(ns));
  return peers.sort((a, b) => a.ns - b.ns)[0];
}

/** What the others are compared with: PyTorch where it ran, else whoever comes first. */
function reference(view: View, id: string): readonly number[] | undefined {
  const order = [...view.libraries].sort(
    (a, b) => Number(b.id === "pytorch") - Number(a.id === "pytorch"),
  );
  for (const library of order) {
    const figures = view.figures(id, library);
    if (figures !== undefined) return figures.check;
  }
  return undefined;
}

/** A workload of a few cases: a line for each library. */
function tall(view: View): string {
  return view.workload.cases
    .map(({ id }) => {
      const ours = typical(view.figures(id, view.libraries[0]!));
      const wanted = reference(view, id);
      const rows = view.libraries.flatMap((library) => {
        const figures = view.figures(id, library);
        if (figures === undefined || wanted === undefined) return [];
        const { median, min, max } = spread(figures.ns);
        const off = deviation(figures.check, wanted);
        const same = off <= view.workload.tolerance;
        return [
          [
            library.title,
            time(median),
            `${time(min)} – ${time(max)}`,
            ratio(median / ours),
            same ? off.toExponential(0) : `**differs** ${off.toExponential(0)}`,
          ],
        ];
      });
      const first = view.libraries[0]!.title;
      const head = ["", "median", "range", `/ ${first}`, "results off by"];
      return `**${id}**\n\n${table(head, rows)}`;
    })
    .join("\n\n");
}

/** A workload of many cases: a line for each case, a column for each library. */
function wide(view: View): string {
  const others = view.libraries.slice(1).filter(({ id }) => id === "pytorch" || id === "loops");
  const kernel = view.libraries.find(({ id }) => id === "kernel");
  const differing: string[] = [];
  const rows = view.workload.cases.map((item) => {
    const { id } = item;
    const ours = typical(view.figures(id, view.libraries[0]!));
    const wanted = reference(view, id);
    const cells = view.libraries.map((library) => {
      const figures = view.figures(id, library);
      if (figures === undefined || wanted === undefined) return "–";
      const off = deviation(figures.check, wanted);
      if (!(off <= view.workload.tolerance)) {
        differing.push(`${library.title}, ${id}: off by ${off.toExponential(0)}`);
      }
      const seen = spread(figures.ns);
      const figure = item.flops === undefined ? time(seen.median) : rate(item, seen.median);
      return `${figure} ${around(seen)}`;
    });
    const peer = bestPeer(view, id);
    return [
      id,
      ...cells,
      ...others.map((library) => ratio(typical(view.figures(id, library)) / ours)),
      peer === undefined ? "–" : `${ratio(peer.ns / ours)} ${peer.name}`,
      ...(kernel === undefined ? [] : [ofKernel(view, kernel, item, ours)]),
    ];
  });
  const first = view.libraries[0]!.title;
  const head = [
    view.workload.cases[0]?.flops === undefined ? "" : "GFLOPS",
    ...view.libraries.map(({ title }) => title),
    ...others.map(({ title }) => `${title} / ${first}`),
    `best peer / ${first}`,
    ...(kernel === undefined ? [] : ["of the kernel's best rate"]),
  ];
  const same = "All results agree.";
  const words = differing.length === 0 ? same : `Results that differ: ${differing.join("; ")}.`;
  return `${table(head, rows)}\n\n${words}`;
}

/** The rate of a case as a part of the best that the bare kernel reaches on any case of that type. */
function ofKernel(view: View, kernel: Library, item: Case, ours: number): string {
  const alike = view.workload.cases.filter(({ id }) => id.slice(0, 3) === item.id.slice(0, 3));
  const rates = alike
    .map(({ id, flops }) => (flops ?? 0) / typical(view.figures(id, kernel)))
    .filter((value) => Number.isFinite(value));
  if (rates.length === 0) return "–";
  return `${Math.round((100 * (item.flops ?? 0)) / ours / Math.max(...rates))} %`;
}

const rate = ({ flops }: Case, ns: number): string => digits((flops ?? 0) / ns);

/** How far each library's sums are from the exact ones: the inputs are multiples of 2^-24. */
function exactness(view: View): string {
  const sums = view.workload.cases.filter(({ id }) => id.startsWith("sum"));
  const rows = sums.map(({ id, params }) => {
    if (params.kind !== "elements") return [id];
    const wanted = exactSum(params.op, params.n);
    const cells = view.libraries.map((library) => {
      const figures = view.figures(id, library);
      return figures === undefined ? "–" : deviation(figures.check, wanted).toExponential(1);
    });
    return [id, ...cells];
  });
  if (rows.length === 0) return "";
  const head = ["relative error", ...view.libraries.map(({ title }) => title)];
  return `\n\nHow exact the sums are (float32 itself rounds by up to 6e-8):\n\n${table(head, rows)}`;
}

function exactSum(op: string, n: number): number[] {
  const { a } = elements(n);
  if (op === "sum") return ends([a.reduce((total, x) => total + x, 0)]);
  const rows = n / COLUMNS;
  const out = new Float64Array(op === "sum0" ? COLUMNS : rows);
  for (let i = 0; i < n; i++) {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    out[op === "sum0" ? column : row]! += a[i]!;
  }
  return ends(out);
}

function unable(results: ReadonlyMap<string, ReadonlyMap<string, Figures | string>>): string {
  const reasons = new Map<string, string[]>();
  for (const [id, byLibrary] of results) {
    for (const [library, figures] of byLibrary) {
      if (typeof figures !== "string") continue;
      const key = `${library}: ${figures}`;
      reasons.set(key, [...(reasons.get(key) ?? []), id]);
    }
  }
  const total = results.size;
  const lines = [...reasons].map(([why, ids]) =>
    ids.length === total ? `- ${why}` : `- ${why} (${ids.join(", ")})`,
  );
  return lines.length === 0 ? "" : `\n\nNot measured:\n\n${lines.join("\n")}`;
}

/** The section of one workload. */
export function section(
  workload: Workload,
  results: ReadonlyMap<string, ReadonlyMap<string, Figures | string>>,
  libraries: readonly Library[],
): string {
  const present = libraries.filter((library) =>
    [...results.values()].some((byLibrary) => typeof byLibrary.get(library.id) === "object"),
  );
  const cases = workload.cases.filter(({ id }) => results.has(id));
  const view: View = {
    workload: { ...workload, cases },
    libraries: present,
    figures(id, library) {
      const found = results.get(id)?.get(library.id);
      return typeof found === "object" ? found : undefined;
    },
  };
  const title = `## ${workload.id}: ${workload.title}\n\n${workload.note}`;
  if (present.length === 0) return `${title}${unable(results)}\n`;
  const body = cases.length > 3 ? wide(view) : tall(view);
  const exact = workload.id === "W5" ? exactness(view) : "";
  return `${title}\n\n${body}${exact}${unable(results)}\n`;
}
