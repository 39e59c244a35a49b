type Colour = readonly [number, number, number];

/** Colours of a scale from −1 to 1, each as the four bytes of a pixel. */
export type ColourTable = Uint32Array;

const COLOURS = 256;

/** Makes a table of colours, so that a pixel costs one look-up. */
export function colourTable(colour: (value: number) => Colour): ColourTable {
  const bytes = new Uint8ClampedArray(4 * COLOURS);
  for (let index = 0; index < COLOURS; index++) {
    bytes.set([...colour((index - MIDDLE) / REACH), 255], 4 * index);
  }
  return new Uint32Array(bytes.buffer);
}

// A little less than the table's half, so that rounding at the ends stays inside.
const MIDDLE = 128;
const REACH = 127;

/**
 * Pictures of maps that change many times a second: maps of one size below each other on one canvas,
 * which is made anew only when their number changes.
 */
export class MapStrip {
  readonly canvas = document.createElement("canvas");
  private image: ImageData | undefined;
  private pixels = new Uint32Array();

  /**
   * Paints maps of `side` × `side` values, each map from its lowest row up; NaN stays clear.
   * @param scale maps a value to a colour: `value * scale(map)[0] + scale(map)[1]` from −1 to 1.
   */
  paint(
    values: Float32Array,
    side: number,
    table: ColourTable,
    scale: (map: number) => readonly [number, number],
  ): void {
    const context = this.canvas.getContext("2d");
    if (context === null) return;
    const size = side * side;
    const maps = values.length / size;
    if (this.image === undefined || this.pixels.length !== values.length) {
      this.canvas.width = side;
      this.canvas.height = side * maps;
      this.image = context.createImageData(side, side * maps);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const { pixels } = this;
    for (let map = 0; map < maps; map++) {
      const [factor, shift] = scale(map);
      const gain = factor * REACH;
      const base = shift * REACH + MIDDLE;
      for (let row = 0; row < side; row++) {
        // Pictures have their lowest row last.
        let to = map * size + (side - 1 - row) * side;
        let from = map * size + row * side;
        for (let column = 0; column < side; column++) {
          const index = values[from++]! * gain + base;
          pixels[to++] = index >= 0 ? table[index | 0]! : 0;
        }
      }
    }
    context.putImageData(this.image, 0, 0);
  }
}
