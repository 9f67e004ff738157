// @ts-check
// What became of a request to save: landed, refused, in conflict, lost, or never answered.

import { isFromBetween, isSessionEnd } from "../answered.js";
import { nothingIsBetween, sayWhatIsBetween } from "./between.js";
import { showYours } from "./conflict.js";
import { dropConflict, hasConflict, isEntry, root, savedValue, verifyOf } from "./dom.js";
import { forget, keep, mayHaveLanded } from "./drafts.js";
import { fieldOf, isDirty, tell } from "./field.js";
import { calmDown, retryNow, retrySoon } from "./retry.js";
import { land, send, showRewritten } from "./save.js";
import { endSession, resumeSession } from "./session.js";

/** @typedef {import("./dom.js").Entry} Entry */

// No answer at all, too slow, too often: the same request may well succeed later.
const PASSING = [0, 408, 429];

/** @param {Entry} entry */
function settleConflict(entry) {
  if (!hasConflict(entry)) {
    tell(entry, "blocked");
  } else if (mayHaveLanded(entry, savedValue(entry))) {
    // The other value is one of ours, whose answer was lost on the way.
    dropConflict(entry);
    tell(entry, "outdated", { landed: null });
    send(entry);
  } else {
    verifyOf(entry).value = "";
    keep(entry, { sent: [] });
    tell(entry, "contested");
    showYours(entry);
  }
}

/**
 * The value itself may have been saved: an error needs a reason before it can be verified.
 *
 * @param {Entry} entry
 */
function settleRefusal(entry) {
  verifyOf(entry).value = "";
  showRewritten(entry);
  if (isDirty(entry)) {
    tell(entry, "refused");
  } else {
    forget(entry);
    tell(entry, "landed");
  }
}

/**
 * @param {Entry} entry
 * @param {HtmxAnswer} answer
 * @param {import("./life.js").Request} request
 */
function settle(entry, answer, request) {
  const { status } = answer.xhr;
  if (PASSING.includes(status) || status >= 500 || isFromBetween(answer)) {
    tell(entry, "unanswered");
    sayWhatIsBetween(status);
    retrySoon();
  } else if (isSessionEnd(answer)) {
    tell(entry, "unanswered");
    endSession();
    retrySoon();
  } else if (status === 409) {
    settleConflict(entry);
  } else if (status === 422) {
    settleRefusal(entry);
  } else if (status >= 400) {
    tell(entry, "blocked");
  } else {
    calmDown();
    resumeSession();
    nothingIsBetween();
    land(entry, request);
    retryNow();
  }
}

export function listen() {
  root.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    const request = isEntry(target) ? fieldOf(target).request : null;
    if (isEntry(target) && request) {
      settle(target, detail, request);
    }
  });
  // The field itself says that it is not saved; the frame need not say it again.
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    root.addEventListener(name, (event) => {
      if (event.target instanceof Element && event.target.matches(".entry, #heartbeat")) {
        event.stopPropagation();
      }
    });
  }
}
