// @ts-check
// Who is logged in and who holds the record: the token of each request, the heartbeat, and what to
// say when either ends.

import { isFromBetween, isSessionEnd } from "../answered.js";
import { csrfToken } from "../csrf.js";
import { copyOf, element, find } from "../elements.js";
import { sayWhatIsBetween } from "./between.js";

// A lost claim is told within TICK_MS to whoever is at work, before they type much in vain. Timers
// are not exact: what is due at a tick may be due a little before it.
const TICK_MS = 5_000;
const QUICK_MS = TICK_MS - 1_000;
const AT_WORK_MS = 60_000;
const BEAT_MS = 60_000;
const IDLE_MS = 15 * BEAT_MS;

const banner = element("#review-banner", HTMLElement);
let activeAt = Date.now();
let beatAt = Date.now();
let isLed = false;

// An answer leads to another page: what is unsaved waits there as a draft.
export const isLedAway = () => isLed;

// What was said of another record is no longer so.
export const clearBanner = () => banner.replaceChildren();

const shownEnd = () => find("[data-session-ended]", HTMLElement, banner);

export function endSession() {
  if (!shownEnd()) {
    const notice = copyOf(element("#session-ended", HTMLTemplateElement));
    notice.dataset.sessionEnded = "";
    banner.replaceChildren(notice);
  }
}

export const resumeSession = () => shownEnd()?.remove();

// Once the claim is lost there is nothing to ask for, and the way back must stay where it is.
const isLost = () => find('[data-part="claim-again"]', HTMLElement, banner) !== null;

/** @param {number} every milliseconds since the last one */
function beat(every) {
  if (Date.now() - beatAt >= every && !isLost()) {
    beatAt = Date.now();
    element("#heartbeat", HTMLFormElement).dispatchEvent(new CustomEvent("beat"));
  }
}

function onActivity() {
  activeAt = Date.now();
  beat(QUICK_MS);
}

// A clerk who went away does not keep the record from others.
function onTick() {
  const idle = Date.now() - activeAt;
  if (idle <= AT_WORK_MS && document.visibilityState === "visible") {
    beat(QUICK_MS);
  } else if (idle <= IDLE_MS) {
    beat(BEAT_MS);
  }
}

export function listen() {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const present = csrfToken();
    if (present) {
      detail.headers["X-CSRFToken"] = present;
    }
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (isSessionEnd(detail)) {
      detail.shouldSwap = false;
      endSession();
    } else if (isFromBetween(detail)) {
      detail.shouldSwap = false;
      sayWhatIsBetween(detail.xhr.status);
    }
  });
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    if (detail.xhr.getResponseHeader("HX-Redirect")) {
      isLed = true;
    }
  });
  for (const name of ["pointerdown", "keydown", "wheel"]) {
    document.addEventListener(name, onActivity, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", onTick);
  setInterval(onTick, TICK_MS);
}
