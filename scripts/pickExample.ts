/**
 * The examples that a word means.
 * @param names file names without `.ts`, such as `02-rosenbrock`
 * @param wanted a number, a name, or a part of one
 */
export function pickExample(names: readonly string[], wanted: string): readonly string[] {
  if (/^\d+$/.test(wanted)) {
    return names.filter((name) => Number.parseInt(name, 10) === Number(wanted));
  }
  const word = wanted.toLowerCase().replace(/\.ts$/, "");
  return names.includes(word) ? [word] : names.filter((name) => name.includes(word));
}
