// @ts-check
// The state of each field: the one place that keeps it and that writes it into the document.

import {
  hasConflict,
  inputOf,
  root,
  savedOf,
  savedValue,
  stateOf,
  wantsVerify,
  word,
} from "./dom.js";
import { concerns, isChanged, isNews, next, SAYS, UNTOUCHED } from "./life.js";

/** @typedef {import("./dom.js").Entry} Entry */
/** @typedef {import("./life.js").Field} Field */

/** @type {WeakMap<Entry, Field>} */
const fields = new WeakMap();

/**
 * @param {Entry} entry
 * @returns {Readonly<Field>}
 */
export const fieldOf = (entry) => fields.get(entry) ?? UNTOUCHED;

/**
 * Tell a field what happened to it. Others hear of it as `review:changed`.
 *
 * @param {Entry} entry
 * @param {import("./life.js").Happening} happening
 * @param {import("./life.js").Memory} [details]
 */
export function tell(entry, happening, details) {
  const { state } = fieldOf(entry);
  fields.set(entry, next(fieldOf(entry), happening, details));
  if (concerns(state, happening)) {
    write(entry);
  }
  if (isNews(state, happening)) {
    root.dispatchEvent(new CustomEvent("review:changed"));
  }
}

/** @param {Entry} entry */
function write(entry) {
  const field = fieldOf(entry);
  const says = SAYS[field.state];
  entry.dataset.save = says;
  entry.toggleAttribute("data-sending", field.request !== null);
  const words = [field.isRestored ? "restored" : "", says].filter(Boolean);
  savedOf(entry).textContent = words.map((name) => word(name)).join(" · ");
}

/**
 * @param {Entry} entry
 * @param {string | null} [landed]
 */
export const isDirty = (entry, landed = fieldOf(entry).landed) =>
  isChanged(inputOf(entry).value, savedValue(entry), landed);

/**
 * @param {Entry} entry
 * @param {string | null} [landed]
 */
export const hasMoreToSend = (entry, landed = fieldOf(entry).landed) =>
  isDirty(entry, landed) || wantsVerify(entry);

/** @param {Entry} entry */
const isMarking = (entry) => "marking" in entry.dataset;

/**
 * Note that a mark is on its way to the server, or that it is answered.
 *
 * @param {Entry} entry
 * @param {boolean} isUnderWay
 */
export const setMarking = (entry, isUnderWay) => entry.toggleAttribute("data-marking", isUnderWay);

/** @param {Entry} entry */
export const isUnsaved = (entry) =>
  hasMoreToSend(entry) || fieldOf(entry).request !== null || isMarking(entry);

/**
 * What a person must still look at: doubtful and not on its way to being verified or marked, or
 * refused by the server.
 *
 * @param {Entry} entry
 */
export function needsCheck(entry) {
  if (hasConflict(entry) || fieldOf(entry).state === "refused") {
    return true;
  }
  return stateOf(entry).dataset.state === "flagged" && !wantsVerify(entry) && !isMarking(entry);
}
