/** Reading and writing the part of the address after `#`: a page's name and its fields. */

export type Fields = ReadonlyMap<string, readonly string[]>;

/** Writes `#page?key=value&key=value`; a list gives one field an entry. */
export function writeLink(
  page: string,
  fields: Readonly<Record<string, string | readonly string[]>>,
) {
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    (typeof value === "string" ? [value] : value).map((entry) => `${key}=${encode(entry)}`),
  );
  return `#${page}?${pairs.join("&")}`;
}

// Commas and colons are legal in a fragment and keep the address readable; parentheses and
// asterisks are escaped too, because chat programs cut a link or take it for formatting there.
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%2C/g, ",")
    .replace(/%3A/g, ":")
    .replace(/[()*!']/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Splits a fragment into its page's name and fields; what cannot be decoded is left as it stands. */
export function readLink(hash: string): { readonly page: string; readonly fields: Fields } {
  const [page = "", query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const fields = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const [key = "", value = ""] = pair.split(/=(.*)/s);
    fields.set(decode(key), [...(fields.get(decode(key)) ?? []), decode(value)]);
  }
  return { page: decode(page), fields };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Takes typed values out of fields; what is unreadable is noted and replaced by a fallback. */
export class FieldReader {
  readonly problems: string[] = [];
  private readonly fields: Fields;

  constructor(fields: Fields) {
    this.fields = fields;
  }

  text(key: string): string | undefined {
    return this.fields.get(key)?.at(-1);
  }

  list(key: string): readonly string[] | undefined {
    return this.fields.get(key);
  }

  /** Notes that a field was not understood. */
  reject(key: string, value: string): void {
    this.problems.push(`${key}=${value}`);
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[], fallback: Choice): Choice {
    const value = this.text(key);
    if (value === undefined) return fallback;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.reject(key, value);
    return found ?? fallback;
  }

  number(key: string, low: number, high: number, fallback: number): number {
    const value = this.text(key);
    if (value === undefined) return fallback;
    const number = readNumber(value);
    if (number !== undefined && number >= low && number <= high) return number;
    this.reject(key, value);
    return fallback;
  }

  integer(key: string, low: number, high: number, fallback: number): number {
    const number = this.number(key, low, high, fallback);
    if (Number.isInteger(number)) return number;
    this.reject(key, String(number));
    return fallback;
  }

  flag(key: string, fallback: boolean): boolean {
    return this.choice(key, ["1", "0"], fallback ? "1" : "0") === "1";
  }

  /** A list of `count` finite numbers, written with commas. */
  numbers(key: string, count: number): readonly number[] | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const numbers = value.split(",").map(readNumber);
    if (numbers.length === count && numbers.every((number) => number !== undefined)) return numbers;
    this.reject(key, value);
    return undefined;
  }
}

/** A finite number written in decimal digits, or undefined for any other text. */
export function readNumber(text: string): number | undefined {
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
