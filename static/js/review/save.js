// Saving one field: at most one request at a time, with the value and version of the moment it is sent.

import { hasConflict, inputOf, isDirty, root, savedValue, showSave, verifyOf, wantsVerify } from "./dom.js";
import { forget, keep, noteSent } from "./drafts.js";

export function requestSave(entry, { verify = false } = {}) {
  if (hasConflict(entry)) {
    return;
  }
  if (verify) {
    verifyOf(entry).value = "1";
    keep(entry);
  }
  if (isDirty(entry) || wantsVerify(entry)) {
    send(entry);
  }
}

// While a request is under way nothing is sent: its answer looks again at what the input then says.
export function send(entry) {
  if (!("sending" in entry.dataset)) {
    delete root.dataset.message;
    entry.dispatchEvent(new CustomEvent("save"));
  }
}

function onSending({ target: entry }) {
  if (entry.matches(".entry")) {
    noteSent(entry);
    entry.dataset.sending = inputOf(entry).value;
    entry.dataset.sendingVerify = verifyOf(entry).value;
    showSave(entry, "saving");
  }
}

// The server has what was sent. What was typed meanwhile follows at once.
export function landed(entry, { value, verify }) {
  const input = inputOf(entry);
  if (verify === verifyOf(entry).value) {
    verifyOf(entry).value = "";
  }
  if (input.value === value) {
    entry.dataset.landed = value;
  } else {
    delete entry.dataset.landed;
  }
  if (isDirty(entry) || wantsVerify(entry)) {
    keep(entry, { sent: [] });
    send(entry);
    return;
  }
  forget(entry);
  if (input !== document.activeElement) {
    input.value = savedValue(entry);
  }
  showSave(entry, "saved");
}

export function listen() {
  root.addEventListener("htmx:beforeRequest", onSending);
  // Should a browser ever submit a field by itself, nothing leaves the page.
  root.addEventListener("submit", (event) => {
    if (event.target.matches(".entry")) {
      event.preventDefault();
    }
  });
  root.addEventListener("focusout", ({ target }) => {
    const entry = target.closest(".entry");
    if (entry && target === inputOf(entry)) {
      requestSave(entry);
    }
  });
}
