/** `import "tapegrad/wasm"` runs large tensors on WebAssembly SIMD kernels; `tapegrad` has them. */
import "./tensor/kernels/wasm/index.ts";
