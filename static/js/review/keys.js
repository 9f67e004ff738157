// @ts-check
// The keyboard. Nothing fires while an input method composes or a dialog is open.

import { element } from "../elements.js";
import { isComposing } from "./composing.js";
import { firstChoice } from "./conflict.js";
import { confirmationOf, entryAround, hasConflict, hasError, inputOf, stateOf } from "./dom.js";
import { goBack, goOn } from "./doubtful.js";
import { revert, takeProposal, undoToRead } from "./edit.js";
import { askWhy, isUnexplained } from "./emptied.js";
import { isDirty } from "./field.js";
import { finish } from "./finish.js";
import { open as openJump } from "./jump.js";
import { entryExplained, IN_MENU, MARKS } from "./mark_keys.js";
import { openMenu } from "./marks.js";
import { actionAlone, actionWithAlt } from "./picture_keys.js";
import { requestSave } from "./save.js";
import { goTo } from "./select.js";
import { takeBackRecord, undoAction } from "./undo.js";

/** @typedef {import("./dom.js").Entry} Entry */
/** @typedef {() => void} Action */

/** @param {string} id */
const open = (id) => element(`#${id}`, HTMLDialogElement).showModal();

/** @param {Entry} entry */
function verifyAndGo(entry) {
  if (hasConflict(entry)) {
    firstChoice(entry)?.focus();
    return;
  }
  if (isUnexplained(entry)) {
    requestSave(entry);
    askWhy(entry);
    return;
  }
  if (hasError(entry) && !isDirty(entry) && !confirmationOf(entry).value.trim()) {
    confirmationOf(entry).focus();
    return;
  }
  requestSave(entry, { verify: stateOf(entry).dataset.state !== "verified" || isDirty(entry) });
  goOn(entry);
}

// Keys by name; those of a letter by its place, because Alt changes what a letter types on some
// systems.
/** @type {Record<string, (entry: Entry) => void>} */
const IN_INPUT = {
  Enter: verifyAndGo,
  "Shift+Enter": goBack,
  Escape: revert,
  "Alt+KeyZ": undoToRead,
  "Alt+KeyM": openMenu,
  ...MARKS,
};
for (let number = 1; number <= 9; number += 1) {
  IN_INPUT[`Alt+Digit${number}`] = (entry) => takeProposal(entry, number);
}
/** @type {Record<string, (entry: Entry) => void>} */
const IN_REASON = { Enter: verifyAndGo, "Shift+Enter": goBack, Escape: goTo, ...MARKS };
/** @type {Record<string, Action>} */
const ANYWHERE = {
  "Ctrl+Enter": finish,
  "Alt+KeyR": () => open("reject-dialog"),
  "Alt+KeyG": openJump,
  "Alt+Shift+KeyZ": takeBackRecord,
  F1: () => open("keys-dialog"),
  "Ctrl+Slash": () => open("keys-dialog"),
};
// In a list of choices these open it.
/** @type {Record<string, Action>} */
const OUTSIDE_LISTS = { "Alt+ArrowDown": () => goOn(), "Alt+ArrowUp": () => goBack() };

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
  const inMenu = entryExplained(event) ? inTable(IN_MENU, event) : undefined;
  const action = inInput ?? inReason ?? inMenu;
  return action && (() => action(entry));
}

/**
 * @param {KeyboardEvent} event
 * @returns {Action | undefined}
 */
function actionFor(event) {
  const isInList = event.target instanceof HTMLSelectElement;
  return (
    fieldAction(event) ??
    actionWithAlt(event) ??
    inTable(ANYWHERE, event) ??
    (isInList ? undefined : inTable(OUTSIDE_LISTS, event)) ??
    undoAction(event) ??
    actionAlone(event)
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
