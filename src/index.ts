import "./methods.ts";
import "./wasm.ts";

export * from "./slim.ts";
