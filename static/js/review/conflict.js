// @ts-check
// Two people changed one value: the clerk chooses, by mouse or keyboard.

import { around, find } from "../elements.js";
import { dropConflict, entryAround, inputOf, root, savedValue } from "./dom.js";
import { replaceText } from "./edit.js";
import { send } from "./save.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * The state region already carries the present version, so what is sent now is against their value.
 *
 * @param {Entry} entry
 * @param {string | undefined} choice
 */
function choose(entry, choice) {
  dropConflict(entry);
  if (choice === "theirs") {
    replaceText(inputOf(entry), savedValue(entry));
  }
  inputOf(entry).focus();
  send(entry);
}

/**
 * Show what the input says now: it may be more than what was sent.
 *
 * @param {Entry} entry
 */
export function showYours(entry) {
  const yours = find('[data-part="yours"]', HTMLElement, entry);
  if (yours) {
    yours.textContent = inputOf(entry).value || "—";
  }
}

/** @param {Entry} entry */
export const firstChoice = (entry) => find("[data-choice]", HTMLElement, entry);

export function listen() {
  root.addEventListener("click", (event) => {
    const button = around(event, "[data-choice]", HTMLElement);
    const entry = entryAround(event);
    if (button && entry) {
      choose(entry, button.dataset.choice);
    }
  });
  root.addEventListener("input", (event) => {
    const entry = entryAround(event);
    if (entry) {
      showYours(entry);
    }
  });
}
