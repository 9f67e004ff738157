// @ts-check
// What is said about the whole: how many fields are left, whether all is saved; and the polygons'
// colours.

import { element } from "../elements.js";
import { entries, hasConflict, polygonOf, root, stateOf, word } from "./dom.js";
import { isUnsaved, needsCheck } from "./field.js";

/** @typedef {import("./dom.js").Entry} Entry */
/** @typedef {"waiting" | "doubtful" | "unsettled"} Message why the record was not submitted yet */

const text = element('[data-part="progress"]', HTMLElement, root);
const bar = element("progress", HTMLProgressElement, root);
const saving = element('[data-part="saving"]', HTMLElement, root);

/** @type {Message | null} */
let message = null;

/**
 * Say this from the next update on.
 *
 * @param {Message} name
 */
export function setMessage(name) {
  message = name;
}

export function clearMessage() {
  message = null;
}

/** @param {Entry} entry */
function isCounted(entry) {
  const { dataset } = stateOf(entry);
  return "corrected" in dataset || "flagged" in dataset || needsCheck(entry);
}

/** @param {Entry} entry */
function paint(entry) {
  const polygon = polygonOf(entry.dataset.field);
  if (polygon) {
    polygon.dataset.state = hasConflict(entry) ? "flagged" : stateOf(entry).dataset.state;
  }
}

/**
 * @param {number} left
 * @param {number} counted
 */
function progressSentence(left, counted) {
  if (left) {
    return word("left", { left, all: counted });
  }
  return counted ? word("none-left") : word("nothing-doubtful");
}

/** @param {Entry[]} all */
function showLeft(all) {
  const counted = all.filter(isCounted).length;
  const left = all.filter(needsCheck).length;
  text.textContent = progressSentence(left, counted);
  bar.max = counted || 1;
  bar.value = counted ? counted - left : 1;
}

/** @param {number} unsaved */
function sentenceFor(unsaved) {
  if (message) {
    return word(message);
  }
  return unsaved ? word("unsaved", { count: unsaved }) : word("all-saved");
}

export function update() {
  const all = entries();
  showLeft(all);
  const unsaved = all.filter(isUnsaved).length;
  saving.textContent = sentenceFor(unsaved);
  saving.dataset.kind = message || unsaved ? "open" : "saved";
  all.forEach(paint);
}

export function listen() {
  root.addEventListener("review:changed", update);
}
