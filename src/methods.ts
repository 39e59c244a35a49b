/** `import "tapegrad/methods"` gives `Tensor` all of its methods; `tapegrad` has them. */
import "./tensor/methods.ts";
