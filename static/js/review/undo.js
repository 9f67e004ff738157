// @ts-check
// Ctrl+Z over all fields: what is typed and not saved yet is the browser's to undo; after that the
// last saved change goes back, in whichever field it was. And the record finished last.

import { element, find } from "../elements.js";
import {
  entries,
  entryAround,
  entryOf,
  hasConflict,
  inputOf,
  isEntry,
  root,
  savedValue,
  submission,
} from "./dom.js";
import { fieldOf, isDirty, isUnsaved } from "./field.js";
import { requestSave } from "./save.js";
import { goTo } from "./select.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * @typedef {object} Change
 * @property {string} record
 * @property {string} field
 * @property {string} before what was saved until then
 */

const MOST = 200;
const EMPTYING = ["illegible", "blank", "not_on_form"];

/** @type {Change[]} */
const changes = [];

// How often Ctrl+Z was pressed and nothing was undone yet.
let asked = 0;

/**
 * Values that were put back: to save them is no change to undo.
 *
 * @type {WeakMap<Entry, string>}
 */
const putBack = new WeakMap();

/** @param {Entry} entry */
function note(entry) {
  const before = savedValue(entry);
  const coming = inputOf(entry).value.trim();
  if (coming === before || putBack.get(entry) === coming) {
    return;
  }
  putBack.delete(entry);
  remember(entry);
}

/** @param {Entry} entry */
function remember(entry) {
  const field = entry.dataset.field ?? "";
  changes.push({ record: submission(), field, before: savedValue(entry) });
  changes.splice(0, changes.length - MOST);
}

/**
 * A mark such as illegible empties a value.
 *
 * @param {Entry} entry
 */
function noteEmptying(entry) {
  const mark = element('[name="mark"]', HTMLSelectElement, entry).value;
  if (EMPTYING.includes(mark) && savedValue(entry)) {
    remember(entry);
  }
}

/** @param {Change} change */
function isUndoable({ record, field, before }) {
  if (record !== submission()) {
    return false;
  }
  const entry = entryOf(field);
  // One that was refused, or is sent anew, may stand here although the value is as before.
  return !hasConflict(entry) && (savedValue(entry) !== before || isUnsaved(entry));
}

/** @param {Change} change */
function undo(change) {
  const { field, before } = change;
  changes.splice(changes.indexOf(change));
  const entry = entryOf(field);
  putBack.set(entry, before);
  goTo(entry);
  // Not by the browser's own editing: its next undo would bring back what is undone here.
  inputOf(entry).value = before;
  inputOf(entry).dispatchEvent(new InputEvent("input", { bubbles: true }));
  inputOf(entry).select();
  requestSave(entry);
}

// One after the other: what is saved may put another field in doubt, which then has a new version.
function work() {
  if (asked === 0 || entries().some((entry) => fieldOf(entry).request !== null)) {
    return;
  }
  asked -= 1;
  const change = changes.findLast(isUndoable);
  if (change) {
    undo(change);
  }
}

function ask() {
  asked += 1;
  work();
}

/**
 * What Ctrl+Z does here; nothing while the browser has something of its own to undo.
 *
 * @param {KeyboardEvent} event
 * @returns {(() => void) | undefined}
 */
export function undoAction(event) {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!isUndo || event.key.toLowerCase() !== "z") {
    return undefined;
  }
  const entry = entryAround(event);
  const isElsewhere = event.target instanceof Element && event.target.matches("input, textarea");
  if (entry ? !isAtRest(entry, event.target) : isElsewhere) {
    return undefined;
  }
  if (changes.some(isUndoable)) {
    return ask;
  }
  return entry && putBack.has(entry) ? () => undefined : undefined;
}

/**
 * @param {Entry} entry
 * @param {EventTarget | null} target
 */
function isAtRest(entry, target) {
  const { request, putAside } = fieldOf(entry);
  const isSent = !isDirty(entry) || request?.value === inputOf(entry).value;
  return target === inputOf(entry) && isSent && putAside === null;
}

export function takeBackRecord() {
  find("#undo-last", HTMLButtonElement)?.click();
}

export function listen() {
  root.addEventListener("review:changed", work);
  root.addEventListener("htmx:beforeRequest", (event) => {
    const entry = entryAround(event);
    if (isEntry(event.target)) {
      note(event.target);
    } else if (entry) {
      noteEmptying(entry);
    }
  });
}
