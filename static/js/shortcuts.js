// @ts-check
// Keys of a page that is not typed into: moves, which repeat while held, and acts, which do not.
// F1 shows them all.

import { find } from "./elements.js";
import { isPlain, isTyping } from "./find.js";

/**
 * What a key does; false where there is nothing for it to do, so that the browser may do its own.
 *
 * @typedef {(event: KeyboardEvent) => boolean | void} Action
 */

const INPUT_METHOD_KEY_CODE = 229;

/** @param {KeyboardEvent} event */
const isComposing = (event) => event.isComposing || event.keyCode === INPUT_METHOD_KEY_CODE;

/**
 * The name of a key in a table; that of a letter does not depend on Caps Lock.
 *
 * @param {KeyboardEvent} event
 */
const nameOf = ({ key, shiftKey }) => (key.length === 1 && !shiftKey ? key.toLowerCase() : key);

/** @param {KeyboardEvent} event */
function showKeys(event) {
  const dialog = find("#keys-dialog", HTMLDialogElement);
  if (dialog && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    dialog.showModal();
  }
}

/**
 * @param {{ moves: Record<string, Action>, acts: Record<string, Action> }} tables
 */
export function listen({ moves, acts }) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || !isPlain(event)) {
      return;
    }
    if (event.key === "F1") {
      showKeys(event);
      return;
    }
    if (isTyping(event) || event.defaultPrevented) {
      return;
    }
    const name = nameOf(event);
    const act = acts[name];
    const action = moves[name] ?? (event.repeat ? undefined : act);
    if (action && action(event) !== false) {
      event.preventDefault();
    } else if (act && event.repeat) {
      event.preventDefault();
    }
  });
}
