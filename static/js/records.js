// @ts-check
// The list of records by keys: j and k or arrows move, Enter opens, x selects.

import { find } from "./elements.js";
import { isPlain, isTyping } from "./find.js";

const STEPS = new Map([
  ["j", 1],
  ["ArrowDown", 1],
  ["k", -1],
  ["ArrowUp", -1],
]);
const links = [...document.querySelectorAll("[data-row-link]")].filter(
  (link) => link instanceof HTMLAnchorElement,
);

/** The row in which the focus is; -1 where it is elsewhere. */
function current() {
  const row = document.activeElement?.closest("[data-row]") ?? null;
  return row === null ? -1 : links.findIndex((link) => row.contains(link));
}

document.addEventListener("keydown", (event) => {
  if (!isPlain(event) || isTyping(event)) {
    return;
  }
  const step = STEPS.get(event.key);
  const at = current();
  if (step !== undefined) {
    event.preventDefault();
    const next = at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step;
    links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
  } else if (event.key === "x" && at !== -1) {
    const row = links[at]?.closest("[data-row]");
    if (row) {
      find("[data-select]", HTMLInputElement, row)?.click();
    }
  }
});
