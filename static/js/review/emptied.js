// @ts-check
// Nobody verifies by Enter alone that nothing is there: an empty value is typed, or it is marked as
// blank or illegible.

import { confirmationOf, entryTypedIn, inputOf, root, stateOf, word } from "./dom.js";
import { isDirty } from "./field.js";

/** @typedef {import("./dom.js").Entry} Entry */

const DECIDED = ["ok", "verified"];
const SENTENCE = '[data-part="emptied"]';

/**
 * Whether a value is empty and nobody has said why: it was read as nothing, or is emptied just now.
 *
 * @param {Entry} entry
 */
export function isUnexplained(entry) {
  const isDecided = DECIDED.includes(stateOf(entry).dataset.state ?? "");
  const isOpen = isDirty(entry) || !isDecided;
  return isOpen && !inputOf(entry).value.trim() && !confirmationOf(entry).value.trim();
}

/** @param {Entry} entry */
export function askWhy(entry) {
  stateOf(entry).querySelector(SENTENCE)?.remove();
  const sentence = document.createElement("p");
  sentence.className = "entry__error";
  sentence.dataset.part = "emptied";
  sentence.setAttribute("role", "alert");
  sentence.textContent = word("emptied");
  stateOf(entry).prepend(sentence);
}

export function listen() {
  root.addEventListener("input", (event) => {
    const entry = entryTypedIn(event);
    if (entry) {
      stateOf(entry).querySelector(SENTENCE)?.remove();
    }
  });
}
