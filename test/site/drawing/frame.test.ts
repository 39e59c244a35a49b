import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clipSegment,
  type Frame,
  fromPixel,
  ticks,
  toPixelX,
  toPixelY,
} from "../../../site/src/drawing/frame.ts";

const frame: Frame = {
  left: 50,
  top: 10,
  width: 400,
  height: 300,
  bounds: { x0: -2, x1: 2, y0: -1, y1: 3 },
};

describe("a frame", () => {
  it("puts the corners of the plane on the corners of the picture, y upwards", () => {
    expect([toPixelX(frame, -2), toPixelY(frame, -1)]).toEqual([50, 310]);
    expect([toPixelX(frame, 2), toPixelY(frame, 3)]).toEqual([450, 10]);
  });

  it("finds the point under a pixel again", () => {
    const { x, y } = fromPixel(frame, toPixelX(frame, 0.3), toPixelY(frame, 2.1));
    expect(x).toBeCloseTo(0.3, 12);
    expect(y).toBeCloseTo(2.1, 12);
  });
});

describe("ticks", () => {
  it.each([
    [-2, 2, 5, ["−2", "−1", "0", "1", "2"]],
    [0, 1, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    [-0.05, 0.05, 2, ["−0.05", "0.00", "0.05"]],
    [900, 4100, 4, ["1000", "2000", "3000", "4000"]],
  ])("from %f to %f are round", (low, high, count, texts) => {
    expect(ticks(low, high, count).map(({ text }) => text)).toEqual(texts);
  });
});

describe("a clipped segment", () => {
  it("keeps an end that is inside bit for bit, so that paths join", () => {
    const clipped = clipSegment(frame, [100.1, 33.3, 9e15, 200]);
    expect(clipped?.slice(0, 2)).toEqual([100.1, 33.3]);
    expect(clipped?.[2]).toBeCloseTo(450, 6);
  });

  it("is nothing where the segment passes by", () => {
    expect(clipSegment(frame, [0, 0, 0, 400])).toBeUndefined();
    expect(clipSegment(frame, [30, 300, 60, 330])).toBeUndefined();
  });

  it("lies within the picture whatever the segment", () => {
    const number = fc.double({ min: -1e30, max: 1e30, noNaN: true });
    fc.assert(
      fc.property(number, number, number, number, (x0, y0, x1, y1) => {
        const clipped = clipSegment(frame, [x0, y0, x1, y1]);
        if (clipped === undefined) return;
        // Between ends this far apart, a pixel's place is only good to a part of their distance.
        const room = 1e-9 + 4e-16 * Math.max(...[x0, y0, x1, y1].map(Math.abs));
        const [ax, ay, bx, by] = clipped;
        for (const x of [ax, bx]) expect(Math.abs(x - 250)).toBeLessThanOrEqual(200 + room);
        for (const y of [ay, by]) expect(Math.abs(y - 160)).toBeLessThanOrEqual(150 + room);
      }),
    );
  });
});
