// What became of a request to save: landed, refused, in conflict, lost, or never answered.

import { hasConflict, isDirty, root, savedValue, showSave, stateOf, verifyOf } from "./dom.js";
import { forget, keep, mayHaveLanded } from "./drafts.js";
import { calmDown, retryNow, retrySoon } from "./retry.js";
import { landed, send } from "./save.js";
import { endSession, isSessionEnd, resumeSession } from "./session.js";

const PASSING = [0, 408, 429];

function settleConflict(entry) {
  if (!hasConflict(entry)) {
    showSave(entry, "blocked");
    return;
  }
  delete entry.dataset.landed;
  if (mayHaveLanded(entry, savedValue(entry))) {
    // The other value is one of ours, whose answer was lost on the way.
    dropConflict(entry);
    send(entry);
    return;
  }
  verifyOf(entry).value = "";
  keep(entry, { sent: [] });
  showSave(entry, "conflict");
}

export function dropConflict(entry) {
  stateOf(entry).removeAttribute("data-conflict");
  stateOf(entry).querySelector(".conflict")?.remove();
}

// The value itself may have been saved: an error needs a reason before it can be verified.
function settleRefusal(entry) {
  if (isDirty(entry)) {
    showSave(entry, "refused");
  } else {
    forget(entry);
    showSave(entry, "saved");
  }
}

function settle(entry, detail, sent) {
  const { status } = detail.xhr;
  if (PASSING.includes(status) || status >= 500) {
    showSave(entry, "retrying");
    retrySoon();
  } else if (isSessionEnd(detail)) {
    showSave(entry, "retrying");
    endSession();
    retrySoon();
  } else if (status === 409) {
    settleConflict(entry);
  } else if (status === 422) {
    verifyOf(entry).value = "";
    settleRefusal(entry);
  } else if (status >= 400) {
    showSave(entry, "blocked");
  } else {
    calmDown();
    resumeSession();
    landed(entry, sent);
    retryNow();
  }
}

export function listen() {
  root.addEventListener("htmx:afterRequest", ({ target: entry, detail }) => {
    if (!entry.matches(".entry")) {
      return;
    }
    const sent = { value: entry.dataset.sending, verify: entry.dataset.sendingVerify };
    delete entry.dataset.sending;
    delete entry.dataset.sendingVerify;
    settle(entry, detail, sent);
  });
  // The field itself says that it is not saved; the frame need not say it again.
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    root.addEventListener(name, (event) => {
      if (event.target.matches(".entry, #heartbeat")) {
        event.stopPropagation();
      }
    });
  }
}
