// @ts-check
// Buttons that copy what is shown once. Where the browser allows no script to write to its clipboard
// (a page without https), the text is selected for the keys to copy.

import { around, element } from "./elements.js";

const said = element("#copied", HTMLElement);

/** @param {HTMLElement} source */
function select(source) {
  getSelection()?.selectAllChildren(source);
}

/** @param {string} id */
async function copy(id) {
  const source = element(`#${id}`, HTMLElement);
  select(source);
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    said.textContent = said.dataset.copied ?? "";
  } catch {
    const isCopied = document.execCommand("copy");
    said.textContent = (isCopied ? said.dataset.copied : said.dataset.notCopied) ?? "";
  }
}

for (const button of document.querySelectorAll("[data-copies]")) {
  /** @type {HTMLElement} */ (button).hidden = false;
}
document.addEventListener("click", (event) => {
  const button = around(event, "[data-copies]", HTMLElement);
  if (button) {
    copy(button.dataset.copies ?? "");
  }
});
