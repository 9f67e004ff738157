// @ts-check
// What was typed and is not confirmed by the server, per tab, person, record and field.

import { PREFIX } from "../drafts.js";
import { confirmationOf, inputOf, root, submission, versionOf, wantsVerify } from "./dom.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * @typedef {object} Draft
 * @property {string} value
 * @property {boolean} verify
 * @property {string} confirmation
 * @property {string} version that the person saw
 * @property {string[]} sent values whose answer has not come: the server may or may not have them
 */

/**
 * Drafts that the browser would not store.
 *
 * @type {Map<string, Draft>}
 */
const spare = new Map();

/** @param {Entry} entry */
function keyOf(entry) {
  const { user } = root.dataset;
  return `${PREFIX}${user}:${submission()}:${entry.dataset.field}`;
}

/**
 * @param {Entry} entry
 * @returns {Draft | null}
 */
export function read(entry) {
  const key = keyOf(entry);
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? spare.get(key) ?? null;
  } catch {
    return spare.get(key) ?? null;
  }
}

/**
 * @param {Entry} entry
 * @param {Draft} draft
 */
function write(entry, draft) {
  const key = keyOf(entry);
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    spare.set(key, draft);
  }
}

/** @param {Entry} entry */
export function forget(entry) {
  const key = keyOf(entry);
  spare.delete(key);
  try {
    sessionStorage.removeItem(key);
  } catch {
    // A browser that stores nothing has nothing to remove.
  }
}

/**
 * @param {Entry} entry
 * @param {Partial<Pick<Draft, "sent">>} [known]
 */
export function keep(entry, { sent = read(entry)?.sent ?? [] } = {}) {
  write(entry, {
    value: inputOf(entry).value,
    verify: wantsVerify(entry),
    confirmation: confirmationOf(entry).value,
    version: versionOf(entry).value,
    sent,
  });
}

/** @param {Entry} entry */
export function noteSent(entry) {
  const sent = read(entry)?.sent ?? [];
  keep(entry, { sent: [...new Set([...sent, inputOf(entry).value.trim()])] });
}

/**
 * @param {Entry} entry
 * @param {string} value
 */
export const mayHaveLanded = (entry, value) => (read(entry)?.sent ?? []).includes(value);
