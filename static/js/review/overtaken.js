// @ts-check
// Answers may overtake each other, and each brings the states of all fields: an older state never
// replaces a newer one.

import { element } from "../elements.js";
import { entryAround, hasConflict, root, stateOf } from "./dom.js";
import { isNewer } from "./newer.js";

/** @typedef {import("./dom.js").Entry} Entry */

/** @param {HTMLElement} state */
function stampOf(state) {
  const version = element('[data-part="version"]', HTMLInputElement, state);
  return { version: Number(version.value), judged: Number(state.dataset.judged) };
}

/**
 * @param {HTMLElement} state
 * @param {HTMLElement} than
 */
const isLater = (state, than) => isNewer(stampOf(state), stampOf(than));

/**
 * The state of a field in an answer.
 *
 * @param {string} html
 * @param {Entry} entry
 */
function stateIn(html, entry) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  return answer.getElementById(stateOf(entry).id);
}

export function listen() {
  root.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { detail } = event;
    const entry = entryAround({ target: detail.target });
    const coming = /** @type {HTMLElement} */ (detail.fragment.firstElementChild);
    if (!entry || hasConflict(entry) || !isLater(coming, detail.target)) {
      detail.shouldSwap = false;
    }
  });
  // A refusal or a conflict is always shown; a plain answer only if no later one was here before.
  root.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const entry = entryAround({ target: detail.target });
    const isPlain = detail.xhr.status === 200;
    const coming = entry && isPlain ? stateIn(detail.serverResponse, entry) : null;
    if (entry && coming && isLater(stateOf(entry), coming)) {
      detail.shouldSwap = false;
    }
  });
}
