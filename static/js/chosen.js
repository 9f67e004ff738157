// @ts-check
// Records that are chosen in a list: x for the one in focus, Shift+click for all between two.

import { around, element, find } from "./elements.js";

const form = element("#chosen", HTMLFormElement);
const everything = element("#choose-all", HTMLInputElement);
const count = element("#chosen-count", HTMLOutputElement);
const BOX = "input[name='chosen']";
/** What was chosen stays so when the list comes anew. @type {Set<string>} */
const chosen = new Set();
/** @type {HTMLInputElement | null} */
let last = null;

const boxes = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(BOX)]);

function show() {
  const present = boxes();
  const checked = present.filter((box) => box.checked);
  chosen.clear();
  for (const box of checked) {
    chosen.add(box.value);
  }
  everything.checked = checked.length > 0 && checked.length === present.length;
  everything.indeterminate = checked.length > 0 && !everything.checked;
  const words = form.dataset.wordChosen ?? "";
  count.textContent = checked.length ? words.replace("{count}", String(checked.length)) : "";
  for (const button of form.querySelectorAll("[data-for-chosen]")) {
    button.toggleAttribute("disabled", checked.length === 0);
  }
}

everything.addEventListener("change", () => {
  for (const box of boxes()) {
    box.checked = everything.checked;
  }
  show();
});

document.addEventListener("click", (event) => {
  const box = around(event, BOX, HTMLInputElement);
  if (!box) {
    return;
  }
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const ends = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
    for (const between of all.slice(ends[0], (ends[1] ?? 0) + 1)) {
      between.checked = box.checked;
    }
  }
  last = box;
  show();
});

document.addEventListener("keydown", (event) => {
  const isTyping = around(event, "textarea, input:not([type='checkbox']), dialog", HTMLElement);
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;
  const record = around(event, ".records-table__record", HTMLElement);
  const box = record && find(BOX, HTMLInputElement, record);
  if (event.key === "x" && isPlain && !isTyping && box) {
    event.preventDefault();
    box.click();
  }
});

document.addEventListener("htmx:afterSwap", () => {
  for (const box of boxes()) {
    box.checked = chosen.has(box.value);
  }
  show();
});

show();
