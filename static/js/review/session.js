// @ts-check
// Who is logged in and who holds the record: the token of each request, the heartbeat, and what to
// say when either ends.

import { csrfToken } from "../csrf.js";
import { copyOf, element, find } from "../elements.js";
import { isSessionEnd } from "./session_end.js";

const BEAT_MS = 60_000;
const IDLE_MS = 15 * BEAT_MS;

const banner = element("#review-banner", HTMLElement);
const heartbeat = element("#heartbeat", HTMLFormElement);
let activeAt = Date.now();
let isLed = false;

// An answer leads to another page: what is unsaved waits there as a draft.
export const isLedAway = () => isLed;

const shownEnd = () => find("[data-session-ended]", HTMLElement, banner);

export function endSession() {
  if (!shownEnd()) {
    const notice = copyOf(element("#session-ended", HTMLTemplateElement));
    notice.dataset.sessionEnded = "";
    banner.replaceChildren(notice);
  }
}

export const resumeSession = () => shownEnd()?.remove();

function beat() {
  heartbeat.dispatchEvent(new CustomEvent("beat"));
}

// A clerk who went away does not keep the record from others.
function onActivity() {
  const wasIdle = Date.now() - activeAt > IDLE_MS;
  activeAt = Date.now();
  if (wasIdle) {
    beat();
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
  setInterval(() => {
    if (Date.now() - activeAt <= IDLE_MS) {
      beat();
    }
  }, BEAT_MS);
}
