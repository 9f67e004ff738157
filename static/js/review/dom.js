// @ts-check
// What the review screen is made of, and what the server says in it about each field.

import { around, element, find } from "../elements.js";

/** @typedef {HTMLFormElement} Entry the form of one field */
/** @typedef {HTMLInputElement | HTMLTextAreaElement} TextInput */

export const root = element("#review", HTMLElement);

/** The key of the record that the screen shows. */
export const submission = () => element("#record-head", HTMLElement).dataset.submission ?? "";

/** @returns {Entry[]} */
export const entries = () => [...root.querySelectorAll("form")].filter(isEntry);

/**
 * @param {EventTarget | null} target
 * @returns {target is Entry}
 */
export function isEntry(target) {
  return target instanceof HTMLFormElement && target.classList.contains("entry");
}

export const selected = () => find(".entry[aria-current]", HTMLFormElement, root);

/** @param {string | undefined} name */
export const entryOf = (name) => element(`.entry[data-field="${name}"]`, HTMLFormElement, root);

/**
 * The entry around what an event happened in.
 *
 * @param {Pick<Event, "target">} event
 * @returns {Entry | null}
 */
export const entryAround = (event) => around(event, ".entry", HTMLFormElement);

/**
 * The entry whose input an event happened in.
 *
 * @param {Event} event
 * @returns {Entry | null}
 */
export function entryTypedIn(event) {
  const entry = entryAround(event);
  return entry && event.target === inputOf(entry) ? entry : null;
}

/**
 * @template {Element} T
 * @param {Entry} entry
 * @param {string} name
 * @param {new () => T} kind
 */
const part = (entry, name, kind) => element(`[data-part="${name}"]`, kind, entry);

/**
 * @param {Entry} entry
 * @returns {TextInput}
 */
export const inputOf = (entry) => /** @type {TextInput} */ (part(entry, "input", HTMLElement));

/** @param {Entry} entry */
export const stateOf = (entry) => part(entry, "state", HTMLElement);
/** @param {Entry} entry */
export const versionOf = (entry) => part(entry, "version", HTMLInputElement);
/** @param {Entry} entry */
export const confirmationOf = (entry) => part(entry, "confirmation", HTMLInputElement);
/** @param {Entry} entry */
export const verifyOf = (entry) => part(entry, "verify", HTMLInputElement);
/** @param {Entry} entry */
export const savedOf = (entry) => part(entry, "saved", HTMLElement);

/** @param {Entry} entry */
export const savedValue = (entry) => stateOf(entry).dataset.value ?? "";
/** @param {Entry} entry */
export const hasConflict = (entry) => "conflict" in stateOf(entry).dataset;
/** @param {Entry} entry */
export const hasError = (entry) => "error" in stateOf(entry).dataset;
/** @param {Entry} entry */
export const wantsVerify = (entry) => verifyOf(entry).value === "1";

/**
 * What was typed, where the server has just saved it in another form.
 *
 * @param {Entry} entry
 */
export const rewrittenOf = (entry) =>
  find("[data-typed]", HTMLElement, stateOf(entry))?.dataset.typed ?? null;

/** @param {Entry} entry */
export function dropConflict(entry) {
  stateOf(entry).removeAttribute("data-conflict");
  stateOf(entry).querySelector(".conflict")?.remove();
}

/**
 * A sentence of templates/review/words.html with its placeholders filled.
 *
 * @param {string} name
 * @param {Record<string, number | string>} [values]
 */
export function word(name, values = {}) {
  const key = `word-${name}`.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  let text = root.dataset[key] ?? "";
  for (const [placeholder, value] of Object.entries(values)) {
    text = text.replace(`{${placeholder}}`, String(value));
  }
  return text;
}

/** @param {string | undefined} name */
export const polygonOf = (name) =>
  find(`#picture polygon[data-field="${name}"]`, SVGPolygonElement);
