// @ts-check
// The search box of every page: one key brings you there.

import { find } from "./elements.js";

const box = find("#search-box", HTMLInputElement);

/**
 * Whether a key types text here, or belongs to an open dialog.
 *
 * @param {KeyboardEvent} event
 */
export function isTyping(event) {
  const { target } = event;
  const takesText =
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox])"));
  return event.isComposing || takesText || document.querySelector("dialog[open]") !== null;
}

/** @param {KeyboardEvent} event */
export function isPlain(event) {
  return !event.ctrlKey && !event.metaKey && !event.altKey;
}

document.addEventListener("keydown", (event) => {
  if (box && event.key === "/" && isPlain(event) && !isTyping(event)) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
