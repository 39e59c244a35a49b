import { h, setText } from "./dom.ts";

/** A button that copies a text and says so on itself. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const button = h("button", { type: "button" }, label);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (message: string) => {
    setText(button, message);
    clearTimeout(timer);
    timer = setTimeout(() => setText(button, label), 2000);
  };
  button.addEventListener("click", () => {
    copy(text()).then(
      () => say("Copied"),
      () => say("Not allowed to copy"),
    );
  });
  return button;
}

async function copy(text: string): Promise<void> {
  // A page that is not served over HTTPS has no clipboard, but may copy a selection.
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = h("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copying was refused");
}
