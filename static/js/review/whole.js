// @ts-check
// Who comes to a value by Tab or with a first click has the whole of it selected: what they type
// replaces it. A second click places the caret, and a drag selects what it passes over.

import { entryTypedIn, inputOf, root } from "./dom.js";

let isTabbed = false;

/**
 * What had the focus when a pointer went down.
 *
 * @type {Element | null}
 */
let focusedBefore = null;

/** @param {KeyboardEvent} event */
function onKey(event) {
  isTabbed = event.key === "Tab";
}

/** @param {Event} event */
function onFocus(event) {
  const entry = entryTypedIn(event);
  // A dialog or another window that gives the focus back leaves the caret where it was.
  if (entry && isTabbed) {
    inputOf(entry).select();
  }
}

/** @param {Event} event */
function onClick(event) {
  const entry = entryTypedIn(event);
  if (!entry) {
    return;
  }
  const input = inputOf(entry);
  const isFirst = focusedBefore !== input;
  // A label passes its click on to the input.
  focusedBefore = input;
  if (isFirst && input.selectionStart === input.selectionEnd) {
    input.select();
  }
}

export function listen() {
  root.addEventListener("keydown", onKey, true);
  root.addEventListener("focusin", onFocus);
  document.addEventListener(
    "pointerdown",
    () => {
      isTabbed = false;
      focusedBefore = document.activeElement;
    },
    true,
  );
  root.addEventListener("click", onClick);
}
