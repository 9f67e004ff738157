// @ts-check
// The first page takes back the record finished last by the same key as the review screen.

import { find } from "./elements.js";

document.addEventListener("keydown", (event) => {
  const isAsked = event.altKey && event.shiftKey && !event.ctrlKey && event.code === "KeyZ";
  if (isAsked && !event.isComposing && !document.querySelector("dialog[open]")) {
    find("[data-takes-back]", HTMLButtonElement)?.click();
  }
});
