// What is said about the whole: how many fields are left, whether all is saved; and the polygons' colours.

import { entries, hasConflict, isUnsaved, needsCheck, polygonOf, root, stateOf, word } from "./dom.js";

const text = root.querySelector('[data-part="progress"]');
const bar = root.querySelector("progress");
const saving = root.querySelector('[data-part="saving"]');

const isCounted = (entry) => {
  const state = stateOf(entry);
  return "corrected" in state.dataset || "flagged" in state.dataset || needsCheck(entry);
};

function paint(entry) {
  const polygon = polygonOf(entry.dataset.field);
  if (polygon) {
    polygon.dataset.state = hasConflict(entry) ? "flagged" : stateOf(entry).dataset.state;
  }
}

export function update() {
  const all = entries();
  const counted = all.filter(isCounted).length;
  const left = all.filter(needsCheck).length;
  text.textContent = left ? word("left", { left, all: counted }) : word("none-left");
  bar.max = counted || 1;
  bar.value = counted ? counted - left : 1;
  const unsaved = all.filter(isUnsaved).length;
  const message = root.dataset.message;
  saving.textContent = message ? word(message) : unsaved ? word("unsaved", { count: unsaved }) : word("all-saved");
  saving.dataset.kind = message || unsaved ? "open" : "saved";
  all.forEach(paint);
}

export function listen() {
  root.addEventListener("review:changed", update);
}
