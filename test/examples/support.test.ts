import { describe, expect, test, vi } from "vitest";
import { column, denseEarly, eachAndAll } from "../../examples/support/draw.ts";
import { compose } from "../../examples/support/figure.ts";
import { boundary, contours, lines } from "../../examples/support/panels.ts";
import {
  cut,
  extent,
  type Field,
  type Ground,
  roundNumbers,
  sample,
} from "../../examples/support/plot.ts";
import { progress } from "../../examples/support/progress.ts";
import { gif, rasterize } from "../../examples/support/raster.ts";
import { looks, tickText } from "../../examples/support/style.ts";
import { surface } from "../../examples/support/surface.ts";
import { printTable, sci, significant } from "../../examples/support/table.ts";
import { tensor } from "../../src/index.ts";
import { expectLinesInside, wordsOf } from "./pictures.ts";

const bowl: Field = (x, y) => x.square().add(y.square());
const ground: Ground = { f: bowl, x: [-1, 1], y: [-1, 1], labels: ["u", "v", "height"] };
const path = [
  [-0.9, -0.9, 1.62],
  [0, 0.5, 0.25],
  [0.1, 0, 0.01],
];

describe("tables", () => {
  test("columns line up, the first to the left and the others to the right", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    printTable(
      ["name", "x"],
      [
        ["a", "1.50"],
        ["longer", undefined],
      ],
    );
    const printed = log.mock.calls.map((call) => call[0]);
    log.mockRestore();
    expect(printed).toEqual(["name       x", "------  ----", "a       1.50", "longer"]);
  });

  test("exponents have two digits, as in C and Python", () => {
    expect(sci(0.4058754, 6)).toBe("4.058754e-01");
    expect(sci(9.6486e16, 4)).toBe("9.6486e+16");
    expect(sci(1e-100, 0)).toBe("1e-100");
  });

  test("significant digits come without idle zeros, and with an exponent where small", () => {
    expect(significant(0.0055154979, 6)).toBe("0.0055155");
    expect(significant(7.151744990776893e-5, 6)).toBe("7.15174e-05");
    expect(significant(1e-5, 6)).toBe("1e-05");
    expect(significant(0, 6)).toBe("0");
  });
});

describe("the progress line", () => {
  const writes = (isTTY: boolean, run: () => void) => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const before = process.stdout.isTTY;
    process.stdout.isTTY = isTTY;
    run();
    const written = write.mock.calls.map((call) => String(call[0]));
    process.stdout.isTTY = before;
    write.mockRestore();
    return written.join("");
  };

  test("is silent in a pipe", () => {
    expect(writes(false, () => progress(1, 2, "Adam"))).toBe("");
  });

  test("shows how much is done on a terminal, and is gone at the end", () => {
    expect(writes(true, () => progress(1, 2, "Adam"))).toContain("1/2 Adam");
    expect(writes(true, () => progress(2, 2, "Adam"))).toBe("\r\x1b[2K");
  });
});

describe("numbers for pictures", () => {
  test("a path ends on the edge where it leaves the box, and where it stops being finite", () => {
    const out = [
      [0, 0, 0],
      [4, 2, 8],
      [0, 0, 0],
    ];
    expect(cut(out, [-1, 1], [-1, 1])).toEqual([
      [0, 0, 0],
      [1, 0.5, 2],
    ]);
    expect(cut([...out.slice(0, 1), [NaN, 0, 0]], [-1, 1], [-1, 1])).toEqual([[0, 0, 0]]);
    expect(cut([[5, 5]], [-1, 1], [-1, 1])).toEqual([]);
  });

  test("ticks are round and lie within the range", () => {
    expect(roundNumbers([-25, 25], 4)).toEqual([-20, -10, 0, 10, 20]);
    expect(roundNumbers([0, 2.1], 4)).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  test("what is not finite does not stretch an axis", () => {
    expect(extent([3, NaN, -1, Infinity])).toEqual([-1, 3]);
  });

  test("ticks are written short, with a minus sign that is one", () => {
    expect(tickText(-0.5)).toBe("−0.5");
    expect(tickText(1000)).toBe("1000");
    expect(tickText(0.00001)).toBe("1e−5");
    expect(tickText(0.1 + 0.2)).toBe("0.3");
  });

  test("moments are dense early and sparse late, from 0 to the last", () => {
    const moments = denseEarly(4000, 40);
    expect(moments.slice(0, 3)).toEqual([0, 2, 7]);
    expect(moments.at(-1)).toBe(4000);
    const gaps = moments.slice(1).map((moment, i) => moment - (moments[i] ?? 0));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
  });

  test("a function is sampled at the centres of a grid, from the low corner", () => {
    const values = sample((x, y) => x.add(y, { alpha: 10 }), [0, 2], [0, 2], 2);
    expect([...values]).toEqual([5.5, 6.5, 15.5, 16.5]);
  });

  test("paths may be tensors or lists", () => {
    expect(
      column(
        {
          a: tensor([
            [1, 2],
            [3, 4],
          ]),
          b: [[5, 6]],
        },
        1,
      ),
    ).toEqual({ a: [2, 4], b: [6] });
  });
});

describe("looks", () => {
  test("an optimizer looks the same in every picture", () => {
    expect(looks(["Adam", "SGD"]).get("Adam")).toEqual(
      looks(["SGD", "RMSprop", "Adam"]).get("Adam"),
    );
  });

  test("no two series share a colour, a dash or a marker", () => {
    const all = [...looks(["SGD", "Momentum", "RMSprop", "Adam", "a", "b"]).values()];
    for (const key of ["color", "dash", "symbol"] as const) {
      expect(new Set(all.map((look) => look[key])).size).toBe(6);
    }
  });

  test("more series than looks throw", () => {
    expect(() => looks(["a", "b", "c", "d", "e", "f", "g"])).toThrow(
      "looks: at most 6 series, got 7",
    );
  });
});

describe("pictures", () => {
  const curves = {
    title: "Curves",
    x: "step",
    y: "loss",
    series: { SGD: [4, 2, 1], Adam: [4, 1, 0.1] },
  };
  const rows = () => [
    [lines(curves), lines({ ...curves, title: "Log", log: true })],
    [contours("Contours", ground, { SGD: path }), surface("Surface", ground, { SGD: path })],
  ];

  test("are the same, byte for byte, whenever they are drawn", () => {
    const first = compose("Title", rows());
    const second = compose("Title", rows());
    expect(second).toBe(first);
    expect(rasterize(second, 0.3).png()).toEqual(rasterize(first, 0.3).png());
  });

  test("carry their title, their labels and a legend", () => {
    const words = wordsOf(compose("A title\nand more", rows()));
    expect(words).toEqual(
      expect.arrayContaining([
        "A title",
        "and more",
        "SGD",
        "Adam",
        "step",
        "loss",
        "u",
        "v",
        "height",
      ]),
    );
  });

  test("keep their lines inside the axes, even where a path runs away", () => {
    const away = [...path, [9, -9, 162], [1e16, NaN, NaN]];
    const panels = [contours("", ground, { SGD: away }), surface("", ground, { SGD: away })];
    const clipped = lines({ ...curves, range: [0.5, 3] });
    expect(expectLinesInside(compose("Away", [panels, [clipped]]))).toContain("SGD");
  });

  test("may have a title that XML would not like", () => {
    expect(compose("a < b & c", [])).toContain("a &lt; b &amp; c");
    const panel = surface('"<"', ground, { SGD: path });
    expect(panel.draw(400, 400)).toContain("&quot;&lt;&quot;");
  });

  test("of a classifier show both classes and the line between", () => {
    const points = tensor([
      [0, 0],
      [1, 1],
    ]);
    const panel = boundary("A", (x, y) => bowl(x, y).neg().add(0.5), points, tensor([1, 0]));
    const svg = panel.draw(400, 400);
    expect(svg).toContain('aria-description="class 0"');
    expect(svg).toContain('aria-description="class 1"');
    expect(svg).toContain('aria-description="boundary"');
  });

  test("of several paths can show each alone and all together", () => {
    expect(eachAndAll({ SGD: path, Adam: path })).toEqual({
      SGD: { SGD: path },
      Adam: { Adam: path },
      All: { SGD: path, Adam: path },
    });
  });

  test("that move need a frame", () => {
    expect(() => gif([], [])).toThrow("gif: needs at least one frame");
  });

  test("that move keep the colours of their frames", () => {
    const paint = (color: string) =>
      rasterize(
        `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="${color}"/></svg>`,
      );
    const bytes = gif([paint("#0072B2"), paint("#D55E00")], [100, 100]);
    const palette = [...bytes.subarray(13, 13 + 3 * 4)].map((_, i, all) =>
      all.slice(3 * i, 3 * i + 3),
    );
    expect(palette).toEqual(
      expect.arrayContaining([[0, 114, 178].map((v) => expect.closeTo(v, -1))]),
    );
  });
});
