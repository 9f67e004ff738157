// @ts-check
// Long numbers are easier to compare in groups. The input keeps the bare characters, which are what
// is saved; beside it they stand in groups, for the eyes alone.

import { find } from "../elements.js";
import { entries, inputOf, root } from "./dom.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * A text in its groups; in one, if it does not have the shape of such a number.
 *
 * @param {string} text
 * @param {string} shape a regular expression for the whole text
 * @param {number[]} cuts after how many characters a group ends
 */
export function groupsOf(text, shape, cuts) {
  const ends = new RegExp(`^(?:${shape})$`).test(text) ? [...cuts, text.length] : [text.length];
  return ends.map((end, index) => text.slice(index ? ends[index - 1] : 0, end));
}

/** @param {Entry} entry */
function show(entry) {
  const grouped = find('[data-part="grouped"]', HTMLElement, entry);
  const text = inputOf(entry).value;
  if (!grouped || grouped.textContent === text) {
    return;
  }
  const { shape = "", cuts = "" } = grouped.dataset;
  const spans = groupsOf(text, shape, cuts.split(" ").map(Number)).map((group) =>
    Object.assign(document.createElement("span"), { className: "digits", textContent: group }),
  );
  grouped.replaceChildren(...spans);
}

export function listen() {
  const showAll = () => entries().forEach(show);
  root.addEventListener("input", showAll);
  root.addEventListener("review:changed", showAll);
}
