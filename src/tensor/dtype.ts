/** The element types that a tensor may have, by PyTorch's names. */
export type DType = "float32" | "float64" | "int64" | "int32" | "uint8" | "bool";

/** The array types that hold a tensor's elements. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export const float32 = "float32";
export const float64 = "float64";
export const int64 = "int64";
export const int32 = "int32";
export const uint8 = "uint8";
export const bool = "bool";

/** Bool < integers < floats: promotion never falls to a lower category. */
export type Category = 0 | 1 | 2;

interface DTypeInfo {
  readonly category: Category;
  /** Order within PyTorch's promotion lattice; uint8 meets a signed type at the signed type. */
  readonly rank: number;
  /** The name that PyTorch's error messages use. */
  readonly scalarName: string;
}

// int64 lives in float64 elements, because BigInt arithmetic is two orders slower than numbers.
const INFO: Record<DType, DTypeInfo> = {
  bool: { category: 0, rank: 0, scalarName: "Bool" },
  uint8: { category: 1, rank: 1, scalarName: "Byte" },
  int32: { category: 1, rank: 2, scalarName: "Int" },
  int64: { category: 1, rank: 3, scalarName: "Long" },
  float32: { category: 2, rank: 4, scalarName: "Float" },
  float64: { category: 2, rank: 5, scalarName: "Double" },
};

export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(INFO, value);
}

/** Throws unless `value` is one of the six dtype names. */
export function checkDType(fn: string, value: unknown): asserts value is DType {
  if (!isDType(value)) {
    throw new TypeError(
      `${fn}(): argument 'dtype' must be one of ${Object.keys(INFO).join(", ")}, not ${String(value)}`,
    );
  }
}

export function category(dtype: DType): Category {
  return INFO[dtype].category;
}

export function scalarName(dtype: DType): string {
  return INFO[dtype].scalarName;
}

/** The types' names in C, which PyTorch's messages about numbers have. */
const C_NAMES: Record<DType, string> = {
  bool: "bool",
  uint8: "uint8_t",
  int32: "int",
  int64: "int64_t",
  float32: "float",
  float64: "double",
};

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

function fits(value: number, dtype: DType): boolean {
  switch (dtype) {
    case "uint8":
      // A whole negative number wraps around, as in PyTorch.
      return value <= 255 && value > (Number.isInteger(value) ? -256 : -Number.MIN_VALUE);
    case "int32":
      return value >= -(2 ** 31) && value <= 2 ** 31 - 1;
    case "int64":
      return value >= -(2 ** 63) && value < 2 ** 63;
    case "float32":
      return !Number.isFinite(value) || Math.abs(value) <= FLOAT32_MAX;
    default:
      return true;
  }
}

/**
 * Refuses a number that a dtype cannot hold; a fraction may be cut off.
 * @param name what the message calls the dtype.
 * @throws RangeError in PyTorch's words.
 */
export function checkFits(value: number, dtype: DType, name: string = C_NAMES[dtype]): void {
  if (fits(value, dtype)) return;
  throw new RangeError(`value cannot be converted to type ${name} without overflow: ${value}`);
}

export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** A zeroed array of `length` elements of `dtype`. */
export function allocate(dtype: DType, length: number): TypedArray {
  try {
    return newArray(dtype, length);
  } catch {
    const size = newArray(dtype, 0).BYTES_PER_ELEMENT;
    throw new RangeError(
      `can't allocate memory: you tried to allocate ${length * size} bytes for ${length} elements of ${dtype}`,
    );
  }
}

function newArray(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
    case "int64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    default:
      return new Uint8Array(length);
  }
}

/** The smallest dtype that holds both, as in torch.promote_types. */
export function promoteTypes(a: DType, b: DType): DType {
  return INFO[a].rank >= INFO[b].rank ? a : b;
}

/** Whether a result of `from` may be stored in `to` (torch.can_cast): never to a lower category. */
export function canCast(from: DType, to: DType): boolean {
  return INFO[from].category <= INFO[to].category;
}

let defaultDType: "float32" | "float64" = "float32";

/** The dtype of new floating-point tensors, float32 unless set otherwise. */
export function getDefaultDtype(): "float32" | "float64" {
  return defaultDType;
}

/**
 * Sets the dtype of new floating-point tensors.
 * @param dtype float32 or float64.
 * @throws TypeError for any other dtype.
 */
export function setDefaultDtype(dtype: "float32" | "float64"): void {
  if (!isFloat(dtype)) {
    throw new TypeError(
      `only floating-point types are supported as the default type, got ${String(dtype)}`,
    );
  }
  defaultDType = dtype;
}
