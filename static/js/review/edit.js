// @ts-check
// Changes of an input that a key makes. They go through the browser's own editing, so that Ctrl+Z
// undoes them.

import { around } from "../elements.js";
import {
  confirmationOf,
  entryAround,
  entryOf,
  entryTypedIn,
  inputOf,
  root,
  savedValue,
  stateOf,
  verifyOf,
} from "./dom.js";
import { forget, keep, read } from "./drafts.js";
import { fieldOf, isUnsaved, tell } from "./field.js";
import { clearMessage } from "./progress.js";
import { requestSave } from "./save.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * @param {import("./dom.js").TextInput} input
 * @param {string} text
 */
export function replaceText(input, text) {
  input.focus({ preventScroll: true });
  input.select();
  const isDone = text
    ? document.execCommand("insertText", false, text)
    : document.execCommand("delete");
  if (!isDone && input.value !== text) {
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

/**
 * Back to the saved value; once more brings back what was typed.
 *
 * @param {Entry} entry
 */
export function revert(entry) {
  const input = inputOf(entry);
  const typed = input.value;
  const saved = savedValue(entry);
  const { putAside } = fieldOf(entry);
  if (typed !== saved) {
    replaceText(input, saved);
    tell(entry, "reverted", { putAside: typed });
  } else if (putAside) {
    replaceText(input, putAside);
  }
}

/** @param {HTMLButtonElement} button of a value that a finding proposes */
function take(button) {
  const proposed = entryOf(button.dataset.proposal);
  replaceText(inputOf(proposed), button.value);
  requestSave(proposed);
}

/**
 * Take the first, second … value that the findings of a field propose; to verify it is another
 * step.
 *
 * @param {Entry} entry
 * @param {number} number
 */
export function takeProposal(entry, number) {
  const button = stateOf(entry).querySelectorAll("[data-proposal]")[number - 1];
  if (button instanceof HTMLButtonElement) {
    take(button);
  }
}

/** @param {Entry} entry */
export function undoToRead(entry) {
  replaceText(inputOf(entry), stateOf(entry).dataset.read ?? "");
  requestSave(entry);
}

/** @param {Entry} entry */
function onTyped(entry) {
  // What is changed after it was verified is not verified, and a reason was given for another
  // value.
  verifyOf(entry).value = "";
  confirmationOf(entry).value = "";
  clearMessage();
  if (isUnsaved(entry) || read(entry)?.sent.length) {
    keep(entry);
  } else {
    forget(entry);
  }
  tell(entry, "typed");
}

export function listen() {
  root.addEventListener("input", (event) => {
    const entry = entryTypedIn(event);
    if (entry) {
      onTyped(entry);
    }
  });
  root.addEventListener("click", (event) => {
    const entry = entryAround(event);
    const proposal = around(event, "[data-proposal]", HTMLButtonElement);
    if (entry && around(event, '[data-action="undo"]', HTMLElement)) {
      undoToRead(entry);
    } else if (entry && proposal) {
      take(proposal);
    }
  });
}
