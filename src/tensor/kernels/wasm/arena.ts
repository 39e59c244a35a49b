interface Room {
  at: number;
  bytes: number;
}

/** Hands out parts of a range of addresses and takes them back; neighbours that are free are joined. */
export class Arena {
  /** By address. */
  readonly #free: Room[];
  readonly #taken = new Map<number, number>();

  constructor(start: number, bytes: number) {
    this.#free = bytes > 0 ? [{ at: start, bytes }] : [];
  }

  /** The address of `bytes` (more than 0) bytes, or null where no room is large enough. */
  take(bytes: number): number | null {
    const i = this.#free.findIndex((room) => room.bytes >= bytes);
    const room = this.#free[i];
    if (room === undefined) return null;
    const { at } = room;
    if (room.bytes === bytes) this.#free.splice(i, 1);
    else {
      room.at += bytes;
      room.bytes -= bytes;
    }
    this.#taken.set(at, bytes);
    return at;
  }

  /** Takes back what `take` handed out at `at`. */
  give(at: number): void {
    const bytes = this.#taken.get(at);
    if (bytes === undefined) throw new Error(`Arena.give(): nothing was taken at ${at}`);
    this.#taken.delete(at);
    let i = this.#free.findIndex((room) => room.at > at);
    if (i === -1) i = this.#free.length;
    const before = this.#free[i - 1];
    const after = this.#free[i];
    if (before !== undefined && before.at + before.bytes === at) {
      before.bytes += bytes;
      if (after !== undefined && at + bytes === after.at) {
        before.bytes += after.bytes;
        this.#free.splice(i, 1);
      }
    } else if (after !== undefined && at + bytes === after.at) {
      after.at = at;
      after.bytes += bytes;
    } else this.#free.splice(i, 0, { at, bytes });
  }
}
