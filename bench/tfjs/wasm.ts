import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

const main = fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm"));
setWasmPaths(`${dirname(main)}/`);
await tf.setBackend("wasm");
