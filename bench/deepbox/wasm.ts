import { registerBackend, WasmBackend } from "deepbox/core";

const backend = new WasmBackend();
await backend.init();
if (backend.info().available) registerBackend("wasm", backend);
