import { describe, expect, it } from "vitest";
import { colourTable } from "../../../site/src/drawing/maps.ts";

const bytes = (table: Uint32Array, index: number) => [
  ...new Uint8Array(table.buffer, 4 * index, 4),
];

describe("a table of colours", () => {
  it("goes from −1 over 0 to 1, opaque", () => {
    const table = colourTable((value) => [100 + 100 * value, 0, 7]);
    expect(bytes(table, 1)).toEqual([0, 0, 7, 255]);
    expect(bytes(table, 128)).toEqual([100, 0, 7, 255]);
    expect(bytes(table, 255)).toEqual([200, 0, 7, 255]);
  });
});
