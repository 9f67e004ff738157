// @ts-check
// Results open with one key: 1–9, or arrows and Enter, also from the search box.

import { element } from "./elements.js";
import { isPlain, isTyping } from "./find.js";

const box = element("#search-box", HTMLInputElement);
const hits = [...document.querySelectorAll("[data-hit]")].filter(
  (hit) => hit instanceof HTMLAnchorElement,
);

/** @param {number} step */
function move(step) {
  const at = hits.findIndex((hit) => hit === document.activeElement);
  const first = step > 0 ? 0 : hits.length - 1;
  hits[at === -1 ? first : Math.min(Math.max(at + step, 0), hits.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  const isInBox = event.target === box && !event.isComposing;
  if (!isPlain(event) || (isTyping(event) && !isInBox)) {
    return;
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (/^[1-9]$/.test(event.key) && !isInBox) {
    hits[Number(event.key) - 1]?.click();
  }
});
