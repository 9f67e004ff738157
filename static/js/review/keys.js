// @ts-check
// The keyboard. Nothing fires while an input method composes or a dialog is open.

import { element } from "../elements.js";
import { isComposing } from "./composing.js";
import { firstChoice } from "./conflict.js";
import { confirmationOf, entryAround, hasConflict, hasError, inputOf, stateOf } from "./dom.js";
import { revert, takeProposal, undoToRead } from "./edit.js";
import { isDirty } from "./field.js";
import { finish } from "./finish.js";
import { openMenu } from "./marks.js";
import { fit, hasPicture, moveBy, picture, seen, turnPage, zoomIn, zoomOut } from "./picture.js";
import { requestSave } from "./save.js";
import { goTo, nextToCheck } from "./select.js";

/** @typedef {import("./dom.js").Entry} Entry */
/** @typedef {() => void} Action */

const STRIDE = 0.15;
const INPUTS = "input, textarea, select, [contenteditable]";

/** @param {string} id */
const open = (id) => element(`#${id}`, HTMLDialogElement).showModal();

/** @param {Entry | null} entry */
function go(entry) {
  if (entry) {
    goTo(entry);
  } else {
    element("#finish-button", HTMLElement).focus();
  }
}

/** @param {Entry} entry */
function verifyAndGo(entry) {
  if (hasConflict(entry)) {
    firstChoice(entry)?.focus();
    return;
  }
  if (hasError(entry) && !isDirty(entry) && !confirmationOf(entry).value.trim()) {
    confirmationOf(entry).focus();
    return;
  }
  requestSave(entry, { verify: stateOf(entry).dataset.state !== "verified" || isDirty(entry) });
  go(nextToCheck(entry));
}

/** @param {Entry} entry */
function goBack(entry) {
  const before = nextToCheck(entry, -1);
  if (before) {
    goTo(before);
  }
}

/**
 * @param {number} x
 * @param {number} y
 */
const pan = (x, y) => moveBy(x * STRIDE * seen().width, y * STRIDE * seen().height);

// Keys by name; those of a letter by its place, because Alt changes what a letter types on some
// systems.
/** @type {Record<string, (entry: Entry) => void>} */
const IN_INPUT = {
  Enter: verifyAndGo,
  "Shift+Enter": goBack,
  Escape: revert,
  "Alt+KeyZ": undoToRead,
  "Alt+KeyM": openMenu,
};
for (let number = 1; number <= 9; number += 1) {
  IN_INPUT[`Alt+Digit${number}`] = (entry) => takeProposal(entry, number);
}
/** @type {Record<string, (entry: Entry) => void>} */
const IN_REASON = { Enter: verifyAndGo, "Shift+Enter": goBack, Escape: goTo };
/** @type {Record<string, Action>} */
const ANYWHERE = {
  "Ctrl+Enter": finish,
  "Alt+KeyR": () => open("reject-dialog"),
  F1: () => open("keys-dialog"),
  "Ctrl+Slash": () => open("keys-dialog"),
};
/** @type {Record<string, Action>} */
const PICTURE_WITH_ALT = {
  Equal: zoomIn,
  NumpadAdd: zoomIn,
  Minus: zoomOut,
  NumpadSubtract: zoomOut,
  Digit0: fit,
  Numpad0: fit,
  KeyT: turnPage,
};
/** @type {Record<string, Action>} */
const PICTURE = {
  "+": zoomIn,
  "=": zoomIn,
  "-": zoomOut,
  0: fit,
  r: turnPage,
};
/** @type {Record<string, Action>} */
const ARROWS = {
  ArrowLeft: () => pan(-1, 0),
  ArrowRight: () => pan(1, 0),
  ArrowUp: () => pan(0, -1),
  ArrowDown: () => pan(0, 1),
};

/**
 * What a table holds for a key, by what it types or by its place.
 *
 * @template T
 * @param {Record<string, T>} table
 * @param {KeyboardEvent} event
 * @returns {T | undefined}
 */
function inTable(table, event) {
  let held = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  held += event.altKey ? "Alt+" : "";
  held += event.shiftKey ? "Shift+" : "";
  return table[held + event.key] ?? table[held + event.code];
}

/**
 * @param {KeyboardEvent} event
 * @returns {Action | undefined}
 */
function fieldAction(event) {
  const entry = entryAround(event);
  if (!entry) {
    return undefined;
  }
  const inInput = event.target === inputOf(entry) ? inTable(IN_INPUT, event) : undefined;
  const inReason = event.target === confirmationOf(entry) ? inTable(IN_REASON, event) : undefined;
  const action = inInput ?? inReason;
  return action && (() => action(entry));
}

/**
 * @param {KeyboardEvent} event
 * @returns {Action | undefined}
 */
function freePictureAction(event) {
  const isTyping = event.target instanceof Element && event.target.matches(INPUTS);
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !hasPicture()) {
    return undefined;
  }
  return PICTURE[event.key] ?? (event.target === picture() ? ARROWS[event.key] : undefined);
}

/**
 * @param {KeyboardEvent} event
 * @returns {Action | undefined}
 */
function actionFor(event) {
  const hasAltAlone = event.altKey && !event.ctrlKey && !event.metaKey;
  return (
    fieldAction(event) ??
    (hasAltAlone && hasPicture() ? PICTURE_WITH_ALT[event.code] : undefined) ??
    inTable(ANYWHERE, event) ??
    freePictureAction(event)
  );
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (isComposing(event) || document.querySelector("dialog[open]")) {
    return;
  }
  const action = actionFor(event);
  if (action) {
    event.preventDefault();
    action();
  }
}

export function listen() {
  document.addEventListener("keydown", onKey);
}
