// @ts-check
// Saving one field: at most one request at a time, with the value and version of the moment it is
// sent.

import {
  entryTypedIn,
  hasConflict,
  inputOf,
  isEntry,
  rewrittenOf,
  root,
  savedValue,
  verifyOf,
} from "./dom.js";
import { forget, keep, noteSent } from "./drafts.js";
import { fieldOf, hasMoreToSend, tell } from "./field.js";
import { clearMessage } from "./progress.js";
import { isLedAway } from "./session.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * @param {Entry} entry
 * @param {{ verify?: boolean }} [options]
 */
export function requestSave(entry, { verify = false } = {}) {
  if (hasConflict(entry)) {
    return;
  }
  if (verify) {
    verifyOf(entry).value = "1";
    keep(entry);
  }
  if (hasMoreToSend(entry)) {
    send(entry);
  }
}

/**
 * While a request is on its way nothing is sent: its answer looks again at what the input then
 * says.
 *
 * @param {Entry} entry
 */
export function send(entry) {
  if (fieldOf(entry).request === null) {
    clearMessage();
    entry.dispatchEvent(new CustomEvent("save"));
  }
}

/** @param {Event} event */
function onRequest({ target }) {
  if (isEntry(target)) {
    noteSent(target);
    const request = { value: inputOf(target).value, verify: verifyOf(target).value };
    tell(target, "sent", { request });
  }
}

/**
 * A weight typed as ３２７０克 is saved as 3270, and it is that which the input then says.
 *
 * @param {Entry} entry
 */
export function showRewritten(entry) {
  const input = inputOf(entry);
  if (input.value.trim() === rewrittenOf(entry)) {
    input.value = savedValue(entry);
  }
}

/**
 * The server has what was sent. What was typed meanwhile follows at once.
 *
 * @param {Entry} entry
 * @param {import("./life.js").Request} request
 */
export function land(entry, { value, verify }) {
  const input = inputOf(entry);
  showRewritten(entry);
  const landed = input.value === value ? value : null;
  if (verify === verifyOf(entry).value) {
    verifyOf(entry).value = "";
  }
  if (hasMoreToSend(entry, landed)) {
    keep(entry, { sent: [] });
    tell(entry, "outdated", { landed });
    send(entry);
    return;
  }
  // The page that comes may have been made before this was saved: it compares when it starts.
  if (!isLedAway()) {
    forget(entry);
  }
  if (input !== document.activeElement) {
    input.value = savedValue(entry);
  }
  tell(entry, "landed", { landed });
}

export function listen() {
  root.addEventListener("htmx:beforeRequest", onRequest);
  // Should a browser ever submit a field by itself, nothing leaves the page.
  root.addEventListener("submit", (event) => {
    if (isEntry(event.target)) {
      event.preventDefault();
    }
  });
  root.addEventListener("focusout", (event) => {
    const entry = entryTypedIn(event);
    if (entry) {
      requestSave(entry);
    }
  });
}
